"""A cost model of runs on Spark, checked against measurements, and what it says for billions of posts: docs/scale.md.

    python bench/spark.py --posts 60000 200000 600000 --format json > bench/results/spark.json
    python bench/scale_vocabulary.py --format json > bench/results/scale_vocabulary.json
    python bench/scale.py                                          # writes docs/scale.md from these
    python bench/scale.py --posts 60000000 --cores 16 --parts 64 --print

The constants are fitted to all sizes of ``spark.json`` but the largest, which they then have to predict; for the plan
they are fitted anew to all sizes. What the driver does alone is taken from ``growth.json`` (bench/growth.py).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import nnls

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
PAGE = HERE.parent / "docs" / "scale.md"
POSTS, CORES = 6_000_000_000, 100
STEPS = ("matrix", "keywords", "topics", "reports")
SERIAL = ("ingest", "keywords", "hashtags", "sentiment", "topics", "languages", "duplicates", "features")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class StepModel:
    """What a step costs, from the rows that its parts give: rows of a part are ``scale * posts ** exponent``."""

    scale: float
    exponent: float
    seconds_a_post: float
    seconds_a_row: float
    java_a_row: float
    bytes_a_row: float
    driver_start: float
    driver_a_row: float
    merged_scale: float
    merged_exponent: float
    worker_mb: float
    worker_mb_a_row: float

    @classmethod
    def fit(cls, rows: Sequence[Row]) -> StepModel:
        """Fit to runs on Spark of one step at two or more numbers of posts."""
        posts, parts = (np.array([row[name] for row in rows], float) for name in ("posts", "parts"))
        given, merged, cpu, java, driver, sent, peak = (
            np.array([row[name] for row in rows], float)
            for name in ("part_rows", "rows", "cpu", "java_cpu", "driver_cpu", "shuffled", "peak_mb")
        )
        if not given.any():  # nothing is merged: time by posts alone
            return cls(
                0, 0, float(cpu.sum() / posts.sum()), 0, 0, 0, float(driver.mean()), 0, 0, 0, float(peak.max()), 0
            )
        exponent, scale = np.polyfit(np.log(posts / parts), np.log(given / parts), 1)
        of_all, merged_scale = np.polyfit(np.log(posts), np.log(merged), 1)
        weight = 1 / cpu  # errors count as shares
        (by_post, by_row), _ = nnls(np.column_stack([posts, given]) * weight[:, None], np.ones(len(cpu)))
        (start, by_merged), _ = nnls(np.column_stack([np.ones(len(driver)), merged]), driver)
        (least, by_kept), _ = nnls(np.column_stack([np.ones(len(peak)), given / parts]), peak)
        return cls(
            float(np.exp(scale)),
            float(exponent),
            float(by_post),
            float(by_row),
            float(java.sum() / given.sum()),
            float(sent.sum() / given.sum()),
            float(start),
            float(by_merged),
            float(np.exp(merged_scale)),
            float(of_all),
            float(least),
            float(by_kept),
        )

    def part_rows(self, posts: float, parts: float) -> float:
        return parts * self.scale * (posts / parts) ** self.exponent if self.scale else 0.0

    def merged_rows(self, posts: float) -> float:
        return self.merged_scale * posts**self.merged_exponent if self.merged_scale else 0.0

    def costs(self, posts: float, parts: float) -> dict[str, float]:
        """Processor seconds of Python and Java, bytes, rows and driver seconds."""
        given, merged = self.part_rows(posts, parts), self.merged_rows(posts)
        return {
            "part_rows": given,
            "rows": merged,
            "cpu": self.seconds_a_post * posts + self.seconds_a_row * given,
            "java_cpu": self.java_a_row * given,
            "shuffled": self.bytes_a_row * given,
            "driver_cpu": self.driver_start + self.driver_a_row * merged,
            "peak_mb": self.worker_mb + self.worker_mb_a_row * given / parts,
        }


def on_spark(spark: Row, step: str) -> list[Row]:
    return sorted((row for row in spark["rows"] if row["engine"] == "Spark" and row["step"] == step), key=_posts)


def _posts(row: Row) -> int:
    return int(row["posts"])


def checked(spark: Row) -> list[dict[str, Any]]:
    """Largest size of each step as the smaller ones predict it, beside what was measured."""
    found = []
    for step in STEPS:
        *smaller, largest = on_spark(spark, step)
        told = StepModel.fit(smaller).costs(largest["posts"], largest["parts"])
        found += [
            {"step": step, "what": what, "predicted": told[what], "measured": float(largest[what])}
            for what in ("cpu", "part_rows", "shuffled", "rows", "driver_cpu", "peak_mb")
            if largest[what] and (what != "shuffled" or largest["part_rows"])
        ]
    return found


def serial_hours(growth: Row, posts: float) -> dict[str, tuple[float, float]]:
    """Seconds of processor for each million posts, and hours for so many, of what the driver does alone."""
    first, last = growth["growth"][0], growth["growth"][-1]
    between = (last["posts"] - first["posts"]) / 1e6
    found = {}
    for stage in SERIAL:
        ends = [size["stages"][stage]["processor_seconds"] for size in (first, last)]
        each = max(ends[1] - ends[0], 0.0) / between
        found[stage] = (each, each * posts / 1e6 / 3600)
    return found


def merge_line(vocabulary: Row) -> tuple[float, float]:
    """Bytes and seconds of the driver for each term beyond the start, through the largest merges."""
    terms, memory, seconds = (
        np.array([each[name] for each in vocabulary["merge"]]) for name in ("terms", "peak_mb", "processor_seconds")
    )
    return float(np.polyfit(terms, memory * 2**20, 1)[0]), float(np.polyfit(terms, seconds, 1)[0])


def terms_at(law: Row, posts: float, tokens_a_post: float) -> float:
    return law["scale"] * (posts * tokens_a_post) ** law["exponent"]


def read(name: str) -> Row:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def main() -> None:
    from scale_page import page

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=float, default=POSTS)
    parser.add_argument("--cores", type=int, default=CORES)
    parser.add_argument("--parts", type=int, help="two a core if left out, as the engine cuts them")
    parser.add_argument("--print", dest="print_only", action="store_true")
    options = parser.parse_args()
    parts = options.parts or 2 * options.cores
    text = page(read("spark"), read("scale_vocabulary"), read("growth"), options.posts, options.cores, parts)
    if options.print_only:
        print(text)
        return
    PAGE.write_text(text, encoding="utf-8")
    print(PAGE.relative_to(HERE.parent))


if __name__ == "__main__":
    main()
