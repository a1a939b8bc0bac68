"""In by a one-time link and out again."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textmine.judging import invitations
from textmine.judging.errors import LinkError
from textmine.judging.panels import panels_of
from textmine.judging.web.pages import render
from textmine.judging.web.visitors import (
    SIGN_IN,
    actor_of,
    address_of,
    database_of,
    session_token,
    sign_in,
    sign_out,
    visitor_of,
)

router = APIRouter()


@router.get("/")
def start(request: Request) -> Response:
    """Panels of whoever is signed in; who has but one goes there."""
    if actor_of(request) is None:
        return render(request, "welcome")
    visitor = visitor_of(request)
    with visitor.reading() as session:
        panels = panels_of(session, visitor.actor)
    if visitor.actor.role != "organiser" and len(panels) == 1:
        return RedirectResponse(f"/panels/{panels[0].id}", 303)
    return render(request, "panels", panels=panels)


@router.get(f"{SIGN_IN}{{token}}")
def link(request: Request, token: str) -> Response:
    """Ask before the link is used: mail scanners open links, too."""
    name, role = _tried(request, token)
    return render(request, "sign_in", token=token, name=name, role=role)


@router.post(f"{SIGN_IN}{{token}}")
def use_link(request: Request, token: str) -> Response:
    """Use the link up."""
    _tried(request, token)
    with database_of(request).writing(address=address_of(request)) as session:
        signed_in = invitations.use_link(session, token, address=address_of(request))
        old = session_token(request)
        if old:  # whoever was signed in in this browser is not any more
            invitations.sign_out(session, old, address=address_of(request))
    response = RedirectResponse(f"/panels/{signed_in.panel_id}" if signed_in.panel_id else "/", 303)
    sign_in(request, response, signed_in.token, signed_in.expires_at)
    return response


@router.post("/sign-out")
def leave(request: Request) -> Response:
    """End the session."""
    with database_of(request).writing(address=address_of(request)) as session:
        invitations.sign_out(session, session_token(request), address=address_of(request))
    response = RedirectResponse("/", 303)
    sign_out(request, response)
    return response


def _tried(request: Request, token: str) -> tuple[str, str]:
    """For whom a link is; who tries too many that are none has to wait."""
    address, tries = address_of(request), request.app.state.sign_ins
    if not tries.left(address):
        raise HTTPException(429, "sign-in")
    try:
        with database_of(request).reading(address=address) as session:
            return invitations.read_link(session, token)
    except LinkError:
        tries.take(address)
        raise
