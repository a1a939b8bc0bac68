"""Sentence bounds of social-media posts: those of spaCy's sentencizer, mended where posts and Indonesian differ.

The sentencizer ends a sentence at ``. ! ?`` and their kind in other scripts. Mended are:

- A line break ends a sentence, unless the line ends with a comma.
- A full stop ends none after an abbreviation (*Jl.*, *Kab.*, *S.Pd.*), after the initial of a name, and after the
  number of a list item at the beginning of a line (*1. Bawa KTP*). *dll.* and its kind end one before a capital.
- Three dots end one only before a capital.
- Emoji, quotes and brackets that follow the last sign belong to the sentence before them, an opening quote or bracket
  to the one after.
- Emoji stand for a full stop where a capital follows them (*Selamat pagi 😊 Jaga jarak*).
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import Final

from spacy.attrs import ORTH, SPACY
from spacy.pipeline import Sentencizer
from spacy.tokens import Doc

from textmine.language.spacy_components.component import TypeMemo

ABBREVIATIONS: Final = frozenset(
    "jl jln gg no nomer tlp telp kab kec kel ds dsn prov rt kav blok lt "
    "dr drg drs dra prof ir h hj kh tgk tb ust pdt bpk bp sdr sdri yth tn ny nn alm almh "
    "s.h s.e s.t s.pd s.ag s.sos s.kom s.ip s.ked s.farm s.kep s.ap s.p s.pt s.hut s.psi s.si s.s s.i.k s.stp "
    "m.h m.m m.t m.si m.pd m.kes m.kom m.sc m.ap m.ag m.hum m.a m.ip m.eng ph.d a.md amd sp "
    "a.n u.p d.a u.b ttd tgl hlm hal vol ed ay art gbr ps pt cv ud rp idr usd "
    "jan feb mar apr jun jul agt ags sep sept okt nov des st mr mrs ms vs c.q maks min".split()
)
"""Before a full stop these end no sentence, for a name, a number or a place follows."""

_ENDERS: Final = frozenset(Sentencizer.default_punct_chars) - {"…"}
_CUT_OFF: Final = frozenset(("dll.", "dsb.", "dst.", "dkk.", "tsb."))
_DOTS: Final = re.compile(r"\.{2,}|…+")
_ITEM: Final = re.compile(r"\d{1,2}|[a-zA-Z]")
_CLOSING: Final = frozenset("\"'”’»)]}")


class _Kind(Enum):
    WORD = "word"
    BREAK = "line break"
    SPACE = "other white space"
    END = "sign that ends a sentence"
    DOTS = "three dots"
    CUT_OFF = "abbreviation that may end a sentence"
    CLOSING = "quote or bracket"
    EMOJI = "emoji"
    SIGN = "any other sign"


class _State:
    """What is known at a token about the sentence that it may belong to."""

    def __init__(self) -> None:
        self.n_words = 0
        self.ended = self.ends_before_capital = self.new_line = self.comma = False

    def starts(self, kind: _Kind, text: str, *, touches: bool) -> bool:
        """Whether a sentence starts at a token; ``touches``: no space stands before it."""
        if kind in (_Kind.BREAK, _Kind.SPACE):
            return False
        if self.new_line:
            return True
        if kind is _Kind.EMOJI or kind in (_Kind.END, _Kind.DOTS) or (kind is _Kind.CLOSING and touches):
            return False
        return self.ended or (self.ends_before_capital and kind is not _Kind.SIGN and text[:1].isupper())


class PostSentences:
    r"""Finds where the sentences of posts start; see the module for the rules.

    Examples
    --------
    >>> import spacy
    >>> doc = spacy.blank("id")("Kantor di Jl. Melati No. 5. Buka pukul 08.00 😊 Gratis!\n#Sehat")
    >>> starts = PostSentences().starts(doc)
    >>> [token.text for token, start in zip(doc, starts) if start]
    ['Kantor', 'Buka', 'Gratis', '#Sehat']
    """

    def __init__(self) -> None:
        self._kinds: TypeMemo[str, _Kind] = TypeMemo(_kind)

    def starts(self, doc: Doc) -> list[bool]:
        """Whether a sentence starts at each token: (n_tokens,)."""
        strings = doc.vocab.strings
        rows = doc.to_array([ORTH, SPACY]).tolist()  # ten times as fast as a loop over tokens
        texts = [strings[key] for key, _ in rows]
        touching = [True, *(not space for _, space in rows)]
        kinds = [self._kinds[text] for text in texts]
        starts = []
        state, word = _State(), _Kind.WORD
        for at, (text, kind) in enumerate(zip(texts, kinds, strict=True)):
            if kind is word and at and not (state.ended or state.ends_before_capital or state.new_line):
                state.n_words += 1  # what most tokens are
                state.comma = False
                starts.append(False)
                continue
            start = at == 0 or state.starts(kind, text, touches=touching[at])
            starts.append(start)
            if start:
                state = _State()
            if kind is _Kind.END and text == "." and touching[at] and _is_no_end(texts, kinds, at):
                continue
            _advance(state, kind, text)
        return starts


def _advance(state: _State, kind: _Kind, text: str) -> None:
    """Take note of a token."""
    if kind is _Kind.BREAK:
        state.new_line = not state.comma
    elif kind is _Kind.END:
        state.ended = True
    elif kind in (_Kind.DOTS, _Kind.CUT_OFF) or (kind is _Kind.EMOJI and state.n_words):
        state.ends_before_capital = True
    elif kind is _Kind.WORD:
        state.n_words += 1
        state.ends_before_capital = False
    if kind is not _Kind.SPACE:
        state.comma = text == ","


def _is_no_end(texts: list[str], kinds: list[_Kind], at: int) -> bool:
    """Whether the full stop belongs to an abbreviation, to an initial or to the number of a list item."""
    if at == 0:
        return True
    before = texts[at - 1]
    if before.lower() in ABBREVIATIONS or (len(before) == 1 and before.isupper()):
        return True
    at_line_start = at == 1 or kinds[at - 2] is _Kind.BREAK
    return at_line_start and _ITEM.fullmatch(before) is not None


def _kind(text: str) -> _Kind:
    if text.isspace():
        return _Kind.BREAK if "\n" in text or "\r" in text else _Kind.SPACE
    if text in _ENDERS:
        return _Kind.END
    if _DOTS.fullmatch(text):
        return _Kind.DOTS
    if text.lower() in _CUT_OFF:
        return _Kind.CUT_OFF
    if text in _CLOSING:
        return _Kind.CLOSING
    if any(map(str.isalnum, text)):
        return _Kind.WORD
    pictures = [unicodedata.category(character) for character in text]
    if "So" in pictures or all(category in ("Sk", "Mn", "Me", "Cf") for category in pictures):
        return _Kind.EMOJI
    return _Kind.SIGN
