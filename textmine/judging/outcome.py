"""What a closed panel decided: the tally of each category, and what the minutes tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy.orm import Session

import textmine
from textmine.judging.access import panel_for
from textmine.judging.attendance import members_of, standing_conflicts
from textmine.judging.closings import closings_of
from textmine.judging.naming import told_names
from textmine.judging.nominees import nominees_of
from textmine.judging.panels import CategoryView, PanelView, view
from textmine.judging.proceedings import CategoryProceedings, Proceedings, scores_sha256
from textmine.judging.progress import scores, weights
from textmine.judging.roles import Actor, action
from textmine.judging.tally import SCORE_SCHEMA, Rules, Scale, Tally, tally
from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.posts import REPORT_TIME_ZONE


@dataclass(frozen=True, eq=False)
class Outcome:
    """Tallies of a closed panel.

    Parameters
    ----------
    panel
        As closed.
    tallies
        By id of the category. Judges and nominees bear the names of :func:`~textmine.judging.naming.told_names`.
    scores
        Columns of ``SCORE_SCHEMA`` by id of the category, with the same names.
    judges, nominees
        Name by id.
    """

    panel: PanelView
    tallies: Mapping[str, Tally]
    scores: Mapping[str, pl.DataFrame]
    judges: Mapping[str, str]
    nominees: Mapping[str, str]


@action("panel.tally")
def outcome(session: Session, actor: Actor, panel_id: str, *, rules: Rules | None = None) -> Outcome:
    """Count the scores of a closed panel.

    Parameters
    ----------
    session, actor
        A member's or an organiser's.
    panel_id
        Which.
    rules
        Of the award; the mean and shared places if None.

    Raises
    ------
    NotFoundError, StateError
        There is no panel of this id that the actor may see, or it is not closed.
    ConfigError
        A rule names what is not there.
    """
    found = scores(session, actor, panel_id)
    panel = view(session, panel_for(session, actor, panel_id))
    judges, nominees = told_names(session, panel.id)
    everybody = nominees_of(session, actor, panel.id)
    tallies, tables = {}, {}
    counted = weights(session, actor, panel.id)
    settings = panel.settings
    for category in panel.categories:
        own = {each.id: nominees[each.id] for each in everybody if each.category_id == category.id}
        table = found.filter(pl.col("category") == category.key).select(
            pl.col("judge").replace_strict(judges, return_dtype=pl.String),
            pl.col("nominee").replace_strict(own, return_dtype=pl.String),
            "criterion",
            "value",
        )
        tables[category.id] = table.cast(SCORE_SCHEMA)
        tallies[category.id] = tally(
            tables[category.id],
            counted[category.key],
            rules=rules or Rules(seed=settings.seed),
            scale=Scale(settings.scale.low, settings.scale.high, settings.scale.step),
            judges=tuple(judges.values()),
            nominees=tuple(own.values()),
        )
    return Outcome(panel, tallies, tables, judges, nominees)


@action("panel.minutes")
def proceedings_of(
    session: Session, actor: Actor, found: Outcome, *, place: str = "", lang: Language = DEFAULT_LANGUAGE
) -> Proceedings:
    """What the minutes of a closed panel tell.

    Parameters
    ----------
    session, actor
        A member's or an organiser's.
    found
        Its tallies.
    place
        Where the jury decided; a line to fill in if left out.
    lang
        Of the titles of criteria.

    Raises
    ------
    NotFoundError
        The actor may not see the panel.
    """
    panel = view(session, panel_for(session, actor, found.panel.id))
    closed = panel.closed_at
    closings = closings_of(session, panel.id)
    titles = {each.key: each.title for each in panel.categories}
    return Proceedings(
        award=panel.settings.shown_award,
        panel=panel.settings.title,
        place=place or None,
        day=None if closed is None else closed.astimezone(ZoneInfo(REPORT_TIME_ZONE)).date(),
        members=members_of(session, panel.id),
        categories=tuple(
            CategoryProceedings(each.title, found.tallies[each.id], _criterion_titles(each, lang))
            for each in panel.categories
        ),
        scores_sha256=scores_sha256({each.key: found.scores[each.id] for each in panel.categories}),
        version=textmine.__version__,
        conflicts=tuple(
            replace(each, category=titles[each.category]) for each in standing_conflicts(session, panel.id)
        ),
        hidden=closings.hidden(panel),
        earlier_closings=closings.earlier,
        missing=closings.missing,
        seed=panel.settings.seed if panel.settings.n_posts else None,
        evidence_sha256=panel.evidence_sha256,
        simulated=panel.settings.simulated,
    )


def _criterion_titles(category: CategoryView, lang: Language) -> dict[str, str]:
    return {each.key: each.title_id if lang == "id" else each.title_en for each in category.criteria}
