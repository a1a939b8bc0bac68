"""Intervals of means and medians of posts that come in clusters: the Poisson bootstrap over clusters.

References
----------
B. Efron and R. Tibshirani, *An Introduction to the Bootstrap*, 1993; N. Chamandy et al., "Estimating uncertainty for
massive data streams", 2012, for Poisson weights in place of drawing with replacement.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import exp, factorial, nan
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int64]

RESAMPLES: Final = 200
MIN_CLUSTERS: Final = 5
"""Fewer clusters say too little about how much clusters differ: there is no interval."""

_CELLS: Final = 4_000_000
"""Weights of posts that are in memory together: 16 MB of running sums."""

# Poisson(1) by table: a random 16-bit number is the quickest draw. Weights above 8 have a chance of 1 in 900,000.
_POISSON: Final = np.searchsorted(
    np.cumsum([exp(-1) / factorial(k) for k in range(9)]), (np.arange(65536) + 0.5) / 65536
).astype(np.uint8)


@dataclass(frozen=True)
class Interval:
    """An estimate and the 2.5 and 97.5 % points of its resamples; all NaN where there is nothing to estimate from."""

    estimate: float
    low: float = nan
    high: float = nan


def generator_of(seed: int, *names: str) -> np.random.Generator:
    """Random generator of its own for a name, so that no other name's presence changes its numbers."""
    key = hashlib.blake2b("\x00".join(names).encode(), digest_size=8).digest()
    return np.random.default_rng([seed, int.from_bytes(key, "little")])


def named_weights(n_clusters: int, resamples: int, seed: int, *names: str) -> npt.NDArray[np.uint8]:
    """Weights of a name's clusters, as :func:`cluster_weights`; none where they are too few for an interval."""
    if n_clusters < MIN_CLUSTERS:
        return np.empty((0, n_clusters), np.uint8)
    return cluster_weights(n_clusters, resamples, generator_of(seed, *names))


def cluster_weights(n_clusters: int, resamples: int, generator: np.random.Generator) -> npt.NDArray[np.uint8]:
    """How often each cluster stands in each resample, uint8, shape (resamples, n_clusters)."""
    return np.asarray(_POISSON[generator.integers(0, 65536, (resamples, n_clusters), dtype=np.uint16)])


def mean_interval(values: Floats, clusters: Integers, weights: npt.NDArray[np.uint8]) -> Interval:
    """Mean of ``values``, with an interval over clusters.

    Parameters
    ----------
    values
        Shape (n_values,).
    clusters
        Column of ``weights`` that each value belongs to, shape (n_values,).
    weights
        From :func:`cluster_weights`.
    """
    if not len(values):
        return Interval(nan)
    n_clusters = weights.shape[1]
    sums = np.bincount(clusters, values, minlength=n_clusters)
    counts = np.bincount(clusters, minlength=n_clusters).astype(np.float64)
    both = weights.astype(np.float64) @ np.column_stack([counts, sums])
    kept = both[:, 0] > 0
    return _interval(float(values.mean()), both[kept, 1] / both[kept, 0], int(np.count_nonzero(counts)))


def median_interval(values: Floats, clusters: Integers, weights: npt.NDArray[np.uint8]) -> Interval:
    """Median of ``values``, with an interval over clusters; parameters as for :func:`mean_interval`."""
    if not len(values):
        return Interval(nan)
    order = np.argsort(values, kind="stable")
    ranked, owner = values[order], clusters[order]
    middle = float((ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2)
    if not len(weights):
        return Interval(middle)
    first, last = _window(owner, weights.shape[1])
    rows = max(_CELLS // (last - first), 1)
    medians = [
        _weighted_medians(ranked, owner, weights[start : start + rows], first, last)
        for start in range(0, len(weights), rows)
    ]
    n_clusters = int(np.count_nonzero(np.bincount(clusters)))
    return _interval(middle, np.concatenate(medians), n_clusters)


def _window(owner: Integers, n_clusters: int) -> tuple[int, int]:
    """Ranks in which the medians of nearly all resamples lie: five standard errors at the very most."""
    sizes = np.bincount(owner, minlength=n_clusters).astype(np.float64)
    reach = int(2.5 * np.sqrt((sizes**2).sum())) + 2
    middle = len(owner) // 2
    return max(middle - reach, 0), min(middle + reach, len(owner))


def _weighted_medians(ranked: Floats, owner: Integers, weights: npt.NDArray[np.uint8], first: int, last: int) -> Floats:
    """Median of each resample that holds any value; the mean of both middle values where there are two.

    Only the ranks from ``first`` to ``last`` are added up one by one; a resample whose median lies outside has all.
    """
    n_clusters = weights.shape[1]
    drawn = weights.astype(np.float32)  # whole numbers below 2^24 are exact
    counts = [np.bincount(owner, minlength=n_clusters), np.bincount(owner[:first], minlength=n_clusters)]
    total, before = (drawn @ np.column_stack(counts).astype(np.float32)).T
    kept = total > 0
    inside = np.cumsum(weights[:, owner[first:last]][kept], axis=1, dtype=np.int32)
    # Twice the running sum is below the total, and not above it.
    left = (total - 2 * before)[kept, None].astype(np.int32)
    lower, upper = (np.count_nonzero(inside < bound, axis=1) for bound in ((left + 1) // 2, left // 2 + 1))
    too_low = (left[:, 0] <= 0) & (first > 0)
    too_high = (upper >= last - first) & (last < len(ranked))
    outside = too_low | too_high
    medians = np.empty(len(lower))
    here = ~outside
    medians[here] = (ranked[first + lower[here]] + ranked[first + upper[here]]) / 2
    if outside.any():
        medians[outside] = _weighted_medians(ranked, owner, weights[kept][outside], 0, len(ranked))
    return medians


def _interval(estimate: float, resampled: Floats, n_clusters: int) -> Interval:
    if n_clusters < MIN_CLUSTERS or not len(resampled):
        return Interval(estimate)
    ranked = np.sort(resampled)
    return Interval(estimate, _quantile(ranked, 0.025), _quantile(ranked, 0.975))


def _quantile(ranked: Floats, share: float) -> float:
    """Quantile of sorted values by linear interpolation, as NumPy has it and twenty times as fast on so few."""
    place = share * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return float(ranked[below] + (ranked[above] - ranked[below]) * (place - below))
