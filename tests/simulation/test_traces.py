"""Hidden quality in the words: none unless asked for, weak where it is, and nothing else changes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from textmine.simulation import SimulationSettings, simulate
from textmine.simulation.traces import TRACES, drawn_parts


def season(folder, traces, seed=3):
    settings = SimulationSettings(n_agencies=40, n_posts=8_000, quality_traces=traces)
    simulate(folder, settings=settings, seed=seed, format="parquet")
    posts = pl.read_parquet(folder / "posts.parquet/**/*.parquet")
    truth = pl.read_parquet(folder / "truth_posts.parquet").drop("post_kind")
    agencies = pl.read_parquet(folder / "truth_agencies.parquet").select("agency", "quality")
    joined = posts.join(truth, on=["platform", "post_id"], maintain_order="left").join(
        agencies, on="agency", maintain_order="left"
    )
    return joined.with_columns((pl.col("quality") + pl.col("post_quality")).alias("hidden"))


@pytest.fixture(scope="module")
def seasons(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traces")
    return season(folder / "without", 0.0), season(folder / "with", 1.0)


def correlation(posts, expression):
    return spearmanr(posts.select(expression).to_series(), posts["hidden"])[0]


PHONE = pl.col("caption").str.contains(r"0800-|\(000\)").cast(pl.Int8)
TAGS = pl.col("hashtags").list.len()


def test_without_traces_words_say_nothing_of_quality(seasons):
    without, _ = seasons
    assert abs(correlation(without, PHONE)) < 0.03
    assert abs(correlation(without, TAGS)) < 0.05


def test_traces_show_but_no_one_of_them_tells_quality(seasons):
    _, traced = seasons
    assert 0.03 < correlation(traced, PHONE) < 0.3
    assert -0.3 < correlation(traced, TAGS) < -0.03


def test_traces_change_the_words_alone(seasons):
    without, traced = seasons
    for column in ("post_id", "published_at", "likes", "comments", "followers", "topic", "hidden"):
        assert without[column].equals(traced[column]), column


def test_an_ideal_reader_ranks_as_the_card_says():
    generator = np.random.default_rng(0)
    quality = generator.normal(size=40_000)
    for strength, told in ((1.0, 0.44), (1.5, 0.58), (2.0, 0.69)):
        parts = drawn_parts(quality, strength, generator).astype(float)
        weights = np.array([trace.slope for trace in TRACES])
        assert spearmanr(parts @ weights, quality)[0] == pytest.approx(told, abs=0.015)
