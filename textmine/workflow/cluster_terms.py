"""The stage ``cluster_terms``: what sets each agency apart from the others of its cluster."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from textmine.errors import NotEnoughDataError
from textmine.groups import known_clusters
from textmine.keyness import key_terms
from textmine.matrix import StoredMatrix, store_by_code
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
        parted = staging / "by_cluster"
        tables = [CLUSTER_TERM_SCHEMA.to_frame(), *_by_cluster(workspace, register, parted)]
        shutil.rmtree(parted)
        table = pl.concat(tables)
        table.write_parquet(staging / CLUSTER_TERMS, compression="zstd")
        return {"cluster_terms": len(table)}

    inputs = workspace.output_hashes("ingest", "matrix") | {REGISTER: hash_path(workspace.file(REGISTER))}
    return workspace.run_stage("cluster_terms", build, outputs=[CLUSTER_TERMS], inputs=inputs, settings={"kept": KEPT})


def _by_cluster(workspace: Workspace, register: pl.DataFrame, parted: Path) -> Iterator[pl.DataFrame]:
    """Findings of each cluster with two agencies or more that have posts.

    The matrix is parted by cluster first, so that each post is read with its own cluster only. Words of names are left
    out: that the others do not say an agency's name tells nothing.
    """
    posts = workspace.scan("posts.parquet", made_by="ingest")
    clusters = known_clusters(register)
    names = clusters["cluster"].unique().sort()
    code = pl.col("cluster").cast(pl.Enum(names)).to_physical().cast(pl.Int32)
    code_of_agency = clusters.select("agency", code.alias("code"))
    of_post = posts.select("agency").join(code_of_agency.lazy(), on="agency", how="left", maintain_order="left")
    codes = of_post.select(pl.col("code").fill_null(-1)).collect()["code"].to_numpy()
    whole = StoredMatrix.open(workspace.file("matrix"))
    for number, matrix in enumerate(store_by_code(whole, codes, parted, n_codes=len(names))):
        member = pl.col("agency").is_in(code_of_agency.filter(pl.col("code") == number)["agency"].to_list())
        try:
            found = key_terms(posts.filter(member), by="agency", matrix=matrix, direction="both", top=_LOOKED_AT)
        except NotEnoughDataError:
            continue
        own = register.filter(member)["name"].drop_nulls().str.to_lowercase().str.extract_all(r"\w+").explode()
        told = found.filter(pl.col("significant") & ~pl.col("surface").str.to_lowercase().is_in(own.unique().to_list()))
        strongest = told.group_by("group", "kind", "direction", maintain_order=True).head(KEPT)
        yield strongest.select(CLUSTER_TERM_SCHEMA.names()).cast(CLUSTER_TERM_SCHEMA)
