"""Periods and waits."""

import random

from hypothesis import given
from hypothesis import strategies as st

from textmine.collect.backoff import after, full_jitter
from textmine.collect.windows import uncovered

DAYS = [f"{day:02d}" for day in range(20)]
SPANS = st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map(lambda pair: (min(pair), max(pair)))


@given(SPANS, st.lists(SPANS, max_size=6))
def test_what_is_uncovered_is_the_period_without_the_others(wanted, covered):
    """Day by day: each day of the period is in one part that is left, or covered by another."""
    left = uncovered(wanted, covered)
    for day in DAYS:
        is_wanted = wanted[0] <= day < wanted[1]
        is_covered = any(begin <= day < end for begin, end in covered)
        assert sum(begin <= day < end for begin, end in left) == (is_wanted and not is_covered)
    assert left == sorted(left) and all(begin < end for begin, end in left)


def test_waits_are_drawn_evenly_up_to_a_bound_that_doubles():
    draw = random.Random(7)
    for attempt, bound in enumerate((1, 2, 4, 8, 16, 32, 64, 64)):
        waits = [full_jitter(attempt, draw) for _ in range(2_000)]
        assert 0 <= min(waits) < 0.05 * bound and 0.95 * bound < max(waits) <= bound
        assert abs(sum(waits) / len(waits) - bound / 2) < 0.05 * bound


def test_a_wait_that_a_platform_asks_for_is_never_cut_short():
    draw = random.Random(7)
    assert all(30 < after(30, draw) <= 35 for _ in range(100)) and after(-5, draw) > 0
