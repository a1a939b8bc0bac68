"""How long a start takes: importing the package, and help of the command line.

    python bench/startup.py
    python bench/startup.py --repetitions 21 --format json

Each start is a fresh interpreter. Beside the time by the clock stands the processor's, which other work on the machine
does not lengthen. An interpreter that does nothing, and imports of what a careless start would load, are measured in
the same run. Goals: 0.5 s for ``import textmine`` and 0.3 s for ``textmine --help``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time

from measure import machine, spread

STARTS = {
    "python that does nothing": ["-c", "pass"],
    "import textmine": ["-c", "import textmine"],
    "textmine --help": ["-m", "textmine", "--help"],
    "textmine rank --help": ["-m", "textmine", "rank", "--help"],
    "textmine topics fit --help": ["-m", "textmine", "topics", "fit", "--help"],
    "import polars": ["-c", "import polars"],
    "import sklearn.decomposition": ["-c", "import sklearn.decomposition"],
    "import spacy": ["-c", "import spacy"],
}
GOALS = {"import textmine": 0.5, "textmine --help": 0.3}


def started(arguments: list[str]) -> tuple[float, float]:
    """Seconds by the clock and of the processor, the child's own and its kernel's together."""
    before, start = os.times(), time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    clock, after = time.perf_counter() - start, os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return clock, processor


def measured(repetitions: int) -> dict:
    """Every start in turn, so that a machine that drifts drifts for all of them; the first round warms the disk."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in STARTS}
    for repetition in range(repetitions + 1):
        for name, arguments in STARTS.items():
            found = started(arguments)
            if repetition:
                times[name].append(found)
    return {
        name: {"clock": spread([clock for clock, _ in rows]), "processor": spread([processor for _, processor in rows])}
        for name, rows in times.items()
    }


def table(starts: dict) -> str:
    lines = ["| start | s by the clock | s of the processor | goal, s |", "|---|---:|---:|---:|"]
    for name, row in starts.items():
        clock, processor = row["clock"], row["processor"]
        lines.append(
            f"| {name} | {clock['median']:.3f} ({clock['min']:.3f} to {clock['max']:.3f})"
            f" | {processor['median']:.2f} | {GOALS.get(name, '')} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=11)
    parser.add_argument("--format", choices=["table", "json"], default="table")
    options = parser.parse_args()
    starts = measured(options.repetitions)
    if options.format == "json":
        print(json.dumps({"machine": machine(), "repetitions": options.repetitions, "starts": starts}))
    else:
        print(f"{machine()}, {options.repetitions} repetitions, medians\n\n{table(starts)}")
    late = [name for name, goal in GOALS.items() if starts[name]["processor"]["median"] > goal]
    if late:
        sys.exit(f"later than its goal: {', '.join(late)}")


if __name__ == "__main__":
    main()
