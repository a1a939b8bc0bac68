"""How far the judges are, and after closing what they gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from textmine.judging.access import panel_for
from textmine.judging.conflicts import conflicts_of
from textmine.judging.current import current_scores
from textmine.judging.errors import StateError
from textmine.judging.members import judges_of
from textmine.judging.naming import told_names
from textmine.judging.roles import Actor, action
from textmine.judging.schema import Category, Criterion, Nominee, Panel, ScoreEvent

SCORES_SCHEMA: Final = pl.Schema(
    {
        "category": pl.String(),
        "judge": pl.String(),
        "judge_name": pl.String(),
        "nominee": pl.String(),
        "agency": pl.String(),
        "criterion": pl.String(),
        "value": pl.Float64(),
        "note": pl.String(),
        "figures_seen": pl.Boolean(),
    }
)
"""``judge`` and ``nominee`` are ids, ``category`` and ``criterion`` keys."""


@dataclass(frozen=True)
class Progress:
    """How far one judge is, in scores (a nominee on a criterion); nominees with a conflict are not due."""

    person_id: str
    name: str
    due: int
    done: int
    conflicts: int
    last_saved_at: datetime | None

    @property
    def missing(self) -> int:
        """Scores that are due and not given."""
        return self.due - self.done


@action("panel.progress")
def progress(session: Session, actor: Actor, panel_id: str) -> list[Progress]:
    """How far each judge is, by name; a judge sees itself only. No score is told.

    Raises
    ------
    NotFoundError
        There is no panel of this id that the actor may see.
    """
    panel = panel_for(session, actor, panel_id)
    found = progress_of(session, panel)
    return [each for each in found if actor.role != "judge" or each.person_id == actor.person_id]


def progress_of(session: Session, panel: Panel) -> list[Progress]:
    """How far each judge of a panel is."""
    criteria = _criteria(session, panel.id)
    conflicts = conflicts_of(session, panel.id)
    done: dict[str, int] = {}
    for row in current_scores(session, panel.id):
        if row.value is not None and (row.person_id, row.nominee_id) not in conflicts:
            done[row.person_id] = done.get(row.person_id, 0) + 1
    last = dict(
        session.execute(
            select(ScoreEvent.person_id, func.max(ScoreEvent.created_at))
            .where(ScoreEvent.panel_id == panel.id)
            .group_by(ScoreEvent.person_id)
        ).all()
    )
    found = []
    for judge in judges_of(session, panel.id):
        own = [nominee_id for person_id, nominee_id in conflicts if person_id == judge.id]
        due = sum(criteria.values()) - sum(criteria[nominee_id] for nominee_id in own)
        found.append(Progress(judge.id, judge.name, due, done.get(judge.id, 0), len(own), last.get(judge.id)))
    return found


@action("panel.scores")
def scores(session: Session, actor: Actor, panel_id: str) -> pl.DataFrame:
    """Scores that count, once the panel is closed: before, nobody sees another's, the organiser neither.

    Returns
    -------
    polars.DataFrame
        Rows of ``SCORES_SCHEMA``, by category, nominee, judge and criterion; without those of removed judges and of
        judges with a conflict.

    Raises
    ------
    NotFoundError, StateError
        There is no panel of this id that the actor may see, or it is not closed.
    """
    panel = panel_for(session, actor, panel_id)
    if panel.state != "closed":
        raise StateError("scores are shown when the panel is closed", state=panel.state)
    nominees = {
        nominee.id: (category, nominee)
        for nominee, category in session.execute(
            select(Nominee, Category).join(Category).where(Category.panel_id == panel.id)
        )
    }
    asked = select(Criterion).join(Category).where(Category.panel_id == panel.id)
    criteria = {criterion.id: criterion for criterion in session.scalars(asked)}
    judges = {judge.id: judge for judge in judges_of(session, panel.id)}
    conflicts = conflicts_of(session, panel.id)
    found = []
    for row in current_scores(session, panel.id):
        if row.criterion_id is None or row.value is None or row.person_id not in judges:
            continue
        if (row.person_id, row.nominee_id) in conflicts:
            continue
        category, nominee = nominees[row.nominee_id]
        criterion = criteria[row.criterion_id]
        order = (category.position, nominee.position, judges[row.person_id].name, row.person_id, criterion.position)
        values = (category.key, row.person_id, judges[row.person_id].name, nominee.id, nominee.agency)
        found.append((order, (*values, criterion.key, row.value, row.note, row.figures_seen)))
    return pl.DataFrame([values for _, values in sorted(found)], schema=SCORES_SCHEMA, orient="row")


def named_scores(session: Session, actor: Actor, panel_id: str) -> pl.DataFrame:
    """The same with names: ``category``, ``judge``, ``nominee``, ``criterion``, ``value``, ``note``.

    What a judge did not score has a row without a value, also where a conflict stands, so that no nominee and
    no category is left out. Names are those of :func:`textmine.judging.naming.told_names`.

    Raises
    ------
    NotFoundError, StateError
        As :func:`scores`.
    """
    table = scores(session, actor, panel_id)
    judges, nominees = told_names(session, panel_id)
    asked = (
        select(Category.key, Nominee.id, Criterion.key)
        .join(Nominee, Nominee.category_id == Category.id)
        .join(Criterion, Criterion.category_id == Category.id)
        .where(Category.panel_id == panel_id)
        .order_by(Category.position, Nominee.position, Criterion.position)
    )
    due = session.execute(asked).all()
    columns = ("category", "nominee", "criterion", "judge")
    whole = pl.DataFrame(
        [(*row, judge) for row in due for judge in judges], schema=dict.fromkeys(columns, pl.String), orient="row"
    )
    return whole.join(table, on=columns, how="left", maintain_order="left").select(
        "category",
        pl.col("judge").replace_strict(judges, return_dtype=pl.String),
        pl.col("nominee").replace_strict(nominees, return_dtype=pl.String),
        "criterion",
        "value",
        pl.col("note").fill_null(""),
    )


@action("panel.notes")
def notes(session: Session, actor: Actor, panel_id: str) -> dict[tuple[str, str], str]:
    """Notes on whole nominees, once the panel is closed: by judge and nominee, without those of judges with a conflict.

    Raises
    ------
    NotFoundError, StateError
        As :func:`scores`.
    """
    panel = panel_for(session, actor, panel_id)
    if panel.state != "closed":
        raise StateError("notes are shown when the panel is closed", state=panel.state)
    judges = {judge.id for judge in judges_of(session, panel.id)}
    conflicts = conflicts_of(session, panel.id)
    found = {
        (row.person_id, row.nominee_id): row.note
        for row in current_scores(session, panel.id)
        if row.criterion_id is None and row.note and row.person_id in judges
    }
    return {pair: note for pair, note in found.items() if pair not in conflicts}


@action("panel.weights")
def weights(session: Session, actor: Actor, panel_id: str) -> dict[str, dict[str, float]]:
    """Weights of the criteria by key, by category."""
    panel_for(session, actor, panel_id)
    asked = select(Category.key, Criterion.key, Criterion.weight).join(Criterion, Criterion.category_id == Category.id)
    found: dict[str, dict[str, float]] = {}
    asked = asked.where(Category.panel_id == panel_id).order_by(Category.position, Criterion.position)
    for category, criterion, weight in session.execute(asked):
        found.setdefault(category, {})[criterion] = weight
    return found


def _criteria(session: Session, panel_id: str) -> dict[str, int]:
    """Number of criteria of each nominee."""
    asked = (
        select(Nominee.id, func.count(Criterion.id))
        .join(Category, Category.id == Nominee.category_id)
        .join(Criterion, Criterion.category_id == Category.id)
        .where(Category.panel_id == panel_id)
        .group_by(Nominee.id)
    )
    return dict(session.execute(asked).all())
