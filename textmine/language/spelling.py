"""What counts as a known word, which words are English, and how often Indonesians write a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from math import log10
from typing import Final

from textmine.language.lexicons import load_name_words, load_slang, load_spelling, load_stopwords
from textmine.language.normalise import LONGEST_WORD
from textmine.language.sastrawi import SastrawiStemmer, load_roots

_ENGLISH_FROM: Final = 3.6
"""Zipf frequency (log10 of uses in a thousand million words) from which a word counts as English."""
_COMMON_FROM: Final = 3.0
"""Zipf frequency from which a form is common in Indonesian; below, slips and rare names begin."""

_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_MEANT_FROM: Final = 3.5
_SHORT: Final = 7
_VOWELS_ALIKE: Final = re.compile("[eiou]")
_AHEAD: Final = 0.7
_RARE: Final = 2.0


@cache
def _frequencies(language: str) -> Mapping[str, float]:
    """Share of a word among all words."""
    from wordfreq import get_frequency_dict

    frequencies: Mapping[str, float] = get_frequency_dict(language, "best")
    return frequencies


def zipf(word: str, language: str = "id") -> float:
    """How often a word is written: log10 of its uses in a thousand million words, 0 for one that is not listed.

    References
    ----------
    Speer, R. (2022). rspeer/wordfreq: v3.0. https://doi.org/10.5281/zenodo.7199437

    Examples
    --------
    >>> zipf("yang") > zipf("pelayanan") > zipf("qwrtz")
    True
    """
    share = _frequencies(language).get(word, 0.0)
    return log10(share) + 9 if share > 0 else 0.0


class KnownWords:
    """The words of the standard language, with their affixes: ``word in known``.

    Roots, stopwords, names, the formal sides of the lexicons, and whatever the stemmer leads back to a root.

    Parameters
    ----------
    extra
        More words to recognise, even where a lexicon has them as informal.

    Examples
    --------
    >>> known = KnownWords()
    >>> "pelayanan" in known, "bekasi" in known, "baguss" in known, "yg" in known
    (True, True, False, False)
    """

    def __init__(self, extra: Iterable[str] = ()) -> None:
        slang, spelling = load_slang(), load_spelling()
        roots = load_roots()
        formal = {word for lexicon in (slang, spelling) for value in lexicon.values() for word in value.split()}
        self._roots = roots
        # An entry of a lexicon is informal even where Sastrawi's dictionary has it among its roots.
        own = frozenset(extra)
        self._informal = (slang.keys() | spelling.keys()) - own
        self._words = (roots | load_stopwords(english=False) | load_name_words() | formal | own) - self._informal
        self._stemmer = SastrawiStemmer(roots)
        self._derived: dict[str, bool] = {}

    def __contains__(self, word: object) -> bool:
        """Whether the word is known; asks the stemmer once for each word."""
        if not isinstance(word, str):
            return False
        if word in self._words:
            return True
        if word in self._informal or len(word) > LONGEST_WORD:
            return False
        derived = self._derived.get(word)
        if derived is None:
            derived = self._derived[word] = self._is_derived(word)
        return derived

    def is_informal(self, word: str) -> bool:
        """Whether the word is an entry of a lexicon, whatever steps are taken."""
        return word in self._informal

    def is_root(self, word: str) -> bool:
        """Whether the word stands in the dictionary of roots."""
        return word in self._roots

    def _is_derived(self, word: str) -> bool:
        if len(word) < 5 or not word.isascii():
            return False
        if word.isalpha():
            stem = self._stemmer.stem(word)
            return len(stem) >= 3 and stem != word and stem in self._roots
        first, hyphen, second = word.partition("-")
        return bool(hyphen) and first == second and first in self


def is_common(word: str) -> bool:
    """Whether Indonesians write the word often enough for it to be no slip.

    Examples
    --------
    >>> is_common("mengirimkan"), is_common("mengirimi")
    (True, False)
    """
    return zipf(word) >= _COMMON_FROM


def is_english(word: str) -> bool:
    """Whether a word belongs to English rather than to Indonesian, by its frequency in both.

    Examples
    --------
    >>> [word for word in ["meeting", "please", "the", "rumah", "video", "data"] if is_english(word)]
    ['meeting', 'please', 'the']
    """
    english = zipf(word, "en")
    return english >= _ENGLISH_FROM and english > zipf(word) + 0.3


class TypoCorrector:
    """Mends one slip of the fingers in a word: a letter too many, too few, wrong, or two in the wrong order.

    Cautious, since what is unknown is a name more often than a slip: only words of six letters or more that neither
    Indonesian nor English has, whose first letter stands, and for which one common word is far ahead of all others. In
    words of six or seven letters no letter counts as too many and no vowel as another: *paskal* is no *pasal*,
    *talaga* no *telaga*.

    Parameters
    ----------
    known
        Words of the standard language.

    Examples
    --------
    >>> corrector = TypoCorrector(KnownWords())
    >>> [corrector.corrected(word) for word in ["ternuata", "diaktifkn", "denagn", "paskal", "kominfotik"]]
    ['ternyata', 'diaktifkan', 'dengan', 'paskal', 'kominfotik']
    """

    def __init__(self, known: KnownWords) -> None:
        self._known = known

    def corrected(self, word: str) -> str:
        """Return the word meant, or the word itself where that is not clear."""
        if not (6 <= len(word) <= 20 and word.isascii() and word.isalpha()) or self._is_written(word):
            return word
        common = {form: zipf(form) for form in _one_slip_away(word)}
        common = {form: frequency for form, frequency in common.items() if frequency >= _MEANT_FROM}
        if word.endswith("in"):  # a verb in -in is no noun in -an
            common.pop(f"{word[:-2]}an", None)
        if len(word) <= _SHORT:
            common = {form: frequency for form, frequency in common.items() if not _is_dialect(word, form)}
        ranked = sorted((form for form in common if form in self._known), key=lambda form: -common[form])
        if not ranked or (len(ranked) > 1 and common[ranked[0]] - common[ranked[1]] < _AHEAD):
            return word
        return ranked[0]

    def _is_written(self, word: str) -> bool:
        """Whether the word, or the word before its clitic, is somebody's word rather than a slip."""
        bare = word.removesuffix("nya")
        if word.endswith("mah") and word.removesuffix("mah") in self._known:  # a particle: itumah
            return True
        return (
            word in self._known
            or self._known.is_informal(word)
            or any(zipf(form, language) >= _RARE for form in {word, bare} for language in ("id", "en"))
        )


