"""Who sat on a panel."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from textmine.judging.schema import Member, Person


def judges_of(session: Session, panel_id: str) -> list[Person]:
    """Judges of a panel who are not removed, by name."""
    return _members(session, panel_id, "judge")


def observers_of(session: Session, panel_id: str) -> list[Person]:
    """Observers of a panel who are not removed, by name."""
    return _members(session, panel_id, "observer")


def _members(session: Session, panel_id: str, role: str) -> list[Person]:
    asked = (
        select(Person).join(Member).where(Member.panel_id == panel_id, Member.removed_at.is_(None), Person.role == role)
    )
    return list(session.scalars(asked.order_by(Person.name, Person.id)))
