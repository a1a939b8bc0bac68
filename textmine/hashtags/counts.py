"""Counts of every hashtag: posts, texts, adopters, first and last use, and whose hashtag it is."""

from __future__ import annotations

from typing import Final

import polars as pl

from textmine.hashtags.uses import MIN_POSTS, HashtagUses
from textmine.posts import POLARS_SCHEMA

OWNERSHIP: Final = 0.9
"""Share of a hashtag's posts that one agency must have written for it to be that agency's own."""

COUNTS_SCHEMA: Final = pl.Schema(
    {
        "hashtag": pl.String(),
        "spelling": pl.String(),
        "posts": pl.UInt32(),
        "share": pl.Float64(),
        "texts": pl.UInt32(),
        "accounts": pl.UInt32(),
        "agencies": pl.UInt32(),
        "clusters": pl.UInt32(),
        "first_at": pl.Datetime("us", "UTC"),
        "first_account": pl.String(),
        "first_agency": pl.String(),
        "first_platform": POLARS_SCHEMA["platform"],
        "first_post_id": pl.String(),
        "last_at": pl.Datetime("us", "UTC"),
        "last_account": pl.String(),
        "biggest_user": pl.String(),
        "biggest_share": pl.Float64(),
        "own": pl.Boolean(),
    }
)


def hashtag_counts(uses: HashtagUses) -> pl.DataFrame:
    """Count every hashtag.

    Parameters
    ----------
    uses
        From :func:`textmine.hashtags.hashtag_uses`.

    Returns
    -------
    polars.DataFrame
        Columns of ``COUNTS_SCHEMA``, the most frequent first. ``share`` is that of all credited posts; ``texts``
        counts different texts; ``clusters`` is null without a register. ``first_…`` is the earliest post, ``last_…``
        the latest. ``biggest_user`` is the agency (the account where there is none) with the most of its posts,
        ``biggest_share`` its share of them, and ``own`` is true where that is at least :data:`OWNERSHIP`, null where
        a hashtag has fewer than :data:`~textmine.hashtags.uses.MIN_POSTS` posts.
    """
    # Uses are sorted by tag and time, so the first of a group is the earliest.
    joined = uses.with_posts(
        uses.uses, "platform", "post_id", "account", "agency", "cluster", "published_at", "text"
    ).group_by("tag", maintain_order=True)
    counted = joined.agg(
        pl.len().cast(pl.UInt32).alias("posts"),
        pl.col("text", "account", "agency").n_unique().cast(pl.UInt32).name.suffix("s"),
        pl.col("cluster").drop_nulls().n_unique().cast(pl.UInt32).alias("clusters"),
        pl.col("published_at", "account", "agency", "platform", "post_id").first().name.prefix("first_"),
        pl.col("published_at", "account").last().name.prefix("last_"),
    ).rename({"agencys": "agencies", "first_published_at": "first_at", "last_published_at": "last_at"})
    table = counted.join(_biggest_users(uses), on="tag", maintain_order="left").with_columns(
        pl.when(pl.col("clusters") > 0).then("clusters").alias("clusters"),
        (pl.col("posts") / max(uses.n_posts, 1)).alias("share"),
        pl.col("first_agency").cast(pl.String),
        *(_handle(name).alias(name) for name in ("first_account", "last_account")),
        (pl.col("biggest_posts") / pl.col("posts")).alias("biggest_share"),
    )
    own = pl.when(pl.col("posts") >= MIN_POSTS).then(pl.col("biggest_share") >= OWNERSHIP)
    named = uses.named(table.with_columns(own.alias("own"))).select(COUNTS_SCHEMA.names())
    return named.sort("posts", "hashtag", descending=[True, False])


def _handle(account: str) -> pl.Expr:
    """Account without its platform."""
    return pl.col(account).cast(pl.String).str.splitn("/", 2).struct.field("field_1")


def _biggest_users(uses: HashtagUses) -> pl.DataFrame:
    """Agency with the most posts of each hashtag, the first by name of equal ones: tag, biggest_user, biggest_posts."""
    by_agency = uses.with_posts(uses.uses, "agency").group_by("tag", "agency").agg(pl.len().alias("biggest_posts"))
    return (
        by_agency.with_columns(pl.col("agency").cast(pl.String).alias("biggest_user"))
        .sort("tag", "biggest_posts", "biggest_user", descending=[False, True, False])
        .group_by("tag", maintain_order=True)
        .agg(pl.col("biggest_user", "biggest_posts").first())
    )
