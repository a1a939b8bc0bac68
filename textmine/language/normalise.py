"""Rules that bring one informal word to its formal spelling: elongation, reduplication, apostrophes, slang.

Every rule works on a vocabulary type, never on a token: 150 million tokens hold well under a million types.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from typing import Final, Protocol

_APOSTROPHES: Final = str.maketrans("", "", "'’ʼ")
# "xxx" masks what was taken out, "xxl" is a size, "www" an address: x and w are never drawn out.
_RUN_OF_THREE: Final = re.compile(r"([^\W\dxXwW_])\1{2,}")
_ROMAN: Final = re.compile(r"[ivxlcdm]+")
_RUN: Final = re.compile(r"([^\W\d_])\1+")
_LAST_RUN: Final = re.compile(r"([^\W\d_])\1+$")
_LAUGHTER_WK: Final = re.compile(r"w*(?:wk){2,}w?|(?:kw){2,}k?|w+k(?:w+k)+w*")
_LAUGHTER_HA: Final = re.compile(r"(?:h?a?(?:ha){2,}|(?:ah){2,})h?a?h?")
_LAUGHTER_HE: Final = re.compile(r"(?:h([eio])){2,}h?")
_DIGITS_AMONG_LETTERS: Final = re.compile(r"(?=[0-9]*[a-z])(?=[a-z]*[0-9])[a-z01345679]+")
_NUMBER_AND_SUFFIX: Final = re.compile(r"(?:ber|ke|se)\d+|\d+an|t4(?:nya)?")  # berempat, 90an, tempat
_LOOKS_LIKE: Final = str.maketrans("01345679", "oieasgtg")
_WRITTEN_WITH_2: Final = re.compile(r"((?:ber-|ter-|me-|di-|se-)?[^\W\d_]{3,})2(nya|ku|mu|an|lah|kah|in|i|kan)?")
_VERB_PREFIXES: Final = ("ber", "ter", "meng", "men", "mem", "me", "di", "se")
LONGEST_WORD: Final = 40
"""Longer words than any of Indonesian are noise, unless letters are drawn out in them: rules leave them alone."""


class KnownRoots(Protocol):
    """What knows the roots of the language, as :class:`textmine.language.spelling.KnownWords` does."""

    def is_root(self, word: str) -> bool:
        """Whether the word is a root."""
        ...


def join_apostrophes(word: str) -> str:
    """Write ``jum'at`` as ``jumat`` and ``qur'an`` as ``quran``.

    Examples
    --------
    >>> join_apostrophes("jum'at")
    'jumat'
    """
    return word.translate(_APOSTROPHES)


def has_run(word: str) -> bool:
    """Whether a letter stands double or more often."""
    return _RUN.search(word) is not None


def has_long_run(word: str) -> bool:
    """Whether a letter stands three times or more."""
    return _RUN_OF_THREE.search(word) is not None


def shorten_elongation(
    word: str, known: Container[str], *, frequency: Callable[[str], float] = lambda word: 0.0
) -> str:
    """Shorten letters that are written three times or more.

    The spelling with double letters is taken if it is a known word, else the one with single letters in the long runs,
    else the one with single letters throughout, unless another known one is more frequent. If none is known, the long
    runs get single letters.

    Parameters
    ----------
    word
        One lower-case word.
    known
        Words to recognise: roots and lexicon entries.
    frequency
        How often a known word is written.

    Examples
    --------
    >>> shorten_elongation("baguuus", {"bagus"}), shorten_elongation("maaaaf", {"maaf"})
    ('bagus', 'maaf')
    >>> shorten_elongation("covid", set())
    'covid'
    """
    if _RUN_OF_THREE.search(word) is None or _ROMAN.fullmatch(word) or word == word[0] * len(word):
        return word  # of one letter: *ppp* is a party, *zzz* a snore
    double, single = _RUN_OF_THREE.sub(r"\1\1", word), _RUN_OF_THREE.sub(r"\1", word)
    spellings = [spelling for spelling in (double, single, _RUN.sub(r"\1", word)) if spelling in known]
    return max(spellings, key=frequency) if spellings else single


def shorten_doubled(word: str, known: Container[str]) -> str:
    """Write letters that stand double once if that makes a known word; ``word`` itself should not be one.

    Examples
    --------
    >>> shorten_doubled("bangett", {"banget"}), shorten_doubled("massih", {"masih"}), shorten_doubled("anna", set())
    ('banget', 'masih', 'anna')
    """
    if len(word) > LONGEST_WORD:  # to look for the last run takes time in the square of its length
        return word
    for short, shortest in ((_LAST_RUN.sub(r"\1", word), 2), (_RUN.sub(r"\1", word), 3)):
        if short != word and len(short) >= shortest and short in known:
            return short
    return word


def unify_laughter(word: str) -> str:
    """Write laughter of any length alike: ``wkwkwkwk`` and ``hahahah`` as ``hahaha``, ``hehehe`` as ``hehe``.

    Examples
    --------
    >>> unify_laughter("wkwkwkwk"), unify_laughter("hahahahah"), unify_laughter("hehehehe"), unify_laughter("hihi")
    ('hahaha', 'hahaha', 'hehe', 'hihi')
    """
    if len(word) < 4:
        return word
    if _LAUGHTER_WK.fullmatch(word) or _LAUGHTER_HA.fullmatch(word):
        return "hahaha"
    vowel = _LAUGHTER_HE.fullmatch(word)
    return f"h{vowel[1]}h{vowel[1]}" if vowel else word


def letters_for_digits(word: str, known: Container[str]) -> str:
    """Read digits as the letters that they look like, if that makes a known word.

    A number beside a known word is a number (``4jam``, ``kelas1``), a word needs as many letters as digits, and three
    signs with a digit behind the first are an abbreviation (``p3k``).

    Examples
    --------
    >>> [letters_for_digits(word, {"aku", "sayang", "bersama", "jam"}) for word in ["4ku", "s4y4n9", "b3rs4m4", "4jam"]]
    ['aku', 'sayang', 'bersama', '4jam']
    """
    if not 3 <= len(word) <= LONGEST_WORD or not _DIGITS_AMONG_LETTERS.fullmatch(word):
        return word
    if len(word) == 3 and not word[0].isdigit():
        return word
    digits = sum(character.isdigit() for character in word)
    without = word.strip("0123456789")
    if (
        2 * digits > len(word)
        or _NUMBER_AND_SUFFIX.fullmatch(word)
        or (without in known and without.isalpha() and without != "ku")
    ):
        return word
    read = word.translate(_LOOKS_LIKE)
    return read if read in known else word


def expand_reduplication(word: str, known: KnownRoots | None = None) -> str:
    """Write ``anak2`` as ``anak-anak`` and ``anak2nya`` as ``anak-anaknya``.

    Parameters
    ----------
    word
        One lower-case word.
    known
        Roots: with them only the root of a verb is doubled, as in ``ber-lari2`` and ``dibuat2``. A noun in *pe-* or
        *-an* is doubled whole.

    Examples
    --------
    >>> expand_reduplication("anak2"), expand_reduplication("anak2nya"), expand_reduplication("g20")
    ('anak-anak', 'anak-anaknya', 'g20')
    """
    match = _WRITTEN_WITH_2.fullmatch(word) if len(word) <= LONGEST_WORD else None
    if match is None:
        return word
    base, suffix = match[1].replace("-", ""), match[2] or ""
    if known is not None and not known.is_root(base):
        prefix = next((p for p in _VERB_PREFIXES if base.startswith(p) and known.is_root(base[len(p) :])), "")
        if prefix and len(base) - len(prefix) >= 3:
            return f"{base}-{base[len(prefix) :]}{suffix}"
    return f"{base}-{base}{suffix}"


def replace_slang(word: str, slang: Mapping[str, str]) -> list[str]:
    """Formal words for an informal one, which may be several; a word without an entry comes back alone.

    Both halves of a reduplication are looked up: ``temen-temen`` becomes ``teman-teman``.

    Examples
    --------
    >>> replace_slang("mksh", {"mksh": "terima kasih"}), replace_slang("temen-temen", {"temen": "teman"})
    (['terima', 'kasih'], ['teman-teman'])
    >>> replace_slang("dibales-bales", {"bales": "balas", "dibales": "dibalas"})
    ['dibalas-balas']
    """
    formal = slang.get(word)
    if formal is not None:
        return formal.split(" ")
    first, hyphen, second = word.partition("-")
    if hyphen and second and (first.endswith(second) or second.startswith(first)):
        halves = slang.get(first, first).split(" ")
        again = halves[-1] if first == second else slang.get(second, second)
        if again == second and first == halves[-1]:
            return [word]
        if "-" in again:  # mudahan stands for mudah-mudahan itself
            return [word]
        if " " not in again:
            return [*halves[:-1], f"{halves[-1]}-{again}"]
    return [word]
