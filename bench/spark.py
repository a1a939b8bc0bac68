"""Seconds of processor and bytes shuffled of the steps that run on Spark, beside the same steps in one process.

    python bench/spark.py --posts 20000 60000 200000
    python bench/spark.py --posts 60000 200000 600000 --format json > bench/results/spark.json    # for bench/scale.py
    python bench/spark.py --read bench/results/spark.json                                         # its table

Simulates posts, runs each step on ``local-cluster[2,1,1024]`` (two executors that are processes of their own) and here,
checks that the bytes are equal, and prints a table. Shuffled bytes and processor seconds of Java are Spark's own, from
its event log; processor seconds are those of the Python workers, which other work on the machine does not change much,
other than wall-clock seconds. The JSON also has what the driver's Python took, the rows that the parts gave before they
were merged, and the peak memory of a worker.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from measure import machine

from textmine.counting import store_document_term_matrix
from textmine.engines import LocalEngine
from textmine.engines.spark import SparkEngine
from textmine.keyness import keywords
from textmine.language.settings import LanguageSettings
from textmine.matrix import StoredMatrix
from textmine.report.figures import report_figures
from textmine.simulation import simulate
from textmine.store import hash_path
from textmine.topics import TopicModel
from textmine.topics.kept_shares import KeptShares
from textmine.topics.terms import PostRoles

MASTER = "local-cluster[2,1,1024]"
BLOCK = 4_096
STEPS = ("matrix", "keywords", "topics", "reports")


@dataclass(frozen=True)
class Timed:
    """A step that writes down what each part took and gave."""

    step: object
    folder: Path

    def __call__(self, blocks):
        began, rows = time.process_time(), 0
        for frame in self.step(blocks):
            rows += len(frame)
            yield frame
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        spent = {"cpu": time.process_time() - began, "rows": rows, "peak_mb": peak}
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

    def spent(self):
        """Of the steps since the last call: processor seconds, rows given before they were merged, largest memory."""
        files = list(self.folder.glob("*.json"))
        parts = [json.loads(file.read_text()) for file in files]
        for file in files:
            file.unlink()
        return {
            "cpu": sum(part["cpu"] for part in parts),
            "part_rows": sum(part["rows"] for part in parts),
            "peak_mb": max((part["peak_mb"] for part in parts), default=0.0),
        }


def by_spark(log: Path) -> dict[str, float]:
    """Bytes of shuffle written and processor seconds of Java so far, by an event log."""
    total = {"shuffled": 0, "java_cpu": 0.0}
    for file in log.rglob("*"):
        if not file.is_file() or file.name.startswith("."):
            continue
        for line in file.read_text().splitlines():
            if '"SparkListenerTaskEnd"' in line:
                metrics = json.loads(line).get("Task Metrics") or {}
                total["shuffled"] += metrics.get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0)
                total["java_cpu"] += metrics.get("Executor CPU Time", 0) / 1e9
    return total


def bytes_in(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def run_steps(posts, folder, engine, log):
    """One row a step: seconds, rows before and after they were merged, bytes shuffled, memory."""
    rows, model = [], TopicModel(n_topics=20)
    matrix = None
    for name in STEPS:
        engine.rows, before, there = 0, by_spark(log), bytes_in(folder)
        began, worked = time.perf_counter(), time.process_time()
        if name == "matrix":
            store_document_term_matrix(
                posts, folder / "matrix", language=LanguageSettings(), batch_rows=BLOCK, engine=engine
            )
            matrix = StoredMatrix.open(folder / "matrix")
        elif name == "keywords":
            keywords(posts, matrix=matrix, engine=engine).write_parquet(folder / "keywords.parquet")
        elif name == "topics":
            model.fit(matrix, roles=PostRoles.of(posts), keep=KeptShares(folder / "shares"), engine=engine)
        else:
            for figures, table in report_figures(posts, engine, batch_rows=BLOCK).items():
                table.write_parquet(folder / f"figures-{figures}.parquet")
        wall, driver = time.perf_counter() - began, time.process_time() - worked
        time.sleep(1)  # the event log is written by a thread of its own
        told = {"step": name, "wall": wall, "driver_cpu": driver, "rows": engine.rows, **engine.spent()}
        told["written"] = bytes_in(folder) - there
        rows.append(told | {what: value - before[what] for what, value in by_spark(log).items()})
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
        parts = len(engine.split(-(-n_posts // BLOCK)))
        said = {"posts": n_posts, "tokens": n_tokens, "terms": n_terms, "engine": name, "parts": parts}
        told += [said | row | {"load": os.getloadavg()[0]} for row in rows]
    figures = [path.name for path in (folder / "here").glob("figures-*.parquet")]
    for made in ("matrix", "keywords.parquet", *figures):
        assert hash_path(folder / "here" / made) == hash_path(folder / "Spark" / made), made
    for part in (folder / "here" / "shares").iterdir():
        assert part.read_bytes() == (folder / "Spark" / "shares" / part.name).read_bytes(), part.name
    return told


def main() -> None:
    """Print the table, or what it is made of."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, nargs="+", default=[20_000, 60_000, 200_000])
    parser.add_argument("--master", default=MASTER)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--read", type=Path, metavar="FILE", help="the table of what was measured before")
    options = parser.parse_args()
    if options.read is not None:
        before = json.loads(options.read.read_text(encoding="utf-8"))
        print(table_of(before, before["rows"]))
        return
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
        began, rows = time.perf_counter(), []
        with SparkEngine.connect(options.master, settings=settings) as spark:
            for n_posts in (2_000, *options.posts):  # the first starts the Python workers, and is not shown
                (folder / str(n_posts)).mkdir()
                found = measure(n_posts, spark, log, folder / str(n_posts))
                if n_posts in options.posts:
                    rows += found
                else:
                    started = time.perf_counter() - began
    about = {"machine": machine(), "master": options.master, "block": BLOCK, "start_up_seconds": started}
    print(json.dumps(about | {"rows": rows}, indent=1) if options.format == "json" else table_of(about, rows))


def table_of(about, rows):
    """A line a step, here and on Spark side by side."""
    loads = [row["load"] for row in rows]
    lines = [
        f"Measured on {about['machine']}, {about['master']}, blocks of {about['block']:,} posts, load"
        f" {min(loads):.0f} to {max(loads):.0f}; start {about['start_up_seconds']:.0f} s.",
        "",
        "| posts | terms counted | different terms | step | here, s | here, processor s | Spark, s"
        " | Spark, processor s | Java, processor s | rows of parts | rows merged | shuffled, B |",
        "|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    here = {(row["posts"], row["step"]): row for row in rows if row["engine"] == "here"}
    for row in rows:
        if row["engine"] == "Spark":
            ours = here[row["posts"], row["step"]]
            worked = f"{ours['cpu']:.1f}" if ours["cpu"] else ""
            lines.append(
                f"| {row['posts']:,} | {row['tokens']:,} | {row['terms']:,} | {row['step']} | {ours['wall']:.1f}"
                f" | {worked} | {row['wall']:.1f} | {row['cpu']:.1f} | {row['java_cpu']:.1f}"
                f" | {row['part_rows']:,} | {row['rows']:,} | {row['shuffled']:,} |"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
