"""Ranks a workspace for an award and keeps the result: the stage ``ranking-NAME``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from textmine.atomic import hash_path, write_json
from textmine.integrity import current_integrity_stage, flagged
from textmine.ranking import stored
from textmine.ranking.awards import Award, AwardDefinition
from textmine.ranking.examples import EXAMPLE_SCHEMA, example_posts
from textmine.ranking.features_behind import features_behind
from textmine.ranking.flag_effect import CHANGED_SCHEMA, changed_lists, flagged_by_agency
from textmine.ranking.nominate import CUT_SCHEMA, Nomination, nominate
from textmine.ranking.presets import find_awards, load_awards
from textmine.ranking.season import Season, chosen_awards, registered_clusters, season, weeks_of_edition
from textmine.ranking.season_tables import RANKING_SCHEMA, nominees_html, ranking_table
from textmine.ranking.seasonfile import write_season
from textmine.ranking.standings import needed_categories
from textmine.store import StageResult, Workspace

Progress = Callable[[int], None] | None


@dataclass(frozen=True)
class Ranked:
    """An award, ranked with and without flagged posts.

    Parameters
    ----------
    definition
        The edition as its file defines it.
    whole
        With flagged posts.
    rest
        Without; None where no post of the period is flagged.
    flagged
        ``agency`` and ``flagged``.
    without_flagged
        Which of the two is the ranking.
    examples
        Rows of :data:`textmine.ranking.examples.EXAMPLE_SCHEMA` of the nominees of both, where they were read; None
        where they have not been looked for.
    """

    definition: AwardDefinition
    whole: Season
    rest: Season | None
    flagged: pl.DataFrame
    without_flagged: bool
    examples: pl.DataFrame | None = None

    def _repr_html_(self) -> str:
        table = ranking_table(self.shown.contests, _nominations(self.shown), self.flagged)
        return nominees_html(table, title=self.definition.title.en)

    @property
    def shown(self) -> Season:
        """The ranking."""
        return self.rest if self.without_flagged and self.rest is not None else self.whole

    @property
    def other(self) -> Season | None:
        """The ranking beside it; None where no post of the period is flagged."""
        return self.whole if self.without_flagged and self.rest is not None else self.rest

    @property
    def flagged_posts(self) -> int:
        """Number of flagged posts in the period."""
        return int(self.flagged["flagged"].sum())

    def only(self, categories: Sequence[str]) -> Ranked:
        """The awards of some categories."""
        awards = chosen_awards(self.definition, categories)
        rest = None if self.rest is None else _only(self.rest, awards)
        return replace(self, whole=_only(self.whole, awards), rest=rest)


def rank_workspace(
    workspace: Workspace,
    award: str | Path,
    *,
    categories: Sequence[str] = (),
    without_flagged: bool = False,
    decides: bool = True,
    n_draws: int = 2000,
    seed: int = 0,
    progress: Progress = None,
) -> tuple[Ranked, StageResult | None]:
    """Rank for an award; what the workspace keeps is read, and what was computed for all categories is kept.

    Flags of posts are made first where they are missing. The caller holds the workspace's lock.

    Parameters
    ----------
    workspace
        With posts and a register.
    award
        Name of a preset or a file.
    categories
        As for :func:`textmine.ranking.season.chosen_awards`. Where not all are asked for, nothing is kept.
    without_flagged
        Rank without flagged posts. Both rankings are computed and kept.
    decides
        Whether ``without_flagged`` says which of them is the award's. If not, it stays as it was: a look at what would
        be without flagged posts changes no list of nominees.
    n_draws, seed
        Of the scores.
    progress
        Called with the number of posts done.

    Returns
    -------
    tuple
        The ranking, and the stage; None where only some categories were asked for.
    """
    path = find_awards(award)
    definition = load_awards(award)
    chosen_awards(definition, categories)  # mistakes before any work
    registered_clusters(workspace, definition)
    current_integrity_stage(workspace, progress=progress)
    inputs = stored.inputs_of(workspace) | {stored.AWARD: hash_path(path)}
    official = without_flagged if decides else stored.leaves_out_flagged(workspace, definition.name)
    settings: dict[str, Any] = {
        "award": definition.name,
        "draws": n_draws,
        "seed": seed,
        "without_flagged": official,
        **stored.measures_added(definition),
    }
    kept = stored.is_stored(workspace, definition.name, settings, inputs)

    def computed(only: Sequence[str] = ()) -> Ranked:
        if kept:
            return _read(workspace, definition.name).only(only)
        return _computed(workspace, definition, only, settings, progress)

    if categories:
        return replace(computed(categories), without_flagged=without_flagged), None
    found: list[Ranked] = []

    def build(staging: Path) -> Mapping[str, int]:
        found.append(replace(computed(), without_flagged=official))
        found[0] = replace(found[0], examples=examples_of(workspace, found[0]))
        return _write(staging / stored.output_of(definition.name), path, found[0])

    result = workspace.run_stage(
        stored.stage_of(definition.name),
        build,
        outputs=[stored.output_of(definition.name)],
        inputs=inputs,
        settings=settings,
    )
    return replace(found[0] if found else computed(), without_flagged=without_flagged), result


def examples_of(workspace: Workspace, ranked: Ranked) -> pl.DataFrame:
    """Example posts of the nominees, with and without flagged posts, rows of ``EXAMPLE_SCHEMA``.

    They are looked for where they were not read with the ranking. No example is a flagged post.
    """
    seasons = [ranked.whole, *([] if ranked.rest is None else [ranked.rest])]
    if ranked.examples is not None:
        return ranked.examples.filter(pl.col("category").is_in([id for each in seasons for id in each.contests]))
    nominees: dict[str, dict[str, None]] = {}
    for each in seasons:
        for id, found in _nominations(each).items():
            listed = found.table.filter("nominee")["agency"]
            nominees[id] = nominees.get(id, {}) | dict.fromkeys(listed)
    contests = {id: contest for each in reversed(seasons) for id, contest in each.contests.items()}
    ordered = {id: contests[id] for id in nominees}
    return example_posts(workspace, ranked.definition, ordered, nominees, flags=flagged(workspace))


def _computed(
    workspace: Workspace,
    definition: AwardDefinition,
    categories: Sequence[str],
    settings: Mapping[str, Any],
    progress: Progress,
) -> Ranked:
    flags = flagged(workspace)
    weeks = weeks_of_edition(
        workspace, definition, registered_clusters(workspace, definition), flags=flags, progress=progress
    )
    by_agency = flagged_by_agency(weeks)

    def ranked(left_out: pl.DataFrame | None) -> Season:
        return season(workspace, definition, categories=categories, flags=left_out, n_draws=settings["draws"],
                      seed=settings["seed"], progress=progress)  # fmt: skip

    rest = ranked(flags) if by_agency.height else None
    return Ranked(definition, ranked(None), rest, by_agency, settings["without_flagged"])


def _read(workspace: Workspace, award: str) -> Ranked:
    there = stored.stored_rankings(workspace, award)
    rest = there.season(without_flagged=True) if there.flagged_posts else None
    whole = there.season(without_flagged=False)
    return Ranked(there.definition, whole, rest, there.flagged, there.without_flagged, there.all_examples)


def _write(folder: Path, award: Path, ranked: Ranked) -> dict[str, int]:
    """Write all files of the stage and return its counts."""
    folder.mkdir(parents=True)
    shown, other = ranked.shown, ranked.other
    nominations = _nominations(shown)
    beside = {} if other is None else _nominations(other)
    ranking = ranking_table(shown.contests, nominations, ranked.flagged)
    tables = {
        stored.RANKING: ranking,
        stored.COMPARED: RANKING_SCHEMA.to_frame()
        if other is None
        else ranking_table(other.contests, beside, ranked.flagged),
        stored.CHANGED: _changed(ranked, nominations, beside),
        stored.FEATURES: features_behind(shown.contests),
        stored.EXAMPLES: EXAMPLE_SCHEMA.to_frame() if ranked.examples is None else ranked.examples,
        stored.CUTS: _cuts(nominations),
        stored.FLAGGED: ranked.flagged,
    }
    for name, table in tables.items():
        table.write_parquet(folder / name, compression="zstd")
    (folder / stored.AWARD).write_bytes(award.read_bytes())
    write_json(folder / stored.DESCRIPTION, {"notes": shown.notes, "unknown": shown.unknown})
    write_season(folder / stored.COUNTED, ranked.whole)
    if ranked.rest is not None:
        write_season(folder / stored.CLEANED, ranked.rest)
    return {
        "categories": ranking["category"].n_unique(),
        "places": ranking.height,
        "nominees": int(ranking["nominee"].sum()),
        "flagged": ranked.flagged_posts,
    }


def _changed(ranked: Ranked, nominations: Mapping[str, Nomination], beside: Mapping[str, Nomination]) -> pl.DataFrame:
    if ranked.other is None:
        return CHANGED_SCHEMA.to_frame()
    return changed_lists(beside, nominations) if ranked.without_flagged else changed_lists(nominations, beside)


def _cuts(nominations: Mapping[str, Nomination]) -> pl.DataFrame:
    schema = pl.Schema({"category": pl.String(), **CUT_SCHEMA})
    frames = [found.cuts.select(pl.lit(id).alias("category"), pl.all()) for id, found in nominations.items()]
    return pl.concat([schema.to_frame(), *frames])


def _nominations(found: Season) -> dict[str, Nomination]:
    return {id: nominate(each) for id, each in found.contests.items()}


def _only(found: Season, awards: list[Award]) -> Season:
    ids = {award.id for award in awards}
    needed = {id for award in awards for id in needed_categories(found.definition, award.category)}
    return replace(
        found,
        contests={id: each for id, each in found.contests.items() if id in ids},
        unknown={id: names for id, names in found.unknown.items() if id in needed},
    )
