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
SERIAL = ("ingest", "hashtags", "sentiment", "languages", "duplicates", "features")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class StepModel:
    """What a step costs: by its posts, and by the rows that its parts give and that are merged.

    Rows of a part are ``scale * posts ** exponent``; where nothing is merged, ``scale`` is 0.
    """

    cpu_start: float
    cpu_a_post: float
    scale: float
    exponent: float
    merged_scale: float
    merged_exponent: float
    java_a_row: float
    bytes_a_row: float
    driver_start: float
    driver_a_post: float
    driver_a_row: float

    @classmethod
    def fit(cls, rows: Sequence[Row]) -> StepModel:
        """Fit to runs on Spark of one step at two or more numbers of posts."""
        posts, parts, given, merged, cpu, java, driver, sent = (
            np.array([row[name] for row in rows], float)
            for name in ("posts", "parts", "part_rows", "rows", "cpu", "java_cpu", "driver_cpu", "shuffled")
        )
        work = _shares(cpu, np.ones(len(posts)), posts)
        if not given.any():
            return cls(*work, 0, 0, 0, 0, 0, 0, *_shares(driver, np.ones(len(posts)), posts), 0)
        exponent, scale = np.polyfit(np.log(posts / parts), np.log(given / parts), 1)
        of_all, merged_scale = np.polyfit(np.log(posts), np.log(merged), 1)
        # No start of the driver here: two sizes tell two constants, and what grows are passes over blocks and sorts.
        return cls(
            *work,
            float(np.exp(scale)),
            float(exponent),
            float(np.exp(merged_scale)),
            float(of_all),
            float(java.sum() / given.sum()),
            float(sent.sum() / given.sum()),
            0.0,
            *_shares(driver, posts, merged),
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
            "cpu": self.cpu_start + self.cpu_a_post * posts,
            "java_cpu": self.java_a_row * given,
            "shuffled": self.bytes_a_row * given,
            "driver_cpu": self.driver_start + self.driver_a_post * posts + self.driver_a_row * merged,
        }


def _shares(seconds: np.ndarray, *causes: np.ndarray) -> list[float]:
    """Seconds for each unit of the causes, none below 0; errors count as shares of the seconds."""
    found, _ = nnls(np.column_stack(causes) / seconds[:, None], np.ones(len(seconds)))
    return found.tolist()


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
            for what in ("cpu", "part_rows", "shuffled", "rows", "driver_cpu")
            if largest[what] and (what != "shuffled" or largest["part_rows"])
        ]
    return found


def serial_part(growth: Row) -> Row:
    """Of the measured growth what the page needs."""
    return {
        "growth": [
            {name: size[name] for name in ("posts", "terms")}
            | {"stages": {stage: size["stages"][stage] for stage in SERIAL}}
            for size in growth["growth"]
        ]
    }


def serial(growth: Row) -> dict[str, tuple[float, float]]:
    """Seconds of processor and MB of memory for each further million posts, of what the driver does alone."""
    first, last = growth["growth"][0], growth["growth"][-1]
    between = (last["posts"] - first["posts"]) / 1e6
    found = {}
    for stage in SERIAL:
        few, many = first["stages"][stage], last["stages"][stage]
        seconds, memory = (max(many[name] - few[name], 0.0) / between for name in ("processor_seconds", "peak_mb"))
        found[stage] = (seconds, memory)
    return found


def line(measured: Sequence[Row]) -> tuple[float, float]:
    """Bytes at the peak and processor seconds for each further term."""
    terms, memory, seconds = (
        np.array([each[name] for each in measured]) for name in ("terms", "peak_mb", "processor_seconds")
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
    growth = serial_part(read("growth"))
    text = page(read("spark"), read("scale_vocabulary"), growth, options.posts, options.cores, parts)
    if options.print_only:
        print(text)
        return
    # What the page was made of: growth is measured anew more often than clusters are.
    (RESULTS / "scale_growth.json").write_text(json.dumps(growth, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(text, encoding="utf-8")
    print(PAGE.relative_to(HERE.parent))


if __name__ == "__main__":
    main()
