"""Spells as people do on a telephone: hurried abbreviations and slips of the finger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

_NEIGHBOURS: Final = {
    "a": "s", "i": "u", "u": "i", "e": "r", "o": "p", "n": "m", "m": "n", "t": "r", "r": "t", "s": "d", "d": "s",
    "k": "j", "l": "k", "g": "h", "b": "v", "p": "o", "y": "t", "h": "g", "j": "k", "w": "e", "c": "v",
}  # fmt: skip
"""A key beside each key."""


def hurried(
    literals: pl.Series, prose: npt.NDArray[np.bool_], slang: Mapping[str, tuple[str, ...]]
) -> tuple[pl.Series, npt.NDArray[np.int32]]:
    """Spell every phrase in two hurried ways.

    Parameters
    ----------
    literals, prose
        Phrases and whether each is prose, shape (n_literals,).
    slang
        Formal word to its hurried spellings.

    Returns
    -------
    extra, twins
        New phrases, and for both ways the position of each phrase's twin, counted over ``literals`` followed by
        ``extra``; shape (2, n_literals). A phrase without slang is its own twin.
    """
    words = re.compile(r"(?<![\w-])(" + "|".join(sorted(map(re.escape, slang), key=len, reverse=True)) + r")(?![\w-])")
    twins = np.tile(np.arange(len(literals), dtype=np.int32), (2, 1))
    places: dict[str, int] = {}
    for place, text in enumerate(literals.to_list()):
        if not prose[place]:
            continue
        for way in (0, 1):
            spelled = "".join(_form(slang, piece, way) for piece in words.split(text))
            if spelled != text:
                twins[way, place] = places.setdefault(spelled, len(literals) + len(places))
    return pl.Series(literals.name, list(places), dtype=pl.String), twins


def _form(slang: Mapping[str, tuple[str, ...]], piece: str, way: int) -> str:
    forms = slang.get(piece)
    return forms[way % len(forms)] if forms else piece


def misspelled(phrases: pl.Series, generator: np.random.Generator) -> pl.Series:
    """Put one slip into each phrase: a letter dropped, doubled, swapped with the next, or hit beside.

    Parameters
    ----------
    phrases
        Phrases of at least three characters, shape (n,).
    """
    n = len(phrases)
    frame = pl.DataFrame(
        {
            "text": phrases,
            "place": generator.integers(1, (phrases.str.len_chars() - 1).clip(lower_bound=2).to_numpy(), n),
            "slip": generator.integers(0, 4, n),
        }
    )
    text, place = pl.col("text"), pl.col("place")
    before, letter = text.str.slice(0, place), text.str.slice(place, 1)
    after, rest = text.str.slice(place + 1, 1), text.str.slice(place + 2)
    slip = pl.col("slip")
    second = (
        pl.when(slip == 0).then(after)
        .when(slip == 1).then(letter + letter + after)
        .when(slip == 2).then(after + letter)
        .otherwise(letter.replace(_NEIGHBOURS) + after)
    )  # fmt: skip
    return frame.select((before + second + rest).alias(phrases.name)).to_series()
