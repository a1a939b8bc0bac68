"""Posts a week, month or year: the finest step that still reads well on a phone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Final, Literal

Step = Literal["week", "month", "year"]

MAX_BARS: Final = 80
"""More bars than this are thinner than four pixels on a phone; the next coarser step is taken."""


@dataclass(frozen=True)
class Activity:
    """Posts of each step from the first to the last, steps without posts included.

    ``starts`` holds the first day of each step (Monday for weeks), ``posts`` as many counts; ``by_platform`` the same
    for each platform. ``interactions`` are those of the ``reporting`` posts of each step, which report any; null where
    none does.
    """

    step: Step
    starts: tuple[date, ...]
    posts: tuple[int, ...]
    by_platform: Mapping[str, tuple[int, ...]]
    interactions: tuple[int | None, ...] = ()
    reporting: tuple[int, ...] = ()


@cache
def monday(day: date) -> date:
    """First day of the week in which ``day`` lies."""
    return day - timedelta(days=day.weekday())


def n_weeks(first: date, last: date) -> int:
    """Calendar weeks (Monday to Sunday) that the period touches; at least 1.

    Examples
    --------
    >>> n_weeks(date(2025, 3, 2), date(2025, 3, 3))  # Sunday and Monday
    2
    """
    return (monday(last) - monday(first)).days // 7 + 1


def activity(days: Iterable[tuple[str, date, int]], *, first: date, last: date) -> Activity:
    """Bin posts of days into steps.

    Parameters
    ----------
    days
        Platform, day (Asia/Jakarta), posts of that day.
    first, last
        Period that is shown, both days included.

    Returns
    -------
    Activity
        In weeks when the period has at most :data:`MAX_BARS` of them, else in months, else in years.
    """
    step: Step = "week"
    starts = _starts(first, last, step)
    if len(starts) > MAX_BARS:
        step, starts = "month", _starts(first, last, "month")
    if len(starts) > MAX_BARS:
        step, starts = "year", _starts(first, last, "year")
    counts: dict[str, Counter[date]] = {}
    for platform, day, posts in days:
        counts.setdefault(platform, Counter())[_start(day, step)] += posts
    by_platform = {platform: tuple(counter[s] for s in starts) for platform, counter in sorted(counts.items())}
    total = tuple(sum(column) for column in zip(*by_platform.values(), strict=True)) or (0,) * len(starts)
    return Activity(step, starts, total, by_platform)


def answered(shown: Activity, days: Iterable[tuple[date, int, int]]) -> Activity:
    """The same activity with interactions; ``days`` are day, posts that report any, and the sum over these."""
    reporting: Counter[date] = Counter()
    total: Counter[date] = Counter()
    for day, posts, interactions in days:
        reporting[_start(day, shown.step)] += posts
        total[_start(day, shown.step)] += interactions
    return replace(
        shown,
        interactions=tuple(total[start] if reporting[start] else None for start in shown.starts),
        reporting=tuple(reporting[start] for start in shown.starts),
    )


def _start(day: date, step: Step) -> date:
    if step == "week":
        return monday(day)
    return day.replace(day=1) if step == "month" else day.replace(month=1, day=1)


def _starts(first: date, last: date, step: Step) -> tuple[date, ...]:
    if step == "week":
        return tuple(monday(first) + timedelta(weeks=i) for i in range(n_weeks(first, last)))
    if step == "year":
        return tuple(date(year, 1, 1) for year in range(first.year, last.year + 1))
    return months_between(first, last)


def months_between(first: date, last: date) -> tuple[date, ...]:
    """First days of the months that the period touches."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(date(m // 12, m % 12 + 1, 1) for m in months)
