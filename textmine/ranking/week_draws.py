"""Draws of figures that are averages over posts: weeks are drawn in blocks, the same for all agencies and figures.

A figure is taken apart into what each block of weeks adds to it (its influence: that of the ratio of two sums, or what
leaving the block out changes), on a scale on which it may lie anywhere: the logarithm of a mean, the log-odds of a
share. A draw is the figure plus the mean influence of the blocks that were drawn. Because all figures are drawn with
the same weeks, what a good month did to pictures and to all posts moves both.

Of a year only about fourteen blocks are seen, of an agency that posted in spring alone three: their spread is too small
by chance as often as too large. It is therefore held against that of the other agencies with as many posts (variances
are shrunk towards a line, as microarrays do it), and the draws have the t distribution with the degrees of freedom that
this leaves. ``bench/ranking_draws.py`` counts how often the truth lies in the intervals.

References
----------
Kuensch, H. R. (1989). The Jackknife and the Bootstrap for General Stationary Observations. Annals of Statistics 17,
1217-1241.
Politis, D. N. and Romano, J. P. (1995). Bias-Corrected Nonparametric Spectral Estimation. Journal of Time Series
Analysis 16, 67-103.
Smyth, G. K. (2004). Linear Models and Empirical Bayes Methods for Assessing Differential Expression in Microarray
Experiments. Statistical Applications in Genetics and Molecular Biology 3, 3.
Kish, L. (1965). Survey Sampling. Wiley.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, polygamma

from textmine.ranking.dispersion import BLOCK_WEEKS

Floats = npt.NDArray[np.float64]

FEWEST_BLOCKS: Final = 6
"""Blocks that a season should have: of a shorter one blocks are shortened too."""

_MOST_BEYOND: Final = 2.0
"""What the edges of blocks hide is taken for no more than half of the variance."""

_MOST: Final = 200.0
"""Degrees of freedom from which on the t distribution is as good as normal."""


@dataclass(frozen=True)
class WeekResamples:
    """Blocks of weeks that were drawn.

    Attributes
    ----------
    starts
        How often a block begins at each week, shape (n_draws, n_weeks); the last weeks are followed by the first.
    block_weeks
        Weeks a block.
    seed
        Of what is drawn besides the weeks.
    """

    starts: Floats
    block_weeks: int
    seed: int

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return len(self.starts)

    @property
    def blocks(self) -> float:
        """Blocks that fit into the season."""
        return float(self.starts.shape[1] / self.block_weeks)

    def moved(self, influence: Floats) -> Floats:
        """What the weeks that were drawn do to figures, shape (n_draws, n_agencies).

        Parameters
        ----------
        influence
            Of blocks by the week at which they begin, shape (n_agencies, n_weeks); means are taken out.
        """
        centred = influence - influence.mean(axis=1, keepdims=True)
        return np.asarray(self.starts @ centred.T / np.sqrt(self.starts[0].sum() * self.blocks))


def week_resamples(n_weeks: int, n_draws: int, *, seed: int = 0) -> WeekResamples:
    """Draw blocks of four weeks, or of fewer where the season has less than six such blocks.

    Examples
    --------
    >>> drawn = week_resamples(56, 3)
    >>> drawn.block_weeks, drawn.starts.sum(axis=1).tolist()
    (4, [14.0, 14.0, 14.0])
    """
    block = max(min(BLOCK_WEEKS, n_weeks // FEWEST_BLOCKS), 1)
    generator = np.random.default_rng([seed, 12])
    starts = generator.multinomial(max(round(n_weeks / block), 1), np.full(n_weeks, 1 / n_weeks), size=n_draws)
    return WeekResamples(starts.astype(np.float64), block, seed)


def of_ratio(sums: Floats, counts: Floats, block_weeks: int, *, share: bool = False) -> Floats:
    """Influence of blocks of weeks on the logarithm (or log-odds) of a ratio of sums, shape (n_agencies, n_weeks).

    Parameters
    ----------
    sums, counts
        By week, shape (n_agencies, n_weeks).
    block_weeks
        Weeks a block.
    share
        Log-odds instead of the logarithm. A share of 0 or 1 is moved by half a post.
    """
    total, n = sums.sum(axis=1, keepdims=True), counts.sum(axis=1, keepdims=True)
    some = np.maximum(n, 1e-12)
    ratio = total / some
    least = 0.5 / np.maximum(n, 1.0)
    slope = (
        np.maximum(ratio, least)
        if not share
        else np.clip(ratio, least, 1 - least) * (1 - np.clip(ratio, least, 1 - least))
    )
    weekly = sums.shape[1] * (sums - ratio * counts) / some / np.where(slope > 0, slope, 1.0)
    return in_blocks(weekly, block_weeks)


def in_blocks(weekly: Floats, block_weeks: int) -> Floats:
    """Mean influence of the weeks of each block, by the week at which it begins."""
    shifted = [np.roll(weekly, -shift, axis=1) for shift in range(block_weeks)]
    return np.asarray(np.mean(shifted, axis=0))


def of_leaving_out(figure: Callable[[Floats], Floats], n_weeks: int, block_weeks: int) -> Floats:
    """Influence of blocks on any figure, from what leaving each out changes, shape (n_agencies, n_weeks).

    Parameters
    ----------
    figure
        Takes weights of weeks, shape (n_weeks,), and gives the figure of each agency, shape (n_agencies,).
    n_weeks, block_weeks
        Weeks of the season and of a block.
    """
    whole = figure(np.ones(n_weeks))
    found = np.zeros((len(whole), n_weeks))
    for start in range(n_weeks):
        weights = np.ones(n_weeks)
        weights[(start + np.arange(block_weeks)) % n_weeks] = 0.0
        found[:, start] = (n_weeks - block_weeks) / block_weeks * (whole - figure(weights))
    return np.nan_to_num(found)


def deviations(influence: Floats, counts: Floats, resamples: WeekResamples) -> Floats:
    """What figures may be off by, shape (n_draws, n_agencies).

    Parameters
    ----------
    influence
        Of blocks, shape (n_agencies, n_weeks).
    counts
        Posts by week that figures are made of, shape (n_agencies, n_weeks).
    resamples
        The weeks that were drawn.
    """
    moved = resamples.moved(influence)
    centred = influence - influence.mean(axis=1, keepdims=True)
    seen = (centred**2).mean(axis=1) / resamples.blocks
    blocks = effective_blocks(counts, resamples.block_weeks)
    freedom = np.maximum(blocks - 1, 0.0)
    unbiased = seen * np.where(freedom > 0, blocks / np.maximum(freedom, 1e-9), 1.0)
    unbiased *= _beyond_blocks(centred, unbiased, blocks, counts.sum(axis=1), resamples)
    variance, freedom = moderated(unbiased, freedom, counts.sum(axis=1))
    generator = np.random.default_rng([resamples.seed, 13])
    own = generator.standard_normal(moved.shape)
    heavy = np.sqrt(freedom / 2 / generator.standard_gamma(np.maximum(freedom, 0.1) / 2, moved.shape))
    with_spread = seen > 1e-4 * variance
    unit = np.where(with_spread, moved / np.sqrt(np.where(with_spread, seen, 1.0)), own)
    return np.asarray(unit * np.sqrt(variance) * np.where(freedom < _MOST, heavy, 1.0))


def _beyond_blocks(
    influence: Floats, variance: Floats, blocks: Floats, n_posts: Floats, resamples: WeekResamples
) -> Floats:
    """How many times the variance is what blocks of this length see of it, shape (n_agencies,).

    Weeks at the edges of two blocks are drawn apart although they belong together. Twice the variance by blocks of
    twice the length, less that by blocks of this length, weighs all neighbours within a block fully (a flat-top
    window). It is too unsure for one agency: a line on the logarithm of the number of posts is put through all.
    """
    after = np.roll(influence, -resamples.block_weeks, axis=1)
    doubled = (((influence + after) / 2) ** 2).mean(axis=1) / resamples.blocks * 2
    doubled = doubled * blocks / np.maximum(blocks - 2, 1e-9)
    usable = (blocks >= 4) & (variance > 1e-12)
    if np.count_nonzero(usable) < 5:
        return np.ones(len(variance))
    times = (2 * doubled - variance)[usable] / variance[usable]
    size = np.log(np.maximum(n_posts, 1.0))
    weight = variance[usable] * np.exp(size[usable])  # sums over sums: where little is seen, the ratio says little
    start, slope = _line(size[usable], times, weight, least=0.0, most=np.inf)
    return np.clip(start + slope * size, 1.0, _MOST_BEYOND)


def effective_blocks(counts: Floats, block_weeks: int) -> Floats:
    """As how many blocks with equal numbers of posts an agency's blocks count, by Kish, shape (n_agencies,)."""
    of_block = in_blocks(counts, block_weeks)
    squares = (of_block**2).mean(axis=1)
    return np.asarray(of_block.mean(axis=1) ** 2 / np.where(squares > 0, squares, 1.0) * counts.shape[1] / block_weeks)


