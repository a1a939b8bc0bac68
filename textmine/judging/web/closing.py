"""From open to closed: states, the result, the minutes, the file and the log."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textmine.judging import audit, people, states
from textmine.judging.exchange import export_panel
from textmine.judging.minutes import minutes_markdown, minutes_pdf
from textmine.judging.outcome import Outcome, outcome, proceedings_of
from textmine.judging.panels import CriterionView, panel_of
from textmine.judging.progress import notes, scores
from textmine.judging.tally import METHODS, Rules
from textmine.judging.texts import TITLE, clean_line
from textmine.judging.web.forms import Form, field
from textmine.judging.web.pages import render
from textmine.judging.web.visitors import Visitor, language_of, visitor_of
from textmine.report.slugs import slug

router = APIRouter()

TIE_RULES: Final = ("first_places", "head_to_head", "schulze", "borda", "mean", "adjusted")
MOST_LINES: Final = 300


@router.post("/panels/{panel_id}/open")
def open_panel(request: Request, panel_id: str) -> Response:
    """Let judges score."""
    visitor = visitor_of(request)
    with visitor.writing() as session:
        states.open_panel(session, visitor.actor, panel_id)
    return RedirectResponse(f"/panels/{panel_id}?done=opened", 303)


@router.post("/panels/{panel_id}/close")
def close_panel(request: Request, panel_id: str, form: Form) -> Response:
    """Take no more scores."""
    visitor = visitor_of(request)
    with visitor.writing() as session:
        states.close_panel(session, visitor.actor, panel_id, allow_missing=field(form, "allow_missing") == "1")
    return RedirectResponse(f"/panels/{panel_id}?done=closed", 303)


@router.post("/panels/{panel_id}/reopen")
def reopen_panel(request: Request, panel_id: str, form: Form) -> Response:
    """Take scores again."""
    visitor = visitor_of(request)
    with visitor.writing() as session:
        states.reopen_panel(session, visitor.actor, panel_id, field(form, "reason"))
    return RedirectResponse(f"/panels/{panel_id}?done=reopened", 303)


@router.get("/panels/{panel_id}/tally")
def tally_page(request: Request, panel_id: str) -> Response:
    """All methods side by side, with agreement, judges, ties and how sure the winner is."""
    visitor = visitor_of(request)
    found = _outcome(request, visitor, panel_id)
    with visitor.reading() as session:
        given = scores(session, visitor.actor, panel_id)
        said = notes(session, visitor.actor, panel_id)
    criteria = {(each.key, one.key): one for each in found.panel.categories for one in each.criteria}
    remarks: list[tuple[str, str, CriterionView | None, str]] = [
        (found.judges[row["judge"]], row["nominee"], criteria[row["category"], row["criterion"]], row["note"])
        for row in given.filter(given["note"] != "").iter_rows(named=True)
    ]
    remarks += [(found.judges[judge], nominee, None, note) for (judge, nominee), note in said.items()]
    rules = next(iter(found.tallies.values())).rules
    return render(
        request,
        "tally",
        panel=found.panel,
        found=found,
        rules=rules,
        methods=METHODS,
        tie_rules=TIE_RULES,
        asked=urlencode({"method": rules.method, "last": rules.last, "ties": ",".join(rules.ties)}),
        remarks=remarks,
    )


@router.get("/panels/{panel_id}/minutes.{kind}")
def minutes(request: Request, panel_id: str, kind: str) -> Response:
    """The minutes as PDF or Markdown."""
    if kind not in ("pdf", "md"):
        raise HTTPException(404)
    visitor = visitor_of(request)
    found = _outcome(request, visitor, panel_id)
    lang = language_of(request) if "lang" in request.query_params else found.panel.settings.language
    place = request.query_params.get("place", "").strip()
    if place:
        place = clean_line(place, "place", TITLE)
    with visitor.reading() as session:
        told = proceedings_of(session, visitor.actor, found, place=place, lang=cast("Any", lang))
    name = f"{'berita-acara' if lang == 'id' else 'minutes'}-{slug(found.panel.settings.title)}.{kind}"
    if kind == "pdf":
        return _file(minutes_pdf(told, cast("Any", lang)), "application/pdf", name)
    return _file(minutes_markdown(told, cast("Any", lang)).encode(), "text/markdown; charset=utf-8", name)


@router.post("/panels/{panel_id}/export")
def export(request: Request, panel_id: str) -> Response:
    """The panel as one file."""
    visitor = visitor_of(request)
    with tempfile.TemporaryDirectory(prefix="textmine-") as folder:
        path = Path(folder) / "panel.jsonl"
        with visitor.writing() as session:
            title = panel_of(session, visitor.actor, panel_id).settings.title
            export_panel(session, visitor.actor, panel_id, path)
        return _file(path.read_bytes(), "application/jsonl", f"panel-{slug(title)}.jsonl")


@router.get("/panels/{panel_id}/log")
def panel_log(request: Request, panel_id: str) -> Response:
    """What was done and refused in a panel, and whether all records hold."""
    return _log(request, panel_id)


@router.get("/log")
def page_log(request: Request) -> Response:
    """What was done and refused outside of panels."""
    return _log(request, None)


def _log(request: Request, panel_id: str | None) -> Response:
    visitor = visitor_of(request)
    with visitor.reading() as session:
        lines = audit.entries(session, visitor.actor, panel_id, last=MOST_LINES)
        faults = audit.verify(session, visitor.actor, panel_id)
        shown: dict[str, Any] = {"panel": panel_of(session, visitor.actor, panel_id)} if panel_id is not None else {}
        names = {each.id: each.name for each in people.people(session, visitor.actor)}
    return render(request, "log", entries=lines, faults=faults, names=names, **shown)


def _outcome(request: Request, visitor: Visitor, panel_id: str) -> Outcome:
    asked = request.query_params
    with visitor.reading() as session:
        seed = panel_of(session, visitor.actor, panel_id).settings.seed
        rules = _rules(asked.get("method"), asked.get("ties"), asked.get("last"), seed)
        return outcome(session, visitor.actor, panel_id, rules=rules)


def _rules(method: str | None, ties: str | None, last: str | None, seed: int) -> Rules:
    chosen = method if method in METHODS else "mean"
    wanted = tuple(dict.fromkeys(rule for rule in (ties or "").split(",") if rule in TIE_RULES and rule != chosen))
    return Rules(chosen, wanted, "lot" if last == "lot" else "shared", seed)


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})
