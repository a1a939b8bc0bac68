"""Texts to a flat stream of units: normalised words, signs, emoticons and emoji, each type worked out once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
import scipy.sparse as sp

from textmine.codes import TypeTable
from textmine.language.clean import URL, decode_entities, plain_forms
from textmine.language.lexicons import load_name_words
from textmine.language.sastrawi import SastrawiStemmer, load_roots
from textmine.language.settings import LanguageSettings
from textmine.language.tokens import EMOJI
from textmine.language.wordforms import WordNormaliser
from textmine.sentiment.lexicon import SentimentEntry, load_sentiment

if TYPE_CHECKING:
    import numpy.typing as npt

NONE, NEGATOR, CONTRAST, INTENSIFIER, DIMINISHER, BREAK, OPINION, FACE = range(8)
"""Roles of a unit. A break parts clauses; an opinion is a word that leans, a face an emoticon or emoji."""

_WORD: Final = r"\p{L}\w*(?:'\w+)*(?:-\w+)*"
_SIGNS: Final = r"[!?]+|\.\.+|[.,;:()\x22]"
_CLITIC: Final = re.compile(r"(.{3,})(nya|lah|kah|ku|mu)")
_MODIFIERS: Final = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]")
_BREAKS: Final = frozenset('.,!?…;:()"')
_ROLES: Final = {"negator": NEGATOR, "contrast": CONTRAST, "intensifier": INTENSIFIER, "diminisher": DIMINISHER}
_COUNTED_ROLES: Final = (CONTRAST, BREAK, NEGATOR, INTENSIFIER, DIMINISHER)
_STEM_WEIGHT: Final = 0.7
"""A word that the lexicon knows by its stem only leans less: affixes turn some of them."""

FLAGS: Final[dict[str, frozenset[str]]] = {
    "exclamations": frozenset("!"),
    "questions": frozenset("?"),
    "dots": frozenset("…"),
    "requests": frozenset(
        "mohon tolong harap harusnya harus perlu seharusnya semestinya sebaiknya mestinya minta please diperbaiki "
        "ditingkatkan tingkatkan perbaiki diperhatikan dibenahi ditambah diganti dibersihkan".split()
    ),
    "question_words": frozenset("kenapa mengapa kok mana kapan bagaimana apakah apa siapa".split()),
    "first_person": frozenset("saya aku kami gue gua ku kita".split()),
    "numbers": frozenset("0"),
    "colons": frozenset(":"),
    "kurang": frozenset({"kurang"}),
}
"""Units that are counted as they are, by what the count is called."""


@dataclass(frozen=True)
class Stream:
    """Units of a batch of texts, one after the other.

    Parameters
    ----------
    units : shape (n_units,), int64
        Number of each unit in the reader.
    rows : shape (n_units,), int64
        Text that each unit stands in, ascending.
    n_texts
        Number of texts, those without units included.
    """

    units: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    n_texts: int

    def matrix(self) -> sp.csr_array:
        """How often each unit stands in each text, shape (n_texts, n_units of the reader so far)."""
        ends = np.cumsum(np.bincount(self.rows, minlength=self.n_texts))
        shape = (self.n_texts, int(self.units.max()) + 1 if len(self.units) else 0)
        return sp.csr_array((np.ones(len(self.units)), self.units, np.concatenate([[0], ends])), shape=shape)

    def sums(self, table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Sum over the units of each text of their rows in a table, shape (n_texts, n_columns)."""
        counts = self.matrix()
        total: npt.NDArray[np.float64] = counts @ table[: counts.shape[1]]
        return total


