"""Hashtags of posts: how many, and how many are the agency's own."""

from __future__ import annotations

from typing import Final

import polars as pl

from textmine.groups import group_of
from textmine.hashtags.counts import OWNERSHIP
from textmine.hashtags.uses import MIN_POSTS
from textmine.language.hashtags import hashtag_identity
from textmine.posts import is_credited

TAGS_SCHEMA: Final = pl.Schema({"hashtags": pl.UInt32(), "hashtags_own_share": pl.Float64()})


def owned_hashtags(posts: pl.LazyFrame) -> pl.DataFrame:
    """Hashtags that one agency owns, as in ``textmine hashtags``: it wrote nearly all of their posts, and some.

    Parameters
    ----------
    posts
        Canonical posts; reposts of others and ads are left out.

    Returns
    -------
    polars.DataFrame
        ``hashtag`` (its identity) and ``owner`` (the agency, the account where there is none), sorted by hashtag.
    """
    written = (
        posts.filter(is_credited())
        .select(group_of("agency").alias("by"), pl.col("hashtags").list.unique().alias("written"))
        .explode("written", empty_as_null=False, keep_nulls=False)
        .group_by("by", "written")
        .agg(pl.len().alias("posts"))
        .collect(engine="streaming")
    )
    uses = (
        written.with_columns(hashtag_identity(pl.col("written")).alias("hashtag"))
        .group_by("hashtag", "by")
        .agg(pl.col("posts").sum())
    )
    of_all = pl.col("posts").sum().over("hashtag")
    mine = uses.filter((of_all >= MIN_POSTS) & (pl.col("posts") >= OWNERSHIP * of_all))
    return mine.select("hashtag", pl.col("by").alias("owner")).sort("hashtag")


def hashtags_of(posts: pl.DataFrame, owned: pl.DataFrame) -> pl.DataFrame:
    """Hashtags of each post.

    Parameters
    ----------
    posts
        Canonical posts, shape (n_posts, any).
    owned
        Output of :func:`owned_hashtags`.

    Returns
    -------
    polars.DataFrame
        Columns of ``TAGS_SCHEMA``, shape (n_posts, 2). A hashtag counts once a post, whatever its spelling;
        ``hashtags_own_share`` is null for a post without.
    """
    every = posts.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), group_of("agency").alias("by"), "hashtags"
    )
    used = (
        every.explode("hashtags", empty_as_null=False, keep_nulls=False)
        .with_columns(hashtag_identity(pl.col("hashtags")).alias("hashtag"))
        .unique(["row", "hashtag"])
        .join(owned, on="hashtag", how="left")
    )
    counted = used.group_by("row").agg(
        pl.len().alias("hashtags"),
        (pl.col("owner") == pl.col("by")).fill_null(False).mean().alias("hashtags_own_share"),
    )
    return every.select("row").join(counted, on="row", how="left", maintain_order="left").select(
        pl.col("hashtags").fill_null(0).cast(pl.UInt32), "hashtags_own_share"
    )  # fmt: skip
