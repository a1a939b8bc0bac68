"""200 judges at once, two requests a second each: does the jury's page keep up, and what does a bare page cost?

    python bench/judging_load.py                             # a minute each, SQLite
    python bench/judging_load.py --seconds 10 --judges 50
    python bench/judging_load.py --database postgresql://jury@/jury?host=/run/postgresql

Every half second each judge sends a request over its own connection: in turn a score, which is on disk when it is
answered, and the page of a nominee with its dossier. Times count from when a request was due, so that a late answer
counts for those that wait behind it. Beside it the same load on a bare page of the same framework and server: a form
that is parsed, and a page of the same size that is made of nothing. Only 127.0.0.1 is asked. In the end every
acknowledged score must be in the database once.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np
import polars as pl
from fastapi import Depends, FastAPI, Request
from measure import machine
from sqlalchemy import func, select
from starlette.responses import HTMLResponse, Response

from textmine.judging import dossier, invitations, panels, people, states
from textmine.judging.database import Database
from textmine.judging.nominees import nominees_of
from textmine.judging.roles import Actor
from textmine.judging.schema import ScoreEvent

CONSOLE = Actor.console()
PERIOD = 0.5
WARM_SECONDS = 3
CAPTION = (
    "Pelayanan publik kini lebih dekat: urus dokumen dari rumah, cepat dan tanpa biaya. #LayananPublik #Melayani " * 3
)


@dataclass
class Plan:
    """What one judge asks for, in turn."""

    cookie: str
    csrf: str
    nominees: list[str]
    criteria: list[str]
    sent: int = 0

    def request(self, host: str) -> bytes:
        """The next request: a score, a page, a score, a page."""
        number, self.sent = self.sent, self.sent + 1
        nominee = self.nominees[(number // 2 // len(self.criteria)) % len(self.nominees)]
        common = f"Host: {host}\r\nCookie: {self.cookie}\r\n"
        if number % 2:
            return f"GET /nominees/{nominee} HTTP/1.1\r\n{common}\r\n".encode()
        criterion = self.criteria[(number // 2) % len(self.criteria)]
        body = (
            f"csrf={self.csrf}&key={secrets.token_hex(16)}&value_{criterion}={1 + number // 2 % 10}&note_{criterion}="
        )
        head = f"POST /nominees/{nominee}/scores/{criterion} HTTP/1.1\r\n{common}HX-Request: true\r\n"
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        return (head + kind + body).encode()


@dataclass
class Seen:
    """What came back."""

    scores: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warm: int = 0


async def judge(plan: Plan, port: int, start: float, seconds: float, seen: Seen) -> None:
    """One judge: requests when they are due, over one connection."""
    host = f"127.0.0.1:{port}"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in range(int(seconds / PERIOD)):
        due = start + number * PERIOD
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        request = plan.request(host)
        try:
            writer.write(request)
            status = await answer(reader)
        except (OSError, asyncio.IncompleteReadError) as error:
            seen.errors.append(repr(error))
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            continue
        if status != 200:
            seen.errors.append(f"status {status}")
        elif request.startswith(b"POST"):
            seen.scores.append(time.monotonic() - due)
        else:
            seen.pages.append(time.monotonic() - due)
    writer.close()


async def answer(reader: asyncio.StreamReader) -> int:
    """Read an answer; its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    await reader.readexactly(int(length[1]))
    return int(head.split(b" ", 2)[1])


async def load(plans: list[Plan], port: int, seconds: float) -> Seen:
    """All judges, spread evenly over the half second."""
    seen = Seen()
    start = time.monotonic() + 1
    spread = PERIOD / len(plans)
    judges = (judge(plan, port, start + n * spread, seconds, seen) for n, plan in enumerate(plans))
    await asyncio.gather(*judges)
    return seen


def season(database: Database, n_judges: int) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """An open panel with ten nominees and their dossiers: tokens by judge, ids of nominees and criteria."""
    table = pl.DataFrame({"category": ["best_account/bumn"] * 10, "agency": [f"bumn-{n}" for n in range(10)]})
    with database.writing(CONSOLE) as session:
        settings = panels.PanelSettings("Beban", "beban", seed=1)
        panel = panels.create_panel(session, CONSOLE, settings, table)
        nominees = [each.id for each in nominees_of(session, CONSOLE, panel.id)]
        post = {
            **dict.fromkeys(("likes", "comments", "shares", "saves", "views"), 1234),
            **{"platform": "instagram", "account": "bumn", "published_at": "2026-01-01T10:00+07:00", "quality": None},
            **{"media_type": "image", "caption": CAPTION, "url": "https://www.instagram.com/p/x/", "topic": "layanan"},
            **{"hidden": [], "rounded": []},
        }
        content = {
            **{"seed": 1, "n_posts": 6, "simulated": True, "rule": {"id": "undian", "en": "lot"}, "quality": []},
            "figures": [{"platform": "instagram", "n_posts": 9, "followers": 9, "interactions": 9, "median": 1.0}],
            "keywords": [{"kind": "word", "surface": f"kata{n}"} for n in range(30)],
            "topics": [{"label": "layanan", "share": 0.2, "words": ["a", "b"]}] * 5,
            "posts": [post | {"post_id": str(n)} for n in range(6)],
        }
        dossier.store_dossiers(session, CONSOLE, panel.id, {id: content for id in nominees})
        links = []
        for number in range(n_judges):
            person = people.add_person(session, CONSOLE, f"Juri {number}", "judge")
            people.add_member(session, CONSOLE, panel.id, person.id)
            links.append(invitations.invite(session, CONSOLE, person.id, panel.id).token)
        states.open_panel(session, CONSOLE, panel.id)
    tokens = []
    for link in links:
        with database.writing() as session:
            tokens.append(invitations.use_link(session, link).token)
    return tokens, nominees, [each.id for each in panel.categories[0].criteria]


