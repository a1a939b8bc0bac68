"""How sure the interactions of a campaign are: what as many posts might have got.

How many posts an agency published for its campaign is its own doing and stands. What each got would have been another:
the total is drawn from a log-normal distribution with the variance of a sum of so many posts. That follows from the
spread of log(1 + interactions) within a platform, as of log-normal posts, and from how many times as much weeks differ
as posts that are independent of each other would let them. Both are drawn to what all campaigns say: a campaign has few
weeks.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]

TYPICAL_POSTS: Final = 20
"""Posts for which the spread of all campaigns counts in the spread of one."""

TYPICAL_WEEKS: Final = 10
"""Weeks for which that of all campaigns counts in how much the weeks of one differ."""


def total_draws(days: pl.DataFrame, agencies: list[str], *, n_draws: int, seed: int) -> Floats:
    """Draw totals, shape (n_draws, n_agencies), NaN where nothing is known.

    Parameters
    ----------
    days
        ``agency``, ``platform``, ``day``, ``known`` (posts of a campaign that report interactions), and sums over them:
        ``engagement``, ``logs`` and ``squares``, of log(1 + interactions) and its square; in their order.
    agencies
        Shape (n_agencies,).
    n_draws, seed
        Of the draws.
    """
    spread = relative_variance(days)
    rows = pl.DataFrame({"agency": agencies}).join(spread, on="agency", how="left", maintain_order="left")
    total, variance = (
        rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in ("total", "relative_variance")
    )
    error = np.sqrt(np.log1p(variance))
    drawn: Floats = total * np.exp(error * np.random.default_rng(seed).standard_normal((n_draws, len(agencies))))
    return drawn


def relative_variance(days: pl.DataFrame) -> pl.DataFrame:
    """Totals and their variances over their squares: ``agency``, ``total``, ``relative_variance``."""
    by_account = (
        days.filter(pl.col("known") > 0)
        .group_by("agency", "platform", maintain_order=True)
        .agg(pl.col("known", "engagement", "logs", "squares").sum())
        .with_columns((pl.col("logs") / pl.col("known")).alias("mean"))
    )
    rest = (pl.col("squares") - pl.col("known") * pl.col("mean") ** 2).clip(lower_bound=0.0)
    free = (pl.col("known") - 1).clip(lower_bound=0)
    typical = rest.sum() / free.sum().clip(lower_bound=1)
    spread = ((rest + TYPICAL_POSTS * typical) / (free + TYPICAL_POSTS)).alias("spread")
    by_posts = by_account.with_columns(spread).with_columns(
        (pl.col("engagement") ** 2 * (pl.col("spread").exp() - 1) / pl.col("known")).alias("variance"),
        (pl.col("known") * pl.col("spread")).alias("of_logs"),
    )
    summed = by_posts.group_by("agency", maintain_order=True).agg(
        pl.col("engagement").sum().alias("total"), pl.col("variance", "of_logs").sum()
    )
    table = summed.join(_by_weeks(days, by_account), on="agency", how="left", maintain_order="left")
    # Of 1 where weeks differ as independent posts would have it; never less.
    weeks, times = pl.col("weeks") - 1, pl.col("by_weeks") / pl.col("of_logs")
    known = pl.when(pl.col("of_logs") > 0).then(times).fill_null(1.0)
    pooled = (weeks * known).sum() / weeks.sum().clip(lower_bound=1)
    more = ((weeks * known + TYPICAL_WEEKS * pooled) / (weeks + TYPICAL_WEEKS)).clip(lower_bound=1.0)
    relative = more * pl.col("variance") / pl.col("total") ** 2
    return table.select(
        "agency", "total", pl.when(pl.col("total") > 0).then(relative).otherwise(0.0).alias("relative_variance")
    )


def _by_weeks(days: pl.DataFrame, by_account: pl.DataFrame) -> pl.DataFrame:
    """Variance of the sum of logarithms from what each week is above or below the mean of its posts' platforms."""
    off = pl.col("logs") - pl.col("known") * pl.col("mean")
    weeks = (
        days.join(by_account.select("agency", "platform", "mean"), on=["agency", "platform"], maintain_order="left")
        .group_by("agency", pl.col("day").dt.truncate("1w").alias("week"), maintain_order=True)
        .agg(off.sum())
    )
    variance = (pl.col("logs") ** 2).sum() * pl.len() / (pl.len() - 1)
    return weeks.group_by("agency", maintain_order=True).agg(
        pl.when(pl.len() > 1).then(variance).alias("by_weeks"), pl.len().cast(pl.Float64).alias("weeks")
    )
