"""Finds the lexicon's phrases in a stream of units: the longest first, then the leftmost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from textmine.sentiment.keytable import KeyTable
from textmine.sentiment.units import Stream, UnitReader

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Phrases:
    """Phrases that were found in a stream.

    Parameters
    ----------
    inside : shape (n_units_in_phrases,)
        Places of the units that are part of a phrase.
    ends, lengths, polarity, which : shape (n_phrases,)
        Place of the last unit of each phrase, its number of units, its polarity, and its number in the finder.
    """

    inside: Ints
    ends: Ints
    lengths: Ints
    polarity: Floats
    which: Ints


class PhraseFinder:
    """The phrases of a reader's lexicon, by length.

    Parameters
    ----------
    reader
        The one whose units are searched.

    Attributes
    ----------
    names : list of str
        The phrases by their number.
    """

    def __init__(self, reader: UnitReader) -> None:
        self._reader = reader
        phrases = reader.phrases()
        words = sorted({word for phrase in phrases for word in phrase})
        self._number = {word: number for number, word in enumerate(words, start=1)}
        self._base = len(words) + 1
        self._of_unit = np.zeros(0, np.int64)
        # A key of so many words fits into 63 bits; longer phrases cannot be looked up.
        longest = int(63 / np.log2(self._base))
        by_length: dict[int, dict[int, tuple[int, str]]] = {}
        for phrase, polarity in phrases.items():
            if len(phrase) <= longest:
                key = 0
                for word in phrase:
                    key = key * self._base + self._number[word]
                by_length.setdefault(len(phrase), {})[key] = (polarity, " ".join(phrase))
        self.names: list[str] = []
        self._tables: dict[int, tuple[KeyTable, Floats, int]] = {}
        for length, table in sorted(by_length.items(), reverse=True):
            keys = sorted(table)
            polarities = np.array([table[key][0] for key in keys], float)
            self._tables[length] = (KeyTable(np.array(keys, np.int64)), polarities, len(self.names))
            self.names += [table[key][1] for key in keys]

    def find(self, stream: Stream) -> Phrases:
        """Look the phrases up."""
        self._grow()
        n = len(stream.units)
        taken = np.zeros(n, bool)
        ends, lengths, which = ([np.zeros(0, np.int64)] for _ in range(3))
        polarities = [np.zeros(0)]
        numbers = self._of_unit[stream.units]
        known = numbers > 0
        pairs = np.flatnonzero(known[:-1] & known[1:] & (stream.rows[:-1] == stream.rows[1:]))
        for length, (table, polarity, first) in self._tables.items():
            start = pairs[: np.searchsorted(pairs, n - length, side="right")]
            start = start[stream.rows[start] == stream.rows[start + length - 1]]
            key = numbers[start]
            for step in range(1, length):
                key = key * self._base + numbers[start + step]
            found, place = table.find(key)
            start = start[found]
            free = ~taken[start[:, None] + np.arange(length)].any(axis=1)
            start, place = _apart(start[free], place[free], length)
            taken[(start[:, None] + np.arange(length)).ravel()] = True
            ends.append(start + length - 1)
            lengths.append(np.full(len(start), length))
            polarities.append(polarity[place])
            which.append(first + place)
        return Phrases(
            np.flatnonzero(taken),
            np.concatenate(ends),
            np.concatenate(lengths),
            np.concatenate(polarities),
            np.concatenate(which),
        )

    def _grow(self) -> None:
        names = self._reader.names[len(self._of_unit) :]
        if names:
            new = np.array([self._number.get(name, 0) for name in names], np.int64)
            self._of_unit = np.concatenate([self._of_unit, new])


def _apart(start: Ints, value: Ints, length: int) -> tuple[Ints, Ints]:
    """Matches of one length without those that overlap an earlier one that is kept."""
    if not len(start) or (np.diff(start) >= length).all():
        return start, value
    keep, end = np.zeros(len(start), bool), -1
    for index, place in enumerate(start.tolist()):  # overlaps are rare, and which stays hangs on the ones before
        if place >= end:
            keep[index], end = True, place + length
    return start[keep], value[keep]
