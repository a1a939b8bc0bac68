"""Engagement of the posts that carry a hashtag, within a platform and against what each account is used to."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
import polars.selectors as cs

from textmine.hashtags.bootstrap import (
    RESAMPLES,
    Interval,
    mean_interval,
    median_interval,
    named_weights,
)
from textmine.hashtags.uses import MIN_POSTS, HashtagUses
from textmine.platforms import PLATFORMS
from textmine.posts import POLARS_SCHEMA

if TYPE_CHECKING:
    import numpy.typing as npt

MIN_BASELINE: Final = 5
"""Posts with interactions that an account must have before its median is what it is used to."""

_BLOCK: Final = 500_000
"""Uses that are measured together, more where one hashtag has more."""

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
    posts = uses.posts.join(baselines(uses.posts), on="account", how="left", maintain_order="left").select(
        "platform", account_week().alias("cluster"), "interactions", ratio=pl.col("interactions") / pl.col("usual")
    )
    names = uses.hashtags["hashtag"].to_list()
    parts = []
    for block in _blocks(uses.frequent(min_posts)):
        table = block.select("tag", *posts[block["post"]])
        counted = pl.concat([_counts(table, "tag"), _counts(table, "tag", "platform")], how="diagonal")
        measured = _measured(names, table, resamples=resamples, seed=seed)
        parts.append(counted.join(measured, on=["tag", "platform"], how="left", nulls_equal=True))
    rows = uses.named(pl.concat(parts, how="diagonal")).with_columns(cs.float().fill_nan(None))
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


def _blocks(uses: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Uses, sorted by hashtag, in blocks of whole hashtags: figures of posts are laid beside one block at a time."""
    heads = np.flatnonzero(np.diff(uses["tag"].to_numpy().astype(np.int64), prepend=-1))
    start = 0
    for end in [*heads, len(uses)]:
        if end - start >= _BLOCK or end == len(uses):
            yield uses[start:end]
            start = end


def _measured(names: list[str], table: pl.DataFrame, *, resamples: int, seed: int) -> pl.DataFrame:
    """Estimates and intervals of each hashtag on all platforms (platform null) and on each: a loop over hashtags."""
    rows: list[dict[str, float | int | str | None]] = []
    for platform in (None, *PLATFORMS):
        value = "ratio" if platform is None else "interactions"
        part = (table if platform is None else table.filter(pl.col("platform") == platform)).drop_nulls(value)
        values, clusters, tags = (part[name].to_numpy() for name in (value, "cluster", "tag"))
        clusters = in_order_of_appearance(clusters, tags)
        for start, end in pairwise(np.flatnonzero(np.diff(tags.astype(np.int64), prepend=-1, append=-1))):
            tag, mine, own = int(tags[start]), values[start:end], clusters[start:end]
            weights = named_weights(int(own.max()) + 1, resamples, seed, names[tag], str(platform))
            row: dict[str, float | int | str | None] = {
                "tag": tag,
                "platform": platform,
                "account_weeks": weights.shape[1],
            }
            if platform is None:
                row |= _columns("ratio", median_interval(mine, own, weights))
            else:
                row |= _columns("median", median_interval(mine, own, weights))
                row |= _columns("mean", mean_interval(mine, own, weights))
            rows.append(row)
    schema = {"tag": pl.UInt32(), "platform": POLARS_SCHEMA["platform"]} | {
        name: ENGAGEMENT_SCHEMA[name] for name in ENGAGEMENT_SCHEMA.names()[5:] if name != "ratio_posts"
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def account_week() -> pl.Expr:
    """Code of the account and the week of each use: what the bootstrap draws together."""
    week = pl.col("day").dt.truncate("1w").to_physical()
    return pl.col("account").to_physical().cast(pl.Int64) * 1_000_000 + week


def in_order_of_appearance(codes: npt.NDArray[np.int64], groups: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.int64]:
    """Number the clusters of each group from 0 as they come: codes of accounts depend on the order of reading.

    Rows of a group stand together, and groups ascend.

    Examples
    --------
    >>> in_order_of_appearance(np.array([7, 3, 7, 3, 9]), np.array([0, 0, 0, 1, 1])).tolist()
    [0, 1, 0, 0, 1]
    """
    if not len(codes):
        return codes
    _, first, inverse = np.unique(groups * (codes.max() + 1) + codes, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    numbers = rank[inverse]
    return numbers - numbers[np.searchsorted(groups, groups)]


def _columns(name: str, interval: Interval) -> dict[str, float | int | str | None]:
    return {name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high}
