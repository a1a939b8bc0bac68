"""How far an account's mean lies from what it would be in the long run, by platform.

A post's engagement is gamma-Poisson (negative binomial): its variance is mean + dispersion x mean^2. Posts of one week
are alike beyond that, since they belong to campaigns; that part does not shrink with the number of posts, and some of
it is common to all accounts of an agency.

References
----------
Hilbe, J. M. (2011). Negative Binomial Regression. Cambridge University Press.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from textmine.ranking.account_weeks import AccountWeeks

Floats = npt.NDArray[np.float64]

BLOCK_WEEKS: Final = 4
"""Weeks that are drawn together: campaigns last about three."""

_MOST_POSTS: Final = 200.0
"""Weight of an account in the pooled dispersion ends here, so that no account decides it alone."""
_LEAST: Final = 0.05
_USUAL: Final = 1.0
"""Dispersion of a platform on which no account has three posts."""


@dataclass(frozen=True)
class Dispersion:
    """Variance of the logarithm of an account's mean is 1 / total + posts / n_posts + weeks (+ agency_weeks).

    Attributes
    ----------
    posts
        Negative binomial dispersion of posts by platform, shape (4,).
    weeks
        What weeks add by platform and account, shape (4,).
    agency_weeks
        What weeks add to all accounts of an agency alike.
    """

    posts: Floats
    weeks: Floats
    agency_weeks: float


def dispersion(weeks: AccountWeeks, *, block_weeks: int = BLOCK_WEEKS) -> Dispersion:
    """Estimate the dispersion, pooled over the accounts of a platform.

    Parameters
    ----------
    weeks
        Accounts by week.
    block_weeks
        Weeks a block; with fewer than three blocks weeks are taken to add nothing.
    """
    posts = _of_posts(weeks)
    extra, shared = _of_weeks(weeks, posts, block_weeks)
    shared = min(max(shared, 0.0), float(extra.min(initial=np.inf)))
    return Dispersion(posts=posts, weeks=np.maximum(extra - shared, 0.0), agency_weeks=max(shared, 0.0))


def _of_posts(weeks: AccountWeeks) -> Floats:
    n, capped = weeks.figures.n_posts, weeks.figures.capped
    usable = (n >= 3) & (capped >= n)
    mean = np.where(usable, capped / np.maximum(n, 1), 1.0)
    variance = (weeks.squares - n * mean**2) / np.maximum(n - 1, 1)
    own = np.where(usable, (variance - mean) / mean**2, 0.0)
    weight = np.where(usable, np.minimum(n - 1, _MOST_POSTS), 0.0)
    # Mean and variance of few skewed posts rise and fall together: their ratio is low by about 2 x dispersion / n, as
    # seen on simulated accounts of 3 to 2,000 posts.
    own *= 1 + 2 * np.clip(own, 0.0, 2.0) / np.maximum(n, 1)
    everywhere = (own * weight).sum() / weight.sum() if weight.sum() else _USUAL
    by_platform = (own * weight).sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-9)
    return np.asarray(np.maximum(np.where(weight.sum(axis=0) > 0, by_platform, everywhere), _LEAST))


def _of_weeks(weeks: AccountWeeks, posts: Floats, block_weeks: int) -> tuple[Floats, float]:
    """What blocks of weeks add by platform, and the part that accounts of an agency have in common."""
    n_blocks = weeks.n_weeks // block_weeks
    n, capped = weeks.figures.n_posts, weeks.figures.capped
    if n_blocks < 3:
        return np.zeros(n.shape[1]), 0.0
    starts = np.arange(n_blocks) * block_weeks
    block_posts = np.add.reduceat(weeks.n_posts, starts, axis=2)
    block_sums = np.add.reduceat(weeks.capped, starts, axis=2)
    usable = (n >= 2 * n_blocks) & (capped >= 20)
    mean = np.where(usable, capped / np.maximum(n, 1), 1.0)[:, :, None]
    # What all accounts of a platform do in a season says nothing about who is better.
    relative = np.where(usable[:, :, None], block_sums / mean, 0.0).sum(axis=0)
    season = relative / np.maximum(np.where(usable[:, :, None], block_posts, 0.0).sum(axis=0), 1.0)
    moved = (block_sums - mean * block_posts * season) / np.maximum(capped, 1.0)[:, :, None]
    moved = np.where(usable[:, :, None], moved, 0.0)
    together = np.einsum("apk,aqk->apq", moved, moved) * n_blocks / (n_blocks - 1)
    expected = posts / np.maximum(n, 1) + 1 / np.maximum(capped, 1)
    weight = np.where(usable, 1 / (expected + 0.01), 0.0)
    own = np.diagonal(together, axis1=1, axis2=2) - expected
    extra = (own * weight**2).sum(axis=0) / np.maximum((weight**2).sum(axis=0), 1e-9)
    pairs = weight[:, :, None] * weight[:, None, :] * (1 - np.eye(n.shape[1]))
    shared = float((together * pairs).sum() / max(float(pairs.sum()), 1e-9))
    has = weight.sum(axis=0) > 0
    overall = float(extra[has].mean()) if has.any() else 0.0
    return np.maximum(np.where(has, extra, overall), 0.0), shared
