"""Linear models on stems, pairs of stems and character n-grams, with the sums taken once a vocabulary type.

Character n-grams lie inside words, so what they weigh is summed once for each unit; a text's score is then the sum over
its units, divided by the root of how many it has. Units that were never met count in that number, so a text full of
them has a score near 0 and the lexicon decides: that is what lets the model leave its domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import scipy.sparse as sp

from textmine.drift import VocabularyDrift, words_verdict
from textmine.sentiment.characters import LONGEST, SMALLEST, CharacterWeights
from textmine.sentiment.keytable import KeyTable
from textmine.sentiment.scope import reach_of_negation
from textmine.sentiment.units import BREAK, CONTRAST, NEGATOR, Stream, UnitReader

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_SMOOTHING: Final = 3
_CHARACTER_SCALE: Final = 6
_IDF_SCALE: Final = 3


def character_ngrams(word: str) -> list[str]:
    """Character n-grams of a word, with a space at both ends.

    Examples
    --------
    >>> character_ngrams("ac")
    [' a', 'ac', 'c ', ' ac', 'ac ', ' ac ']
    """
    padded = f" {word} "
    return [
        padded[start : start + length]
        for length in range(SMALLEST, min(LONGEST, len(padded)) + 1)
        for start in range(len(padded) - length + 1)
    ]


def _negated(stream: Stream, reader: UnitReader) -> npt.NDArray[np.bool_]:
    """Which units a negation reaches, shape (n_units,); breaks, contrasts and negators are never negated."""
    role = reader.role[stream.units]
    negator, wall = role == NEGATOR, (role == BREAK) | (role == CONTRAST)
    reached, _ = reach_of_negation(stream, negator, wall)
    negated: npt.NDArray[np.bool_] = reached & ~negator & ~wall
    return negated


@dataclass(frozen=True)
class Vocabulary:
    """Terms in the order of their columns; a pair of stems has a space between them, a negated stem a ``~`` before."""

    stems: tuple[str, ...]
    pairs: tuple[str, ...]
    characters: tuple[str, ...]


@dataclass(frozen=True)
class TrainingWords:
    """Words of the training texts.

    Parameters
    ----------
    learned
        How many there are.
    unseen
        Share of them whose stem would have no weight if their own text had not been there: what to expect of new texts
        of the same kind.
    """

    learned: int
    unseen: float


@dataclass(frozen=True)
class Known:
    """What a scorer knows of a stream.

    Parameters
    ----------
    codes : shape (n_units,)
        Of the stem of each unit; 0 if it has no weight.
    pairs, which : shape (n_pairs,)
        Where pairs that have a weight begin, and their numbers.
    """

    codes: Ints
    pairs: Ints
    which: Ints


class NgramScorer:
    """Scores texts by weights of stems, pairs of stems and character n-grams.

    Parameters
    ----------
    reader
        The one whose units are scored.
    vocabulary
        Terms that have a weight.
    stem_weights, pair_weights, character_weights : shape (n_terms, n_outputs)
        Weights of the terms; those of stems and pairs belong to one set of outputs, those of characters to another.
    training_words
        What is told from the training texts of words that have no weight.
    """

    def __init__(
        self,
        reader: UnitReader,
        vocabulary: Vocabulary,
        stem_weights: Floats,
        pair_weights: Floats,
        character_weights: Floats,
        training_words: TrainingWords,
    ) -> None:
        self._reader = reader
        self.training_words = training_words
        self.vocabulary = vocabulary
        self.stem_weights, self.pair_weights = stem_weights, pair_weights
        self.character_weights = character_weights
        known = sorted({*vocabulary.stems, *(stem for pair in vocabulary.pairs for stem in pair.split(" "))})
        self._code = {stem: code for code, stem in enumerate(known, start=1)}  # 0: a stem that was never met
        self._base = len(known) + 1
        self._of_code = np.zeros((self._base, stem_weights.shape[1]))
        self._of_code[[self._code[stem] for stem in vocabulary.stems]] = stem_weights
        keys = np.array([self._pair_key(pair) for pair in vocabulary.pairs], np.int64)
        order = np.argsort(keys)
        self._pairs, self._of_pair = KeyTable(keys[order]), pair_weights[order]
        self._characters = CharacterWeights(vocabulary.characters, character_weights)
        self._codes = np.zeros((0, 2), np.int64)
        self._of_unit = np.zeros((0, character_weights.shape[1]))

    def look_up(self, stream: Stream) -> Known:
        """What the scorer has weights for."""
        self._grow()
        codes = self._codes[stream.units, _negated(stream, self._reader).astype(np.int64)]
        both = np.flatnonzero((codes[:-1] > 0) & (codes[1:] > 0) & (stream.rows[:-1] == stream.rows[1:]))
        places, which = self._pairs.find(codes[both] * self._base + codes[both + 1])
        return Known(codes, both[places], which)

    def score(self, stream: Stream, known: Known) -> tuple[Floats, Floats, Floats]:
        """Scores by stems and by characters, both of shape (n_texts, n_outputs), and how familiar each text is."""
        rows = stream.rows[known.pairs]
        of_pairs = Stream(known.which, rows, stream.n_texts).sums(self._of_pair)
        by_stem = Stream(known.codes, stream.rows, stream.n_texts).sums(self._of_code) + of_pairs
        n_units = np.bincount(stream.rows, minlength=stream.n_texts)
        length = n_units + _SMOOTHING
        return (
            by_stem / np.sqrt(length)[:, None],
            stream.sums(self._of_unit) / np.sqrt(_CHARACTER_SCALE * length)[:, None],
            _familiarity(np.bincount(rows, minlength=stream.n_texts), n_units),
        )

    def unit_scores(
        self, stream: Stream, known: Known, *, output: Ints, of_stem: Floats, of_character: Floats
    ) -> Floats:
        """What each unit adds to a score of its text; half a pair goes to each of its two.

        Parameters
        ----------
        stream, known
            What is scored.
        output : shape (n_texts,)
            Which output of each text is looked at.
        of_stem, of_character : shape (n_texts,)
            What the two scores are multiplied by.

        Returns
        -------
        numpy.ndarray of float64
            Shape (n_units,).
        """
        n_units = np.bincount(stream.rows, minlength=stream.n_texts)
        scale = 1 / np.sqrt(n_units + _SMOOTHING)
        column, stem = np.repeat(output, n_units), np.repeat(of_stem * scale, n_units)
        width = self._of_unit.shape[1]  # one gather from a flat table: several times as fast as rows of two
        added: Floats = self._of_code.ravel()[known.codes * width + column] * stem
        added += self._of_unit.ravel()[stream.units * width + column] * np.repeat(
            of_character * scale / np.sqrt(_CHARACTER_SCALE), n_units
        )
        half = self._of_pair.ravel()[known.which * width + column[known.pairs]] * stem[known.pairs] / 2
        for place in (known.pairs, known.pairs + 1):  # a unit begins one pair at most, and ends one
            added[place] += half
        return added

    def unseen_words(self, stream: Stream) -> VocabularyDrift:
        """Words of a stream whose stem has no weight, beside what is to be expected in texts like the training's."""
        counts = np.bincount(stream.units, minlength=len(self._reader.names))
        words = np.flatnonzero((counts > 0) & word_units(self._reader))
        stems = self._reader.stems
        new = np.fromiter(
            (stems[unit] not in self._code and f"~{stems[unit]}" not in self._code for unit in words), bool
        )
        n_tokens, learned = int(counts[words].sum()), self.training_words.learned
        share = float(counts[words[new]].sum() / max(1, n_tokens))
        said = words_verdict(share, self.training_words.unseen, n_tokens=max(1, n_tokens), learned=max(1, learned))
        types = float(new.mean()) if len(words) else 0.0
        return VocabularyDrift(types, share, self.training_words.unseen, len(words), n_tokens, said)

    def _pair_key(self, pair: str) -> int:
        first, second = pair.split(" ")
        return self._code[first] * self._base + self._code[second]

    def _grow(self) -> None:
        """Work out the codes and the character sums of units that are new."""
        done, reader = len(self._codes), self._reader
        if done == len(reader.names):
            return
        codes = [(self._code.get(stem, 0), self._code.get(f"~{stem}", 0)) for stem in reader.stems[done:]]
        self._codes = np.concatenate([self._codes, np.array(codes, np.int64)])
        sums = np.zeros((len(codes), self.character_weights.shape[1]))
        words = [row for row, name in enumerate(reader.names[done:]) if name[0].isalpha()]
        sums[words] = self._characters.sums([reader.names[done + row] for row in words])
        self._of_unit = np.concatenate([self._of_unit, sums])


