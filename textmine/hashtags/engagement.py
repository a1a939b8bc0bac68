"""Engagement of the posts that carry a hashtag, within a platform and against what each account is used to."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
import polars.selectors as cs

from textmine.hashtags.bootstrap import (
    RESAMPLES,
    Interval,
    cluster_weights,
    generator_of,
    mean_interval,
    median_interval,
)
from textmine.hashtags.uses import MIN_POSTS, HashtagUses
from textmine.posts import POLARS_SCHEMA

if TYPE_CHECKING:
    import numpy.typing as npt

MIN_BASELINE: Final = 5
"""Posts with interactions that an account must have before its median is what it is used to."""

ENGAGEMENT_SCHEMA: Final = pl.Schema(
    {
        "hashtag": pl.String(),
        "spelling": pl.String(),
        "platform": POLARS_SCHEMA["platform"],
        "posts": pl.UInt32(),
        "reported": pl.UInt32(),
        "account_weeks": pl.UInt32(),
        "median": pl.Float64(),
        "median_low": pl.Float64(),
        "median_high": pl.Float64(),
        "mean": pl.Float64(),
        "mean_low": pl.Float64(),
        "mean_high": pl.Float64(),
        "ratio_posts": pl.UInt32(),
        "ratio": pl.Float64(),
        "ratio_low": pl.Float64(),
        "ratio_high": pl.Float64(),
    }
)


def hashtag_engagement(
    uses: HashtagUses, *, min_posts: int = MIN_POSTS, resamples: int = RESAMPLES, seed: int = 0
) -> pl.DataFrame:
    """Interactions of the posts with each hashtag.

    Interactions are likes + comments + shares as far as reported; a post that reports none, or whose platform hides
    one, is left out and never counts as 0.

    Parameters
    ----------
    uses
        From :func:`textmine.hashtags.hashtag_uses`.
    min_posts
        Hashtags with fewer posts are left out.
    resamples
        Of the bootstrap.
    seed
        Of the bootstrap; each hashtag has random numbers of its own.

    Returns
    -------
    polars.DataFrame
        Columns of ``ENGAGEMENT_SCHEMA``. A row with a platform holds ``median`` and ``mean`` interactions of its
        posts; a row without (null) holds what compares across platforms: ``ratio``, the median of each post's
        interactions over the median of its own account's posts, with and without the hashtag (accounts with fewer
        than :data:`MIN_BASELINE` reporting posts, or a median of 0, are left out). ``posts``, ``reported`` and
        ``ratio_posts`` say how many posts carry the hashtag, report interactions, and have a ratio.

        ``…_low`` and ``…_high`` are 95 % intervals of a bootstrap over ``account_weeks``: they cover how much
        accounts and weeks differ, not errors in the figures nor what was not collected; null for fewer than five of
        them. A ratio above 1 says that these posts did better than their accounts' others, not that the hashtag is
        why.
    """
    frequent = uses.frequent(min_posts)
    table = uses.with_posts(frequent, "platform", "account", "day", "interactions")
    table = table.join(baselines(uses.posts), on="account", how="left", maintain_order="left").with_columns(
        (pl.col("interactions") / pl.col("usual")).alias("ratio"),
    )
    measured = _measured(uses, table, resamples=resamples, seed=seed)
    counted = pl.concat([_counts(table, "tag"), _counts(table, "tag", "platform")], how="diagonal")
    joined = counted.join(measured, on=["tag", "platform"], how="left", nulls_equal=True)
    rows = uses.named(joined).with_columns(cs.float().fill_nan(None))
    return rows.select(pl.col(name).cast(dtype) for name, dtype in ENGAGEMENT_SCHEMA.items()).sort(
        "hashtag", "platform", nulls_last=False
    )


def baselines(posts: pl.DataFrame) -> pl.DataFrame:
    """Median interactions of each account that reports enough of them."""
    return (
        posts.group_by("account")
        .agg(pl.col("interactions").median().alias("usual"), pl.col("interactions").count().alias("n"))
        .filter((pl.col("n") >= MIN_BASELINE) & (pl.col("usual") > 0))
        .select("account", "usual")
    )


def _counts(table: pl.DataFrame, *by: str) -> pl.DataFrame:
    return table.group_by(by).agg(
        pl.len().alias("posts"),
        pl.col("interactions").count().alias("reported"),
        pl.col("ratio").count().alias("ratio_posts"),
    )


def _measured(uses: HashtagUses, table: pl.DataFrame, *, resamples: int, seed: int) -> pl.DataFrame:
    """Estimates and intervals of each hashtag on all platforms (platform null) and on each: a loop over hashtags."""
    names = uses.hashtags["hashtag"].to_list()
    place = pl.col("platform").cast(pl.String).alias("place")
    columns = table.select("tag", place, account_week().alias("cluster"), "interactions", "ratio")
    rows: list[dict[str, float | int | str | None]] = []
    for on_platform in (False, True):
        by = ["tag", "place"] if on_platform else ["tag"]
        part = columns.drop_nulls("interactions" if on_platform else "ratio").sort(by, maintain_order=True)
        values = part["interactions" if on_platform else "ratio"].to_numpy()
        clusters, tags, places = part["cluster"].to_numpy(), part["tag"].to_numpy(), part["place"].to_list()
        heads = part.select(pl.struct(by).rle_id())
        bounds = np.flatnonzero(np.diff(heads.to_series().to_numpy(), prepend=-1, append=-1))
        for start, end in pairwise(bounds):
            tag, platform = int(tags[start]), places[start] if on_platform else None
            generator = generator_of(seed, names[tag], str(platform))
            own = in_order_of_appearance(clusters[start:end])
            weights = cluster_weights(int(own.max()) + 1, resamples, generator)
            row: dict[str, float | int | str | None] = {
                "tag": tag,
                "platform": platform,
                "account_weeks": weights.shape[1],
            }
            if on_platform:
                row |= _columns("median", median_interval(values[start:end], own, weights))
                row |= _columns("mean", mean_interval(values[start:end], own, weights))
            else:
                row |= _columns("ratio", median_interval(values[start:end], own, weights))
            rows.append(row)
    schema = {"tag": pl.UInt32, "platform": pl.String} | {
        name: ENGAGEMENT_SCHEMA[name] for name in ENGAGEMENT_SCHEMA.names()[5:] if name != "ratio_posts"
    }
    known = pl.DataFrame(rows, schema=schema, orient="row")
    return known.with_columns(pl.col("platform").cast(POLARS_SCHEMA["platform"]))


def account_week() -> pl.Expr:
    """Code of the account and the week of each use: what the bootstrap draws together."""
    week = pl.col("day").dt.truncate("1w").to_physical()
    return pl.col("account").to_physical().cast(pl.Int64) * 1_000_000 + week


def in_order_of_appearance(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Number clusters from 0 as they come: the codes of accounts depend on the order in which posts were read."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _columns(name: str, interval: Interval) -> dict[str, float | int | str | None]:
    return {name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high}
