"""What the language layer is asked to do; written into manifests and models as it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from textmine.language.phrases import Phrases

StopwordList = Literal["topics", "sentiment", "none"]
"""``topics`` drops negations and calls such as *sobat* too, ``sentiment`` keeps both, ``none`` drops nothing."""


@dataclass(frozen=True)
class LanguageSettings:
    """Steps of the language layer, each of which can be switched off.

    Parameters
    ----------
    elongation
        ``baguuus`` becomes ``bagus``.
    reduplication
        ``anak2`` becomes ``anak-anak``.
    slang
        Informal forms become formal ones by lexicon: ``yg`` becomes ``yang``.
    stopwords
        Which stopwords are dropped.
    stem
        Sastrawi stems in place of words.
    protect_names
        Names of places, agencies and programmes are never stemmed (``bekasi`` would become ``bekas``).
    min_length
        Shorter words are dropped, in characters.
    emoji
        Emoji become terms of their own.
    phrases
        Several words that become one term, or None. What ``as_dict`` made of them is read back.
    """

    elongation: bool = True
    reduplication: bool = True
    slang: bool = True
    stopwords: StopwordList = "topics"
    stem: bool = True
    protect_names: bool = True
    min_length: int = 2
    emoji: bool = True
    phrases: Phrases | None = None

    def __post_init__(self) -> None:
        if isinstance(self.phrases, Mapping):
            object.__setattr__(self, "phrases", Phrases(**self.phrases))

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return asdict(self)
