"""Serves the page, and lets the first organiser in."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from textmine.judging import invitations, people
from textmine.judging.database import Database
from textmine.judging.roles import Actor
from textmine.judging.web.application import create_app
from textmine.judging.web.settings import WebSettings

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

LINK_LASTS: Final = timedelta(hours=1)
ORGANISER: Final = "Organiser"
_HANDED_ON: Final = "TEXTMINE_JUDGE_SERVE"
_OPTIONS: Final[dict[str, Any]] = {
    "access_log": False,  # addresses hold the tokens of links
    "server_header": False,
    "proxy_headers": False,  # the door does it, for named proxies only
    "log_level": "warning",
    "timeout_keep_alive": 30,
    "limit_concurrency": 1000,
    "h11_max_incomplete_event_size": 32 * 1024,
    "ws": "none",
}


def organiser_link(database: Database, base: str, *, name: str = ORGANISER) -> str:
    """Address that lets the organiser of this name in, once and within an hour; it is entered if there is none yet.

    ``base`` is the address of the page.
    """
    console = Actor.console()
    with database.writing(console) as session:
        known = [each for each in people.people(session, console) if each.role == "organiser" and each.name == name]
        person = known[0] if known else people.add_person(session, console, name, "organiser")
        link = invitations.invite(session, console, person.id, lasts=LINK_LASTS)
    return f"{base}{invitations.LINK_PATH}{link.token}"


def has_signed_in_organiser(database: Database) -> bool:
    """Whether any organiser ever came in."""
    console = Actor.console()
    with database.reading(console) as session:
        return any(each.role == "organiser" and each.signed_in_at for each in people.people(session, console))


def make_server(database: Database, settings: WebSettings, *, host: str, port: int) -> uvicorn.Server:
    """A server that is ready to run in this process.

    Parameters
    ----------
    database, settings
        As for :func:`~textmine.judging.web.application.create_app`.
    host, port
        Where it listens.
    """
    import uvicorn

    _log_to_stderr()
    return uvicorn.Server(uvicorn.Config(create_app(database, settings), host=host, port=port, **_OPTIONS))


def serve(address: str, settings: WebSettings, *, host: str, port: int, workers: int = 1) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    address
        Of the database; each process opens it.
    settings, host, port
        As for :func:`make_server`.
    workers
        Processes. Each counts failed attempts for itself.
    """
    if workers == 1:
        with Database.open(address) as database:
            make_server(database, settings, host=host, port=port).run()
        return
    import uvicorn

    # uvicorn starts processes from the name of a factory, which takes no arguments
    os.environ[_HANDED_ON] = json.dumps({"address": address, "settings": asdict(settings)}, default=str)
    uvicorn.run(f"{__name__}:handed_on", factory=True, workers=workers, host=host, port=port, **_OPTIONS)


def handed_on() -> FastAPI:
    """The application of a process that :func:`serve` started."""
    _log_to_stderr()
    given = json.loads(os.environ[_HANDED_ON])
    read: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given["settings"].items()
    }
    settings = WebSettings(**read | {"workspace": Path(read["workspace"])})
    return create_app(Database.open(given["address"]), settings)


def _log_to_stderr() -> None:
    log = logging.getLogger("textmine.judging.web")
    if not log.handlers:
        log.addHandler(logging.StreamHandler())
