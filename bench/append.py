"""Adding posts to a large workspace: seconds, and how much of it is written again.

    python bench/append.py [--rows 1000000] [--add 10000] [--repetitions 3] [--format json]

A workspace of ``rows`` posts over four platforms and twelve months takes in posts of a new month, posts spread over all
months, newer figures of posts that it holds, and the first export again, which changes nothing. Beside that stands the
ingest of everything at once. Each run is a process of its own on a copy of the workspace (hard links).
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from ingest import write_posts
from measure import machine

PROGRAM = """
import json, resource, sys, time
from textmine.ingest import ingest
from textmine.store import Workspace
started = time.perf_counter()
workspace = Workspace.create(sys.argv[1])
with workspace.lock():
    ingest(sys.argv[2:], workspace)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": time.perf_counter() - started, "peak_mb": peak}))
"""
HEADER = "platform,id,akun,tanggal,isi,suka,diambil_pada\n"


def run(workspace: Path, *sources: Path) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(workspace), *map(str, sources)], capture_output=True)
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    return json.loads(done.stdout)


def write_additions(folder: Path, n_posts: int) -> dict[str, Path]:
    """Exports of as many rows: a new month, all months, and newer figures of posts that are there."""

    def row(number: int, day: str, collected: str) -> str:
        name = ("instagram", "x", "facebook", "youtube")[number % 4]
        return f"{name},{number},akun_{number % 300},{day},Pesan nomor {number} untuk semua warga,5,{collected}\n"

    def spread(number: int) -> str:
        return f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"

    rows = {
        "posts of a new month": [row(10**16 + i, "2025-01-15", "") for i in range(n_posts)],
        "posts of all months": [row(10**16 + i, spread(i), "") for i in range(n_posts)],
        "newer figures, all months": [row(10**15 + i, spread(i), "2025-06-01") for i in range(n_posts)],
    }
    paths = {name: folder / f"{number}.csv" for number, name in enumerate(rows)}
    for name, path in paths.items():
        path.write_text(HEADER + "".join(rows[name]))
    return paths


def written(before: Path, after: Path) -> float:
    """Share of the stored bytes in files that are not those of ``before``."""
    kept = {path.stat().st_ino for path in before.rglob("*.parquet") if path.is_file()}
    files = [path.stat() for path in after.rglob("*.parquet") if path.is_file()]
    return sum(file.st_size for file in files if file.st_ino not in kept) / sum(file.st_size for file in files)


def measure(folder: Path, n_rows: int, n_added: int, repetitions: int) -> dict[str, dict[str, float]]:
    export, workspace, copy = folder / "export.csv", folder / "workspace", folder / "copy"
    write_posts(export, n_rows)
    found = {"everything at once": {**run(workspace, export), "written": 1.0}}
    for name, path in {**write_additions(folder, n_added), "the first export again": export}.items():
        runs = []
        for _ in range(repetitions):
            shutil.rmtree(copy, ignore_errors=True)
            subprocess.run(["cp", "-al", str(workspace), str(copy)], check=True)
            runs.append(run(copy, path))
        found[name] = {key: statistics.median(done[key] for done in runs) for key in runs[0]}
        found[name]["written"] = written(workspace, copy)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--add", type=int, default=10_000)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), options.rows, options.add, options.repetitions)
    if options.format == "json":
        print(json.dumps({"machine": machine(), "rows": options.rows, "added": options.add, "runs": found}))
        return
    print(f"{machine()}; {options.add:,} rows to {options.rows:,}, median of {options.repetitions}")
    for name, row in found.items():
        print(f"{name:<26} {row['seconds']:>6.1f} s {row['peak_mb']:>6,.0f} MB  {row['written']:>5.0%} written again")


if __name__ == "__main__":
    main()
