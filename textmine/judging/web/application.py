"""The application: routes behind the door."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from textmine.errors import TextmineError
from textmine.judging.database import Database
from textmine.judging.web import closing, invite, judge, organise, signin
from textmine.judging.web.door import Door
from textmine.judging.web.forms import checked_form
from textmine.judging.web.limits import RateLimit
from textmine.judging.web.pages import PACKAGE
from textmine.judging.web.refusals import Refuser
from textmine.judging.web.settings import WebSettings

__all__ = ["create_app"]


def create_app(database: Database, settings: WebSettings) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    database
        Open; whoever opened it closes it.
    settings
        Of the page.
    """
    guard = [Depends(checked_form)]
    app = FastAPI(
        title="textmine judge",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=guard,
        redirect_slashes=False,
    )
    refuser = Refuser()
    app.state.database, app.state.settings, app.state.refuser = database, settings, refuser
    app.state.sign_ins = RateLimit(10, 6.0)
    for router in (signin.router, organise.router, invite.router, judge.router, closing.router):
        app.include_router(router)
    app.mount("/static", _Static(packages=[(PACKAGE, "static")]), "static")
    app.add_exception_handler(TextmineError, refuser.service)
    app.add_exception_handler(HTTPException, refuser.status)

    async def refuse(scope: Any, receive: Any, send: Any, status: int, word: str) -> None:  # noqa: ANN401
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"host"]
        response = await refuser.at_door(Request(scope, receive), status, word)
        response.headers["connection"] = "close"
        await response(scope, receive, send)

    async def crash(scope: Any, receive: Any, send: Any, error: Exception) -> None:  # noqa: ANN401
        response = await refuser.crash(Request(scope, receive), error)
        await response(scope, receive, send)

    app.add_middleware(Door, settings=settings, refuse=refuse, crash=crash)
    return app


class _Static(StaticFiles):
    """Shipped files, whose address changes with their content."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def kept(message: Any) -> None:  # noqa: ANN401
            if message["type"] == "http.response.start" and message["status"] == 200:
                message["headers"].append((b"cache-control", b"public, max-age=31536000, immutable"))
            await send(message)

        await super().__call__(scope, receive, kept)
