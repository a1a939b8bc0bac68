"""What organisers do before judges come: make panels, set criteria, draw dossiers, invite."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from textmine.judging.panels import panel_of
from textmine.judging.web.judge import judge_panel
from textmine.judging.web.visitors import visitor_of

router = APIRouter()


@router.get("/panels/{panel_id}")
def panel_page(request: Request, panel_id: str) -> Response:
    """A panel, as the role of whoever asks sees it."""
    visitor = visitor_of(request)
    with visitor.reading() as session:
        panel = panel_of(session, visitor.actor, panel_id)
        return judge_panel(request, visitor, session, panel)
