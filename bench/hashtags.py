"""Hashtags: campaigns and hijacks that are known beforehand, false bursts in quiet seasons, seconds and memory.

    python bench/hashtags.py [--posts 200000] [--format json]

Campaigns are those of the simulator: agencies carry a hashtag in a window, on a share of their posts about its topics.
Hijacks are planted: one use in twenty of a hashtag whose posts all have one topic stands under a post of another topic.
False bursts are counted in seasons whose days are shuffled, so that nothing bursts.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from measure import machine

from textmine.counting import document_term_matrix, store_document_term_matrix
from textmine.hashtags import (
    analyse_hashtags,
    find_campaigns,
    hashtag_bursts,
    hashtag_network,
    hashtag_uses,
    unrelated_uses,
)
from textmine.language.settings import LanguageSettings
from textmine.matrix import StoredMatrix
from textmine.simulation import SimulationSettings, simulate

KEY = ["platform", "post_id"]


def simulated(folder: Path, n_posts: int, seed: int, **settings: int) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """Posts as they are stored, and the topic, other topic and campaign of each."""
    simulate(folder, settings=SimulationSettings(n_posts=n_posts, **settings), seed=seed, format="parquet")
    truth = pl.read_parquet(folder / "truth_posts.parquet").select(*KEY, "topic", "side_topic", "campaign")
    return pl.scan_parquet(folder / "posts.parquet/*.parquet"), truth


def campaigns(posts: pl.DataFrame, truth: pl.DataFrame) -> list[dict]:
    """First and last day, posts and agencies of each campaign of three agencies or more, planted and found."""
    uses = hashtag_uses(posts)
    found = find_campaigns(uses, hashtag_bursts(uses), hashtag_network(uses)).campaigns
    found = found.filter(pl.col("basis") == "burst")
    carried = uses.posts.join(truth, on=KEY).drop_nulls("campaign").group_by("campaign").agg(
        pl.len().alias("posts"), pl.col("agency").n_unique().alias("agencies"),
        pl.col("day").min().alias("start"), pl.col("day").max().alias("end"),
        pl.col("agency").cast(pl.String).unique().alias("who"),
    )  # fmt: skip
    rows = []
    for planted in carried.filter(pl.col("agencies") >= 3).sort("posts", descending=True).iter_rows(named=True):
        tag = planted["campaign"].lower()
        alike = found.filter(pl.col("hashtags").list.eval(pl.element().str.to_lowercase() == tag).list.any())
        best = alike.sort("posts", descending=True).to_dicts()
        row = {name: planted[name] for name in ("campaign", "posts", "agencies")}
        if best:
            row["days_off_start"] = (best[0]["start"] - planted["start"]).days
            row["days_off_end"] = (best[0]["end"] - planted["end"]).days
            row["posts_found"] = best[0]["posts"]
            row["agencies_found"] = len(set(best[0]["agency_list"]) & set(planted["who"]))
        rows.append(row)
    return rows


def hijacks(posts: pl.DataFrame, truth: pl.DataFrame, seed: int) -> dict[str, float]:
    """Recall and precision over all hashtags of 60 posts or more whose posts nearly all have one topic."""
    uses = hashtag_uses(posts)
    topics = uses.posts.select(KEY).join(truth, on=KEY, how="left", maintain_order="left")
    carried = uses.uses.with_columns(topics[uses.uses["post"]].select("topic"))
    first_mode = pl.col("topic").mode().sort().first()
    main = carried.group_by("tag").agg(
        first_mode.alias("main"), pl.len().alias("n"), (pl.col("topic") == first_mode).mean().alias("pure")
    )
    main = main.filter((pl.col("n") >= 60) & (pl.col("pure") > 0.9)).sort("tag")
    draw = np.random.default_rng(seed)
    added, planted = {}, set()
    for tag, topic, n in main.select("tag", "main", "n").iter_rows():
        name = uses.hashtags["hashtag"][tag][1:]
        other = topics.with_row_index("at").filter((pl.col("topic") != topic) & ~pl.col("side_topic").eq_missing(topic))
        for at in map(int, draw.choice(other["at"].to_numpy(), n // 20, replace=False)):
            key = (str(topics["platform"][at]), topics["post_id"][at])
            added.setdefault(key, []).append(name)
            planted.add((f"#{name}", *key))
    more = pl.DataFrame([(*key, tags) for key, tags in added.items()], schema=[*KEY, "more"], orient="row")
    more = more.with_columns(pl.col("platform").cast(posts.schema["platform"]))
    mixed = posts.join(more, on=KEY, how="left", maintain_order="left").with_columns(
        pl.col("hashtags").list.concat(pl.col("more").fill_null([]))
    )
    flagged = unrelated_uses(hashtag_uses(mixed), document_term_matrix(posts)).uses
    names = uses.hashtags["hashtag"].gather(main["tag"]).implode()
    keys = flagged.filter(pl.col("hashtag").is_in(names)).select(
        "hashtag", pl.col("platform").cast(pl.String), "post_id"
    )
    hits = len(set(keys.rows()) & planted)
    return {
        "hashtags": len(main),
        "planted": len(planted),
        "recall": hits / len(planted),
        "precision": hits / len(keys),
    }


def quiet_seasons(posts: pl.DataFrame, n_seasons: int) -> dict[str, float]:
    """Seasons with the posts' times dealt out anew: hashtags no longer have a time of their own."""
    with_bursts, bursts, all_kept, hashtags = 0, 0, 0, 0
    for seed in range(n_seasons):
        order = np.random.default_rng(seed).permutation(len(posts))
        uses = hashtag_uses(posts.with_columns(posts["published_at"].gather(order)))
        found = hashtag_bursts(uses).filter(pl.col("level") == 1)
        all_kept += hashtag_bursts(uses, alpha=1).filter(pl.col("level") == 1).height
        hashtags += uses.frequency.filter(pl.col("posts") >= 5).height
        bursts += len(found)
        with_bursts += not found.is_empty()
    return {
        "seasons": n_seasons,
        "seasons_with_bursts": with_bursts,
        "bursts": bursts,
        "bursts_without_p_value": all_kept,
        "hashtags": hashtags,
    }


