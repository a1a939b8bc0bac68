"""What several analyses do with matrices in compressed sparse rows (CSR)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp


def unit_tfidf(counts: sp.csr_array, idf: npt.NDArray[np.float64]) -> sp.csr_array:
    """TF-IDF with damped counts, rows of length 1.

    Parameters
    ----------
    counts
        Counts above 0, shape (n_rows, n_terms).
    idf
        Inverse document frequencies, shape (n_terms,).

    Returns
    -------
    scipy.sparse.csr_array
        float64, the shape of ``counts``.
    """
    import scipy.sparse as sp

    weights = (1 + np.log(counts.data)) * idf[counts.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(rows, weights * weights, counts.shape[0]))
    return sp.csr_array((weights / length[rows], counts.indices, counts.indptr), shape=counts.shape)


def membership(codes: npt.NDArray[np.integer], n_codes: int, dtype: npt.DTypeLike = np.int64) -> sp.csr_array:
    """Matrix whose product with another adds up the rows of each code.

    Sparse products add in the order of the rows: the same bytes on any number of threads.

    Parameters
    ----------
    codes
        Code of each row, shape (n_rows,); -1 leaves a row out.
    n_codes
        Number of codes.
    dtype
        Of the ones that it holds.

    Returns
    -------
    scipy.sparse.csr_array
        Shape (n_codes, n_rows).

    Examples
    --------
    >>> (membership(np.array([1, 0, -1, 1]), 2) @ np.array([1, 2, 4, 8])).tolist()
    [2, 9]
    """
    import scipy.sparse as sp

    rows = np.flatnonzero(codes >= 0)
    return sp.csr_array((np.ones(len(rows), dtype), (codes[rows], rows)), shape=(n_codes, len(codes)))


def presence(counts: sp.csr_array) -> sp.csr_array:
    """1 where a matrix holds anything: same shape, type and places."""
    import scipy.sparse as sp

    return sp.csr_array((np.ones_like(counts.data), counts.indices, counts.indptr), shape=counts.shape)


def positions(columns: npt.NDArray[np.int64], n_columns: int) -> npt.NDArray[np.int64]:
    """Inverse of a choice of columns: new place of every old column, -1 where it was not chosen."""
    position = np.full(n_columns, -1, np.int64)
    position[columns] = np.arange(len(columns))
    return position


def take_columns(counts: sp.csr_array, position: npt.NDArray[np.integer], n_columns: int) -> sp.csr_array:
    """Move columns to new places and drop the others; shape (n_rows, n_columns), sorted indices.

    Faster than indexing; ``position`` is as of :func:`positions`.
    """
    import scipy.sparse as sp

    column = position[counts.indices]
    known = column >= 0
    indptr = np.concatenate([[0], np.cumsum(known)])[counts.indptr]
    taken = sp.csr_array((counts.data[known], column[known], indptr), shape=(counts.shape[0], n_columns))
    taken.sort_indices()
    return taken


class RunningSum:
    """Adds up sparse arrays of whole numbers, one after the other.

    A sum that grows is added to rarely: parts wait until there is as much in them as in what stands before them, so
    that each number is moved as often as the logarithm of the number of parts, not once for each part.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> total = RunningSum((1, 3))
    >>> for column in [0, 2, 2]:
    ...     total.add(sp.csr_array(([1], ([0], [column])), shape=(1, 3)))
    >>> total.total().toarray().tolist()
    [[1, 0, 2]]
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self._shape = shape
        self._parts: list[sp.csr_array] = []

    def add(self, part: sp.csr_array) -> None:
        """Add an array of the sum's shape."""
        self._parts.append(part)
        while len(self._parts) > 1 and self._parts[-2].nnz <= 2 * self._parts[-1].nnz:
            last = self._parts.pop()
            self._parts[-1] = self._parts[-1] + last

    def total(self) -> sp.csr_array:
        """The sum so far, int64."""
        import scipy.sparse as sp

        if not self._parts:
            return sp.csr_array(self._shape, dtype=np.int64)
        while len(self._parts) > 1:
            last = self._parts.pop()
            self._parts[-1] = self._parts[-1] + last
        return self._parts[0]


class Heaviest:
    """Keeps the greatest weight that was met at each of several places, and the first row that has it.

    Attributes
    ----------
    weight
        float64, shape (n_places,); 0 where nothing above 0 was met.
    row
        int64, shape (n_places,); -1 where nothing above 0 was met.

    Examples
    --------
    >>> heaviest = Heaviest(2)
    >>> heaviest.add(np.array([0, 0, 0]), np.array([0.5, 0.7, 0.7]), np.array([3, 4, 5]))
    >>> heaviest.weight.tolist(), heaviest.row.tolist()
    ([0.7, 0.0], [4, -1])
    """

    def __init__(self, n_places: int) -> None:
        self.weight = np.zeros(n_places)
        self.row = np.full(n_places, -1, np.int64)

    def add(self, place: npt.NDArray[np.int64], weight: npt.NDArray[np.float64], row: npt.NDArray[np.integer]) -> None:
        """Meet entries, all of shape (n_entries,); their rows ascend and come after those that were met before."""
        before = self.weight.copy()
        np.maximum.at(self.weight, place, weight)
        better = np.flatnonzero((weight == self.weight[place]) & (weight > before[place]))[::-1]
        self.row[place[better]] = row[better]  # of equals the first is written last
