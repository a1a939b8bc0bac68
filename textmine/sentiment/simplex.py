"""Least squares over shares: weights of at least 0 that add up to 1, exactly and for many problems at once."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


def nearest_mixture(components: Floats, target: Floats) -> Floats:
    """Shares of the components whose mixture lies nearest to a target.

    With few components every set of those that take part is tried: the best of the solutions without a negative share
    is the answer, since the problem is convex. That is exact, and one batch of small systems for all problems.

    Parameters
    ----------
    components
        Shape (..., n_components, n_values): one row a component; the leading axes are problems.
    target
        Shape (..., n_values), with the same leading axes.

    Returns
    -------
    numpy.ndarray of float64
        Shape (..., n_components); rows are at least 0 and add up to 1.

    Examples
    --------
    >>> components = np.array([[0.9, 0.1], [0.2, 0.8]])
    >>> nearest_mixture(components, np.array([0.55, 0.45])).round(6).tolist()
    [0.5, 0.5]
    >>> nearest_mixture(components, np.array([1.0, 0.0])).tolist()
    [1.0, 0.0]
    """
    n = components.shape[-2]
    best = np.zeros((*target.shape[:-1], n))
    least = np.full(target.shape[:-1], np.inf)
    for size in range(1, n + 1):
        for taking_part in combinations(range(n), size):
            shares = np.zeros_like(best)
            shares[..., taking_part] = _unbounded(components[..., taking_part, :], target)
            residual = target - np.einsum("...c,...cv->...v", shares, components)
            error = np.where((shares >= 0).all(axis=-1), (residual**2).sum(axis=-1), np.inf)
            better = error < least
            best[better], least[better] = shares[better], error[better]
    return best


def _unbounded(components: Floats, target: Floats) -> Floats:
    """Shares that add up to 1 but may be negative: the last one is what the others leave."""
    last = components[..., -1, :]
    if components.shape[-2] == 1:
        return np.ones((*target.shape[:-1], 1))
    sides = components[..., :-1, :] - last[..., None, :]
    # The pseudo-inverse also serves components that are alike, which no target can tell apart.
    inverse = np.linalg.pinv(np.swapaxes(sides, -1, -2))
    free = np.einsum("...cv,...v->...c", inverse, target - last)
    return np.concatenate([free, 1 - free.sum(axis=-1, keepdims=True)], axis=-1)
