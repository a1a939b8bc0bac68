"""Who is there: the session in the cookie, the token against forged requests, the language."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from textmine.judging import invitations
from textmine.judging.canonical import now
from textmine.judging.database import Database
from textmine.judging.errors import SignedOutError
from textmine.judging.roles import Actor
from textmine.judging.web.settings import WebSettings
from textmine.locales import LANGUAGES, Language

LANGUAGE_COOKIE: Final = "textmine_language"
SIGN_IN: Final = invitations.LINK_PATH
"""Where one-time links lead."""

CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "x-csrf-token"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_YEAR: Final = 365 * 24 * 3600


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in."""

    actor: Actor
    database: Database

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to look things up."""
        with self.database.reading(self.actor) as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """A session to change things."""
        with self.database.writing(self.actor) as session:
            yield session


def settings_of(request: Request) -> WebSettings:
    """Settings of the page."""
    return cast("WebSettings", request.app.state.settings)


def database_of(request: Request) -> Database:
    """The database."""
    return cast("Database", request.app.state.database)


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def visitor_of(request: Request) -> Visitor:
    """Who is signed in.

    Raises
    ------
    SignedOutError
        Nobody is.
    """
    actor = actor_of(request)
    if actor is None:
        raise SignedOutError("you are not signed in; use a link")
    return Visitor(actor, database_of(request))


def actor_of(request: Request) -> Actor | None:
    """Who is signed in, or None; looked up once a request."""
    if not hasattr(request.state, "actor"):
        request.state.actor = _looked_up(request)
    return cast("Actor | None", request.state.actor)


def _looked_up(request: Request) -> Actor | None:
    token = session_token(request)
    if not token:
        return None
    with database_of(request).reading() as session:
        try:
            return invitations.actor_of(session, token, address=address_of(request))
        except SignedOutError:
            return None  # sessions end every day: no line in the log for each


def session_token(request: Request) -> str:
    """Token of the session as the browser has it, or nothing."""
    return request.cookies.get(_cookie_name(request, "session"), "")


def sign_in(request: Request, response: Response, token: str, until: datetime) -> None:
    """Put a session into the browser."""
    seconds = max(0, int((until - now()).total_seconds()))
    _set_cookie(request, response, _cookie_name(request, "session"), token, seconds)
    _delete_cookie(request, response, "visit")


def sign_out(request: Request, response: Response) -> None:
    """Take the session out of the browser."""
    _delete_cookie(request, response, "session")


def csrf_token(request: Request) -> str:
    """What every form of this browser carries; nothing where no cookie binds it.

    The form of a one-time link is bound to the visit alone: a browser that comes from a mail does not send the cookie
    of a session that it still has, and sends it with the form.
    """
    before = request.url.path.startswith(SIGN_IN)
    key = visit_token(request) if before else session_token(request)
    return hmac.new(key.encode("utf-8", "surrogatepass"), b"textmine form", hashlib.sha256).hexdigest() if key else ""


def visit_token(request: Request) -> str:
    """Binds forms to a browser before anybody is signed in."""
    if hasattr(request.state, "visit"):
        return cast("str", request.state.visit)
    found = request.cookies.get(_cookie_name(request, "visit"), "")
    return found if _TOKEN.fullmatch(found) else ""


def begin_visit(request: Request) -> None:
    """Bind this browser where it is not yet; :func:`remember` sends the cookie."""
    if not visit_token(request):
        request.state.visit = secrets.token_urlsafe(32)


def remember(request: Request, response: Response) -> None:
    """Send the cookies that this request made necessary: of the visit, and of a language that was chosen."""
    if hasattr(request.state, "visit"):
        _set_cookie(request, response, _cookie_name(request, "visit"), request.state.visit, None)
    chosen = request.query_params.get("lang")
    if chosen in LANGUAGES:
        _set_cookie(request, response, LANGUAGE_COOKIE, chosen, _YEAR)


def language_of(request: Request) -> Language:
    """Language of the pages: as just chosen, as chosen before, or as set."""
    for said in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if said in LANGUAGES:
            return said
    return settings_of(request).language


def forged(request: Request, given: str) -> str | None:
    """Why a request that would change something does not come from a form of this page; None if it does."""
    if not _from_here(request):
        return "origin"
    wanted = csrf_token(request)
    said = given or request.headers.get(CSRF_HEADER, "")
    if not wanted or not hmac.compare_digest(wanted.encode(), said.encode("utf-8", "surrogatepass")):
        return "csrf"
    return None


def _from_here(request: Request) -> bool:
    """Whether the browser names this page as the origin, where it names any."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return (parts.scheme, parts.netloc.lower()) == (request.scope["scheme"], request.headers["host"].lower())


def _cookie_name(request: Request, kind: str) -> str:
    # __Host- keeps another site of the same domain from planting a cookie; browsers want TLS for it
    return f"__Host-textmine_{kind}" if settings_of(request).https else f"textmine_{kind}"


def _set_cookie(request: Request, response: Response, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/", httponly=True, samesite="strict", secure=settings_of(request).https
    )


def _delete_cookie(request: Request, response: Response, kind: str) -> None:
    secure = settings_of(request).https
    response.delete_cookie(_cookie_name(request, kind), secure=secure, httponly=True, samesite="strict")
