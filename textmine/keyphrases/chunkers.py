"""Cut a post into candidate keyphrases: by rules, or by the model that ships with textmine."""

from __future__ import annotations

import functools
import itertools
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from textmine.errors import ModelError
from textmine.keyphrases.features import WordFeatures, beginnings
from textmine.modelfile import check_files, read_description
from textmine.resources import find

MODEL: Final = "models/keyphrases"
WEIGHTS: Final = "weights.json"
DESCRIPTION: Final = "model.json"
MODEL_FORMAT: Final = 1
"""Version of the layout; raised when an older textmine could not read it."""
MOST_WORDS: Final = 3
"""Words of a keyphrase at most."""

_KIND: Final = "keyphrase model"
_NAMED: Final = 0.7
"""Probability of capitalised words inside a sentence, and of hashtags: KEPS, which the model knows, has few of them."""
_OFFSETS: Final = (-1, 0, 1)
_QUARTERS: Final = 4

_Sums = tuple[float, float]


class Chunk(NamedTuple):
    """A candidate: its first token, the one after its last, and how likely its words are keywords."""

    start: int
    end: int
    probability: float


class Chunker(Protocol):
    """Finds candidates among the tokens of a post."""

    def chunks(self, words: Sequence[str]) -> list[Chunk]:
        """Candidates in order; no two overlap."""
        ...


class RuleChunker:
    """Runs of content words, parted before verbs and mentions; a negation goes with the word after it.

    Nothing is learned. Words rarer than one in ``10 ** least_rarity`` of Indonesian are content words unless they are
    stopwords. Capitals and hashtags raise the probability.
    """

    def __init__(self, features: WordFeatures, *, least_rarity: float = 3.0) -> None:
        self._features = features
        self._least_rarity = least_rarity

    def chunks(self, words: Sequence[str]) -> list[Chunk]:
        """Candidates in order."""
        kept = [self._is_candidate(words, i) for i in range(len(words))]
        found: list[list[int]] = []
        for i, keep in enumerate(kept):
            if not keep:
                continue
            if found and found[-1][1] == i and i - found[-1][0] < MOST_WORDS and self._goes_on(words[i - 1], words[i]):
                found[-1][1] = i + 1
            else:
                found.append([i, i + 1])
        return [Chunk(start, end, self._probability(words[start:end], start)) for start, end in found]

    def _is_candidate(self, words: Sequence[str], i: int) -> bool:
        features, word = self._features, words[i]
        if features.is_negation(word):
            return i + 1 < len(words) and not features.is_negation(words[i + 1]) and words[i + 1].isalpha()
        return features.is_content(word) and features.rarity(word) >= self._least_rarity

    def _goes_on(self, before: str, word: str) -> bool:
        """Whether two content words are one phrase: after a negation, and where both are capitalised."""
        if self._features.is_negation(before):
            return True
        return before[0].isupper() and word[0].isupper() and not self._features.is_negation(word)

    def _probability(self, words: Sequence[str], start: int) -> float:
        marked = any(word[0] in "#＃" or word.isupper() or (word[0].isupper() and start > 0) for word in words)
        return 1.0 if marked else 0.8


