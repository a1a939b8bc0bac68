"""The stage ``cluster_terms``: what sets each agency apart from the others of its cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from textmine.errors import NotEnoughDataError
from textmine.groups import known_clusters
from textmine.keyness import key_terms
from textmine.matrix import StoredMatrix
from textmine.posts import KEY
from textmine.report.cluster_terms import CLUSTER_TERM_SCHEMA, CLUSTER_TERMS
from textmine.store import REGISTER, StageResult, Workspace, hash_path

KEPT: Final = 30
"""Findings of an agency, kind and direction."""
_LOOKED_AT: Final = 2 * KEPT
"""Strongest terms among which findings and words of names are told apart; looking at all takes twice as long."""


def cluster_terms_stage(workspace: Workspace) -> StageResult | None:
    """Make ``cluster_terms.parquet``: keyness of agencies within each cluster of the register; None without one.

    The matrix must be up to date.
    """
    register = workspace.register()
    if register is None:
        return None

    def build(staging: Path) -> Mapping[str, int]:
        tables = [CLUSTER_TERM_SCHEMA.to_frame(), *_by_cluster(workspace, register)]
        table = pl.concat(tables)
        table.write_parquet(staging / CLUSTER_TERMS, compression="zstd")
        return {"cluster_terms": len(table)}

    inputs = workspace.output_hashes("ingest", "matrix") | {REGISTER: hash_path(workspace.file(REGISTER))}
    return workspace.run_stage("cluster_terms", build, outputs=[CLUSTER_TERMS], inputs=inputs, settings={"kept": KEPT})


def _by_cluster(workspace: Workspace, register: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Findings of each cluster with two agencies or more that have posts.

    Words of their names are left out: that the others do not say an agency's name tells nothing.
    """
    posts = workspace.scan("posts.parquet", made_by="ingest")
    matrix = StoredMatrix.open(workspace.file("matrix"))
    for (_,), agencies in known_clusters(register).sort("cluster", "agency").group_by("cluster", maintain_order=True):
        member = pl.col("agency").is_in(agencies["agency"].to_list())
        labels = posts.filter(member).select(*KEY, "agency").collect(engine="streaming")
        try:
            found = key_terms(posts, by=labels, matrix=matrix, direction="both", top=_LOOKED_AT)
        except NotEnoughDataError:
            continue
        names = register.filter(member)["name"].drop_nulls().str.to_lowercase().str.extract_all(r"\w+").explode()
        told = found.filter(
            pl.col("significant") & ~pl.col("surface").str.to_lowercase().is_in(names.unique().to_list())
        )
        strongest = told.group_by("group", "kind", "direction", maintain_order=True).head(KEPT)
        yield strongest.select(CLUSTER_TERM_SCHEMA.names()).cast(CLUSTER_TERM_SCHEMA)
