"""The nominees of a panel from a ranking that a workspace keeps, or from a table of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from textmine.errors import InputError
from textmine.ranking.awards import AwardDefinition
from textmine.ranking.stored import stored_rankings
from textmine.store import Workspace

COLUMNS: Final = pl.Schema(
    {
        "category": pl.String(),
        "category_title": pl.String(),
        "agency": pl.String(),
        "name": pl.String(),
        "rank": pl.UInt32(),
        "score": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "p_top5": pl.Float64(),
        "nominee": pl.Boolean(),
        "reasons": pl.List(pl.String()),
    }
)
"""What :func:`textmine.judging.panels.create_panel` reads; only ``category`` and ``agency`` are needed."""


def ranked_nominees(workspace: Workspace, award: str, *, language: str = "id") -> tuple[pl.DataFrame, AwardDefinition]:
    """Nominees of an award that was ranked, rows of ``COLUMNS``, and the award's definition.

    Parameters
    ----------
    workspace
        That was ranked.
    award
        Name of the award: ``gsm2020``.
    language
        Of the categories' titles.

    Raises
    ------
    WorkspaceError
        The award has not been ranked.
    """
    stored = stored_rankings(workspace, award)
    titles = {each.id: getattr(each.title, language) for each in stored.definition.awards}
    table = stored.ranking.filter("nominee").with_columns(
        pl.col("category").replace_strict(titles, default=pl.col("category"), return_dtype=pl.String)
        .alias("category_title")
    )  # fmt: skip
    return _without_certain(with_names(table, workspace)).select(COLUMNS.names()), stored.definition


def nominees_from(path: Path) -> pl.DataFrame:
    """Nominees from a file of one's own: CSV or Parquet with ``category`` and ``agency``, and what else is known.

    Raises
    ------
    InputError
        The file cannot be read or lacks one of the two.
    """
    try:
        if path.suffix == ".parquet":
            table = pl.read_parquet(path)
        else:
            table = pl.read_csv(path, encoding="utf8", infer_schema_length=None)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from error
    for column in ("category", "agency"):
        if column not in table.columns:
            raise InputError(f"is missing; the file has {', '.join(table.columns)}", path=path, column=column)
    known = _without_certain(table).select(name for name in table.columns if name in COLUMNS)
    try:
        if known.schema.get("reasons") == pl.String:
            known = known.with_columns(pl.concat_list("reasons"))
        return known.cast({name: COLUMNS[name] for name in known.columns})
    except pl.exceptions.PolarsError as error:
        raise InputError(f"holds a value of the wrong kind: {error}", path=path) from error


def _without_certain(table: pl.DataFrame) -> pl.DataFrame:
    """Take ``p_top5`` out where a ranking has no draws: as a probability it would only repeat the rank."""
    if table.schema.get("uncertain") != pl.Boolean or "p_top5" not in table.columns:
        return table
    return table.with_columns(pl.when(pl.col("uncertain").fill_null(True)).then("p_top5").alias("p_top5"))


def with_names(table: pl.DataFrame, workspace: Workspace) -> pl.DataFrame:
    """Put the name of each agency as the register has it beside its key, as ``name``; the key where it has none."""
    register = workspace.register()
    if register is None:
        return table.with_columns(pl.col("agency").alias("name"))
    names = register.group_by("agency").agg(pl.col("name").cast(pl.String).drop_nulls().first())
    joined = table.join(names, on="agency", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("name", "agency").alias("name"))
