"""Where map and merge steps run: in this process, or on a Spark cluster. The analysis itself does not know which."""

from textmine.engines.engine import Engine, Step
from textmine.engines.local import LocalEngine

__all__ = ["Engine", "LocalEngine", "Step"]
