"""Cut a post into candidate keyphrases: by rules, or by the model that ships with textmine."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from textmine.errors import ModelError
from textmine.keyphrases.features import WordFeatures, begins
from textmine.resources import find

MODEL: Final = "models/keyphrases/weights.json"
MOST_WORDS: Final = 3
"""Words of a keyphrase at most."""

_NAMED: Final = 0.7
"""Probability of capitalised words inside a sentence, and of hashtags: KEPS, which the model knows, has few of them."""
_OFFSETS: Final = (-1, 0, 1)
_QUARTERS: Final = 4


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

    @classmethod
    def load(cls, features: WordFeatures, path: str | Path | None = None) -> ModelChunker:
        """Read the model that ships with textmine, or one from a file.

        Raises
        ------
        ModelError
            The file is not such a model.
        """
        file = find(MODEL, explicit=path)
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            weights = {name: dict(content[name]) for name in ("keyword", "continues")}
            return cls(features, weights, threshold=float(content["threshold"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError("is no keyphrase model; it needs keyword, continues and threshold", path=file) from error

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
        found = []
        for i in range(n):
            sums = [0.0, 0.0]
            for name in position_features(i, n, repeated=lower.count(lower[i]) > 1):
                self._add(sums, name)
            for offset in _OFFSETS:
                j = i + offset
                if 0 <= j < n:
                    added = self._of_word(words[j], begins(words, j), offset)
                    sums = [sums[0] + added[0], sums[1] + added[1]]
            for offset in (-1, 0):
                if 0 <= i + offset and i + offset + 1 < n:
                    added = self._of_pair(self._class(words, i + offset), self._class(words, i + offset + 1), offset)
                    sums = [sums[0] + added[0], sums[1] + added[1]]
            found.append((_logistic(sums[0]), _logistic(sums[1])))
        return found

    def _class(self, words: Sequence[str], i: int) -> tuple[str, ...]:
        return self._features(words[i], first=begins(words, i))[:3]

    def _word_sums(self, word: str, first: bool, offset: int) -> tuple[float, float]:
        return self._sum(word_features(self._features(word, first=first), offset))

    def _pair_sums(self, before: tuple[str, ...], after: tuple[str, ...], offset: int) -> tuple[float, float]:
        return self._sum(pair_features(before, after, offset))

    def _sum(self, names: Sequence[str]) -> tuple[float, float]:
        sums = [0.0, 0.0]
        for name in names:
            self._add(sums, name)
        return sums[0], sums[1]

    def _add(self, sums: list[float], name: str) -> None:
        for k, weights in enumerate(self._weights):
            sums[k] += weights.get(name, 0.0)


def features_of(features: WordFeatures, words: Sequence[str], i: int) -> list[str]:
    """All features of word ``i``, as the model is trained on them."""
    n = len(words)
    own = [features(word, first=begins(words, j)) for j, word in enumerate(words)]
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
    names = ["bias", f"pos{min(_QUARTERS * i // n, _QUARTERS - 1)}"]
    names += [f"{offset}|edge" for offset in (-1, 1) if not 0 <= i + offset < n]
    return [*names, "again"] if repeated else names


def word_features(own: Sequence[str], offset: int) -> list[str]:
    """Features that a word adds to the one that stands ``-offset`` places from it."""
    return [f"{offset}|{name}" for name in own]


def pair_features(before: Sequence[str], after: Sequence[str], offset: int) -> list[str]:
    """Features of two neighbours together."""
    return [f"{offset}&{a}&{b}" for a in before for b in after]


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-max(min(x, 50.0), -50.0)))
