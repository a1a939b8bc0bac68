"""How many scores a second are stored, one judge after another and twenty at once, in SQLite and PostgreSQL.

    python bench/judging_saves.py

Each score is on the disk before it counts here. Beside it the same disk's flushes a second: a commit needs one.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from pathlib import Path

import polars as pl
from judging_killed import address_of
from measure import machine

from textmine.judging import nominees, panels, people, scoring, states
from textmine.judging.database import Database
from textmine.judging.roles import Actor

CONSOLE = Actor.console()
N_JUDGES = 20


def open_panel(database: Database) -> tuple[str, list[Actor]]:
    table = pl.DataFrame({"category": ["best_account"] * 5, "agency": list("abcde")})
    with database.writing(CONSOLE) as session:
        panel = panels.create_panel(session, CONSOLE, panels.PanelSettings("T", "t"), table)
        judges = []
        for number in range(N_JUDGES):
            person = people.add_person(session, CONSOLE, f"Judge {number}", "judge")
            people.add_member(session, CONSOLE, panel.id, person.id)
            judges.append(Actor(person.id, person.name, "judge"))
        states.open_panel(session, CONSOLE, panel.id)
    return panel.id, judges


def save(database: Database, panel_id: str, judge: Actor, n: int, run: str, seconds: list[float]) -> None:
    with database.reading(judge) as session:
        criteria = panels.panel_of(session, judge, panel_id).categories[0].criteria
        places = [(each.id, one.id) for each in nominees.nominees_of(session, judge, panel_id) for one in criteria]
    for number in range(n):
        started = time.perf_counter()
        with database.writing(judge) as session:
            nominee_id, criterion_id = places[number % len(places)]
            scoring.save_score(session, judge, nominee_id, criterion_id, 5.0, key=f"{run}-{number:08d}")
        seconds.append(time.perf_counter() - started)


def flushes(folder: Path, n: int = 200) -> float:
    with (folder / "flushes").open("wb") as file:
        started = time.perf_counter()
        for _ in range(n):
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
        return n / (time.perf_counter() - started)


def row(kind: str, how: str, seconds: list[float], elapsed: float) -> str:
    seconds = sorted(seconds)
    p50, p99 = (1000 * seconds[int(share * (len(seconds) - 1))] for share in (0.5, 0.99))
    return f"| {kind} | {how} | {len(seconds) / elapsed:,.0f} | {p50:.1f} ms | {p99:.1f} ms |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scores", type=int, default=100, help="a judge")
    options = parser.parse_args()
    print(machine())
    print("| database | judges | scores/s | median | p99 |\n|---|---|---|---|---|")
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder, address_of(kind, Path(folder)) as address:
            with Database.open(address) as database:
                panel_id, judges = open_panel(database)
                seconds: list[float] = []
                started = time.perf_counter()
                save(database, panel_id, judges[0], 3 * options.scores, "alone-key", seconds)
                print(row(kind, "one", seconds, time.perf_counter() - started))
                together: list[float] = []
                threads = [
                    threading.Thread(
                        target=save, args=(database, panel_id, judge, options.scores, "together", together)
                    )
                    for judge in judges
                ]
                started = time.perf_counter()
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                print(row(kind, f"{N_JUDGES} at once", together, time.perf_counter() - started))
            if kind == "sqlite":
                print(f"the disk alone: {flushes(Path(folder)):,.0f} flushes/s")


if __name__ == "__main__":
    main()
