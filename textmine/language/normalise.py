"""Rules that bring one informal word to its formal spelling: elongation, reduplication, apostrophes, slang.

Every rule works on a vocabulary type, never on a token: 150 million tokens hold well under a million types.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

_APOSTROPHES: Final = str.maketrans("", "", "'’ʼ")
_RUN_OF_THREE: Final = re.compile(r"([^\W\d])\1{2,}")
_RUN: Final = re.compile(r"([^\W\d])\1+")
_WRITTEN_WITH_2: Final = re.compile(r"([^\W\d]{3,})2(nya|ku|mu|an|lah|kah|in|i|kan)?")


def join_apostrophes(word: str) -> str:
    """Write ``jum'at`` as ``jumat`` and ``qur'an`` as ``quran``.

    Examples
    --------
    >>> join_apostrophes("jum'at")
    'jumat'
    """
    return word.translate(_APOSTROPHES)


def shorten_elongation(word: str, known: Collection[str]) -> str:
    """Shorten letters that are written three times or more.

    The spelling with double letters is taken if it is a known word, else the one with single letters, else single
    letters in the long runs only.

    Parameters
    ----------
    word
        One lower-case word.
    known
        Words to recognise: roots and lexicon entries.

    Examples
    --------
    >>> shorten_elongation("baguuus", {"bagus"}), shorten_elongation("maaaaf", {"maaf"})
    ('bagus', 'maaf')
    >>> shorten_elongation("covid", set())
    'covid'
    """
    if _RUN_OF_THREE.search(word) is None:
        return word
    double = _RUN_OF_THREE.sub(r"\1\1", word)
    if double in known:
        return double
    single = _RUN_OF_THREE.sub(r"\1", word)
    if single in known:
        return single
    bare = _RUN.sub(r"\1", word)
    return bare if bare in known else single


def expand_reduplication(word: str) -> str:
    """Write ``anak2`` as ``anak-anak`` and ``anak2nya`` as ``anak-anaknya``.

    Examples
    --------
    >>> expand_reduplication("anak2"), expand_reduplication("anak2nya"), expand_reduplication("g20")
    ('anak-anak', 'anak-anaknya', 'g20')
    """
    match = _WRITTEN_WITH_2.fullmatch(word)
    if match is None:
        return word
    return f"{match[1]}-{match[1]}{match[2] or ''}"


def replace_slang(word: str, slang: Mapping[str, str]) -> list[str]:
    """Formal words for an informal one, which may be several; a word without an entry comes back alone.

    Both halves of a reduplication are looked up: ``temen-temen`` becomes ``teman-teman``.

    Examples
    --------
    >>> replace_slang("mksh", {"mksh": "terima kasih"}), replace_slang("temen-temen", {"temen": "teman"})
    (['terima', 'kasih'], ['teman-teman'])
    """
    formal = slang.get(word)
    if formal is not None:
        return formal.split(" ")
    first, hyphen, second = word.partition("-")
    if hyphen and first == second and first in slang and " " not in slang[first]:
        return [f"{slang[first]}-{slang[first]}"]
    return [word]