def _familiarity(known: npt.NDArray[Any], n_units: npt.NDArray[Any]) -> Floats:
    """Share of the pairs of a text that the training texts have; short texts are never quite familiar."""
    share: Floats = known / (np.maximum(n_units - 1, 0) + 2)
    return share


@dataclass(frozen=True)
class Counts:
    """Scaled counts of terms, one row a text, with what a weight of the scaled counts must be multiplied by."""

    matrix: sp.csr_matrix
    scale: Floats


def count_terms(
    stream: Stream, reader: UnitReader, *, min_stem_texts: int, min_character_texts: int
) -> tuple[Vocabulary, Counts, Counts]:
    """Terms of a training set and their counts: stems with pairs, and characters.

    Parameters
    ----------
    stream, reader
        The training texts as units.
    min_stem_texts, min_character_texts
        A term must stand in so many texts.
    """
    stems, turned = reader.stems, _negated(stream, reader).tolist()
    words = [
        f"~{stems[u]}" if is_turned else stems[u] for u, is_turned in zip(stream.units.tolist(), turned, strict=True)
    ]
    same = np.flatnonzero(stream.rows[1:] == stream.rows[:-1])
    pairs = [f"{words[place]} {words[place + 1]}" for place in same.tolist()]
    n = stream.n_texts
    by_stem, stem_names = _frequent(words, stream.rows, n, min_stem_texts)
    by_pair, pair_names = _frequent(pairs, stream.rows[same], n, min_stem_texts)
    by_character, character_names = _characters(stream, reader, min_character_texts)
    n_units = np.bincount(stream.rows, minlength=n)
    length = n_units + _SMOOTHING
    vocabulary = Vocabulary(stem_names, pair_names, character_names)
    return (
        vocabulary,
        _scaled(sp.hstack([by_stem, by_pair], format="csr"), length),
        _scaled(by_character, _CHARACTER_SCALE * length),
    )


