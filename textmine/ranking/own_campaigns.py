"""Each agency's own campaigns: hashtags that mainly this agency uses, and for a while more than it usually does.

A hashtag is an agency's own if half of all posts with it or more are the agency's, and no signature of it: if it stands
under at most half of the agency's posts. A campaign is a time in which an own hashtag bursts among the agency's own
posts (:mod:`textmine.hashtags.bursts`), or several such times; own hashtags that burst at once and are mostly used
together are one campaign. Posts with the hashtag up to a week before and after a burst belong to it: its ends are not
sharp. What bursts for more than a third of the period is no campaign but a habit. No engagement is looked at: what a
campaign is later scored by does not choose it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.groups import group_of
from textmine.hashtags.bursts import burst_periods
from textmine.hashtags.campaigns import GAP_DAYS, MIN_OVERLAP, joined_periods
from textmine.hashtags.network import graph_of
from textmine.hashtags.uses import MIN_POSTS, hashtag_spellings
from textmine.posts import local_day

OWN_SHARE: Final = 0.5
"""Of all posts with a hashtag: from this share on it is the agency's own."""

SIGNATURE_SHARE: Final = 0.5
"""Of an agency's posts: a hashtag under more of them is its signature."""

LONGEST: Final = 1 / 3
"""Of the days of the period: what bursts on more of them is a habit."""

SCALE: Final = 3.0
"""A hashtag bursts where its share of the agency's posts is nearer to three times the usual than to the usual: what
lies within a third of the period has three times its usual share there. Twice, as for the hashtags of all agencies,
finds no campaign of fewer than nine posts."""

OWN_CAMPAIGNS_SCHEMA: Final = pl.Schema(
    {
        "agency": pl.String(),
        "campaign": pl.UInt32(),
        "label": pl.String(),
        "hashtags": pl.List(pl.String()),
        "start": pl.Date(),
        "end": pl.Date(),
        "days": pl.UInt32(),
        "posts": pl.UInt32(),
        "weight": pl.Float64(),
    }
)
"""``campaign`` counts from 1 for each agency: the one with the most posts first, of equals the heavier burst.
``hashtags`` are case-folded, the most frequent first; ``days`` are those on which one of them bursts."""

_DAYS_SCHEMA: Final = pl.Schema(
    {"agency": pl.String(), "campaign": pl.UInt32(), "day": pl.Date(), "hashtag": pl.String(), "written": pl.String()}
)
_SEPARATOR: Final = "\x1f"


@dataclass(frozen=True)
class OwnCampaigns:
    """Campaigns of agencies.

    Parameters
    ----------
    campaigns
        Rows of ``OWN_CAMPAIGNS_SCHEMA``, by agency.
    days
        agency, campaign, day, hashtag and written, a spelling of it: a post of the agency on this day that has this
        spelling among its hashtags is one of the campaign.
    """

    campaigns: pl.DataFrame
    days: pl.DataFrame


def own_campaigns(posts: pl.LazyFrame, agencies: list[str]) -> OwnCampaigns:
    """Find the own campaigns of agencies. Posts are streamed three times.

    Parameters
    ----------
    posts
        Canonical posts that count; also those of others, who may use the same hashtags.
    agencies
        Whose campaigns are looked for.
    """
    spellings = hashtag_spellings(posts)
    named = posts.select(
        group_of("agency").alias("agency"), local_day().alias("day"), pl.col("hashtags").alias("written")
    )
    daily, counted = pl.collect_all(
        [
            named.group_by("agency", "day").agg(pl.len().alias("n")),
            named.select("agency", "written")
            .explode("written", empty_as_null=False, keep_nulls=False)
            .group_by("agency", "written")
            .agg(pl.len().alias("n")),
        ],
        engine="streaming",
    )
    streams = _own_hashtags(counted.join(spellings, on="written"), daily, agencies)
    if streams.is_empty():
        return OwnCampaigns(OWN_CAMPAIGNS_SCHEMA.to_frame(), _DAYS_SCHEMA.to_frame())
    uses = _uses(named, streams, spellings)
    found = _described(uses, _grouped(uses, _bursts(uses, daily, streams), streams), streams, daily["day"])
    written = found.days.join(spellings, on="hashtag", maintain_order="left_right")
    return OwnCampaigns(found.campaigns, written.select(_DAYS_SCHEMA.names()).cast(_DAYS_SCHEMA))


