"""Fuzz the readers of ingest, led by coverage: no exception but the family's, no hang, and every row accounted for.

    python bench/fuzz_ingest.py --minutes 10 [--corpus FOLDER]

Runs atheris (libFuzzer) over whole files: recognition, encodings, CSV structure, JSON shapes, mapping. The first byte
of an input chooses the file's name and the options, the rest is the file. The corpus starts from the fixtures of the
tests and the damaged forms of ``damages.py``. The last lines say executions, edges covered and whether anything was
found; an input that breaks something is kept as ``crash-…`` or ``timeout-…`` in the corpus' folder.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LONGEST = 1 << 15
SECONDS_AN_INPUT = 10


def fuzz(arguments: list[str]) -> None:
    """Run in this process until the time is over; libFuzzer ends the process itself."""
    import atheris

    with atheris.instrument_imports(include=["textmine.ingest"]):
        import fuzzing

    def one(data: bytes) -> None:
        choice, content = (data[0] if data else 0), data[1:]
        names, options = fuzzing.NAMES, fuzzing.OPTIONS
        chosen = options[choice // len(names) % len(options)]
        fuzzing.survives(content, name=names[choice % len(names)], options=chosen)

    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


def write_seeds(folder: Path) -> int:
    """Write the first inputs; how many there are."""
    import damages
    import fuzzing

    seeds = [(name.endswith((".json", ".jsonl", ".ndjson")), content) for name, content in fuzzing.seeds()]
    seeds += [(False, damage(damages.office(6)).content) for damage in damages.DAMAGES.values()]
    kept = [(is_json, content) for is_json, content in seeds if len(content) < LONGEST]
    for number, (is_json, content) in enumerate(kept):
        (folder / f"seed-{number:03}").write_bytes(bytes([int(is_json)]) + content)
    return len(kept)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument(
        "--corpus", type=Path, help="folder of inputs, kept for the next run; a temporary one by default"
    )
    parser.add_argument("--one", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        fuzz(options.one)
        return
    with tempfile.TemporaryDirectory() as temporary:
        corpus = options.corpus or Path(temporary)
        corpus.mkdir(parents=True, exist_ok=True)
        n_seeds = write_seeds(corpus)
        limits = [f"-max_total_time={options.minutes * 60:.0f}", f"-max_len={LONGEST}", f"-timeout={SECONDS_AN_INPUT}"]
        more = ["-rss_limit_mb=4096", "-print_final_stats=1", f"-artifact_prefix={corpus}/"]
        command = [sys.executable, "-W", "ignore", __file__, "--one", str(corpus), *limits, *more]
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


if __name__ == "__main__":
    main()
