"""Blind mode: which figures an actor may see. A judge sees a nominee's figures once it has scored all its criteria."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from textmine.judging.roles import Actor
from textmine.judging.schema import Category, Criterion, Nominee, Panel, ScoreEvent


@dataclass(frozen=True)
class Visible:
    """Nominees whose figures an actor may see; ``nominee_ids`` is None where that is all."""

    nominee_ids: frozenset[str] | None

    def holds(self, nominee_id: str) -> bool:
        """Whether the figures of a nominee may be seen."""
        return self.nominee_ids is None or nominee_id in self.nominee_ids


def visible(session: Session, actor: Actor, panel: Panel, *, nominee_id: str | None = None) -> Visible:
    """Whose figures the actor may see in a panel; with ``nominee_id`` only that one is looked up.

    What was scored once counts, even if the score was taken back: what was seen cannot be unseen.
    """
    if not panel.blind or actor.role != "judge":
        return Visible(None)
    scored = (
        select(ScoreEvent.nominee_id, func.count(ScoreEvent.criterion_id.distinct()).label("n"))
        .where(ScoreEvent.panel_id == panel.id, ScoreEvent.person_id == actor.person_id, ScoreEvent.value.is_not(None))
        .group_by(ScoreEvent.nominee_id)
    )
    if nominee_id is not None:
        scored = scored.where(ScoreEvent.nominee_id == nominee_id)
    counted = scored.subquery()
    due = (
        select(Category.id, func.count(Criterion.id).label("n"))
        .join(Criterion, Criterion.category_id == Category.id)
        .where(Category.panel_id == panel.id)
        .group_by(Category.id)
        .subquery()
    )
    asked = (
        select(Nominee.id)
        .join(counted, counted.c.nominee_id == Nominee.id)
        .join(due, due.c.id == Nominee.category_id)
        .where(counted.c.n >= due.c.n)
    )
    return Visible(frozenset(session.scalars(asked)))
