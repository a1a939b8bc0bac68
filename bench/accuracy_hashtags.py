"""Exact-match accuracy of hashtag segmentation, Indonesian (segmented by hand for this project) and English (BOUN).

    python bench/accuracy_hashtags.py
    python bench/accuracy_hashtags.py --format json

The Indonesian hashtags stand in tests/language/hashtags_gold.tsv; costs were chosen on the half called ``dev``.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

from measure import DATA

from textmine.language.segmentation import HashtagSegmenter

GOLD = Path(__file__).resolve().parent.parent / "tests" / "language" / "hashtags_gold.tsv"


def accuracy(segmenter: HashtagSegmenter, pairs: list[tuple[str, str]]) -> dict[str, float]:
    right = sum(" ".join(segmenter.segment(hashtag)) == words for hashtag, words in pairs)
    return {"hashtags": len(pairs), "exact_match": right / len(pairs)}


def indonesian(half: str) -> list[tuple[str, str]]:
    with GOLD.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["hashtag"], row["words"]) for row in rows if row["half"] == half]


def english(path: Path) -> list[tuple[str, str]]:
    """Hashtag and gold of BOUN, which has no header."""
    with path.open(encoding="utf-8", newline="") as file:
        return [(row[0], row[1].lower().strip()) for row in csv.reader(file)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boun", type=Path, default=DATA / "hashtags" / "boun-celebi-et-al.csv")
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    segmenter = HashtagSegmenter()
    result = {f"Indonesian, {half}": accuracy(segmenter, indonesian(half)) for half in ("dev", "held_out")}
    if options.boun.is_file():
        result["English, BOUN"] = accuracy(HashtagSegmenter(("en",)), english(options.boun))
    if options.format == "json":
        print(json.dumps(result, indent=2))
        return
    for name, row in result.items():
        print(f"{name:<22} {row['hashtags']:>5} hashtags, exact match {row['exact_match']:.3f}")
    if "English, BOUN" not in result:
        print(f"BOUN is not at {options.boun}: not measured")


if __name__ == "__main__":
    main()
