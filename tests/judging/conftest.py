"""Every test that takes ``address`` or ``database`` runs on SQLite and on a real PostgreSQL server."""

import importlib.util
import itertools
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import event

from textmine.judging import invitations, nominees, panels, people, scoring, states
from textmine.judging.database import Database
from textmine.judging.roles import Actor

CONSOLE = Actor.console()
KEYS = (f"client-key-{number:06d}" for number in itertools.count())


def _server_module():
    path = Path(__file__).with_name("postgres_server.py")
    spec = importlib.util.spec_from_file_location("postgres_server", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["postgres_server"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def postgres():
    """A server; each worker of xdist has its own."""
    module = _server_module()
    folder = module.programs()
    if folder is None:
        pytest.skip("no PostgreSQL server is installed (initdb is not on PATH nor in /usr/lib/postgresql/*/bin)")
    server = module.PostgresServer(folder)
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path):
    """Where a database is that is empty still."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres").new_database()
    return f"sqlite:///{tmp_path / 'judging' / 'judging.sqlite'}"


@pytest.fixture
def database(address):
    with Database.open(address) as opened:
        if opened.is_sqlite:  # what is on the disk after a power cut is the business of test_killed
            event.listen(opened.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
            opened.engine.dispose()
        yield opened


def nominees_table():
    """Three nominees of one category and two of another."""
    return pl.DataFrame(
        {
            "category": ["best_use_of_images/kementerian"] * 3 + ["best_account/bumn"] * 2,
            "agency": ["kominfo", "kemenkes", "kemdikbud", "pln", "pertamina"],
            "rank": [1, 2, 3, 1, 2],
            "score": [0.9, 0.8, 0.7, 0.6, 0.5],
            "low": [0.8, 0.7, 0.6, 0.5, 0.4],
            "high": [1.0, 0.9, 0.8, 0.7, 0.6],
            "p_top5": [1.0, 1.0, 0.9, 1.0, 0.9],
            "nominee": [True] * 5,
            "reasons": [["nominated"]] * 5,
        }
    )


@dataclass
class Season:
    """An open panel with judges who are signed in."""

    database: Database
    panel: panels.PanelView
    judges: dict[str, Actor]
    tokens: dict[str, str]

    def criteria(self, category_id):
        return next(each.criteria for each in self.panel.categories if each.id == category_id)

    def nominees(self, actor=CONSOLE):
        with self.database.reading(actor) as session:
            return nominees.nominees_of(session, actor, self.panel.id)

    def nominee(self, agency):
        return next(each for each in self.nominees() if each.agency == agency)

    def save(self, judge, agency, value, *, criterion=0, key=None, note=""):
        actor, nominee = self.judges[judge], self.nominee(agency)
        wanted = self.criteria(nominee.category_id)[criterion]
        with self.database.writing(actor) as session:
            return scoring.save_score(session, actor, nominee.id, wanted.id, value, key=key or next(KEYS), note=note)

    def save_all(self, judge, *, agencies=None, value=7.0):
        for nominee in self.nominees():
            if agencies is None or nominee.agency in agencies:
                for place in range(len(self.criteria(nominee.category_id))):
                    self.save(judge, nominee.agency, value, criterion=place)

    def do(self, service, *args, actor=CONSOLE, **kwargs):
        """Call a service in a transaction of its own."""
        with self.database.writing(actor) as session:
            return service(session, actor, *args, **kwargs)


def make_season(database, *, judges=("Ani", "Budi", "Citra"), blind=True, opened=True):
    settings = panels.PanelSettings("Juri 2022", "gsm2022", blind=blind, seed=7)
    actors, tokens = {}, {}
    with database.writing(CONSOLE) as session:
        panel = panels.create_panel(session, CONSOLE, settings, nominees_table())
        links = {}
        for name in judges:
            person = people.add_person(session, CONSOLE, name, "judge")
            people.add_member(session, CONSOLE, panel.id, person.id)
            links[name] = invitations.invite(session, CONSOLE, person.id, panel.id)
        if opened:
            panel = states.open_panel(session, CONSOLE, panel.id)
    for name, link in links.items():
        with database.writing(address="192.0.2.1") as session:
            signed_in = invitations.use_link(session, link.token, address="192.0.2.1")
        actors[name], tokens[name] = signed_in.actor, signed_in.token
    return Season(database, panel, actors, tokens)


@pytest.fixture
def season(database):
    return make_season(database)


@pytest.fixture
def make():
    """Make further seasons, in a database given."""
    return make_season


@pytest.fixture
def console():
    return CONSOLE


@pytest.fixture
def table():
    return nominees_table()
