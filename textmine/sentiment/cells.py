"""Cells of the triangle of probabilities: what a classifier said of many texts, as counts of a fixed size.

A cell is a label, a step of how likely a neutral text is, and a step of how likely a positive one is if it is not
neutral. Everything that shares are worked out from, the labels, the mean probabilities and their distribution, can be
read from the counts of a group; so memory grows with the groups and not with the posts, and a resample is a draw of
counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import expit, logit

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

N_LABELS: Final = 3
_STEPS: Final = 25
_HIGHEST: Final = 6.0
"""Log-odds from which on all are alike: 1 in 400."""

N_CELLS: Final = N_LABELS * _STEPS * _STEPS
_WIDTH: Final = 2 * _HIGHEST / _STEPS
_LEAST: Final = 1e-9
_BLOCKS_A_SIDE: Final = 3


def cells_of(probabilities: Floats) -> npt.NDArray[np.int64]:
    """Cell of each text.

    Parameters
    ----------
    probabilities
        Shape (n_texts, 3): negative, neutral, positive.

    Returns
    -------
    numpy.ndarray of int64
        Shape (n_texts,), from 0 to ``N_CELLS`` - 1.
    """
    negative, neutral, positive = np.clip(probabilities, _LEAST, 1 - _LEAST).T
    label = probabilities.argmax(axis=1).astype(np.int64)
    cells: npt.NDArray[np.int64] = (label * _STEPS + _step(logit(neutral))) * _STEPS
    return cells + _step(np.log(positive / negative))


def cell_probabilities() -> Floats:
    """Probabilities that stand for each cell, those of its middle, shape (``N_CELLS``, 3)."""
    middles = expit(-_HIGHEST + _WIDTH * (np.arange(_STEPS) + 0.5))
    neutral, positive = (part.ravel() for part in np.meshgrid(middles, middles, indexing="ij"))
    of_steps = np.column_stack([(1 - neutral) * (1 - positive), neutral, (1 - neutral) * positive])
    return np.tile(of_steps, (N_LABELS, 1))


def cell_labels() -> npt.NDArray[np.int64]:
    """Number of each cell's label, shape (``N_CELLS``,)."""
    return np.repeat(np.arange(N_LABELS), _STEPS * _STEPS)


def blocks_of_cells() -> npt.NDArray[np.int64]:
    """Number of each cell's block, shape (``N_CELLS``,): thirds of either log-odds, so nine blocks."""
    third = np.arange(_STEPS) * _BLOCKS_A_SIDE // _STEPS
    neutral, positive = (part.ravel() for part in np.meshgrid(third, third, indexing="ij"))
    return np.tile(neutral * _BLOCKS_A_SIDE + positive, N_LABELS)


def _step(log_odds: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    return np.clip(np.floor((log_odds + _HIGHEST) / _WIDTH), 0, _STEPS - 1).astype(np.int64)
