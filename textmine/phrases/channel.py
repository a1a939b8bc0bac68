"""Counts words and phrases as terms, batch by batch: at every place the longest phrase, from left to right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from textmine.language.analysis import TypeAnalyser
from textmine.language.phrases import Phrases
from textmine.language.settings import LanguageSettings
from textmine.phrases.match import Matcher, inside_of
from textmine.phrases.stream import word_stream

if TYPE_CHECKING:
    import numpy.typing as npt


class PhraseChannel:
    """Terms of captions where phrases are terms: the stems of a phrase joined by spaces, connectors as written.

    Its words are not counted at the places where it stands, unless the phrases keep them.

    Parameters
    ----------
    settings
        What the language layer does to each type.
    phrases
        Normalised words.
    term_ids
        Ids of the terms; new ones are added.
    """

    def __init__(self, settings: LanguageSettings, phrases: Phrases, term_ids: dict[str, int]) -> None:
        self._stream = word_stream(TypeAnalyser(settings), phrases)
        self._phrases = list(phrases)
        self._keep_words = phrases.keep_words
        self._patterns = [self._stream.pattern(phrase) for phrase in phrases]
        self._matcher = Matcher(self._patterns)
        self._term_ids = term_ids
        self._word_terms = np.zeros(0, np.int64)
        self._word_counts = np.zeros(0, np.int64)
        self._phrase_terms = np.full(len(self._phrases), -1, np.int64)
        self._phrase_counts = np.zeros(len(self._phrases), np.int64)

    @property
    def dtype(self) -> pl.DataType:
        """Polars type that token lists are read as."""
        return self._stream.dtype

    def encode(self, lists: pl.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Rows and term ids of all term occurrences in a batch of token lists, both of shape (n_terms,)."""
        words = self._stream.encode(lists)
        matches = self._matcher.find(words.symbol, words.gap)
        alone = words.symbol >= self._stream.n_silent
        if not self._keep_words:
            alone &= ~inside_of(matches, len(words.symbol))
            alone[matches.start] = False
        symbol = words.symbol[alone]
        self._name(symbol, matches.pattern)
        self._word_counts += np.bincount(symbol, minlength=len(self._word_counts))
        self._phrase_counts += np.bincount(matches.pattern, minlength=len(self._phrase_counts))
        rows = np.concatenate([words.row[alone], words.row[matches.start]])
        return rows, np.concatenate([self._word_terms[symbol], self._phrase_terms[matches.pattern]])

    def _name(self, symbol: npt.NDArray[np.uint32], pattern: npt.NDArray[np.int64]) -> None:
        """Give term ids to words and phrases that are counted for the first time."""
        grow = len(self._stream.words) - len(self._word_terms)
        self._word_terms = np.pad(self._word_terms, (0, grow), constant_values=-1)
        self._word_counts = np.pad(self._word_counts, (0, grow))
        for number in _unnamed(symbol, self._word_terms):
            self._word_terms[number] = self._id(self._stream.terms[number])
        for number in _unnamed(pattern, self._phrase_terms):
            self._phrase_terms[number] = self._id(self._stream.term_of(self._patterns[number]))

    def _id(self, term: str) -> int:
        return self._term_ids.setdefault(term, len(self._term_ids))

    def surfaces(self) -> pl.DataFrame:
        """How often each term was written in each form: term_id, surface, count."""
        terms = np.concatenate([self._word_terms, self._phrase_terms])
        counts = np.concatenate([self._word_counts, self._phrase_counts])
        written = [*self._stream.words[: len(self._word_terms)], *self._phrases]
        return surface_counts(terms, written, counts).filter(pl.col("count") > 0)


def surface_counts(term_ids: npt.NDArray[np.int64], surfaces: list[str], counts: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Table of term_id, surface and count, equal pairs added up."""
    schema = {"term_id": pl.Int64(), "surface": pl.String(), "count": pl.Int64()}
    table = pl.DataFrame({"term_id": term_ids, "surface": surfaces, "count": counts}, schema=schema)
    return table.group_by("term_id", "surface").agg(pl.col("count").sum())


def _unnamed(numbers: npt.NDArray[np.integer], ids: npt.NDArray[np.int64]) -> list[int]:
    met = np.zeros(len(ids), bool)
    met[numbers] = True
    return np.flatnonzero(met & (ids < 0)).tolist()
