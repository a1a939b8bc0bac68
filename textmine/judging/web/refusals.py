"""Refusals as a visitor reads them: what cannot be done, why and what to do, in the language of the page."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from textmine.errors import TextmineError
from textmine.judging import audit
from textmine.judging.errors import (
    ClosedError,
    ConflictError,
    IncompleteError,
    InvalidError,
    JudgingError,
    KeyReusedError,
    LinkError,
    NotAllowedError,
    NotFoundError,
    SignedOutError,
    StateError,
)
from textmine.judging.web.limits import RateLimit
from textmine.judging.web.pages import messages, render
from textmine.judging.web.visitors import actor_of, address_of, database_of, language_of

LOG: Final = logging.getLogger("textmine.judging.web")

Gettext = Callable[[str], str]

_STATUS: Final[dict[type[TextmineError], int]] = {
    NotAllowedError: 403,
    NotFoundError: 404,
    StateError: 409,
    ConflictError: 409,
    KeyReusedError: 409,
    IncompleteError: 409,
    LinkError: 410,
    SignedOutError: 401,
    InvalidError: 422,
}


@dataclass(frozen=True)
class Refusal:
    """What a visitor is told."""

    status: int
    title: str
    text: str


def status_of(error: TextmineError) -> int:
    """HTTP status of a refusal."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 409)


def told(error: TextmineError, _: Gettext) -> Refusal:
    """A refusal by a service in words."""
    status = status_of(error)
    if isinstance(error, InvalidError):
        return Refusal(status, _("This cannot be stored"), invalid_in_words(error, _))
    if isinstance(error, IncompleteError):
        names = ", ".join(f"{name} ({count})" for name, count in error.missing.items())
        return Refusal(
            status, _("Scores are still missing"), _("Missing scores by judge: %(names)s.") % {"names": names}
        )
    if isinstance(error, StateError):
        return Refusal(status, _("Not possible in this state of the panel"), _state_in_words(error, _))
    if isinstance(error, LinkError):
        return Refusal(status, _("This link does not work"), _link_in_words(error, _))
    plain = {
        NotAllowedError: (_("Not allowed"), _("Your role does not allow this. The attempt is in the log.")),
        NotFoundError: (_("Not found"), _("There is no such page, or it is not meant for you.")),
        ConflictError: (
            _("Conflict of interest"),
            _("You declared a conflict of interest with this nominee: its dossier and form are closed to you."),
        ),
        KeyReusedError: (
            _("This form was sent before"),
            _("The same form came with other scores before. Reload the page and score again."),
        ),
        SignedOutError: (
            _("You are not signed in"),
            _("Open the page again; if that does not help, ask the organiser for a new link."),
        ),
    }
    for kind, (title, text) in plain.items():
        if isinstance(error, kind):
            return Refusal(status, title, text)
    return Refusal(status, _("This did not work"), str(error))


_INVALID: Final[tuple[tuple[str, Callable[[Gettext], str]], ...]] = (
    (r"is empty", lambda _: _("must not be empty")),
    (r"is longer than ([\d,]+) characters", lambda _: _("must have at most %(n)s characters")),
    (r"holds a control character", lambda _: _("must be plain text, without control characters")),
    (r"must be one line", lambda _: _("must be one line")),
    (r"the weights sum|each weight|a rubric has", lambda _: _("the weights must be above 0 and sum to 100")),
    (r"must be (\S+) to (\S+) in steps of (\S+)", lambda _: _("must be on the scale")),
    (r"must go from a low", lambda _: _("must go from a low to a high value in 1 to 100 whole steps")),
    (r"must be (\d+) to (\d+)", lambda _: _("must be from %(n)s to %(m)s")),
    (r"is not a (?:whole )?number", lambda _: _("must be a number")),
    (r"organisers see all", lambda _: _("organisers see all panels and are members of none")),
)


def invalid_in_words(error: InvalidError, _: Gettext) -> str:
    """What is wrong with a value."""
    fields = {
        "name": _("Name"),
        "title": _("Title"),
        "note": _("Note"),
        "reason": _("Reason"),
        "value": _("Score"),
        "weights": _("Weights"),
        "scale": _("Scale"),
        "seed": _("Seed"),
        "n_posts": _("Posts a nominee"),
        "award": _("Award"),
        "role": _("Role"),
        "title_id": _("Title"),
        "title_en": _("Title"),
        "criteria": _("Criteria"),
    }
    field = fields.get(error.field, error.field) + (f" ({error.of})" if error.of else "")
    for pattern, words in _INVALID:
        found = re.match(pattern, error.problem)
        if found:
            numbers = dict(zip("nm", (group.replace(",", "") for group in found.groups()), strict=False))
            return f"{field}: {words(_) % numbers}."
    return _("%(field)s: this value cannot be used.") % {"field": field}


