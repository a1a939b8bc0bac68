"""How a vocabulary grows, what merging it costs the driver, and what pruning and sketches lose: for docs/scale.md.

    python bench/scale_vocabulary.py
    python bench/scale_vocabulary.py --posts 20000 --terms 100000 200000 --format json

Heaps' law is fitted to what textmine's own language layer makes of simulated posts and of the real text under
``--data``. The merge is that of the driver, on made-up rows of a given number of terms; what a worker learns is a
vocabulary of made-up words; both in processes of their own. The bounds of pruning in each part and of the count-min
sketch are checked on the counts of the simulated posts, at several settings: where one does not hold, the script fails.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import scipy.sparse as sp
from measure import DATA, machine

from textmine import resources
from textmine.counting import document_term_matrix
from textmine.language.settings import LanguageSettings
from textmine.matrix import DocumentTermMatrix
from textmine.simulation import load_settings, simulate
from textmine.vocabulary import VocabularyBuilder

HERE = Path(__file__).resolve().parent
PARTS, LEAST = (4, 16, 64), (2, 3, 5)
SKETCHES = ((1e-3, 0.05), (1e-4, 0.05), (1e-5, 0.05), (1e-4, 0.001))

MERGE = """
import json, sys, time
import numpy as np, polars as pl
from textmine.vocabulary import PARTIAL_KEYS, PARTIAL_SUMS, merge_vocabulary
n, random = int(sys.argv[1]), np.random.default_rng(1)
term = (pl.Series(range(n)).cast(pl.String).str.zfill(7) + "an").sample(fraction=1.0, shuffle=True, seed=1)
written = pl.DataFrame({"kind": ["word"] * n, "term": term, "surface": term, "count": random.zipf(1.6, n) % 10**9})
found = pl.DataFrame({"term": term, "document_frequency": written["count"]})
schema = pl.Schema({**PARTIAL_KEYS, **PARTIAL_SUMS})
table = pl.concat([schema.to_frame(), written, found], how="diagonal_relaxed").with_columns(
    pl.col(PARTIAL_SUMS.names()).fill_null(0)).select(schema.names()).cast(schema)
del written, found, term
from peers_child import peak_mb
before = peak_mb()
began = time.process_time()
vocabulary = merge_vocabulary(table.sort("kind", "term", "surface"))
assert len(vocabulary) == n
seconds = time.process_time() - began
told = {"terms": n, "rows": len(table), "processor_seconds": seconds, "peak_mb": peak_mb(), "before_mb": before}
print(json.dumps(told))
"""

LEARN = """
import json, sys, time
import polars as pl
from peers_child import peak_mb
from textmine.language.settings import LanguageSettings
from textmine.vocabulary import VocabularyBuilder
def word(number):
    letters = ""
    while number:
        number, letter = divmod(number, 26)
        letters += "etaoinsrhldcumfpgwybvkxjqz"[letter]
    return letters
n, seconds, builder = int(sys.argv[1]), 0.0, VocabularyBuilder(LanguageSettings())
start = 26**4
for first in range(start, start + n, 100_000):
    words = list(map(word, range(first, first + 100_000)))
    posts = pl.DataFrame({"caption": [" ".join(words[i : i + 20]) for i in range(0, len(words), 20)]})
    posts = posts.with_columns(pl.lit([], pl.List(pl.String)).alias("hashtags"))
    began = time.process_time()
    builder.add(posts)
    seconds += time.process_time() - began
