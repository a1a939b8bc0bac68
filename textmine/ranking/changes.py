"""The smallest change of one measure after which an agency would be, or would no longer be, a nominee.

Everything else stays as it is: the other measures, the other agencies and the number of nominees. The measure is tried
over its whole range, outwards from the agency's own figure, and the first flip is narrowed down, a sixteenth a step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.ranking.awards import Selection
from textmine.ranking.contest import Contest
from textmine.ranking.features_behind import columns_of
from textmine.ranking.measures import measures
from textmine.ranking.nominate import Nomination
from textmine.ranking.standings import before_the_cut, ranks_of

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

CHANGE_SCHEMA: Final = pl.Schema(
    {
        "measure": pl.String(),
        "now": pl.Float64(),
        "needed": pl.Float64(),
        "change": pl.Float64(),
        "times": pl.Float64(),
    }
)
"""``needed`` is where the nomination flips, null where no value of the measure does it; ``change`` is the difference
from ``now`` and ``times`` the ratio to it."""

WHOLE: Final = ("posts", "weeks", "views", "interactions", "followers")
"""Units that are counted: what is needed is told as a whole number."""

STEPS: Final = 48
"""Values tried between an agency's figure and the end of the range, besides the figures of the others."""

BEYOND: Final = 10.0
"""How far past the highest figure of all agencies a measure without a natural end is tried."""

SECTIONS: Final = 16
ROUNDS: Final = 14
"""The first flip is narrowed down to a sixteenth as often: to the last digits of a number."""


def smallest_changes(contest: Contest, nomination: Nomination, agency: str) -> pl.DataFrame:
    """Find the smallest change of each measure that flips an agency's nomination.

    Parameters
    ----------
    contest, nomination
        The award, and who is nominated.
    agency
        Who is asked about. It must compete and be eligible: see :meth:`Contest.admitting`.

    Returns
    -------
    polars.DataFrame
        Rows of ``CHANGE_SCHEMA``, one for each measure that the score is made of: those that can do it first, by how
        small the change is as a ratio. A figure that is not known is tried from the lowest value on.
    """
    place, rows = contest.place(agency), []
    for selection, column in columns_of(contest):
        now = contest.figures[selection].values(*_named(column))
        if now is None:
            continue
        flips = _flips(contest, nomination, place, (selection, column))
        label = f"{selection.prefix or ''}{column}"
        needed = _first_flip(flips, now[contest.competing], float(now[place]), label)
        rows.append((label, float(now[place]), needed))
    schema = {name: CHANGE_SCHEMA[name] for name in ("measure", "now", "needed")}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("now", "needed").fill_nan(None))
    times = pl.when((pl.col("now") > 0) & (pl.col("needed") > 0)).then(pl.col("needed") / pl.col("now"))
    return (
        frame.with_columns((pl.col("needed") - pl.col("now")).alias("change"), times.alias("times"))
        .sort(times.log().abs(), "measure", nulls_last=True)
        .sort(pl.col("needed").is_null(), maintain_order=True)
        .cast(CHANGE_SCHEMA)
    )


def _named(column: str) -> tuple[str, str | None]:
    name, _, platform = column.partition("@")
    return name, platform or None


def _flips(
    contest: Contest, nomination: Nomination, place: int, where: tuple[Selection, str]
) -> Callable[[Floats], Bools]:
    """A function that says for values of a measure whether the agency's nomination would be another than it is."""
    selection, column = where
    category, n_agencies = contest.award.category, len(contest.agencies)
    now = contest.figures[selection].values(*_named(column))

    def flips(values: Floats) -> Bools:
        tried = np.repeat(np.asarray(now)[None, :], len(values), axis=0)
        tried[:, place] = values
        figures = {**contest.figures, selection: replace(contest.figures[selection], draws={column: tried})}
        scores = np.broadcast_to(contest.scores(figures), (len(values), n_agencies))
        own = scores[:, [place]]
        found = (scores > own if contest.sign > 0 else scores < own).sum(axis=1) < nomination.n
        found &= ~np.isnan(own[:, 0])
        equals = np.abs(scores - own) <= category.ties.within
        shared = np.flatnonzero(equals.sum(axis=1) > 1) if category.ties.within == 0 else np.arange(len(values))
        breakers = [by.evaluate(figures[category.selection]) for by in category.ties.by] if shared.size else []
        for row in shared:  # only where scores are equal do the rules for ties matter
            ranks = ranks_of(
                scores[row],
                direction=category.direction,
                within=category.ties.within,
                breakers=[np.broadcast_to(breaker, scores.shape)[row] for breaker in breakers],
            )
            found[row] = before_the_cut(ranks, nomination.n, category.ties.at_the_cut)[place]
        return np.asarray(found != nomination.nominees[place])

    return flips


