"""Charts of a ranking: scores with their intervals, and ranks from list to list. Positions across are percent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textmine.report.charts import Tick

N_RANKS: Final = 10
"""Ranks that a bump chart tells apart; those below share the last place."""


@dataclass(frozen=True)
class ScoreRow:
    """An agency: lines of its number and name, whether it is nominated, its score and interval in percent across.

    ``low`` and ``high`` are None where the score has no draws.
    """

    lines: tuple[str, ...]
    nominee: bool
    value: float
    low: float | None
    high: float | None
    said: str


@dataclass(frozen=True)
class Scores:
    """Rows, best first, on a common axis; ``cut`` is the number of rows above the cut, None where nobody is below."""

    rows: tuple[ScoreRow, ...]
    ticks: tuple[Tick, ...]
    cut: int | None


@dataclass(frozen=True)
class Place:
    """An agency in one list: percent across, its number, whether it is nominated there, and a title for the pointer."""

    at: float
    number: str
    nominee: bool
    line: int
    said: str


@dataclass(frozen=True)
class Segment:
    """A line from an agency's place in one list to that in the next; ``line`` numbers the agency, for its colour."""

    row: int
    start: float
    end: float
    line: int


@dataclass(frozen=True)
class BumpRow:
    """One list: its label and the places in it."""

    label: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Bump:
    """Lists down, ranks across, and a tick a rank."""

    rows: tuple[BumpRow, ...]
    segments: tuple[Segment, ...]
    ticks: tuple[Tick, ...]


def range_ticks(low: float, high: float, *, most: int = 5) -> list[float]:
    """Round values that hold ``low`` and ``high`` between them, in steps of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> range_ticks(0.72, 2.78)
    [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    >>> range_ticks(-1.2, 0.4)
    [-1.5, -1.0, -0.5, 0.0, 0.5]
    >>> range_ticks(3, 3)
    [2.0, 2.5, 3.0, 3.5, 4.0]
    """
    if not high > low:
        low, high = low - 1, high + 1
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(power * m for m in (1, 2, 5, 10, 20) if power * m * most >= (high - low) * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * i, 10) + 0.0 for i in range(first, last + 1)]


def across(value: float, ticks: Sequence[float]) -> float:
    """Percent of the way from the first tick to the last."""
    return round(100 * (value - ticks[0]) / (ticks[-1] - ticks[0]), 3)


def rank_position(rank: float, n_ranks: int) -> float:
    """Percent across of a rank; those beyond the last that is told apart share its place.

    Examples
    --------
    >>> rank_position(1, 4), rank_position(4, 4), rank_position(9, 4)
    (12.5, 87.5, 87.5)
    """
    return round(100 * (min(rank, n_ranks) - 0.5) / n_ranks, 3)


def bump(
    lists: Sequence[tuple[str, Sequence[tuple[str, float | None, bool, str]]]], *, beyond: str, n_ranks: int = N_RANKS
) -> Bump:
    """A line an agency from list to list.

    Parameters
    ----------
    lists
        Label of each list, and of each agency its number, rank (None where it has none), whether it is nominated, and
        what is said of it; the same agencies in the same order in each list.
    beyond
        Label of the last place where worse ranks share it, such as ``10+``.
    n_ranks
        Ranks that are told apart.
    """
    worst = max((rank for _, places in lists for _, rank, _, _ in places if rank is not None), default=1.0)
    told = int(min(max(worst, 1), n_ranks))
    rows, segments = [], []
    before: list[float | None] = []
    for row, (label, places) in enumerate(lists):
        at = [None if rank is None else rank_position(rank, told) for _, rank, _, _ in places]
        rows.append(
            BumpRow(
                label,
                tuple(
                    Place(where, number, nominee, line, said)
                    for line, (where, (number, _, nominee, said)) in enumerate(zip(at, places, strict=True))
                    if where is not None
                ),
            )
        )
        for line, (start, end) in enumerate(zip(before, at, strict=False)):
            if start is not None and end is not None:
                segments.append(Segment(row, start, end, line))
        before = at
    names = [str(rank) for rank in range(1, told + 1)]
    if worst > told:
        names[-1] = beyond
    ticks = tuple(Tick(rank_position(rank, told), name) for rank, name in enumerate(names, start=1))
    return Bump(tuple(rows), tuple(segments), ticks)
