"""Scores of nominees by each method, for all judges and for any choice of them at once.

Every function takes ballots and ``keep``, which judges count, shape (n_choices, n_judges), and returns scores of shape
(n_choices, n_nominees), the higher the better, NaN for a nominee whom none of these judges scored.

References
----------
Borda, J.-C. de (1781). Mémoire sur les élections au scrutin. Histoire de l'Académie Royale des Sciences.
Tukey, J. W. (1962). The Future of Data Analysis. Annals of Mathematical Statistics 33, 1-67 (trimmed means).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from textmine.judging.tally.ballots import Flags, Floats, midranks

_NEARLY: Final = 1e-9


def everybody(totals: Floats) -> Flags:
    """The choice of all judges, shape (1, n_judges)."""
    return np.ones((1, len(totals)), dtype=bool)


def mean(totals: Floats, keep: Flags) -> Floats:
    """Mean of the judges who scored a nominee.

    Examples
    --------
    >>> mean(np.array([[8.0, 6.0], [9.0, np.nan]]), np.array([[True, True]]))
    array([[8.5, 6. ]])
    """
    return _mean_of(totals, ~np.isnan(totals), keep)


def trimmed_mean(totals: Floats, keep: Flags, trim: float = 0.2) -> Floats:
    """Mean without the highest and the lowest scores of each nominee.

    Parameters
    ----------
    totals, keep
        As everywhere.
    trim
        Share of a nominee's scores that is left out at either end, rounded down: with 0.2 nothing below five judges,
        the highest and the lowest one from five to nine.

    Examples
    --------
    >>> trimmed_mean(np.array([[1.0], [7.0], [8.0], [9.0], [9.0]]), np.ones((1, 5), dtype=bool))
    array([[8.]])
    """
    rows = np.sort(np.where(keep[:, :, None], totals, np.nan), axis=1)  # NaN last
    n = (~np.isnan(rows)).sum(axis=1)
    cut = np.floor(trim * n + _NEARLY).astype(int)
    place = np.arange(rows.shape[1])[None, :, None]
    used = (place >= cut[:, None]) & (place < (n - cut)[:, None])
    return _divided(np.where(used, rows, 0.0).sum(axis=1), used.sum(axis=1))


def z_scores(totals: Floats) -> Floats:
    """Totals of each judge as standard deviations from that judge's mean, shape (n_judges, n_nominees).

    Mean and deviation (over n) are of the nominees that the judge scored. A judge whose totals are all alike has z = 0.
    """
    known = ~np.isnan(totals)
    n = known.sum(axis=1, keepdims=True)
    centred = totals - _divided(np.where(known, totals, 0).sum(axis=1, keepdims=True), n)
    spread = np.sqrt(_divided(np.where(known, centred**2, 0).sum(axis=1, keepdims=True), n))
    found: Floats = np.where(spread > _NEARLY, centred / np.where(spread > _NEARLY, spread, 1.0), 0.0 * centred)
    return found


def z_score(totals: Floats, keep: Flags) -> Floats:
    """Mean z-score of the judges who tell nominees apart.

    A judge without spread (all alike, or a single nominee) says nothing of who is better and is left out; a nominee
    whom only such judges scored has 0.
    """
    z = z_scores(totals)
    telling = np.asarray((np.abs(z) > 0).any(axis=1))
    return _told(z, telling, totals, keep, neutral=0.0)


def borda_shares(totals: Floats) -> Floats:
    """Share of the other nominees on a judge's ballot that stand below, ties half, shape (n_judges, n_nominees).

    On a full ballot of n nominees this is Borda's count (n - 1 for the first, 0 for the last) divided by n - 1; on a
    ballot with nominees left out it is on the same scale.
    """
    n = (~np.isnan(totals)).sum(axis=1, keepdims=True)
    found: Floats = (n - midranks(totals)) / np.maximum(n - 1, 1)
    return found


def borda(totals: Floats, keep: Flags) -> Floats:
    """Mean share of other nominees that stand below, 0 to 1.

    A judge who scored a single nominee compares nothing and is left out; a nominee whom only such judges scored has ½.

    Examples
    --------
    >>> borda(np.array([[3.0, 2.0, 1.0], [5.0, np.nan, 5.0]]), np.array([[True, True]]))
    array([[0.75, 0.5 , 0.25]])
    """
    telling = (~np.isnan(totals)).sum(axis=1) >= 2
    return _told(borda_shares(totals), telling, totals, keep, neutral=0.5)


def scored(totals: Floats, keep: Flags) -> Flags:
    """Whether any of the judges scored a nominee, shape (n_choices, n_nominees)."""
    found: Flags = (keep.astype(float) @ ~np.isnan(totals)) > 0
    return found


def first_places(totals: Floats, keep: Flags) -> Floats:
    """Number of judges on whose ballot a nominee stands first; a shared first place counts its share."""
    known = ~np.isnan(totals)
    best = known & (totals == np.where(known, totals, -np.inf).max(axis=1, keepdims=True))
    votes = best / np.maximum(best.sum(axis=1, keepdims=True), 1)
    return np.where(scored(totals, keep), keep @ votes, np.nan)


def _told(values: Floats, telling: Flags, totals: Floats, keep: Flags, *, neutral: float) -> Floats:
    """Mean of the telling judges' values; where there is none, but a score, the neutral value."""
    found = _mean_of(values, ~np.isnan(totals) & telling[:, None], keep)
    return np.where(scored(totals, keep), np.where(np.isnan(found), neutral, found), np.nan)


def _mean_of(values: Floats, known: Flags, keep: Flags) -> Floats:
    chosen = keep.astype(float)
    return _divided(chosen @ np.where(known, values, 0.0), chosen @ known)


def _divided(total: Floats, n: Floats | npt.NDArray[np.int64]) -> Floats:
    found: Floats = np.where(n > 0, total / np.where(n > 0, n, 1), np.nan)
    return found
