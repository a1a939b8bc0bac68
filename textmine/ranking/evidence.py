"""The ranking with what stands behind each place inside its row, for machines that read JSON or Parquet."""

from __future__ import annotations

from typing import Final

import polars as pl

from textmine.ranking.examples import EXAMPLE_SCHEMA
from textmine.ranking.features_behind import FEATURE_SCHEMA

_KEY: Final = ("category", "agency")


def with_evidence(ranking: pl.DataFrame, features: pl.DataFrame, examples: pl.DataFrame) -> pl.DataFrame:
    """Put features and example posts into the rows that they belong to.

    Parameters
    ----------
    ranking
        Rows of :data:`textmine.ranking.season_tables.RANKING_SCHEMA`.
    features, examples
        Rows of ``FEATURE_SCHEMA`` and ``EXAMPLE_SCHEMA``.

    Returns
    -------
    polars.DataFrame
        The rows of ``ranking`` with ``features`` and ``examples``, lists of their rows; empty where there is none.
    """
    found = _nested(ranking, features, pl.Schema(FEATURE_SCHEMA), "features")
    return _nested(found, examples, pl.Schema(EXAMPLE_SCHEMA), "examples")


def _nested(ranking: pl.DataFrame, rows: pl.DataFrame, schema: pl.Schema, name: str) -> pl.DataFrame:
    inner = {column: dtype for column, dtype in schema.items() if column not in _KEY}
    lists = rows.group_by(*_KEY, maintain_order=True).agg(pl.struct(*inner).alias(name))
    joined = ranking.join(lists, on=list(_KEY), how="left", maintain_order="left")
    empty = pl.lit([], dtype=pl.List(pl.Struct(inner)))
    return joined.with_columns(pl.when(pl.col(name).is_null()).then(empty).otherwise(pl.col(name)).alias(name))
