from datetime import date

import numpy as np
import polars as pl
import pytest

from textmine.hashtags import hashtag_engagement, hashtag_trends, hashtag_uses
from textmine.hashtags.bootstrap import (
    _weighted_medians,
    _window,
    cluster_weights,
    generator_of,
    mean_interval,
    median_interval,
)


def test_what_is_not_reported_or_hidden_is_left_out_and_never_0(posts_of):
    rows = [{"likes": 10, "hashtags": ["ayo"]} for _ in range(5)]
    rows += [{"hashtags": ["ayo"]} for _ in range(4)]
    rows += [{"hidden": ["likes"], "comments": 1, "hashtags": ["ayo"]} for _ in range(3)]
    on_x = hashtag_engagement(hashtag_uses(posts_of(rows))).filter(pl.col("platform") == "x").row(0, named=True)
    assert (on_x["posts"], on_x["reported"], on_x["median"], on_x["mean"]) == (12, 5, 10.0, 10.0)


def test_platforms_stand_apart_and_only_the_ratio_goes_over_all(posts_of):
    rows = [{"platform": "x", "likes": 10 + n, "hashtags": ["ayo"], "day": 7 * n} for n in range(6)]
    rows += [{"platform": "instagram", "likes": 1000 + n, "hashtags": ["ayo"], "day": 7 * n} for n in range(6)]
    table = hashtag_engagement(hashtag_uses(posts_of(rows)))
    by_platform = {row["platform"]: row for row in table.iter_rows(named=True)}
    assert set(by_platform) == {None, "x", "instagram"}
    assert by_platform["x"]["median"] == 12.5 and by_platform["instagram"]["median"] == 1002.5
    assert by_platform[None]["median"] is None and by_platform["x"]["ratio"] is None
    assert by_platform[None]["ratio"] == pytest.approx(1.0, abs=0.05)
    assert by_platform[None]["account_weeks"] == 12


def test_the_ratio_compares_with_the_accounts_own_median_and_not_with_its_size(posts_of):
    rows = []
    for account, usual in (("kecil", 10), ("besar", 10_000)):
        rows += [{"account": account, "likes": usual, "day": 7 * n} for n in range(20)]
        rows += [{"account": account, "likes": 3 * usual, "day": 7 * n, "hashtags": ["ayo"]} for n in range(5)]
    rows += [{"account": "baru", "likes": 500, "hashtags": ["ayo"]} for _ in range(4)]  # too few posts of its own
    rows += [{"account": "sepi", "likes": 0, "hashtags": ["ayo"], "day": n} for n in range(9)]  # a median of 0
    row = hashtag_engagement(hashtag_uses(posts_of(rows))).filter(pl.col("platform").is_null()).row(0, named=True)
    assert (row["posts"], row["reported"], row["ratio_posts"]) == (23, 23, 10)
    assert (row["ratio"], row["ratio_low"], row["ratio_high"]) == (3.0, 3.0, 3.0)


def test_fewer_than_five_account_weeks_have_no_interval(posts_of):
    rows = [{"likes": n, "hashtags": ["ayo"], "day": n % 28} for n in range(1, 50)]
    table = hashtag_engagement(hashtag_uses(posts_of(rows)))
    assert table["account_weeks"].to_list() == [4, 4]
    assert table.select("median_low", "mean_low", "ratio_low").null_count().row(0) == (2, 2, 2)


def test_medians_and_means_are_those_of_numpy_and_order_and_seed_decide_nothing_else(posts_of, season):
    posts = posts_of(season)
    uses = hashtag_uses(posts)
    table = hashtag_engagement(uses, seed=3)
    for row in table.filter(pl.col("platform") == "x").iter_rows(named=True):
        likes = [r["likes"] for r in season if row["hashtag"] in {"#" + tag.lower() for tag in r["hashtags"]}]
        assert row["median"] == np.median(likes)
        assert row["mean"] == pytest.approx(np.mean(likes))
        assert row["median_low"] <= row["median"] <= row["median_high"]
        assert row["mean_low"] < row["mean"] < row["mean_high"]
    shuffled = hashtag_uses(posts[np.random.default_rng(9).permutation(len(posts))])
    assert hashtag_engagement(shuffled, seed=3).equals(table)
    assert not hashtag_engagement(uses, seed=4).equals(table)


