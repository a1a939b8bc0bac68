"""What textmine's components cost in a spaCy pipeline, beside a pipeline that only splits tokens.

Simulated captions go through ``nlp.pipe`` in one process, in turns with the blank pipeline; the first pass, in which
lexicons are loaded and words are met, is not counted. spaCy's sentencizer is measured for comparison.

    python bench/spacy_pipe.py
    python bench/spacy_pipe.py --posts 2000 --repetitions 3
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import spacy
from measure import machine

from textmine.simulation import simulate

COMPONENTS = (
    "textmine_hashtags",
    "textmine_normaliser",
    "sastrawi_stemmer",
    "textmine_entities",
    "textmine_readability",
)


def captions(n_posts: int) -> list[str]:
    """Captions of a simulated season."""
    with tempfile.TemporaryDirectory() as folder:
        simulate(folder, n_posts=n_posts, seed=1, format="parquet")
        return pl.read_parquet(Path(folder) / "posts.parquet")["caption"].drop_nulls().to_list()


def seconds(nlp: spacy.language.Language, texts: Sequence[str]) -> float:
    """Processor time of one pass."""
    start = time.process_time()
    for _ in nlp.pipe(texts):
        pass
    return time.process_time() - start


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=6_000)
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    texts = captions(arguments.posts)
    blank = spacy.blank("id")
    seconds(blank, texts)
    print(f"{machine()}, spaCy {spacy.__version__}, {len(texts):,} captions\n")
    print("| components | times a blank pipeline | microseconds a post |\n|---|---:|---:|")
    for names in (("sentencizer",), *((name,) for name in COMPONENTS), COMPONENTS):
        nlp = spacy.blank("id")
        for name in names:
            nlp.add_pipe(name)
        seconds(nlp, texts)
        pairs = [(seconds(blank, texts), seconds(nlp, texts)) for _ in range(arguments.repetitions)]
        ratios = [ours / floor for floor, ours in pairs]
        per_post = statistics.median(ours for _, ours in pairs) / len(texts) * 1e6
        title = "all five" if len(names) > 1 else f"`{names[0]}`"
        ratio = f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"
        print(f"| {title} | {ratio} | {per_post:.0f} |", flush=True)


if __name__ == "__main__":
    main()