def _own_hashtags(counted: pl.DataFrame, daily: pl.DataFrame, agencies: list[str]) -> pl.DataFrame:
    """Streams that may hold a campaign: stream, agency, hashtag.

    A post that writes a hashtag in two ways counts twice here.
    """
    sizes = daily.group_by("agency").agg(pl.col("n").sum().alias("size"))
    return (
        counted.group_by("agency", "hashtag")
        .agg(pl.col("n").sum())
        .with_columns((pl.col("n") / pl.col("n").sum().over("hashtag")).alias("share"))
        .join(sizes, on="agency")
        .filter(
            pl.col("agency").is_in(agencies),
            pl.col("n") >= MIN_POSTS,
            pl.col("share") >= OWN_SHARE,
            pl.col("n") <= SIGNATURE_SHARE * pl.col("size"),
        )
        .sort("agency", "hashtag")
        .with_row_index("stream")
        .select(pl.col("stream").cast(pl.Int64), "agency", "hashtag")
    )


def _uses(named: pl.LazyFrame, streams: pl.DataFrame, spellings: pl.DataFrame) -> pl.DataFrame:
    """Posts by agency, day and the own hashtags that they carry: alike (row of posts that are alike), stream, day, n.

    Grows with the days of agencies and their combinations of own hashtags, not with the posts.
    """
    known = streams.join(spellings, on="hashtag", maintain_order="left_right")
    own = known.group_by("agency", maintain_order=True).agg(pl.col("written").alias("own"))
    carried = pl.col("written").list.set_intersection("own").list.sort()
    alike = (
        named.join(own.lazy(), on="agency")
        .select("agency", "day", carried.list.join(_SEPARATOR).alias("carried"))
        .filter(pl.col("carried") != "")
        .group_by("agency", "day", "carried")
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .collect(engine="streaming")
    )
    return (
        alike.sort("agency", "day", "carried")
        .with_row_index("alike")
        .with_columns(pl.col("carried").str.split(_SEPARATOR).alias("written"))
        .explode("written", empty_as_null=False, keep_nulls=False)
        .join(known, on=["agency", "written"], maintain_order="left")
        .select("alike", "stream", "day", "n")
        .unique(maintain_order=True)
    )


def _bursts(uses: pl.DataFrame, daily: pl.DataFrame, streams: pl.DataFrame) -> pl.DataFrame:
    """Bursts among the posts of the agency, short gaps closed: hashtag (the stream), start, end, weight."""
    first, last = daily["day"].min(), daily["day"].max()
    n_days = (last - first).days + 1  # type: ignore[operator, union-attr]
    at = (pl.col("day") - pl.lit(first)).dt.total_days().alias("at")
    totals, counts = daily.with_columns(at).partition_by("agency", as_dict=True), uses.with_columns(at)
    found = []
    for (agency,), own in streams.group_by("agency", maintain_order=True):
        start = int(own["stream"][0])
        total = np.bincount(totals[(agency,)]["at"], totals[(agency,)]["n"], minlength=n_days).astype(np.int64)
        mine = counts.filter(pl.col("stream").is_between(start, start + own.height - 1))
        flat = (mine["stream"].to_numpy() - start) * n_days + mine["at"].to_numpy()
        relevant = np.bincount(flat, mine["n"], minlength=own.height * n_days).astype(np.int64)
        periods = burst_periods(relevant.reshape(-1, n_days), total, n_looked_at=streams.height, scale=SCALE)
        found.append(periods.with_columns(pl.col("stream") + start))
    day = {name: pl.lit(first) + pl.duration(days=column) for name, column in (("start", "from"), ("end", "to"))}
    bursts = pl.concat(found).select(pl.col("stream").alias("hashtag"), "level", "weight", **day)
    return joined_periods(bursts, GAP_DAYS)


