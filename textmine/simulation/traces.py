"""What hidden quality leaves in the words: small parts that good posts have more often, and poor ones.

None of them tells much alone. The chance of each part follows the post's quality by a logistic curve, and every part
also stands in posts of any style for other reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from textmine.simulation.plan import Plan
from textmine.simulation.register import Register
from textmine.simulation.settings import SimulationSettings

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Trace:
    """A part of a caption: its bank, its share of average posts, and the change of its log-odds.

    The change is that for one standard deviation of quality at ``quality_traces = 1``.
    """

    bank: str
    share: float
    slope: float


TRACES: Final = (
    Trace("jejak_rinci", 0.20, 0.6),
    Trace("jejak_ajak", 0.25, 0.5),
    Trace("jejak_fakta", 0.35, 0.5),
    Trace("jejak_basabasi", 0.25, -0.5),
    Trace("jejak_tagar", 0.20, -0.6),
)
"""Service information, calls to action and facts come with quality; filler and hashtags of everybody against it."""

SLIPS: Final = -0.5
"""Change of the logarithm of slips for one standard deviation of quality."""


def standardised(plan: Plan, register: Register, settings: SimulationSettings) -> Floats:
    """Quality of each post, its agency's included, in standard deviations; shape (n_posts,)."""
    spread = float(np.hypot(settings.quality_sd, settings.post_quality_sd))
    quality = register.quality[plan.agency] + plan.post_quality
    return np.asarray(quality / spread if spread else np.zeros(len(quality)))


def drawn_parts(quality: Floats, strength: float, generator: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Which part each post gets.

    Parameters
    ----------
    quality
        As :func:`standardised` returns it.
    strength
        ``quality_traces`` of the settings.
    generator
        Source of the draws.

    Returns
    -------
    numpy.ndarray
        Shape (n_posts, n_traces), in the order of :data:`TRACES`.
    """
    shares = np.array([trace.share for trace in TRACES])
    slopes = strength * np.array([trace.slope for trace in TRACES])
    odds = np.log(shares / (1 - shares)) + quality[:, None] * slopes
    return np.asarray(generator.random(odds.shape) < 1 / (1 + np.exp(-odds)))
