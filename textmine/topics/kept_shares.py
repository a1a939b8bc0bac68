"""Topic shares of all posts, kept in files between two passes: solving for them is the dearest step of a pass."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


class KeptShares:
    """Shares of consecutive blocks of posts, float64, shape (n_posts of the block, n_topics) each.

    Parameters
    ----------
    directory
        Made anew; its owner deletes it.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True)
        self._directory, self._n_blocks = directory, 0
        self._order: npt.NDArray[np.int64] | slice = slice(None)

    def add(self, shares: npt.NDArray[np.float64]) -> None:
        """Keep the next block."""
        np.save(self._file(self._n_blocks), shares, allow_pickle=False)
        self._n_blocks += 1

    def reorder(self, order: Sequence[int] | npt.NDArray[np.int64]) -> None:
        """Say which of the columns that were kept is which topic."""
        self._order = np.asarray(order, np.int64)

    def block(self, number: int) -> npt.NDArray[np.float64]:
        """Shares of a block, its columns in the last order that was said."""
        shares: npt.NDArray[np.float64] = np.load(self._file(number), allow_pickle=False)
        return np.ascontiguousarray(shares[:, self._order])

    def _file(self, number: int) -> Path:
        return self._directory / f"part-{number:05d}.npy"
