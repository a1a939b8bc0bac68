"""Tokens to a document-term matrix: textmine beside scikit-learn's CountVectorizer, with equal output.

    python bench/matrix.py
    python bench/matrix.py --posts 400000 --format json

Both get the same tokens in the form that they take without conversion: textmine a Polars column of lists, the
CountVectorizer a list of lists of str with ``analyzer`` set to give each list back. The tokens come from simulated
captions, and from the real texts under ``--data`` where that folder is there. Equality is checked, not assumed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import polars as pl
from measure import DATA, in_turns, machine, ratios, spread
from sklearn.feature_extraction.text import CountVectorizer

from textmine.counting import token_matrix
from textmine.language.clean import clean
from textmine.language.tokens import word_tokens
from textmine.simulation import simulate

GOAL = 4.0


def simulated_captions(n_posts: int) -> pl.Series:
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder), n_posts=n_posts, seed=1, format="parquet")
        return pl.read_parquet(Path(folder) / "posts.parquet" / "*.parquet", columns=["caption"])["caption"]


def real_captions(data: Path, n_posts: int) -> pl.Series | None:
    """Real sentences, repeated up to ``n_posts`` (Heaps' law stops there; the simulated corpus has a longer tail)."""
    file = data / "sentiment" / "smsa" / "train_preprocess.tsv"
    if not file.is_file():
        return None
    lines = [line.split("\t")[0] for line in file.read_text(encoding="utf-8").splitlines()]
    return pl.Series("caption", (lines * (n_posts // len(lines) + 1))[:n_posts])


def measure(captions: pl.Series, repetitions: int) -> dict[str, object]:
    tokens = captions.to_frame("caption").select(word_tokens(clean(pl.col("caption")))).to_series()
    lists = tokens.to_list()

    def peer() -> tuple[object, list[str]]:
        vectorizer = CountVectorizer(analyzer=lambda post: post)
        return vectorizer.fit_transform(lists), vectorizer.get_feature_names_out().tolist()

    ours, vocabulary = token_matrix(tokens)
    theirs, names = peer()
    if (ours != theirs).nnz or vocabulary.to_list() != names:
        raise SystemExit("the two matrices differ: nothing to compare")
    seconds = in_turns({"textmine": lambda: token_matrix(tokens), "CountVectorizer": peer}, repetitions=repetitions)
    return {
        "posts": len(tokens),
        "tokens": int(ours.sum()),
        "types": len(vocabulary),
        "textmine_seconds": spread(seconds["textmine"]),
        "peer_seconds": spread(seconds["CountVectorizer"]),
        "times_as_fast": ratios(seconds["CountVectorizer"], seconds["textmine"]),
        "goal": GOAL,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    corpora = {"simulated": simulated_captions(options.posts)}
    real = real_captions(options.data, options.posts)
    if real is not None:
        corpora["real sentences"] = real
    result = {name: measure(captions, options.repetitions) for name, captions in corpora.items()}
    if options.format == "json":
        print(json.dumps({"machine": machine(), "matrix": result}, indent=2))
        return
    print(f"{machine()}; {options.repetitions} runs each, in turns")
    print(f"{'corpus':<16} {'tokens':>12} {'types':>9} {'textmine s':>11} {'peer s':>8}  times as fast (min to max)")
    for name, row in result.items():
        times = row["times_as_fast"]
        print(
            f"{name:<16} {row['tokens']:>12,} {row['types']:>9,} {row['textmine_seconds']['median']:>11.3f}"
            f" {row['peer_seconds']['median']:>8.3f}"
            f" {times['median']:>12.1f} ({times['min']:.1f} to {times['max']:.1f}), goal {GOAL:g}"
        )


if __name__ == "__main__":
    main()
