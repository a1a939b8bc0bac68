"""Phrases: several words that count as one term, such as *tanggap darurat*."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

CONNECTORS: Final = frozenset(["and", "dan", "of"])
"""Words that may stand inside a phrase between two others, but neither begin nor end it."""


@dataclass(frozen=True)
class Phrases:
    """A fixed set of phrases, part of the language settings; JSON values all through.

    Parameters
    ----------
    phrases
        Normalised lower-case words separated by single spaces, each of two words at least. They are kept sorted and
        without duplicates.
    keep_words
        The words of a phrase count as terms of their own too.

    Raises
    ------
    ValueError
        A phrase has fewer than two words.

    Examples
    --------
    >>> phrases = Phrases(["tanggap darurat", "bantuan sosial"])
    >>> len(phrases), "tanggap darurat" in phrases, list(phrases)
    (2, True, ['bantuan sosial', 'tanggap darurat'])
    """

    phrases: tuple[str, ...] = ()
    keep_words: bool = False

    def __post_init__(self) -> None:
        tidy = {" ".join(phrase.split()) for phrase in _strings(self.phrases)}
        for phrase in tidy:
            if " " not in phrase:
                raise ValueError(f"{phrase!r} is one word; a phrase has two at least")
        object.__setattr__(self, "phrases", tuple(sorted(tidy)))

    def __len__(self) -> int:
        return len(self.phrases)

    def __iter__(self) -> Iterator[str]:
        return iter(self.phrases)

    def __contains__(self, phrase: object) -> bool:
        return phrase in self.phrases


def _strings(phrases: Iterable[str] | str) -> Iterable[str]:
    if isinstance(phrases, str):
        raise ValueError("phrases are a list of strings, not one string")
    return phrases
