"""Judges who score are killed by SIGKILL: is every score that was acknowledged there, and once?

    python bench/judging_killed.py                          # 50 kills, SQLite
    python bench/judging_killed.py --postgresql             # the same on a PostgreSQL server of its own
    python bench/judging_killed.py --kills 200 --seed 7

Eight judges score at once, four in each of two processes, as behind a page with two workers; the number of a score is
printed when it is acknowledged.
Half of the kills come at a random moment from outside; half at a statement, before a commit or right after one, where
a kill hurts most. A killed judge starts again as a browser does: it sends what was not acknowledged once more, and the
last acknowledged score too, under the same keys. After every kill all acknowledged scores must be there. In the end
each must be there once, the last of each nominee and criterion must count, and all chains must hold.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from measure import machine
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from textmine.judging import audit, nominees, panels, people, progress, scoring, states
from textmine.judging.database import Database
from textmine.judging.roles import Actor

CONSOLE = Actor.console()
N_PROCESSES, N_JUDGES = 2, 4
"""Processes, and judges in each."""


@dataclass(frozen=True)
class Wish:
    """The ``number``-th score that a judge wants to give."""

    number: int
    nominee_id: str
    criterion_id: str

    @property
    def value(self) -> float:
        return float(1 + self.number * 7 % 10)

    @property
    def key(self) -> str:
        return f"wish-{self.number:08d}"


def wishes(database: Database, panel_id: str, actor: Actor) -> list[tuple[str, str]]:
    """Nominee and criterion of all that can be scored; a judge goes round and round."""
    with database.reading(actor) as session:
        panel = panels.panel_of(session, actor, panel_id)
        criteria = {each.id: each.criteria for each in panel.categories}
        found = nominees.nominees_of(session, actor, panel_id)
        return [(each.id, criterion.id) for each in found for criterion in criteria[each.category_id]]


def kill_at(step: int) -> None:
    """Let this process die at a step: a statement, the beginning of a commit, or its end."""
    done = 0

    def count(*_: object) -> None:
        nonlocal done
        done += 1
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    from sqlalchemy import Engine

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    event.listen(Session, "after_commit", count)


def work(address: str, panel_id: str, starts: list[tuple[str, int]], step: int) -> None:
    """Let judges score, each from a wish on, until killed; place and number are printed when a score is stored."""
    with Database.open(address) as database:

        def score(place: int, person_id: str, first: int) -> None:
            actor = Actor(person_id, "judge", "judge", "192.0.2.1")
            places = wishes(database, panel_id, actor)
            for number in range(first, first + 100_000):
                wish = Wish(number, *places[number % len(places)])
                with database.writing(actor) as session:
                    saved = scoring.save_score(
                        session, actor, wish.nominee_id, wish.criterion_id, wish.value, key=wish.key
                    )
                os.write(1, f"{place} {number} {int(saved.again)}\n".encode())  # whole, whoever else writes

        os.write(1, b"ready\n")
        if step:
            kill_at(step)
        threads = [threading.Thread(target=score, args=(place, *start)) for place, start in enumerate(starts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


@dataclass
class Judge:
    """A judge, and what was acknowledged to it."""

    person_id: str
    acknowledged: int = -1
    found: Counter[str] = field(default_factory=Counter)

    def heard(self, number: int, again: bool) -> None:
        if again:
            self.found["sent again and not stored twice" if number == self.acknowledged
                       else "stored, but killed before the answer"] += 1  # fmt: skip
        self.acknowledged = max(self.acknowledged, number)


class Trial:
    """An open panel with two judges.

    Parameters
    ----------
    address
        Of an empty database.
    """

    def __init__(self, address: str, *, seed: int = 1) -> None:
        self.address = address
        self.draw = random.Random(seed)
        self.kills = 0
        self.found = Counter[str]()
        table = pl.DataFrame({"category": ["best_account"] * 4, "agency": ["a", "b", "c", "d"]})
        with Database.open(address) as database, database.writing(CONSOLE) as session:
            self.panel_id = panels.create_panel(session, CONSOLE, panels.PanelSettings("T", "t"), table).id
            self.judges = []
            for number in range(N_PROCESSES * N_JUDGES):
                person = people.add_person(session, CONSOLE, f"Judge {number}", "judge")
                people.add_member(session, CONSOLE, self.panel_id, person.id)
                self.judges.append(Judge(person.id))
            states.open_panel(session, CONSOLE, self.panel_id)

    def kill(self) -> None:
        """Let all judges score, kill both processes, and look."""
        groups = [self.judges[place * N_JUDGES :][:N_JUDGES] for place in range(N_PROCESSES)]
        steps = [self.draw.randint(1, 400) if (self.kills + place) % 2 else 0 for place in range(N_PROCESSES)]
        running = [self._start(group, step) for group, step in zip(groups, steps, strict=True)]
        for process in running:
            process.stdout.readline()  # ready
        time.sleep(self.draw.uniform(0.0, 0.5))
        for group, process, step in zip(groups, running, steps, strict=True):
            if not step:
                process.send_signal(signal.SIGKILL)
            out, err = process.communicate(timeout=60)
            if process.returncode != -signal.SIGKILL:
                raise AssertionError(err)
            self.found["killed at a step" if step else "killed from outside"] += 1
            for line in out.splitlines(keepends=True):
                if line.endswith("\n"):
                    place, number, again = map(int, line.split())
                    group[place].heard(number, bool(again))
        self.kills += len(running)
        self.look()

    def _start(self, group: list[Judge], step: int) -> subprocess.Popen[str]:
        # the last acknowledged one again
        starts = [f"{judge.person_id}:{max(judge.acknowledged, 0)}" for judge in group]
        command = [sys.executable, __file__, "--work", self.address, self.panel_id, ",".join(starts), str(step)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def look(self) -> None:
        """All that was acknowledged is there, once."""
        with Database.open(self.address) as database, database.reading() as session:
            for judge in self.judges:
                asked = text("SELECT client_key, value FROM score_event WHERE person_id = :judge ORDER BY seq")
                stored = session.execute(asked, {"judge": judge.person_id}).all()
                keys = [key for key, _ in stored]
                expected = [Wish(number, "", "").key for number in range(len(keys))]
                if keys != expected:
                    raise AssertionError("a score was stored twice or out of turn")
                if len(keys) <= judge.acknowledged:
                    raise AssertionError(f"score {judge.acknowledged} was acknowledged, {len(keys)} are there")
                if any(value != Wish(number, "", "").value for number, (_, value) in enumerate(stored)):
                    raise AssertionError("a score has another value")

    def close(self) -> dict[str, int]:
        """Close the panel; what counts is the last wish of each place, and the chains hold."""
        with Database.open(self.address) as database, database.writing(CONSOLE) as session:
            if faults := audit.verify(session, CONSOLE, self.panel_id):
                raise AssertionError(faults[0])
            states.close_panel(session, CONSOLE, self.panel_id, allow_missing=True)
            counted = progress.scores(session, CONSOLE, self.panel_id)
            asked = text("SELECT count(*) FROM score_event WHERE person_id = :judge")
            n_stored = {each.person_id: session.scalar(asked, {"judge": each.person_id}) for each in self.judges}
        for judge in self.judges:
            places = wishes_of(self.address, self.panel_id, judge.person_id)
            last = {
                places[number % len(places)]: Wish(number, "", "").value for number in range(n_stored[judge.person_id])
            }
            mine = counted.filter(pl.col("judge") == judge.person_id)
            if sorted(mine["value"]) != sorted(last.values()):
                raise AssertionError("other scores count than the last ones")
        total = Counter(self.found)
        for judge in self.judges:
            total += judge.found
        return {"acknowledged": sum(judge.acknowledged + 1 for judge in self.judges),
                "stored": sum(n_stored.values()), **total}  # fmt: skip


def wishes_of(address: str, panel_id: str, person_id: str) -> list[tuple[str, str]]:
    with Database.open(address) as database:
        return wishes(database, panel_id, Actor(person_id, "judge", "judge"))


@contextlib.contextmanager
def address_of(kind: str, folder: Path):
    """An empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'judging.sqlite'}"
        return
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "judging"))
    from postgres_server import PostgresServer, programs

    if (found := programs()) is None:
        raise SystemExit("no PostgreSQL server is installed")
    server = PostgresServer(found, durable=True)
    try:
        yield server.new_database()
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        address, panel_id, starts, step = options.work
        pairs = [each.split(":") for each in starts.split(",")]
        work(address, panel_id, [(person_id, int(first)) for person_id, first in pairs], int(step))
        return
    kind = "postgresql" if options.postgresql else "sqlite"
    with tempfile.TemporaryDirectory() as folder, address_of(kind, Path(folder)) as address:
        trial, started = Trial(address, seed=options.seed), time.perf_counter()
        while trial.kills < options.kills:
            trial.kill()
        found = trial.close()
        print(f"{machine()}; {kind}; {time.perf_counter() - started:.0f} s")
        print(f"killed {trial.kills} times: none lost, none counted twice")
        for name, count in found.items():
            print(f"  {count:>7,}  {name}")


if __name__ == "__main__":
    main()
