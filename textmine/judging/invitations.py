"""One-time links and the sessions that they open: 32 random bytes each, of which only the SHA-256 is stored."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from textmine.judging import audit
from textmine.judging.access import is_member, panel_for
from textmine.judging.canonical import now
from textmine.judging.errors import InvalidError, LinkError, NotFoundError, SignedOutError
from textmine.judging.roles import Actor, Role, action, require_role
from textmine.judging.schema import Invitation, Person, SignIn

LINK_PATH: Final = "/sign-in/"
"""Where a page takes a link; the token follows."""

LINK_LASTS: Final = timedelta(days=7)
SESSION_LASTS: Final = timedelta(hours=12)
_LONGEST: Final = timedelta(days=90)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


_SESSION: Final = (
    select(Person.id, Person.name, Person.role, SignIn.expires_at)
    .join(SignIn, SignIn.person_id == Person.id)
    .where(SignIn.token_sha256 == bindparam("token"), SignIn.ended_at.is_(None))
)


@dataclass(frozen=True)
class Link:
    """A new one-time link; ``token`` is shown once and can never be read again."""

    token: str
    person_id: str
    name: str
    role: Role
    expires_at: datetime


@dataclass(frozen=True)
class SignedIn:
    """A new session; ``token`` goes into the browser's cookie. ``panel_id`` is the panel that the link was for."""

    token: str
    actor: Actor
    panel_id: str | None
    expires_at: datetime


@action("link.make")
def invite(
    session: Session,
    actor: Actor,
    person_id: str,
    panel_id: str | None = None,
    *,
    lasts: timedelta = LINK_LASTS,
) -> Link:
    """Make a one-time link for a person; earlier links of the same person and panel that are open are revoked.

    Parameters
    ----------
    session, actor
        An organiser's.
    person_id
        For whom.
    panel_id
        Where the link leads; needed for judges and observers, who must be members.
    lasts
        How long the link can be used, at most 90 days.

    Raises
    ------
    NotAllowedError, NotFoundError, InvalidError
        The actor is no organiser, there is no such person or membership, or the time cannot be used.
    """
    require_role(actor, "organiser")
    if not timedelta(0) < lasts <= _LONGEST:
        raise InvalidError(f"must be above 0 and at most {_LONGEST.days} days", field="lasts")
    person = session.get(Person, person_id)
    if person is None:
        raise NotFoundError("there is no such person")
    if panel_id is not None:
        panel_for(session, actor, panel_id)
    if person.role != "organiser" and (panel_id is None or not is_member(session, panel_id, person_id)):
        raise NotFoundError("the person is not a member of the panel; add it first")
    _revoke(session, person_id, panel_id)
    token, made = secrets.token_urlsafe(32), now()
    invitation = Invitation(
        person_id=person_id, panel_id=panel_id, token_sha256=_hash(token), created_at=made, expires_at=made + lasts
    )
    session.add(invitation)
    session.flush()
    audit.record(session, actor, "link.make", panel_id or "", {"person_id": person_id, "link": invitation.id})
    return Link(token, person_id, person.name, cast("Role", person.role), invitation.expires_at)


@action("link.revoke")
def revoke_links(session: Session, actor: Actor, person_id: str, panel_id: str | None = None) -> int:
    """Revoke the open links of a person, of one panel or of all; returns how many there were.

    Raises
    ------
    NotAllowedError
        The actor is no organiser.
    """
    require_role(actor, "organiser")
    revoked = _revoke(session, person_id, panel_id, everywhere=panel_id is None)
    audit.record(session, actor, "link.revoke", "", {"person_id": person_id, "links": revoked})
    return revoked


@action("link.read")
def read_link(session: Session, token: str) -> tuple[str, Role]:
    """Name and role for whom a link is, without using it: mail scanners open links before people do.

    Raises
    ------
    LinkError
        The link cannot be used.
    """
    person, _ = _usable(session, token)
    return person.name, cast("Role", person.role)


