"""The stage ``features`` of a workspace: one documented row a post."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from textmine.batches import iter_batches
from textmine.features.dictionary import FEATURES, Feature, dictionary_table, topic_features
from textmine.features.index import READ
from textmine.features.peers import MIN_ACCOUNTS, MIN_POSTS
from textmine.features.sources import Sources
from textmine.ingest.times import time_zone
from textmine.store import StageResult, Workspace, write_json

STAGE: Final = "features"
FEATURES_TABLE: Final = "features.parquet"
DICTIONARY_JSON: Final = "features_dictionary.json"
DICTIONARY_CSV: Final = "features_dictionary.csv"
_BATCH: Final = 32_768
"""Half of what is usual: a hundred columns a post. It takes 200 MB off the peak and costs no time."""


@dataclass(frozen=True)
class FeatureSettings:
    """What can be chosen.

    Parameters
    ----------
    min_peers, min_accounts
        Posts and accounts that a group of peers has at least, see :mod:`textmine.features.peers`.
    time_zones
        Zone of agencies whose name does not tell it: ``{"bumn-x": "WITA"}``.

    Raises
    ------
    InputError
        A zone is none.
    """

    min_peers: int = MIN_POSTS
    min_accounts: int = MIN_ACCOUNTS
    time_zones: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = {agency: time_zone(zone) for agency, zone in sorted(self.time_zones.items())}
        object.__setattr__(self, "time_zones", named)

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def features_stage(
    workspace: Workspace, *, settings: FeatureSettings | None = None, progress: Callable[[int], None] | None = None
) -> StageResult:
    """Write ``features.parquet`` and its dictionary, from the posts and what other stages have found.

    Tables of stages that were not run since the posts changed are not read: their columns are null, and
    :func:`missing_stages` names them. Languages and sentiment are worked out here where they are not there.
    The caller holds the workspace's lock.

    Parameters
    ----------
    workspace
        With posts.
    settings
        Those of the last run if None, or the defaults.
    progress
        Called with the number of posts done.

    Raises
    ------
    WorkspaceError
        There are no posts, or a table does not fit them.
    """
    asked = settings or last_settings(workspace)
    sources = Sources.of(workspace)

    def build(staging: Path) -> Mapping[str, int]:
        columns = (*FEATURES, *topic_features(sources.topic_labels()))
        folder = staging / FEATURES_TABLE
        folder.mkdir()
        makers = sources.makers(min_posts=asked.min_peers, min_accounts=asked.min_accounts, zones=asked.time_zones)
        done = 0
        for number, batch in enumerate(iter_batches(sources.posts.select(READ), rows=_BATCH)):
            parts = [make(batch, done) for make in makers]
            table = _cast(pl.concat(parts, how="horizontal"), columns)
            table.write_parquet(folder / f"part-{number:05d}.parquet", compression="zstd")
            done += len(batch)
            if progress is not None:
                progress(done)
        sources.finish()
        _write_dictionary(staging, columns, sources.missing)
        return {"posts": done, "columns": len(columns)}

    return workspace.run_stage(
        STAGE,
        build,
        outputs=[FEATURES_TABLE, DICTIONARY_JSON, DICTIONARY_CSV],
        inputs=sources.inputs,
        settings=asked.as_dict(),
    )


def last_settings(workspace: Workspace) -> FeatureSettings:
    """Return the settings of the last run, or the defaults."""
    manifest = workspace.manifest(STAGE)
    return FeatureSettings(**manifest.settings) if manifest is not None else FeatureSettings()


def missing_stages(workspace: Workspace) -> list[str]:
    """Stages whose columns in ``features.parquet`` are null because they were not run."""
    path = workspace.file(DICTIONARY_JSON)
    return list(json.loads(path.read_text(encoding="utf-8"))["missing"]) if path.exists() else []


def features_of(workspace: Workspace) -> pl.LazyFrame:
    """Scan ``features.parquet``.

    Raises
    ------
    WorkspaceError
        The stage has not been run.
    """
    return workspace.scan(FEATURES_TABLE, made_by=STAGE)


def _cast(table: pl.DataFrame, columns: tuple[Feature, ...]) -> pl.DataFrame:
    """Columns in the order and types of the dictionary; those that nothing has made are null."""
    there = set(table.columns)
    return table.select(
        (pl.col(each.name) if each.name in there else pl.lit(None).alias(each.name)).cast(each.dtype)
        for each in columns
    )


def _write_dictionary(staging: Path, columns: tuple[Feature, ...], missing: list[str]) -> None:
    table = dictionary_table(columns)
    table.write_csv(staging / DICTIONARY_CSV)
    write_json(staging / DICTIONARY_JSON, {"table": FEATURES_TABLE, "missing": missing, "columns": table.to_dicts()})
