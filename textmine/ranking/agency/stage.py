"""The stage ``agency_features`` of a workspace: one documented row an agency."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from textmine.atomic import digest
from textmine.errors import NotEnoughDataError
from textmine.features.stage import FEATURES_TABLE
from textmine.inorder import InOrder
from textmine.plugins import MEASURES, recorded
from textmine.posts import KEY, is_credited, local_day
from textmine.quality.stage import QUALITY
from textmine.ranking.agency.cells import CELL
from textmine.ranking.agency.content import HIGH, quality_measures, sentiment_measures
from textmine.ranking.agency.dictionary import agency_dictionary, agency_dictionary_table
from textmine.ranking.agency.table import agency_table
from textmine.sentiment.confusion import Confusion
from textmine.sentiment.labels import CLASSES
from textmine.sentiment.models import known_confusion
from textmine.store import StageResult, Workspace, write_json

STAGE: Final = "agency_features"
AGENCY_FEATURES: Final = "agency_features.parquet"
CLEANED_STAGE: Final = "agency_features_without_flagged"
CLEANED: Final = "agency_features_without_flagged.parquet"
DICTIONARY_JSON: Final = "agency_features_dictionary.json"
DICTIONARY_CSV: Final = "agency_features_dictionary.csv"
SOURCES: Final = {"sentiment": "textmine sentiment", "quality": "textmine quality apply"}
"""Stages without which columns are null, and the commands that run them."""


@dataclass(frozen=True)
class AgencySettings:
    """Days of the period, both included, in Asia/Jakarta; those of the first and last post where None."""

    first: date | None = None
    last: date | None = None

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {name: day.isoformat() if day else None for name, day in (("first", self.first), ("last", self.last))}


def agency_features_stage(
    workspace: Workspace, *, settings: AgencySettings | None = None, progress: Callable[[int], None] | None = None
) -> StageResult:
    """Write ``agency_features.parquet`` and its dictionary.

    Sentiment and quality are read where their stages were run on the posts as they are now; otherwise their columns are
    null, and :func:`missing_sources` names them. The caller holds the workspace's lock.

    Parameters
    ----------
    workspace
        With posts.
    settings
        The whole period if None.
    progress
        Called with the number of posts done.

    Raises
    ------
    WorkspaceError
        There are no posts.
    NotEnoughDataError
        None of a registered agency lies in the period.
    """
    asked = settings or AgencySettings()
    workspace.scan("posts.parquet", made_by="ingest")  # says what is missing before anything else is done
    there = sources_there(workspace)

    def build(staging: Path) -> Mapping[str, int]:
        table = agency_table_of(workspace, settings=asked, progress=progress)
        table.write_parquet(staging / AGENCY_FEATURES, compression="zstd")
        dictionary = agency_dictionary_table()
        dictionary.write_csv(staging / DICTIONARY_CSV)
        told = {"table": AGENCY_FEATURES, "missing": _missing(there), "columns": dictionary.to_dicts()}
        write_json(staging / DICTIONARY_JSON, told)
        return {"agencies": len(table), "columns": len(agency_dictionary())}

    return workspace.run_stage(
        STAGE,
        build,
        outputs=[AGENCY_FEATURES, DICTIONARY_JSON, DICTIONARY_CSV],
        inputs=workspace.output_hashes("ingest", *there),
        settings=asked.as_dict() | recorded(MEASURES),
    )


def agency_table_without_flagged(
    workspace: Workspace,
    posts: pl.LazyFrame,
    flags: pl.DataFrame,
    *,
    settings: AgencySettings,
    progress: Callable[[int], None] | None = None,
) -> pl.DataFrame:
    """The table of agencies without flagged posts, kept in the workspace for the next ranking.

    Parameters
    ----------
    workspace
        With posts; the caller holds its lock.
    posts
        All of them in their order, with ``counts``: false for the flagged ones too.
    flags
        ``platform`` and ``post_id`` of these.
    settings
        The period.
    progress
        Called with the number of posts done.

    Raises
    ------
    NotEnoughDataError
        None of a registered agency counts.
    """
    keys = flags.select(pl.col("platform").cast(pl.String), "post_id").unique().sort("platform", "post_id")

    def build(staging: Path) -> Mapping[str, int]:
        table = agency_table_of(workspace, settings=settings, posts=posts, progress=progress)
        table.write_parquet(staging / CLEANED, compression="zstd")
        return {"agencies": len(table), "flagged": len(keys)}

    workspace.run_stage(
        CLEANED_STAGE,
        build,
        outputs=[CLEANED],
        inputs=workspace.output_hashes("ingest", *sources_there(workspace)),
        settings={**settings.as_dict(), "flags": digest(keys.rows()), **recorded(MEASURES)},
    )
    return workspace.scan(CLEANED, made_by=CLEANED_STAGE).collect()


def agency_table_of(
    workspace: Workspace,
    *,
    settings: AgencySettings | None = None,
    posts: pl.LazyFrame | None = None,
    progress: Callable[[int], None] | None = None,
) -> pl.DataFrame:
    """The table of agencies in memory, from all posts or some of them.

    Parameters
    ----------
    workspace
        With posts.
    settings
        The whole period if None.
    posts
        All posts of the workspace in their order, with ``counts``: whether a post counts. All do if None.
    progress
        Called with the number of posts done.

    Raises
    ------
    NotEnoughDataError
        None of a registered agency counts.
    """
    asked = settings or AgencySettings()
    stored = workspace.scan("posts.parquet", made_by="ingest")
    if posts is None:
        posts = stored.with_columns(pl.lit(True).alias("counts"))
    if not stored.select(pl.len()).collect().item():
        raise NotEnoughDataError("there are no posts to make features of", needed=1, got=0)
    there = sources_there(workspace)
    return agency_table(
        posts.filter("counts"),
        register=workspace.register(),
        content=_content(workspace, posts, there, asked),
        first=asked.first,
        last=asked.last,
        progress=progress,
    )


def agency_features_of(workspace: Workspace) -> pl.DataFrame:
    """Read ``agency_features.parquet``.

    Raises
    ------
    WorkspaceError
        The stage has not been run.
    """
    return workspace.scan(AGENCY_FEATURES, made_by=STAGE).collect()


def sources_there(workspace: Workspace) -> list[str]:
    """Stages that were run on these posts, so that their columns are known."""
    return [name for name in SOURCES if _is_there(workspace, name)]


def sentiment_mistakes(workspace: Workspace) -> Confusion | None:
    """Known mistakes of the classifier of the stage ``sentiment``; None where they, or the stage, are not there."""
    manifest = workspace.manifest("sentiment")
    return None if manifest is None else known_confusion(manifest.settings["model"])


def missing_sources(workspace: Workspace) -> list[str]:
    """Stages whose columns are null because they were not run on these posts."""
    return _missing(sources_there(workspace))


def _missing(there: list[str]) -> list[str]:
    return [name for name in SOURCES if name not in there]


def _is_there(workspace: Workspace, stage: str) -> bool:
    if stage == "sentiment":
        return workspace.inputs_unchanged("sentiment", "ingest")
    manifest, made = workspace.manifest(stage), workspace.manifest("features")
    if manifest is None or made is None or not workspace.inputs_unchanged("features", "ingest", "matrix"):
        return False
    # A model with classes of its own says nothing of what is called tinggi.
    named = workspace.scan(QUALITY, made_by=stage).collect_schema().names()
    return manifest.inputs.get(FEATURES_TABLE) == made.outputs.get(FEATURES_TABLE) and HIGH in named


def _content(
    workspace: Workspace, posts: pl.LazyFrame, there: list[str], settings: AgencySettings
) -> pl.DataFrame | None:
    counts = pl.col("counts") & is_credited()
    if settings.first is not None:
        counts = counts & (local_day() >= settings.first)
    if settings.last is not None:
        counts = counts & (local_day() <= settings.last)
    marked = posts.with_columns(counts.alias("counts"))
    parts = []
    if "sentiment" in there:
        said = _said(workspace, "sentiment", "label", *CLASSES)
        parts.append(sentiment_measures(marked, said, sentiment_mistakes(workspace)))
    if "quality" in there:
        parts.append(quality_measures(marked, _said(workspace, "quality", HIGH)))
    if len(parts) == len(SOURCES):
        return parts[0].join(parts[1], on=CELL, how="full", coalesce=True)
    return parts[0] if parts else None


def _said(workspace: Workspace, stage: str, *columns: str) -> InOrder:
    name = f"{stage}.parquet"
    table = workspace.scan(name, made_by=stage).select(*KEY, *columns)
    return InOrder(table, path=workspace.file(name), stage=stage)
