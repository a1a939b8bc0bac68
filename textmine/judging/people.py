"""People of a jury: organisers, judges and observers, and of which panels the latter are members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from textmine.judging import audit
from textmine.judging.access import panel_for, require_state
from textmine.judging.canonical import now
from textmine.judging.errors import InvalidError, NotFoundError
from textmine.judging.roles import ROLES, Actor, Role, action, require_role
from textmine.judging.schema import Invitation, Member, Person, SignIn
from textmine.judging.texts import NAME, clean_line


@dataclass(frozen=True)
class PersonView:
    """A person as an organiser sees it; ``invited_until`` while a link is open, ``signed_in_at`` of the last time."""

    id: str
    name: str
    role: Role
    invited_until: datetime | None = None
    signed_in_at: datetime | None = None


@action("person.add")
def add_person(session: Session, actor: Actor, name: str, role: Role) -> PersonView:
    """Enter a person; a judge or an observer sees nothing before :func:`add_member`.

    Raises
    ------
    NotAllowedError, InvalidError
        The actor is no organiser, or the name or the role cannot be used.
    """
    require_role(actor, "organiser")
    if role not in ROLES:
        raise InvalidError(f"must be one of {', '.join(ROLES)}", field="role")
    person = Person(name=clean_line(name, "name", NAME), role=role, created_at=now())
    session.add(person)
    session.flush()
    audit.record(session, actor, "person.add", "", {"person_id": person.id, "name": person.name, "role": role})
    return PersonView(person.id, person.name, role)


@action("member.add")
def add_member(session: Session, actor: Actor, panel_id: str, person_id: str) -> None:
    """Make a judge or an observer a member of a panel that is not closed; who was removed comes back.

    Raises
    ------
    NotAllowedError, NotFoundError, StateError, InvalidError
        The actor is no organiser, there is no such panel or person, the panel is closed, or the person an organiser.
    """
    require_role(actor, "organiser")
    panel = panel_for(session, actor, panel_id, lock="share")
    require_state(panel, "draft", "open")
    person = _person(session, person_id)
    if person.role == "organiser":
        raise InvalidError("organisers see all panels and are members of none", field="role")
    member = session.get(Member, (panel.id, person.id))
    if member is None:
        session.add(Member(panel_id=panel.id, person_id=person.id, joined_at=now()))
    else:
        member.removed_at = None
    session.flush()
    audit.record(session, actor, "member.add", panel.id, {"person_id": person.id, "name": person.name})


@action("member.remove")
def remove_member(session: Session, actor: Actor, panel_id: str, person_id: str) -> None:
    """Take somebody out of a panel that is not closed: scores are kept and not counted, open links revoked.

    Raises
    ------
    NotAllowedError, NotFoundError, StateError
        The actor is no organiser, there is no such panel or member, or the panel is closed.
    """
    require_role(actor, "organiser")
    panel = panel_for(session, actor, panel_id, lock="update")
    require_state(panel, "draft", "open")
    member = session.get(Member, (panel.id, person_id))
    if member is None or member.removed_at is not None:
        raise NotFoundError("there is no such member")
    member.removed_at = now()
    for invitation in session.scalars(
        select(Invitation).where(Invitation.panel_id == panel.id, Invitation.person_id == person_id)
    ):
        invitation.revoked_at = invitation.revoked_at or now()
    session.flush()
    audit.record(session, actor, "member.remove", panel.id, {"person_id": person_id})


@action("member.list")
def members_of(session: Session, actor: Actor, panel_id: str) -> list[PersonView]:
    """Members of a panel by name, for its organiser.

    Raises
    ------
    NotAllowedError, NotFoundError
        The actor is no organiser, or there is no such panel.
    """
    require_role(actor, "organiser")
    panel_for(session, actor, panel_id)
    asked = select(Person).join(Member).where(Member.panel_id == panel_id, Member.removed_at.is_(None))
    return [_view(session, person) for person in session.scalars(asked.order_by(Person.name, Person.id)).all()]


@action("person.list")
def people(session: Session, actor: Actor) -> list[PersonView]:
    """Everybody by name, for an organiser.

    Raises
    ------
    NotAllowedError
        The actor is no organiser.
    """
    require_role(actor, "organiser")
    return [_view(session, person) for person in session.scalars(select(Person).order_by(Person.name, Person.id)).all()]


def _person(session: Session, person_id: str) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFoundError("there is no such person")
    return person


def _view(session: Session, person: Person) -> PersonView:
    open_links = select(Invitation.expires_at).where(
        Invitation.person_id == person.id,
        Invitation.used_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now(),
    )
    until = session.scalars(open_links.order_by(Invitation.expires_at.desc())).first()
    signed = select(SignIn.created_at).where(SignIn.person_id == person.id).order_by(SignIn.created_at.desc())
    return PersonView(person.id, person.name, cast("Role", person.role), until, session.scalars(signed).first())