def _first_flip(flips: Callable[[Floats], Bools], others: Floats, now: float, label: str) -> float:
    """The value nearest to ``now`` at which the nomination flips; NaN where there is none."""
    low, high = _range(others, label)
    unknown = math.isnan(now)
    best = math.nan
    for end in (high,) if unknown else (high, low):
        start = low if unknown else now
        if (end - start) * (1 if end == high else -1) <= 0 and not unknown:
            continue
        found = _towards(flips, start, end, others, whole=_unit(label) in WHOLE, include_start=unknown)
        if math.isnan(best) or abs(found - start) < abs(best - start):
            best = found
    return best


def _towards(
    flips: Callable[[Floats], Bools], start: float, end: float, others: Floats, *, whole: bool, include_start: bool
) -> float:
    """First value between two at which the nomination flips, rounded away from the start; NaN if there is none."""
    tried = _tried(start, end, others)
    tried = tried if include_start else tried[1:]
    does = flips(tried)
    if not does.any():
        return math.nan
    at = int(does.argmax())
    if at == 0 and include_start:
        return float(tried[0])
    before, after = float(tried[at - 1] if at else start), float(tried[at])
    for _ in range(ROUNDS):
        inner = np.linspace(before, after, SECTIONS + 1)[1:]
        at = int(flips(inner).argmax())  # the last of them does
        before, after = float(inner[at - 1]) if at else before, float(inner[at])
    return _rounded(flips, start, after, end, whole=whole)


def _tried(start: float, end: float, others: Floats) -> Floats:
    """Values from start to end: equal steps, the figures of the others, and the middles between all of these."""
    low, high = min(start, end), max(start, end)
    between = others[(others > low) & (others < high)]
    known = np.unique(np.concatenate([[low, high], between, np.linspace(low, high, STEPS)]))
    all_of_them = np.unique(np.concatenate([known, (known[1:] + known[:-1]) / 2]))
    return all_of_them if end > start else all_of_them[::-1]


def _rounded(flips: Callable[[Floats], Bools], start: float, at: float, end: float, *, whole: bool) -> float:
    """A value that people can read, at or beyond the flip by a hundredth of the change; or the flip itself."""
    change = abs(at - start)
    step = 10.0 ** max(math.floor(math.log10(max(change, 1e-300))) - 2, math.floor(math.log10(max(abs(at), 1e-9))) - 6)
    way = 1 if end > start else -1
    outwards = math.ceil if way > 0 else math.floor
    for size in (1.0, step) if whole else (step,):
        nearest = outwards(at / size - way * 1e-9)
        for value in (
            round(nearest * size, 12),
            round((nearest + way) * size, 12),
        ):  # the second: equal may be too little
            if min(start, end) <= value <= max(start, end) and flips(np.array([value]))[0]:
                return value
    return at


def _range(others: Floats, label: str) -> tuple[float, float]:
    """Lowest and highest value that a measure is tried at."""
    known = others[~np.isnan(others)]
    unit = _unit(label)
    if unit.startswith("share") or unit == "evenness":
        return 0.0, 1.0
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    spread = max(high - low, abs(high), 1.0 if high == low == 0 else 0.0)
    below = 0.0 if low >= 0 and unit != "log ratio" else low - BEYOND * spread
    return below, high + BEYOND * spread


def _unit(label: str) -> str:
    """Unit of a measure; empty where it is not documented."""
    known = measures().get(label.split("@")[0])
    return known.unit if known else ""