def _state_in_words(error: StateError, _: Gettext) -> str:
    if isinstance(error, ClosedError):
        return _("The panel takes no scores now: it is closed, or not open yet. What was saved before is kept.")
    problem = str(error)
    for start, words in (
        ("the panel has no judge", _("The panel has no judge yet; add judges first.")),
        ("some nominees have no dossier", _("Some nominees have no dossier; draw the dossiers again.")),
        ("the dossiers were drawn with other", _("The dossiers were drawn with other settings; draw them again.")),
        ("scores are shown when", _("Scores are shown when the panel is closed.")),
        ("notes are shown when", _("Scores are shown when the panel is closed.")),
        ("the file would hold", _("The file would hold every score; close the panel first.")),
    ):
        if problem.startswith(start):
            return words
    states = {"draft": _("The panel is a draft."), "open": _("The panel is open."), "closed": _("The panel is closed.")}
    return states.get(error.state, "") + " " + _("This is possible in another state only.")


def _link_in_words(error: LinkError, _: Gettext) -> str:
    problem = str(error)
    for word, words in (
        ("used", _("It was used already. If you are signed in in this browser, open the start page.")),
        ("revoked", _("It was revoked, or replaced by a newer one.")),
        ("expired", _("It has expired.")),
    ):
        if word in problem:
            return f"{words} {_('Ask the organiser for a new link.')}"
    return _("There is no such link.") + " " + _("Ask the organiser for a new link.")


def of_status(status: int, _: Gettext) -> Refusal:
    """A refusal at the door in words."""
    refusals = {
        400: (_("Bad request"), _("This request cannot be understood.")),
        403: (
            _("Not accepted"),
            _("The form does not come from this page, or it is too old. Reload the page and try again."),
        ),
        404: (_("Not found"), _("There is no such page, or it is not meant for you.")),
        405: (_("Not found"), _("There is no such page, or it is not meant for you.")),
        415: (_("Bad request"), _("This request cannot be understood.")),
        413: (_("Too large"), _("This is more than the page takes. Shorten your text.")),
        429: (_("Too many attempts"), _("Wait a minute and try again.")),
    }
    title, text = refusals.get(
        status, (_("This did not work"), _("Something went wrong here. What was saved before is kept."))
    )
    return Refusal(status, title, text)


class Refuser:
    """Answers refusals, and writes into the audit log what no service saw.

    An address that knocks again and again fills the log with a few lines a minute, not with all of them.
    """

    def __init__(self) -> None:
        self.logged = RateLimit(30, 2.0)

    async def service(self, request: Request, error: Exception) -> Response:
        """A service refused; it is in the log already."""
        assert isinstance(error, TextmineError)  # noqa: S101 - registered for it only
        if not isinstance(error, JudgingError):
            LOG.warning("%s %s: %s", request.method, safe_path(request.url.path), error)
        return await run_in_threadpool(self.shown, request, told(error, messages(language_of(request)).gettext))

    async def status(self, request: Request, error: Exception) -> Response:
        """The framework, the door or a guard refused."""
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for it only
        return await self.at_door(request, error.status_code, str(error.detail))

    async def at_door(self, request: Request, status: int, word: str) -> Response:
        """A request did not pass."""
        if status not in (404, 405):
            await run_in_threadpool(self.record, request, status, word)
        return await run_in_threadpool(self.shown, request, of_status(status, messages(language_of(request)).gettext))

    async def crash(self, request: Request, error: Exception) -> Response:
        """Something that nobody foresaw: the traceback goes to whoever runs the server, never to a browser."""
        LOG.error("%s %s", request.method, safe_path(request.url.path), exc_info=error)
        return await run_in_threadpool(self.shown, request, of_status(500, messages(language_of(request)).gettext))

    def record(self, request: Request, status: int, word: str) -> None:
        """Write a refusal into the log."""
        address = address_of(request)
        if not self.logged.take(address):
            return
        path = request.url.path
        detail = {"status": status, "why": word[:60], "method": request.method[:10], "path": safe_path(path)}
        database = database_of(request)
        with database.writing(address=address) as session:
            audit.record(session, actor_of(request), "web.refused", "", detail, refused=True, address=address)

    def shown(self, request: Request, refusal: Refusal) -> Response:
        """A page, or for a part of one a part."""
        part = "hx-request" in request.headers
        return render(request, "refused_part" if part else "refused", status=refusal.status, refusal=refusal)


def safe_path(path: str) -> str:
    """A path as the log keeps it: short, of plain characters, and without the token of a link."""
    told = path[:120].encode("ascii", "backslashreplace").decode()
    told = re.sub(r"[\x00-\x1f\x7f]", "?", told)
    return re.sub(r"^(/sign-in/).*", r"\1…", told)
