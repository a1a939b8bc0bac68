"""MinHash signatures in bands: sets that are alike share a band with high probability.

References
----------
.. [1] A. Z. Broder, "On the resemblance and containment of documents", Compression and Complexity of Sequences, 1997.
.. [2] J. Leskovec, A. Rajaraman, J. D. Ullman, "Mining of Massive Datasets", chapter 3, 2014.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from textmine.duplicates.texts import mixed

if TYPE_CHECKING:
    import numpy.typing as npt

N_HASHES: Final = 128
RECALL: Final = 0.85
"""Least share of the pairs at the threshold that meet in a band; pairs that are more alike meet more often."""
_BLOCK: Final = 1 << 15
_SEED: Final = 20_200_817


def rows_of_band(threshold: float) -> int:
    """How many hashes a band holds: as many as leave :data:`RECALL` at the threshold.

    Examples
    --------
    >>> [rows_of_band(threshold) for threshold in (0.5, 0.6, 0.7, 0.8, 0.9)]
    [4, 5, 6, 9, 14]
    """
    rows = 1
    while rows < N_HASHES and meeting(threshold, rows + 1) >= RECALL:
        rows += 1
    return rows


def meeting(similarity: float, rows: int) -> float:
    """Probability that two sets of this Jaccard similarity share a band."""
    return float(1 - (1 - similarity**rows) ** (N_HASHES // rows))


class BandHasher:
    """Hashes sets to bands.

    Parameters
    ----------
    rows
        Hashes a band; there are ``N_HASHES // rows`` bands.
    """

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.n_bands = N_HASHES // rows
        generator = np.random.Generator(np.random.PCG64(_SEED))
        n_hashes = self.n_bands * rows
        self._factor = generator.integers(0, 2**64, n_hashes, np.uint64, endpoint=False) | np.uint64(1)
        self._shift = generator.integers(0, 2**64, n_hashes, np.uint64, endpoint=False)

    def bands(self, features: npt.NDArray[np.uint64], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
        """Band hashes of sets.

        Parameters
        ----------
        features
            Hashes of all sets' elements, set after set; an element may stand several times.
        starts
            Where each set begins, and the end: shape (n_sets + 1,). No set is empty.

        Returns
        -------
        numpy.ndarray
            Shape (n_bands, n_sets).
        """
        n_sets = len(starts) - 1
        found = np.empty((self.n_bands, n_sets), np.uint32)
        low = 0
        while low < n_sets:  # in blocks that stay in the processor's cache
            high = max(low + 1, int(np.searchsorted(starts, starts[low] + _BLOCK, side="right")) - 1)
            block = features[starts[low] : starts[high]]
            found[:, low:high] = self._of_block(block, starts[low:high] - starts[low])
            low = high
        return found

    def _of_block(self, features: npt.NDArray[np.uint64], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
        values, found = np.empty_like(features), np.empty((self.n_bands, len(starts)), np.uint32)
        for band in range(self.n_bands):
            combined = np.zeros(len(starts), np.uint64)
            for number in range(band * self.rows, (band + 1) * self.rows):
                # multiply-shift: the high bits of a product with a random odd number (Dietzfelbinger et al. 1997)
                np.multiply(features, self._factor[number], out=values)
                values += self._shift[number]
                least = np.minimum.reduceat(values, starts) >> np.uint64(32)
                combined = mixed(combined + least + np.uint64(1))
            found[band] = combined >> np.uint64(32)
        return found
