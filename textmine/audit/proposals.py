"""Proposed rows for the register, in a file of their own to be looked at."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from textmine.errors import InputError


def write_proposals(findings: pl.DataFrame, register: pl.DataFrame, path: str | Path) -> int:
    """Write a row for each account for which an agency is suggested.

    The columns are those of the register, then ``score``, ``why`` and ``posts``: rows that are right can be copied
    into the register as they stand.

    Parameters
    ----------
    findings
        Output of :func:`textmine.audit.check_agencies`.
    register
        The register that was checked; it is not changed.
    path
        A new CSV file.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    InputError
        The file exists: nothing is overwritten.
    """
    bodies = register.group_by("agency").agg(pl.col("name").first(), pl.col("cluster").drop_nulls().first())
    rows = (
        findings.filter((pl.col("finding") == "account_without_agency") & pl.col("suggestion").is_not_null())
        .select("platform", "account", "score", "posts", pl.col("suggestion").alias("agency"), why="detail")
        .join(bodies, on="agency", how="left", maintain_order="left")
        .select(
            "agency",
            "name",
            "cluster",
            "platform",
            "account",
            pl.lit(None, pl.UInt64).alias("followers"),
            pl.lit(None, pl.Date).alias("followers_at"),
            "score",
            "why",
            "posts",
        )
    )
    try:
        with Path(path).open("xb") as file:
            rows.write_csv(file)
    except FileExistsError as error:
        raise InputError("exists already; name a new file", path=path) from error
    return rows.height
