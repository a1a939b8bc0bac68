"""How much the winner hangs on one judge, on the method, and on one score."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.errors import ConfigError
from textmine.judging.tally import scores
from textmine.judging.tally.ballots import Ballots, Flags, Floats
from textmine.judging.tally.decision import Decision, Rules, decide
from textmine.judging.tally.methods import METHODS, Method, leaders, method_scores

Integers = npt.NDArray[np.int64]

LEFT_OUT_SCHEMA: Final = pl.Schema(
    {"left_out": pl.String(), "method": pl.String(), "winners": pl.List(pl.String()), "same": pl.Boolean()}
)

_MOST_STEPS: Final = 200
"""A scale finer than this is searched in coarser steps."""

_MOST_CHANGES: Final = 3_000
"""Changes of a score that are tried at once: beyond, methods other than the mean are not searched."""


@dataclass(frozen=True)
class Scale:
    """Scale of scores.

    Parameters
    ----------
    low, high
        Ends.
    step
        The smallest difference.
    """

    low: float
    high: float
    step: float

    def __post_init__(self) -> None:
        if not (self.low < self.high and 0 < self.step <= self.high - self.low + 1e-9):
            raise ConfigError("a scale needs a low end below its high end and a step that fits between", key="scale")

    @classmethod
    def seen(cls, ballots: Ballots) -> Scale | None:
        """The scale that the scores themselves show; None where there is but one value."""
        values = np.unique(ballots.values[~np.isnan(ballots.values)])
        if len(values) < 2:
            return None
        return cls(float(values[0]), float(values[-1]), float(np.round(np.diff(values).min(), 9)))


@dataclass(frozen=True)
class Flip:
    """The smallest change of a single score that changes who wins.

    Parameters
    ----------
    judge, nominee, criterion
        The score; the first of those that would do.
    old, new
        The score as it is, and as it would have to be.
    winners
        Who would win then.
    n_scores
        How many single scores would do with a change as small.
    """

    judge: str
    nominee: str
    criterion: str
    old: float
    new: float
    winners: tuple[str, ...]
    n_scores: int


@dataclass(frozen=True)
class Robustness:
    """How sure the winner is.

    Parameters
    ----------
    left_out
        Columns of ``LEFT_OUT_SCHEMA``: for each judge left out, who is first by each method, and ``decision`` by the
        rules with their ties; ``same`` as with all judges.
    n_same
        Judges without whom the decision is the same.
    n_judges
        Judges with any total.
    methods_agree
        Methods by which the winner alone is first.
    methods_differ
        Methods by which somebody else is, or several are.
    margin
        Points of the deciding method between the first and the next; None with a single nominee.
    flip
        None where no single score within the scale changes the winner, or it was not searched.
    flip_searched
        Whether it was.
    scale
        That was searched.
    """

    left_out: pl.DataFrame
    n_same: int
    n_judges: int
    methods_agree: tuple[str, ...]
    methods_differ: tuple[str, ...]
    margin: float | None
    flip: Flip | None
    flip_searched: bool
    scale: Scale | None


def robustness(ballots: Ballots, rules: Rules, decision: Decision, scale: Scale | None = None) -> Robustness:
    """How far the decision stands without a judge, by other methods and with another score."""
    winners = decision.winners()
    everybody = {
        method: leaders(method_scores(ballots.totals, scores.everybody(ballots.totals), method, trim=rules.trim))[0]
        for method in METHODS
    }
    alone = np.isin(np.arange(len(ballots.nominees)), winners)
    known = [method for method in METHODS if everybody[method].any()]
    agree = tuple(method for method in known if (everybody[method] == alone).all())
    table, n_same, n_judges = _left_out(ballots, rules, winners, everybody)
    ordered = np.sort(decision.scores[~np.isnan(decision.scores)])[::-1]
    margin = None if len(ordered) < 2 else float(np.round(ordered[0] - ordered[1], 9))
    used = scale or Scale.seen(ballots)
    flip, searched = (None, False) if used is None or not winners else _flip(ballots, rules, winners, used)
    differ = tuple(method for method in known if method not in agree)
    return Robustness(table, n_same, n_judges, agree, differ, margin, flip, searched, used)


def _left_out(
    ballots: Ballots, rules: Rules, winners: tuple[int, ...], everybody: Mapping[Method, Flags]
) -> tuple[pl.DataFrame, int, int]:
    judging = np.flatnonzero((~np.isnan(ballots.totals)).any(axis=1))
    keep = ~np.eye(len(ballots.judges), dtype=bool)[judging]
    rows: list[tuple[str, str, list[str], bool]] = []
    found = {method: method_scores(ballots.totals, keep, method, trim=rules.trim) for method in METHODS}
    first = {method: leaders(found[method]) for method in METHODS}
    n_same = 0
    for row, judge in enumerate(judging.tolist()):
        name = ballots.judges[judge]
        without = decide(ballots, rules, keep[row], found[rules.method][row]).winners()
        n_same += without == winners
        rows.append((name, "decision", _names(ballots, without), without == winners))
        for method in METHODS:
            who = first[method][row]
            same = bool((who == everybody[method]).all())
            rows.append((name, method, _names(ballots, np.flatnonzero(who).tolist()), same))
    return pl.DataFrame(rows, schema=LEFT_OUT_SCHEMA, orient="row"), n_same, len(judging)


def _names(ballots: Ballots, numbers: tuple[int, ...] | list[int]) -> list[str]:
    return [ballots.nominees[number] for number in numbers]


def _flip(ballots: Ballots, rules: Rules, winners: tuple[int, ...], scale: Scale) -> tuple[Flip | None, bool]:
    """The smallest change, and whether all were tried: by one step of the scale up or down, by two, and so on."""
    span = scale.high - scale.low
    step = scale.step * max(1, math.ceil(span / scale.step / _MOST_STEPS))
    judges, nominees, criteria = np.nonzero(~np.isnan(ballots.values) & ~np.isnan(ballots.totals)[:, :, None])
    cells = np.stack([judges, nominees, criteria], axis=1)
    cells = np.concatenate([cells, cells])
    sign = np.repeat([1.0, -1.0], len(judges))
    needed = _steps_needed(ballots, cells, sign, step) if rules.method == "mean" and rules.decimals is None else 1
    least = np.broadcast_to(needed, sign.shape)
    for n_steps in range(int(least.min(initial=1)), math.ceil(span / step) + 1):
        new = ballots.values[tuple(cells.T)] + sign * n_steps * step
        tried = np.flatnonzero((least <= n_steps) & (new >= scale.low - 1e-9) & (new <= scale.high + 1e-9))
        if len(tried) > _MOST_CHANGES:
            return None, False
        changed = _changed(ballots, rules, winners, cells[tried], new[tried])
        if changed:
            place, then = changed[0]
            judge, nominee, criterion = cells[tried[place]].tolist()
            return Flip(
                ballots.judges[judge],
                ballots.nominees[nominee],
                ballots.criteria[criterion],
                float(ballots.values[judge, nominee, criterion]),
                float(np.round(new[tried[place]], 9)),
                tuple(_names(ballots, then)),
                len(changed),
            ), True
    return None, True


def _steps_needed(ballots: Ballots, cells: Integers, sign: Floats, step: float) -> Integers:
    """Steps before the mean of a cell's nominee meets the best of the others; fewer cannot change who is first."""
    means = scores.mean(ballots.totals, scores.everybody(ballots.totals))[0]
    filled = np.where(np.isnan(means), -np.inf, means)
    ordered = np.sort(filled)[::-1]
    leading = filled == ordered[0]
    second = ordered[1] if len(ordered) > 1 else -np.inf
    others = np.where(leading & (leading.sum() == 1), second, ordered[0])
    gap = (filled - others)[cells[:, 1]]
    n = (~np.isnan(ballots.totals)).sum(axis=0)[cells[:, 1]]
    per_step = ballots.weights[cells[:, 2]] * step / n
    towards = (gap == 0) | (np.sign(gap) == -sign)
    steps = np.where(towards & np.isfinite(gap), np.ceil(np.abs(gap) / per_step - 1e-6), 2.0**31)
    found: Integers = np.maximum(np.minimum(steps, 2.0**31), 1).astype(np.int64)
    return found


