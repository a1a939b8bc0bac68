"""Features that are counted over the words of captions; each type is worked out once, its tokens by code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.codes import TypeTable
from textmine.features.calls import PRONOUNS, CallLexicon, count_calls
from textmine.language.lexicons import load_slang
from textmine.language.spelling import is_english
from textmine.language.syllables import SyllableCounter
from textmine.language.tokens import WORD

if TYPE_CHECKING:
    import numpy.typing as npt

    Flags = npt.NDArray[np.bool_]

WORDS_SCHEMA: Final = pl.Schema(
    {
        "words": pl.UInt32(),
        "letters_per_word": pl.Float64(),
        "syllables_per_word": pl.Float64(),
        "long_words_share": pl.Float64(),
        "english_share": pl.Float64(),
        "informal_share": pl.Float64(),
        "calls_to_action": pl.UInt32(),
    }
)
BREAKS: Final = frozenset(".!?\n")
"""Signs that end a sentence, for calls."""
_TOKEN: Final = rf"{WORD}|[.!?\n]"
_LONG: Final = 7
"""Letters of a long word, as LIX has it (more than six)."""


class WordCounter:
    """Counts what captions are made of; it grows with the vocabulary.

    The lexicons are loaded once, here.

    Examples
    --------
    >>> prose = pl.Series(["Yuk, kunjungi Museum Nasional!", ""])
    >>> WordCounter().count(prose).rows()[0][:4]
    (4, 6.25, 2.75, 0.5)
    """

    def __init__(self) -> None:
        self._syllables = SyllableCounter()
        self._slang = frozenset(load_slang())
        self._calls = CallLexicon()
        in_phrases = {word for phrase, _ in self._calls.phrases for word in phrase}
        self._phrase_words = {word: number for number, word in enumerate(sorted(in_phrases), start=1)}
        self._types = TypeTable(self._learn)
        self._figures = np.zeros((0, 10), np.int64)

    def count(self, prose: pl.Series) -> pl.DataFrame:
        """Figures of each text without links, mentions and hashtags, shape (n_texts,).

        Returns
        -------
        polars.DataFrame
            Columns of ``WORDS_SCHEMA``, shape (n_texts, 7). Means and shares are null for a text without words; counts
            are 0.
        """
        tokens = prose.str.to_lowercase().str.extract_all(_TOKEN)
        slots, rows = self._types.encode(tokens.cast(self._types.dtype))
        figures = self._figures[slots]
        n_texts = len(prose)
        letters, syllables, long, english, informal, n_words = (
            np.bincount(rows, figures[:, column], n_texts) for column in range(6)
        )
        calls, roots, pronouns = (figures[:, column].astype(np.bool_) for column in (6, 7, 8))
        calls = self._with_phrases(calls, figures[:, 9], rows)
        n_calls = count_calls(rows, calls, roots, pronouns, figures[:, 5] == 0, n_texts)
        each = np.where(n_words > 0, n_words, np.nan)
        columns = [n_words, letters / each, syllables / each, long / each, english / each, informal / each, n_calls]
        table = pl.DataFrame(dict(zip(WORDS_SCHEMA.names(), columns, strict=True)))
        return table.select(pl.col(name).fill_nan(None) if dtype.is_float() else pl.col(name).cast(dtype)
                            for name, dtype in WORDS_SCHEMA.items())  # fmt: skip

    def _with_phrases(self, calls: Flags, codes: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> Flags:
        """Whether each word calls, the phrases that begin with it considered."""
        result = calls.copy()
        for phrase, does_call in self._calls.phrases:
            last = len(codes) - len(phrase) + 1
            if last <= 0:
                continue
            here = rows[:last] == rows[len(phrase) - 1 :]
            for offset, word in enumerate(phrase):
                here &= codes[offset : offset + last] == self._phrase_words[word]
            result[:last][here] = does_call
        return result

    def _learn(self, types: list[str]) -> list[int]:
        rows = [self._figures_of(word) for word in types]
        self._figures = np.concatenate([self._figures, np.array(rows, np.int64).reshape(-1, 10)])
        return [1] * len(types)

    def _figures_of(self, word: str) -> tuple[int, ...]:
        if word in BREAKS:
            return (0,) * self._figures.shape[1]
        letters = sum(map(str.isalnum, word))
        return (
            letters,
            max(self._syllables.count(word), 1),
            letters >= _LONG,
            is_english(word),
            word in self._slang,
            True,
            self._calls.calls(word),
            self._calls.calls_first(word),
            word in PRONOUNS,
            self._phrase_words.get(word, 0),
        )
