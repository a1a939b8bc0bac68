"""Samples a context-free grammar for all posts of a block at once, without a loop over posts.

A phrase bank is a grammar: an entry is a sequence of literals and ``{slots}``, and a slot names another bank. All
symbols of all posts stand in one flat array; each round replaces every open symbol by one of its productions, until
literals are left. Rounds are as many as the grammar is deep (seven), whatever the number of posts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.errors import ConfigError
from textmine.simulation.phrases import Bank, PhraseBook

Ids = npt.NDArray[np.int32]

_SLOT: Final = re.compile(r"\{([\^*_]?)([a-z0-9_.]+)\}")
_OPEN: Final = 1 << 24
"""While compiling, symbols that are not literals are numbered from here."""

CONTEXT: Final = (
    "agensi sobat tag akun situs jabatan pimpinan wilayah wilayah_tag tanggal hari kampanye kalimat2"
).split()
"""Slots that the post itself fills: each is given to :meth:`Grammar.expand` as one symbol a post."""

_NOT_PROSE: Final = frozenset(
    "tags url kode sebut telepon depan tengah akhir desa_awal desa_tengah desa_akhir tagar_umum tagar_ekor akhiran_tag"
    " emoji emo".split()
)
"""Banks whose entries are names, links or hashtags: spelling slips do not belong there."""

_SMALL_WORDS: Final = frozenset("dan di ke dari untuk yang dengan bagi pada oleh".split())


class Grammar:
    """Compiled phrase banks.

    Parameters
    ----------
    book
        The banks. A name is looked up in the post's topic first, then in the common banks.

    Attributes
    ----------
    literals : polars.Series
        Every literal, shape (n_literals,); available after :meth:`freeze`.
    """

    def __init__(self, book: PhraseBook) -> None:
        self._book = book
        self._literal_ids: dict[tuple[str, bool], int] = {}
        self._symbols: dict[tuple[int, str, str], int] = {}
        self._productions: list[list[list[int]]] = []
        self._skews: list[float] = []
        self._topical: dict[str, bool] = {}
        self.literal("")

    def literal(self, text: str, *, prose: bool = False) -> int:
        """Symbol of a literal; the same text gets the same symbol."""
        return self._literal_ids.setdefault((text, prose), len(self._literal_ids))

    def symbol(self, name: str, *, topic: int, case: str = "") -> int:
        """Symbol of a bank for a topic.

        Parameters
        ----------
        name
            Name of the bank.
        topic
            Position of the topic whose words fill it.
        case
            ``""`` as written, ``"^"`` first letter capital, ``"*"`` title case, ``"_"`` lower case.

        Raises
        ------
        ConfigError
            No bank has that name.
        """
        if name in CONTEXT:
            return -1 - CONTEXT.index(name)
        bank = self._bank(name, topic)
        key = (topic if self._is_topical(name) else -1, name, case)
        if key not in self._symbols:
            self._symbols[key] = _OPEN + len(self._productions)
            self._productions.append([])
            self._skews.append(self._book.skew.get(name, self._book.skew.get("default", 1.0)))
            place = self._symbols[key] - _OPEN
            self._productions[place] = [self._parse(entry, name, topic, case) for entry in bank]
        return self._symbols[key]

    def _bank(self, name: str, topic: int) -> Bank:
        bank = self._book.topics[topic].banks.get(name) or self._book.common.get(name)
        if not bank:
            raise ConfigError(f"no phrase bank {name!r} for topic {self._book.topics[topic].name!r}", key=name)
        return bank

    def _is_topical(self, name: str) -> bool:
        """Whether a bank, or one that it names, differs between topics."""
        if name not in self._topical:
            if name not in self._book.common:
                self._topical[name] = name not in CONTEXT
            else:
                self._topical[name] = False  # a bank that names itself must not recurse for ever
                inside = {slot for entry in self._book.common[name] for _, slot in _SLOT.findall(entry)}
                self._topical[name] = any([self._is_topical(slot) for slot in sorted(inside)])
        return self._topical[name]

    def _parse(self, entry: str, name: str, topic: int, case: str) -> list[int]:
        """Symbols of one entry; a capital at the beginning is handed to the first of them."""
        pieces = _SLOT.split(entry)
        symbols: list[int] = []
        for place in range(0, len(pieces), 3):
            wanted = "" if case == "^" and symbols else case
            if pieces[place]:
                symbols.append(self.literal(_cased(pieces[place], wanted), prose=name.split(".")[0] not in _NOT_PROSE))
            if place + 2 < len(pieces):
                wanted = "" if case == "^" and symbols else case
                symbols.append(self.symbol(pieces[place + 2], topic=topic, case=pieces[place + 1] or wanted))
        return symbols

    def freeze(self) -> None:
        """Lay the compiled grammar out in flat arrays; nothing may be added afterwards."""
        n_literals = len(self._literal_ids)
        texts = [text for text, _ in self._literal_ids]
        self.literals = pl.Series("literal", texts, dtype=pl.String)
        self.prose = np.array([prose and _may_slip(text) for text, prose in self._literal_ids])
        alternatives = [entry for bank in self._productions for entry in bank]
        lengths = np.array([1] * n_literals + [len(entry) for entry in alternatives], dtype=np.int32)
        flat = np.array([symbol for entry in alternatives for symbol in entry], dtype=np.int32)
        flat[flat >= _OPEN] += n_literals - _OPEN
        self._flat = np.concatenate([np.arange(n_literals, dtype=np.int32), flat])
        self._lengths = lengths
        self._starts = np.concatenate([[0], np.cumsum(lengths[:-1])]).astype(np.int32)
        self._n_literals = n_literals
        self._counts = np.array([len(bank) for bank in self._productions], dtype=np.int32)
        self._firsts = (n_literals + np.concatenate([[0], np.cumsum(self._counts[:-1])])).astype(np.int32)
        self._skew = np.array(self._skews, dtype=np.float32)

    def frozen(self, symbols: Sequence[int] | Ids) -> Ids:
        """Symbols as :meth:`expand` takes them, from those that :meth:`symbol` and :meth:`literal` returned."""
        array = np.asarray(symbols, dtype=np.int32)
        return np.where(array >= _OPEN, array + (self._n_literals - _OPEN), array).astype(np.int32)

    def expand(self, start: Ids, context: Mapping[str, Ids], generator: np.random.Generator) -> tuple[Ids, Ids]:
        """Literals of every post, in order.

        Parameters
        ----------
        start
            Frozen start symbol of each post, shape (n_posts,).
        context
            For each name of :data:`CONTEXT`, the frozen symbol of each post, shape (n_posts,).
        generator
            Source of the choices.

        Returns
        -------
        literals, owners : numpy.ndarray
            Positions in ``literals`` and the post that each belongs to, ascending; shape (n_pieces,).
        """
        table = np.stack([context[name] for name in CONTEXT])
        symbols, owners = start.astype(np.int32), np.arange(len(start), dtype=np.int32)
        while True:
            filled = np.flatnonzero(symbols < 0)
            symbols[filled] = table[-1 - symbols[filled], owners[filled]]
            opened = np.flatnonzero(symbols >= self._n_literals)
            if not len(opened):
                return symbols, owners
            symbols[opened] = self._choose(symbols[opened] - self._n_literals, generator)
            lengths = self._lengths[symbols]
            before = np.cumsum(lengths, dtype=np.int32) - lengths
            places = np.repeat(self._starts[symbols] - before, lengths)
            places += np.arange(len(places), dtype=np.int32)
            symbols, owners = self._flat[places], np.repeat(owners, lengths)

    def _choose(self, banks: Ids, generator: np.random.Generator) -> Ids:
        """Pick a production of each bank; u^skew prefers the first ones as a power law does."""
        counts = self._counts[banks]
        draw = generator.random(len(banks), dtype=np.float32)
        skewed = np.flatnonzero(self._skew[banks] != 1)
        draw[skewed] **= self._skew[banks[skewed]]
        chosen: Ids = self._firsts[banks] + np.minimum((draw * counts).astype(np.int32), counts - 1)
        return chosen


def _cased(text: str, case: str) -> str:
    if case == "^":
        return text[0].upper() + text[1:]
    if case == "_":
        return text.lower()
    if case == "*":
        return " ".join(w if w in _SMALL_WORDS or not w else w[0].upper() + w[1:] for w in text.split(" "))
    return text


def _may_slip(text: str) -> bool:
    """Whether a phrase is plain lower-case prose, long enough to be misspelled."""
    return len(text) >= 5 and not re.search(r"[#@/\d\n\[\]{}]", text) and any(c.islower() for c in text)
