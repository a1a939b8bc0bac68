"""Words and hashtags of an agency against those of its cluster, for the reports."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from textmine.report.content import ClusterTerm
from textmine.report.escape import neutralised
from textmine.store import Workspace

CLUSTER_TERMS: Final = "cluster_terms.parquet"
"""What the stage ``cluster_terms`` makes."""

CLUSTER_TERM_SCHEMA: Final = pl.Schema(
    {
        "group": pl.String(),
        "kind": pl.String(),
        "direction": pl.String(),
        "rank": pl.UInt32(),
        "surface": pl.String(),
        "count": pl.UInt64(),
        "other_count": pl.UInt64(),
        "rate": pl.Float64(),
        "other_rate": pl.Float64(),
    }
)
"""Findings of :func:`textmine.keyness.key_terms` within each cluster; ``group`` is the agency."""


def gather_cluster_terms(workspace: Workspace) -> pl.DataFrame:
    """Rows of :data:`CLUSTER_TERM_SCHEMA`, text neutralised; none where the stage has not run or is out of date."""
    if not workspace.is_current("cluster_terms", "ingest", "matrix"):
        return CLUSTER_TERM_SCHEMA.to_frame()
    table = workspace.scan(CLUSTER_TERMS, made_by="cluster_terms").collect()
    return table.with_columns(neutralised(pl.col("surface")))


def cluster_terms_of(rows: list[dict[str, Any]]) -> tuple[ClusterTerm, ...]:
    """What a report says of an agency's words against its cluster's."""
    figures = ("count", "other_count", "rate", "other_rate")
    return tuple(
        ClusterTerm(row["surface"], row["kind"], row["direction"] == "over", *(row[name] for name in figures))
        for row in rows
    )
