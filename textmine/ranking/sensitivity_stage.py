"""What the lists of a ranking hang on, kept in the workspace: the stage ``sensitivity-NAME``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl

from textmine.errors import WorkspaceError
from textmine.ranking import stored
from textmine.ranking.awards import AwardDefinition, Selection
from textmine.ranking.contest import Contest
from textmine.ranking.hangs_on import Sensitivity, sensitivity
from textmine.ranking.nominate import nominate
from textmine.ranking.season import Season, registered_clusters, weeks_of_edition
from textmine.ranking.stage import Ranked
from textmine.ranking.weekly import WeeklySums, weekly_sums
from textmine.ranking.what_if import WhatIf
from textmine.store import Workspace

_FILES: Final = {"rows": "sensitivity.parquet", "variants": "variants.parquet", "agreement": "agreement.parquet"}


def what_if_of(workspace: Workspace, definition: AwardDefinition, season: Season, *, without_flagged: bool) -> WhatIf:
    """Sums by week of every selection of posts that a season's contests look at."""
    weeks = weeks_of_edition(workspace, definition, registered_clusters(workspace, definition))
    tables = {sel: figures.table for each in season.contests.values() for sel, figures in each.figures.items()}
    weekly: dict[Selection, WeeklySums] = {
        selection: weekly_sums(weeks, definition, selection, table["agency"].to_list(), without_flagged=without_flagged)
        for selection, table in tables.items()
    }
    return WhatIf(weekly)


def season_sensitivity(
    workspace: Workspace,
    definition: AwardDefinition,
    season: Season,
    without: Mapping[str, Contest],
    *,
    without_flagged: bool,
) -> Sensitivity:
    """What the lists of a season hang on, computed now.

    Parameters
    ----------
    workspace, definition
        Whose posts, and the edition as its file defines it.
    season
        The ranking.
    without
        Its contests without flagged posts; may be empty.
    without_flagged
        Whether flagged posts are left out of ``season``.
    """
    what_if = what_if_of(workspace, definition, season, without_flagged=without_flagged)
    nominations = {id: nominate(each) for id, each in season.contests.items()}
    return sensitivity(season.contests, nominations, without, what_if)


def sensitivity_of(workspace: Workspace, ranked: Ranked, *, kept: bool) -> Sensitivity:
    """What the lists of a ranking hang on.

    Parameters
    ----------
    workspace
        Whose posts. The caller holds its lock.
    ranked
        The ranking.
    kept
        Whether it is the one that the workspace keeps.
    """
    name = ranked.definition.name
    if kept and stored.leaves_out_flagged(workspace, name) == ranked.without_flagged:
        return sensitivity_stage(workspace, name)
    beside = ranked.rest is not None and not ranked.without_flagged
    return season_sensitivity(
        workspace,
        ranked.definition,
        ranked.shown,
        ranked.rest.contests if beside and ranked.rest is not None else {},
        without_flagged=ranked.without_flagged,
    )


def sensitivity_stage(workspace: Workspace, award: str) -> Sensitivity:
    """What the lists of a ranking that the workspace keeps hang on; computed where it was not before.

    The caller holds the workspace's lock.

    Raises
    ------
    WorkspaceError
        The award was not ranked, or posts have changed since.
    """
    kept = stored.stored_rankings(workspace, award)
    if not kept.is_current:
        raise WorkspaceError(
            f"the ranking of {award} is out of date; run: textmine rank {workspace.path} --awards {award}",
            path=workspace.path,
            stage="rank",
        )
    folder = f"sensitivity/{kept.path.name}"

    def build(staging: Path) -> Mapping[str, int]:
        shown = kept.season()
        beside = kept.flagged_posts and not kept.without_flagged
        without = kept.season(without_flagged=True).contests if beside else {}
        found = season_sensitivity(workspace, kept.definition, shown, without, without_flagged=kept.without_flagged)
        (staging / folder).mkdir(parents=True)
        for name, file in _FILES.items():
            getattr(found, name).write_parquet(staging / folder / file, compression="zstd")
        return {"rows": found.rows.height, "variants": found.variants.height}

    workspace.run_stage(
        f"sensitivity-{kept.path.name}",
        build,
        outputs=[folder],
        inputs=workspace.output_hashes("ingest", stored.stage_of(award)),
        settings={"award": award},
    )
    path = workspace.file(folder)
    return Sensitivity(**{name: pl.read_parquet(path / file) for name, file in _FILES.items()})
