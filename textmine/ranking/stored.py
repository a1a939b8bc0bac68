"""Rankings that a workspace keeps: what reports and the jury's page read of an award that was ranked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

import textmine
from textmine.atomic import digest
from textmine.errors import WorkspaceError
from textmine.plugins import MEASURES, recorded
from textmine.ranking.agency import missing_sources
from textmine.ranking.agency.dictionary import base_of
from textmine.ranking.agency.stage import SOURCES
from textmine.ranking.awardfile import read_awards
from textmine.ranking.awards import AwardDefinition
from textmine.ranking.measures import measures
from textmine.ranking.season import Season
from textmine.ranking.season_tables import nominees_html
from textmine.ranking.seasonfile import read_season
from textmine.store import REGISTER, Manifest, Workspace, hash_path

FOLDER: Final = "rankings"
PREFIX: Final = "ranking-"
"""Of the stages: ``ranking-gsm2020`` put out ``rankings/gsm2020``."""

RANKING: Final = "ranking.parquet"
COMPARED: Final = "compared.parquet"
FEATURES: Final = "features.parquet"
CHANGED: Final = "changed.parquet"
EXAMPLES: Final = "examples.parquet"
CUTS: Final = "cuts.parquet"
FLAGGED: Final = "flagged.parquet"
AWARD: Final = "award.toml"
DESCRIPTION: Final = "ranking.json"
COUNTED: Final = "with_flagged"
CLEANED: Final = "without_flagged"
"""Folders of the two computed seasons; the second is there only where posts of the period are flagged."""


@dataclass(frozen=True)
class StoredRanking:
    """An award as it was ranked. Tables are read when they are asked for.

    Parameters
    ----------
    workspace
        That keeps it.
    manifest
        Of its stage: when and from what it was made.
    definition
        The edition as its file defined it. ``season().definition`` is the edition as it was followed.
    """

    workspace: Workspace
    manifest: Manifest
    definition: AwardDefinition

    def _repr_html_(self) -> str:
        return nominees_html(
            self.ranking,
            title=self.definition.title.en,
            note="" if self.is_current else "the workspace has changed since",
            simulated=self.workspace.simulated,
        )

    @property
    def path(self) -> Path:
        """Its folder."""
        return self.workspace.file(output_of(self.definition.name))

    @property
    def draws(self) -> int:
        """Number of draws of scores."""
        return int(self.manifest.settings["draws"])

    @property
    def seed(self) -> int:
        """Seed of the draws."""
        return int(self.manifest.settings["seed"])

    @property
    def without_flagged(self) -> bool:
        """Whether flagged posts are left out of :attr:`ranking`."""
        return bool(self.manifest.settings["without_flagged"])

    @property
    def flagged_posts(self) -> int:
        """Number of flagged posts in the period."""
        return self.manifest.rows["flagged"]

    @property
    def is_current(self) -> bool:
        """Whether all that it was made from is as it was; the award's file is not asked for."""
        inputs = {name: value for name, value in self.manifest.inputs.items() if name != AWARD}
        added = measures_added(self.definition).get("plugins")
        return inputs == inputs_of(self.workspace) and self.manifest.settings.get("plugins") == added

    @property
    def ranking(self) -> pl.DataFrame:
        """All who compete, rows of :data:`textmine.ranking.season_tables.RANKING_SCHEMA`."""
        return self._table(RANKING)

    @property
    def compared(self) -> pl.DataFrame:
        """The same without flagged posts, or with them where :attr:`without_flagged`; empty where none is flagged."""
        return self._table(COMPARED)

    @property
    def changed(self) -> pl.DataFrame:
        """What flagged posts do to the lists, rows of :data:`textmine.ranking.season_tables.CHANGED_SCHEMA`."""
        return self._table(CHANGED)

    @property
    def features(self) -> pl.DataFrame:
        """The features behind each score, rows of :data:`textmine.ranking.features_behind.FEATURE_SCHEMA`."""
        return self._table(FEATURES)

    @property
    def examples(self) -> pl.DataFrame:
        """Example posts of the nominees, rows of :data:`textmine.ranking.examples.EXAMPLE_SCHEMA`."""
        nominees = self.ranking.filter("nominee")
        return self.all_examples.join(nominees, on=["category", "agency"], how="semi", maintain_order="left")

    @property
    def all_examples(self) -> pl.DataFrame:
        """The same of those too who are nominees of :attr:`compared` only."""
        return self._table(EXAMPLES)

    @property
    def cuts(self) -> pl.DataFrame:
        """Why as many are nominated: rows of :data:`textmine.ranking.nominate.CUT_SCHEMA`, by ``category``."""
        return self._table(CUTS)

    @property
    def flagged(self) -> pl.DataFrame:
        """``agency`` and ``flagged``, the number of its posts in the period that are flagged."""
        return self._table(FLAGGED)

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be done."""
        return tuple(self._description["notes"])

    @property
    def unknown(self) -> dict[str, tuple[str, ...]]:
        """By id of the category, measures that nobody has a figure for and that were taken out of it."""
        return {id: tuple(names) for id, names in self._description["unknown"].items()}

    def season(self, *, without_flagged: bool | None = None) -> Season:
        """The contests with all their draws, for explanations and what-ifs.

        Parameters
        ----------
        without_flagged
            Of which posts; as in :attr:`ranking` if None.
        """
        wanted = self.without_flagged if without_flagged is None else without_flagged
        name = CLEANED if wanted and self.flagged_posts else COUNTED
        return read_season(self._file(name), self.definition)

    @property
    def _description(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self._file(DESCRIPTION).read_text(encoding="utf-8"))
        return content

    def _table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self._file(name))

    def _file(self, name: str) -> Path:
        path = self.path / name
        if not path.exists():
            again = f"run again: textmine rank {self.workspace.path} --awards {self.definition.name}"
            raise WorkspaceError(f"{name} of the ranking is missing; {again}", path=self.path, stage="rank")
        return path


def stored_rankings(workspace: Workspace, award: str) -> StoredRanking:
    """Read the ranking of an award by the award's name.

    Parameters
    ----------
    workspace
        That was ranked.
    award
        Name of the award, as its file has it: ``gsm2020``.

    Raises
    ------
    WorkspaceError
        The award has not been ranked.
    """
    manifest = workspace.manifest(stage_of(award))
    file = workspace.file(output_of(award)) / AWARD
    if manifest is None or not file.is_file():
        there = ", ".join(ranked_awards(workspace)) or "none"
        raise WorkspaceError(
            f"{award} has not been ranked (ranked: {there}); run: textmine rank {workspace.path} --awards {award}",
            path=workspace.path,
            stage="rank",
        )
    return StoredRanking(workspace, manifest, read_awards(file))


def ranked_awards(workspace: Workspace) -> list[str]:
    """Names of the awards whose rankings the workspace keeps, sorted."""
    stages = [path.stem for path in sorted((workspace.path / "manifests").glob(f"{PREFIX}*.json"))]
    manifests = [workspace.manifest(stage) for stage in stages]
    return sorted(str(each.settings["award"]) for each in manifests if each is not None)


def stage_of(award: str) -> str:
    """Stage that ranks an award of this name."""
    return f"{PREFIX}{_folder(award)}"


def output_of(award: str) -> str:
    """Folder of an award of this name, within the workspace."""
    return f"{FOLDER}/{_folder(award)}"


def inputs_of(workspace: Workspace) -> dict[str, str]:
    """What a ranking reads of a workspace, with hashes; :data:`AWARD` is put beside it."""
    missing = missing_sources(workspace)
    stages = [name for name in SOURCES if name not in missing]
    made = workspace.output_hashes("ingest", "integrity", *stages)
    register = workspace.file(REGISTER)
    return made | ({REGISTER: hash_path(register)} if register.exists() else {})


def measures_added(definition: AwardDefinition) -> dict[str, Any]:
    """What is written into the settings of a ranking of the plug-ins whose measures the edition names."""
    names = {column.partition("@")[0] for column in definition.measures}
    return recorded(MEASURES, {base_of(measures()[name]) for name in names if name in measures()})


def is_stored(workspace: Workspace, award: str, settings: Mapping[str, Any], inputs: Mapping[str, str]) -> bool:
    """Whether an award was ranked from this and with these settings, flagged posts or not."""
    found = workspace.manifest(stage_of(award))
    if found is None or not workspace.file(output_of(award)).is_dir():
        return False
    asked = {"plugins": None, **settings}  # a plug-in that is gone is another setting too
    same = all(found.settings.get(name) == asked[name] for name in asked if name != "without_flagged")
    return same and found.inputs == inputs and found.versions.get("textmine") == textmine.__version__


def leaves_out_flagged(workspace: Workspace, award: str) -> bool:
    """Whether the ranking that is kept of an award leaves out flagged posts."""
    found = workspace.manifest(stage_of(award))
    return found is not None and bool(found.settings["without_flagged"])


def _folder(award: str) -> str:
    """A name that every file system takes: the award's own where it is plain."""
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,60}", award):
        return award
    plain = re.sub(r"[^a-z0-9]+", "-", award.lower()).strip("-")[:50]
    return f"{plain or 'award'}-{digest(award)[:8]}"
