from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from textmine.batches import iter_batches
from textmine.contrasts import shifts as shifts_module
from textmine.contrasts import topic_shifts
from textmine.errors import WorkspaceError
from textmine.inorder import InOrder
from textmine.posts import POLARS_SCHEMA

FIRST = datetime(2025, 1, 6, 5, tzinfo=UTC)


def year_of(shares, *, per_week=6, seed=0, group="a"):
    """Posts and their topics: topic 1 takes a share of each week's posts, topic 0 the rest."""
    random = np.random.default_rng(seed)
    weeks = np.repeat(np.arange(len(shares)), per_week)
    first = random.random(len(weeks)) < np.asarray(shares)[weeks]
    posts = pl.DataFrame(
        {
            "platform": "x",
            "post_id": [f"{group}-{number}" for number in range(len(weeks))],
            "account": group,
            "agency": group,
            "published_at": [FIRST + timedelta(weeks=int(week)) for week in weeks],
            "post_kind": "original",
        },
        schema_overrides={"published_at": POLARS_SCHEMA["published_at"]},
    )
    topics = posts.select("platform", "post_id", topic=pl.Series(first.astype(np.uint32)), weight=1.0)
    return posts, topics


def in_order(topics):
    return InOrder(topics.lazy(), path=Path("post_topics.parquet"), stage="topics")


def test_a_topic_that_grows_is_found_with_an_interval_around_the_difference():
    posts, topics = year_of([0.1] * 26 + [0.5] * 26)
    _, shifts = topic_shifts(posts.lazy(), in_order(topics))
    row = shifts.filter(pl.col("topic") == 1).row(0, named=True)
    assert row["finding"] and row["low"] <= 0.4 <= row["high"]
    assert row["second_share"] - row["first_share"] == pytest.approx((row["low"] + row["high"]) / 2)


def test_where_nothing_moves_hardly_anything_is_found():
    parts = [year_of([0.3] * 52, seed=seed, group=f"g{seed}") for seed in range(40)]
    posts, topics = (pl.concat(frames) for frames in zip(*parts, strict=True))
    _, shifts = topic_shifts(posts.lazy(), in_order(topics))
    difference = shifts["second_share"] - shifts["first_share"]
    assert len(shifts) == 80 and shifts["finding"].sum() <= 2
    assert ((shifts["low"] <= 0) & (shifts["high"] >= 0)).mean() >= 0.9
    assert difference.abs().max() < 0.25


def test_shares_of_a_month_are_over_all_its_posts():
    posts, topics = year_of([0.5] * 8)
    months, _ = topic_shifts(posts.lazy(), in_order(topics.filter(pl.col("topic") == 1)))
    january = months.filter(pl.col("month") == datetime(2025, 1, 1).date()).row(0, named=True)
    own = posts.filter(pl.col("published_at").dt.month() == 1)
    held = own.join(topics.filter(pl.col("topic") == 1), on="post_id", how="semi")
    assert january["posts"] == len(own) == 24
    assert january["share"] == pytest.approx(len(held) / len(own))


def test_too_few_weeks_give_shares_without_an_interval_and_reposts_do_not_count():
    posts, topics = year_of([0.5] * 3)
    _, shifts = topic_shifts(posts.lazy(), in_order(topics))
    assert shifts["low"].is_null().all() and not shifts["finding"].any()
    reposts = posts.with_columns(post_kind=pl.lit("repost"))
    assert all(table.is_empty() for table in topic_shifts(reposts.lazy(), in_order(topics)))


def test_neither_batches_nor_how_often_sums_are_joined_show(monkeypatch):
    posts, topics = year_of([0.3] * 20)
    at_once = topic_shifts(posts.lazy(), in_order(topics))
    monkeypatch.setattr(shifts_module, "iter_batches", lambda table: iter_batches(table, rows=7))
    monkeypatch.setattr(shifts_module, "_COMPACT", 3)
    assert all(a.equals(b) for a, b in zip(at_once, topic_shifts(posts.lazy(), in_order(topics)), strict=True))


def test_topics_of_other_posts_are_refused():
    posts, topics = year_of([0.3] * 20)
    with pytest.raises(WorkspaceError, match="run again: textmine topics"):
        topic_shifts(posts.lazy(), in_order(topics.with_columns(post_id=pl.lit("other"))))
