"""What neighbours must reach to be a phrase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

PhraseScore = Literal["npmi", "log_likelihood"]
PHRASE_SCORES: Final[tuple[PhraseScore, ...]] = get_args(PhraseScore)

THRESHOLDS: Final[Mapping[PhraseScore, float]] = {"npmi": 0.75, "log_likelihood": 100.0}
"""Score that a phrase must be above unless another is asked for; docs/phrases.md says why these."""


@dataclass(frozen=True)
class Rule:
    """What a pair of neighbours must reach to be a phrase."""

    score: PhraseScore
    threshold: float
    min_count: int
    min_posts: int
    min_agencies: int
    max_length: int
    max_phrases: int | None
    """None keeps all, those that stand inside longer ones only too."""

    def __post_init__(self) -> None:
        if self.score not in PHRASE_SCORES:
            raise ValueError(f"score is {self.score!r}; choose one of {', '.join(PHRASE_SCORES)}")
        if min(self.min_count, self.min_posts, self.min_agencies, self.max_phrases or 1) < 1:
            raise ValueError("min_count, min_posts, min_agencies and max_phrases are at least 1")
        if not 2 <= self.max_length <= 8:
            raise ValueError(f"max_length is {self.max_length}; it lies between 2 and 8")
