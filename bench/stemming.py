"""How many types a second the stemmers do, cold, on one core, and where their stems differ.

Measures textmine, PySastrawi 1.2.1 and, on a sample of the types, Sastrawi 1.0.1. The last bears the same module name
as PySastrawi and therefore lives in a virtual environment of its own, which ``--setup`` makes.

    python bench/stemming.py
    python bench/stemming.py --setup    # makes bench/.venv-sastrawi101 and measures Sastrawi 1.0.1 too
    python bench/stemming.py --sastrawi-1.0.1 PYTHON --format json

The corpus are the lower-case types of a to z in the texts under ``--data``, else words made of roots and affixes.
Every repetition gets new string objects and new stemmers, so that no cache and no stored hash is warm; loading the
dictionary is not timed. Wall time: leave the machine alone meanwhile.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from measure import DATA, machine, set_up_environment
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

from textmine.language.sastrawi import SastrawiStemmer, load_roots

TEXTS = ("sentiment/smsa", "sentiment/indolem_fold0", "keywords/keps", "normalisation/stif", "posts")
OLD_ENVIRONMENT = "sastrawi101"
GOAL = 500  # times Sastrawi 1.0.1

# Runs in the environment of Sastrawi 1.0.1: types in, stems and seconds of each repetition out.
OLD_PROGRAM = """
import json, sys, time
from importlib.metadata import version
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory
job = json.load(sys.stdin)
seconds = []
for _ in range(job["repetitions"]):
    stemmer = StemmerFactory().create_stemmer()
    start = time.perf_counter()
    stems = [stemmer.stem(word) for word in job["types"]]
    seconds.append(time.perf_counter() - start)
