"""Scores without a model: the raw rate, and the residual of log engagement on log followers.

Both are shown beside the model's. Platforms are put together after standardising within each, so that a platform on
which everybody has more does not decide.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from textmine.ranking.account_weeks import AccountFigures

Floats = npt.NDArray[np.float64]

Score = Callable[[AccountFigures], Floats]
"""Any score: figures of accounts to one number an agency, NaN where there is none, higher is better."""


def raw_rate(figures: AccountFigures) -> Floats:
    """Engagement per post and follower, logarithms standardised within platforms, shape (n_agencies,)."""
    known = _known(figures)
    return combined(np.where(known, _level(figures) - _size(figures), np.nan))


def size_residual(figures: AccountFigures) -> Floats:
    """:func:`log_residuals`, standardised within platforms, mean of the agency's platforms, shape (n_agencies,)."""
    return combined(log_residuals(figures))


def log_residuals(figures: AccountFigures) -> Floats:
    """What is left of log engagement after a straight line on log followers, a log ratio, shape (n_agencies, 4)."""
    known, level, size = _known(figures), _level(figures), _size(figures)
    n = np.maximum(known.sum(axis=0), 1)
    mean_level = np.where(known, level, 0.0).sum(axis=0) / n
    mean_size = np.where(known, size, 0.0).sum(axis=0) / n
    across, along = np.where(known, level - mean_level, 0.0), np.where(known, size - mean_size, 0.0)
    slope = (across * along).sum(axis=0) / np.maximum((along**2).sum(axis=0), 1e-12)
    return np.asarray(np.where(known, across - slope * along, np.nan))


def combined(values: Floats) -> Floats:
    """Mean over platforms of values standardised within each, shape (n_agencies, 4) to (n_agencies,).

    A platform on which fewer than two agencies have a value says nothing.

    Examples
    --------
    >>> combined(np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, 5.0]])).tolist()
    [-1.0, 1.0, nan]
    """
    known = ~np.isnan(values)
    n = known.sum(axis=0)
    filled = np.where(known, values, 0.0)
    centred = np.where(known, values - filled.sum(axis=0) / np.maximum(n, 1), 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / np.maximum(n, 1))
    known &= n >= 2
    parts = np.where(known, centred / np.where(spread > 0, spread, 1.0), 0.0)
    total = known.sum(axis=1)
    return np.asarray(np.where(total > 0, parts.sum(axis=1) / np.maximum(total, 1), np.nan))


def _known(figures: AccountFigures) -> npt.NDArray[np.bool_]:
    return np.asarray((figures.n_posts > 0) & (np.nan_to_num(figures.followers) > 0))


def _level(figures: AccountFigures) -> Floats:
    """Logarithm of the mean; half an interaction is added so that none at all has one."""
    return np.asarray(np.log((figures.total + 0.5) / np.maximum(figures.n_posts, 1)))


def _size(figures: AccountFigures) -> Floats:
    return np.asarray(np.log(np.where(_known(figures), figures.followers, 1.0)))
