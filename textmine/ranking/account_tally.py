"""Adds up posts by account and week, holding single posts to a cap so that one viral post does not make a season.

An account's cap is ten times the mean of its posts without the highest twentieth (at least one post). Capping lowers
all accounts of a platform alike as far as their posts spread alike, and what is common to all leaves ranks as they are.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from textmine.platforms import PLATFORMS

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

CAP: Final = 10.0
"""A post counts for no more than so many ordinary posts of its account: chosen on simulated seasons, where about one
post in a thousand lies above it."""

TRIMMED: Final = 0.05
"""Share of an account's highest posts that say nothing about what is ordinary."""

_STEPS: Final = 4
"""Bins of heights in an octave: bounds lie 19 % apart."""
_BINS: Final = 40 * _STEPS + 1


class AccountTally:
    """Sums over accounts and weeks.

    First :meth:`measure` all posts, then :meth:`add` all posts; both in any order and any batches.

    Parameters
    ----------
    n_agencies, n_weeks
        Sizes; accounts are numbered agency x 4 + platform.
    cap
        Ordinary posts that one post counts for at the most; ``inf`` for no cap.

    Attributes
    ----------
    n_posts, total, capped : numpy.ndarray
        Posts and their engagement, as it is and capped, shape (n_accounts, n_weeks).
    squares : numpy.ndarray
        Sum of squares of capped engagement, shape (n_accounts,).
    top : numpy.ndarray
        Engagement of the best post, shape (n_accounts,).
    """

    def __init__(self, n_agencies: int, n_weeks: int, *, cap: float = CAP) -> None:
        self.cap = cap
        n = n_agencies * len(PLATFORMS)
        self.n_posts = np.zeros((n, n_weeks))
        self.total = np.zeros((n, n_weeks))
        self.capped = np.zeros((n, n_weeks))
        self.squares = np.zeros(n)
        self.top = np.zeros(n)
        self._heights = np.zeros((2, n, _BINS))
        self._followers = np.zeros((2, n, n_weeks))
        self._latest = np.full(n, np.nan)
        self._read_at = np.full(n, np.iinfo(np.int64).min)
        self._caps: Floats | None = None

    def measure(self, account: Integers, engagement: Floats) -> None:
        """Take in how high the posts of accounts are."""
        self._caps = None
        octave = np.log2(np.maximum(engagement, 1.0))
        height = np.where(engagement > 0, 1 + np.floor(octave * _STEPS), 0).astype(np.int64)
        cell = account * _BINS + np.minimum(height, _BINS - 1)
        shape = self._heights.shape[1:]
        self._heights[0] += np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
        self._heights[1] += np.bincount(cell, engagement, minlength=shape[0] * shape[1]).reshape(shape)

    def caps(self) -> Floats:
        """Most that a post of each account counts for, shape (n_accounts,); infinite for those with one post."""
        if self._caps is None:
            count, height = self._heights
            n = count.sum(axis=1)
            kept = n - np.maximum(np.ceil(TRIMMED * n), 1)
            below = np.cumsum(count, axis=1) - count
            share = np.clip((kept[:, None] - below) / np.maximum(count, 1), 0, 1)
            ordinary = (share * height).sum(axis=1) / np.maximum(kept, 1)
            self._caps = np.where(kept > 0, np.floor(self.cap * np.maximum(ordinary, 1.0)), np.inf)
        return self._caps

    def add(self, account: Integers, week: Integers, engagement: Floats, followers: Floats, time: Integers) -> None:
        """Add posts.

        Parameters
        ----------
        account, week
            Where they belong, shape (n,).
        engagement
            Of each.
        followers
            Audience at posting; NaN where unknown.
        time
            Of publication, any unit; the last reading of the audience is the one with the greatest.
        """
        n, n_weeks = self.n_posts.shape
        cell = account * n_weeks + week
        held = np.minimum(engagement, self.caps()[account])

        def by_week(weights: Floats | None = None) -> Floats:
            summed = np.bincount(cell, weights, minlength=n * n_weeks)
            return np.asarray(summed.reshape(n, n_weeks), dtype=np.float64)

        self.n_posts += by_week()
        self.total += by_week(engagement)
        self.capped += by_week(held)
        self.squares += np.bincount(account, held**2, minlength=n)
        np.maximum.at(self.top, account, engagement)
        known = ~np.isnan(followers)
        self._followers[0] += by_week(known.astype(np.float64))
        self._followers[1] += by_week(np.where(known, followers, 0.0))
        self._read(account[known], followers[known], time[known])

    def _read(self, account: Integers, followers: Floats, time: Integers) -> None:
        """Keep each account's latest reading; of two at the same time the greater one, whatever their order."""
        before = self._read_at.copy()
        np.maximum.at(self._read_at, account, time)
        self._latest[self._read_at > before] = np.nan
        newest = np.flatnonzero(time == self._read_at[account])
        np.fmax.at(self._latest, account[newest], followers[newest])

    def followers(self, reading: str) -> Floats:
        """Audience of each account: mean over posts (``posting``), over weeks (``average``), or ``latest``."""
        if reading == "latest":
            return self._latest
        count, summed = self._followers
        with np.errstate(invalid="ignore", divide="ignore"):
            if reading == "posting":
                return np.asarray(summed.sum(axis=1) / count.sum(axis=1), dtype=np.float64)
            weekly = np.where(count > 0, summed / count, 0.0)
            return np.asarray(weekly.sum(axis=1) / (count > 0).sum(axis=1), dtype=np.float64)
