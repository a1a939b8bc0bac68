"""How long keyness takes beside the matrix that it is made of: all statistics, tests and dispersions of every grouping.

    python bench/keyness.py
    python bench/keyness.py --posts 1000000 --repetitions 1 --format json

Simulated posts. The matrix is built in memory from captions (language layer included); each grouping is compared,
tested and ranked, fifty terms a group, kind and direction. All take turns.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
from pathlib import Path

import polars as pl
from measure import in_turns, machine, spread

from textmine.counting import document_term_matrix
from textmine.keyness import key_terms
from textmine.simulation import simulate

GROUPINGS = ("agency", "platform", "month", "account")


def measure(n_posts: int, repetitions: int) -> dict[str, object]:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder), n_posts=n_posts, seed=1, format="parquet")
        posts = pl.read_parquet(Path(folder) / "posts.parquet" / "*.parquet")
    matrix = document_term_matrix(posts)
    runs = {by: lambda by=by: key_terms(posts, by=by, matrix=matrix, direction="both") for by in GROUPINGS}
    seconds = in_turns({"matrix": lambda: document_term_matrix(posts)} | runs, repetitions=repetitions)
    groupings = {}
    for by in GROUPINGS:
        shares = [taken / built for taken, built in zip(seconds[by], seconds["matrix"], strict=True)]
        table = runs[by]()
        groupings[by] = {
            "groups": table["group"].n_unique(),
            "findings": int(table["significant"].sum()),
            "seconds": spread(seconds[by]),
            "of_matrix": spread(shares),
        }
    return {
        "machine": machine(),
        "load": [load, os.getloadavg()[0]],
        "posts": len(posts),
        "terms": len(matrix.vocabulary),
        "matrix_seconds": spread(seconds["matrix"]),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "groupings": groupings,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    result = measure(options.posts, options.repetitions)
    if options.format == "json":
        print(json.dumps(result, indent=2))
        return
    built = result["matrix_seconds"]["median"]
    print(f"{result['posts']:,} posts, {result['terms']:,} terms; matrix {built:.1f} s")
    for by, row in result["groupings"].items():
        taken, share = row["seconds"]["median"], row["of_matrix"]["median"]
        print(f"{by:10} {row['groups']:5,} groups {taken:6.2f} s, {share:.2f} of the matrix")
    print(f"peak memory {result['peak_mb']:,} MB; {result['machine']}")


if __name__ == "__main__":
    main()
