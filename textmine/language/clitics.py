"""Colloquial affixes and clitics of one word: ``bukux``, ``isiny``, ``temenku``, ``kirimin``, ``ngirim``, ``kepotong``.

The rules propose formal words and the frequencies of Indonesian decide: ``nyari`` could be *menyari* or *mencari*,
``bayarin`` *bayarkan* or *bayari*; the one that people write is taken, and none if nobody writes it.

References
----------
Sneddon, J. N. (2006). Colloquial Jakartan Indonesian. Pacific Linguistics 581, chapters 2 and 3 (nasal verbs, *-in*).
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from typing import Final

from textmine.language.spelling import KnownWords, zipf

_CLITIC: Final = re.compile(r"(.{2,}?)(nya|ku|mu|lah|kah)")
_WRITTEN_SHORT: Final = re.compile(r"(.{3,})(x|ny|nye)")
_ENDS: Final = ("nya", "ku", "mu", "lah", "kah", "x", "ny", "nye")
_NEGATIONS: Final = ("nggak", "ngga", "gak", "ga")
_VOWELS: Final = frozenset("aiueo")
_RARE: Final = 2.0
_COMMON: Final = 3.3
"""Zipf frequency that a proposed word must have: rare ones are as often a coincidence."""


def complete_clitic(word: str, *, slang: Mapping[str, str], known: Container[str]) -> str:
    """Write ``-x``, ``-ny`` and ``-nye`` as *-nya*, and make the word before a clitic formal.

    Parameters
    ----------
    word
        One lower-case word.
    slang
        Informal words with their formal ones.
    known
        Words of the standard language.

    Examples
    --------
    >>> complete_clitic("bukux", slang={}, known={"buku"}), complete_clitic("isiny", slang={}, known={"isi"})
    ('bukunya', 'isinya')
    >>> complete_clitic("temenku", slang={"temen": "teman"}, known={"teman"})
    'temanku'
    >>> complete_clitic("netflix", slang={}, known=set()), complete_clitic("bukunya", slang={}, known={"bukunya"})
    ('netflix', 'bukunya')
    """
    if not word.endswith(_ENDS) or word in known:
        return word
    short = _WRITTEN_SHORT.fullmatch(word)
    if short is not None and not _is_written(word) and (formal := _formal(short[1], slang, known)) is not None:
        return f"{formal}nya"
    whole = _CLITIC.fullmatch(word)
    if whole is not None and whole[1] in slang and (formal := _formal(whole[1], slang, known)) is not None:
        return f"{formal}{whole[2]}"
    return word


def _is_written(word: str) -> bool:
    """Whether a word is somebody's word as it stands: *pertamax* is no *pertamanya*, *gautama* no *tidak utama*."""
    return zipf(word) >= _COMMON or zipf(word, "en") >= _RARE


def _formal(stem: str, slang: Mapping[str, str], known: Container[str]) -> str | None:
    formal = slang.get(stem)
    if formal is not None:
        return None if " " in formal else formal
    return stem if stem in known else None


def part_negation(word: str, known: Container[str]) -> str:
    """Part a joined negation from its word: ``gasanggup`` becomes *tidak sanggup*.

    Examples
    --------
    >>> part_negation("gasanggup", {"sanggup"}), part_negation("gadis", {"gadis"}), part_negation("garuda", set())
    ('tidak sanggup', 'gadis', 'garuda')
    """
    if not word.startswith(_NEGATIONS) or word in known:
        return word
    for negation in _NEGATIONS:
        rest = word.removeprefix(negation)
        if rest != word and len(rest) >= 4 and rest in known and zipf(rest) >= _COMMON and not _is_written(word):
            return f"tidak {rest}"
    return word


def formal_affixes(word: str, known: KnownWords) -> str:
    """Write a colloquial verb with formal affixes: *-in*, *ng-*, *nge-*, *ny-*, *m-*, *n-*, *ke-*.

    Parameters
    ----------
    word
        One lower-case word that is neither known nor in a lexicon.
    known
        Words of the standard language.

    Examples
    --------
    >>> known = KnownWords()
    >>> [formal_affixes(word, known) for word in ["kirimin", "ngirim", "nyari", "ngebantu", "kepotong", "telkom"]]
    ['kirimkan', 'mengirim', 'mencari', 'membantu', 'terpotong', 'telkom']
    """
    if not (word.isascii() and word.isalpha() and 5 <= len(word) <= 20):
        return word
    bare, clitic = _split_clitic(word)
    if not (bare.startswith(("n", "m", "ke")) or bare.endswith("in")):
        return word
    candidates = [form for form in _candidates(bare, known) if form in known and zipf(form) >= _COMMON]
    return f"{max(candidates, key=zipf)}{clitic}" if candidates else word


def _split_clitic(word: str) -> tuple[str, str]:
    for clitic in ("nya", "lah"):
        if word.endswith(clitic) and len(word) >= 5 + len(clitic):
            return word.removesuffix(clitic), clitic
    return word, ""


def _candidates(word: str, known: KnownWords) -> Iterator[str]:
    """Formal verbs that the word may stand for; the caller drops those that are no words."""
    yield from _nasal_verbs(word, known)
    if word.endswith("in") and len(word) >= 6:
        base = word[:-2]
        bases = [base] if _rest_is_root(base, known) else []
        for verb in (*bases, *_nasal_verbs(base, known)):
            yield f"{verb}kan"
            yield f"{verb}i"
    if word.startswith("ke") and known.is_root(word[2:]) and len(word) >= 6:
        yield f"ter{word[2:]}"


def _rest_is_root(base: str, known: KnownWords) -> bool:
    return known.is_root(base) or any(
        base.startswith(prefix) and known.is_root(base.removeprefix(prefix)) for prefix in ("di", "per")
    )


def _nasal_verbs(word: str, known: KnownWords) -> Iterator[str]:
    if word.startswith("nge"):
        yield from _active_forms(word[3:], known)
    if word.startswith("ng"):
        for root in (word[2:], f"k{word[2:]}"):
            yield from _active_forms(root, known)
    elif word.startswith("ny"):
        for root in (f"s{word[2:]}", f"c{word[2:]}"):
            yield from _active_forms(root, known)
    elif word.startswith("m"):
        yield from _active_forms(f"p{word[1:]}", known)
    elif word.startswith("n"):
        yield from _active_forms(f"t{word[1:]}", known)


def _active_forms(root: str, known: KnownWords) -> Iterator[str]:
    """Verb in *me-* of a root, with the nasal that its first letter asks for."""
    if len(root) < 3 or not known.is_root(root):
        return
    first = root[0]
    if first in _VOWELS or first in "gh":
        yield f"meng{root}"
    elif first == "k":
        yield f"meng{root[1:]}"
    elif first in "bfv":
        yield f"mem{root}"
    elif first == "p":
        yield f"mem{root[1:]}"
    elif first in "cdjz":
        yield f"men{root}"
    elif first == "t":
        yield f"men{root[1:]}"
    elif first == "s":
        yield f"meny{root[1:]}"
    else:
        yield f"me{root}"
