"""Phrases from tokens, and phrases as terms: textmine beside gensim's Phrases, with equal output.

    python bench/phrases.py
    python bench/phrases.py --posts 200000 --format json

Both get the same tokens in the form that they take without conversion: textmine a Polars column of lists, gensim a
list of lists of str. Both find the pairs above the same NPMI; equality of pairs and scores is checked, not assumed.
The second table says what phrases cost where they are used: posts to a document-term matrix without and with them, and
the search itself from posts, where textmine also normalises, looks at distinct posts, and finds three words. The real
sentences are repeated up to the number of posts, so that most of them are no distinct posts.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import polars as pl
from gensim.models.phrases import Phrases as GensimPhrases
from matrix import real_captions, simulated_captions
from measure import DATA, in_turns, machine, ratios, spread

from textmine.counting import document_term_matrix
from textmine.language.clean import clean
from textmine.language.phrases import Phrases
from textmine.language.tokens import word_tokens
from textmine.phrases import find_phrases, find_phrases_in_tokens

THRESHOLD = 0.6
MIN_COUNT = 5


def measure(captions: pl.Series, repetitions: int) -> dict[str, object]:
    tokens = captions.to_frame("caption").select(word_tokens(clean(pl.col("caption")))).to_series()
    lists = tokens.to_list()

    def ours() -> pl.DataFrame:
        return find_phrases_in_tokens(tokens, threshold=THRESHOLD, min_count=MIN_COUNT)

    def peer() -> dict[str, float]:
        model = GensimPhrases(lists, min_count=MIN_COUNT, threshold=THRESHOLD, scoring="npmi", delimiter=" ")
        return model.export_phrases()

    found, theirs = dict(ours().select("phrase", "npmi").iter_rows()), peer()
    if found.keys() != theirs.keys() or not all(math.isclose(found[p], theirs[p], abs_tol=1e-9) for p in theirs):
        raise SystemExit("the two sets of phrases differ: nothing to compare")
    seconds = in_turns({"textmine": ours, "gensim": peer}, repetitions=repetitions)
    n_tokens = int(tokens.list.len().sum())
    return {
        "posts": len(tokens),
        "tokens": n_tokens,
        "phrases": len(found),
        "textmine_tokens_per_second": spread([n_tokens / s for s in seconds["textmine"]]),
        "gensim_tokens_per_second": spread([n_tokens / s for s in seconds["gensim"]]),
        "times_as_fast": ratios(seconds["gensim"], seconds["textmine"]),
    } | as_terms(captions, n_tokens, repetitions)


def as_terms(captions: pl.Series, n_tokens: int, repetitions: int) -> dict[str, object]:
    """What a search over posts and the use of its phrases cost, in tokens a second."""
    posts = pl.DataFrame(
        {"caption": captions, "hashtags": [[]] * len(captions)}, schema_overrides={"hashtags": pl.List(pl.String)}
    )
    phrases = Phrases(find_phrases(posts)["phrase"])
    contenders = {
        "find_phrases": lambda: find_phrases(posts),
        "matrix": lambda: document_term_matrix(posts),
        "matrix_with_phrases": lambda: document_term_matrix(posts, phrases=phrases),
    }
    seconds = in_turns(contenders, repetitions=repetitions)
    rates = {f"{name}_tokens_per_second": spread([n_tokens / s for s in seconds[name]]) for name in contenders}
    costs = {
        "times_the_matrix": ratios(seconds["matrix_with_phrases"], seconds["matrix"]),
        "search_times_the_matrix": ratios(seconds["find_phrases"], seconds["matrix"]),
    }
    return rates | costs | {"phrases_as_terms": len(phrases)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=50_000)
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
        print(json.dumps({"machine": machine(), "phrases": result}, indent=2))
        return
    print(f"{machine()}; {options.repetitions} runs each, in turns; million tokens a second, medians")
    print(f"{'corpus':<16} {'tokens':>11} {'phrases':>8} {'textmine':>9} {'gensim':>7}  times as fast (min to max)")
    for name, row in result.items():
        times = row["times_as_fast"]
        print(
            f"{name:<16} {row['tokens']:>11,} {row['phrases']:>8,} {mega(row, 'textmine')} {mega(row, 'gensim', 7)}"
            f" {times['median']:>10.1f} ({times['min']:.1f} to {times['max']:.1f})"
        )
    print(
        f"\n{'corpus':<16} {'phrases':>8} {'find_phrases':>13} {'matrix':>9} {'matrix with phrases':>20}  takes longer"
    )
    for name, row in result.items():
        print(
            f"{name:<16} {row['phrases_as_terms']:>8,} {mega(row, 'find_phrases', 13)} {mega(row, 'matrix')}"
            f" {mega(row, 'matrix_with_phrases', 20)}  {row['times_the_matrix']['median'] - 1:.0%}"
        )


def mega(row: dict[str, dict[str, float]], name: str, width: int = 9) -> str:
    return f"{row[f'{name}_tokens_per_second']['median'] / 1e6:>{width}.2f}"


if __name__ == "__main__":
    main()
