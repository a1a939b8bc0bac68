"""Own campaigns and their lift in simulated seasons: found and made up, intervals, and what choosing by lift does.

    python bench/campaigns.py [--seasons 20] [--posts 12000] [--format json]

Each agency of the simulator runs two campaigns of 21 days, on a third of its posts of these days, and posts of a
campaign get exp(0.2) = 1.22 times the engagement that they would get without. Planted are those that are left in the
captions: credited posts with the hashtag.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from measure import machine

from textmine.hashtags.uses import hashtag_spellings
from textmine.posts import credited
from textmine.ranking.campaigns import marked_own
from textmine.ranking.lift import lift_cells, lifts
from textmine.ranking.normal_means import normal_means
from textmine.ranking.own_campaigns import OwnCampaigns, own_campaigns
from textmine.simulation import SimulationSettings, simulate
from textmine.simulation.plan import OWN_BOOST

LEAST = (5, 8, 10, 15)


def planted_campaigns(posts: pl.LazyFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Own campaigns as posts show them: agency, hashtag, posts."""
    spellings = hashtag_spellings(posts)
    tags = truth.select(pl.col("campaign").str.to_lowercase()).drop_nulls().unique()
    shown = (
        posts.select("agency", written=pl.col("hashtags"))
        .explode("written", empty_as_null=False, keep_nulls=False)
        .collect()
        .join(spellings, on="written")
        .join(tags, left_on="hashtag", right_on="campaign")
        .group_by("agency", "hashtag")
        .agg(pl.len().alias("posts"))
    )
    return shown.filter(pl.col("agency").n_unique().over("hashtag") == 1)


def lifts_of(posts: pl.LazyFrame, own: OwnCampaigns, number: int, agencies: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Estimates and errors of every agency's campaign of this number."""
    spans = own.campaigns.filter(pl.col("campaign") == number)
    return lifts(lift_cells(marked_own(posts, own.days, number=number), spans), agencies)


def season(n_posts: int, seed: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate(folder / "s", settings=SimulationSettings(n_posts=n_posts), seed=seed, format="parquet")
        posts = credited(pl.scan_parquet(folder / "s/posts.parquet/*.parquet")).collect().lazy()
        truth = pl.read_parquet(folder / "s/truth_posts.parquet")
        agencies = pl.read_csv(folder / "s/agencies.csv")["agency"].unique().sort().to_list()
    own, planted = own_campaigns(posts, agencies), planted_campaigns(posts, truth)
    found = own.campaigns.explode("hashtags").select("agency", "campaign", "posts", hashtag="hashtags")
    joined = planted.join(found, on=["agency", "hashtag"], how="left", suffix="_found")
    tags = truth["campaign"].drop_nulls().str.to_lowercase().unique().to_list()
    whose = found.join(planted, on=["agency", "hashtag"]).n_unique(["agency", "campaign"])
    first, second = (lifts_of(posts, own, number, agencies) for number in (1, 2))
    estimate, error = first
    known = np.isfinite(estimate)
    draws = normal_means(estimate, error).draws(2000, seed=seed)[:, known]
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    two = known & np.isfinite(second[0])
    return {
        "planted": [joined.filter(pl.col("posts") >= n).height for n in LEAST],
        "found": [joined.filter(pl.col("posts") >= n, pl.col("posts_found").is_not_null()).height for n in LEAST],
        "posts": [joined.drop_nulls("posts_found")[name].sum() for name in ("posts", "posts_found")],
        "shared": found.filter(pl.col("hashtag").is_in(tags)).n_unique(["agency", "campaign"]) - whose,
        "made_up": own.campaigns.height - found.filter(pl.col("hashtag").is_in(tags)).n_unique(["agency", "campaign"]),
        "z": ((estimate - OWN_BOOST) / error)[known].tolist(),
        "inside": ((low <= OWN_BOOST) & (high >= OWN_BOOST)).tolist(),
        "by_posts": estimate[two].tolist(),
        "by_lift": np.maximum(estimate, second[0])[two].tolist(),
    }


def summary(seasons: list[dict[str, object]]) -> dict[str, object]:
    def pooled(name: str) -> np.ndarray:
        return np.concatenate([np.asarray(each[name], dtype=float) for each in seasons])

    planted, found, posts = (np.sum([each[name] for each in seasons], axis=0) for name in ("planted", "found", "posts"))
    z, by_posts, by_lift = pooled("z"), pooled("by_posts"), pooled("by_lift")
    return {
        "seasons": len(seasons),
        **{f"found_of_{n}_posts_or_more": f"{found[i]} of {planted[i]}" for i, n in enumerate(LEAST)},
        "posts_of_found": f"{posts[1]} of {posts[0]}",
        "mostly_one_agency_s_but_of_several": int(sum(each["shared"] for each in seasons)),
        "made_up": int(sum(each["made_up"] for each in seasons)),
        "lifts": len(z),
        "z_mean": round(float(z.mean()), 3),
        "z_sd": round(float(z.std()), 3),
        "interval_90_holds_truth": round(float(pooled("inside").mean()), 3),
        "agencies_with_two": len(by_posts),
        "lift_chosen_by_posts": round(float(np.exp(by_posts.mean())), 3),
        "lift_chosen_by_lift": round(float(np.exp(by_lift.mean())), 3),
        "true_lift": round(float(np.exp(OWN_BOOST)), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seasons", type=int, default=20)
    parser.add_argument("--posts", type=int, default=12_000)
    parser.add_argument("--format", choices=["text", "json"], default="text")
    asked = parser.parse_args()
    result = summary([season(asked.posts, seed) for seed in range(asked.seasons)])
    if asked.format == "json":
        print(json.dumps({"machine": machine(), **result}, default=str))
        return
    for name, value in result.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
