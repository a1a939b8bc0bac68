"""Raw posts to lists of stems, tokens a second, beside spaCy, nlp-id, indoNLP and PySastrawi, on a warm vocabulary.

    python bench/language_speed.py
    python bench/language_speed.py --posts 20000 --repetitions 3 --format json

Everyone gets the same captions as Python strings or as a Polars column, made beforehand, and gives a list of words for
each post. textmine cleans (links, mentions, hashtags, telephone numbers), splits, normalises and stems; the others do
what their line says, mostly less. A token is one of textmine's words for all of them, so that rates are ratios of time.
Slow peers get the first posts only. In turns, each first every other time; the warm-up run is not counted, so
textmine and PySastrawi, which keep the words that they have met, have met all of them; ``anew`` makes the stemmer anew
each time. textmine uses both cores, the others one; textmine on one core is measured in a process of its own.

Captions: simulated ones, and the real posts under ``--data``, repeated.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import polars as pl
from matrix import simulated_captions
from measure import DATA, machine, spread
from scores import package

import textmine.polars  # noqa: F401 - registers .textmine
from textmine.language.analyzer import IndonesianAnalyzer
from textmine.language.clean import clean
from textmine.language.tokens import word_tokens

GOAL = 1_000_000
ANALYZER, COLUMN = "textmine, IndonesianAnalyzer.transform", "textmine, Polars column of stems"
DOES = {ANALYZER: "cleans, splits, normalises, stems", COLUMN: "cleans, splits, stems"}
Lists = Callable[[list[str]], object]


class Peer(NamedTuple):
    """What it does, how many posts it gets at most, and the function."""

    does: str
    posts: int
    run: Lists


def real_posts(data: Path, n_posts: int) -> pl.Series | None:
    """Captions of real posts, repeated up to about ``n_posts``."""
    files = {
        "posts/instagram_fst_unja/fst_unja_from_gallery_dl_348posts.csv": "caption",
        "posts/x_tweet_harvest_kipk/kipk_first_1000.csv": "full_text",
    }
    there = [
        pl.read_csv(data / file, infer_schema=False)[name] for file, name in files.items() if (data / file).is_file()
    ]
    if not there:
        return None
    captions = pl.concat([series.rename("caption") for series in there]).drop_nulls()
    return pl.concat([captions] * max(1, n_posts // len(captions)))


def own(captions: pl.Series) -> dict[str, Callable[[], object]]:
    analyzer = IndonesianAnalyzer(stopwords="none", min_length=1, emoji=False, hashtags=False)
    posts = captions.to_frame("caption")
    stems = pl.col("caption").textmine.stems()
    return {ANALYZER: lambda: analyzer.transform(captions), COLUMN: lambda: posts.select(stems)}


def peers(skipped: list[str]) -> dict[str, Peer]:
    found: dict[str, Peer] = {}
    for load in (spacy_peers, nlp_id_peers, indonlp_peers, pysastrawi_peers):
        try:
            found |= load()
        except ImportError as error:
            skipped.append(f"{load.__name__.removesuffix('_peers')}: {error}")
            print(f"SKIPPED {skipped[-1]} (pip install --group bench)", file=sys.stderr)
    return found


def spacy_peers() -> dict[str, Peer]:
    import spacy

    tokenizer = spacy.blank("id")

    def tokens(texts: list[str]) -> object:
        return [[token.text for token in post] for post in tokenizer.pipe(texts)]

    found = {package("spacy"): Peer("splits", 5_000, tokens)}
    try:
        import spacy_lookups_data  # noqa: F401 - registers the tables
    except ImportError:
        return found
    lemmatizer = spacy.blank("id")
    lemmatizer.add_pipe("lemmatizer", config={"mode": "lookup"})
    lemmatizer.initialize()

    def lemmas(texts: list[str]) -> object:
        return [[token.lemma_ for token in post] for post in lemmatizer.pipe(texts)]

    return found | {"spacy with look-up lemmas": Peer("splits, looks lemmas up", 5_000, lemmas)}


def nlp_id_peers() -> dict[str, Peer]:
    from nlp_id.lemmatizer import Lemmatizer
    from nlp_id.tokenizer import Tokenizer

    tokenize, lemmatize = Tokenizer().tokenize, Lemmatizer().lemmatize
    return {
        f"{package('nlp-id')} Tokenizer": Peer("splits", 2_000, lambda texts: [tokenize(text) for text in texts]),
        "nlp-id Lemmatizer": Peer(
            "splits, looks lemmas up", 5_000, lambda texts: [lemmatize(text).split() for text in texts]
        ),
    }


def indonlp_peers() -> dict[str, Peer]:
    from indoNLP.preprocessing import pipeline, remove_html, remove_url, replace_slang, replace_word_elongation

    clean_text = pipeline([remove_html, remove_url, replace_word_elongation, replace_slang])
    does = "takes out HTML and links, elongation, slang, splits at spaces"
    return {package("indoNLP"): Peer(does, 500, lambda texts: [clean_text(text).split() for text in texts])}


def pysastrawi_peers() -> dict[str, Peer]:
    from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

    warm = StemmerFactory().create_stemmer().stem

    def anew(texts: list[str]) -> object:
        stem = StemmerFactory().create_stemmer().stem
        return [stem(text).split() for text in texts]

    does = "takes out signs, splits at spaces, stems"
    return {
        f"{package('PySastrawi')}, words met before": Peer(
            does, 5_000, lambda texts: [warm(text).split() for text in texts]
        ),
        "PySastrawi, anew": Peer(does, 300, anew),
    }


def n_tokens(captions: pl.Series) -> int:
    return int(captions.to_frame("c").select(word_tokens(clean(pl.col("c"))).list.len().sum()).item())


def rates(captions: pl.Series, others: dict[str, Peer], repetitions: int) -> dict[str, list[float]]:
    """Tokens a second of each repetition of each contender."""
    jobs: dict[str, tuple[int, Callable[[], object]]] = {
        name: (n_tokens(captions), run) for name, run in own(captions).items()
    }
    for name, peer in others.items():
        # Spread over the whole, so that no agency is all there is.
        sample = captions.gather_every(max(1, len(captions) // peer.posts)).head(peer.posts)
        texts = sample.to_list()
        jobs[name] = (n_tokens(sample), lambda run=peer.run, texts=texts: run(texts))
    for _, run in jobs.values():
        run()
    found: dict[str, list[float]] = {name: [] for name in jobs}
    for repetition in range(repetitions):
        for name in list(jobs)[:: 1 if repetition % 2 == 0 else -1]:
            tokens, run = jobs[name]
            start = time.perf_counter()
            run()
            found[name].append(tokens / (time.perf_counter() - start))
    return found


def measure(captions: pl.Series, others: dict[str, Peer], repetitions: int) -> dict[str, object]:
    found = rates(captions, others, repetitions)
    ours = found[ANALYZER]
    return {
        "posts": len(captions),
        "tokens": n_tokens(captions),
        "contenders": {
            name: {
                "does": others[name].does if name in others else DOES[name],
                "tokens_a_second": spread(each),
                "times_as_fast": spread([our / their for our, their in zip(ours, each, strict=True)]),
            }
            for name, each in found.items()
        },
    }


def on_one_core(options: argparse.Namespace) -> dict[str, dict]:
    command = [sys.executable, __file__, "--format", "json", "--own-only", "--posts", str(options.posts)]
    command += ["--repetitions", str(options.repetitions), "--data", str(options.data)]
    environment = os.environ | {"POLARS_MAX_THREADS": "1"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)["corpora"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--own-only", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    load = [os.getloadavg()[0]]
    corpora = {"simulated": simulated_captions(options.posts)}
    real = real_posts(options.data, options.posts)
    skipped: list[str] = []
    if real is None:
        skipped.append("real posts: no ../shared/data/posts")
        print(f"SKIPPED {skipped[-1]}", file=sys.stderr)
    else:
        corpora["real posts, repeated"] = real
    others = {} if options.own_only else peers(skipped)
    result = {name: measure(captions, others, options.repetitions) for name, captions in corpora.items()}
    if not options.own_only:
        for name, row in on_one_core(options).items():
            result[name]["one_core"] = {who: each["tokens_a_second"] for who, each in row["contenders"].items()}
    load.append(os.getloadavg()[0])
    if options.format == "json":
        found = {"machine": machine(), "load": load, "goal": GOAL, "corpora": result, "skipped": skipped}
        print(json.dumps(found, indent=2))
        return
    for name, corpus in result.items():
        print(f"{name}: {corpus['posts']:,} posts, {corpus['tokens']:,} tokens; {machine()}")
        for who, row in corpus["contenders"].items():
            rate, times = row["tokens_a_second"], row["times_as_fast"]
            print(f"  {who:<42} {rate['median']:>11,.0f} tokens/s ({rate['min']:,.0f} to {rate['max']:,.0f})"
                  f" {times['median']:>8,.1f} ({times['min']:,.1f} to {times['max']:,.1f})  {row['does']}")  # fmt: skip
        for who, rate in corpus.get("one_core", {}).items():
            print(f"  {who + ', one core':<42} {rate['median']:>11,.0f} tokens/s")


if __name__ == "__main__":
    main()
