"""How likely a word is: frequency lists, and beside them the words that such lists lack.

The lists are data of the wordfreq package (CC BY-SA 4.0). They are read where that package installs them, anew at every
call; nothing of them is kept or copied into textmine.

References
----------
Speer, R. (2022). rspeer/wordfreq, version 3.0. Zenodo. https://doi.org/10.5281/zenodo.7199437
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Final

from textmine.language.lexicons import load_names, load_slang, load_spelling, load_stopwords
from textmine.language.sastrawi import load_roots

_CENTIBEL: Final = 10 ** (-1 / 100)
_APOSTROPHES: Final = str.maketrans("", "", "'’")
_PARTS: Final = re.compile(r"[^\W_]+")

# Chosen on the development halves of the hashtags in bench/accuracy_hashtags.py; the logarithms are natural.
_FURTHER_LANGUAGE: Final = 0.2  # a hashtag is first of all in the first language
_LEAST_SHARE: Final = 1e-7  # of a word of a further language: rarer entries would break up words of the first
_NAME, _NAME_PART, _PHRASE, _SLANG, _ROOT, _ROMAN_NUMERAL, _EXTRA = -12.5, -13.0, -13.5, -14.0, -15.5, -11.0, -12.0
_RARER_FOR_THREE_LETTERS: Final = {"slang": 2.0, "root": 4.0}
_SHORT: Final = {1: 5.0, 2: 4.0, 3: 1.0}  # letters: how much a list overrates such a short word
_ROMAN: Final = ("ii iii iv vi vii viii ix xi xii xiii xiv xv xvi xvii xviii xix xx xxi xxii xxiii xxiv xxv").split()
_WORDS_OF_ONE_LETTER: Final = frozenset("aiu")
_CAMPAIGNS: Final = ("covid19", "di rumah aja")  # the lists hold "dirumahaja": they were drawn from tweets, too


def load_frequencies(language: str, *, least: float = 0.0) -> dict[str, float]:
    """Read the share of each word among all words of a language.

    Parameters
    ----------
    language
        Code of a language that wordfreq lists: ``id``, ``en``, ``ms``, …
    least
        Words with a smaller share are left out: 1e-6 is one word in a million.

    Returns
    -------
    dict of str to float
        Lower-case words of letters and digits, with their shares. Apostrophes are taken out, as hashtags have none, and
        the shares of words that become equal are added up. Words with other signs are left out.

    Raises
    ------
    ValueError
        wordfreq has no list of that language.

    Notes
    -----
    The Indonesian list holds 31,000 words down to one in a million, the English one 308,000 down to one in a hundred
    million.

    Examples
    --------
    >>> shares = load_frequencies("id")
    >>> shares["yang"] > shares["rumah"] > 1e-4
    True
    """
    import wordfreq

    lists = wordfreq.available_languages("best")
    if language not in lists:
        raise ValueError(f"no list of frequencies for {language!r}; there are {', '.join(sorted(lists))}")
    shares: dict[str, float] = {}
    for centibels, words in enumerate(wordfreq.read_cBpack(lists[language])):
        share = _CENTIBEL**centibels
        if share < least:
            break
        for written in words:
            word = written.translate(_APOSTROPHES)
            if word.isalnum():
                shares[word] = shares.get(word, 0.0) + share
    return shares


def load_common_roots() -> frozenset[str]:
    """Sastrawi's roots that the Indonesian frequency list has: those that are met about once in a million words.

    Returns
    -------
    frozenset of str
        For ``SastrawiStemmer(tried_first=...)``.

    Examples
    --------
    >>> common = load_common_roots()
    >>> "gerak" in common, "gera" in common, "gera" in load_roots()
    (True, False, True)
    """
    return load_roots() & load_frequencies("id").keys()


@dataclass(frozen=True)
class WordScores:
    """What may stand in a hashtag.

    Attributes
    ----------
    words
        Lower-case words, and multi-word names written together, with the natural logarithms of their probabilities.
    phrases
        The words of those multi-word names.
    roots
        The words among them that take Indonesian affixes.
    """

    words: dict[str, float]
    phrases: dict[str, tuple[str, ...]]
    roots: frozenset[str]


def load_word_scores(
    languages: Sequence[str], *, names: Iterable[str] | None = None, extra_words: Iterable[str] = ()
) -> WordScores:
    """Put frequency lists, roots, slang and names together.

    Parameters
    ----------
    languages
        Codes of languages, the main one first. Sastrawi's roots, textmine's slang and its gazetteer join with ``id``.
    names
        Names of one or more words; None takes :func:`~textmine.language.lexicons.load_names` with ``id``, else none.
    extra_words
        Further words or phrases, which count as rather frequent.

    Raises
    ------
    ValueError
        There is no language, or wordfreq does not list one of them.

    Examples
    --------
    >>> scores = load_word_scores(["id"], extra_words=["jogo tonggo"])
    >>> scores.phrases["jogotonggo"], "rumah" in scores.roots, scores.words["rumah"] > scores.words["kemenkes"]
    (('jogo', 'tonggo'), True, True)
    """
    if not languages:
        raise ValueError("name at least one language")
    indonesian = "id" in languages
    roots = frozenset(root for root in load_roots() if root.isalpha() and len(root) >= 3) if indonesian else frozenset()
    if names is None:
        names = load_names() if indonesian else ()
    parts_of_names = [_PARTS.findall(name.lower()) for name in names]
    listed = load_stopwords() | roots | {part for parts in parts_of_names for part in parts}
    words = _scores_of_lists(languages, listed)
    _add(words, ((root, _ROOT - _rarer("root", root)) for root in roots))
    phrases: dict[str, tuple[str, ...]] = {}
    if indonesian:
        _add_slang(words, phrases)
    _add_names(words, phrases, parts_of_names, _NAME, _NAME_PART)
    _add(words, ((numeral, _ROMAN_NUMERAL) for numeral in _ROMAN))
    _add_names(words, phrases, [_PARTS.findall(word.lower()) for word in (*_CAMPAIGNS, *extra_words)], _EXTRA, _EXTRA)
    _add(words, ((phrase, _PHRASE) for phrase in phrases))
    return WordScores(words, phrases, roots)


def _scores_of_lists(languages: Sequence[str], listed: Set[str]) -> dict[str, float]:
    """Mixed shares as logarithms; short words that no other list holds are mostly abbreviations and scraps."""
    shares: dict[str, float] = {}
    for place, language in enumerate(languages):
        weight, least = (_FURTHER_LANGUAGE, _LEAST_SHARE) if place else (1.0, 0.0)
        for word, share in load_frequencies(language, least=least).items():
            shares[word] = shares.get(word, 0.0) + weight * share
    return {
        word: math.log(share) - (0.0 if word in listed else _SHORT.get(len(word), 0.0))
        for word, share in shares.items()
        if not word.isdecimal() and (len(word) > 1 or word in _WORDS_OF_ONE_LETTER)
    }


def _add(words: dict[str, float], scored: Iterable[tuple[str, float]]) -> None:
    for word, score in scored:
        if score > words.get(word, -math.inf):
            words[word] = score


def _rarer(kind: str, word: str) -> float:
    return _RARER_FOR_THREE_LETTERS[kind] if len(word) == 3 else 0.0


def _add_slang(words: dict[str, float], phrases: dict[str, tuple[str, ...]]) -> None:
    """Slang and misspellings stay as they are, but what is only written together (*terimakasih*) comes apart."""
    for informal, formal in (load_slang() | load_spelling()).items():
        if informal.isalpha() and len(informal) >= 3:
            _add(words, [(informal, _SLANG - _rarer("slang", informal))])
            if " " in formal and formal.replace(" ", "") == informal:
                phrases[informal] = tuple(formal.split())


def _add_names(
    words: dict[str, float],
    phrases: dict[str, tuple[str, ...]],
    names: Iterable[Sequence[str]],
    whole: float,
    part: float,
) -> None:
    """Where a name is listed in one word and in two (*astacita*), the two win."""
    for parts in names:
        _add(words, ((word, whole if len(parts) == 1 else part) for word in parts if len(word) > 1))
        if len(parts) > 1:
            phrases["".join(parts)] = tuple(parts)
