"""Blind mode: which figures an actor may see. A judge sees a nominee's figures once it has scored all its criteria."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from textmine.judging.roles import Actor
from textmine.judging.schema import Criterion, Nominee, Panel, ScoreEvent


@dataclass(frozen=True)
class Visible:
    """Nominees whose figures an actor may see; ``nominee_ids`` is None where that is all."""

    nominee_ids: frozenset[str] | None

    def holds(self, nominee_id: str) -> bool:
        """Whether the figures of a nominee may be seen."""
        return self.nominee_ids is None or nominee_id in self.nominee_ids


def _scored(*, one: bool) -> Select[Any]:
    """Nominees all of whose criteria a judge has scored once; of all, or of one."""
    n_scored = func.count(ScoreEvent.criterion_id.distinct())
    n_due = (
        select(func.count(Criterion.id))
        .join(Nominee, Nominee.category_id == Criterion.category_id)
        .where(Nominee.id == ScoreEvent.nominee_id)
        .scalar_subquery()
    )
    asked = select(ScoreEvent.nominee_id).where(
        ScoreEvent.panel_id == bindparam("panel_id"),
        ScoreEvent.person_id == bindparam("person_id"),
        ScoreEvent.value.is_not(None),
    )
    if one:
        asked = asked.where(ScoreEvent.nominee_id == bindparam("nominee_id"))
    return asked.group_by(ScoreEvent.nominee_id).having(n_scored >= n_due)


_ALL: Final = _scored(one=False)
_ONE: Final = _scored(one=True)


def visible(session: Session, actor: Actor, panel: Panel, *, nominee_id: str | None = None) -> Visible:
    """Whose figures the actor may see in a panel; with ``nominee_id`` only that one is looked up.

    What was scored once counts, even if the score was taken back: what was seen cannot be unseen.
    """
    if not panel.blind or actor.role != "judge":
        return Visible(None)
    asked = {"panel_id": panel.id, "person_id": actor.person_id}
    if nominee_id is None:
        return Visible(frozenset(session.scalars(_ALL, asked)))
    return Visible(frozenset(session.scalars(_ONE, {**asked, "nominee_id": nominee_id})))
