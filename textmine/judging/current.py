"""The scores that count: the last event of each judge, nominee and criterion."""

from __future__ import annotations

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from textmine.judging.schema import ScoreEvent


def current_scores(session: Session, panel_id: str, *, person_id: str | None = None) -> list[ScoreEvent]:
    """Last events of a panel, of one judge or of all, in the order in which each judge stored them.

    Conflicts of interest and removed judges are not looked at.
    """
    of = ScoreEvent
    last = select(of.person_id, func.max(of.seq)).where(of.panel_id == panel_id)
    if person_id is not None:
        last = last.where(of.person_id == person_id)
    last = last.group_by(of.person_id, of.nominee_id, of.criterion_id)
    asked = select(of).where(of.panel_id == panel_id, tuple_(of.person_id, of.seq).in_(last))
    return list(session.scalars(asked.order_by(of.person_id, of.seq)))
