"""How long something takes, for tests of growth, in processor time: other programs hardly lengthen it."""

import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def soon(work: Callable[[], object], limit: float) -> float:
    """Seconds that it took; the best of five times where the first is not within the limit."""
    return first if (first := seconds(work)) <= limit else min(seconds(work) for _ in range(4))


def growth(short: Callable[[], object], long: Callable[[], object], at_most: float) -> float:
    """How many times as long the long work takes; up to three tries where that is more than `at_most`.

    What takes less than 10 ms counts as 10 ms: below, the clock's steps and the first call's preparations rule.
    """
    taken = 0.0
    for tries in (1, 3, 5):
        allowed = at_most * max(*(seconds(short) for _ in range(tries)), 0.01)
        taken = soon(long, allowed) / (allowed / at_most)
        if taken <= at_most:
            break
    return taken
