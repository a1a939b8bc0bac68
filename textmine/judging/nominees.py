"""The nominees of a panel as one actor sees them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from textmine.judging import figures
from textmine.judging.access import nominee_for, panel_for
from textmine.judging.canonical import sha256
from textmine.judging.conflicts import conflicts_of
from textmine.judging.roles import Actor, action
from textmine.judging.schema import Category, Nominee


@dataclass(frozen=True)
class NomineeView:
    """A nominee as one actor sees it; the figures are None while they are hidden, and ``figures_visible`` false.

    ``conflict`` is the reason of the actor's own conflict of interest, if there is one.
    """

    id: str
    category_id: str
    agency: str
    name: str
    figures_visible: bool
    conflict: str | None
    rank: int | None
    score: float | None
    low: float | None
    high: float | None
    p_top5: float | None
    reasons: tuple[str, ...]


@action("nominee.list")
def nominees_of(session: Session, actor: Actor, panel_id: str) -> list[NomineeView]:
    """Nominees of a panel, category by category; a judge of a blind panel meets them in an order of its own.

    Raises
    ------
    NotFoundError
        There is no panel of this id that the actor may see.
    """
    panel = panel_for(session, actor, panel_id)
    asked = select(Nominee, Category).join(Category).where(Category.panel_id == panel.id)
    found = session.execute(asked.order_by(Category.position, Nominee.position)).all()
    own = conflicts_of(session, panel.id, person_id=actor.person_id)
    seen = figures.visible(session, actor, panel)
    shown = [_view(nominee, seen, own) for nominee, _ in found]
    if panel.blind and actor.role == "judge":
        places = {category.id: category.position for _, category in found}
        shown.sort(key=lambda each: (places[each.category_id], sha256(f"{panel.seed}/{actor.person_id}/{each.id}")))
    return shown


@action("nominee.read")
def nominee_of(session: Session, actor: Actor, nominee_id: str) -> NomineeView:
    """One nominee.

    Raises
    ------
    NotFoundError
        There is none of this id in a panel that the actor may see.
    """
    panel, _, nominee = nominee_for(session, actor, nominee_id)
    own = conflicts_of(session, panel.id, person_id=actor.person_id)
    return _view(nominee, figures.visible(session, actor, panel), own)


def _view(nominee: Nominee, seen: figures.Visible, conflicts: Mapping[tuple[str, str], str]) -> NomineeView:
    shown = seen.holds(nominee.id)
    own = next((reason for (_, nominee_id), reason in conflicts.items() if nominee_id == nominee.id), None)
    return NomineeView(
        id=nominee.id,
        category_id=nominee.category_id,
        agency=nominee.agency,
        name=nominee.name,
        figures_visible=shown,
        conflict=own,
        rank=nominee.rank if shown else None,
        score=nominee.score if shown else None,
        low=nominee.low if shown else None,
        high=nominee.high if shown else None,
        p_top5=nominee.p_top5 if shown else None,
        reasons=tuple(json.loads(nominee.reasons)) if shown else (),
    )