def speed(folder: Path, n_posts: int) -> dict[str, float]:
    """Seconds of the matrix and of everything about hashtags, and peak memory."""
    posts, _ = simulated(folder, n_posts, 1, n_agencies=249)
    start = time.perf_counter()
    store_document_term_matrix(posts, folder / "matrix", language=LanguageSettings())
    between, spent = time.perf_counter(), time.process_time()
    analysis = analyse_hashtags(posts, matrix=StoredMatrix.open(folder / "matrix"))
    end, spent = time.perf_counter(), time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"posts": n_posts, "hashtags": len(analysis.hashtags), "matrix_seconds": between - start,
            "hashtag_seconds": end - between, "hashtag_processor_seconds": spent, "peak_gigabytes": peak}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=200_000, help="posts that are timed")
    parser.add_argument("--seasons", type=int, default=20, help="quiet seasons")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    asked = parser.parse_args()
    result: dict[str, object] = {"machine": machine()}
    with tempfile.TemporaryDirectory() as name:
        result["speed"] = speed(Path(name), asked.posts)
    with tempfile.TemporaryDirectory() as name:
        scanned, truth = simulated(Path(name), 12_000, 2020)
        posts = scanned.collect()
    result["campaigns"] = campaigns(posts, truth)
    result["hijacks"] = [hijacks(posts, truth, seed) for seed in range(3)]
    result["quiet"] = quiet_seasons(posts, asked.seasons)
    if asked.format == "json":
        print(json.dumps(result, default=str))
        return
    for part, value in result.items():
        print(f"{part}:")
        for row in value if isinstance(value, list) else [value]:
            print("  ", row)


if __name__ == "__main__":
    main()