def test_intervals_over_clusters_cover_the_truth_where_intervals_over_posts_would_not():
    """400 data sets of 30 clusters with 10 posts each that share much of their luck."""
    draw = np.random.default_rng(0)
    clusters = np.repeat(np.arange(30), 10)
    covered = {"mean": 0, "median": 0, "posts": 0}
    for trial in range(400):
        values = draw.normal(0, 1, 30)[clusters] + draw.normal(0, 0.5, 300)
        weights = cluster_weights(30, 200, generator_of(trial, "clusters"))
        each = cluster_weights(300, 200, generator_of(trial, "posts"))
        found = {
            "mean": mean_interval(values, clusters, weights),
            "median": median_interval(values, clusters, weights),
            "posts": mean_interval(values, np.arange(300), each),
        }
        for name, interval in found.items():
            covered[name] += interval.low <= 0 <= interval.high
    assert 0.90 <= covered["mean"] / 400 <= 0.97
    assert 0.90 <= covered["median"] / 400 <= 0.99
    assert covered["posts"] / 400 < 0.6


@pytest.mark.parametrize(("n", "n_clusters"), [(1, 1), (7, 3), (60, 60), (5000, 800), (5000, 6)])
def test_medians_of_resamples_are_those_of_the_repeated_values(n, n_clusters):
    draw = np.random.default_rng(n)
    values = np.round(draw.lognormal(3, 1, n))
    clusters = np.sort(draw.integers(0, n_clusters, n))
    weights = cluster_weights(n_clusters, 40, draw)
    owner, ranked = clusters[np.argsort(values, kind="stable")], np.sort(values)
    found = _weighted_medians(ranked, owner, weights, *_window(owner, n_clusters))
    expected = [np.median(np.repeat(ranked, row[owner])) for row in weights if row[owner].any()]
    assert found.tolist() == expected


def trends_of(posts_of, rows, step):
    table = hashtag_trends(hashtag_uses(posts_of(rows)), min_posts=1)
    return table.filter(pl.col("step") == step)


def test_shares_are_of_the_posts_of_the_period_and_growth_of_the_share(posts_of):
    rows = [{"day": 0, "hashtags": ["ayo"] if n < 2 else [], "account": f"a{n % 5}"} for n in range(20)]
    rows += [{"day": 7, "hashtags": ["ayo"] if n < 2 else [], "account": f"a{n % 5}"} for n in range(10)]
    weeks = trends_of(posts_of, rows, "week")
    assert weeks.select("start", "posts", "all_posts", "accounts").rows() == [
        (date(2020, 1, 6), 2, 20, 2),
        (date(2020, 1, 13), 2, 10, 2),
    ]
    assert weeks["share"].to_list() == pytest.approx([0.1, 0.2])
    first, second = weeks.to_dicts()
    assert first["growth"] is None
    assert second["growth"] == pytest.approx(2.0)
    assert 0 < second["growth_low"] < 2 < second["growth_high"]


def test_a_gap_has_no_growth_and_steps_are_of_jakarta(posts_of):
    rows = [{"day": day, "hashtags": ["ayo"], "account": f"a{day % 3}"} for day in (0, 1, 2, 40)]
    assert trends_of(posts_of, rows, "day")["growth"].to_list() == [None, 1.0, 1.0, None]
    assert trends_of(posts_of, rows, "month")["start"].to_list() == [date(2020, 1, 1), date(2020, 2, 1)]
    assert trends_of(posts_of, rows, "week")["growth"].to_list() == [None, None]


def test_posts_of_a_hashtag_add_up_over_every_step(posts_of, season):
    uses = hashtag_uses(posts_of(season))
    table = hashtag_trends(uses)
    sums = table.group_by("hashtag", "step").agg(pl.col("posts").sum()).pivot("step", index="hashtag", values="posts")
    assert (sums["day"] == sums["week"]).all() and (sums["week"] == sums["month"]).all()


def test_the_interval_of_growth_covers_accounts_that_post_in_clumps():
    """The true ratio of shares is 1; accounts repeat the hashtag many times or not at all."""
    from textmine.hashtags.trends import _by_step

    draw = np.random.default_rng(1)
    covered, n = 0, 300
    for _ in range(n):
        rows = []
        for week in (0, 7):
            for account in range(40):
                carries = draw.random() < 0.3
                rows += [(date(2020, 1, 6 + week), account, bool(carries))] * int(draw.integers(5, 15))
        posts = pl.DataFrame(rows, schema=["day", "account", "carries"], orient="row")
        used = posts.filter("carries").select(pl.lit(0, pl.UInt32).alias("tag"), "day", "account")
        row = _by_step(posts, used, "week").sort("start").row(1, named=True)
        covered += row["growth_low"] <= 1 <= row["growth_high"]
    assert covered / n >= 0.92
