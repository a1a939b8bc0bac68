"""The posts that were answered most and least beside what is usual for them, and what these have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from textmine.contrasts.tally import Coding, Tally, coded_batches, parts_of_stratum
from textmine.contrasts.traits import ONE_SIDED, TRAITS, with_traits
from textmine.contrasts.usual import Usual, with_times
from textmine.platforms import PLATFORMS
from textmine.posts import KEY

MOST_LOOKED_AT: Final = 50
LEAST_LOOKED_AT: Final = 10
"""A tenth of an agency's posts is looked at for what they have in common, between these numbers."""
CLEAR: Final = 2.0
"""Standard deviations by which a trait is more frequent than among all of the agency's posts, to be named."""
SEVERAL: Final = 3
"""Posts with the trait that are needed to call it common to them."""

EXTREME_SCHEMA: Final = pl.Schema(
    {
        "group": pl.String(),
        "side": pl.Enum(["best", "weakest"]),
        "rank": pl.UInt32(),
        "platform": pl.String(),
        "post_id": pl.String(),
        "times": pl.Float64(),
        "alike": pl.UInt32(),
        "same_medium": pl.Boolean(),
    }
)
"""``times`` is the engagement over what is usual, ``alike`` the posts of the same kind that tell what is usual."""

COMMON_SCHEMA: Final = pl.Schema(
    {
        "group": pl.String(),
        "side": pl.Enum(["best", "weakest"]),
        "trait": pl.Enum(TRAITS),
        "level": pl.Int32(),
        "posts": pl.UInt32(),
        "of": pl.UInt32(),
        "share": pl.Float64(),
        "share_of_all": pl.Float64(),
        "deviations": pl.Float64(),
    }
)
"""``posts`` of ``of`` have the trait, a ``share``; ``share_of_all`` is that of all the agency's posts."""

_KEPT: Final = ["group", "log_times", "alike", "same_medium", *KEY, "published_at"]


