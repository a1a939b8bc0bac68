"""The words that decided, for many texts at once.

A word's weight is what it adds to the log-odds of the label that was given: to positive against negative where the
label is one of these, to neutral against both where it is neutral. It is made of what the word's stem, its pairs with
the words beside it (half to each) and its characters weigh, and, where the label is not neutral, of how it leans after
negation and strengthening. The n-grams' part is exact. The lexicon's is not linear: a leaning counts here as one of the
same strength does in texts of one word.

A phrase of the lexicon is one word; a word that a negation turned stands with it (*tidak bersih*).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
import scipy.sparse as sp

from textmine.sentiment.combination import (
    NEUTRAL,
    OF_LEXICON,
    OF_NEUTRAL,
    OF_POLAR,
    POLAR,
    Weights,
    damped_features,
    standardised,
    with_constant,
)
from textmine.sentiment.labels import DESCRIBED_SCHEMA, described
from textmine.sentiment.ngrams import Known, NgramScorer
from textmine.sentiment.phrases import PhraseFinder
from textmine.sentiment.scope import Leanings, leanings, lexicon_features
from textmine.sentiment.units import FACE, Stream, UnitReader

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

LEAST: Final = 0.1
"""Words that weigh less are left out."""

_NEUTRAL_CLASS: Final = 1
_FAR: Final = 1e6
"""Far more than any weight: parts the texts in one sort."""


@dataclass(frozen=True)
class Reading:
    """What the classifier found in a batch of texts.

    Parameters
    ----------
    stream, leanings, known
        Units, how they lean, and what the n-grams know of them.
    trust : shape (n_texts,)
        How far the weights that fit the training texts best are trusted.
    probabilities : shape (n_texts, 3)
        Of the classes.
    empty : shape (n_texts,)
        Texts without units.
    """

    stream: Stream
    leanings: Leanings
    known: Known
    trust: Floats
    probabilities: Floats
    empty: npt.NDArray[np.bool_]


class WordWeights:
    """Weighs the words of texts that a classifier has read; the parameters are the classifier's own parts."""

    def __init__(
        self, reader: UnitReader, finder: PhraseFinder, scorer: NgramScorer, weights: Weights, ngram_weight: float
    ) -> None:
        self._reader, self._finder, self._scorer = reader, finder, scorer
        self._weights, self._ngram_weight = weights, ngram_weight
        self._down, self._up = self._leaning_alone()
        self._shown = np.zeros(0, bool)

    def table(self, reading: Reading, n_words: int) -> pl.DataFrame:
        """Columns of ``DESCRIBED_SCHEMA`` for a batch."""
        return described(reading.probabilities, reading.empty, self._words(reading, n_words))

    def _words(self, reading: Reading, n_words: int) -> pl.Series:
        stream = reading.stream
        terms, names = self._terms(reading)
        shown = np.flatnonzero(self._is_shown(terms))
        # One sum over a sparse matrix adds up the same word in one text, with its pairs, characters and leaning.
        ends = np.cumsum(np.bincount(stream.rows[shown], minlength=stream.n_texts))
        shape = (stream.n_texts, len(self._reader.names) + len(self._finder.names) + len(names))
        added = self._of_units(reading)[shown]
        sums = sp.csr_array((added, terms[shown].astype(np.int32), np.concatenate([[0], ends])), shape=shape)
        sums.sum_duplicates()
        kept = np.flatnonzero(sums.data >= LEAST)
        rows = np.repeat(np.arange(stream.n_texts), np.diff(sums.indptr))[kept]
        order = np.argsort(rows * _FAR - sums.data[kept], kind="stable")
        rows, kept = rows[order], kept[order]
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=stream.n_texts))])
        first = np.flatnonzero(np.arange(len(rows)) - starts[rows] < n_words)
        terms, weights = sums.indices[kept[first]], sums.data[kept[first]]
        return _as_lists(rows[first], self._named(terms, names), weights, stream.n_texts)

    def _of_units(self, reading: Reading) -> Floats:
        """What each unit adds to the log-odds of its text's label, shape (n_units,)."""
        stream, weights, trust = reading.stream, self._weights, reading.trust
        label = reading.probabilities.argmax(axis=1)
        neutral, side = label == _NEUTRAL_CLASS, label - _NEUTRAL_CLASS
        alone, familiar = weights.slope * (1 - trust), weights.familiar
        of_stem, of_character = (
            np.where(
                neutral,
                weights.neutral[OF_NEUTRAL + block],
                side * (self._ngram_weight * alone + trust * familiar[OF_POLAR + block]),
            )
            for block in (0, 1)
        )
        added = self._scorer.unit_scores(
            stream,
            reading.known,
            output=np.where(neutral, NEUTRAL, POLAR),
            of_stem=of_stem,
            of_character=of_character,
        )
        some = np.flatnonzero(reading.leanings.values)  # one unit in five leans
        value, rows = reading.leanings.values[some], stream.rows[some]
        of_lexicon = side * (alone + trust * familiar[OF_LEXICON])
        added[some] += of_lexicon[rows] * np.where(value > 0, self._up, self._down) * value
        return added

    def _terms(self, reading: Reading) -> tuple[Ints, list[str]]:
        """Number of the word that each unit belongs to: units, then phrases, then turned words, whose names follow."""
        stream, phrases, n_units = reading.stream, reading.leanings.phrases, len(self._reader.names)
        terms = stream.units.copy()
        for step in range(int(phrases.lengths.max(initial=0))):
            long = phrases.lengths > step
            terms[phrases.ends[long] - step] = n_units + phrases.which[long]
        turned = np.flatnonzero(reading.leanings.turned)
        negator = stream.units[reading.leanings.turned_by[turned]]
        pairs, which = np.unique(negator * n_units + stream.units[turned], return_inverse=True)
        terms[turned] = n_units + len(self._finder.names) + which
        terms[reading.leanings.turned_by[turned]] = terms[turned]
        names = self._reader.names
        return terms, [f"{names[pair // n_units]} {names[pair % n_units]}" for pair in pairs.tolist()]

    def _is_shown(self, terms: Ints) -> npt.NDArray[np.bool_]:
        """Whether a word is one that people would call so: no sign, no number."""
        new = self._reader.names[len(self._shown) :]
        if new:
            faces = self._reader.role[len(self._shown) :] == FACE
            letters = np.fromiter((name[0].isalpha() for name in new), bool, len(new))
            self._shown = np.concatenate([self._shown, letters | faces])
        beyond = terms >= len(self._shown)
        return beyond | self._shown[np.where(beyond, 0, terms)]

    def _named(self, terms: Ints, turned: list[str]) -> pl.Series:
        used, which = np.unique(terms, return_inverse=True)
        n_units, n_phrases = len(self._reader.names), len(self._finder.names)
        names = [
            self._reader.names[term]
            if term < n_units
            else self._finder.names[term - n_units]
            if term < n_units + n_phrases
            else turned[term - n_units - n_phrases]
            for term in used.tolist()
        ]
        return pl.Series(names, dtype=pl.String).gather(which)

    def _leaning_alone(self) -> tuple[float, float]:
        """What a point of leaning adds to the lexicon's score in texts of one word, a negative and a positive one."""
        lexicon = self._reader.lexicon
        words = [term for term, entry in lexicon.items() if entry.kind == "word" and abs(entry.polarity) == 2]
        stream = self._reader.read(pl.Series([*words, "senin"]))
        found = leanings(stream, self._reader, self._finder)
        features = lexicon_features(stream, self._reader, found)
        raw, _ = standardised(features, damped_features(features), self._weights.centre, self._weights.spread)
        scores = with_constant(raw) @ self._weights.lexicon
        value = np.bincount(stream.rows, weights=found.values, minlength=stream.n_texts)
        added = scores - scores[-1]
        down, up = (
            float(np.mean(added[side] / value[side])) if side.any() else 0.0 for side in (value <= -2, value >= 2)
        )
        return down, up


def _as_lists(rows: Ints, names: pl.Series, weights: Floats, n_texts: int) -> pl.Series:
    """Words with their weights as a list for each text."""
    flat = pl.DataFrame({"row": rows, "word": names, "weight": weights.round(2)})
    lists = flat.group_by("row", maintain_order=True).agg(pl.struct("word", "weight").alias("words"))
    every = pl.DataFrame({"row": np.arange(n_texts)}).join(lists, on="row", how="left", maintain_order="left")
    return every["words"].cast(DESCRIBED_SCHEMA["words"]).fill_null([])
