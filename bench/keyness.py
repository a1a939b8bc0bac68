"""How long keyness takes beside the matrix that it is made of: all statistics, tests and dispersions of every grouping.

    python bench/keyness.py
    python bench/keyness.py --posts 1000000 --repetitions 1 --format json

Simulated posts. The matrix is built in memory from captions (language layer included), then each grouping is compared,
ranked and tested, fifty terms a group, kind and direction.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from pathlib import Path

import polars as pl
from measure import machine

from textmine.keyness import key_terms
from textmine.matrix import document_term_matrix
from textmine.simulation import simulate

GROUPINGS = ("agency", "platform", "month", "account")


def measure(n_posts: int, repetitions: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder), n_posts=n_posts, seed=1, format="parquet")
        posts = pl.read_parquet(Path(folder) / "posts.parquet" / "*.parquet")
    start = time.perf_counter()
    matrix = document_term_matrix(posts)
    built = time.perf_counter() - start
    rows = []
    for by in GROUPINGS:
        seconds = []
        for _ in range(repetitions):
            start = time.perf_counter()
            table = key_terms(posts, by=by, matrix=matrix, direction="both")
            seconds.append(time.perf_counter() - start)
        rows.append(
            {
                "by": by,
                "groups": table["group"].n_unique(),
                "seconds": statistics.median(seconds),
                "of_matrix": statistics.median(seconds) / built,
                "findings": int(table["significant"].sum()),
            }
        )
    return {
        "machine": machine(),
        "posts": len(posts),
        "terms": len(matrix.vocabulary),
        "matrix_seconds": built,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "groupings": rows,
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
    print(f"{result['posts']:,} posts, {result['terms']:,} terms; matrix {result['matrix_seconds']:.1f} s")
    for row in result["groupings"]:
        print(f"{row['by']:10} {row['groups']:5,} groups {row['seconds']:6.2f} s, {row['of_matrix']:.2f} of the matrix")
    print(f"peak memory {result['peak_mb']:,} MB; {result['machine']}")


if __name__ == "__main__":
    main()
