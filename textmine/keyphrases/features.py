"""What a word looks like to the model: how frequent it is in Indonesian, its shape, affixes and lists it stands in.

Only words that are frequent in Indonesian at large are known by themselves, so that nothing of the subject of the
training texts is learned.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Final

from textmine.language.frequencies import load_frequencies
from textmine.language.lexicons import load_name_words, load_negations, load_stopwords
from textmine.language.sastrawi import load_roots

KNOWN_BY_THEMSELVES: Final = 1e-4
"""Share of a word in Indonesian from which on it has a feature of its own: the thousand most frequent ones."""

_PREFIXES: Final = "meng meny mem men me ber ter di peng pem pen per pe ke se".split()
_SUFFIXES: Final = ("annya", "nya", "kan", "an", "i")
_RAREST: Final = 7.0

_Features = tuple[str, ...]


class WordFeatures:
    """Features of words; each word is looked at once.

    Examples
    --------
    >>> WordFeatures()("pelayanan", first=False)
    ('r8', 's:x', 'p:pe', 'q:an', 'pq:pean', 'len9')
    """

    def __init__(self) -> None:
        self._shares = load_frequencies("id")
        self._english = load_frequencies("en", least=3e-6)
        self._stopwords = load_stopwords()
        self._negations = load_negations()
        self._names = load_name_words()
        self._roots = load_roots()
        self._cached = functools.lru_cache(maxsize=200_000)(self._features)

    def __call__(self, word: str, *, first: bool) -> _Features:
        """Features of a word; the first three are its class, by which neighbours are judged together."""
        return self._cached(word, first)

    def rarity(self, word: str) -> float:
        """Negative decimal logarithm of a word's share in Indonesian, from 1 to 7 (not in the list)."""
        share = self._shares.get(word.lower(), 0.0)
        return min(_RAREST, -math.log10(share)) if share else _RAREST

    def is_negation(self, word: str) -> bool:
        """Whether it says no."""
        return word.lower() in self._negations

    def is_content(self, word: str) -> bool:
        """Whether it has letters and is no stopword."""
        lower = word.lower()
        return any(sign.isalpha() for sign in word) and lower not in self._stopwords

    def names(self, words: Sequence[str]) -> list[bool]:
        """Whether each word is a hashtag or part of a name: capitalised inside a sentence, or before such a word.

        In a text of capitals alone nothing is a name.
        """
        if not words:
            return []
        shapes = [self(word, first=first)[1] for word, first in zip(words, beginnings(words), strict=True)]
        content = [self.is_content(word) for word in words]
        shouted = sum(shape == "s:U" for shape in shapes) > len(words) / 2
        inside = [
            shape == "s:#" or (shape in ("s:T", "s:U") and ok and not shouted)
            for shape, ok in zip(shapes, content, strict=True)
        ]
        before = [shape in ("s:T", "s:U") for shape in [*shapes[1:], ""]]
        return [
            is_inside or (shape == "s:T0" and ok and follows and not shouted)
            for is_inside, shape, ok, follows in zip(inside, shapes, content, before, strict=True)
        ]

    def _features(self, word: str, first: bool) -> _Features:
        lower = word.lower()
        share = self._shares.get(lower, 0.0)
        prefix, suffix = self._affixes(lower)
        found = [f"r{int(self.rarity(word) * 2)}", f"s:{_shape(word, first)}", f"p:{prefix}"]
        found += [f"q:{suffix}", f"pq:{prefix}{suffix}"]
        lists = (("sw", self._stopwords), ("neg", self._negations), ("name", self._names))
        found += [name for name, words in lists if lower in words]
        if "-" in lower:
            found.append("hy")
        if not share and lower in self._english:
            found.append("en")
        found.append(f"len{min(len(word), 9)}")
        if share >= KNOWN_BY_THEMSELVES:
            found.append(f"w:{lower}")
        return tuple(found)

    def _affixes(self, lower: str) -> tuple[str, str]:
        if lower in self._roots:
            return "root", "root"
        prefix = next((p for p in _PREFIXES if lower.startswith(p) and len(lower) > len(p) + 3), "0")
        suffix = next((s for s in _SUFFIXES if lower.endswith(s) and len(lower) > len(s) + 3), "0")
        return prefix, suffix


def beginnings(words: Sequence[str]) -> list[bool]:
    """Whether each word begins a sentence or a line of a list: it is the first one, or stands after a sign."""
    return [True, *(not (word.isalnum() or any(sign.isalnum() for sign in word)) for word in words[:-1])][: len(words)]


def _shape(word: str, first: bool) -> str:
    """Mention, hashtag, number, sign, with digits, capitals, Title (at the beginning apart), lower or miXed case."""
    if word[0] in "@#＃":
        return "@" if word[0] == "@" else "#"
    if not any(sign.isalpha() for sign in word):
        return "d" if any(sign.isdigit() for sign in word) else "p"
    if any(sign.isdigit() for sign in word):
        return "m"
    if word.isupper() and len(word) > 1:
        return "U"
    if word[0].isupper():
        return "T0" if first else "T"
    return "x" if word.islower() else "X"
