"""The page on a real server, asked over real connections; browsers are in test_season.py."""

import contextlib
import re
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from textmine.judging import invitations, people
from textmine.judging.roles import Actor
from textmine.judging.schema import Base
from textmine.judging.web.server import make_server
from textmine.judging.web.settings import WebSettings

CONSOLE = Actor.console()
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@contextlib.contextmanager
def served(database, settings):
    """Base address of a page that is served meanwhile, and its application."""
    server = make_server(database, settings, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the server does not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", server.config.app
    finally:
        server.should_exit = True
        thread.join(timeout=30)


class Browser(httpx.Client):
    """A client that fills in the token of the last form, as a browser does."""

    csrf = ""

    def request(self, *args, **kwargs):
        response = super().request(*args, **kwargs)
        found = CSRF.search(response.text)
        if found:
            self.csrf = found[1]
        return response

    def send_form(self, path, data=None, **kwargs):
        return self.post(path, data={"csrf": self.csrf, **(data or {})}, **kwargs)


@dataclass
class Site:
    """A page that is served, with the season behind it."""

    base: str
    app: object
    season: object
    clients: list = field(default_factory=list)

    @property
    def database(self):
        return self.season.database

    @property
    def panel(self):
        return self.season.panel

    def browser(self, token=None, **kwargs):
        cookies = {"textmine_session": token} if token else {}
        client = Browser(
            base_url=self.base, cookies=cookies, follow_redirects=True, trust_env=False, timeout=60, **kwargs
        )
        self.clients.append(client)
        if token:
            client.get("/")
        return client

    def judge(self, name):
        return self.browser(self.season.tokens[name])

    def member(self, name, role):
        """Somebody new of the panel, signed in."""
        with self.database.writing(CONSOLE) as session:
            person = people.add_person(session, CONSOLE, name, role)
            if role != "organiser":
                people.add_member(session, CONSOLE, self.panel.id, person.id)
            link = invitations.invite(session, CONSOLE, person.id, None if role == "organiser" else self.panel.id)
        with self.database.writing(address="192.0.2.1") as session:
            return self.browser(invitations.use_link(session, link.token, address="192.0.2.1").token)

    def organiser(self, name="Panitia"):
        browser = self.member(name, "organiser")
        browser.get("/organisers")
        return browser

    def link(self, name="Juri baru", role="judge", **kwargs):
        with self.database.writing(CONSOLE) as session:
            person = people.add_person(session, CONSOLE, name, role)
            people.add_member(session, CONSOLE, self.panel.id, person.id)
            return invitations.invite(session, CONSOLE, person.id, self.panel.id, **kwargs)

    def state(self):
        """All rows but those of the log."""
        with self.database.reading() as session:
            return {
                table.name: sorted(map(repr, session.execute(table.select())))
                for table in Base.metadata.sorted_tables
                if table.name not in ("audit_event", "chain")
            }

    def refusals(self):
        with self.database.reading() as session:
            asked = "SELECT person_id, action, detail, address FROM audit_event WHERE refused ORDER BY scope, seq"
            return session.execute(text(asked)).all()

    def close(self):
        for client in self.clients:
            client.close()


@pytest.fixture
def settings(tmp_path):
    return WebSettings(Path(tmp_path))


@pytest.fixture
def site(season, settings):
    with served(season.database, settings) as (base, app):
        made = Site(base, app, season)
        yield made
        made.close()


@pytest.fixture
def serve():
    """Serve other settings or databases."""
    return served


@pytest.fixture
def make_site():
    return Site
