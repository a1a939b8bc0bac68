"""The words inside a hashtag: the likeliest reading of letters that are written together.

Every reading of the letters as words has a probability, the product of those of its words; the likeliest is found by
Viterbi's algorithm in time linear in the length. Three things are special to hashtags. Capitals and digits show borders
between words, but not reliably (*CoronaVIRUS*, *KINGnews*, *inovatifdanUnggul*), so they make borders cheap and missing
borders dear instead of cutting at once. A stretch that no list knows may be one unknown word, the less likely the
longer it is, so that names stay whole. And Indonesian words with affixes are recognised by their roots
(:mod:`textmine.language.derivation`).

References
----------
Norvig, P. (2009). Natural Language Corpus Data. In Segaran, T. and Hammerbacher, J. (eds.), Beautiful Data, O'Reilly,
219-242.
Çelebi, A. and Özgür, A. (2018). Segmenting Hashtags and Analyzing Their Grammatical Structure. JASIST 69(5), 675-686.
"""

from __future__ import annotations

import heapq
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Final, NamedTuple

from textmine.language.derivation import Derivation
from textmine.language.frequencies import WordScores, load_word_scores
from textmine.language.unicode_forms import normal_form

# Natural logarithms, chosen on the development halves of the hashtags in bench/accuracy_hashtags.py.
_UNKNOWN, _UNKNOWN_LETTER = 12.0, 2.75
_NUMBER, _CODE, _DOUBLED, _STRETCHED = 6.0, 12.0, 3.0, 3.0
_SKIPPED_BORDER, _HIDDEN_BORDER = 12.0, 5.0

_ASCII_PARTS: Final = re.compile(r"[a-z0-9]+")
_CODES: Final = re.compile(r"[a-z]\d{1,2}(?!\d)|\d[a-z](?!\d)|[a-z]\d[a-z]")  # g20, 3m, f4f
_LETTER_THREE_TIMES: Final = re.compile(r"([^\W\d_])\1\1")
_LONGEST_STRETCH: Final = 40
_LONGEST_HASHTAG: Final = 1_000  # no platform allows longer ones: what is longer is noise


@dataclass(frozen=True)
class Segmentation:
    """One reading of a hashtag.

    Attributes
    ----------
    words
        Its words in lower case.
    score
        Natural logarithm of its probability, lowered by the costs of borders against the capitals. Scores are to be
        compared among the readings of one hashtag.
    """

    words: tuple[str, ...]
    score: float


class HashtagSegmenter:
    """Find the words of hashtags.

    Parameters
    ----------
    languages
        Codes of the languages of the hashtags, the main one first; wordfreq must have lists of them.
    names
        Names of one or more words; None takes textmine's gazetteer if Indonesian is among the languages, else none.
    extra_words
        Words and phrases of the user's own: slogans, products.

    Raises
    ------
    ValueError
        There is no language, or wordfreq does not list one of them.

    Notes
    -----
    Making one reads the word lists and takes about half a second; keep it. It holds some 140,000 words for Indonesian
    and English. A hashtag is read in about 50 microseconds, and nothing is remembered from one to the next.

    A hashtag is best given in the spelling with the most capitals: its identity
    (:func:`~textmine.language.hashtags.hashtag_identity`) has lost the borders that the writers showed.

    Letters and digits stay as written; only case and compatibility forms (NFKC) are folded. Acronyms stay whole,
    numbers stand apart unless letters and digits are one name (*k3*, *covid19*) or a 2 repeats a word (*masa2*).

    Examples
    --------
    >>> segmenter = HashtagSegmenter()
    >>> segmenter.segment("#BanggaBuatanIndonesia"), segmenter.segment("#vaksinuntukkita")
    (['bangga', 'buatan', 'indonesia'], ['vaksin', 'untuk', 'kita'])
    >>> segmenter.segment_types(["HUTRI75", "ponxx", "dirumahAja"])
    [['hut', 'ri', '75'], ['pon', 'xx'], ['di', 'rumah', 'aja']]
    >>> [reading.words for reading in segmenter.alternatives("terimakasih", n=1)]
    [('terima', 'kasih')]
    """

    def __init__(
        self,
        languages: Sequence[str] = ("id", "en"),
        *,
        names: Iterable[str] | None = None,
        extra_words: Iterable[str] = (),
    ) -> None:
        self._finder = _WordFinder(load_word_scores(languages, names=names, extra_words=extra_words))

    def segment(self, hashtag: str) -> list[str]:
        """Give the words of the likeliest reading, in lower case.

        Parameters
        ----------
        hashtag
            With or without its sign. Whatever is neither letter nor digit separates words. More than 1,000 letters and
            digits are no hashtag of any platform; nothing else separates their words.
        """
        written, lower, spans = _stretches(hashtag)
        if _too_long(spans):
            return [lower[start:end] for start, end in spans]
        words: list[str] = []
        for start, end in spans:
            part = _part(written[start:end], lower[start:end])
            words += self._finder.apart(part.letters, _likeliest(part, self._finder))
        return words

    def segment_types(self, types: Iterable[str]) -> list[list[str]]:
        """Give the words of each type of a vocabulary of hashtags, in its order: ``(n_types,)``."""
        segment = self.segment
        return [segment(hashtag) for hashtag in types]

    def alternatives(self, hashtag: str, *, n: int = 5) -> list[Segmentation]:
        """Give up to ``n`` readings, the likeliest first.

        The first is that of :meth:`segment`; a hashtag of more than 1,000 letters and digits has no other.

        Raises
        ------
        ValueError
            ``n`` is less than 1.
        """
        if n < 1:
            raise ValueError(f"n is {n}; ask for at least one reading")
        written, lower, spans = _stretches(hashtag)
        if _too_long(spans):
            score = sum(-_UNKNOWN - _UNKNOWN_LETTER * (end - start) for start, end in spans)
            return [Segmentation(tuple(lower[start:end] for start, end in spans), score)]
        readings: dict[tuple[str, ...], float] = {(): 0.0}
        for start, end in spans:
            part = _part(written[start:end], lower[start:end])
            # A phrase and its words are two paths to one reading: look for more than are wanted.
            found: dict[tuple[str, ...], float] = {}
            for score, borders in _likeliest_paths(part, self._finder, 2 * n):
                found.setdefault(tuple(self._finder.apart(part.letters, borders)), score)
            joined = {(*old, *new): a + b for old, a in readings.items() for new, b in found.items()}
            readings = dict(heapq.nlargest(n, joined.items(), key=lambda reading: reading[1]))
        return [Segmentation(words, score) for words, score in readings.items() if words]


