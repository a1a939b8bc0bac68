"""Typical engagement of a post on each platform, with an interval by weeks."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from scipy.stats import t as student

from textmine.contrasts.tally import SCALE, Tally, parts_of_stratum
from textmine.platforms import PLATFORMS

COVERED: Final = 0.9
"""Level of the intervals."""

TYPICAL_SCHEMA: Final = pl.Schema(
    {
        "group": pl.String(),
        "platform": pl.String(),
        "posts": pl.UInt32(),
        "weeks": pl.UInt32(),
        "typical": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
    }
)
"""``typical`` is the geometric mean of 1 + engagement, less 1; the interval is null with fewer than two weeks."""


def typical_engagement(tally: Tally) -> pl.DataFrame:
    """Geometric mean of engagement by agency and platform.

    Parameters
    ----------
    tally
        Sums over comparable posts.

    Returns
    -------
    polars.DataFrame
        Rows of :data:`TYPICAL_SCHEMA`. Posts of a week stand together: the interval is that of weeks left out in turn.
    """
    account = ["group", "platform"]
    n, total = pl.col("n"), pl.col("total") / SCALE
    weeks = (
        tally.cells.with_columns(*parts_of_stratum()[:2])
        .group_by(*account, "week")
        .agg(n.sum(), total.sum())
        .sort(*account, "week")
        .with_columns(n.sum().over(account).alias("all_n"))
        .with_columns((pl.col("total").sum().over(account) / pl.col("all_n")).alias("mean"))
    )
    moved = (pl.col("total") - n * pl.col("mean")) / (pl.col("all_n") - n)
    table = weeks.group_by(account, maintain_order=True).agg(
        pl.col("mean").first(), n.sum().alias("posts"), pl.len().alias("weeks"),
        ((1 - 1 / pl.len()) * (moved**2).sum()).sqrt().alias("error"),
        (1 / ((n / pl.col("all_n")) ** 2).sum() - 1).alias("freedom"),
    )  # fmt: skip
    tail = (1 - COVERED) / 2
    freedom = table["freedom"].to_numpy()
    reach = student.isf(tail, np.where(freedom > 0, freedom, np.nan)) * table["error"].to_numpy()
    mean = table["mean"].to_numpy()
    names = dict(enumerate(PLATFORMS))
    found = table.with_columns(
        tally.coding.name_of("group"),
        pl.col("platform").replace_strict(names, return_dtype=pl.String),
        pl.Series("typical", np.expm1(mean)),
        pl.Series("low", np.expm1(np.maximum(mean - reach, 0.0))).fill_nan(None),
        pl.Series("high", np.expm1(mean + reach)).fill_nan(None),
    )
    return (
        found.select(TYPICAL_SCHEMA.names())
        .cast(TYPICAL_SCHEMA)
        .sort("group", pl.col("platform").cast(pl.Enum(PLATFORMS)))
    )
