"""Serves the page, and lets the first organiser in."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from textmine.judging import invitations, people
from textmine.judging.database import Database
from textmine.judging.roles import Actor
from textmine.judging.web.application import create_app
from textmine.judging.web.settings import WebSettings

if TYPE_CHECKING:
    import uvicorn

LINK_LASTS: Final = timedelta(hours=1)
ORGANISER: Final = "Organiser"


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
    """A server that is ready to run.

    Parameters
    ----------
    database, settings
        As for :func:`~textmine.judging.web.application.create_app`.
    host, port
        Where it listens.
    """
    import uvicorn

    logging.getLogger("textmine.judging.web").addHandler(logging.StreamHandler())
    config = uvicorn.Config(
        create_app(database, settings),
        host=host,
        port=port,
        access_log=False,  # addresses hold the tokens of links
        server_header=False,
        proxy_headers=False,  # the door does it, for named proxies only
        log_level="warning",
        timeout_keep_alive=30,
        limit_concurrency=1000,
        h11_max_incomplete_event_size=32 * 1024,
        ws="none",
    )
    return uvicorn.Server(config)
