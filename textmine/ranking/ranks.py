"""Ranks and what is known of them: from scores that may be, to the probability of being first and intervals of ranks.

References
----------
Goldstein, H. and Spiegelhalter, D. J. (1996). League Tables and Their Limitations: Statistical Issues in Comparisons of
Institutional Performance. JRSS A 159, 385-443.
Hall, P. and Miller, H. (2010). Modeling the Variability of Rankings. Annals of Statistics 38, 2652-2677.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LEVEL: Final = 0.90


@dataclass(frozen=True)
class RankUncertainty:
    """What draws say about ranks, shape (n_agencies,) each; NaN for those without scores.

    ``low`` and ``high`` bound the best and the worst rank; ``first``, ``top3`` and ``top5`` are probabilities.
    """

    first: Floats
    top3: Floats
    top5: Floats
    low: Floats
    high: Floats


def ranks(scores: Floats, group: Integers | None = None) -> Floats:
    """Ranks from 1 within groups; equal scores share the better rank; NaN has none.

    Parameters
    ----------
    scores
        Shape (n_agencies,) or (n_draws, n_agencies).
    group
        Group of each agency; one group if None.

    Examples
    --------
    >>> ranks(np.array([0.5, 2.0, 0.5, np.nan])).tolist()
    [2.0, 1.0, 2.0, nan]
    """
    table = np.atleast_2d(scores)
    group = np.zeros(table.shape[1], dtype=np.int64) if group is None else group
    found = np.full(table.shape, np.nan)
    for name in np.unique(group):
        members = np.flatnonzero(group == name)
        found[:, members] = _ranks(table[:, members])
    return found.reshape(scores.shape)


def _ranks(scores: Floats) -> Floats:
    """Ranks along the last axis."""
    below = np.where(np.isnan(scores), np.inf, -scores)
    order = np.argsort(below, axis=1, kind="stable")
    sorted_scores = np.take_along_axis(below, order, axis=1)
    tied = np.diff(sorted_scores, axis=1, prepend=np.nan) == 0
    place = np.broadcast_to(np.arange(1, scores.shape[1] + 1), scores.shape)
    shared = np.maximum.accumulate(np.where(tied, 0, place), axis=1)
    found = np.empty(scores.shape)
    np.put_along_axis(found, order, shared.astype(np.float64), axis=1)
    found[np.isnan(scores)] = np.nan
    return found


def rank_uncertainty(draws: Floats, group: Integers | None = None, *, level: float = LEVEL) -> RankUncertainty:
    """Probabilities and intervals of ranks.

    Parameters
    ----------
    draws
        Scores as they may be, shape (n_draws, n_agencies).
    group
        Group within which agencies are ranked.
    level
        Share of draws that an interval holds: of all intervals of ranks the one that holds the share nearest to it,
        the shortest of those. Ranks are whole numbers: to hold at least the level would be to hold more.
    """
    found = ranks(draws, group)
    with_scores = ~np.isnan(found).all(axis=0)
    low = np.full(found.shape[1], np.nan)
    high = np.full(found.shape[1], np.nan)
    last = int(np.nan_to_num(found).max())
    shares = _shares(found, last)
    for agency in np.flatnonzero(with_scores):
        low[agency], high[agency] = _interval(shares[:, agency], level)

    def within(rank: int) -> Floats:
        return np.where(with_scores, (found <= rank).mean(axis=0), np.nan)

    return RankUncertainty(first=within(1), top3=within(3), top5=within(5), low=low, high=high)


def _shares(ranks: Floats, last: int) -> Floats:
    """Share of draws in which each agency has each rank, shape (last, n_agencies)."""
    n_draws, n_agencies = ranks.shape
    known = ~np.isnan(ranks)
    cell = (np.where(known, ranks, 1.0).astype(np.int64) - 1) * n_agencies + np.arange(n_agencies)
    counts = np.bincount(cell[known], minlength=last * n_agencies).reshape(last, n_agencies)
    return np.asarray(counts / n_draws)


def _interval(shares: Floats, level: float) -> tuple[float, float]:
    """Shortest interval of ranks whose share is at least the level, or one rank less if that comes nearer to it."""
    cumulative = np.concatenate([[0.0], np.cumsum(shares)])
    held = cumulative[None, 1:] - cumulative[:-1, None]  # [from, to]
    enough = held >= level - 1e-9
    length = np.subtract.outer(np.arange(len(shares)), np.arange(len(shares))).T
    cost = np.where(enough, length * 2.0 - held, np.inf)
    start, end = np.unravel_index(int(cost.argmin()), cost.shape)
    best = (int(start), int(end))
    if best[1] > best[0]:
        shorter = [(best[0] + 1, best[1]), (best[0], best[1] - 1)]
        nearest = max(shorter, key=lambda bounds: held[bounds])
        if level - held[nearest] < held[best] - level:
            best = nearest
    return best[0] + 1.0, best[1] + 1.0
