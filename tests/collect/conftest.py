"""A clock that a test moves, a server, keys and a register."""

import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.collect.season import PLATFORMS
from tests.collect.server import SECRETS, Server, posts_every
from textmine.collect import Keys
from textmine.collect.journal import Journal

MARCH_31 = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
NOW = datetime(2026, 4, 10, 3, 0, tzinfo=UTC)


class FakeClock:
    """Stands still until somebody sleeps."""

    def __init__(self, now=NOW):
        self.moment = now
        self.slept = []
        self._lock = threading.Lock()

    def now(self):
        return self.moment

    def sleep(self, seconds):
        with self._lock:
            self.slept.append(seconds)
            self.moment += timedelta(seconds=seconds)

    def move(self, **length):
        self.moment += timedelta(**length)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def server(clock):
    served = Server(clock)
    yield served
    served.close()


@pytest.fixture
def keys():
    return Keys.model_validate(
        {
            "youtube": {"api_key": SECRETS["youtube"]},
            "x": {"bearer_token": SECRETS["x"]},
            "facebook": {"access_token": SECRETS["facebook"]},
            "instagram": {"access_token": SECRETS["instagram"], "user_id": "17841400000000000"},
        }
    )


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    """What a process wrote outlives the process without it; only a power cut would show the difference."""
    original = Journal._connect

    def connect(self):
        original(self)
        self.db.execute("PRAGMA synchronous=OFF")

    monkeypatch.setattr(Journal, "_connect", connect)


@pytest.fixture(autouse=True)
def everything_is_logged(caplog):
    """Whatever a library logs at its lowest level is there to be searched for keys."""
    caplog.set_level(logging.DEBUG)


@pytest.fixture
def season(server):
    """Two accounts a platform, 240 posts each, six hours apart; those of March are to be collected."""
    for number, platform in enumerate(PLATFORMS):
        for name in ("bnpb", "kemenkes"):
            start = 100_000 * (number + 1) + (50_000 if name == "bnpb" else 0)
            posts = posts_every(6, 240, last=MARCH_31)
            for k, post in enumerate(posts):
                post.id = str(start + 1000 - k)
            server.accounts[platform][name] = posts
    return server
