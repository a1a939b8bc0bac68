"""Runs the measurements and writes docs/performance.md.

    python bench/run.py            # all of them, about ten minutes, most of it for Sastrawi 1.0.1
    python bench/run.py --quick    # fewer posts and repetitions, printed and not written

Each script can be run alone; see its ``--help``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"

HEAD = """\
# Performance

Written by `make bench` (`python bench/run.py`) on {machine}. Ratios are of the same run, with equal output checked;
medians, and the smallest and largest in brackets. Absolute times belong to this machine.

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


def growth_section(result: dict) -> str:
    lines = [
        "## From Parquet to saved topics, and growth",
        "",
        "`python bench/growth.py`: simulated posts of 249 institutions; each stage in a process of its own. The",
        "floor is a process that only scans captions and hashtags of the same Parquet. Topics are fitted on at most",
        "200,000 distinct posts and given to all.",
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
    first, last = (size["stages"]["Parquet to saved topics"]["seconds"] / size["posts"] for size in
                   (result["growth"][0], result["growth"][-1]))  # fmt: skip
    verdict = "does not grow" if last <= first else "grows"
    ends = f"{first * 1e6:.0f} to {last * 1e6:.0f} microseconds"
    lines += [
        "",
        f"The time a post takes from Parquet to saved topics {verdict}: {ends}.",
    ]
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    small = options.quick
    matrix = measured("matrix.py", *(["--posts", "20000", "--repetitions", "3"] if small else []))
    growth = measured("growth.py", *(["--posts", "5000", "20000"] if small else []))
    stemming = measured("stemming.py", *(["--repetitions", "2"] if small else ["--setup"]))
    ingest = measured("ingest.py", *(["--rows", "20000", "--repetitions", "2"] if small else []))
    sections = [matrix_section(matrix), stemming_section(stemming), growth_section(growth), ingest_section(ingest)]
    page = HEAD.format(machine=matrix["machine"]) + "\n\n".join(sections) + "\n"
    if small:
        print(page)
    else:
        PAGE.write_text(page, encoding="utf-8")
        print(PAGE)


if __name__ == "__main__":
    main()
