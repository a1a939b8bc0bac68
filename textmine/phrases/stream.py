"""The words of captions in order, as numbers, with what stands between two of them.

Two words are neighbours only where nothing but horizontal space stands between them: punctuation, digits on their own,
line breaks, emoji, hashtags, mentions and links keep them apart, and so does a word that the settings drop, unless it
is a connector.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

from textmine.codes import TypeTable
from textmine.language.analysis import TypeAnalyser
from textmine.language.clean import clean
from textmine.language.tokens import WORD
from textmine.phrases.match import Pattern

if TYPE_CHECKING:
    import numpy.typing as npt

BREAK: Final = 255
"""Gap before a word that has no neighbour to its left."""

_DROPPED: Final = 254
_MAX_CONNECTORS: Final = 253
_WORD_OR_BREAK: Final = rf"{WORD}|[^\p{{L}}\p{{Zs}}\t]"


class Slot(NamedTuple):
    """One normalised word of a type, and its term; None where the settings drop the word."""

    word: str
    term: str | None


class Words(NamedTuple):
    """Words of a batch of posts that are terms, in order.

    ``symbol`` (uint32), ``gap`` (uint8) and ``row`` (int64) have shape (n_words,): the number of the word, what stands
    between it and the word before (0 nothing, 1 and above a connector, :data:`BREAK` no neighbour), and its post.
    ``n_all`` (int64, shape (n_posts,)) counts all words of a post, dropped ones too.
    """

    symbol: npt.NDArray[np.uint32]
    gap: npt.NDArray[np.uint8]
    row: npt.NDArray[np.int64]
    n_all: npt.NDArray[np.int64]


def prose_tokens(caption: pl.Expr) -> pl.Expr:
    r"""Lower-case words of captions with the signs between them, ``list[str]``.

    The words are those of :func:`textmine.language.tokens.word_tokens` over the cleaned caption.

    Examples
    --------
    >>> frame = pl.DataFrame({"caption": ["Tanggap darurat, #BNPB banjir"]})
    >>> frame.select(prose_tokens(pl.col("caption"))).to_series().to_list()
    [['tanggap', 'darurat', ',', '\n', 'banjir']]
    """
    # A line break stands in place of what is taken out: no phrase reaches across it.
    return clean(caption, gap="\n").str.to_lowercase().str.extract_all(_WORD_OR_BREAK)


class WordStream:
    """Numbers the normalised words of token lists over batches.

    Parameters
    ----------
    analyse
        Gives the slots of types, in order; a type without slots, such as a sign, is a break.
    connectors
        Words that may stand between two neighbours; 253 at most. Those that are terms stay terms.
    silent
        Words that are no terms and get numbers all the same, below :attr:`n_silent`, because phrases begin or end with
        them: *orang tua*, *mahasiswa baru*.

    Raises
    ------
    ValueError
        There are too many connectors.
    """

    def __init__(
        self,
        analyse: Callable[[list[str]], list[list[Slot]]],
        connectors: Collection[str] = (),
        silent: Collection[str] = (),
    ) -> None:
        if len(connectors) > _MAX_CONNECTORS:
            raise ValueError(f"{len(connectors)} connectors are too many; {_MAX_CONNECTORS} can be told apart")
        self.connectors = sorted(connectors)
        self.words: list[str] = []
        self.terms: list[str] = []
        self._analyse = analyse
        self._symbols: dict[str, int] = {}
        self._gaps = {word: code for code, word in enumerate(self.connectors, start=1)}
        self._slot_codes = np.zeros(0, np.int64)
        self._types = TypeTable(self._learn)
        for word in sorted(silent):
            self.symbol(word)
        self.n_silent = len(self.words)

    @property
    def dtype(self) -> pl.DataType:
        """Polars type that token lists are read as."""
        return self._types.dtype

    def symbol(self, word: str) -> int:
        """Number of a word, given now if it has none; its term is known once a post holds it."""
        number = self._symbols.get(word)
        if number is None:
            number = self._symbols[word] = len(self.words)
            self.words.append(word)
            self.terms.append(word)
        return number

    def gap(self, connector: str) -> int | None:
        """Gap that a connector makes, None if the word is none."""
        return self._gaps.get(connector)

    def pattern(self, phrase: str) -> Pattern:
        """Pattern of a phrase of normalised words, of which those that are connectors here become gaps."""
        symbols: list[int] = []
        gaps: list[int] = []
        between = 0
        for word in phrase.split(" "):
            connector = self.gap(word)
            if connector is not None and symbols and not between:
                between = connector
                continue
            gaps += [between] if symbols else []
            symbols.append(self.symbol(word))
            between = 0
        return Pattern(tuple(symbols), tuple(gaps))

    def words_of(self, pattern: Pattern) -> list[str]:
        """Words of a phrase, connectors among them."""
        return self._spell(pattern, self.words)

    def term_of(self, pattern: Pattern) -> str:
        """Term of a phrase whose words have been met: their terms joined by spaces, connectors as written."""
        return " ".join(self._spell(pattern, self.terms))

    def _spell(self, pattern: Pattern, names: Sequence[str]) -> list[str]:
        spelled = [names[pattern.symbols[0]]]
        for gap, symbol in zip(pattern.gaps, pattern.symbols[1:], strict=True):
            spelled += [self.connectors[gap - 1]] if gap else []
            spelled.append(names[symbol])
        return spelled

    def encode(self, lists: pl.Series) -> Words:
        """Words of a batch of token lists that were cast to :attr:`dtype`."""
        slots, rows = self._types.encode(lists)
        codes = self._slot_codes[slots]
        at = np.flatnonzero(codes >= 0)
        gap = np.full(len(at), BREAK, np.uint8)
        if len(at):
            between = np.diff(at, prepend=-1) - 1
            same_post = rows[at] == rows[np.concatenate([at[:1], at[:-1]])]
            same_post[0] = False
            gap[same_post & (between == 0)] = 0
            joined = np.flatnonzero(same_post & (between == 1))
            before = -codes[at[joined] - 1]
            gap[joined] = np.where(before <= _MAX_CONNECTORS, before, BREAK)
        n_all = np.bincount(rows[codes != -BREAK], minlength=len(lists))
        return Words(codes[at].astype(np.uint32), gap, rows[at], n_all)

    def _learn(self, types: list[str]) -> list[int]:
        """Number the words of new types; a slot is a symbol, or minus the gap that its word makes."""
        analysed = self._analyse(types)
        codes = [code for slots in analysed for code in ([self._code(slot) for slot in slots] or [-BREAK])]
        self._slot_codes = np.concatenate([self._slot_codes, np.asarray(codes, np.int64)])
        return [max(len(slots), 1) for slots in analysed]

    def _code(self, slot: Slot) -> int:
        if slot.term is None:
            known = self._symbols.get(slot.word, self.n_silent)
            return known if known < self.n_silent else -self._gaps.get(slot.word, _DROPPED)
        number = self.symbol(slot.word)
        self.terms[number] = slot.term
        return number


def word_stream(analyser: TypeAnalyser, phrases: Iterable[str], connectors: Collection[str] = ()) -> WordStream:
    """Give a stream over :func:`prose_tokens` that normalises, drops and stems words as the analyser does.

    Parameters
    ----------
    analyser
        Says what is a term.
    phrases
        Phrases of normalised words that must be found in the stream, whichever of their words are terms.
    connectors
        Words that may stand inside phrases, besides those that do in ``phrases``.
    """

    def analyse(types: list[str]) -> list[list[Slot]]:
        is_word = pl.Series(types, dtype=pl.String).str.contains(r"^\p{L}").to_list()
        return [slots_of(analyser, type_) if word else [] for type_, word in zip(types, is_word, strict=True)]

    joining, silent = _dropped_words(phrases, analyser)
    joining |= {word for word in connectors if _is_dropped(word, analyser)}
    return WordStream(analyse, joining - silent, silent)


def _dropped_words(phrases: Iterable[str], analyser: TypeAnalyser) -> tuple[set[str], set[str]]:
    """Words of phrases that are no terms: those that stand between two terms, and the others."""
    joining: set[str] = set()
    silent: set[str] = set()
    for phrase in phrases:
        words = phrase.split(" ")
        is_dropped = [_is_dropped(word, analyser) for word in words]
        for place in np.flatnonzero(is_dropped):
            inside = 0 < place < len(words) - 1 and not (is_dropped[place - 1] or is_dropped[place + 1])
            (joining if inside else silent).add(words[place])
    return joining, silent


def _is_dropped(word: str, analyser: TypeAnalyser) -> bool:
    return all(slot.term is None for slot in slots_of(analyser, word))


def slots_of(analyser: TypeAnalyser, word: str) -> list[Slot]:
    """All normalised words of a type, and the terms of those that the settings keep."""
    return [Slot(formal, analyser.term_of(formal)) for formal in analyser.normalise(word)]