json.dump({"stems": stems, "seconds": seconds, "version": version("Sastrawi")}, sys.stdout)
"""


def types_of_texts(data: Path) -> list[str]:
    """Types in the order of their first appearance."""
    types: dict[str, None] = {}
    for path in sorted(path for folder in TEXTS for path in (data / folder).rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8", errors="replace").lower()
        types.update(dict.fromkeys(word for word in re.findall(r"[^\W\d_]+", text) if word.isascii()))
    return list(types)


def made_types(n: int = 30_000, seed: int = 0) -> list[str]:
    """Roots with affixes, one word in two, and letters in disorder, one in four, as in the slang of posts."""
    draw = random.Random(seed)
    roots = sorted(root for root in load_roots() if root.isalpha())
    prefixes = ("", "ber", "di", "ke", "me", "mem", "men", "meng", "memper", "pe", "peng", "per", "se", "ter")
    suffixes = ("", "an", "i", "kan", "nya", "annya", "kannya", "lah", "ku", "mu")
    types: dict[str, None] = {}
    while len(types) < n:
        root = draw.choice(roots)
        types[draw.choice(prefixes) + root + draw.choice(suffixes)] = None
        types["".join(draw.sample(root, len(root)))] = None
        types[root] = None
    return list(types)[:n]


def timed(make_stemmer: Callable[[], Callable[[Sequence[str]], list[str]]], types: Sequence[str]) -> float:
    """Seconds for all types, with a new stemmer and new strings."""
    stem_all = make_stemmer()
    cold = " ".join(types).split(" ")
    start = time.perf_counter()
    stem_all(cold)
    return time.perf_counter() - start


def textmine_stemmer() -> Callable[[Sequence[str]], list[str]]:
    return SastrawiStemmer().stem_types


def pysastrawi_stemmer() -> Callable[[Sequence[str]], list[str]]:
    stem = StemmerFactory().create_stemmer().stem
    return lambda types: [stem(word) for word in types]


def rates(n_types: int, seconds: Sequence[float]) -> dict[str, float | int]:
    """Types a second: median, slowest and fastest of the repetitions."""
    each = [n_types / s for s in seconds]
    return {"median": statistics.median(each), "slowest": min(each), "fastest": max(each), "repetitions": len(each)}


def differing(types: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[dict[str, str]]:
    triples = zip(types, ours, theirs, strict=True)
    return [{"type": word, "textmine": our, "peer": their} for word, our, their in triples if our != their]


def beside_pysastrawi(types: Sequence[str], repetitions: int) -> dict[str, object]:
    """Both in the same process, in turns, each going first every other time."""
    contenders = {"textmine": textmine_stemmer, "PySastrawi": pysastrawi_stemmer}
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for repetition in range(repetitions):
        for name in list(contenders)[:: 1 if repetition % 2 == 0 else -1]:
            seconds[name].append(timed(contenders[name], types))
    ours, theirs = rates(len(types), seconds["textmine"]), rates(len(types), seconds["PySastrawi"])
    return {
        "n_types": len(types),
        "version": version("PySastrawi"),
        "textmine": ours,
        "peer": theirs,
        "times_as_fast": ours["median"] / theirs["median"],
        "differing": differing(types, textmine_stemmer()(types), pysastrawi_stemmer()(types)),
    }


def beside_old_sastrawi(types: Sequence[str], python: Path, repetitions: int) -> dict[str, object]:
    """Sastrawi 1.0.1 in its own interpreter, and textmine on the same types before and after it."""
    job = json.dumps({"types": list(types), "repetitions": repetitions})
    before = [timed(textmine_stemmer, types) for _ in range(5)]
    run = subprocess.run([str(python), "-c", OLD_PROGRAM], input=job, capture_output=True, text=True, check=True)
    after = [timed(textmine_stemmer, types) for _ in range(5)]
    old = json.loads(run.stdout)
    ours, theirs = rates(len(types), before + after), rates(len(types), old["seconds"])
    return {
        "n_types": len(types),
        "version": old["version"],
        "textmine": ours,
        "peer": theirs,
        "times_as_fast": ours["median"] / theirs["median"],
        "goal": GOAL,
        "differing": differing(types, textmine_stemmer()(types), old["stems"]),
    }


def table(result: dict) -> str:
    lines = [f"{result['machine']}; {result['corpus']}"]
    row = "{:<20} {:>7} {:>14} {:>23} {:>16} {:>10}"
    lines.append(row.format("stemmer", "types", "types/s median", "slowest to fastest", "textmine is", "differing"))
    for name in ("PySastrawi", "Sastrawi"):
        if name not in result:
            continue
        pair = result[name]
        for label, rate in (("textmine", pair["textmine"]), (f"{name} {pair['version']}", pair["peer"])):
            ours = label == "textmine"
            spread = f"{rate['slowest']:,.0f} to {rate['fastest']:,.0f}"
            times, differ = ("", "") if ours else (f"{pair['times_as_fast']:,.1f} x", len(pair["differing"]))
            lines.append(row.format(label, f"{pair['n_types']:,}", f"{rate['median']:,.0f}", spread, times, differ))
        lines += [f"  {d['type']}: textmine {d['textmine']}, {name} {d['peer']}" for d in pair["differing"]]
    return "\n".join(lines)


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of texts")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--sastrawi-1.0.1", dest="old_python", type=Path, metavar="PYTHON", help="its own interpreter")
    parser.add_argument(
        "--setup", action="store_true", help=f"make bench/.venv-{OLD_ENVIRONMENT} where it is missing, use it"
    )
    parser.add_argument("--sample", type=int, default=300, help="types for Sastrawi 1.0.1 (about 60 a second)")
    parser.add_argument("--old-repetitions", type=int, default=3)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args(argv)
    if options.setup:
        options.old_python = options.old_python or set_up_environment(OLD_ENVIRONMENT, ["Sastrawi==1.0.1"])
    if options.old_python and not options.old_python.is_file():
        parser.error(f"no Python at {options.old_python}; --setup makes one")
    return options


def main(argv: Sequence[str] | None = None) -> int:
    options = arguments(argv)
    types = types_of_texts(options.data)
    corpus = f"{len(types):,} types of the texts"
    if not types:
        types = made_types()
        corpus = f"{len(types):,} types made of roots and affixes"
    result: dict[str, object] = {"machine": machine(), "corpus": corpus}
    result["PySastrawi"] = beside_pysastrawi(types, options.repetitions)
    if options.old_python:
        sample = random.Random(0).sample(types, min(options.sample, len(types)))
        result["Sastrawi"] = beside_old_sastrawi(sample, options.old_python, options.old_repetitions)
    print(json.dumps(result, ensure_ascii=False, indent=2) if options.format == "json" else table(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
