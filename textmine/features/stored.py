"""Tables of other stages, placed by the row of each post."""

from __future__ import annotations

from typing import Final

import polars as pl

from textmine.groups import group_of
from textmine.posts import KEY

COPIES_SCHEMA: Final = pl.Schema(
    {
        "duplicate_posts": pl.UInt32(),
        "duplicate_accounts": pl.UInt32(),
        "duplicate_similarity": pl.Float64(),
        "copies_before_own": pl.UInt32(),
        "copies_before_others": pl.UInt32(),
    }
)
CAMPAIGN_SCHEMA: Final = pl.Schema({"campaigns": pl.UInt32(), "campaign": pl.UInt32()})


class AtRows:
    """A table in memory with the row of each post that it has something about, ascending."""

    def __init__(self, table: pl.DataFrame) -> None:
        self._table = table.sort("row")
        self._rows = self._table["row"]

    def take(self, first: int, n_posts: int) -> pl.DataFrame:
        """Columns for rows ``first`` and after, null where the table has nothing, shape (n_posts, n_columns)."""
        start, end = (int(self._rows.search_sorted(row, side="left")) for row in (first, first + n_posts))
        part = self._table.slice(start, end - start)
        every = pl.select(pl.int_range(first, first + n_posts, dtype=pl.UInt32).alias("row"))
        return every.join(part, on="row", how="left", maintain_order="left").drop("row")


def copies(posts: pl.LazyFrame, near_duplicates: pl.LazyFrame) -> AtRows:
    """Near duplicates of each post, and how many of them the own agency and others had posted before.

    Parameters
    ----------
    posts
        Canonical posts in order.
    near_duplicates
        Columns of ``near_duplicates.parquet``.
    """
    placed = _placed(posts, near_duplicates, group_of("agency").alias("by"), pl.col("published_at"))
    earlier = pl.col("published_at").rank("min")
    own = earlier.over("cluster", "by") - 1
    table = placed.select(
        "row",
        pl.col("size").alias("duplicate_posts"),
        pl.col("n_accounts").alias("duplicate_accounts"),
        pl.col("similarity").alias("duplicate_similarity"),
        own.alias("copies_before_own"),
        (earlier.over("cluster") - 1 - own).alias("copies_before_others"),
    )
    return AtRows(table.select("row", *(pl.col(name).cast(dtype) for name, dtype in COPIES_SCHEMA.items())))


def campaigns(posts: pl.LazyFrame, campaign_posts: pl.LazyFrame) -> AtRows:
    """Number of campaigns that each post belongs to, and the first of them."""
    placed = _placed(posts, campaign_posts)
    table = placed.group_by("row").agg(
        pl.len().cast(pl.UInt32).alias("campaigns"), pl.col("campaign").min().alias("campaign")
    )
    return AtRows(table)


def _placed(posts: pl.LazyFrame, table: pl.LazyFrame, *more: pl.Expr) -> pl.DataFrame:
    """Rows of a table in any order, with the row of their posts."""
    keys = posts.select(pl.col("platform").cast(pl.String), "post_id", *more).with_row_index("row")
    told = table.with_columns(pl.col("platform").cast(pl.String))
    return keys.join(told, on=list(KEY), how="inner").collect(engine="streaming").sort("row")
