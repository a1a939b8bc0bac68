"""How an agency's topics move: their shares by month, and the second half of its weeks beside the first."""

from __future__ import annotations

from typing import Final

import polars as pl

from textmine.batches import detached, iter_batches
from textmine.contrasts.jackknife import LEVEL, MIN_FREEDOM, jackknifed, selected
from textmine.contrasts.tally import summed
from textmine.groups import group_of
from textmine.inorder import InOrder
from textmine.posts import KEY, is_credited, local_day

SHIFT_SCHEMA: Final = pl.Schema(
    {
        "group": pl.String(),
        "topic": pl.UInt32(),
        "first_share": pl.Float64(),
        "second_share": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "finding": pl.Boolean(),
    }
)
"""Shares in the first and in the second half of the weeks; ``low`` and ``high`` bound their difference, null where
there are too few weeks to tell."""

MONTH_SCHEMA: Final = pl.Schema(
    {"group": pl.String(), "topic": pl.UInt32(), "month": pl.Date(), "share": pl.Float64(), "posts": pl.UInt32()}
)
"""Share of a topic among the ``posts`` of a month; months without the topic have no row."""

_MILLION: Final = 1_000_000
"""Shares are added as whole millionths: the same sums in any order."""

_COMPACT: Final = 16
"""Batches whose sums are kept apart before they are added together."""


def topic_shifts(
    posts: pl.LazyFrame, post_topics: InOrder, *, level: float = LEVEL
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Shares of topics by month, and between the halves of the period.

    Parameters
    ----------
    posts
        Canonical posts.
    post_topics
        ``platform``, ``post_id``, ``topic``, ``weight``, in the order of the posts.
    level
        False discovery rate over all agencies and topics.

    Returns
    -------
    months : polars.DataFrame
        Rows of :data:`MONTH_SCHEMA`, sorted.
    shifts : polars.DataFrame
        Rows of :data:`SHIFT_SCHEMA`, sorted; intervals are those of weeks left out in turn.
    """
    by = ["group", "week", "month"]
    rows = posts.select(
        *KEY, group_of("agency").alias("group"), local_day().dt.truncate("1w").alias("week"),
        local_day().dt.truncate("1mo").alias("month"), is_credited().alias("credited"),
    )  # fmt: skip
    sizes = [rows.head(0).select(by).with_columns(posts=pl.lit(0, pl.Int64)).collect()]
    sums = [sizes[0].select(*by, pl.lit(0, pl.UInt32).alias("topic"), pl.lit(0, pl.Int64).alias("weight"))]
    for batch in iter_batches(rows):
        own = batch.with_row_index("row").filter("credited")
        sizes.append(detached(own.group_by(by).agg(pl.len().cast(pl.Int64).alias("posts"))))
        told = post_topics.take(batch)
        if not told.is_empty():
            weight = (pl.col("weight") * _MILLION).round(0).cast(pl.Int64)
            joined = own.join(told.select("row", pl.col("topic").cast(pl.UInt32), weight), on="row")
            sums.append(detached(joined.group_by(*by, "topic").agg(pl.col("weight").sum())))
        if len(sums) > _COMPACT:
            sums = [summed(sums, [*by, "topic"])]
    post_topics.finish()
    n, held = summed(sizes, by), summed(sums, [*by, "topic"])
    return _months(n, held), _shifts(n, held, level)


def _months(n: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    sizes = n.group_by("group", "month").agg(pl.col("posts").sum())
    months = held.group_by("group", "topic", "month").agg(pl.col("weight").sum())
    joined = months.join(sizes, on=["group", "month"], how="left")
    found = joined.with_columns((pl.col("weight") / _MILLION / pl.col("posts")).alias("share"))
    return found.select(MONTH_SCHEMA.names()).cast(MONTH_SCHEMA).sort("group", "topic", "month")


def _shifts(n: pl.DataFrame, held: pl.DataFrame, level: float) -> pl.DataFrame:
    """The difference of the halves is a regression on being in the second."""
    sizes = n.group_by("group", "week").agg(pl.col("posts").sum()).sort("group", "week")
    middle = pl.col("week").min() + (pl.col("week").max() - pl.col("week").min() + pl.duration(weeks=1)) / 2
    halves = sizes.with_columns((pl.col("week") >= middle.over("group")).alias("second"))
    second = pl.col("posts").filter(pl.col("second")).sum().over("group")
    halves = halves.with_columns((second / pl.col("posts").sum().over("group")).alias("p"))
    topics = held.group_by("group", "topic").agg(pl.col("weight").sum().alias("all"))
    weights = held.group_by("group", "week", "topic").agg(pl.col("weight").sum())
    cells = (
        halves.join(topics, on="group")
        .join(weights, on=["group", "week", "topic"], how="left")
        .with_columns(pl.col("weight").fill_null(0) / _MILLION)
        .sort("group", "topic", "week")
    )
    of = ["group", "topic"]
    x = pl.col("second").cast(pl.Float64) - pl.col("p")
    total = pl.col("posts").sum().over(of)
    mean = pl.col("all") / _MILLION / total
    weeks = cells.with_columns(
        (x * (pl.col("weight") - pl.col("posts") * mean)).alias("xy"), (pl.col("posts") * x**2).alias("xx"),
        (pl.col("posts") * pl.col("second")).alias("having"), pl.col("topic").alias("level"),
    )  # fmt: skip
    in_second = pl.col("second")
    shares = cells.group_by(of, maintain_order=True).agg(
        *(
            (pl.col("weight").filter(half).sum() / pl.col("posts").filter(half).sum()).alias(name)
            for half, name in ((~in_second, "first_share"), (in_second, "second_share"))
        )
    )
    told = jackknifed(weeks).filter(
        (pl.col("freedom") >= MIN_FREEDOM) & pl.col("error").is_finite() & (pl.col("error") > 0)
    )
    found = selected(told, level).select("group", pl.col("level").alias("topic"), "low", "high", "finding")
    table = shares.join(found, on=of, how="left").with_columns(
        pl.col("first_share", "second_share").fill_nan(None), pl.col("finding").fill_null(False)
    )
    return table.select(SHIFT_SCHEMA.names()).cast(SHIFT_SCHEMA).sort(of)
