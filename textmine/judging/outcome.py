"""What a closed panel decided: the tally of each category, and what the minutes tell of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import textmine
from textmine.judging.access import panel_for
from textmine.judging.closings import closings_of
from textmine.judging.conflicts import conflicts_of
from textmine.judging.nominees import nominees_of
from textmine.judging.panels import CategoryView, PanelView, view
from textmine.judging.proceedings import (
    CategoryProceedings,
    DeclaredConflict,
    PanelMember,
    Proceedings,
    Role,
    scores_sha256,
)
from textmine.judging.progress import judges_of, scores, weights
from textmine.judging.roles import Actor, action
from textmine.judging.schema import Closing, ConflictEvent, Member, Person
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
        By id of the category. Judges and nominees bear their names; where two have the same, a number or the agency's
        key is put behind it.
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
    judges = _told_apart([(person.id, person.name, "") for person in judges_of(session, panel.id)])
    everybody = nominees_of(session, actor, panel.id)
    nominees: dict[str, str] = {}
    tallies, tables = {}, {}
    counted = weights(session, actor, panel.id)
    settings = panel.settings
    for category in panel.categories:
        own = _told_apart([(each.id, each.name, each.agency) for each in everybody if each.category_id == category.id])
        nominees |= own
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
    titles = {each.id: each.title for each in panel.categories}
    return Proceedings(
        award=panel.settings.shown_award,
        panel=panel.settings.title,
        place=place or None,
        day=None if closed is None else closed.astimezone(ZoneInfo(REPORT_TIME_ZONE)).date(),
        members=_members(session, panel.id, found),
        categories=tuple(
            CategoryProceedings(each.title, found.tallies[each.id], _criterion_titles(each, lang))
            for each in panel.categories
        ),
        scores_sha256=scores_sha256({titles[id]: table for id, table in found.scores.items()}),
        version=textmine.__version__,
        conflicts=_conflicts(session, actor, found),
        hidden=closings.hidden(panel),
        earlier_closings=closings.earlier,
        missing=closings.missing,
        seed=panel.settings.seed if panel.settings.n_posts else None,
        evidence_sha256=panel.evidence_sha256,
        simulated=panel.settings.simulated,
    )


def _told_apart(named: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    """Names by id: of those with the same name each gets its key or a number."""
    times = Counter(name for _, name, _ in named)
    number: Counter[str] = Counter()
    found = {}
    for id, name, key in named:
        number[name] += 1
        found[id] = name if times[name] == 1 else f"{name} ({key or number[name]})"
    return found


def _criterion_titles(category: CategoryView, lang: Language) -> dict[str, str]:
    return {each.key: each.title_id if lang == "id" else each.title_en for each in category.criteria}


def _members(session: Session, panel_id: str, found: Outcome) -> tuple[PanelMember, ...]:
    """Judges, then who closed the panel, then observers."""
    closing = select(Closing.by).where(Closing.panel_id == panel_id).order_by(Closing.number.desc()).limit(1)
    closer = session.get(Person, session.scalar(closing) or "")
    observers = (
        select(Person.name)
        .join(Member)
        .where(Member.panel_id == panel_id, Member.removed_at.is_(None), Person.role == "observer")
        .order_by(Person.name, Person.id)
    )
    people: list[tuple[str, Role]] = [(name, "judge") for name in found.judges.values()]
    people += [(closer.name, "organiser")] if closer is not None else []
    people += [(name, "observer") for name in session.scalars(observers)]
    return tuple(PanelMember(name, role) for name, role in people)


def _conflicts(session: Session, actor: Actor, found: Outcome) -> tuple[DeclaredConflict, ...]:
    """Conflicts of judges that stand, by judge and nominee."""
    panel_id = found.panel.id
    declared = (
        select(ConflictEvent.person_id, ConflictEvent.nominee_id, func.max(ConflictEvent.created_at))
        .where(ConflictEvent.panel_id == panel_id, ConflictEvent.declared)
        .group_by(ConflictEvent.person_id, ConflictEvent.nominee_id)
    )
    at = {(person_id, nominee_id): moment for person_id, nominee_id, moment in session.execute(declared)}
    titles = {each.id: each.title for each in found.panel.categories}
    category = {each.id: titles[each.category_id] for each in nominees_of(session, actor, panel_id)}
    zone = ZoneInfo(REPORT_TIME_ZONE)
    told = [
        DeclaredConflict(
            found.judges[person_id],
            found.nominees[nominee_id],
            category[nominee_id],
            reason,
            at[person_id, nominee_id].astimezone(zone).date(),
        )
        for (person_id, nominee_id), reason in conflicts_of(session, panel_id).items()
        if person_id in found.judges
    ]
    return tuple(sorted(told, key=lambda each: (each.judge, each.category, each.nominee)))
