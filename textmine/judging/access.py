"""Which panels and nominees an actor may reach. What is not there and what is another's are answered alike."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from textmine.judging.errors import ClosedError, NotFoundError, StateError
from textmine.judging.roles import Actor
from textmine.judging.schema import Category, Member, Nominee, Panel

Lock = Literal["share", "update"]
"""``share`` keeps the state of a panel as it is until the transaction ends, ``update`` is for changing it."""


def panel_for(session: Session, actor: Actor, panel_id: str, *, lock: Lock | None = None) -> Panel:
    """A panel that the actor may see.

    Raises
    ------
    NotFoundError
        There is none of this id, or the actor is not of it, or it is a draft and the actor no organiser.
    """
    asked = select(Panel).where(Panel.id == panel_id).execution_options(populate_existing=True)
    if lock is not None:
        asked = asked.with_for_update(read=lock == "share")
    panel = session.scalar(asked)
    if panel is None or not _may_see(session, actor, panel):
        raise NotFoundError("there is no such panel")
    return panel


def nominee_for(
    session: Session, actor: Actor, nominee_id: str, *, lock: Lock | None = None
) -> tuple[Panel, Category, Nominee]:
    """A nominee that the actor may see, with its category and panel.

    Raises
    ------
    NotFoundError
        There is none of this id, or the actor is not of its panel.
    """
    asked = select(Nominee, Category).join(Category).where(Nominee.id == nominee_id)
    found = session.execute(asked).one_or_none()
    if found is None:
        raise NotFoundError("there is no such nominee")
    nominee, category = found
    return panel_for(session, actor, category.panel_id, lock=lock), category, nominee


def is_member(session: Session, panel_id: str, person_id: str) -> bool:
    """Whether somebody is a member of a panel and not removed from it."""
    asked = select(Member.person_id).where(
        Member.panel_id == panel_id, Member.person_id == person_id, Member.removed_at.is_(None)
    )
    return session.scalar(asked) is not None


def require_state(panel: Panel, *states: str) -> None:
    """Let a panel pass in some states only.

    Raises
    ------
    StateError
        It is in another.
    """
    if panel.state not in states:
        raise StateError(f"the panel is {panel.state}, not {' or '.join(states)}", state=panel.state)


def require_open(panel: Panel) -> None:
    """Let a panel pass that takes scores.

    Raises
    ------
    ClosedError
        It does not.
    """
    if panel.state != "open":
        raise ClosedError(f"the panel is {panel.state}: it takes no scores", state=panel.state)


def _may_see(session: Session, actor: Actor, panel: Panel) -> bool:
    if actor.role == "organiser":
        return True
    return panel.state != "draft" and is_member(session, panel.id, actor.person_id)