def word_units(reader: UnitReader) -> npt.NDArray[np.bool_]:
    """Which units are words, shape (n_units,): no signs, faces or numbers."""
    return np.fromiter((name[0].isalpha() for name in reader.names), bool, len(reader.names))


def training_words(stream: Stream, reader: UnitReader, *, min_stem_texts: int) -> TrainingWords:
    """How many words a training set holds, and how many of them only their own text makes known.

    A stem has a weight from ``min_stem_texts`` texts on. Without one of its texts, a stem of so many has none.
    """
    _, of_unit = np.unique(np.array(reader.stems, dtype=np.str_), return_inverse=True)
    is_word = word_units(reader)[stream.units]
    stems, rows = of_unit[stream.units[is_word]], stream.rows[is_word]
    n_stems = int(of_unit.max(initial=-1)) + 1
    pairs = np.unique(rows.astype(np.int64) * max(1, n_stems) + stems)
    texts = np.bincount(pairs % max(1, n_stems), minlength=n_stems)
    return TrainingWords(len(stems), float((texts[stems] <= min_stem_texts).mean()) if len(stems) else 0.0)


def _frequent(terms: list[str], rows: Ints, n: int, least: int) -> tuple[sp.csr_matrix, tuple[str, ...]]:
    names, columns = np.unique(np.array(terms, dtype=np.str_), return_inverse=True)
    counts = sp.csr_matrix((np.ones(len(terms)), (rows, columns)), shape=(n, len(names)))
    kept = np.flatnonzero(np.bincount(counts.indices, minlength=len(names)) >= least)
    return counts[:, kept], tuple(names[kept].tolist())


def _characters(stream: Stream, reader: UnitReader, least: int) -> tuple[sp.csr_matrix, tuple[str, ...]]:
    column_of: dict[str, int] = {}
    units, columns = [], []
    for unit, name in enumerate(reader.names):
        if name[0].isalpha():
            for ngram in character_ngrams(name):
                units.append(unit)
                columns.append(column_of.setdefault(ngram, len(column_of)))
    n_units = len(reader.names)
    of_units = sp.csr_matrix((np.ones(len(units)), (units, columns)), shape=(n_units, len(column_of)))
    of_texts = sp.csr_matrix((np.ones(len(stream.units)), (stream.rows, stream.units)), shape=(stream.n_texts, n_units))
    counts = (of_texts @ of_units).tocsr()
    names = np.array(list(column_of), dtype=np.str_)
    kept = np.flatnonzero(np.bincount(counts.indices, minlength=len(names)) >= least)
    kept = kept[np.argsort(names[kept])]
    return counts[:, kept].tocsr(), tuple(names[kept].tolist())


def _scaled(counts: sp.csr_matrix, length: npt.NDArray[Any]) -> Counts:
    """Counts over the root of the text's length, times how rare the term is."""
    texts = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log(counts.shape[0] / np.maximum(texts, 1)) / _IDF_SCALE
    matrix = sp.diags(1 / np.sqrt(length)) @ counts @ sp.diags(idf)
    return Counts(matrix.tocsr(), idf)
