"""Runs the measurements and writes docs/performance.md and the pages of accuracy, topics, ranking and peers.

    python bench/run.py                      # all but the season: 75 minutes, 40 of them for topic models
    python bench/run.py season               # six million posts, half an hour and 50 GB of disk
    python bench/run.py accuracy matrix      # these anew, everything else stays as it stands
    python bench/run.py --quick              # fewer posts and repetitions, printed and not written

Each script can be run alone; see its ``--help``. What they found is kept in bench/results/, one JSON a measurement.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from season_section import season_section

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
RESULTS = HERE / "results"

HEAD = """\
# Performance

Written by `make bench` (`python bench/run.py`). Ratios are of the same run, medians, with the smallest and largest in
brackets; sections say where equal output was checked. Absolute times belong to the machine that a section names. How
right the results are stands in [accuracy.md](accuracy.md).
"""


def measured(script: str, *options: str) -> dict:
    """Run one script and read its JSON."""
    command = [sys.executable, str(HERE / script), "--format", "json", *options]
    print("$", "python bench/" + " ".join([script, *options]), file=sys.stderr)
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def matrix_section(result: dict) -> str:
    lines = [
        "## Tokens to document-term matrix",
        "",
        "`python bench/matrix.py`: the same token lists through textmine and scikit-learn's `CountVectorizer`; the two",
        "matrices and vocabularies are equal, element by element. Goal: 4 times as fast.",
        "",
        "| corpus | tokens | types | textmine, s | CountVectorizer, s | times as fast |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, row in result["matrix"].items():
        ours, peer, times = row["textmine_seconds"], row["peer_seconds"], row["times_as_fast"]
        lines.append(
            f"| {name} | {row['tokens']:,} | {row['types']:,} | {ours['median']:.2f} | {peer['median']:.2f}"
            f" | **{times['median']:.1f}** ({times['min']:.1f} to {times['max']:.1f}) |"
        )
    return "\n".join(lines)


def stemming_section(result: dict) -> str:
    lines = [
        "## Stemming a cold vocabulary",
        "",
        f"`python bench/stemming.py --setup`: {result['corpus']}, one core, no memo. Sastrawi 1.0.1 bears the",
        "same module name as PySastrawi and runs in an environment of its own, on a sample. Goal: 500 times",
        "Sastrawi 1.0.1.",
        "",
        "| stemmer | types | types/s | textmine on the same types/s | textmine is | differing stems |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name in ("PySastrawi", "Sastrawi"):
        if name in result:
            pair = result[name]
            peer, ours = pair["peer"], pair["textmine"]
            lines.append(
                f"| {name} {pair['version']} | {pair['n_types']:,} | {peer['median']:,.0f}"
                f" ({peer['slowest']:,.0f} to {peer['fastest']:,.0f}) | {ours['median']:,.0f}"
                f" ({ours['slowest']:,.0f} to {ours['fastest']:,.0f}) | **{pair['times_as_fast']:,.0f}** times as fast"
                f" | {len(pair['differing'])} |"
            )
            lines += [f"<!-- {d['type']}: textmine {d['textmine']}, {name} {d['peer']} -->" for d in pair["differing"]]
    return "\n".join(lines)


def phrases_section(result: dict) -> str:
    lines = [
        "## Phrases",
        "",
        "`python bench/phrases.py`: pairs above an NPMI of 0.6 in the same token lists by textmine and by gensim's",
        "`Phrases`; pairs and scores are equal.",
        "",
        "| corpus | tokens | phrases | textmine, million tokens/s | gensim, million tokens/s | times as fast |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, row in result["phrases"].items():
        ours, peer, times = row["textmine_tokens_per_second"], row["gensim_tokens_per_second"], row["times_as_fast"]
        lines.append(
            f"| {name} | {row['tokens']:,} | {row['phrases']:,} | {ours['median'] / 1e6:.2f}"
            f" | {peer['median'] / 1e6:.2f} | **{times['median']:.1f}** ({times['min']:.1f} to {times['max']:.1f}) |"
        )
    lines += [
        "",
        "What phrases cost from captions on, where both sides also clean, normalise and stem: the search, and a",
        "document-term matrix in which the phrases that were found are terms, each beside the matrix of single words.",
        "",
        "| corpus | phrases | search, times the matrix | matrix with phrases, times the matrix |",
        "|---|---:|---:|---:|",
    ]
    for name, row in result["phrases"].items():
        search, whole = row["search_times_the_matrix"], row["times_the_matrix"]
        lines.append(
            f"| {name} | {row['phrases_as_terms']:,} | {search['median']:.2f} ({search['min']:.2f} to"
            f" {search['max']:.2f}) | {whole['median']:.2f} ({whole['min']:.2f} to {whole['max']:.2f}) |"
        )
    return "\n".join(lines)


def growth_section(result: dict) -> str:
    lines = [
        "## From Parquet to saved topics, and growth",
        "",
        "`python bench/growth.py`: simulated posts of 249 institutions; each stage in a process of its own. The",
        "floor is a process that only scans captions and hashtags of the same Parquet. Keyness is log-odds with its",
        "tests by agency, each text counted once; hashtags are all tables of `textmine hashtags`. Topics are fitted on",
        "at most 200,000 distinct posts and given to all. Features read the tables of the other stages.",
        "",
        "| posts | terms | stage | seconds | microseconds a post | peak memory, MB |",
        "|---:|---:|---|---:|---:|---:|",
    ]
    for size in result["growth"]:
        for stage, row in size["stages"].items():
            each = row["seconds"] / size["posts"] * 1e6
            lines.append(
                f"| {size['posts']:,} | {size['terms']:,} | {stage} | {row['seconds']:.1f} | {each:.1f}"
                f" | {row['peak_mb']:,.0f} |"
            )
    smallest, largest = result["growth"][0], result["growth"][-1]
    for way in ("Parquet to saved topics", "Parquet to features"):
        if way not in smallest["stages"]:
            continue
        first, last = (size["stages"][way]["seconds"] / size["posts"] for size in (smallest, largest))
        verdict = "does not grow" if last <= first else "grows"
        ends = f"{first * 1e6:.0f} to {last * 1e6:.0f} microseconds"
        lines += ["", f"The time a post takes from {way} {verdict}: {ends}."]
    return "\n".join(lines)


def ingest_section(result: dict) -> str:
    lines = [
        "## Ingest",
        "",
        f"`python bench/ingest.py`: a CSV of {result['rows']:,} rows and {result['megabytes']:,.0f} MiB with quotes,"
        " line breaks and emoji. textmine maps, checks, removes duplicates and writes Parquet; the others only read.",
        "",
        "| reader | rows/s | peak memory, MB |",
        "|---|---:|---:|",
    ]
    for name, row in result["readers"].items():
        rate = row["rows_a_second"]
        lines.append(
            f"| {name} | {rate['median']:,.0f} ({rate['min']:,.0f} to {rate['max']:,.0f}) | {row['peak_mb']:,.0f} |"
        )
    return "\n".join(lines)


def language_speed_section(result: dict) -> str:
    lines = [
        "## Raw posts to lists of stems",
        "",
        "`python bench/language_speed.py`: captions in, a list of stems for each post out, every word met before. The",
        "others do what their line says, mostly less; a token is one of textmine's words for all. textmine uses both",
        "cores, the others one, and slow ones get the first posts only. Goal: "
        f"{result['goal']:,} tokens/s on two cores. Load of the machine before and after: "
        f"{result['load'][0]:.1f} and {result['load'][1]:.1f}; what is above 2.0 is others at work.",
    ]
    for name, corpus in result["corpora"].items():
        first, one_core = next(iter(corpus["contenders"])), corpus.get("one_core", {})
        lines += [
            "",
            f"{name.capitalize()}: {corpus['posts']:,} posts, {corpus['tokens']:,} tokens.",
            "",
            f"| | does | tokens/s | {first} is times as fast |",
            "|---|---|---:|---:|",
        ]
        for who, row in corpus["contenders"].items():
            rate, times = row["tokens_a_second"], row["times_as_fast"]
            ratio = "" if who == first else f"**{times['median']:,.1f}** ({times['min']:,.1f} to {times['max']:,.1f})"
            rates = f"{rate['median']:,.0f} ({rate['min']:,.0f} to {rate['max']:,.0f})"
            lines.append(f"| {who} | {row['does']} | {rates} | {ratio} |")
        for who, rate in one_core.items():
            rates = f"{rate['median']:,.0f} ({rate['min']:,.0f} to {rate['max']:,.0f})"
            lines.append(f"| {who}, one core | the same, another process | {rates} | |")
    if result["skipped"]:
        lines += ["", "Not measured: " + "; ".join(result["skipped"]) + "."]
    return "\n".join(lines)


def keyness_section(result: dict) -> str:
    built = result["matrix_seconds"]
    lines = [
        "## Keyness",
        "",
        f"`python bench/keyness.py`: {result['posts']:,} simulated posts, {result['terms']:,} terms; every statistic,",
        "test and dispersion of a grouping, beside building the matrix in memory in"
        f" {built['median']:.1f} s ({built['min']:.1f} to {built['max']:.1f}).",
        "Load of the machine before and after: "
        f"{result['load'][0]:.1f} and {result['load'][1]:.1f}; what is above 2.0 is others at work.",
        "",
        "| grouping | groups | findings | seconds | share of the matrix's time |",
        "|---|---:|---:|---:|---:|",
    ]
    for by, row in result["groupings"].items():
        taken, share = row["seconds"], row["of_matrix"]
        lines.append(
            f"| {by} | {row['groups']:,} | {row['findings']:,} | {taken['median']:.1f} ({taken['min']:.1f} to"
            f" {taken['max']:.1f}) | **{share['median']:.2f}** ({share['min']:.2f} to {share['max']:.2f}) |"
        )
    return "\n".join(lines)


class Measurement(NamedTuple):
    """A script, what it is asked for, and what makes a section of its result."""

    script: str
    section: Callable[[dict], str]
    options: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()


MEASUREMENTS = {  # in the order of the page
    "matrix": Measurement("matrix.py", matrix_section, quick=("--posts", "20000", "--repetitions", "3")),
    "stemming": Measurement("stemming.py", stemming_section, ("--setup",), ("--repetitions", "2")),
    "language_speed": Measurement(
        "language_speed.py", language_speed_section, quick=("--posts", "10000", "--repetitions", "2")
    ),
    "phrases": Measurement("phrases.py", phrases_section, quick=("--posts", "10000", "--repetitions", "2")),
    "keyness": Measurement("keyness.py", keyness_section, quick=("--posts", "10000", "--repetitions", "1")),
    "season": Measurement("season.py", season_section, ("--kill", "3"), ("--posts", "5000", "20000")),
    "growth": Measurement("growth.py", growth_section, quick=("--posts", "5000", "20000")),
    "ingest": Measurement("ingest.py", ingest_section, quick=("--rows", "20000", "--repetitions", "2")),
}
PAGES = {  # with a page of its own each: what the script is asked for, and what in a quick run
    "accuracy": ("accuracy.py", (), ("--print",)),
    "topics": ("topics.py", ("--setup",), ("--print", "--seeds", "1", "--topics", "5")),
    "ranking": ("ranking.py", (), ("--print", "--seasons", "10")),
    "peers": ("peers.py", ("--setup",), ("--print", "--posts", "1000", "2000", "--slow", "250", "500")),
}


def section_of(name: str, result: dict) -> str:
    """One section, below a mark by which it is found again, with the machine that it was measured on."""
    heading, _, rest = MEASUREMENTS[name].section(result).partition("\n")
    return f"<!-- {name} -->\n{heading}\n\nMeasured on {result['machine']}.\n{rest}"


def refreshed(page: str, sections: Mapping[str, str]) -> str:
    """The page with the sections of some measurements anew; the others stay as the page has them."""
    marked = re.split(r"^(?=<!-- [a-z_]+ -->$)", page, flags=re.M)[1:]
    standing = {block.split()[1]: block.strip() for block in marked} | dict(sections)
    return "\n\n".join([HEAD.strip(), *(standing[name] for name in MEASUREMENTS if name in standing)]) + "\n"


def kept(name: str, result: dict) -> dict:
    """Write down what was measured."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(result, ensure_ascii=False, indent=2)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [*PAGES, *MEASUREMENTS]
    parser.add_argument("name", nargs="*", metavar="NAME", help=f"{', '.join(names)}; all but season if none is named")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if unknown := set(options.name) - set(names):
        parser.error(f"no measurement {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    chosen = options.name or [name for name in names if name != "season"]  # which asks for 50 GB of disk
    for script, usual, quick in (PAGES[name] for name in PAGES if name in chosen):
        subprocess.run([sys.executable, str(HERE / script), *(quick if options.quick else usual)], check=True)
    page = PAGE.read_text(encoding="utf-8") if PAGE.is_file() and not options.quick else ""
    for name in (name for name in MEASUREMENTS if name in chosen):
        script, _, usual, quick = MEASUREMENTS[name]
        result = measured(script, *(quick if options.quick else usual))
        page = refreshed(page, {name: section_of(name, result if options.quick else kept(name, result))})
        if not options.quick:  # after each, so that a run that is broken off has kept what it measured
            PAGE.write_text(page, encoding="utf-8")
    print(page if options.quick else PAGE.relative_to(HERE.parent))


if __name__ == "__main__":
    main()
