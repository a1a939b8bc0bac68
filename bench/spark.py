"""Seconds of processor and bytes shuffled of the steps that run on Spark, beside the same steps in one process.

``python bench/spark.py --posts 20000 60000 200000`` simulates posts, runs each step on ``local-cluster[2,1,1024]`` (two
executors that are processes of their own) and here, checks that the bytes are equal, and prints a table. Shuffled bytes
are Spark's own, from its event log; processor seconds are those of the Python workers, which other work on the machine
does not change much, other than wall-clock seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from measure import machine

from textmine.engines import LocalEngine
from textmine.engines.spark import SparkEngine
from textmine.keyness import keywords
from textmine.language.settings import LanguageSettings
from textmine.matrix import StoredMatrix, store_document_term_matrix
from textmine.simulation import simulate
from textmine.store import hash_path
from textmine.topics import TopicModel
from textmine.topics.kept_shares import KeptShares
from textmine.topics.terms import PostRoles

MASTER = "local-cluster[2,1,1024]"
BLOCK = 4_096
STEPS = ("matrix", "keywords", "topics")


@dataclass(frozen=True)
class Timed:
    """A step that writes down the processor seconds of each part."""

    step: object
    folder: Path

    def __call__(self, blocks):
        began = time.process_time()
        yield from self.step(blocks)
        spent = {"cpu": time.process_time() - began, "blocks": len(blocks)}
        (self.folder / f"{uuid.uuid4().hex}.json").write_text(json.dumps(spent))


class TimedEngine:
    """Any engine, its steps timed."""

    def __init__(self, engine, folder):
        self.engine, self.folder, self.elsewhere = engine, folder, engine.elsewhere
        self.split = engine.split
        self.rows = 0

    def each(self, step, parts, **options):
        self.engine.each(Timed(step, self.folder), parts, **options)

    def add_up(self, step, parts, **options):
        table = self.engine.add_up(Timed(step, self.folder), parts, **options)
        self.rows += len(table)
        return table

    def seconds(self):
        """Processor seconds of the steps since the last call."""
        files = list(self.folder.glob("*.json"))
        spent = sum(json.loads(file.read_text())["cpu"] for file in files)
        for file in files:
            file.unlink()
        return spent


def shuffled(log: Path) -> int:
    """Bytes of shuffle written so far, by an event log."""
    total = 0
    for file in log.rglob("*"):
        if not file.is_file() or file.name.startswith("."):
            continue
        for line in file.read_text().splitlines():
            if '"SparkListenerTaskEnd"' in line:
                metrics = json.loads(line).get("Task Metrics") or {}
                total += metrics.get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
    return total


def run_steps(posts, folder, engine, log):
    """One row a step: wall and processor seconds, rows of the merged table, bytes shuffled."""
    rows, model = [], TopicModel(n_topics=20)
    matrix = None
    for name in STEPS:
        engine.rows, before, began = 0, shuffled(log), time.perf_counter()
        if name == "matrix":
            store_document_term_matrix(
                posts, folder / "matrix", language=LanguageSettings(), batch_rows=BLOCK, engine=engine
            )
            matrix = StoredMatrix.open(folder / "matrix")
        elif name == "keywords":
            keywords(posts, matrix=matrix, engine=engine).write_parquet(folder / "keywords.parquet")
        else:
            model.fit(matrix, roles=PostRoles.of(posts), keep=KeptShares(folder / "shares"), engine=engine)
        wall = time.perf_counter() - began
        time.sleep(1)  # the event log is written by a thread of its own
        told = {"step": name, "wall": wall, "cpu": engine.seconds(), "rows": engine.rows}
        rows.append(told | {"shuffled": shuffled(log) - before})
    return rows, len(matrix.vocabulary), int(matrix.vocabulary["count"].sum())


def measure(n_posts, spark, log, folder):
    """Rows of the table for one size; the bytes of both engines are equal, or this fails."""
    simulate(folder / "sim", n_posts=n_posts, seed=7, format="parquet")
    posts = pl.scan_parquet(sorted((folder / "sim" / "posts.parquet").rglob("*.parquet")), glob=False)
    told = []
    for name, engine in (("here", LocalEngine()), ("Spark", spark)):
        (folder / name).mkdir()
        times = folder / f"{name}-times"
        times.mkdir()
        rows, n_terms, n_tokens = run_steps(posts, folder / name, TimedEngine(engine, times), log)
        said = {"posts": n_posts, "tokens": n_tokens, "terms": n_terms, "engine": name}
        told += [said | row | {"load": os.getloadavg()[0]} for row in rows]
    for made in ("matrix", "keywords.parquet"):
        assert hash_path(folder / "here" / made) == hash_path(folder / "Spark" / made), made
    for part in (folder / "here" / "shares").iterdir():
        assert part.read_bytes() == (folder / "Spark" / "shares" / part.name).read_bytes(), part.name
    return told


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, nargs="+", default=[20_000, 60_000, 200_000])
    parser.add_argument("--master", default=MASTER)
    arguments = parser.parse_args()
    print(f"Measured on {machine()}, {arguments.master}.\n")
    print(
        "| posts | terms counted | different terms | step | engine | wall, s | processor, s | rows merged "
        "| shuffled, B | load |"
    )
    print("|---:|---:|---:|---|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "log"
        log.mkdir()
        settings = {
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": log.as_uri(),
            "spark.eventLog.compress": "false",
            "spark.eventLog.rolling.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.executor.memory": "900m",
            "spark.sql.shuffle.partitions": "4",
        }
        with SparkEngine.connect(arguments.master, settings=settings) as spark:
            for n_posts in (2_000, *arguments.posts):  # the first starts the Python workers, and is not shown
                (folder / str(n_posts)).mkdir()
                for row in measure(n_posts, spark, log, folder / str(n_posts)):
                    if n_posts in arguments.posts:
                        print(
                            f"| {row['posts']:,} | {row['tokens']:,} | {row['terms']:,} | {row['step']} "
                            f"| {row['engine']} | {row['wall']:.1f} | {row['cpu']:.1f} | {row['rows']:,} "
                            f"| {row['shuffled']:,} | {row['load']:.0f} |",
                            flush=True,
                        )


if __name__ == "__main__":
    main()
