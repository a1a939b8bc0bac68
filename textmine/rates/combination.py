"""Platforms together, and definitions beside each other: standardised, ranked, crowned, compared."""

from __future__ import annotations

from itertools import combinations
from typing import Final, Literal, get_args

import numpy as np
import polars as pl
from scipy.stats import kendalltau

from textmine.groups import UNREGISTERED, known_clusters

Combining = Literal["z", "rank"]
Statistic = Literal["own", "mean", "median", "trimmed", "total"]
COMBININGS: Final[tuple[Combining, ...]] = get_args(Combining)
STATISTICS: Final[tuple[Statistic, ...]] = get_args(Statistic)

COLUMN_OF: Final[dict[Statistic, str]] = {
    "own": "value",
    "mean": "mean",
    "median": "median",
    "trimmed": "trimmed_mean",
    "total": "total",
}
_FEWEST: Final = 2
"""Agencies that a platform needs: one alone is always average, so it says nothing."""

TOGETHER_SCHEMA: Final = pl.Schema(
    {
        "agency": pl.String(),
        "definition": pl.String(),
        "together": pl.Float64(),
        "platforms": pl.UInt32(),
        "posts": pl.UInt32(),
        "known": pl.UInt32(),
        "used": pl.UInt32(),
    }
)
CROWNS_SCHEMA: Final = pl.Schema(
    {
        "cluster": pl.String(),
        "definition": pl.String(),
        "agency": pl.String(),
        "together": pl.Float64(),
        "second": pl.String(),
        "margin": pl.Float64(),
        "agencies": pl.UInt32(),
        "tied": pl.UInt32(),
        "posts": pl.UInt32(),
        "used": pl.UInt32(),
        "coverage": pl.Float64(),
    }
)
AGREEMENT_SCHEMA: Final = pl.Schema(
    {
        "cluster": pl.String(),
        "definition": pl.String(),
        "other": pl.String(),
        "tau": pl.Float64(),
        "agencies": pl.UInt32(),
    }
)


def standardised(rates: pl.DataFrame, *, combining: Combining = "z", statistic: Statistic = "own") -> pl.DataFrame:
    """Rates with ``standardised``: where an agency stands on one platform by one definition.

    Parameters
    ----------
    rates
        ``agency``, ``platform``, ``definition`` and the columns of statistics; more columns are kept.
    combining
        ``z``: standard deviations of the logarithm from the mean of all agencies on the platform; a rate of 0 counts as
        half the smallest that is not. ``rank``: the percentile of the mid-rank, (rank - 0.5) / n.
    statistic
        Which figure is compared.

    Returns
    -------
    polars.DataFrame
        The same rows. Null where the rate is, or fewer than two agencies have one on the platform.
    """
    over = ["definition", "platform"]
    value = pl.col(COLUMN_OF[statistic])
    n = value.count().over(over)
    if combining == "rank":
        told = (value.rank("average").over(over) - 0.5) / n
    else:
        least = value.filter(value > 0).min().over(over).fill_null(1.0)
        height = pl.when(value > 0).then(value).when(value == 0).then(least / 2).log()
        spread = height.std(ddof=0).over(over)
        # Logarithms of equal rates differ in the last digit, and a spread of such differences is none.
        told = pl.when(spread > 1e-12).then((height - height.mean().over(over)) / spread).otherwise(height * 0)
    return rates.with_columns(pl.when(n >= _FEWEST).then(told).alias("standardised"))


def together(standing: pl.DataFrame) -> pl.DataFrame:
    """Mean of an agency's platforms by each definition: ``TOGETHER_SCHEMA``, from :func:`standardised`."""
    cells = standing.sort("definition", "agency", "platform").group_by("definition", "agency", maintain_order=True)
    table = cells.agg(
        pl.col("standardised").mean().alias("together"),
        pl.col("standardised").count().alias("platforms"),
        pl.col("posts", "known", "used").sum(),
    )
    return table.select(pl.col(name).cast(dtype) for name, dtype in TOGETHER_SCHEMA.items())


def crowns(combined: pl.DataFrame) -> pl.DataFrame:
    """Agency that each definition would crown in each cluster.

    Parameters
    ----------
    combined
        ``TOGETHER_SCHEMA`` and ``cluster``.

    Returns
    -------
    polars.DataFrame
        ``CROWNS_SCHEMA``. ``margin`` is how far the second is behind, ``tied`` how many share the first place (the
        first by name is shown), ``coverage`` the share of the crowned one's posts that the rate is made of.
    """
    known = combined.drop_nulls("together").sort("together", "agency", descending=[True, False])
    best = known.group_by("cluster", "definition", maintain_order=True).agg(
        pl.col("agency", "together", "posts", "used").first(),
        pl.col("agency").get(1, null_on_oob=True).alias("second"),
        (pl.col("together").first() - pl.col("together").get(1, null_on_oob=True)).alias("margin"),
        pl.len().alias("agencies"),
        (pl.col("together") == pl.col("together").first()).sum().alias("tied"),
    )
    told = best.with_columns((pl.col("used") / pl.col("posts")).alias("coverage"))
    order = _order(combined)
    return told.select(pl.col(name).cast(dtype) for name, dtype in CROWNS_SCHEMA.items()).sort(
        pl.col("cluster"), pl.col("definition").cast(pl.Enum(order))
    )


def agreement(combined: pl.DataFrame) -> pl.DataFrame:
    """Kendall's tau-b between definitions, in each cluster: ``AGREEMENT_SCHEMA``.

    Over the agencies that both definitions rank; null where fewer than two are, or one has them all equal.
    """
    order = _order(combined)
    rows: list[dict[str, object]] = []
    for (cluster,), part in combined.sort("cluster").group_by("cluster", maintain_order=True):
        wide = part.pivot("definition", index="agency", values="together", sort_columns=False)
        for one, other in combinations([name for name in order if name in wide.columns], 2):
            both = wide.select(one, other).drop_nulls()
            tau = kendalltau(both[one], both[other]).statistic if len(both) >= _FEWEST else np.nan
            tau_known = None if np.isnan(tau) else float(tau)
            rows.append(
                {"cluster": cluster, "definition": one, "other": other, "tau": tau_known, "agencies": len(both)}
            )
    return pl.DataFrame(rows, schema=AGREEMENT_SCHEMA)


def with_cluster(table: pl.DataFrame, register: pl.DataFrame | None) -> pl.DataFrame:
    """A table of agencies with ``cluster``; agencies without one are in ``(unregistered)``."""
    if register is None:
        return table.with_columns(pl.lit(UNREGISTERED).alias("cluster"))
    joined = table.join(known_clusters(register), on="agency", how="left", maintain_order="left")
    return joined.with_columns(pl.col("cluster").fill_null(UNREGISTERED))


def _order(combined: pl.DataFrame) -> list[str]:
    return combined["definition"].unique(maintain_order=True).to_list()
