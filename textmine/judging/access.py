"""Which panels and nominees an actor may reach. What is not there and what is another's are answered alike.

Statements that every request needs are built once: building one takes longer than running it.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from textmine.judging.errors import ClosedError, NotFoundError, StateError
from textmine.judging.roles import Actor
from textmine.judging.schema import Category, Member, Nominee, Panel

Lock = Literal["share", "update"]
"""``share`` keeps the state of a panel as it is until the transaction ends, ``update`` is for changing it."""


def _locked(asked: Any) -> dict[Lock | None, Any]:  # noqa: ANN401 - a statement of one entity or of three
    """A statement without a lock on the panel, and with each."""
    fresh = asked.execution_options(populate_existing=True)
    return {
        None: fresh,
        "share": fresh.with_for_update(read=True, of=Panel),
        "update": fresh.with_for_update(of=Panel),
    }


_PANEL: Final = _locked(select(Panel).where(Panel.id == bindparam("id")))
_NOMINEE: Final = _locked(
    select(Panel, Category, Nominee)
    .join(Category, Category.panel_id == Panel.id)
    .join(Nominee, Nominee.category_id == Category.id)
    .where(Nominee.id == bindparam("id"))
)
_MEMBER: Final = select(Member.person_id).where(
    Member.panel_id == bindparam("panel_id"), Member.person_id == bindparam("person_id"), Member.removed_at.is_(None)
)


def panel_for(session: Session, actor: Actor, panel_id: str, *, lock: Lock | None = None) -> Panel:
    """A panel that the actor may see.

    Raises
    ------
    NotFoundError
        There is none of this id, or the actor is not of it, or it is a draft and the actor no organiser.
    """
    panel: Panel | None = session.scalar(_PANEL[lock], {"id": panel_id})
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
    found = session.execute(_NOMINEE[lock], {"id": nominee_id}).one_or_none()
    if found is None or not _may_see(session, actor, found[0]):
        raise NotFoundError("there is no such nominee")
    panel, category, nominee = found
    return panel, category, nominee


def is_member(session: Session, panel_id: str, person_id: str) -> bool:
    """Whether somebody is a member of a panel and not removed from it."""
    return session.scalar(_MEMBER, {"panel_id": panel_id, "person_id": person_id}) is not None


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
