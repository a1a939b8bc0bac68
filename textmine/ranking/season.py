"""From a workspace to contests: the figures of every agency for the awards of an edition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from textmine.blas import one_blas_thread
from textmine.errors import AgencyError, ConfigError, NotEnoughDataError, WorkspaceError, alike, did_you_mean
from textmine.integrity import flagged, marked_flagged
from textmine.posts import is_credited, local_day
from textmine.ranking.agency import (
    AgencySettings,
    agency_features_of,
    agency_features_stage,
    agency_table_of,
    agency_table_without_flagged,
    sentiment_mistakes,
)
from textmine.ranking.agency.dictionary import base_of
from textmine.ranking.awards import Award, AwardDefinition, Category, Selection
from textmine.ranking.campaigns import campaign_scores, rate_platforms
from textmine.ranking.contest import Contest, Floats, contest, table_of
from textmine.ranking.drawn_measures import Drawing
from textmine.ranking.expressions.compiled import without_parts
from textmine.ranking.measures import MEDIA, measures
from textmine.ranking.season_scores import OF_THE_MODEL, columns_read, platforms_needed, season_scores
from textmine.ranking.season_stage import season_weeks
from textmine.ranking.season_weeks import SeasonWeeks, asked_of, view_of
from textmine.ranking.standings import needed_categories
from textmine.ranking.week_draws import week_resamples
from textmine.store import Workspace

Tables = dict[Selection, pl.DataFrame]
Draws = dict[Selection, dict[str, Floats]]


@dataclass(frozen=True)
class Season:
    """The contests of an edition.

    Parameters
    ----------
    definition
        As it was followed: parts of measures that no agency has a figure for are taken out.
    contests
        By id of the award, in the order of the file.
    unknown
        By id of the category, measures that were taken out.
    notes
        What could not be done.
    """

    definition: AwardDefinition
    contests: dict[str, Contest]
    unknown: dict[str, tuple[str, ...]]
    notes: tuple[str, ...]


def chosen_awards(definition: AwardDefinition, categories: Sequence[str]) -> list[Award]:
    """Awards by id (``most_active/kementerian``) or by id of their category (``most_active``); all without any.

    Raises
    ------
    ConfigError
        There is no such award.
    """
    known = dict.fromkeys([*(each.id for each in definition.categories), *(each.id for each in definition.awards)])
    for asked in categories:
        if asked not in known:
            there = ", ".join(each.id for each in definition.categories)
            hint = did_you_mean(asked, known, f"; there are {there}")
            raise ConfigError(f"{definition.name} has no category {asked!r}{hint}", value=asked)
    wanted = set(categories)
    return [each for each in definition.awards if not wanted or {each.id, each.category.id} & wanted]


def registered_clusters(workspace: Workspace, definition: AwardDefinition) -> pl.DataFrame:
    """The register, with the clusters that the edition counts as one under one name.

    Raises
    ------
    WorkspaceError
        There is no register, or none of its clusters competes.
    """
    register = workspace.register()
    if register is None:
        raise WorkspaceError(
            "has no register of agencies, so nobody knows who competes with whom; give one: textmine ingest FILE "
            f"--agencies agencies.csv -o {workspace.path}",
            path=workspace.path,
        )
    names = {name: cluster.name for cluster in definition.clusters for name in cluster.register}
    lowered = pl.col("cluster").cast(pl.String).str.strip_chars().str.to_lowercase()
    if not register.select(lowered.is_in(list(names)).any()).item():
        there = ", ".join(sorted(register["cluster"].drop_nulls().cast(pl.String).unique())) or "none"
        asked = ", ".join(cluster.name for cluster in definition.clusters)
        raise WorkspaceError(
            f"no agency is in a cluster of {definition.name} ({asked}); the register has {there}; change "
            "the register or the award's file",
            path=workspace.path,
        )
    return register.with_columns(lowered.replace_strict(names, default=lowered).alias("cluster"))


def agency_named(workspace: Workspace, asked: str) -> str:
    """Key of an agency that is asked for by its key or its name.

    Raises
    ------
    AgencyError
        The register does not have it.
    """
    register = workspace.register()
    known: dict[str, str] = {}
    if register is not None:
        for key, name in register.select("agency", "name").unique(maintain_order=True).iter_rows():
            known[key.lower()] = key
            known.setdefault((name or key).lower(), key)
    if asked.lower() in known:
        return known[asked.lower()]
    raise AgencyError(asked, candidates=[known[each] for each in alike(asked, known)])


@one_blas_thread()
def season(
    workspace: Workspace,
    definition: AwardDefinition,
    *,
    categories: Sequence[str] = (),
    flags: pl.DataFrame | None = None,
    n_draws: int = 2000,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Season:
    """Compute what the awards of an edition compare. The caller holds the workspace's lock.

    Parameters
    ----------
    workspace
        With posts and a register.
    definition
        The edition.
    categories
        As for :func:`chosen_awards`.
    flags
        Posts to leave out, as :func:`textmine.integrity.flagged` gives them; none if None.
    n_draws, seed
        Of what is uncertain (:mod:`textmine.ranking.drawn_measures`), all with the same weeks.
    progress
        Called with the number of posts done.
    """
    awards = chosen_awards(definition, categories)
    register = registered_clusters(workspace, definition)
    posts = counted(workspace, definition, flags)
    weeks = weeks_of_edition(workspace, definition, register, flags=flags, progress=progress)
    period = definition.period
    settings = AgencySettings(period.first, period.last) if period else AgencySettings()
    if flags is None:
        agency_features_stage(workspace, settings=settings, progress=progress)
        everything = agency_features_of(workspace)
    else:
        everything = agency_table_without_flagged(workspace, posts, flags, settings=settings, progress=progress)
    resamples = week_resamples(weeks.n_weeks, n_draws, seed=seed)
    mistakes = sentiment_mistakes(workspace)
    notes: list[str] = []
    needed = {award.id: needed_categories(definition, award.category) for award in awards}
    ids = dict.fromkeys(each.id for each in definition.categories if any(each.id in found for found in needed.values()))
    tables: Tables = {}
    draws: Draws = {}
    lacking: set[Selection] = set()
    for selection in dict.fromkeys(definition.category(id).selection for id in ids):
        # What is not of the weeks is drawn apart, and alike whichever categories are asked for.
        own_seed = seed + 1_000_003 * definition.selections.index(selection)
        told, whole = _told(selection), selection.without_campaign
        mine = posts.with_columns(pl.col("counts") & posts_of(selection))
        try:
            table = everything if whole.prefix is not None else None
            table = agency_table_of(workspace, settings=settings, posts=mine) if table is None else table
        except NotEnoughDataError as error:
            lacking.add(selection)
            notes.append(f"{told}: {error}; its categories are left out")
            continue
        table = table_of(table, whole) if whole.prefix is not None else table
        scored: dict[str, Floats] = {}
        for number, prefix in enumerate(("", *(f"{medium}_" for medium in MEDIA))):
            if not (asked := platforms_needed(definition, selection, ids, prefix=prefix)):
                continue
            fitted = season_scores(
                weeks.accounts[view_of(selection, prefix)][int(flags is not None)],
                table["agency"].to_list(),
                platforms=asked,
                n_draws=n_draws,
                seed=own_seed + 101 * number,
                resamples=resamples,
            )
            notes += [f"{told}: {note}" for note in fitted.notes]
            table = table.with_columns(
                pl.Series(prefix + name, values).fill_nan(None) for name, values in fitted.columns.items()
            )
            scored |= {prefix + name: values for name, values in fitted.draws.items()}
        tables[selection] = table
        drawing = Drawing(tables[selection], weeks, flags is not None, resamples, mistakes)
        by_week = drawing.draw(columns_read(definition, selection, ids), selection)
        notes += [f"{told}: {column} counts as certain: nobody knows its draws" for column in by_week.undrawn]
        draws[selection] = scored | by_week.draws
        if selection.campaign:
            led = campaign_scores(
                mine.filter("counts"),
                register,
                tables[selection],
                selection,
                platforms=rate_platforms(definition, selection, ids),
                n_draws=n_draws,
                seed=own_seed + 1,
                first=settings.first,
                last=settings.last,
            )
            notes += led.notes
            tables[selection], draws[selection] = led.table, draws[selection] | led.draws
    as_followed, unknown = followed(definition, tables)
    contests = {}
    for award in awards:
        if not {definition.category(id).selection for id in needed[award.id]} & lacking:
            now = Award(as_followed.category(award.category.id), award.clusters)
            contests[award.id] = contest(as_followed, now, tables, draws=draws)
    return Season(as_followed, contests, {id: unknown[id] for id in ids if id in unknown}, tuple(dict.fromkeys(notes)))


def weeks_of_edition(
    workspace: Workspace,
    definition: AwardDefinition,
    register: pl.DataFrame,
    *,
    flags: pl.DataFrame | None = None,
    progress: Callable[[int], None] | None = None,
) -> SeasonWeeks:
    """What the posts of an edition add up to by week, from the workspace where it was added up before.

    Both with and without flagged posts: of ``flags``, or else those of the stage ``integrity`` where it was run.
    """
    if flags is None:
        there = workspace.is_current("integrity", "ingest")
        flags = flagged(workspace) if there else pl.DataFrame(schema={"platform": pl.String, "post_id": pl.String})
    asked = asked_of(definition)
    posts = counted(workspace, definition)
    try:
        return season_weeks(workspace, posts, register, asked, flags=flags, progress=progress)
    except NotEnoughDataError:
        _check_period(posts, definition, workspace)  # says more
        raise


def _check_period(posts: pl.LazyFrame, definition: AwardDefinition, workspace: Workspace) -> None:
    """Refuse a workspace without a post in the period, and say what it has.

    Raises
    ------
    NotEnoughDataError
        No post counts.
    """
    days = posts.select(
        pl.col("counts").sum(), local_day().min().alias("first"), local_day().max().alias("last")
    ).collect(engine="streaming")
    n, first, last = days.row(0)
    if first is None:
        raise NotEnoughDataError(f"{workspace.path}: there are no posts to rank by", needed=1, got=0)
    if not n:
        period = f"{definition.period.first} to {definition.period.last}" if definition.period else "the workspace"
        raise NotEnoughDataError(
            f"{workspace.path}: no post counts in the period of {definition.name}, {period}; the posts are from "
            f"{first} to {last}; for another period: textmine awards new awards.toml --from {definition.name}",
            needed=1,
            got=0,
        )


def counted(workspace: Workspace, definition: AwardDefinition, flags: pl.DataFrame | None = None) -> pl.LazyFrame:
    """Posts in their order with ``counts``: credited, in the period, and not flagged."""
    posts = workspace.scan("posts.parquet", made_by="ingest")
    counts = is_credited()
    if definition.period is not None:
        counts = counts & local_day().is_between(definition.period.first, definition.period.last)
    if flags is None:
        return posts.with_columns(counts.alias("counts"))
    marked = marked_flagged(posts, flags)
    return marked.with_columns((counts & ~pl.col("flagged")).alias("counts")).drop("flagged")


def posts_of(selection: Selection) -> pl.Expr:
    """Posts that a selection looks at."""
    kept = pl.lit(True)
    if selection.platforms:
        kept = kept & pl.col("platform").cast(pl.String).is_in(list(selection.platforms))
    if selection.media_types:
        kept = kept & pl.col("media_type").cast(pl.String).is_in(list(selection.media_types))
    return kept.fill_null(False)


def _told(selection: Selection) -> str:
    campaign = ["own campaigns"] if selection.campaign == "own" else [f"#{each}" for each in selection.hashtags]
    return ", ".join([*selection.platforms, *selection.media_types, *campaign]) or "all posts"


def followed(definition: AwardDefinition, tables: Tables) -> tuple[AwardDefinition, dict[str, tuple[str, ...]]]:
    """The edition without the parts of measures for which no agency has a figure, and what was taken out."""
    unknown: dict[str, tuple[str, ...]] = {}
    categories: list[Category] = []
    for category in definition.categories:
        table = tables.get(category.selection)
        if table is not None:
            nobody = {name for name in category.measure.measures if _is_unknown(table, name)}
            measure, gone = without_parts(category.measure, nobody)
            if gone:
                unknown[category.id] = gone
                category = replace(category, measure=measure)
        categories.append(category)
    return replace(definition, categories=tuple(categories)), unknown


def _is_unknown(table: pl.DataFrame, column: str) -> bool:
    """Whether nobody has the figure, though it was looked for."""
    measure = measures().get(column.partition("@")[0])
    if measure is not None and (measure.needs_campaign or base_of(measure) in OF_THE_MODEL):
        return False
    return column in table.columns and table[column].null_count() == table.height
