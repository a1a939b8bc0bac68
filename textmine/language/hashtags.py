"""Hashtags: one identity for all spellings of a tag, and the words inside it."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from textmine.language.unicode_forms import normal_form

_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+|[^\W\d_A-Za-z]+")


def hashtag_identity(hashtag: pl.Expr) -> pl.Expr:
    """Fold a hashtag to its identity: NFKC, lower case, with one leading ``#``.

    Examples
    --------
    >>> pl.DataFrame({"h": ["#BanggaBuatanIndonesia", "banggabuatanindonesia"]}).select(hashtag_identity(pl.col("h")))[
    ...     "h"
    ... ].to_list()
    ['#banggabuatanindonesia', '#banggabuatanindonesia']
    """
    return hashtag.str.normalize("NFKC").str.to_lowercase().str.replace("^#*", "#")


def fold_hashtag(hashtag: str) -> str:
    """Fold one hashtag to its identity, as :func:`hashtag_identity` does a column.

    Examples
    --------
    >>> fold_hashtag("＃BanggaBuatanIndonesia")
    '#banggabuatanindonesia'
    """
    return "#" + normal_form(hashtag, "NFKC").lower().lstrip("#")


def split_hashtag(hashtag: str) -> list[str]:
    """Words of a hashtag by its capitals, digits and underscores, lower case.

    A tag written in one case comes back whole.

    Examples
    --------
    >>> split_hashtag("#BanggaBuatanIndonesia")
    ['bangga', 'buatan', 'indonesia']
    >>> split_hashtag("HUTRI75"), split_hashtag("#dirumahaja")
    (['hutri', '75'], ['dirumahaja'])
    """
    return [part.lower() for part in _PARTS.findall(normal_form(hashtag, "NFKC"))]
