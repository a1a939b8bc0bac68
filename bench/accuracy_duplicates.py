"""Near duplicates: how many are found after each kind of change, how many pairs are false, seconds beside datasketch.

    python bench/accuracy_duplicates.py [--texts 4000] [--timed 20000] [--repetitions 3] [--format json]

Originals are captions of simulated posts of five words or more. Each has one changed copy among as many captions that
nobody changed; a copy is found if it is in the cluster of its original. A pair is false if its Jaccard similarity,
computed here once more from the words, is under the threshold. datasketch gets the same texts as sets of the same words
and pairs, 128 hashes, and its own banding; both only have to find candidate pairs.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import random
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
from measure import in_turns, machine, ratios, spread

from textmine import resources
from textmine.duplicates import near_duplicates
from textmine.language.clean import clean
from textmine.posts import POLARS_SCHEMA
from textmine.simulation import load_settings, simulate

THRESHOLD = 0.6
WORDS = clean(pl.col("caption")).str.to_lowercase().str.extract_all(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*")


def captions_of(n_posts: int, seed: int) -> list[str]:
    """Captions of simulated posts, each text once, of five words or more."""
    with tempfile.TemporaryDirectory() as name:
        settings = load_settings(resources.find("corpora/season2020/settings.toml"))
        simulate(Path(name), settings=settings, n_posts=n_posts, seed=seed, format="parquet")
        posts = pl.read_parquet(f"{name}/posts.parquet/*.parquet")
    words = posts.select("caption", words=WORDS).filter(pl.col("words").list.len() >= 5)
    return words.unique("words", keep="first", maintain_order=True)["caption"].to_list()


@functools.cache
def words_of(caption: str) -> list[str]:
    return pl.DataFrame({"caption": [caption]}).select(WORDS).item().to_list()


def elements(caption: str) -> set:
    words = words_of(caption)
    return {*words, *itertools.pairwise(words)}


def jaccard(a: str, b: str) -> float:
    return len(elements(a) & elements(b)) / len(elements(a) | elements(b))


def changes(draw: random.Random, vocabulary: list[str]) -> dict[str, Callable[[str], str]]:
    """Each kind of change as a function of the caption."""

    def some_words(share: float) -> Callable[[str], str]:
        def change(caption: str) -> str:
            words = list(words_of(caption))
            for place in draw.sample(range(len(words)), max(1, round(share * len(words)))):
                words[place] = draw.choice(vocabulary)
            return " ".join(words)

        return change

    return {
        "equal": lambda caption: caption,
        "other hashtags": lambda caption: re.sub(r"#\w+", "", caption) + f" #{draw.choice(vocabulary)} #lain",
        "other link": lambda caption: caption + f" https://s.id/{draw.randrange(10**6)}",
        "emoji and capitals": lambda caption: "🎉 " + caption.upper() + " 🙏🙏",
        "one word in ten changed": some_words(0.1),
        "one word in five changed": some_words(0.2),
    }


def as_posts(captions: list[str]) -> pl.DataFrame:
    n = len(captions)
    given = {
        "platform": ["x"] * n,
        "post_id": [str(i) for i in range(n)],
        "account": [f"a{i}" for i in range(n)],
        "caption": captions,
        "hashtags": [[]] * n,
        "post_kind": ["original"] * n,
    }
    posts = pl.DataFrame([pl.Series(k, given.get(k, [None] * n), dtype=t) for k, t in POLARS_SCHEMA.items()])
    return posts.with_columns(pl.datetime(2020, 1, 1, time_unit="us", time_zone="UTC").alias("published_at"))


def recall(captions: list[str], seed: int) -> dict[str, dict[str, float]]:
    draw = random.Random(seed)
    vocabulary = sorted({word for caption in captions for word in words_of(caption)})
    half = len(captions) // 2
    found = {}
    for name, change in changes(draw, vocabulary).items():
        texts = [*captions, *(change(caption) for caption in captions[:half])]
        table = near_duplicates(as_posts(texts), threshold=THRESHOLD)
        cluster = dict(table.select(pl.col("post_id").cast(pl.Int64), "cluster").iter_rows())
        together = [cluster.get(i, -1) == cluster.get(len(captions) + i, -2) for i in range(half)]
        marked = [i in cluster and len(captions) + i in cluster for i in range(half)]
        long = [i for i in range(half) if len(words_of(captions[i])) >= 10]
        found[name] = {
            "in the original's cluster": sum(together) / half,
            "both marked": sum(marked) / half,
            "both marked, ten words or more": sum(marked[i] for i in long) / max(1, len(long)),
            "false pairs": false_pairs(table, texts),
        }
    return found


def false_pairs(table: pl.DataFrame, texts: list[str]) -> int:
    false = 0
    for _, group in table.group_by("cluster"):
        # any text with similarity 1.0 has the elements of the one in the middle
        middle = texts[int(group.filter(pl.col("similarity") == 1.0)["post_id"][0])]
        false += sum(jaccard(texts[int(post_id)], middle) < THRESHOLD - 1e-9 for post_id in group["post_id"])
    return false


def with_datasketch(sets: list[list[bytes]]) -> int:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=THRESHOLD, num_perm=128)
    for number, signature in enumerate(MinHash.bulk(sets, num_perm=128)):
        index.insert(number, signature)
    return sum(len(bucket) for table in index.hashtables for bucket in table)


def timed(captions: list[str], repetitions: int) -> dict:
    posts = as_posts(captions)
    sets = [[repr(element).encode() for element in elements(caption)] for caption in captions]
    seconds = in_turns(
        {
            "textmine, captions to clusters": lambda: near_duplicates(posts, threshold=THRESHOLD),
            "datasketch, sets to buckets": lambda: with_datasketch(sets),
        },
        repetitions=repetitions,
    )
    ours, theirs = seconds.values()
    each = {name: spread([value / len(captions) * 1e6 for value in values]) for name, values in seconds.items()}
    return {"texts": len(captions), "microseconds a text": each, "times as fast": ratios(theirs, ours)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=4000)
    parser.add_argument("--timed", type=int, default=20_000)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    captions = captions_of(max(options.texts, options.timed) * 2, seed=3)
    found = recall(captions[: options.texts], seed=1)
    speed = timed(captions[: options.timed], options.repetitions)
    if options.format == "json":
        print(json.dumps({"machine": machine(), "recall": found, "speed": speed}, indent=2))
        return
    print(f"{machine()}; {options.texts:,} texts, half of them with a changed copy")
    for name, row in found.items():
        print(f"{name:<26}" + "".join(f" {label}: {value:.3f}" for label, value in row.items()))
    for name, row in speed["microseconds a text"].items():
        print(f"{name:<32} {row['median']:>6,.0f} microseconds a text ({row['min']:,.0f} to {row['max']:,.0f})")
    print("times as fast: {median:.1f} ({min:.1f} to {max:.1f})".format(**speed["times as fast"]))


if __name__ == "__main__":
    sys.exit(main())
