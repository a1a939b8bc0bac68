"""Feature tables whose hidden quality is known, made for the tests."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

CLASSES = ("rendah", "sedang", "tinggi")


@pytest.fixture
def features():
    return _feature_table


@pytest.fixture
def judges():
    return _judge_labels


def _feature_table(n_posts=1_500, n_agencies=24, seed=0, strength=1.0):
    """Posts in which two features show quality, one is noise, and engagement follows quality and audience."""
    generator = np.random.default_rng(seed)
    agency = generator.integers(0, n_agencies, n_posts)
    hidden = generator.normal(size=n_agencies)[agency] * 0.5 + generator.normal(size=n_posts)
    followers = np.round(10 ** generator.uniform(3, 6, n_agencies))[agency]
    engagement = np.round(0.02 * followers**0.8 * np.exp(0.7 * hidden + generator.normal(size=n_posts)))
    days = generator.integers(0, 360, n_posts)
    table = pl.DataFrame(
        {
            "platform": pl.Series(np.where(agency % 2, "x", "facebook"), dtype=pl.Enum(["facebook", "x"])),
            "post_id": [str(1_000 + n) for n in range(n_posts)],
            "agency": [f"agency-{code:02d}" for code in agency],
            "published_at": [dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=int(day)) for day in days],
            "credited": True,
            "media_type": np.where(generator.random(n_posts) < 0.5, "image", "video"),
            "has_telephone": generator.random(n_posts) < 1 / (1 + np.exp(1 - 1.5 * strength * hidden)),
            "calls_to_action": generator.poisson(np.exp(0.6 * strength * hidden)),
            "words": pl.Series(generator.integers(5, 60, n_posts)).set(
                pl.Series(generator.random(n_posts) < 0.1), None
            ),
            "followers": followers,
            "engagement": engagement,
            "hidden": hidden,
        }
    )
    rate = (pl.col("engagement") / pl.col("followers") ** 0.8).rank()
    return table.with_columns(((rate - 0.5) / n_posts).alias("engagement_per_follower_percentile")).sort("published_at")


def _judge_labels(table, n=200, noise=0.6, seed=1):
    """Labels of three noisy judges for some posts, as shares of the votes."""
    generator = np.random.default_rng(seed)
    rows = np.sort(generator.choice(len(table), n, replace=False))
    hidden = table["hidden"].to_numpy()
    cuts = np.quantile(hidden, (0.3, 0.7))
    votes = [np.eye(3)[np.digitize(hidden[rows] + generator.normal(0, noise, n), cuts)] for _ in range(3)]
    shares = np.mean(votes, axis=0)
    named = {f"p_{name}": shares[:, place] for place, name in enumerate(CLASSES)}
    return table[rows].select("platform", "post_id").with_columns(pl.Series(k, v) for k, v in named.items())
