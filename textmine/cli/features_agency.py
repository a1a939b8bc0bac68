"""``textmine features --level agency``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from textmine.cli.features import chosen_columns, summary
from textmine.cli.output import Format, emit, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl


def agency_level(
    workspace: Path | None,
    columns: str | None,
    top: int | None,
    dictionary: bool,
    ltr: Path | None,
    award: str | None,
    relevance: Path | None,
    first: date | None,
    last: date | None,
    format_: Format,
) -> None:
    """Write one row an agency, and where it is asked for an export for learning to rank."""
    from textmine.ranking.agency import (
        AgencySettings,
        agency_dictionary_table,
        agency_features_of,
        agency_features_stage,
        missing_sources,
    )
    from textmine.ranking.agency.stage import SOURCES
    from textmine.store import Workspace

    if dictionary:
        emit(agency_dictionary_table(), format_)
        return
    if workspace is None:
        raise click.UsageError("give a workspace, or --dictionary")
    if (award or relevance) and ltr is None:
        raise click.UsageError("--award and --relevance say how --ltr exports; give --ltr DIR")
    opened = Workspace.open(workspace)
    settings = AgencySettings(first, last)
    with opened.lock(), counting("Making features of agencies") as update:
        rows = agency_features_stage(opened, settings=settings, progress=update).manifest.rows
    say_simulated(opened.simulated)
    say(f"{rows['agencies']:,} agencies, {rows['columns']} columns: {opened.file('agency_features.parquet')}")
    for stage in missing_sources(opened):
        say(f"note: columns that need {stage} are null; run: {SOURCES[stage]} {workspace}")
    table = agency_features_of(opened)
    if ltr is not None:
        _export(ltr, table, award, relevance)
    chosen = chosen_columns(table.columns, columns, ("agency", "cluster"))
    if format_ == "table":
        emit(summary(table.lazy(), [name for name in chosen if name != "agency"]), format_)
        return
    emit(table.select(chosen) if top is None else table.select(chosen).head(top), format_)


def _export(directory: Path, table: pl.DataFrame, award: str | None, relevance: Path | None) -> None:
    from textmine.ranking import load_awards
    from textmine.ranking.agency import write_ranking_export
    from textmine.ranking.agency.export import read_relevance

    export = write_ranking_export(
        directory,
        table,
        award=load_awards(award) if award else None,
        relevance=read_relevance(relevance) if relevance else None,
    )
    n_rows, n_columns = export.features.shape
    say(f"{n_rows} rows in {len(export.sizes)} groups, {n_columns} columns with figures: {directory}")
    if relevance is None:
        say("note: no --relevance, so every target is 0: judges' decisions are what a ranker learns from")