class ModelChunker:
    """Two logistic regressions over neighbouring words: is this word part of a keyphrase, and does it go on.

    Parameters
    ----------
    features
        Of words.
    weights
        ``keyword`` and ``continues``: weight of each feature.
    threshold, continue_threshold
        Probabilities from which on a word is a keyword, and goes on with the one before.
    """

    def __init__(
        self,
        features: WordFeatures,
        weights: Mapping[str, Mapping[str, float]],
        *,
        threshold: float = 0.5,
        continue_threshold: float = 0.5,
    ) -> None:
        self._features = features
        self._weights = (weights["keyword"], weights["continues"])
        self._threshold = threshold
        self._continue_threshold = continue_threshold
        # What a word adds does not depend on where it stands: each is looked up once.
        self._of_word = functools.lru_cache(maxsize=200_000)(self._word_sums)
        self._of_pair = functools.lru_cache(maxsize=200_000)(self._pair_sums)
        self._of_place = functools.lru_cache(maxsize=100)(self._place_sums)

    @classmethod
    def load(cls, features: WordFeatures, path: str | Path | None = None) -> ModelChunker:
        """Read the model that ships with textmine, or a folder like ``models/keyphrases``.

        Raises
        ------
        ModelError
            There is no such model, a newer textmine wrote it, or its weights are not those that its description names.
        """
        folder = find(MODEL, explicit=path)
        missing = f"no {_KIND} here; make one with bench/train_keyphrases.py"
        description = read_description(folder, DESCRIPTION, kind=_KIND, newest=MODEL_FORMAT, missing=missing)
        try:
            check_files(folder, {WEIGHTS: description["checksums"][WEIGHTS]}, kind=_KIND)
            content = json.loads((folder / WEIGHTS).read_text(encoding="utf-8"))
            weights = {name: dict(content[name]) for name in ("keyword", "continues")}
            return cls(features, weights, threshold=float(content["threshold"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"is no {_KIND}; it needs keyword, continues and threshold", path=folder) from error

    def chunks(self, words: Sequence[str]) -> list[Chunk]:
        """Candidates in order."""
        found: list[Chunk] = []
        named = self._features.names(words)
        for i, (keyword, goes_on) in enumerate(self._probabilities(words)):
            if named[i]:
                keyword = max(keyword, _NAMED)
            if keyword <= self._threshold or not any(sign.isalnum() for sign in words[i]):
                continue
            last = found[-1] if found else None
            joins = last is not None and last.end == i and i - last.start < MOST_WORDS
            is_one = joins and named[i] and named[i - 1]
            if last is not None and joins and (goes_on > self._continue_threshold or is_one):
                n = i - last.start
                found[-1] = Chunk(last.start, i + 1, (last.probability * n + keyword) / (n + 1))
            else:
                found.append(Chunk(i, i + 1, keyword))
        return found

    def _probabilities(self, words: Sequence[str]) -> list[tuple[float, float]]:
        """Of each word: that it is part of a keyphrase, and that it goes on with the word before."""
        n = len(words)
        lower = [word.lower() for word in words]
        count = Counter(lower)
        own = [self._of_word(word, first) for word, first in zip(words, beginnings(words), strict=True)]
        pairs = [self._of_pair(before[0], after[0]) for before, after in itertools.pairwise(own)]
        found = []
        for i in range(n):
            sums = [self._of_place(_QUARTERS * i // n, i == 0, i == n - 1, count[lower[i]] > 1), own[i][2]]
            if i:
                sums += (own[i - 1][1], pairs[i - 1][0])
            if i + 1 < n:
                sums += (own[i + 1][3], pairs[i][1])
            found.append((_logistic(sum(k for k, _ in sums)), _logistic(sum(c for _, c in sums))))
        return found

    def _word_sums(self, word: str, first: bool) -> tuple[tuple[str, ...], _Sums, _Sums, _Sums]:
        """Class of a word, and what it adds to the word after it, to itself and to the word before it."""
        own = self._features(word, first=first)
        after, itself, before = (self._sum(word_features(own, offset)) for offset in _OFFSETS)
        return own[:3], after, itself, before

    def _pair_sums(self, before: tuple[str, ...], after: tuple[str, ...]) -> tuple[_Sums, _Sums]:
        """What two neighbours add to the second of them, and to the first."""
        return self._sum(pair_features(before, after, -1)), self._sum(pair_features(before, after, 0))

    def _place_sums(self, quarter: int, first: bool, last: bool, repeated: bool) -> _Sums:
        return self._sum(_place(quarter, first, last, repeated))

    def _sum(self, names: Sequence[str]) -> _Sums:
        keyword, continues = self._weights
        return sum(keyword.get(name, 0.0) for name in names), sum(continues.get(name, 0.0) for name in names)


def features_of(features: WordFeatures, words: Sequence[str], i: int) -> list[str]:
    """All features of word ``i``, as the model is trained on them."""
    n = len(words)
    own = [features(word, first=first) for word, first in zip(words, beginnings(words), strict=True)]
    lower = [word.lower() for word in words]
    names = position_features(i, n, repeated=lower.count(lower[i]) > 1)
    for offset in _OFFSETS:
        if 0 <= i + offset < n:
            names += word_features(own[i + offset], offset)
    for offset in (-1, 0):
        if 0 <= i + offset and i + offset + 1 < n:
            names += pair_features(own[i + offset][:3], own[i + offset + 1][:3], offset)
    return names


def position_features(i: int, n: int, *, repeated: bool) -> list[str]:
    """Features of a place among ``n`` words."""
    return _place(_QUARTERS * i // n, i == 0, i == n - 1, repeated)


def _place(quarter: int, first: bool, last: bool, repeated: bool) -> list[str]:
    flags = (("-1|edge", first), ("1|edge", last), ("again", repeated))
    return ["bias", f"pos{quarter}", *(name for name, holds in flags if holds)]


def word_features(own: Sequence[str], offset: int) -> list[str]:
    """Features that a word adds to the one that stands ``-offset`` places from it."""
    return [f"{offset}|{name}" for name in own]


def pair_features(before: Sequence[str], after: Sequence[str], offset: int) -> list[str]:
    """Features of two neighbours together."""
    return [f"{offset}&{a}&{b}" for a in before for b in after]


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-max(min(x, 50.0), -50.0)))
