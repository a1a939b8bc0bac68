"""Conflicts of interest: who declares one is left out of the nominee; earlier scores are kept and not counted."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from textmine.judging import audit, chain
from textmine.judging.access import is_member, nominee_for
from textmine.judging.canonical import now
from textmine.judging.errors import InvalidError, NotAllowedError, NotFoundError, StateError
from textmine.judging.roles import Actor, action, require_role
from textmine.judging.schema import ConflictEvent, Nominee, Panel
from textmine.judging.texts import REASON, clean

_LAST: Final = (
    select(ConflictEvent.declared)
    .where(
        ConflictEvent.panel_id == bindparam("panel_id"),
        ConflictEvent.person_id == bindparam("person_id"),
        ConflictEvent.nominee_id == bindparam("nominee_id"),
    )
    .order_by(ConflictEvent.seq.desc())
    .limit(1)
)


@action("conflict.declare")
def declare_conflict(
    session: Session, actor: Actor, nominee_id: str, reason: str, *, person_id: str | None = None
) -> None:
    """Leave a judge out of a nominee, before or after it scored, until the panel is closed.

    Parameters
    ----------
    session, actor
        A judge's for itself, or an organiser's for the judge ``person_id``.
    nominee_id
        Of whom.
    reason
        What ties them; it goes into the minutes.

    Raises
    ------
    NotAllowedError, NotFoundError, StateError, InvalidError
        Another's conflict, no such nominee or judge, a closed panel, or no reason.
    """
    panel, _, nominee = nominee_for(session, actor, nominee_id, lock="share")
    judge = _judge(actor, person_id)
    if not is_member(session, panel.id, judge):
        raise NotFoundError("there is no such judge")
    _add(session, actor, panel, nominee, judge, clean(reason, "reason", REASON), declared=True)


@action("conflict.lift")
def lift_conflict(session: Session, actor: Actor, nominee_id: str, person_id: str, reason: str) -> None:
    """Take a conflict back that was declared by mistake: only an organiser, with a reason.

    Raises
    ------
    NotAllowedError, NotFoundError, StateError, InvalidError
        No organiser, no such conflict, a closed panel, or no reason.
    """
    require_role(actor, "organiser")
    panel, _, nominee = nominee_for(session, actor, nominee_id, lock="share")
    if (person_id, nominee_id) not in conflicts_of(session, panel.id):
        raise NotFoundError("there is no such conflict")
    _add(session, actor, panel, nominee, person_id, clean(reason, "reason", REASON), declared=False)


def conflicts_of(session: Session, panel_id: str, *, person_id: str | None = None) -> dict[tuple[str, str], str]:
    """Conflicts that stand in a panel: reason by person and nominee."""
    last = (
        select(func.max(ConflictEvent.seq))
        .where(ConflictEvent.panel_id == panel_id)
        .group_by(ConflictEvent.person_id, ConflictEvent.nominee_id)
    )
    asked = select(ConflictEvent).where(
        ConflictEvent.panel_id == panel_id, ConflictEvent.seq.in_(last), ConflictEvent.declared
    )
    if person_id is not None:
        asked = asked.where(ConflictEvent.person_id == person_id)
    return {(row.person_id, row.nominee_id): row.reason for row in session.scalars(asked.order_by(ConflictEvent.seq))}


def has_conflict(session: Session, panel_id: str, person_id: str, nominee_id: str) -> bool:
    """Whether a judge's conflict with a nominee stands."""
    asked = {"panel_id": panel_id, "person_id": person_id, "nominee_id": nominee_id}
    return bool(session.scalar(_LAST, asked))


def _judge(actor: Actor, person_id: str | None) -> str:
    if actor.role == "judge" and person_id in (None, actor.person_id):
        return actor.person_id
    require_role(actor, "organiser", "judge")
    if actor.role == "judge":
        raise NotAllowedError("a judge declares conflicts of its own only")
    if person_id is None:
        raise InvalidError("name the judge", field="person_id")
    return person_id


def _add(
    session: Session, actor: Actor, panel: Panel, nominee: Nominee, person_id: str, reason: str, *, declared: bool
) -> None:
    if panel.state == "closed":
        raise StateError("the panel is closed; reopen it first", state=panel.state)
    event = ConflictEvent(
        panel_id=panel.id,
        person_id=person_id,
        nominee_id=nominee.id,
        declared=declared,
        reason=reason,
        by=actor.person_id,
        created_at=now(),
    )
    chain.append(session, chain.conflicts_chain(panel.id), event)
    done = "conflict.declare" if declared else "conflict.lift"
    audit.record(session, actor, done, panel.id, {"nominee_id": nominee.id, "person_id": person_id})