@action("link.use")
def use_link(session: Session, token: str, *, address: str = "", lasts: timedelta = SESSION_LASTS) -> SignedIn:
    """Use a link up and open a session.

    Raises
    ------
    LinkError
        The link is unknown, used, revoked or expired.
    """
    person, invitation = _usable(session, token)
    # In one statement: of two who use a link at once, one finds it used.
    taken = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .values(used_at=now())
        .returning(Invitation.id),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    if taken is None:
        raise LinkError("the link was used already; ask the organiser for a new one")
    opened, made = secrets.token_urlsafe(32), now()
    session.add(SignIn(token_sha256=_hash(opened), person_id=person.id, created_at=made, expires_at=made + lasts))
    session.flush()
    actor = Actor(person.id, person.name, cast("Role", person.role), address)
    audit.record(session, actor, "link.use", invitation.panel_id or "", {"link": invitation.id})
    return SignedIn(opened, actor, invitation.panel_id, made + lasts)


@action("session.read")
def actor_of(session: Session, token: str, *, address: str = "") -> Actor:
    """Whose session it is.

    Raises
    ------
    SignedOutError
        The session is unknown, ended or expired.
    """
    if not _TOKEN.fullmatch(token):
        raise SignedOutError("you are not signed in; use a new link")
    found = session.execute(_SESSION, {"token": _hash(token)}).one_or_none()
    if found is None or found.expires_at <= now():
        raise SignedOutError("you are not signed in any more; use a new link")
    return Actor(found.id, found.name, cast("Role", found.role), address)


@action("session.end")
def sign_out(session: Session, token: str, *, address: str = "") -> None:
    """End a session; an unknown one is no error."""
    found = session.get(SignIn, _hash(token))
    if found is not None and found.ended_at is None:
        found.ended_at = now()
        person = session.get_one(Person, found.person_id)
        audit.record(session, Actor(person.id, person.name, cast("Role", person.role), address), "session.end")


@action("session.end_all")
def sign_out_everywhere(session: Session, actor: Actor, person_id: str) -> int:
    """End all sessions of a person: its own, or anybody's for an organiser; returns how many there were.

    Raises
    ------
    NotAllowedError
        Another's sessions, and the actor is no organiser.
    """
    if person_id != actor.person_id:
        require_role(actor, "organiser")
    alive = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    ended = session.execute(
        alive.values(ended_at=now()).returning(SignIn.token_sha256), execution_options={"synchronize_session": False}
    ).all()
    audit.record(session, actor, "session.end_all", "", {"person_id": person_id, "sessions": len(ended)})
    return len(ended)


def _usable(session: Session, token: str) -> tuple[Person, Invitation]:
    if not _TOKEN.fullmatch(token):
        raise LinkError("there is no such link; ask the organiser for a new one")
    asked = select(Person, Invitation).join(Invitation).where(Invitation.token_sha256 == _hash(token))
    found = session.execute(asked).one_or_none()
    if found is None:
        raise LinkError("there is no such link; ask the organiser for a new one")
    person, invitation = found
    if invitation.used_at is not None:
        raise LinkError("the link was used already; ask the organiser for a new one")
    if invitation.revoked_at is not None:
        raise LinkError("the link was revoked; ask the organiser for a new one")
    if invitation.expires_at <= now():
        raise LinkError("the link has expired; ask the organiser for a new one")
    return person, invitation


def _revoke(session: Session, person_id: str, panel_id: str | None, *, everywhere: bool = False) -> int:
    links = update(Invitation).where(
        Invitation.person_id == person_id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None)
    )
    if not everywhere:
        links = links.where(Invitation.panel_id.is_(None) if panel_id is None else Invitation.panel_id == panel_id)
    revoked = links.values(revoked_at=now()).returning(Invitation.id)
    return len(session.execute(revoked, execution_options={"synchronize_session": False}).all())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