def _one_slip_away(word: str) -> set[str]:
    forms: set[str] = set()
    for i in range(1, len(word) + 1):
        head, tail = word[:i], word[i:]
        forms.update(head + letter + tail for letter in _ALPHABET)
        if tail:
            forms.add(head + tail[1:])
            forms.add(head + tail[1:2] + tail[:1] + tail[2:])
            forms.update(head + letter + tail[1:] for letter in _NEAR.get(tail[0], ""))
    return forms - {word}


def _is_dialect(word: str, form: str) -> bool:
    """Whether the word has a letter more, or other vowels only: as other languages and names have."""
    return len(form) < len(word) or (
        len(form) == len(word) and _VOWELS_ALIKE.sub("a", form) == _VOWELS_ALIKE.sub("a", word)
    )


def _neighbours_on_the_keyboard() -> dict[str, str]:
    """Keys beside each key, and the vowels for a vowel: what a finger or an ear takes for another."""
    near: dict[str, set[str]] = {letter: set() for letter in _ALPHABET}
    place = {key: (row, column) for row, keys in enumerate(_ROWS) for column, key in enumerate(keys)}
    for key, (row, column) in place.items():
        near[key] = {k for k, (r, c) in place.items() if abs(r - row) <= 1 and -1 <= c - column <= 1 and k != key}
    for vowel in "aiueo":
        near[vowel] |= set("aiueo") - {vowel}
    return {key: "".join(sorted(keys)) for key, keys in near.items()}


_NEAR: Final = _neighbours_on_the_keyboard()
