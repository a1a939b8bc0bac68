"""What the bench scripts share: paired timing, the machine's name, tables."""

from __future__ import annotations

import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import textwrap
import time
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def machine() -> str:
    """Processor, cores and versions, for the head of a table."""
    cpu = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", cpu.read_text()) if cpu.is_file() else None
    return f"{found[1] if found else platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def environment_python(name: str) -> Path:
    """Interpreter of an environment of a peer that cannot live beside textmine's dependencies."""
    folder = Path(__file__).resolve().parent / f".venv-{name}"
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def set_up_environment(name: str, *installs: Sequence[str]) -> Path:
    """Make that environment where it is missing; ``installs`` are arguments of ``pip install``, one call each."""
    python = environment_python(name)
    if not python.is_file():
        folder = python.parents[1]
        venv.create(folder, with_pip=True)
        try:
            for arguments in installs:
                command = [str(python), "-m", "pip", "install", "--quiet", *arguments]
                subprocess.run(command, check=True, stdout=sys.stderr)
        except BaseException:  # half an environment would pass for a whole one next time
            shutil.rmtree(folder)
            raise
    return python


def in_turns(contenders: Mapping[str, Callable[[], object]], *, repetitions: int) -> dict[str, list[float]]:
    """Seconds of each contender, one after the other, each going first every other time, after one warm-up."""
    for run in contenders.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for repetition in range(repetitions):
        for name in list(contenders)[:: 1 if repetition % 2 == 0 else -1]:
            start = time.perf_counter()
            contenders[name]()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, smallest and largest."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def ratios(peer: Sequence[float], ours: Sequence[float]) -> dict[str, float]:
    """How many times as fast as the peer, pair by pair: a machine that drifts drifts for both."""
    return spread([p / o for p, o in zip(peer, ours, strict=True)])


def wrapped(text: str, *, indent: str = "") -> list[str]:
    """Lines of a paragraph for a page of docs; ``indent`` is for those after the first."""
    return textwrap.wrap(text, 120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
