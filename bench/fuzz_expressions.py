"""Fuzz the language of awards' measures, led by coverage: an expression is computed or refused, and reaches nothing.

    python bench/fuzz_expressions.py --minutes 10 [--corpus FOLDER]

Runs atheris (libFuzzer) over texts, and over whole files that define an award with the text as a measure. The corpus
starts from the measures of the presets and the attack strings of the tests. An audit hook of Python ends the run when
computing an expression imports, opens, compiles or executes anything. The last lines say executions, edges covered and
whether anything was found; before that, the time to parse expressions of growing length, which must grow with it alone.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import libfuzzer

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 4_000
SECONDS_AN_INPUT = 5
FORBIDDEN = ("exec", "compile", "import", "open", "os.", "subprocess.", "socket.", "ctypes.")


def fuzz(arguments: list[str]) -> None:
    """Run in this process until the time is over; libFuzzer ends the process itself."""
    import atheris
    import numpy as np
    import polars as pl

    with atheris.instrument_imports(include=["textmine.ranking", "textmine.tomlplaces"]):
        from textmine.errors import ExpressionError
        from textmine.ranking.awardfile import check_awards
        from textmine.ranking.expressions import MeasureTable, compile_expression
        from textmine.ranking.measures import measures
        from textmine.ranking.sections import measure_names

    columns = [column for measure in measures().values() for column in measure.columns]
    random = np.random.default_rng(0)
    table = MeasureTable(
        pl.DataFrame({column: random.normal(size=4) for column in columns}),
        {"n_posts": np.array([[1.0, np.nan, 0.0, np.inf], [-1.0, 2.0, 2.0, 1e308]])},
    )
    names = measure_names({"w": 0.5}, ["a"])
    scores = {"a": np.array([1.0, np.nan, 0.0, 2.0])}
    watching = False

    def hook(event: str, _: object) -> None:
        if watching and event.startswith(FORBIDDEN):
            os.write(2, f"\nan expression did {event}\n".encode())
            os.abort()

    sys.addaudithook(hook)
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))

    def one(data: bytes) -> None:
        nonlocal watching
        text = data[1:].decode("utf-8", "replace")
        if data[:1] == b"\x01":  # a whole file: the definition around the measure is TOML that the text may break
            path = folder / "awards.toml"
            head = 'name="x"\ntitle="x"\n[clusters.a]\ntitle="a"\n[[categories]]\nid="a"\ntitle="a"\n'
            path.write_text(f"{head}measure={json.dumps(text)}\n" if len(data) % 2 else text, encoding="utf-8")
            try:
                problems = check_awards(path)
            except Exception as error:
                if type(error).__module__ != "textmine.errors":
                    raise
                return
            assert all(problem.line >= 1 and problem.message for problem in problems)
            return
        watching = True
        try:
            found = compile_expression(text, names).evaluate(table, scores=scores)
            assert not np.isinf(found).any() and found.shape[-1] == 4
        except ExpressionError as error:
            assert 0 <= error.offset <= len(text) and error.caret
        finally:
            watching = False

    one(b"\x00pct(n_posts) + nonsense")  # what is loaded at first use is loaded before anything is watched
    one(b"\x00pct(n_posts) + 1")
    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


def write_seeds(folder: Path) -> int:
    """Write the first inputs; how many there are."""
    sys.path.insert(0, str(ROOT))
    from textmine.ranking import PRESETS, load_awards
    from textmine.ranking.presets import preset_path

    attacks = (ROOT / "tests/ranking/attacks.txt").read_text(encoding="utf-8").splitlines()
    texts = [category.measure.text for name in PRESETS for category in load_awards(name).categories] + attacks
    seeds = [b"\x00" + text.encode() for text in texts]
    seeds += [b"\x01" + preset_path(name).read_bytes()[: LONGEST - 1] for name in PRESETS]
    for number, seed in enumerate(seeds):
        (folder / f"seed-{number:03}").write_bytes(seed)
    return len(seeds)


def parsing_times() -> None:
    """Microseconds a character to check expressions of growing length, the best of several."""
    from textmine.ranking.expressions import expression_problems
    from textmine.ranking.sections import measure_names

    names = measure_names({}, [])
    shapes = {
        "a sum": lambda n: "+".join(["n_posts"] * (n // 8)),
        "a product of sums": lambda n: "*".join(["(n_posts+1)"] * (n // 12)),
        "many arguments": lambda n: f"min(n_posts{',n_posts' * (n // 8 - 2)})",
    }
    for shape, of_length in shapes.items():
        shown = []
        for length in (250, 500, 1_000, 2_000):
            text = of_length(length)
            best = min(_seconds(expression_problems, text, names) for _ in range(7))
            shown.append(f"{len(text)}: {best / len(text) * 1e6:.2f}")
        print(f"microseconds a character, {shape}: {', '.join(shown)}")


def _seconds(function, *arguments) -> float:
    started = time.perf_counter()
    problems, _ = function(*arguments)
    assert not problems
    return time.perf_counter() - started


if __name__ == "__main__":
    libfuzzer.run(
        __doc__,
        __file__,
        fuzz=fuzz,
        write_seeds=write_seeds,
        longest=LONGEST,
        seconds_an_input=SECONDS_AN_INPUT,
        before=parsing_times,
    )