class UnitReader:
    """Reads texts and remembers what it worked out about each unit; it grows with the vocabulary.

    The lexicons are loaded once, here.

    Examples
    --------
    >>> reader = UnitReader()
    >>> stream = reader.read(pl.Series(["Gk bagusss, kamarnya kotor!! 👎🏽 https://x.co/a"]))
    >>> [reader.names[unit] for unit in stream.units]
    ['tidak', 'bagus', ',', 'kamar', 'kotor', '!', '👎']
    """

    def __init__(self) -> None:
        self.lexicon = load_sentiment()
        self.names: list[str] = []
        self.stems: list[str] = []
        self._ids: dict[str, int] = {}
        self._normaliser = WordNormaliser(LanguageSettings().word_steps())
        self._roots = load_roots()
        self._stemmer = SastrawiStemmer(self._roots, protected=load_name_words())
        self._of_slots: list[int] = []
        self._types = TypeTable(self._learn)
        self._pattern = f"{EMOJI}|{self._emoticons()}|@\\w+|[#＃]\\w+|{_WORD}|\\d[\\d.,]*|{_SIGNS}"
        self.polarity = np.zeros(0)
        self.role = np.zeros(0, np.int8)
        self.counted = np.zeros((0, len(_COUNTED_ROLES) + len(FLAGS)))

    def read(self, texts: pl.Series) -> Stream:
        """Units of some texts; null counts as a text without units."""
        return self.units_of(self.tokens_of(texts))

    @property
    def token_lists(self) -> pl.DataType:
        """Type of what :meth:`tokens_of` gives."""
        return self._types.dtype

    def tokens_of(self, texts: pl.Series) -> pl.Series:
        """Tokens of some texts, the first half of :meth:`read`; a thread may do it for texts that come next."""
        # Lazily: an eager select takes twice as long for a pattern as large as this one.
        return (
            texts.to_frame("text")
            .lazy()
            .select(
                plain_forms(decode_entities(pl.col("text")))
                .str.to_lowercase()
                .str.replace_all("’", "'", literal=True)
                .str.replace_all(URL, " ")
                .str.extract_all(self._pattern)
                .cast(self._types.dtype)
            )
            .collect()
            .to_series()
        )

    def units_of(self, tokens: pl.Series) -> Stream:
        """Units of tokens, the second half of :meth:`read`."""
        slots, rows = self._types.encode(tokens)
        self._grow()
        return Stream(np.asarray(self._of_slots, np.int64)[slots], rows, len(tokens))

    def phrases(self) -> dict[tuple[str, ...], int]:
        """Phrases of the lexicon with their polarity: as written, and with their words normalised."""
        found: dict[tuple[str, ...], int] = {}
        for term, entry in self.lexicon.items():
            words = tuple(term.split())
            if len(words) > 1:
                found[words] = entry.polarity
                normal = tuple(unit for word in words for unit in self._units_of(word))
                if len(normal) > 1 and "0" not in normal:  # a number would stand for any other
                    found.setdefault(normal, entry.polarity)
        return found

    # An ASCII boundary keeps the regex engine on its fast automaton.
    def _emoticons(self) -> str:
        faces = sorted((t for t, e in self.lexicon.items() if e.kind == "emoticon"), key=lambda t: (-len(t), t))
        return "|".join(re.escape(face) + (r"(?-u:\b)" if face[-1].isalnum() else "") for face in faces)

    def _learn(self, types: list[str]) -> list[int]:
        lengths = []
        for token in types:
            units = self._units_of(token)
            self._of_slots.extend(self._id(unit) for unit in units)
            lengths.append(len(units))
        return lengths

    def _id(self, unit: str) -> int:
        number = self._ids.get(unit)
        if number is None:
            number = self._ids[unit] = len(self.names)
            self.names.append(unit)
            self.stems.append(self._stemmer.stem(unit) if unit.isascii() and unit.isalpha() else unit)
        return number

    def _units_of(self, token: str) -> tuple[str, ...]:
        first = token[0]
        if not first.isalpha() and (face := self._face(token)):
            return (face,)
        if first in "@":
            return ("@",)
        if first in "#＃":
            return (token[1:],) if token[1:].isalpha() else ()
        if first.isdigit():
            return ("0",)
        if first in "!?":
            return ("?",) if "?" in token else ("!",)
        if token.startswith(".."):
            return ("…",)
        return self._words_of(token) if first.isalpha() else (token,)

    def _face(self, token: str) -> str | None:
        """The lexicon's entry for an emoticon or emoji: as it is, without skin tone, or the first of a sequence."""
        plain = _MODIFIERS.sub("", token)
        return next((face for face in (token, plain, plain.split("\u200d")[0]) if face in self.lexicon), None)

    def _words_of(self, token: str) -> tuple[str, ...]:
        formal = self._normaliser.normalise(token)
        if token in self.lexicon and not any(word in self.lexicon for word in formal):
            return (token,)
        return tuple(self._without_clitic(word) for word in formal if word != "nya")

    def _without_clitic(self, word: str) -> str:
        if word in self.lexicon or word in self._roots:
            return word
        match = _CLITIC.fullmatch(word)
        if match and (match[1] in self.lexicon or match[1] in self._roots or match[2] == "nya"):
            return match[1]
        return word

    def _grow(self) -> None:
        """Look up what is new in the lexicon."""
        new = range(len(self.polarity), len(self.names))
        if not new:
            return
        found = [self._leaning(self.names[unit], self.stems[unit]) for unit in new]
        self.polarity = np.concatenate([self.polarity, [polarity for polarity, _ in found]])
        self.role = np.concatenate([self.role, np.array([role for _, role in found], np.int8)])
        counted = [
            [role == each for each in _COUNTED_ROLES] + [self.names[unit] in words for words in FLAGS.values()]
            for unit, (_, role) in zip(new, found, strict=True)
        ]
        self.counted = np.concatenate([self.counted, np.array(counted, float)])

    def _leaning(self, unit: str, stem: str) -> tuple[float, int]:
        if unit in _BREAKS:
            return 0.0, BREAK
        entry = self.lexicon.get(unit)
        if entry is None:
            by_stem = self.lexicon.get(stem)
            if by_stem is None or not _passes_on(by_stem, unit):
                return 0.0, NONE
            return by_stem.polarity * _STEM_WEIGHT, OPINION
        if entry.kind in _ROLES:
            return 0.0, _ROLES[entry.kind]
        return float(entry.polarity), FACE if entry.kind in ("emoji", "emoticon") else OPINION


def _passes_on(entry: SentimentEntry, word: str) -> bool:
    """Whether a word leans as its stem does: abstract nouns (*kebersihan*, *pelayanan*) and faint stems do not."""
    noun = word.endswith("an") and word.startswith(("ke", "pe"))
    return entry.kind == "word" and abs(entry.polarity) >= 2 and not noun


def lexicon_hash() -> str:
    """Checksum of the sentiment lexicon: weights that were learned with one do not fit another."""
    return hashlib.sha256((resources.files("textmine") / "data" / "sentiment.tsv").read_bytes()).hexdigest()


def as_series(texts: Sequence[str] | pl.Series) -> pl.Series:
    """Texts as a column."""
    return texts if isinstance(texts, pl.Series) else pl.Series(list(texts), dtype=pl.String)
