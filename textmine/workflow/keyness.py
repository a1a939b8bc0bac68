"""Keyness over a workspace: its matrix, its register and its near duplicates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from textmine.duplicates import NEAR_DUPLICATES, duplicates_stage
from textmine.keyness import key_terms
from textmine.matrix import StoredMatrix
from textmine.store import Workspace
from textmine.workflow.stages import matrix_stage


def workspace_key_terms(
    workspace: Workspace,
    *,
    near_duplicates: bool = True,
    progress: Callable[[int], None] | None = None,
    **options: Any,  # noqa: ANN401 - those of key_terms, which checks them
) -> pl.DataFrame:
    """Make the keyness table of a workspace; the matrix and the near duplicates are made if they are out of date.

    The caller holds the workspace's lock.

    Parameters
    ----------
    workspace
        With posts.
    near_duplicates
        Whether nearly the same texts count as one, as ``textmine duplicates`` finds them with its last settings; else
        only texts of the same words do.
    progress
        Called with the number of posts analysed.
    **options
        Those of :func:`textmine.key_terms`.

    Returns
    -------
    polars.DataFrame
        Columns of ``KEYNESS_SCHEMA``.
    """
    matrix_stage(workspace, progress=progress)
    clusters = None
    if near_duplicates:
        last = workspace.manifest("duplicates")
        duplicates_stage(workspace, progress=progress, **(last.settings if last is not None else {}))
        clusters = workspace.scan(NEAR_DUPLICATES, made_by="duplicates").collect()
    return key_terms(
        workspace.scan("posts.parquet", made_by="ingest"),
        matrix=StoredMatrix.open(workspace.file("matrix")),
        agencies=workspace.register(),
        near_duplicates=clusters,
        **options,
    )
