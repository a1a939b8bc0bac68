"""How long to wait before asking again.

Full jitter: a time drawn evenly between nothing and a bound that doubles, so that many clients that were stopped
together do not come back together. After Marc Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
"""

from __future__ import annotations

import random
from typing import Final

TRIES: Final = 7
"""How often one question is asked before the run gives up: a minute of waiting at most."""
_FIRST: Final = 1.0
_MOST: Final = 64.0
_SPREAD: Final = 5.0


def full_jitter(attempt: int, draw: random.Random) -> float:
    """Seconds before the next try; ``attempt`` counts from 0.

    Examples
    --------
    >>> 0 <= full_jitter(3, random.Random(1)) <= 8
    True
    """
    return draw.uniform(0, min(_MOST, _FIRST * 2.0**attempt))


def after(seconds: float, draw: random.Random) -> float:
    """Seconds that a platform asked for, and a little more, so that it is surely over."""
    return max(seconds, 0.0) + draw.uniform(0.5, _SPREAD)
