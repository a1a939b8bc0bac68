"""Takes out of a caption what is not prose: entities, links, mentions, addresses and telephone numbers.

Works on whole columns; the caption in the post table is never altered.
"""

from __future__ import annotations

import html
from typing import Final

import polars as pl

ENTITY: Final = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
URL: Final = r"(?i:(?:https?|ftp)://\S+|www\.\S+)"
# ASCII boundaries let the regex engine run its fast automaton: six times as fast as Unicode ones.
DOMAIN: Final = (
    r"[A-Za-z0-9][A-Za-z0-9.-]*\.(?:go\.id|ac\.id|co\.id|or\.id|desa\.id|com|org|net|ly|id|me)(?-u:\b)(?:/\S*)?"
)
# Repetitions before a sign that may not come are bounded as the standards bound them: unbounded, a megabyte without
# the sign takes a minute.
EMAIL: Final = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}"
MENTION: Final = r"@[\w.]+"
HASHTAG: Final = r"[#＃][\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*"
PHONE: Final = r"(?:\+62|\b62|\b0)[ .-]?8\d{1,3}(?:[ .-]?\d{3,5}){2}\b|\(0\d{2,3}\)[ .-]?\d{5,8}\b"
INVISIBLE: Final = r"[\u{200B}\u{200C}\u{2060}\u{FEFF}\u{00AD}\u{202A}-\u{202E}\u{2066}-\u{2069}]"
"""Zero-width and direction characters. The zero-width joiner stays: it holds emoji together."""

_MAY_CHANGE: Final = (
    r"[^\x00-\x7F\u{2013}\u{2014}\u{2018}-\u{201D}\u{2600}-\u{27BF}\u{FE0F}\u{1F1E6}-\u{1F1FF}\u{1F300}-\u{1FAFF}]"
)
"""A character other than ASCII, dashes, quotation marks and emoji. Those are the same in NFKC, alone and together."""

_NOT_PROSE: Final = (URL, EMAIL, DOMAIN, MENTION, HASHTAG, PHONE)
"""In this order: an address holds a domain and what looks like a mention. One after the other, since each pattern
alone can be searched by its literals, and all in one are five times as slow."""


def clean(caption: pl.Expr, *, gap: str = " ") -> pl.Expr:
    """Caption as running text, ready for tokens.

    Compatibility forms become plain letters (NFKC: bold and full-width letters are common in captions), HTML
    entities are decoded, links, e-mail addresses, mentions, hashtags and telephone numbers become gaps.
    Hashtags have a column of their own in the post table.

    Parameters
    ----------
    caption
        String column.
    gap
        What stands in their place.

    Returns
    -------
    polars.Expr
        String column of the same length; case is kept.

    Examples
    --------
    >>> frame = pl.DataFrame({"caption": ["Info &amp; layanan @kemenkes: https://x.co/a 0812-3456-7890 #Vaksin"]})
    >>> frame.select(clean(pl.col("caption")).str.strip_chars())["caption"].to_list()
    ['Info & layanan  :']
    """
    prose = plain_forms(decode_entities(caption))
    for pattern in _NOT_PROSE:
        prose = prose.str.replace_all(pattern, gap)
    return prose


def decode_entities(text: pl.Expr) -> pl.Expr:
    """Replace HTML entities by their characters; each distinct entity is decoded once."""
    return text.map_batches(_decode_series, return_dtype=pl.String, is_elementwise=True)


def plain_forms(text: pl.Expr) -> pl.Expr:
    """NFKC without invisible characters."""
    return text.map_batches(_plain_series, return_dtype=pl.String, is_elementwise=True)


def _plain_series(text: pl.Series) -> pl.Series:
    # Nineteen captions in twenty cannot change; to look for those that may costs a seventh of normalising all.
    may_change = text.str.contains(_MAY_CHANGE).fill_null(False).arg_true()
    if may_change.is_empty():
        return text
    changed = text.gather(may_change).str.normalize("NFKC").str.replace_all(INVISIBLE, "")
    return text.clone().scatter(may_change, changed)  # scatter writes into the series that it is called on


def _decode_series(text: pl.Series) -> pl.Series:
    has_entity = text.str.contains(ENTITY).fill_null(False)
    if not has_entity.any():
        return text
    found = text.filter(has_entity).str.extract_all(ENTITY).explode(empty_as_null=False, keep_nulls=False).unique()
    # Longest first, so that no entity is found inside another.
    entities = sorted(found.to_list(), key=lambda entity: (-len(entity), entity))
    characters = [html.unescape(entity) for entity in entities]
    return text.to_frame("text").select(pl.col("text").str.replace_many(entities, characters)).to_series()
