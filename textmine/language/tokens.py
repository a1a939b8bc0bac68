"""Splits cleaned captions into word tokens and picks out emoji, a column at a time."""

from __future__ import annotations

from typing import Final

import polars as pl

WORD: Final = r"\p{L}[\p{L}\p{M}\p{N}]*(?:['’ʼ][\p{L}\p{N}]+)*(?:-[\p{L}\p{N}]+)*"
"""A word begins with a letter; digits, apostrophes and hyphens may follow inside: ``anak2``, ``anak-anak``."""

_PICTOGRAPH: Final = r"[\p{Extended_Pictographic}--[©®™ℹ↔↗➡‼⁉]][\u{FE0F}\u{1F3FB}-\u{1F3FF}]*"
EMOJI: Final = rf"\p{{Regional_Indicator}}{{2}}|{_PICTOGRAPH}(?:\u{{200D}}{_PICTOGRAPH})*"
"""Flags, and pictographs with skin tones and joined sequences; signs such as © that prose uses are not emoji."""


def word_tokens(cleaned: pl.Expr) -> pl.Expr:
    """Lower-case words of cleaned text.

    Parameters
    ----------
    cleaned
        Output of :func:`textmine.language.clean.clean`.

    Returns
    -------
    polars.Expr
        ``list[str]`` column, one list a post, in order.

    Examples
    --------
    >>> pl.DataFrame({"c": ["Anak2 ke-2, Jum'at!"]}).select(word_tokens(pl.col("c"))).to_series().to_list()
    [['anak2', 'ke-2', "jum'at"]]
    """
    return cleaned.str.to_lowercase().str.extract_all(WORD)


def emoji_tokens(caption: pl.Expr) -> pl.Expr:
    """Emoji of a caption, ``list[str]``, skin tones and joined sequences kept whole.

    Examples
    --------
    >>> pl.DataFrame({"c": ["Siap 🇮🇩 👍🏽 ©"]}).select(emoji_tokens(pl.col("c"))).to_series().to_list()
    [['🇮🇩', '👍🏽']]
    """
    return caption.str.extract_all(EMOJI)
