from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from textmine.errors import AgencyError
from textmine.topics.evolution import ALL, TREND_SCHEMA, _draws, _estimate, topic_trends
from textmine.topics.tables import GroupTally


def posts_on(days, **columns):
    """Canonical columns that trends need; noon in Jakarta on the given days of 2025."""
    n = len(days)
    start = datetime(2025, 1, 1, 5, tzinfo=UTC)
    plain = {
        "account": ["a"] * n,
        "agency": [None] * n,
        "platform": ["x"] * n,
        "post_kind": ["original"] * n,
    } | columns
    return pl.DataFrame(
        {"published_at": [start + timedelta(days=int(day)) for day in days], **plain},
        schema_overrides={"agency": pl.String},
    )


def random_shares(n, n_topics, seed=3):
    random = np.random.default_rng(seed)
    shares = random.dirichlet(np.full(n_topics, 0.3), n)
    shares[random.random(n) < 0.1] = 0.0
    return shares


def test_shares_by_month_are_those_of_the_table_of_groups():
    posts = posts_on(np.arange(300) % 90, account=[f"a{i % 4}" for i in range(300)])
    shares = random_shares(300, 3)

    trend = topic_trends([(posts.head(140), shares[:140]), (posts.tail(160), shares[140:])])

    tally = GroupTally(("month",))
    tally.add(posts, shares)
    groups = tally.table()
    assert trend.schema == TREND_SCHEMA
    assert trend["group"].unique().to_list() == [ALL]
    assert trend["share"].to_list() == pytest.approx(groups["share"].to_list(), rel=1e-12)
    assert trend["n_main"].to_list() == groups["n_posts"].to_list()
    sizes = trend.group_by("period").agg(pl.col("n_posts").first()).sort("period")
    assert sizes.rows() == [(date(2025, 1, 1), 123), (date(2025, 2, 1), 84), (date(2025, 3, 1), 93)]


def test_weeks_begin_on_monday_in_jakarta_and_their_blocks_are_days():
    # 2025-01-05 18:00 UTC is Monday the 6th, 01:00, in Jakarta.
    late = pl.DataFrame(
        {
            "published_at": [datetime(2025, 1, 5, 16, tzinfo=UTC), datetime(2025, 1, 5, 18, tzinfo=UTC)],
            "account": ["a", "a"],
            "post_kind": ["original", "original"],
        }
    )
    trend = topic_trends([(late, np.array([[1.0], [1.0]]))], by="week")
    assert trend["period"].to_list() == [date(2024, 12, 30), date(2025, 1, 6)]
    assert trend["n_blocks"].to_list() == [1, 1]
    assert trend["share_low"].null_count() == 2, "one block cannot tell"


def test_reposts_and_ads_are_left_out_and_posts_without_topic_count_as_nothing():
    posts = posts_on([0, 1, 8, 9], post_kind=["original", "repost", "ad", "original"])
    trend = topic_trends([(posts, np.array([[1.0], [1.0], [1.0], [0.0]]))])
    assert trend.select("share", "main_share", "n_posts", "n_main", "n_blocks").row(0) == (0.5, 0.5, 2, 1, 2)


def test_groups_are_agencies_or_clusters_of_the_register():
    register = pl.DataFrame({"agency": ["k1", "k2"], "cluster": ["Kementerian", "Lembaga"]})
    posts = posts_on([0, 1, 2], agency=["k1", "k2", None])
    shares = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    by_agency = topic_trends([(posts, shares)], group="agency")
    by_cluster = topic_trends([(posts, shares)], group="cluster", agencies=register)
    assert by_agency.select("group", "topic", "share").rows() == [("a", 0, 1.0), ("k1", 0, 1.0), ("k2", 1, 1.0)]
    assert by_cluster["group"].to_list() == ["(unregistered)", "Kementerian", "Lembaga"]
    with pytest.raises(AgencyError, match="register"):
        topic_trends([(posts, shares)], group="cluster")


def test_neither_the_order_nor_the_blocks_of_posts_change_the_figures():
    posts, shares = posts_on(np.arange(400) % 120), random_shares(400, 4)
    whole = topic_trends([(posts, shares)], seed=5)
    order = np.random.default_rng(0).permutation(400)
    mixed = topic_trends([(posts[order[:111]], shares[order[:111]]), (posts[order[111:]], shares[order[111:]])], seed=5)
    numbers = [name for name, dtype in TREND_SCHEMA.items() if dtype == pl.Float64]
    assert whole.drop(numbers).equals(mixed.drop(numbers))
    for name in numbers:
        assert whole[name].to_list() == pytest.approx(mixed[name].to_list(), abs=1e-12)
    assert topic_trends([(posts, shares)], seed=5).equals(whole)
    assert not topic_trends([(posts, shares)], seed=6).equals(whole)


@pytest.mark.parametrize("n_weeks", [5, 12])
def test_intervals_hold_the_truth_as_often_as_they_say_though_weeks_differ(n_weeks):
    """Each week has its own share around 0.4: bounds made as if posts were independent are far too short."""
    random, inside, naive = np.random.default_rng(11), 0, 0
    for _ in range(300):
        centre = np.clip(random.normal(0.4, 0.12, n_weeks), 0, 1).repeat(30)
        shares = (random.random(len(centre)) < centre).astype(float)
        sums = shares.reshape(n_weeks, 30).sum(axis=1)
        share, low, high = _estimate(sums[:, None], np.full(n_weeks, 30), _draws(n_weeks, 1_000, 0), 0.95)
        inside += bool(low[0] <= 0.4 <= high[0])
        half = 1.96 * np.sqrt(share[0] * (1 - share[0]) / len(shares))
        naive += bool(abs(share[0] - 0.4) <= half)
    assert 0.90 <= inside / 300 <= 0.995
    assert naive / 300 < 0.85