rows = len(builder.partial())
print(json.dumps({"terms": len(builder.terms), "rows": rows, "processor_seconds": seconds, "peak_mb": peak_mb()}))
"""


def simulated_posts(n_posts: int) -> pl.DataFrame:
    settings = load_settings(resources.find("corpora/season2020/settings.toml"))
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder) / "all", settings=settings, n_posts=n_posts, seed=1, format="parquet")
        posts = pl.scan_parquet(Path(folder) / "all" / "posts.parquet" / "*.parquet")
        return posts.select("caption", "hashtags").collect()


def real_posts(data: Path) -> pl.DataFrame | None:
    """Captions, tweets and sentences of the real sets, each once."""
    texts: list[str] = []
    for name, column in (
        ("posts/instagram_fst_unja/fst_unja_from_gallery_dl_348posts.csv", "caption"),
        ("posts/x_tweet_harvest_kipk/kipk_first_1000.csv", "full_text"),
    ):
        if (data / name).is_file():
            texts += pl.read_csv(data / name, infer_schema=False)[column].drop_nulls().to_list()
    for name in ("sentiment/smsa/train_preprocess.tsv", "normalisation/stif/train.inf", "normalisation/stif/dev.inf"):
        if (data / name).is_file():
            texts += [line.split("\t")[0] for line in (data / name).read_text(encoding="utf-8").splitlines()]
    if not texts:
        return None
    found = pl.DataFrame({"caption": texts}).unique(maintain_order=True)
    return found.with_columns(pl.col("caption").str.extract_all(r"#(\w+)").alias("hashtags"))


def heaps(posts: pl.DataFrame) -> dict[str, Any]:
    """Terms after so many counted terms, at doubling numbers of posts in random order, and the law of the last four."""
    posts = posts.sample(fraction=1.0, shuffle=True, seed=1)
    builder, counted, points, start = VocabularyBuilder(LanguageSettings()), 0, [], 0
    sizes = [len(posts) // 2**step for step in range(9, -1, -1) if len(posts) // 2**step >= 50]
    for size in sizes:
        counted += int(builder.add(posts[start:size]).sum())
        points.append({"posts": size, "tokens": counted, "terms": len(builder.terms)})
        start = size
    tokens, terms = (np.log([point[name] for point in points[-4:]]) for name in ("tokens", "terms"))
    exponent, scale = np.polyfit(tokens, terms, 1)
    off = np.exp(scale + exponent * tokens - terms) - 1
    slopes = np.diff(np.log([p["terms"] for p in points])) / np.diff(np.log([p["tokens"] for p in points]))
    return {
        "points": points,
        "exponent": float(exponent),
        "scale": float(np.exp(scale)),
        "largest_error": float(np.abs(off).max()),
        "slopes": [round(float(slope), 3) for slope in slopes],
    }


def in_a_process(program: str, n_terms: int) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-c", program, str(n_terms)], cwd=HERE, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def document_frequencies(counts: sp.csr_array, n_parts: int) -> np.ndarray:
    """Posts of each part that hold each term, shape (n_parts, n_terms)."""
    edges = [counts.shape[0] * part // n_parts for part in range(n_parts + 1)]
    blocks = [counts[edges[i] : edges[i + 1]] for i in range(n_parts)]
    return np.vstack([np.bincount(block.indices, minlength=counts.shape[1]) for block in blocks])


def pruned(matrix: DocumentTermMatrix) -> Iterator[dict[str, Any]]:
    """What is left where each part only tells of terms in at least so many of its posts; the bounds hold or this fails.

    A term in ``parts * (least - 1) + 1`` posts is in ``least`` posts of some part (pigeonholes), so it is told of; a
    term that is told of by some part lacks at most ``least - 1`` posts of each other part.
    """
    for n_parts in PARTS:
        by_part = document_frequencies(matrix.counts, n_parts)
        true = by_part.sum(axis=0)
        for least in LEAST:
            told = np.where(by_part >= least, by_part, 0)
            kept, bound, most = told.any(axis=0), n_parts * (least - 1) + 1, (n_parts - 1) * (least - 1)
            missed = (true - told.sum(axis=0))[kept]
            assert kept[true >= bound].all() and missed.max() <= most, (n_parts, least)
            yield {
                "parts": n_parts,
                "least": least,
                "never_lost_from": bound,
                "rows": int((by_part > 0).sum()),
                "rows_left": int((told > 0).sum()),
                "terms": len(true),
                "terms_left": int(kept.sum()),
                "most_posts_of_a_lost_term": int(true[~kept].max(initial=0)),
                "entries_lost": float(true[~kept].sum() / true.sum()),
                "largest_miss": int(missed.max()),
                "bound_of_misses": most,
                "mean_miss": float(missed.mean()),
            }


def sketched(matrix: DocumentTermMatrix) -> Iterator[dict[str, Any]]:
    """Count-min sketches (Cormode and Muthukrishnan 2005) of the occurrences, added up over parts."""
    count = matrix.vocabulary["count"].cast(pl.Int64).to_numpy()
    halves = [np.asarray(half.sum(axis=0)).ravel() for half in (matrix.counts[::2], matrix.counts[1::2])]
    terms = matrix.vocabulary.select(pl.col("kind").cast(pl.String) + " " + pl.col("term")).to_series()
    for epsilon, delta in SKETCHES:
        width, depth = int(np.ceil(np.e / epsilon)), int(np.ceil(np.log(1 / delta)))
        cells = [(terms.hash(row) % width).to_numpy() for row in range(depth)]
        of_halves = [[np.bincount(cell, half, minlength=width) for cell in cells] for half in halves]
        sketch = np.add(*of_halves)
        for row, cell in zip(sketch, cells, strict=True):
            assert np.array_equal(row, np.bincount(cell, count, minlength=width)), "parts add up to the whole"
        estimate = np.min([row[cell] for row, cell in zip(sketch, cells, strict=True)], axis=0)
        over = estimate - count
        assert over.min() >= 0
        bound = epsilon * count.sum()
        share = float((over > bound).mean())
        assert share <= delta, (epsilon, delta, share)
        yield {
            "epsilon": epsilon,
            "delta": delta,
            "megabytes": width * depth * 8 / 1e6,
            "bound": float(bound),
            "beyond_bound": share,
            "largest_error": float(over.max()),
            "mean_error": float(over.mean()),
        }


def measure(n_posts: int, terms: list[int], data: Path) -> dict[str, Any]:
    posts, real = simulated_posts(n_posts), real_posts(data)
    matrix = document_term_matrix(posts)
    vocabularies = {"simulated": heaps(posts)}
    if real is None:
        print(f"SKIPPED real text: nothing under {data}", file=sys.stderr)
    else:
        vocabularies["real text"] = heaps(real)
    return {
        "machine": machine(),
        "posts": n_posts,
        "tokens_a_post": float(matrix.vocabulary["count"].sum() / n_posts),
        "rows_a_term": rows_a_term(posts),
        "heaps": vocabularies,
        "merge": [in_a_process(MERGE, n) for n in terms],
        "learn": [in_a_process(LEARN, n) for n in terms[:2]],
        "pruned": list(pruned(matrix)),
        "sketched": list(sketched(matrix)),
    }


def rows_a_term(posts: pl.DataFrame) -> float:
    """Rows that the driver is given for each term: its written forms, and one for its posts."""
    builder = VocabularyBuilder(LanguageSettings())
    builder.add(posts)
    return len(builder.partial()) / len(builder.terms)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--terms", type=int, nargs="+", default=[250_000, 1_000_000, 4_000_000])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args()
    result = measure(options.posts, options.terms, options.data)
    if options.format == "json":
        print(json.dumps(result, indent=1))
        return
    print(result["machine"])
    for name, law in result["heaps"].items():
        last = law["points"][-1]
        print(
            f"{name}: {last['terms']:,} terms of {last['tokens']:,} tokens; {law['scale']:.1f} N^{law['exponent']:.3f}"
        )
    for name in ("merge", "learn", "pruned", "sketched"):
        print(pl.DataFrame(result[name]))


if __name__ == "__main__":
    main()
