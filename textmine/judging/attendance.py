"""Who sat on a closed panel and who stood aside, as its minutes tell."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from textmine.judging.conflicts import conflicts_of
from textmine.judging.members import observers_of
from textmine.judging.naming import told_names
from textmine.judging.proceedings import DeclaredConflict, PanelMember
from textmine.judging.schema import Category, Closing, ConflictEvent, Nominee, Person
from textmine.posts import REPORT_TIME_ZONE


def members_of(session: Session, panel_id: str) -> tuple[PanelMember, ...]:
    """Judges, then who closed the panel, then observers."""
    judges, _ = told_names(session, panel_id)
    closing = select(Closing.by).where(Closing.panel_id == panel_id).order_by(Closing.number.desc()).limit(1)
    closer = session.get(Person, session.scalar(closing) or "")
    found = [PanelMember(name, "judge") for name in judges.values()]
    found += [PanelMember(closer.name, "organiser")] if closer is not None else []
    return (*found, *(PanelMember(each.name, "observer") for each in observers_of(session, panel_id)))


def standing_conflicts(session: Session, panel_id: str) -> tuple[DeclaredConflict, ...]:
    """Conflicts of judges that stand, by judge and nominee; categories by their keys."""
    declared = (
        select(ConflictEvent.person_id, ConflictEvent.nominee_id, func.max(ConflictEvent.created_at))
        .where(ConflictEvent.panel_id == panel_id, ConflictEvent.declared)
        .group_by(ConflictEvent.person_id, ConflictEvent.nominee_id)
    )
    at = {(person_id, nominee_id): moment for person_id, nominee_id, moment in session.execute(declared)}
    asked = select(Nominee.id, Category.key, Category.position).join(Category).where(Category.panel_id == panel_id)
    category_of = {id: (place, key) for id, key, place in session.execute(asked)}
    judges, nominees = told_names(session, panel_id)
    zone = ZoneInfo(REPORT_TIME_ZONE)
    told = sorted(
        (judges[person_id], category_of[nominee_id], nominees[nominee_id], reason, at[person_id, nominee_id])
        for (person_id, nominee_id), reason in conflicts_of(session, panel_id).items()
        if person_id in judges
    )
    return tuple(
        DeclaredConflict(judge, nominee, key, reason, moment.astimezone(zone).date())
        for judge, (_, key), nominee, reason, moment in told
    )
