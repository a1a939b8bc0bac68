"""What pseudonyms cost: the same ingest with and without a key, in turns.

    python bench/pseudonyms.py [--rows 1000000] [--registered 250] [--repetitions 3] [--format json]

The file is that of ``bench/ingest.py``, with mentions in a third of the captions, addresses, telephone numbers and
5,000 accounts of which 250 are registered (5000: an award's own exports, with mentions of registered accounts). Each
run is a process of its own; the cost is the median of the ratios of runs that follow each other, in wall-clock time and
in processor time, which tells more on a machine with other work.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import ingest as plain
from measure import machine

ACCOUNTS = 5_000


def someone(rng: random.Random) -> str:
    return f"orang_{rng.randrange(ACCOUNTS)}"


def write_exports(folder: Path, rows: int, registered: int = 250) -> None:
    """The posts of bench/ingest.py with other accounts and with what names a person in their captions."""
    plain.write_posts(folder / "plain.csv", rows)
    rng = random.Random(2)
    with (folder / "plain.csv").open(encoding="utf-8") as source, (folder / "posts.csv").open("w") as target:
        for line in source:
            if ",akun_" in line:
                before, _, after = line.partition(",akun_")
                line = f"{before},{someone(rng)},{after.partition(',')[2]}"
                chance = rng.random()
                if chance < 0.33:
                    line = line.replace(" kota ", f" @{someone(rng)} ")
                if chance < 0.02:
                    line = line.replace(" desa ", f" 0812-{rng.randrange(1000, 9999)}-{rng.randrange(1000, 9999)} ")
                if 0.3 < chance < 0.35:
                    line = line.replace(" desa ", f" https://www.instagram.com/{someone(rng)}/ ")
            target.write(line)
    (folder / "plain.csv").unlink()
    platforms = ("instagram", "x", "facebook", "youtube")
    register = "".join(f"a{i},{name},orang_{i}\n" for i in range(registered) for name in platforms)
    (folder / "agencies.csv").write_text("agency,platform,account\n" + register)
    (folder / "key").write_text("3f9c8a7d6e5b4c3a2f1e0d9c8b7a6f5e")


def one(folder: Path, *, keyed: bool) -> dict[str, float]:
    from textmine.ingest import ingest
    from textmine.store import Workspace

    with tempfile.TemporaryDirectory() as target:
        started, busy = time.perf_counter(), time.process_time()
        ingest(
            [folder / "posts.csv"],
            Workspace.create(target),
            agencies=folder / "agencies.csv",
            pseudonymise=folder / "key" if keyed else None,
        )
        return {"wall": time.perf_counter() - started, "processor": time.process_time() - busy}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--registered", type=int, default=250)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(Path(options.one[0]), keyed=options.one[1] == "key")))
        return
    runs: dict[str, list[dict[str, float]]] = {"plain": [], "key": []}
    with tempfile.TemporaryDirectory() as folder:
        write_exports(Path(folder), options.rows, options.registered)
        for _ in range(options.repetitions):
            for name, done in runs.items():
                command = [sys.executable, __file__, "--one", folder, name]
                done.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    costs = {
        clock: [key[clock] / bare[clock] - 1 for bare, key in zip(runs["plain"], runs["key"], strict=True)]
        for clock in ("wall", "processor")
    }
    if options.format == "json":
        print(json.dumps({"machine": machine(), "rows": options.rows, "runs": runs, "costs": costs}))
        return
    print(f"{machine()}; {options.rows:,} rows, {options.registered:,} accounts registered,"
          f" {options.repetitions} runs each, in turns")  # fmt: skip
    for clock, ratios in costs.items():
        bare, key = (median(run[clock] for run in done) for done in runs.values())
        print(f"{clock:<10} without a key {bare:.1f} s, with a key {key:.1f} s,"
              f" cost {median(ratios):.0%} ({min(ratios):.0%} to {max(ratios):.0%})")  # fmt: skip


if __name__ == "__main__":
    main()
