"""Who is invited: judges and observers of a panel, and other organisers."""

from __future__ import annotations

from typing import Any, cast

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textmine.judging import conflicts, invitations, people
from textmine.judging.invitations import Link
from textmine.judging.panels import PanelView, panel_of
from textmine.judging.roles import Role, require_role
from textmine.judging.web.forms import Form, field
from textmine.judging.web.pages import render
from textmine.judging.web.visitors import SIGN_IN, visitor_of

router = APIRouter()


@router.post("/panels/{panel_id}/members")
def add(request: Request, panel_id: str, form: Form) -> Response:
    """Enter a judge or an observer, or take in somebody of an earlier panel; shows the link."""
    visitor = visitor_of(request)
    with visitor.writing() as session:
        panel = panel_of(session, visitor.actor, panel_id)
        person_id = field(form, "person_id")
        if not person_id:
            role = cast("Role", field(form, "role"))
            person_id = people.add_person(session, visitor.actor, field(form, "name"), role).id
        people.add_member(session, visitor.actor, panel_id, person_id)
        link = invitations.invite(session, visitor.actor, person_id, panel_id)
    return _shown(request, link, panel)


@router.post("/panels/{panel_id}/members/{person_id}/link")
def renew(request: Request, panel_id: str, person_id: str) -> Response:
    """Make a new link for a member; an older one that was not used stops to work."""
    visitor = visitor_of(request)
    with visitor.writing() as session:
        panel = panel_of(session, visitor.actor, panel_id)
        link = invitations.invite(session, visitor.actor, person_id, panel_id)
    return _shown(request, link, panel)


@router.post("/panels/{panel_id}/members/{person_id}/remove")
def remove(request: Request, panel_id: str, person_id: str) -> Response:
    """Take a member out: its scores are kept and not counted."""
    visitor = visitor_of(request)
    with visitor.writing() as session:
        people.remove_member(session, visitor.actor, panel_id, person_id)
    return RedirectResponse(f"/panels/{panel_id}?done=removed", 303)


@router.post("/panels/{panel_id}/members/{person_id}/sign-out")
def end_sessions(request: Request, panel_id: str, person_id: str) -> Response:
    """End all sessions of a member: of a lost telephone, say."""
    visitor = visitor_of(request)
    require_role(visitor.actor, "organiser")
    with visitor.writing() as session:
        invitations.sign_out_everywhere(session, visitor.actor, person_id)
        invitations.revoke_links(session, visitor.actor, person_id)
    return RedirectResponse(f"/panels/{panel_id}?done=signed-out", 303)


@router.post("/panels/{panel_id}/conflicts/{person_id}/{nominee_id}/lift")
def lift(request: Request, panel_id: str, person_id: str, nominee_id: str, form: Form) -> Response:
    """Take a conflict of interest back that was declared by mistake."""
    visitor = visitor_of(request)
    with visitor.writing() as session:
        conflicts.lift_conflict(session, visitor.actor, nominee_id, person_id, field(form, "reason"))
    return RedirectResponse(f"/panels/{panel_id}?done=lifted", 303)


@router.get("/organisers")
def organisers(request: Request) -> Response:
    """Everybody who may make panels."""
    visitor = visitor_of(request)
    with visitor.reading() as session:
        found = [each for each in people.people(session, visitor.actor) if each.role == "organiser"]
    return render(request, "organisers", organisers=found)


@router.post("/organisers")
def add_organiser(request: Request, form: Form) -> Response:
    """Enter another organiser; shows the link."""
    visitor = visitor_of(request)
    with visitor.writing() as session:
        person = people.add_person(session, visitor.actor, field(form, "name"), "organiser")
        link = invitations.invite(session, visitor.actor, person.id)
    return _shown(request, link, None)


@router.post("/organisers/{person_id}/link")
def renew_organiser(request: Request, person_id: str) -> Response:
    """Make a new link for an organiser."""
    visitor = visitor_of(request)
    with visitor.writing() as session:
        link = invitations.invite(session, visitor.actor, person_id)
    return _shown(request, link, None)


def _shown(request: Request, link: Link, panel: PanelView | None) -> Response:
    """The only page that ever shows the link."""
    address = f"{request.scope['scheme']}://{request.headers['host']}{SIGN_IN}{link.token}"
    shown: dict[str, Any] = {"panel": panel} if panel is not None else {}
    back = f"/panels/{panel.id}" if panel is not None else "/organisers"
    return render(request, "link", link=link, address=address, back=back, **shown)
