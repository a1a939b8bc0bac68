"""What judges do: look at dossiers, score, declare conflicts of interest."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textmine.judging import conflicts, dossier, scoring
from textmine.judging.access import nominee_for
from textmine.judging.dossier import Dossier
from textmine.judging.errors import ConflictError, KeyReusedError
from textmine.judging.nominees import NomineeView, nominee_of, nominees_of
from textmine.judging.panels import CategoryView, PanelView, Scale, panel_of, view
from textmine.judging.roles import Actor
from textmine.judging.scoring import Saved
from textmine.judging.web.forms import Form, decimal, field
from textmine.judging.web.pages import dossier_part, render
from textmine.judging.web.visitors import Visitor, language_of, visitor_of

router = APIRouter()

NOTE = "note"
"""Stands for a criterion in the address of the note on a whole nominee."""

_FEW: Final = re.compile(r"[1-9][0-9]?", re.ASCII)

MOST_RADIOS = 21
"""Values of a scale that are shown as buttons; a finer scale is a field for a number."""


@dataclass(frozen=True)
class Standing:
    """How far a judge is with a nominee."""

    nominee: NomineeView
    done: int
    due: int

    @property
    def state(self) -> str:
        """One word."""
        if self.nominee.conflict is not None:
            return "conflict"
        return "complete" if self.done >= self.due else "begun" if self.done else "open"


def standings(
    panel: PanelView, nominees: Sequence[NomineeView], saved: Sequence[Saved]
) -> list[tuple[CategoryView, list[Standing]]]:
    """How far a judge is with each nominee, category by category."""
    done: dict[str, int] = {}
    for each in saved:
        if each.criterion_id is not None and each.value is not None:
            done[each.nominee_id] = done.get(each.nominee_id, 0) + 1
    return [
        (
            category,
            [
                Standing(nominee, done.get(nominee.id, 0), len(category.criteria))
                for nominee in nominees
                if nominee.category_id == category.id
            ],
        )
        for category in panel.categories
    ]


def judge_panel(request: Request, visitor: Visitor, session: Session, panel: PanelView) -> Response:
    """A panel as a judge sees it."""
    nominees = nominees_of(session, visitor.actor, panel.id)
    shown = standings(panel, nominees, scoring.my_scores(session, visitor.actor, panel.id))
    every = [each for _, members in shown for each in members if each.state != "conflict"]
    return render(
        request,
        "judge_panel",
        panel=panel,
        standings=shown,
        done=sum(each.done for each in every),
        due=sum(each.due for each in every),
    )


@router.get("/panels/{panel_id}/mine")
def mine(request: Request, panel_id: str) -> Response:
    """All that a judge gave, on one page, before it says that it is done."""
    visitor = visitor_of(request)
    with visitor.reading() as session:
        panel = panel_of(session, visitor.actor, panel_id)
        saved = scoring.my_scores(session, visitor.actor, panel.id)
        shown = standings(panel, nominees_of(session, visitor.actor, panel.id), saved)
    given = {(each.nominee_id, each.criterion_id): each for each in saved}
    return render(request, "mine", panel=panel, standings=shown, given=given)


@router.get("/nominees/{nominee_id}")
def nominee_page(request: Request, nominee_id: str) -> Response:
    """A nominee's dossier, and the form of a judge."""
    visitor = visitor_of(request)
    with visitor.reading() as session:
        values = _nominee_values(request, session, visitor.actor, nominee_id)
    return render(request, "nominee", saved="saved" in request.query_params, **values)


@router.post("/nominees/{nominee_id}/scores")
def save_all(request: Request, nominee_id: str, form: Form) -> Response:
    """Save the whole form, as a browser without a script sends it: what differs from what is stored."""
    visitor = visitor_of(request)
    with visitor.writing() as session:
        _, category, nominee = _found(session, visitor.actor, nominee_id)
        stored = current(scoring.my_history(session, visitor.actor, nominee_id))
        for place, criterion in enumerate(category.criteria):
            if f"value_{criterion.id}" in form or f"note_{criterion.id}" in form:
                value, note = _score(form, criterion.id)
                _save(session, visitor.actor, nominee, criterion.id, value, note, stored, f"{_key(form)}-{place}")
        if NOTE in form:
            _save(session, visitor.actor, nominee, None, None, field(form, NOTE), stored, f"{_key(form)}-{NOTE}")
    return RedirectResponse(f"/nominees/{nominee_id}?saved=1#form", 303)


@router.post("/nominees/{nominee_id}/scores/{criterion_id}")
def save_one(request: Request, nominee_id: str, criterion_id: str, form: Form) -> Response:
    """Save one score as it is given, or the note on the whole nominee; answers with the part that tells so."""
    visitor = visitor_of(request)
    actor = visitor.actor
    with visitor.writing() as session:
        if criterion_id == NOTE:
            saved = scoring.save_note(session, actor, nominee_id, field(form, NOTE), key=_key(form))
        else:
            value, note = _score(form, criterion_id)
            saved = scoring.save_score(session, actor, nominee_id, criterion_id, value, key=_key(form), note=note)
    unhidden = field(form, "last") == "1" and _sees_figures(visitor, nominee_id, field(form, "hidden"))
    return render(request, "saved_part", saved=saved, nominee_id=nominee_id, unhidden=unhidden)


