"""Looks many numbers up in a table of few: most are turned away by one bit before a search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]

_BITS: Final = 20
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)


class KeyTable:
    """A table of numbers.

    Parameters
    ----------
    keys
        Ascending, shape (n_keys,).

    Examples
    --------
    >>> places, which = KeyTable(np.array([3, 7, 9])).find(np.array([9, 4, 3, 9]))
    >>> places.tolist(), which.tolist()
    ([0, 2, 3], [2, 0, 2])
    """

    def __init__(self, keys: Ints) -> None:
        self.keys = keys
        self._is_there = np.zeros(1 << _BITS, bool)
        self._is_there[_slots(keys)] = True

    def find(self, numbers: Ints) -> tuple[Ints, Ints]:
        """Which of the numbers are in the table, and where in it."""
        # A search takes a dozen looks into memory; one bit, which lies for a few in a hundred, spares most of them.
        maybe = np.flatnonzero(self._is_there[_slots(numbers)])
        which = np.searchsorted(self.keys, numbers[maybe])
        right = self.keys[np.minimum(which, len(self.keys) - 1)] == numbers[maybe] if len(self.keys) else which > 0
        return maybe[right], which[right].astype(np.int64)


def _slots(keys: Ints) -> npt.NDArray[np.uint64]:
    slots: npt.NDArray[np.uint64] = (keys.astype(np.uint64) * _SPREAD) >> np.uint64(64 - _BITS)
    return slots