def _changed(
    ballots: Ballots, rules: Rules, winners: tuple[int, ...], cells: Integers, new: Floats
) -> list[tuple[int, tuple[int, ...]]]:
    """Changes that change the winner, and who wins then.

    Each changed ballot is put beside the others as one more judge of the same name, and a choice of judges takes it
    instead of the old one: methods then look at all changes at once.
    """
    if not len(cells):
        return []
    ballot = ballots.values[cells[:, 0]].copy()
    ballot[np.arange(len(cells)), cells[:, 1], cells[:, 2]] = new
    n_judges = len(ballots.judges)
    names = ballots.judges + tuple(ballots.judges[judge] for judge in cells[:, 0].tolist())
    values = np.concatenate([ballots.values, ballot])
    wider = Ballots(names, ballots.nominees, ballots.criteria, ballots.weights, values)
    keep = np.zeros((len(cells), n_judges + len(cells)), dtype=bool)
    keep[:, :n_judges] = True
    keep[np.arange(len(cells)), cells[:, 0]] = False
    keep[np.arange(len(cells)), n_judges + np.arange(len(cells))] = True
    found = method_scores(wider.totals, keep, rules.method, trim=rules.trim)
    rounded = found if rules.decimals is None else np.round(found, rules.decimals)
    alone = np.isin(np.arange(len(ballots.nominees)), winners)
    first = leaders(rounded)
    open_ = np.flatnonzero(~((first == alone).all(axis=1) & (first.sum(axis=1) == 1)))
    changed = []
    for place in open_.tolist():
        then = decide(wider, rules, keep[place], found[place]).winners()
        if then != winners:
            changed.append((place, then))
    return changed