def extremes(
    posts: pl.LazyFrame, coding: Coding, usual: Usual, *, progress: Callable[[int], None] | None = None
) -> pl.DataFrame:
    """The best and the weakest posts of each agency, batch by batch: memory holds one batch and what is kept.

    Parameters
    ----------
    posts
        Canonical posts.
    coding, usual
        From :func:`textmine.contrasts.tally.tally` and :func:`textmine.contrasts.usual.usual_of`.
    progress
        Called with the number of posts done.

    Returns
    -------
    polars.DataFrame
        Rows of :data:`EXTREME_SCHEMA`: a tenth of an agency's comparable posts a side, ``LEAST_LOOKED_AT`` to
        ``MOST_LOOKED_AT`` and never more than half; equals by time of publication.
    """
    group = parts_of_stratum()[0]
    kept = {"best": pl.DataFrame(), "weakest": pl.DataFrame()}
    counts: list[pl.DataFrame] = []
    done = 0
    for batch in coded_batches(posts, coding, (*KEY, "published_at")):
        timed = with_times(batch, usual).filter(pl.col("log_times").is_not_null()).with_columns(group)
        counts.append(timed.group_by("group").agg(pl.len().cast(pl.Int64).alias("n")))
        for side, before in kept.items():
            candidates = pl.concat([before, timed.select(_KEPT)]) if before.width else timed.select(_KEPT)
            order = candidates.sort("log_times", "published_at", *KEY, descending=[side == "best", False, False, False])
            kept[side] = order.group_by("group", maintain_order=True).head(MOST_LOOKED_AT).select(_KEPT)
        done += len(batch)
        if progress is not None:
            progress(done)
    if not counts:
        return EXTREME_SCHEMA.to_frame()
    sizes = pl.concat(counts).group_by("group").agg(pl.col("n").sum())
    room = pl.min_horizontal((pl.col("n") // 10).clip(LEAST_LOOKED_AT, MOST_LOOKED_AT), pl.col("n") // 2)
    frames = []
    for side, rows in kept.items():
        ranked = rows.with_columns(
            pl.lit(side).alias("side"), pl.int_range(1, pl.len() + 1).over("group").alias("rank")
        ).join(sizes, on="group", how="left", maintain_order="left")
        frames.append(ranked.filter(pl.col("rank") <= room))
    table = pl.concat(frames).with_columns(coding.name_of("group"), pl.col("log_times").exp().alias("times"))
    return table.sort("group", "side", "rank").select(EXTREME_SCHEMA.names()).cast(EXTREME_SCHEMA)


def in_common(
    chosen: pl.DataFrame, posts: pl.LazyFrame, zones: pl.DataFrame, tally: Tally, *, topics: pl.LazyFrame | None
) -> pl.DataFrame:
    """What the best and the weakest posts have more often than all posts of their agency.

    A description of these posts: nothing says that they are answered because of it.

    Parameters
    ----------
    chosen
        From :func:`extremes`.
    posts, zones, tally
        As for :func:`textmine.contrasts.tally.tally`.
    topics
        ``platform``, ``post_id``, ``topic``, as the tally was given them in step with the posts.

    Returns
    -------
    polars.DataFrame
        Rows of :data:`COMMON_SCHEMA` with ``SEVERAL`` posts and ``CLEAR`` deviations or more, the clearest first.
    """
    if chosen.is_empty():
        return COMMON_SCHEMA.to_frame()
    platform = pl.col("platform").cast(pl.Enum(PLATFORMS))
    keys = chosen.with_columns(platform)
    asked = keys.select(KEY).unique()
    found = _of_keys(posts, asked)
    about = pl.DataFrame(schema={**found.select(KEY).schema, "topic": pl.Int32})
    if topics is not None:
        about = _of_keys(topics, asked).select(*KEY, pl.col("topic").cast(pl.Int32))
    traits = with_traits(found.join(about, on=list(KEY), how="left"), zones).select(*KEY, *TRAITS)
    rows = keys.join(traits, on=list(KEY), how="left", maintain_order="left")
    of = rows.group_by("group", "side").agg(pl.len().alias("of"))
    shares = _shares(tally)
    frames = [
        rows.filter(pl.col(trait).is_not_null())
        .group_by("group", "side", pl.col(trait).alias("level"))
        .agg(pl.len().alias("posts"))
        .with_columns(pl.lit(trait, COMMON_SCHEMA["trait"]).alias("trait"))
        for trait in TRAITS
    ]
    p, n, size = pl.col("share_of_all"), pl.col("of"), pl.col("all_posts")
    # Drawn without replacement from the agency's own posts.
    spread = (n * p * (1 - p) * (size - n) / (size - 1)).sqrt()
    table = (
        pl.concat(frames)
        .join(of, on=["group", "side"], how="left")
        .join(shares, on=["group", "trait", "level"], how="left")
        .with_columns((pl.col("posts") / n).alias("share"), ((pl.col("posts") - n * p) / spread).alias("deviations"))
        .filter(pl.col("deviations").is_finite() & (pl.col("deviations") >= CLEAR) & (pl.col("posts") >= SEVERAL))
        .filter(~pl.col("trait").cast(pl.String).is_in(list(ONE_SIDED)) | (pl.col("level") == 1))
    )
    ordered = table.sort("group", "side", -pl.col("deviations"), "trait", "level")
    return ordered.select(COMMON_SCHEMA.names()).cast(COMMON_SCHEMA)


def _of_keys(table: pl.LazyFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Rows of a few posts; the large table is streamed past them, which a join would keep in memory."""
    asked = pl.col("post_id").is_in(keys["post_id"].unique().implode())
    few = table.filter(asked).with_columns(pl.col("platform").cast(pl.Enum(PLATFORMS))).collect(engine="streaming")
    return few.join(keys, on=list(KEY), how="semi", maintain_order="left")


def _shares(tally: Tally) -> pl.DataFrame:
    """Share of each level among an agency's posts."""
    group = parts_of_stratum()[0]
    every = tally.cells.group_by(group).agg(pl.col("n").sum().alias("all_posts"))
    frames = [
        tally.levels[trait]
        .group_by(group, "level")
        .agg(pl.col("n").sum())
        .with_columns(pl.lit(trait, COMMON_SCHEMA["trait"]).alias("trait"))
        for trait in TRAITS
    ]
    joined = pl.concat(frames).join(every, on="group", how="left")
    return joined.select(
        tally.coding.name_of("group"), "trait", "level", "all_posts",
        (pl.col("n") / pl.col("all_posts")).alias("share_of_all"),
    )  # fmt: skip
