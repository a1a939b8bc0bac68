"""Campaigns: hashtags that burst together, with their posts, agencies, period, reach and copied texts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl

from textmine.hashtags.bootstrap import RESAMPLES, median_interval, named_weights
from textmine.hashtags.engagement import account_week, baselines, in_order_of_appearance
from textmine.hashtags.network import HashtagNetwork, graph_of
from textmine.hashtags.uses import HashtagUses
from textmine.posts import POLARS_SCHEMA

MIN_CAMPAIGN_POSTS: Final = 10
MIN_STEADY_AGENCIES: Final = 2
GAP_DAYS: Final = 7
"""Bursts of a hashtag with at most this many quiet days between them are one period."""

MIN_OVERLAP: Final = 0.3
"""Posts with both hashtags over posts with either, from which two hashtags that burst at once are one campaign."""

Basis = pl.Enum(["burst", "use"])

CAMPAIGNS_SCHEMA: Final = pl.Schema(
    {
        "campaign": pl.UInt32(),
        "basis": Basis,
        "label": pl.String(),
        "hashtags": pl.List(pl.String()),
        "start": pl.Date(),
        "end": pl.Date(),
        "days": pl.UInt32(),
        "posts": pl.UInt32(),
        "accounts": pl.UInt32(),
        "agencies": pl.UInt32(),
        "clusters": pl.UInt32(),
        "agency_list": pl.List(pl.String()),
        "first_account": pl.String(),
        "biggest_user": pl.String(),
        "biggest_share": pl.Float64(),
        "texts": pl.UInt32(),
        "copied_posts": pl.UInt32(),
        "followers": pl.Float64(),
        "accounts_with_followers": pl.UInt32(),
        "views": pl.Float64(),
        "posts_with_views": pl.UInt32(),
        "interactions": pl.Float64(),
        "posts_with_interactions": pl.UInt32(),
        "ratio": pl.Float64(),
        "ratio_low": pl.Float64(),
        "ratio_high": pl.Float64(),
        "weight": pl.Float64(),
    }
)
CAMPAIGN_POSTS_SCHEMA: Final = pl.Schema(
    {"campaign": pl.UInt32(), "platform": POLARS_SCHEMA["platform"], "post_id": pl.String()}
)


@dataclass(frozen=True)
class Campaigns:
    """Campaigns and their posts.

    Parameters
    ----------
    campaigns
        ``CAMPAIGNS_SCHEMA``; those with a burst first, then by agencies and posts. ``basis`` says where the period
        comes from: the hashtags' bursts, or first and last use. ``agency_list`` is in the order in which they joined.
        ``texts`` counts different texts, ``copied_posts`` posts whose text two accounts or more have posted.
        ``followers`` adds the largest audience of each distinct account that reports one
        (``accounts_with_followers``): people who follow several count several times. ``views`` and ``interactions``
        add what is reported, by as many posts as ``posts_with_…`` say. ``ratio`` is as in the engagement table.
    posts
        ``CAMPAIGN_POSTS_SCHEMA``, every post of every campaign; a post may belong to several.
    """

    campaigns: pl.DataFrame
    posts: pl.DataFrame


def find_campaigns(
    uses: HashtagUses,
    bursts: pl.DataFrame,
    network: HashtagNetwork,
    *,
    min_campaign_posts: int = MIN_CAMPAIGN_POSTS,
    gap_days: int = GAP_DAYS,
    min_overlap: float = MIN_OVERLAP,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Campaigns:
    """Find campaigns: hashtags that burst, alone or together, and shared hashtags that are used all the time.

    Parameters
    ----------
    uses
        From :func:`textmine.hashtags.hashtag_uses`.
    bursts
        From :func:`textmine.hashtags.hashtag_bursts`; level 1 counts.
    network
        From :func:`textmine.hashtags.hashtag_network`: which hashtags are used together.
    min_campaign_posts
        Campaigns with fewer posts are left out.
    gap_days
        Bursts of a hashtag with at most this many days between them are one period.
    min_overlap
        Two hashtags that burst at the same time are one campaign if posts with both are at least this share of the
        posts with either.
    resamples, seed
        Of the interval of ``ratio``, as for :func:`textmine.hashtags.hashtag_engagement`.

    Returns
    -------
    Campaigns
    """
    periods = joined_periods(bursts, gap_days)
    numbers = _together(uses, periods, network, min_overlap)
    steady = _steady(uses, bursts, min_campaign_posts, int(max(numbers, default=-1)) + 1)
    parts = pl.concat(
        [
            periods.with_columns(pl.Series("found", numbers, dtype=pl.Int64), pl.lit("burst", Basis).alias("basis")),
            steady,
        ],
        how="diagonal",
    )
    posts = _posts_of(uses, parts)
    enough = posts.group_by("found").agg(pl.len().alias("posts")).filter(pl.col("posts") >= min_campaign_posts)
    posts = posts.join(enough, on="found", how="semi").sort("found", "post")
    return _described(uses, parts, posts, resamples=resamples, seed=seed)


def joined_periods(bursts: pl.DataFrame, gap_days: int) -> pl.DataFrame:
    """Bursts of a hashtag with short gaps made one: hashtag, start, end, weight."""
    ordered = bursts.filter(pl.col("level") == 1).sort("hashtag", "start")
    gap = (pl.col("start") - pl.col("end").shift(1).over("hashtag")).dt.total_days() - 1
    return (
        ordered.with_columns((gap > gap_days).fill_null(value=True).cum_sum().alias("run"))
        .group_by("hashtag", "run", maintain_order=True)
        .agg(pl.col("start").min(), pl.col("end").max(), pl.col("weight").sum())
        .drop("run")
    )


def _together(uses: HashtagUses, periods: pl.DataFrame, network: HashtagNetwork, min_overlap: float) -> list[int]:
    """Number of the campaign of each period: periods that overlap, of hashtags that are mostly used together."""
    numbered = periods.with_row_index("at").select("at", "hashtag", "start", "end")
    frequency = pl.DataFrame([uses.hashtags["hashtag"], uses.frequency["posts"].alias("total")])
    pairs = network.pairs.select("hashtag", "other", pl.col("posts").cast(pl.Int64))
    close = (
        pairs.join(frequency, on="hashtag")
        .join(frequency.rename({"hashtag": "other", "total": "other_total"}), on="other")
        .filter(pl.col("posts") >= min_overlap * (pl.col("total") + pl.col("other_total") - pl.col("posts")))
    )
    both = (
        close.select("hashtag", "other")
        .join(numbered, on="hashtag")
        .join(numbered, left_on="other", right_on="hashtag", suffix="_other")
        .filter((pl.col("start") <= pl.col("end_other")) & (pl.col("start_other") <= pl.col("end")))
    )
    graph = graph_of(len(periods), both["at"].to_numpy(), both["at_other"].to_numpy())
    return list(graph.connected_components().membership)


def _steady(uses: HashtagUses, bursts: pl.DataFrame, min_posts: int, first: int) -> pl.DataFrame:
    """Hashtags of several agencies without a burst, from first to last use."""
    used = uses.with_posts(uses.frequent(min_posts), "agency", "day")
    shared = (
        used.group_by("tag")
        .agg(
            pl.col("agency").n_unique().alias("agencies"),
            pl.col("day").min().alias("start"),
            pl.col("day").max().alias("end"),
        )
        .filter(pl.col("agencies") >= MIN_STEADY_AGENCIES)
        .sort("tag")
    )
    named = uses.named(shared).filter(~pl.col("hashtag").is_in(bursts["hashtag"].unique().implode()))
    return named.with_row_index("found", offset=first).select(
        "hashtag",
        "start",
        "end",
        pl.lit(0.0).alias("weight"),
        pl.col("found").cast(pl.Int64),
        pl.lit("use", Basis).alias("basis"),
    )


def _posts_of(uses: HashtagUses, parts: pl.DataFrame) -> pl.DataFrame:
    """Posts of each campaign: found, post."""
    tags = uses.hashtags.select("hashtag").with_row_index("tag").with_columns(pl.col("tag").cast(pl.UInt32))
    coded = parts.join(tags, on="hashtag").select("tag", "found", "start", "end")
    used = uses.with_posts(uses.uses.join(coded.select("tag").unique(), on="tag", how="semi"), "day")
    inside = used.join(coded, on="tag").filter(pl.col("day").is_between("start", "end"))
    return inside.select("found", "post").unique()


def _described(uses: HashtagUses, parts: pl.DataFrame, posts: pl.DataFrame, *, resamples: int, seed: int) -> Campaigns:
    columns = "platform post_id account agency cluster day interactions views followers text"
    table = uses.with_posts(posts, *columns.split())
    described = (
        _figures(table)
        .join(_hashtags(uses, parts), on="found")
        .join(_biggest(table), on="found")
        .join(_copied(table), on="found", how="left")
        .join(_audience(table), on="found")
        .join(_ratios(uses, table, resamples=resamples, seed=seed), on="found", how="left")
        .with_columns(
            (pl.col("biggest_posts") / pl.col("posts")).alias("biggest_share"),
            pl.col("copied_posts").fill_null(0),
            ((pl.col("end") - pl.col("start")).dt.total_days() + 1).alias("days"),
            pl.when(pl.col("clusters") > 0).then("clusters").alias("clusters"),
        )
        .sort("basis", "agencies", "posts", "label", "start", descending=[False, True, True, False, False])
        .with_row_index("campaign", offset=1)
    )
    campaigns = described.select(pl.col(name).cast(dtype) for name, dtype in CAMPAIGNS_SCHEMA.items())
    members = (
        table.join(described.select("found", "campaign"), on="found")
        .select(pl.col(name).cast(dtype) for name, dtype in CAMPAIGN_POSTS_SCHEMA.items())
        .sort("campaign", "platform", "post_id")
    )
    return Campaigns(campaigns, members)


def _figures(table: pl.DataFrame) -> pl.DataFrame:
    some = {"views": "posts_with_views", "interactions": "posts_with_interactions"}
    return table.group_by("found", maintain_order=True).agg(
        pl.col("day").min().alias("start"),
        pl.col("day").max().alias("end"),
        pl.len().alias("posts"),
        pl.col("account").n_unique().alias("accounts"),
        pl.col("agency").n_unique().alias("agencies"),
        pl.col("cluster").drop_nulls().n_unique().alias("clusters"),
        pl.col("agency").unique(maintain_order=True).alias("agency_list"),
        pl.col("account").first().cast(pl.String).str.splitn("/", 2).struct.field("field_1").alias("first_account"),
        pl.col("text").n_unique().alias("texts"),
        *(pl.when(pl.col(f).count() > 0).then(pl.col(f).sum()).alias(f) for f in some),
        *(pl.col(f).count().alias(name) for f, name in some.items()),
    )


def _hashtags(uses: HashtagUses, parts: pl.DataFrame) -> pl.DataFrame:
    """Hashtags of each campaign, the most frequent first."""
    names = uses.hashtags.with_columns(uses.frequency["posts"].alias("total"))
    ordered = parts.join(names, on="hashtag").sort("found", "total", "hashtag", descending=[False, True, False])
    tags = ordered.group_by("found", maintain_order=True).agg(
        pl.col("basis").first(),
        pl.col("spelling").unique(maintain_order=True).alias("hashtags"),
        pl.col("weight").sum(),
    )
    return tags.with_columns(pl.col("hashtags").list.head(3).list.join(" ").alias("label"))


def _biggest(table: pl.DataFrame) -> pl.DataFrame:
    return (
        table.group_by("found", pl.col("agency").alias("biggest_user"))
        .agg(pl.len().alias("biggest_posts"))
        .with_columns(pl.col("biggest_user").cast(pl.String))
        .sort("found", "biggest_posts", "biggest_user", descending=[False, True, False])
        .group_by("found", maintain_order=True)
        .agg(pl.col("biggest_user", "biggest_posts").first())
    )


def _copied(table: pl.DataFrame) -> pl.DataFrame:
    texts = table.group_by("found", "text").agg(pl.len().alias("n"), pl.col("account").n_unique().alias("accounts"))
    copied = texts.filter(pl.col("accounts") > 1)
    return copied.group_by("found").agg(pl.col("n").sum().alias("copied_posts"))


def _audience(table: pl.DataFrame) -> pl.DataFrame:
    largest = table.group_by("found", "account").agg(pl.col("followers").max())
    return largest.group_by("found").agg(
        pl.when(pl.col("followers").count() > 0).then(pl.col("followers").sum()).alias("followers"),
        pl.col("followers").count().alias("accounts_with_followers"),
    )


def _ratios(uses: HashtagUses, table: pl.DataFrame, *, resamples: int, seed: int) -> pl.DataFrame:
    """Median over posts of interactions over the account's own median, with an interval over accounts and weeks."""
    known = (
        table.join(baselines(uses.posts), on="account", maintain_order="left")
        .select("found", (pl.col("interactions") / pl.col("usual")).alias("ratio"), account_week().alias("cluster"))
        .drop_nulls("ratio")
    )
    found, ratio, cluster = (known[name].to_numpy() for name in ("found", "ratio", "cluster"))
    cluster = in_order_of_appearance(cluster, found)
    rows = []
    for start, end in pairwise(np.flatnonzero(np.diff(found, prepend=-1, append=-1))):
        own = cluster[start:end]
        weights = named_weights(int(own.max()) + 1, resamples, seed, "campaign")
        interval = median_interval(ratio[start:end], own, weights)
        rows.append((int(found[start]), interval.estimate, interval.low, interval.high))
    schema = {"found": pl.Int64, "ratio": pl.Float64, "ratio_low": pl.Float64, "ratio_high": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.all().exclude("found").fill_nan(None))
