"""What organisers do before judges come: make panels, set criteria, draw dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textmine.errors import WorkspaceError
from textmine.judging import conflicts, dossier, panels, people
from textmine.judging.errors import InvalidError
from textmine.judging.nominations import ranked_nominees
from textmine.judging.nominees import nominees_of
from textmine.judging.panels import PanelSettings, PanelView, Scale
from textmine.judging.progress import progress
from textmine.judging.roles import require_role
from textmine.judging.rubrics import MOST_CRITERIA, PRESETS, Rubric, RubricCriterion, load_rubric
from textmine.judging.web.forms import Form, decimal, field, whole
from textmine.judging.web.judge import judge_panel
from textmine.judging.web.pages import render
from textmine.judging.web.visitors import Visitor, settings_of, visitor_of
from textmine.ranking.stored import ranked_awards
from textmine.store import Workspace

router = APIRouter()

SPARE_ROWS: Final = 2
"""Empty rows for further criteria on a form."""


@router.get("/panels/new")
def new_panel(request: Request) -> Response:
    """The form for a new panel."""
    visitor = visitor_of(request)
    require_role(visitor.actor, "organiser")
    awards = ranked_awards(Workspace.open(settings_of(request).workspace))
    return render(request, "panel_new", awards=awards, settings=PanelSettings("", ""))


@router.post("/panels")
def create(request: Request, form: Form) -> Response:
    """Make a panel from the nominees of an award, and draw their dossiers."""
    visitor = visitor_of(request)
    require_role(visitor.actor, "organiser")
    workspace = Workspace.open(settings_of(request).workspace)
    award = field(form, "award")
    if award not in ranked_awards(workspace):
        raise InvalidError("was not ranked in this workspace", field="award")
    wanted = _settings(form, PanelSettings(award, award, simulated=workspace.simulated))
    table, definition = ranked_nominees(workspace, award, language=wanted.language)
    wanted = replace(wanted, award_title=getattr(definition.title, wanted.language))
    with visitor.writing() as session:
        panel = panels.create_panel(session, visitor.actor, wanted, table)
    if wanted.n_posts:
        dossier.draw_dossiers(visitor.database, visitor.actor, panel.id, workspace, definition=definition)
    return RedirectResponse(f"/panels/{panel.id}", 303)


@router.get("/panels/{panel_id}")
def panel_page(request: Request, panel_id: str) -> Response:
    """A panel, as the role of whoever asks sees it."""
    visitor = visitor_of(request)
    with visitor.reading() as session:
        panel = panels.panel_of(session, visitor.actor, panel_id)
        if visitor.actor.role == "judge":
            return judge_panel(request, visitor, session, panel)
        members = nominees_of(session, visitor.actor, panel.id)
        nominees = {each.id: [one for one in members if one.category_id == each.id] for each in panel.categories}
        if visitor.actor.role == "observer":
            return render(request, "observer_panel", panel=panel, nominees=nominees)
        drawn = sum(dossier.dossier_of(session, visitor.actor, each.id) is not None for each in members)
        return render(
            request,
            "organiser_panel",
            panel=panel,
            nominees=nominees,
            drawn=drawn,
            n_nominees=len(members),
            done=request.query_params.get("done", ""),
            **_people(session, visitor, panel),
        )


@router.get("/panels/{panel_id}/progress")
def progress_part(request: Request, panel_id: str) -> Response:
    """How far judges are, for a page that is open already."""
    visitor = visitor_of(request)
    require_role(visitor.actor, "organiser")
    with visitor.reading() as session:
        panel = panels.panel_of(session, visitor.actor, panel_id)
        return render(request, "progress_part", panel=panel, **_people(session, visitor, panel))


@router.post("/panels/{panel_id}/settings")
def change(request: Request, panel_id: str, form: Form) -> Response:
    """Change the settings of a draft; dossiers are drawn again."""
    visitor = visitor_of(request)
    with visitor.writing() as session:
        before = panels.panel_of(session, visitor.actor, panel_id).settings
        wanted = _settings(form, before)
        panels.change_settings(session, visitor.actor, panel_id, wanted)
    if wanted.n_posts and (wanted.seed, wanted.n_posts) != (before.seed, before.n_posts):
        _draw(request, visitor, panel_id, wanted.award)
    return RedirectResponse(f"/panels/{panel_id}?done=settings", 303)


@router.post("/panels/{panel_id}/dossiers")
def draw(request: Request, panel_id: str) -> Response:
    """Draw the dossiers of a draft again: from posts that came meanwhile, say."""
    visitor = visitor_of(request)
    with visitor.reading() as session:
        award = panels.panel_of(session, visitor.actor, panel_id).settings.award
    _draw(request, visitor, panel_id, award)
    return RedirectResponse(f"/panels/{panel_id}?done=dossiers", 303)


@router.get("/panels/{panel_id}/criteria/{category_id}")
def criteria(request: Request, panel_id: str, category_id: str) -> Response:
    """Criteria of a category; ``preset`` fills the form from a preset, without saving it."""
    visitor = visitor_of(request)
    require_role(visitor.actor, "organiser")
    with visitor.reading() as session:
        panel = panels.panel_of(session, visitor.actor, panel_id)
    category = next((each for each in panel.categories if each.id == category_id), None)
    if category is None:
        return RedirectResponse(f"/panels/{panel.id}", 303)
    preset = request.query_params.get("preset", "")
    rows: Any = load_rubric(preset).criteria if preset in PRESETS else category.criteria
    return render(
        request,
        "criteria",
        panel=panel,
        category=category,
        rows=rows,
        spare=max(0, min(SPARE_ROWS, MOST_CRITERIA - len(rows))),
        presets=[load_rubric(name) for name in PRESETS],
        preset=preset,
    )


@router.post("/panels/{panel_id}/criteria/{category_id}")
def set_criteria(request: Request, panel_id: str, category_id: str, form: Form) -> Response:
    """Replace the criteria of a category, or of all categories."""
    visitor = visitor_of(request)
    rubric = _rubric(form)
    with visitor.writing() as session:
        panel = panels.panel_of(session, visitor.actor, panel_id)
        every = [each.id for each in panel.categories] if field(form, "everywhere") else [category_id]
        for id in every:
            panels.set_rubric(session, visitor.actor, id, rubric)
    return RedirectResponse(f"/panels/{panel_id}?done=criteria", 303)


def _people(session: Session, visitor: Visitor, panel: PanelView) -> dict[str, Any]:
    """Members with how far they are, and conflicts that stand."""
    members = people.members_of(session, visitor.actor, panel.id)
    told = {each.id: each for each in nominees_of(session, visitor.actor, panel.id)}
    names = {each.id: each.name for each in people.people(session, visitor.actor)}
    standing = conflicts.conflicts_of(session, panel.id)
    return {
        "members": members,
        "progress": {each.person_id: each for each in progress(session, visitor.actor, panel.id)},
        "others": [
            each
            for each in people.people(session, visitor.actor)
            if each.role != "organiser" and each.id not in {member.id for member in members}
        ],
        "conflicts": [
            (person_id, names.get(person_id, person_id), told[nominee_id], reason)
            for (person_id, nominee_id), reason in standing.items()
        ],
    }


def _draw(request: Request, visitor: Visitor, panel_id: str, award: str) -> None:
    workspace = Workspace.open(settings_of(request).workspace)
    try:
        definition = ranked_nominees(workspace, award)[1]
    except WorkspaceError:
        definition = None  # a panel from a table of one's own: all posts of its agencies
    dossier.draw_dossiers(visitor.database, visitor.actor, panel_id, workspace, definition=definition)


def _settings(form: Mapping[str, str], before: PanelSettings) -> PanelSettings:
    low, high, step = (decimal(form, name, field="scale") for name in ("low", "high", "step"))
    return replace(
        before,
        title=field(form, "title") or before.title,
        language=field(form, "language"),
        blind=field(form, "blind") == "1",
        scale=Scale(low, high, step),
        seed=whole(form, "seed"),
        n_posts=whole(form, "n_posts"),
    )


def _rubric(form: Mapping[str, str]) -> Rubric:
    """Rows of the form that have a title, weights in percent."""
    found = []
    for number in range(MOST_CRITERIA):
        title_id, title_en = field(form, f"title_id_{number}"), field(form, f"title_en_{number}")
        if not (title_id.strip() or title_en.strip()):
            continue
        found.append(
            RubricCriterion(
                key=field(form, f"key_{number}") or f"own_{number + 1}",
                title_id=title_id or title_en,
                title_en=title_en or title_id,
                text_id=field(form, f"text_id_{number}"),
                text_en=field(form, f"text_en_{number}"),
                weight=decimal(form, f"weight_{number}", field="weights") / 100,
            )
        )
    return Rubric("own", "", "", "", tuple(found))
