"""Lift of a campaign: engagement of its posts beside the agency's other posts of the same platform and medium.

Of each agency those posts are compared that lie between eight weeks before its campaign's first post and eight weeks
after its last, so that growth of the audience over a year does not pass for lift. Within a platform and a medium the
difference of the mean log(1 + interactions) is taken; platforms and media are averaged by how much they can say,
n1 n0 / (n1 + n0) for n1 posts of the campaign and n0 others. Its exponential is a ratio of geometric means: one viral
post weighs as one post. The lift is an association: agencies choose which posts carry the hashtag, when, and with what
effort, so it does not say what the campaign caused.

References
----------
Wooldridge, J. M. (2010). Econometric Analysis of Cross Section and Panel Data, 2nd edition, chapter 10: fixed effects.
Cameron, A. C. and Miller, D. L. (2015). A Practitioner's Guide to Cluster-Robust Inference. JHR 50, 317-372.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.engagement import engagement_of_post
from textmine.posts import local_day
from textmine.ranking.measures import MEDIA

Floats = npt.NDArray[np.float64]

AROUND_DAYS: Final = 56
"""Days before the first and after the last post of a campaign whose posts it is compared with."""

TYPICAL_POSTS: Final = 20
"""Posts for which the spread of all agencies counts in the spread of one."""

_UNITS: Final = 2**16
"""Logarithms are added up as whole numbers of this fineness: sums are the same in any order of posts."""

CELLS_SCHEMA: Final = pl.Schema(
    {
        "agency": pl.String(),
        "platform": pl.String(),
        "medium": pl.String(),
        "week": pl.Date(),
        "in_campaign": pl.Boolean(),
        "n": pl.Int64(),
        "sum": pl.Float64(),
        "squares": pl.Float64(),
    }
)
"""Posts by agency, platform, medium and week, in a campaign and not: how many, and sums of log(1 + interactions)."""


def lift_cells(posts: pl.LazyFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Add up the posts that a campaign is made of and compared with, in one stream.

    Parameters
    ----------
    posts
        Canonical posts that count, with ``in_campaign``.
    spans
        ``agency``, and ``start`` and ``end``, the days of the first and last post of its campaign.

    Returns
    -------
    polars.DataFrame
        Rows of ``CELLS_SCHEMA``.
    """
    medium = pl.lit("other")
    for name, types in MEDIA.items():
        medium = pl.when(pl.col("media_type").cast(pl.String).is_in(list(types))).then(pl.lit(name)).otherwise(medium)
    near = pl.duration(days=AROUND_DAYS)
    rows = (
        posts.select("agency", pl.col("platform").cast(pl.String), medium.alias("medium"), local_day().alias("day"),
                     "in_campaign", log_units())
        .drop_nulls("units")
        .join(spans.lazy().select("agency", "start", "end"), on="agency")
        .filter(pl.col("day").is_between(pl.col("start") - near, pl.col("end") + near))
        .with_columns(pl.col("day").dt.truncate("1w").alias("week"))
    )  # fmt: skip
    keys = CELLS_SCHEMA.names()[:5]
    added = rows.group_by(keys).agg(pl.len().alias("n"), *log_sums("sum", "squares"))
    return added.select(CELLS_SCHEMA.names()).cast(CELLS_SCHEMA).sort(keys).collect(engine="streaming")


def log_units() -> pl.Expr:
    """``units``: log(1 + interactions) of a post as a whole number."""
    return (engagement_of_post().log1p() * _UNITS).round().cast(pl.Int64).alias("units")


def log_sums(first: str, second: str) -> tuple[pl.Expr, pl.Expr]:
    """Sums over ``units`` of log(1 + interactions) and of its square, under these names."""
    units = pl.col("units")
    return (units.sum() / _UNITS).alias(first), ((units**2).sum() / _UNITS**2).alias(second)