def _grouped(uses: pl.DataFrame, bursts: pl.DataFrame, streams: pl.DataFrame) -> pl.DataFrame:
    """Bursts with ``group``: those of hashtags that burst at once and are mostly used together."""
    pairs = (
        uses.join(uses.select("alike", pl.col("stream").alias("other")), on="alike")
        .filter(pl.col("stream") < pl.col("other"))
        .group_by("stream", "other")
        .agg(pl.col("n").sum().alias("both"))
    )
    total = uses.group_by("stream").agg(pl.col("n").sum().alias("total"))
    either = pl.col("total") + pl.col("total_other") - pl.col("both")
    close = (
        pairs.join(total, on="stream")
        .join(total.rename({"stream": "other", "total": "total_other"}), on="other")
        .filter(pl.col("both") >= MIN_OVERLAP * either)
    )
    at_once = (
        close.select("stream", "other")
        .join(bursts, left_on="stream", right_on="hashtag")
        .join(bursts, left_on="other", right_on="hashtag", suffix="_other")
        .filter((pl.col("start") <= pl.col("end_other")) & (pl.col("start_other") <= pl.col("end")))
    )
    graph = graph_of(streams.height, at_once["stream"].to_numpy(), at_once["other"].to_numpy())
    groups: npt.NDArray[np.int64] = np.array(graph.connected_components().membership, dtype=np.int64)
    return bursts.rename({"hashtag": "stream"}).with_columns(pl.Series("group", groups)[bursts["hashtag"]])


def _described(uses: pl.DataFrame, bursts: pl.DataFrame, streams: pl.DataFrame, days: pl.Series) -> OwnCampaigns:
    each_day = _each_day(bursts, around=GAP_DAYS)
    n_days = (days.max() - days.min()).days + 1  # type: ignore[operator, union-attr]
    lengths = _each_day(bursts, around=0).group_by("group").agg(pl.col("day").n_unique().alias("days"))
    inside = uses.join(each_day, on=["stream", "day"])
    posts = (
        inside.unique(["group", "alike"])
        .group_by("group")
        .agg(pl.col("n").sum().alias("posts"), pl.col("day").min().alias("start"), pl.col("day").max().alias("end"))
    )
    names = (
        inside.group_by("group", "stream")
        .agg(pl.col("n").sum())
        .join(streams, on="stream")
        .sort("group", "n", "hashtag", descending=[False, True, False])
        .group_by("group", maintain_order=True)
        .agg(pl.col("agency").first(), pl.col("hashtag").alias("hashtags"))
    )
    weights = bursts.sort("stream", "start").group_by("group", maintain_order=True).agg(pl.col("weight").sum())
    kept = (
        names.join(posts, on="group")
        .join(lengths, on="group")
        .join(weights, on="group")
        .filter((pl.col("posts") >= MIN_POSTS) & (pl.col("days") <= LONGEST * n_days))
        .with_columns(pl.col("hashtags").list.head(3).list.join(" ").alias("label"))
        .sort("agency", "posts", "weight", "label", descending=[False, True, True, False])
        .with_columns(pl.int_range(1, pl.len() + 1).over("agency").alias("campaign"))
    )
    members = (
        each_day.join(kept.select("group", "agency", "campaign"), on="group")
        .join(streams.select("stream", "hashtag"), on="stream")
        .sort("agency", "campaign", "day", "hashtag")
    )
    return OwnCampaigns(
        kept.select(OWN_CAMPAIGNS_SCHEMA.names()).cast(OWN_CAMPAIGNS_SCHEMA),
        members.select("agency", "campaign", "day", "hashtag"),
    )


def _each_day(bursts: pl.DataFrame, *, around: int) -> pl.DataFrame:
    """group, stream and every day of its bursts, and of some days around them: where a burst ends is not sharp."""
    near = pl.duration(days=around)
    days = pl.date_ranges(pl.col("start") - near, pl.col("end") + near).alias("day")
    every = bursts.select("group", "stream", days).explode("day", empty_as_null=False, keep_nulls=False)
    return every.unique(maintain_order=True)
