"""Runs a fuzzer of this folder in a process of its own, and says what libFuzzer found."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


def summary(log: str, seconds: float, n_seeds: int) -> str:
    """What libFuzzer's lines say in one."""
    last = re.findall(r"#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)/", log)
    runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", log)
    executed = int(runs[1]) if runs else int(last[-1][0]) if last else 0
    edges, features, corpus = last[-1][1:] if last else ("0", "0", "0")
    first = re.search(r"INITED\s+cov: (\d+)", log)
    found = re.findall(r"Test unit written to (\S+)", log)
    return (
        f"{executed:,} executions in {seconds / 60:.1f} minutes ({executed / seconds:,.0f} a second), {edges} edges"
        f" (the {n_seeds} seeds: {first[1] if first else '?'}), {features} features, {corpus} inputs kept;"
        f" found: {', '.join(found) or 'nothing'}"
    )


def run(
    description: str | None,
    script: str,
    *,
    fuzz: Callable[[list[str]], None],
    write_seeds: Callable[[Path], int],
    longest: int,
    seconds_an_input: int,
    before: Callable[[], None] = lambda: None,
) -> None:
    """The command of a fuzzer: time and corpus from the command line, the fuzzing itself in another process.

    Parameters
    ----------
    description, script
        Of the fuzzer: its docstring and its file.
    fuzz
        Called in the other process with libFuzzer's arguments.
    write_seeds
        Writes the first inputs into a folder and returns how many there are.
    longest, seconds_an_input
        Bounds of an input, and of the time that it may take.
    before
        What is measured first.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--corpus", type=Path, help="folder of inputs, kept for the next run; temporary by default")
    parser.add_argument("--one", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        fuzz(options.one)
        return
    with tempfile.TemporaryDirectory() as temporary:
        corpus = options.corpus or Path(temporary)
        corpus.mkdir(parents=True, exist_ok=True)
        n_seeds = write_seeds(corpus)
        before()
        limits = [f"-max_total_time={options.minutes * 60:.0f}", f"-max_len={longest}", f"-timeout={seconds_an_input}"]
        more = ["-rss_limit_mb=4096", "-print_final_stats=1", f"-artifact_prefix={corpus}/"]
        command = [sys.executable, "-W", "ignore", script, "--one", str(corpus), *limits, *more]
        started = time.monotonic()
        done = subprocess.run(
            command, stderr=subprocess.PIPE, text=True, errors="replace", check=False,
            env={**os.environ, "POLARS_MAX_THREADS": "1"},
        )  # fmt: skip
        seconds = time.monotonic() - started
    if done.returncode:
        print(done.stderr[-4_000:])
    print(summary(done.stderr, seconds, n_seeds))
    sys.exit(done.returncode)
