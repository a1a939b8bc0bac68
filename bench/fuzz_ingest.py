"""Fuzz the readers of ingest, led by coverage: no exception but the family's, no hang, and every row accounted for.

    python bench/fuzz_ingest.py --minutes 10 [--corpus FOLDER]

Runs atheris (libFuzzer) over whole files: recognition, encodings, CSV structure, JSON shapes, mapping. The first byte
of an input chooses the file's name and the options, the rest is the file. The corpus starts from the fixtures of the
tests and the damaged forms of ``damages.py``. The last lines say executions, edges covered and whether anything was
found; an input that breaks something is kept as ``crash-…`` or ``timeout-…`` in the corpus' folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

import libfuzzer

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


if __name__ == "__main__":
    libfuzzer.run(
        __doc__, __file__, fuzz=fuzz, write_seeds=write_seeds, longest=LONGEST, seconds_an_input=SECONDS_AN_INPUT
    )