@router.post("/nominees/{nominee_id}/conflict")
def declare(request: Request, nominee_id: str, form: Form) -> Response:
    """Declare a conflict of interest."""
    visitor = visitor_of(request)
    with visitor.writing() as session:
        conflicts.declare_conflict(session, visitor.actor, nominee_id, field(form, "reason"))
    return RedirectResponse(f"/nominees/{nominee_id}", 303)


def current(history: Sequence[Saved]) -> dict[str | None, Saved]:
    """What counts of a judge's scores of a nominee, by criterion; None for the note on it."""
    return {each.criterion_id: each for each in history}


def scale_values(scale: Scale) -> list[float] | None:
    """Values of a scale, None where there are too many for buttons."""
    steps = round((scale.high - scale.low) / scale.step)
    return [round(scale.low + number * scale.step, 9) for number in range(steps + 1)] if steps < MOST_RADIOS else None


def _nominee_values(request: Request, session: Session, actor: Actor, nominee_id: str) -> dict[str, Any]:
    shown = _dossier(session, actor, nominee_id)  # the first to look at the id
    panel = view(session, nominee_for(session, actor, nominee_id)[0])
    everybody = nominees_of(session, actor, panel.id)
    nominee = next(each for each in everybody if each.id == nominee_id)
    siblings = [each for each in everybody if each.category_id == nominee.category_id]
    place = siblings.index(nominee)
    judging = actor.role == "judge"
    return {
        "nominee": nominee,
        "category": next(each for each in panel.categories if each.id == nominee.category_id),
        "panel": panel,
        "dossier": dossier_part(language_of(request), nominee, shown),
        "given": current(scoring.my_history(session, actor, nominee_id)) if judging else {},
        "values": scale_values(panel.settings.scale),
        "place": place + 1,
        "siblings": siblings,
        "previous": siblings[place - 1] if place else None,
        "next": siblings[place + 1] if place + 1 < len(siblings) else None,
        "key": secrets.token_hex(16),
        "scores": judging and panel.state == "open" and nominee.conflict is None,
    }


def _dossier(session: Session, actor: Actor, nominee_id: str) -> Dossier | None:
    try:
        return dossier.dossier_of(session, actor, nominee_id)
    except ConflictError:
        return None  # the page says so, and shows nothing of it


def _found(session: Session, actor: Actor, nominee_id: str) -> tuple[PanelView, CategoryView, NomineeView]:
    """A nominee with its category and panel."""
    nominee = nominee_of(session, actor, nominee_id)
    panel = view(session, nominee_for(session, actor, nominee_id)[0])
    return panel, next(each for each in panel.categories if each.id == nominee.category_id), nominee


def _sees_figures(visitor: Visitor, nominee_id: str, hidden: str) -> bool:
    """Whether figures that a page hides until so many criteria are scored can be seen now."""
    if not _FEW.fullmatch(hidden):
        return False
    with visitor.reading() as session:  # not while others wait for their turn to write
        history = scoring.my_history(session, visitor.actor, nominee_id)
    return len({each.criterion_id for each in history if each.value is not None}) >= int(hidden)


def _score(form: Mapping[str, str], criterion_id: str) -> tuple[float | None, str]:
    name = f"value_{criterion_id}"
    value = decimal(form, name, field="value") if field(form, name).strip() else None
    return value, field(form, f"note_{criterion_id}")


def _key(form: Mapping[str, str]) -> str:
    return field(form, "key")


def _save(
    session: Session,
    actor: Actor,
    nominee: NomineeView,
    criterion_id: str | None,
    value: float | None,
    note: str,
    stored: Mapping[str | None, Saved],
    key: str,
) -> None:
    """Save what is new; a form that is sent once more with other content is a new one."""
    before = stored.get(criterion_id)
    note = note.replace("\r\n", "\n").strip()
    if (before.value, before.note) == (value, note) if before else (value, note) == (None, ""):
        return
    try:
        saved = _saved(session, actor, nominee.id, criterion_id, value, note, key)
    except KeyReusedError:
        saved = None
    if saved is None or saved.again:
        _saved(session, actor, nominee.id, criterion_id, value, note, secrets.token_hex(16))


def _saved(
    session: Session, actor: Actor, id: str, criterion_id: str | None, value: float | None, note: str, key: str
) -> Saved:
    if criterion_id is None:
        return scoring.save_note(session, actor, id, note, key=key)
    return scoring.save_score(session, actor, id, criterion_id, value, key=key, note=note)
