"""The published engagement rates as measures: as published on a platform, standardised on all together."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from textmine.ranking.agency.cells import CELL, TOGETHER, by_medium
from textmine.rates import choose_definitions, rates, standardised, together


def published_rates(posts: pl.DataFrame, *, days: int) -> pl.DataFrame:
    """Rates of all media and definitions of a portion, with ``prefix``."""
    definitions = choose_definitions(())
    parts = [
        rates(kept, definitions, days=days).with_columns(pl.lit(prefix).alias("prefix"))
        for prefix, kept in by_medium(posts)
    ]
    return pl.concat(parts)


def rate_measures(found: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """A row a cell and a column a definition, from all portions: agencies are standardised among all."""
    table = pl.concat(list(found))
    parts = []
    for prefix in table["prefix"].unique(maintain_order=True).to_list():
        standing = standardised(table.filter(pl.col("prefix") == prefix).drop("prefix").sort("agency", "platform"))
        single = standing.select("agency", pl.col("platform").cast(pl.String), "definition", "value")
        all_four = together(standing).select(
            "agency", pl.lit(TOGETHER).alias("platform"), "definition", pl.col("together").alias("value")
        )
        parts.append(pl.concat([single, all_four]).with_columns(pl.lit(prefix).alias("prefix")))
    names = [each.name for each in choose_definitions(())]
    long = pl.concat(parts)
    return long.group_by(CELL).agg(
        pl.col("value").filter(pl.col("definition") == name).first().alias(name) for name in names
    )
