"""Where a figure of an agency belongs: all posts or a medium's, all platforms together or one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from textmine.platforms import PLATFORMS
from textmine.ranking.measures import MEDIA

TOGETHER: Final = "together"
PREFIXES: Final = {"": None} | {f"{medium}_": types for medium, types in MEDIA.items()}
"""Prefix of a measure and the media types of its posts; None for all."""

CELL: Final = ["agency", "platform", "prefix"]


def by_medium(posts: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Prefix and posts: all, those with images, those with videos."""
    for prefix, types in PREFIXES.items():
        kept = posts if types is None else posts.filter(pl.col("media_type").cast(pl.String).is_in(list(types)))
        yield prefix, kept


def cells(posts: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Posts with ``platform`` (string, or ``together``) and ``prefix``, for each medium and both ways."""
    for prefix, kept in by_medium(posts):
        named = kept.with_columns(pl.col("platform").cast(pl.String), pl.lit(prefix).alias("prefix"))
        yield named
        yield named.with_columns(pl.lit(TOGETHER).alias("platform"))


def wide(table: pl.DataFrame) -> pl.DataFrame:
    """A row a cell to a row an agency: columns ``prefix`` + measure, and ``@platform`` after it.

    Parameters
    ----------
    table
        ``CELL`` and a column a measure.
    """
    names = [name for name in table.columns if name not in CELL]
    out = table.select(pl.col("agency").unique().sort())
    for prefix in PREFIXES:
        for platform in (TOGETHER, *PLATFORMS):
            end = "" if platform == TOGETHER else f"@{platform}"
            part = table.filter((pl.col("prefix") == prefix) & (pl.col("platform") == platform))
            renamed = part.select("agency", *(pl.col(name).alias(f"{prefix}{name}{end}") for name in names))
            out = out.join(renamed, on="agency", how="left", maintain_order="left")
    return out