def lifts(cells: pl.DataFrame, agencies: list[str]) -> tuple[Floats, Floats]:
    """Logarithm of each agency's lift and its standard error, NaN where there is nothing to compare.

    The standard error is the larger of two: from the spread of posts, and from that of weeks, in which posts have
    something in common.

    Parameters
    ----------
    cells
        Rows of ``CELLS_SCHEMA``; of one platform, or of all.
    agencies
        Shape (n_agencies,).
    """
    within, inside = ["agency", "platform", "medium"], pl.col("in_campaign")
    n1, n0 = pl.col("n").filter(inside).sum(), pl.col("n").filter(~inside).sum()
    both = cells.group_by(within, maintain_order=True).agg(
        n1.alias("n1"),
        n0.alias("n0"),
        (pl.col("sum").filter(inside).sum() / n1).alias("mean1"),
        (pl.col("sum").filter(~inside).sum() / n0).alias("mean0"),
        pl.col("squares").sum(),
        (n1 * n0 / (n1 + n0)).alias("says"),
    ).filter((pl.col("n1") > 0) & (pl.col("n0") > 0))  # fmt: skip
    difference = pl.col("mean1") - pl.col("mean0")
    lift = ((pl.col("says") * difference).sum() / pl.col("says").sum()).over("agency")
    both = both.with_columns(lift.alias("lift"), difference.alias("difference"))
    found = _spread_of_posts(both).join(_spread_of_weeks(cells, both), on="agency", how="left", maintain_order="left")
    errors = found.select("agency", "lift", pl.max_horizontal("by_posts", "by_weeks").sqrt().alias("error"))
    rows = pl.DataFrame({"agency": agencies}).join(errors, on="agency", how="left", maintain_order="left")
    lift_, error = (rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in ("lift", "error"))
    return lift_, error


def _spread_of_posts(both: pl.DataFrame) -> pl.DataFrame:
    """Each agency's lift and ``by_posts``: its variance were posts independent, their spread drawn to that of all."""
    n = pl.col("n1") + pl.col("n0")
    explained = pl.col("n1") * pl.col("mean1") ** 2 + pl.col("n0") * pl.col("mean0") ** 2
    rest = pl.col("squares") - explained + pl.col("says") * (pl.col("difference") - pl.col("lift")) ** 2
    table = both.group_by("agency", maintain_order=True).agg(
        pl.col("lift").first(),
        pl.col("says").sum(),
        rest.sum().clip(lower_bound=0.0).alias("rest"),
        (n.sum() - pl.len() - 1).clip(lower_bound=0).alias("free"),
    )
    typical = pl.col("rest").sum() / pl.col("free").sum().clip(lower_bound=1)
    spread = (pl.col("rest") + TYPICAL_POSTS * typical) / (pl.col("free") + TYPICAL_POSTS)
    return table.with_columns((spread / pl.col("says")).alias("by_posts"))


def _spread_of_weeks(cells: pl.DataFrame, both: pl.DataFrame) -> pl.DataFrame:
    """Each agency's ``by_weeks``: variance of the lift from what is left in each week, clustered by weeks."""
    share = pl.col("n1") / (pl.col("n1") + pl.col("n0"))
    mean = share * pl.col("mean1") + (1 - share) * pl.col("mean0")
    away = pl.when("in_campaign").then(1 - share).otherwise(-share)
    left = pl.col("sum") - pl.col("n") * (mean + pl.col("lift") * away)
    weeks = (
        cells.join(both, on=["agency", "platform", "medium"], suffix="_of_both")
        .sort(CELLS_SCHEMA.names()[:5])
        .group_by("agency", "week", maintain_order=True)
        .agg((away * left).sum().alias("score"))
    )
    says = both.group_by("agency", maintain_order=True).agg(pl.col("says").sum())
    squares = weeks.group_by("agency", maintain_order=True).agg(
        (pl.col("score") ** 2).sum().alias("squares"), pl.len().alias("weeks")
    )
    variance = pl.col("squares") / pl.col("says") ** 2 * pl.col("weeks") / (pl.col("weeks") - 1)
    known = pl.when(pl.col("weeks") > 1).then(variance)
    return squares.join(says, on="agency", maintain_order="left").select("agency", known.alias("by_weeks"))
