"""Sastrawi's Indonesian stemmer, for the types of a vocabulary: the same stems, an order of magnitude faster.

The algorithm is the confix stripping of Nazief and Adriani with its later amendments (CS, ECS, modified ECS), and its
results are those of PySastrawi 1.2.1, letter by letter, whatever the text. What is gained comes from three places: a
prefix rule is looked up by the first letters of the word instead of trying all forty in turn
(:mod:`textmine.language.affixes`); suffixes and prefixes are slices, not regular expressions; and a word that no
prefix rule can touch skips every step that only strips prefixes. Nothing is remembered from one word to the next.

References
----------
Nazief, B. and Adriani, M. (1996). Confix Stripping: Approach to Stemming Algorithm for Bahasa Indonesia.
Asian, J. (2007). Effective Techniques for Indonesian Text Retrieval. PhD thesis, RMIT University.
Arifin, A. Z., Mahendra, I P. A. K. and Ciptaningtyas, H. T. (2009). Enhanced Confix Stripping Stemmer and Ants
Algorithm for Classifying News Document in Indonesian Language. ICTS, 149-158.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence, Set
from importlib.resources import files

from textmine.errors import ResourceNotFoundError
from textmine.language.affixes import (
    CLITICS,
    PLAIN_PREFIXES,
    PREFIX_RULES,
    without_derivation,
    without_particle,
    without_possessive,
)

# IGNORECASE is Sastrawi's: by it "ı" and "ſ" count as letters a to z and stay.
_NOT_OF_A_WORD = re.compile(r"[^a-z0-9 -]", re.IGNORECASE)

_SHORTEST_FIRST = 4


def load_roots() -> frozenset[str]:
    """Read the 29,932 root words that PySastrawi installs beside its code.

    Returns
    -------
    frozenset of str
        Lower-case roots; some hold hyphens (*cumi-cumi*).

    Raises
    ------
    ResourceNotFoundError
        If PySastrawi, or the list within it, is not installed.

    Examples
    --------
    >>> "ajar" in load_roots()
    True
    """
    place = "Sastrawi/Stemmer/data/kata-dasar.txt of the package PySastrawi"
    try:
        text = files("Sastrawi").joinpath("Stemmer", "data", "kata-dasar.txt").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise ResourceNotFoundError("the list of Indonesian roots", places=[place]) from error
    return _without_empty(text.split("\n"))


class SastrawiStemmer:
    """Reduce Indonesian words to their roots, as PySastrawi 1.2.1 does.

    Parameters
    ----------
    roots
        The dictionary; by default :func:`load_roots`. A stem is always a root: a word that leads to none stays as it
        is.
    extra_roots
        Words added to the dictionary.
    protected
        Words that are given back as they are, whatever the rules say: names, for instance. They are compared with the
        whole word given, in the spelling given.
    tried_first
        Roots that go before the others: a word that leads to one of them, of four letters or more, gets it, whatever
        Sastrawi's order is. With :func:`textmine.language.frequencies.load_common_roots` *gerakan* gives *gerak* and
        not *gera*, *memuaskan* *puas* and not *muas*. Empty: Sastrawi's own stems.

    Notes
    -----
    A word is meant to be one type of a vocabulary in lower case. As in PySastrawi, anything else is normalised first:
    upper case is lowered, what is neither a to z, a digit nor a hyphen becomes a space, and the words between
    the spaces are stemmed one by one and joined by single spaces. So ``café`` gives ``caf``, and ``!`` the empty
    string.

    A type costs about 2 microseconds (``bench/stemming.py``). Nothing is cached: a vocabulary holds each type once.

    Examples
    --------
    >>> stemmer = SastrawiStemmer(["pengaruh", "tiru", "bekas"], protected=["bekasi"])
    >>> stemmer.stem_types(["mempengaruhi", "meniru-nirukan", "bekasi", "bekasan"])
    ['pengaruh', 'tiru', 'bekasi', 'bekas']
    """

    def __init__(
        self,
        roots: Iterable[str] | None = None,
        *,
        extra_roots: Iterable[str] = (),
        protected: Collection[str] = (),
        tried_first: Collection[str] = (),
    ) -> None:
        self._roots = (load_roots() if roots is None else _without_empty(roots)) | _without_empty(extra_roots)
        self._protected = frozenset(protected)
        self._first = self._roots & frozenset(tried_first)

    def stem(self, word: str) -> str:
        """Give the stem of one word.

        Parameters
        ----------
        word
            One lower-case type; see the notes of the class for anything else.

        Returns
        -------
        str
            A root, or the word itself where no rule leads to a root.
        """
        if word in self._protected:
            return word
        if self._first:
            return " ".join([self._first_or_any(part) for part in _normalised(word).split(" ")])
        if word.isalpha() and word.isascii() and word.islower():
            return _stem_singular(word, self._roots)
        return " ".join([_stem_word(part, self._roots) for part in _normalised(word).split(" ")])

    def stem_types(self, types: Sequence[str]) -> list[str]:
        """Give the stems of the types of a vocabulary.

        Parameters
        ----------
        types
            (n_types,) lower-case words, as for :meth:`stem`.

        Returns
        -------
        list of str
            (n_types,) stems in the same order.
        """
        stem = self.stem
        return [stem(word) for word in types]

    def _first_or_any(self, word: str) -> str:
        """Stem by the roots that are tried first, else by all."""
        if word not in self._roots:
            stem = _stem_word(word, self._first)
            # Short roots are found in too many words: terap would give rap, kemas mas.
            if len(stem) >= _SHORTEST_FIRST and stem in self._first:
                return stem
        return _stem_word(word, self._roots)


def _without_empty(words: Iterable[str]) -> frozenset[str]:
    return frozenset(words) - {""}


def _normalised(text: str) -> str:
    return re.sub(" +", " ", _NOT_OF_A_WORD.sub(" ", text.lower())).strip()


def _stem_word(word: str, roots: Set[str]) -> str:
    """Send a word to the singular or the plural way; *buku-nya* is no plural, *buku-buku* and *buku-bukunya* are."""
    head, hyphen, tail = word.rpartition("-")
    if hyphen and (tail not in CLITICS or "-" in head):
        return _stem_plural(word, head, tail, roots)
    return _stem_singular(word, roots)


def _stem_plural(word: str, first: str, second: str, roots: Set[str]) -> str:
    """Stem both sides of a reduplication; where they disagree the word stays as it is."""
    if second in CLITICS and "-" in first:  # malaikat-malaikat-nya: malaikat, malaikat-nya
        first, _, middle = first.rpartition("-")
        second = f"{middle}-{second}"
    first_stem = _stem_singular(first, roots)
    second_stem = _stem_singular(second, roots)
    if second_stem == second and second not in roots:  # meniru-nirukan: nirukan lacks the me- that made it of tiru
        second_stem = _stem_singular("me" + second, roots)
    return first_stem if first_stem == second_stem else word


def _stem_singular(word: str, roots: Set[str]) -> str:
    if word in roots:
        return word
    if len(word) <= 3:  # only a plain prefix comes off a word so short
        return word[2:] if word[:2] in PLAIN_PREFIXES and word[2:] in roots else word
    no_prefix = word[:3] not in PREFIX_RULES
    if not no_prefix and _prefix_goes_first(word):
        stem = _without_suffixes(_without_prefixes(word, roots), roots)[-1]
        if stem in roots:
            return stem
    stages = _without_suffixes(word, roots)
    stem = stages[-1]
    if stem in roots:
        return stem
    if not no_prefix:
        stem = _without_prefixes(stem, roots)
        if stem in roots:
            return stem
    return _with_suffixes_returned(stages, roots) or word


def _prefix_goes_first(word: str) -> bool:
    """Whether be-…-lah, be-…-an, me-…-i, di-…-i, pe-…-i or ter-…-i surround the word."""
    if word[-1] == "i":
        return word.startswith(("me", "di", "pe", "ter"))
    return word.startswith("be") and word.endswith(("lah", "an"))


def _without_prefixes(word: str, roots: Set[str]) -> str:
    """Take prefixes off, three at most, until a root is left or no rule fires."""
    for _ in range(3):
        rule = PREFIX_RULES.get(word[:3])
        if rule is None:
            return word
        rest = rule(word, roots)
        if rest in roots or rest is word:
            return rest
        word = rest
    return word


def _without_suffixes(word: str, roots: Set[str]) -> list[str]:
    """Take off a particle, a possessive and a derivational suffix until a root is left.

    Gives the word in all its stages, from the whole to what is left.
    """
    stages = [word]
    if word in roots:
        return stages
    for strip in (without_particle, without_possessive, without_derivation):
        rest = strip(word)
        if rest is not word:
            stages.append(rest)
            if rest in roots:
                break
            word = rest
    return stages


def _with_suffixes_returned(stages: list[str], roots: Set[str]) -> str | None:
    """Put suffixes back one by one and take the prefixes off again: a root may end like a suffix.

    What was taken for *-kan* may be the *-k* of the root and *-an*: masukan, masuk.
    """
    for longer, shorter in zip(stages[-2::-1], stages[:0:-1], strict=True):
        candidates = (shorter + "k", longer) if longer == shorter + "kan" else (longer,)
        for candidate in candidates:
            if candidate in roots and candidate[:2] not in PLAIN_PREFIXES:
                return candidate
            stem = _without_prefixes(candidate, roots)
            if stem in roots:
                return stem
    return None
