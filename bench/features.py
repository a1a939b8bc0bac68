"""Whether percentiles among peers are fair to audiences of all sizes, on simulated posts whose quality is known.

    python bench/features.py
    python bench/features.py --posts 50000 --seeds 1 2 3

For engagement as it is, for each follower, and the percentiles of both: the rank correlation (Spearman) with the
audience, which should be near 0, and with the hidden quality of the post, which should be high. Quality and audience
are drawn independently, and engagement grows with the audience to the power 0.8.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import polars as pl
from measure import machine

from textmine import resources
from textmine.features import features_of, features_stage
from textmine.ingest import ingest
from textmine.simulation import load_settings, simulate
from textmine.store import Workspace

FIGURES = (
    "engagement",
    "engagement_per_follower",
    "engagement_percentile",
    "engagement_per_follower_percentile",
    "engagement_per_view_percentile",
)


def season(n_posts: int, seed: int) -> pl.DataFrame:
    """Features beside the hidden quality of each post."""
    settings = load_settings(resources.find("corpora/season2020/settings.toml"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate(folder / "posts", settings=settings, n_posts=n_posts, seed=seed, format="parquet")
        workspace = Workspace.create(folder / "workspace")
        with workspace.lock():
            ingest([folder / "posts" / "posts.parquet"], workspace, agencies=folder / "posts" / "agencies.csv")
            features_stage(workspace)
        truth = pl.read_parquet(folder / "posts" / "truth_posts.parquet").select(
            pl.col("platform").cast(pl.String), "post_id", "post_quality"
        )
        table = features_of(workspace).with_columns(pl.col("platform").cast(pl.String)).collect()
    return table.join(truth, on=["platform", "post_id"])


def rank_correlation(table: pl.DataFrame, figure: str, other: str) -> float:
    known = table.drop_nulls([figure, other])
    return known.select(pl.corr(figure, other, method="spearman")).item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options = parser.parse_args()
    tables = [season(options.posts, seed) for seed in options.seeds]
    print(machine())
    print(f"{options.posts:,} posts of 249 simulated agencies, {len(tables)} seasons; mean (least to most)")
    print(f"{'figure':<36} {'posts':>8} {'with audience':>24} {'with quality':>24}")
    for figure in FIGURES:
        n_posts = sum(table[figure].count() for table in tables) // len(tables)
        cells = []
        for other in ("followers", "post_quality"):
            found = [rank_correlation(table, figure, other) for table in tables]
            cells.append(f"{sum(found) / len(found):.3f} ({min(found):.3f} to {max(found):.3f})")
        print(f"{figure:<36} {n_posts:>8,} {cells[0]:>24} {cells[1]:>24}")
    steps = pl.concat(tables)["engagement_peers_by"].drop_nulls().value_counts(sort=True, normalize=True)
    print("peers by: " + ", ".join(f"{name} {share:.1%}" for name, share in steps.iter_rows()))


if __name__ == "__main__":
    main()
