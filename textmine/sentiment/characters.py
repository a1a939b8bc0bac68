"""Sums of the weights of character n-grams, for many words at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from textmine.sentiment.keytable import KeyTable

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

SMALLEST, LONGEST = 2, 5
"""Lengths of the character n-grams; the space before and after a word counts."""

_UNKNOWN: Final = 0
"""Number of a letter that no n-gram has."""


class CharacterWeights:
    """Weights of character n-grams.

    An n-gram becomes a number whose digits are its letters, so that all n-grams of all words are looked up together.

    Parameters
    ----------
    ngrams
        Those that have a weight.
    weights
        Shape (n_ngrams, n_outputs).

    Examples
    --------
    >>> weights = CharacterWeights([" a", "ab", "ab "], np.array([[1.0], [10.0], [100.0]]))
    >>> weights.sums(["ab", "a", "abab", "x"]).ravel().tolist()
    [111.0, 1.0, 121.0, 0.0]
    """

    def __init__(self, ngrams: Sequence[str], weights: Floats) -> None:
        letters = sorted({letter for ngram in ngrams for letter in ngram})
        self._number = np.zeros(max((ord(letter) for letter in letters), default=0) + 2, np.int64)
        self._number[[ord(letter) for letter in letters]] = np.arange(1, len(letters) + 1)
        self._base = len(letters) + 1
        self._tables: dict[int, tuple[KeyTable, Floats]] = {}
        for length in range(SMALLEST, LONGEST + 1):
            places = [place for place, ngram in enumerate(ngrams) if len(ngram) == length]
            numbers = self._letters([ngrams[place] for place in places]).reshape(-1, length)
            keys = numbers @ self._base ** np.arange(length - 1, -1, -1)
            order = np.argsort(keys)
            self._tables[length] = (KeyTable(keys[order]), weights[places][order])
        self._n_outputs = weights.shape[1]

    def sums(self, words: Sequence[str]) -> Floats:
        """Sum of the weights of the n-grams of each word, shape (n_words, n_outputs)."""
        padded = [f" {word} " for word in words]
        letters = self._letters(padded)
        word = np.repeat(np.arange(len(padded)), [len(each) for each in padded])
        total = np.zeros((len(padded), self._n_outputs))
        for (starts, keys), (table, weights) in zip(self._windows(letters, word), self._tables.values(), strict=True):
            found, which = table.find(keys)
            for output in range(self._n_outputs):
                added = weights[which, output]
                total[:, output] += np.bincount(word[starts[found]], weights=added, minlength=len(padded))
        return total

    def _windows(self, letters: Ints, word: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Where the n-grams of each length begin, and their numbers; without those that hold an unknown letter."""
        keys, fits = letters, letters != _UNKNOWN
        for length in range(2, LONGEST + 1):
            last = letters[length - 1 :]
            keys = keys[: len(last)] * self._base + last
            fits = fits[: len(last)] & (last != _UNKNOWN) & (word[: len(last)] == word[length - 1 :])
            starts = np.flatnonzero(fits)
            yield starts, keys[starts]

    def _letters(self, words: Sequence[str]) -> Ints:
        codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32)
        numbers: Ints = self._number[np.minimum(codes, len(self._number) - 1)]
        return numbers