class _Part(NamedTuple):
    """Letters and digits in a row."""

    letters: str
    cuts: Sequence[float]  # (n + 1,) cost of a border before each letter
    crossings: Sequence[float]  # (n + 1,) costs of going on over the borders that the writing shows, added up


def _stretches(hashtag: str) -> tuple[str, str, list[tuple[int, int]]]:
    """The hashtag as written and in lower case, and where its stretches of letters and digits stand."""
    written = hashtag if hashtag.isascii() else normal_form(hashtag, "NFKC")
    lower = written.lower()
    if len(lower) != len(written):  # İ becomes two characters: the capitals would be looked up in the wrong places
        written = lower
    return written, lower, list(_spans(lower))


def _too_long(spans: Sequence[tuple[int, int]]) -> bool:
    return sum(end - start for start, end in spans) > _LONGEST_HASHTAG


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of letters, digits and the marks on them."""
    if text.isascii():
        for match in _ASCII_PARTS.finditer(text):
            yield match.span()
        return
    start = None
    for at, character in enumerate(text):
        if character.isalnum() or unicodedata.category(character)[0] == "M":
            start = at if start is None else start
        elif start is not None:
            yield start, at
            start = None
    if start is not None:
        yield start, len(text)


def _part(written: str, lower: str) -> _Part:
    if written == lower or written.isupper() or written[1:] == lower[1:]:  # no border is shown
        nothing = (0.0,) * (len(lower) + 1)
        return _Part(lower, nothing, nothing)
    cuts, crossings = [0.0], [0.0]
    shows_borders = any(a.islower() and b.isupper() for a, b in pairwise(written))
    for at in range(1, len(written)):
        cut = crossing = 0.0
        before, after = written[at - 1], written[at]
        if before.islower():
            crossing = _SKIPPED_BORDER if after.isupper() else 0.0
            cut = _HIDDEN_BORDER if shows_borders and after.islower() else 0.0
        elif before.isupper() and after.islower() and not written[at - 2 : at - 1].isupper():
            cut = 2 * _HIDDEN_BORDER  # a capital is no word, the last one of several may end an acronym: KINGnews
        cuts.append(cut)
        crossings.append(crossings[-1] + crossing)
    return _Part(lower, [*cuts, 0.0], [*crossings, crossings[-1]])


class _WordFinder:
    """What may begin at a position of a text."""

    def __init__(self, scores: WordScores) -> None:
        self._words = scores.words
        self._phrases = scores.phrases
        self._derivation = Derivation({root: scores.words[root] for root in scores.roots})
        # No word with these first two letters is longer: most stretches need not be looked up.
        self._longest: dict[str, int] = {}
        for word in scores.words:
            if len(word) > self._longest.get(word[:2], 1):
                self._longest[word[:2]] = len(word)

    def apart(self, text: str, borders: Sequence[int]) -> list[str]:
        """Words between borders; names of several words come apart."""
        words: list[str] = []
        for start, end in pairwise(borders):
            word = text[start:end]
            words += self._phrases.get(word, (word,))
        return words

    def words_at(self, text: str, start: int) -> list[tuple[int, float]]:
        """Give the ends and scores of the words of letters that begin here."""
        found: list[tuple[int, float]] = []
        get, derivation = self._words.get, self._derivation
        opening = text[start : start + 2]
        for end in range(start + 1, min(len(text), start + self._longest.get(opening, 1)) + 1):
            word = text[start:end]
            score = get(word)
            if score is not None:
                found.append((end, score))
                if word in derivation.roots:
                    found += derivation.suffixed(text, end, score)
        if opening in derivation.openings:
            found += derivation.prefixed(text, start)
        return found

    def words_and_numbers_at(self, text: str, start: int) -> list[tuple[int, float]]:
        """Also numbers, codes, doubled and stretched words; no border falls within a number."""
        if text[start].isdecimal():
            end = start
            while end < len(text) and text[end].isdecimal():
                end += 1
            found = [(end, -_NUMBER)]
        else:
            found = []
        for end, score in self.words_at(text, start):
            found.append((end, score))
            found += _longer(text, start, end, score)
        code = _CODES.match(text, start)
        if code is not None:
            found.append((code.end(), -_CODE))
        return [pair for pair in found if not _within_number(text, pair[0])]


def _within_number(text: str, at: int) -> bool:
    return at < len(text) and text[at].isdecimal() and text[at - 1].isdecimal()


def _longer(text: str, start: int, end: int, score: float) -> Iterator[tuple[int, float]]:
    """*masa2* for masa-masa, *bosss* for bos."""
    following = text[end : end + 2]
    if following[:1] == "2" and end - start >= 3 and (following[1:].isalpha() or (start == 0 and len(following) == 1)):
        yield end + 1, score - _DOUBLED
    letter = text[end - 1]
    if following == letter * 2:
        stop = end + 2
        while stop < min(len(text), end + _LONGEST_STRETCH) and text[stop] == letter:
            stop += 1
        yield stop, score - _STRETCHED


def _likeliest(part: _Part, finder: _WordFinder) -> list[int]:
    """Borders of the likeliest path, from 0 to the length."""
    text, cuts, crossings = part
    n = len(text)
    plain = text.isalpha() and _LETTER_THREE_TIMES.search(text) is None
    find = finder.words_at if plain else finder.words_and_numbers_at
    score, origin = [0.0] + [-inf] * n, [0] * (n + 1)
    unknown, unknown_origin = -inf, 0  # the best path that is in the middle of an unknown word
    for at in range(n):
        if unknown > score[at]:
            score[at], origin[at] = unknown, unknown_origin
        base = score[at] - cuts[at]
        if at:
            unknown -= crossings[at] - crossings[at - 1]
        if base - _UNKNOWN > unknown:
            unknown, unknown_origin = base - _UNKNOWN, at
        unknown = -inf if not plain and text[at].isdecimal() else unknown - _UNKNOWN_LETTER
        if base == -inf:
            continue
        for end, word_score in find(text, at):
            total = base + word_score - crossings[end - 1] + crossings[at]
            if total > score[end]:
                score[end], origin[end] = total, at
    if unknown > score[n]:
        origin[n] = unknown_origin
    borders = [n]
    while borders[-1]:
        borders.append(origin[borders[-1]])
    return borders[::-1]


class _Path(NamedTuple):
    score: float
    key: int  # of all borders: two ways to the same borders are one
    border: int
    before: _Path | None


def _likeliest_paths(part: _Part, finder: _WordFinder, k: int) -> list[tuple[float, list[int]]]:
    """Scores and borders of the ``k`` likeliest paths, the likeliest first."""
    text, cuts, crossings = part
    n = len(text)
    plain = text.isalpha() and _LETTER_THREE_TIMES.search(text) is None
    find = finder.words_at if plain else finder.words_and_numbers_at
    arrived: list[list[_Path]] = [[] for _ in range(n + 1)]
    unknown: list[_Path] = []
    paths = [_Path(0.0, 0, 0, None)]
    for at in range(n):
        if at:
            paths = _best(arrived[at] + [_ended(path, at) for path in unknown], k)
            arrived[at] = []
            crossing = crossings[at] - crossings[at - 1]
            unknown = [path._replace(score=path.score - crossing) for path in unknown]
        bases = [path._replace(score=path.score - cuts[at]) for path in paths]
        unknown += [path._replace(score=path.score - _UNKNOWN) for path in bases]
        letters = plain or not text[at].isdecimal()
        unknown = [path._replace(score=path.score - _UNKNOWN_LETTER) for path in _best(unknown, k)] if letters else []
        for end, word_score in find(text, at) if bases else ():
            # Summed in the order of _likeliest, so that both find the same path the best to the last bit.
            arrived[end] += [
                _Path(path.score + word_score - crossings[end - 1] + crossings[at], hash((path.key, end)), end, path)
                for path in bases
            ]
    return [(path.score, _borders(path)) for path in _best(arrived[n] + [_ended(path, n) for path in unknown], k)]


def _ended(path: _Path, end: int) -> _Path:
    return _Path(path.score, hash((path.key, end)), end, path)


def _best(paths: Iterable[_Path], k: int) -> list[_Path]:
    best: dict[int, _Path] = {}
    for path in paths:
        known = best.get(path.key)
        if known is None or path.score > known.score:
            best.pop(path.key, None)  # of equals the first found wins, as in _likeliest
            best[path.key] = path
    return heapq.nlargest(k, best.values(), key=lambda path: path.score)


def _borders(path: _Path) -> list[int]:
    borders = []
    step: _Path | None = path
    while step is not None:
        borders.append(step.border)
        step = step.before
    return borders[::-1]
