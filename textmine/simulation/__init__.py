"""A seeded simulator of Indonesian government agencies' posts, with the hidden truth kept beside them.

All it writes is made up and says so. It exists to demonstrate, to measure speed and memory at any size, and to test
rankings against a quality that is known.
"""

from textmine.simulation.season_writer import SimulationResult, simulate
from textmine.simulation.settings import SimulationSettings, load_settings

__all__ = ["SimulationResult", "SimulationSettings", "load_settings", "simulate"]