async def fields(request: Request) -> dict[str, str]:
    """A form, parsed."""
    return dict(await request.form())


def bare_app(page: str) -> FastAPI:
    """A page of the same framework that does nothing: a form is parsed, a page of the same size is sent."""
    app = FastAPI(openapi_url=None)

    @app.get("/nominees/{id}")
    def nominee(id: str) -> Response:
        return HTMLResponse(page)

    @app.post("/nominees/{id}/scores/{criterion}")
    def saved(id: str, criterion: str, form: Annotated[dict, Depends(fields)]) -> Response:
        return HTMLResponse("<span>saved</span>")

    return app


def serve(kind: str, database: str, port: int, workers: int) -> None:
    """Serve until killed: the page, or the bare one."""
    import uvicorn

    from textmine.judging.web.server import serve as serve_page
    from textmine.judging.web.settings import WebSettings

    if kind == "bare":
        page = "<p>" + "x" * int(database) + "</p>"
        uvicorn.run(bare_app(page), host="127.0.0.1", port=port, access_log=False, log_level="warning")
        return
    serve_page(database, WebSettings(Path(".")), host="127.0.0.1", port=port, workers=workers)


@contextlib.contextmanager
def serving(kind: str, database: str, workers: int):
    """Port of a server in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        __file__,
        "--serve",
        kind,
        "--database",
        database,
        "--port",
        str(port),
        "--workers",
        str(workers),
    ]
    process = subprocess.Popen(command)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def row(name: str, times: list[float]) -> str:
    """A line of the table."""
    p50, p99, most = (np.percentile(times, at) * 1000 for at in (50, 99, 100))
    return f"| {name} | {len(times):,} | {p50:.0f} ms | {p99:.0f} ms | {most:.0f} ms |"


def processor(pid: int) -> float:
    """Seconds of the processor that a process and its children used so far."""
    values = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor(int(child)) for child in children)


def measured(kind: str, address: str, plans: list[Plan], seconds: float, workers: int = 1) -> Seen:
    """Load on a server of this kind; prints its lines of the table."""
    with serving(kind, address, workers) as (port, pid):
        warm = asyncio.run(load(plans[:20], port, WARM_SECONDS))  # templates are compiled at their first use
        before = processor(pid)
        seen = asyncio.run(load(plans, port, seconds))
        used = processor(pid) - before
    name = "the jury's page" if kind == "page" else "a bare page"
    print(row(f"{name}: save a score", seen.scores))
    print(row(f"{name}: a nominee", seen.pages))
    n = len(seen.scores) + len(seen.pages)
    seen.warm = len(warm.scores)
    print(f"| {name}: errors {len(seen.errors)}, processor {1000 * used / max(n, 1):.1f} ms a request | | | | |")
    for error in sorted(set(seen.errors))[:5]:
        print(error, seen.errors.count(error), file=sys.stderr)
    return seen


def main() -> None:
    """Measure, and check that nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judges", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--database", help="an empty PostgreSQL database; SQLite in a folder of its own if left out")
    parser.add_argument("--workers", type=int, default=1, help="processes that serve the jury's page")
    parser.add_argument("--serve", choices=("page", "bare"), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve, arguments.database, arguments.port, arguments.workers)
        return
    if not (0 < arguments.judges <= 500 and 0 < arguments.seconds <= 300):
        parser.error("at most 500 judges and 300 seconds")
    with tempfile.TemporaryDirectory(prefix="jury-") as folder:
        address = arguments.database or f"sqlite:///{folder}/judging.sqlite"
        with Database.open(address) as database:
            tokens, nominees, criteria = season(database, arguments.judges)
        plans = [
            Plan(f"textmine_session={token}", csrf_of(token), nominees[n % 10 :] + nominees[: n % 10], criteria)
            for n, token in enumerate(tokens)
        ]
        load_before = os.getloadavg()[0]
        print(f"{arguments.judges} judges, {arguments.seconds:g} s, {machine()}, load before {load_before:.1f}\n")
        print("| what | answers | p50 | p99 | longest |\n|---|---:|---:|---:|---:|")
        seen = measured("page", address, plans, arguments.seconds, arguments.workers)
        with Database.open(address) as database, database.reading() as session:
            stored = session.scalar(select(func.count()).select_from(ScoreEvent))
        measured("bare", "14000", plans, arguments.seconds)
        acknowledged = len(seen.scores) + seen.warm
        print(f"\nscores acknowledged {acknowledged:,}, in the database {stored:,}")
        if seen.errors or stored != acknowledged:
            raise SystemExit("a request failed, or a score is missing or twice")


def csrf_of(token: str) -> str:
    """The token that the forms of a session carry."""
    import hashlib
    import hmac

    return hmac.new(token.encode(), b"textmine form", hashlib.sha256).hexdigest()


if __name__ == "__main__":
    main()
