"""The methods that stand side by side, and what each makes of the same ballots."""

from __future__ import annotations

from typing import Final, Literal, get_args

import numpy as np

from textmine.judging.tally import scores
from textmine.judging.tally.ballots import Flags, Floats
from textmine.judging.tally.condorcet import pairwise, schulze_scores, smith_scores
from textmine.judging.tally.severity import adjusted_scores

Method = Literal["mean", "trimmed_mean", "z_score", "borda", "condorcet", "schulze", "adjusted"]

METHODS: Final[tuple[Method, ...]] = get_args(Method)
"""``condorcet`` ranks by layers of Smith sets, a cycle sharing a place; ``schulze`` ranks within cycles too;
``adjusted`` is the mean with the severity of judges taken out."""

TRIM: Final = 0.2
_DIGITS: Final = 9


def method_scores(totals: Floats, keep: Flags, method: Method, *, trim: float = TRIM) -> Floats:
    """Scores by one method, the higher the better.

    Parameters
    ----------
    totals
        NaN where a judge did not score, shape (n_judges, n_nominees).
    keep
        Which judges count, shape (n_choices, n_judges).
    method
        One of ``METHODS``.
    trim
        Share that the trimmed mean leaves out at either end.

    Returns
    -------
    numpy.ndarray
        Shape (n_choices, n_nominees), rounded so that equal is equal; NaN without a score, and where the method has
        none. For ``condorcet`` the number of nominees in the same or a lower layer, for ``schulze`` of those behind.
    """
    if method == "trimmed_mean":
        found = scores.trimmed_mean(totals, keep, trim)
    elif method in ("condorcet", "schulze"):
        by = smith_scores if method == "condorcet" else schulze_scores
        found = by(pairwise(totals, keep), scores.scored(totals, keep))
    else:
        by_name = {"mean": scores.mean, "z_score": scores.z_score, "borda": scores.borda, "adjusted": adjusted_scores}
        found = by_name[method](totals, keep)
    return np.round(found, _DIGITS)


def leaders(found: Floats) -> Flags:
    """Who has the highest score, shape of ``found`` (n_choices, n_nominees); nobody where there is no score."""
    filled = np.where(np.isnan(found), -np.inf, found)
    best: Flags = (filled == filled.max(axis=1, keepdims=True)) & ~np.isnan(found)
    return best