def moderated(variance: Floats, freedom: Floats, n_posts: Floats) -> tuple[Floats, Floats]:
    """Variances shrunk towards those of agencies with as many posts, and their degrees of freedom.

    Parameters
    ----------
    variance, freedom
        Estimates and their degrees of freedom, shape (n_agencies,); of 0 degrees nothing is taken over.
    n_posts
        The logarithm of the variance is a line on that of the number of posts.

    Returns
    -------
    tuple of numpy.ndarray
        Where fewer than five agencies have an estimate, the estimates as they are.
    """
    usable = (freedom >= 1) & (variance > 1e-12)
    if np.count_nonzero(usable) < 5:
        return variance, np.where(freedom > 0, np.maximum(freedom, 1.0), _MOST)
    half = freedom[usable] / 2
    size = np.log(np.maximum(n_posts, 1.0))
    level = np.log(variance[usable]) - digamma(half) + np.log(half)
    # More posts never make a figure less sure.
    line = _line(size[usable], level, 1 / (polygamma(1, half) + 0.1), least=-1.5, most=0.0)
    expected = line[0] + line[1] * size
    spread = float(np.mean((level - expected[usable]) ** 2 - polygamma(1, half)) * len(level) / max(len(level) - 2, 1))
    prior = _MOST if spread <= 0 else min(2 * _inverse_trigamma(spread), _MOST)
    centre = np.exp(expected + digamma(prior / 2) - np.log(prior / 2))
    known = np.where(variance > 1e-12, freedom, 0.0)
    together = prior + known
    return (prior * centre + known * variance) / together, np.minimum(together, _MOST)


def _line(x: Floats, y: Floats, weight: Floats, *, least: float, most: float) -> tuple[float, float]:
    """Weighted least squares with a slope that is held between two bounds."""
    mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
    along = float((weight * (x - mean_x) ** 2).sum())
    slope = float((weight * (x - mean_x) * (y - mean_y)).sum()) / along if along > 1e-9 else 0.0
    slope = min(max(slope, least), most)
    return float(mean_y - slope * mean_x), slope


def _inverse_trigamma(value: float) -> float:
    """Newton's method, as in the appendix of Smyth 2004."""
    found = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(polygamma(1, found))
        step = trigamma * (1 - trigamma / value) / float(polygamma(2, found))
        found += step
        if abs(step) < 1e-8 * found:
            break
    return found
