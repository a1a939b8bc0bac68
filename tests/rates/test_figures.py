"""Each definition by an example that was worked by hand."""

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import trim_mean

from textmine.rates import RATES_SCHEMA, choose_definitions, rates, shipped_definitions
from textmine.rates.posts import portions

FOLLOWER_RATES = [each.name for each in shipped_definitions().values() if each.denominator == "followers"]


def rated(table, *names, days=10, **options):
    (portion,) = portions(table.lazy())
    return rates(portion, choose_definitions(names), days=days, **options)


def value(table, name, **options):
    found = rated(table, name, **options)
    assert len(found) == 1
    return found["value"].item()


@pytest.fixture
def three(posts):
    """Three posts on two days; 100, 200 and 400 followers; 10, 30 and 20 interactions."""
    figures = {"saves": 5, "reach": 200, "impressions": 400}
    return posts(
        {"published_at": "2024-03-04", "likes": 8, "comments": 2, "followers": 100, **figures},
        {"published_at": "2024-03-04", "likes": 24, "comments": 6, "followers": 200, **figures},
        {"published_at": "2024-03-12", "likes": 20, "comments": 0, "followers": 400, **figures},
    )


def test_crowdtangle_account_is_the_publisher_s_worked_example(posts):
    """100 interactions, 7 posts, 1,250 followers: 1.14 %."""
    interactions = [10, 20, 30, 15, 5, 12, 8]
    table = posts(*({"likes": n, "comments": 0, "followers": 1250} for n in interactions))
    assert round(value(table, "crowdtangle-account"), 2) == 1.14
    assert value(table, "crowdtangle_account") == pytest.approx(100 * 100 / 7 / 1250)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rivaliq", 100 * 60 / 700),
        ("crowdtangle_post", 100 * (10 / 100 + 30 / 200 + 20 / 400) / 3),
        ("socialinsider", 100 * 60 / 3 / 400),
        # Weekly means of followers are 150 and 400: 275 on average, though the mean over posts is 233.
        ("crowdtangle_account", 100 * 60 / 3 / 275),
        ("hootsuite_followers", 100 * (15 + 35 + 25) / 3 / 400),
        ("hootsuite_reach", 100 * (15 + 35 + 25) / 3 / 200),
        ("hootsuite_impressions", 100 * (15 + 35 + 25) / 3 / 400),
        ("buffer_impressions", 100 * 75 / 1200),
        ("x-native", 100 * 75 / 1200),
        ("hootsuite_daily", 100 * 75 / (10 * 275)),
        # The first day has 50 engagements of 150 followers on average, the other 25 of 400.
        ("napoleoncat", 100 * (50 / 150 + 25 / 400) / 2),
        ("tribe", 100 * (0.1 * 52 + 0.5 * 8) / 3 / 400),
        ("sotrender", 1000 * (52 + 4 * 8) / 275),
        ("bonson_ratkai", 1000 * (52 / 3 + 8 / 3) / 400),
    ],
)
def test_a_definition_by_hand(three, name, expected):
    assert value(three, name) == pytest.approx(expected, rel=1e-12)


def test_every_definition_has_an_example_here(three):
    found = rated(three)
    assert found["definition"].to_list() == list(shipped_definitions())
    assert found.schema == RATES_SCHEMA and found["value"].null_count() == 0


@pytest.mark.parametrize(("audience", "expected"), [("posting", 700 / 3), ("average", 275), ("latest", 400)])
def test_one_reading_of_the_followers_can_be_asked_of_all(three, audience, expected):
    found = rated(three, "crowdtangle_account", audience=audience)
    assert found["value"].item() == pytest.approx(100 * 60 / 3 / expected)
    assert found["audience"].item() == audience and found["denominator"].item() == pytest.approx(expected)


def test_shares_count_where_they_are_public_and_saves_only_among_all(posts):
    figures = {"likes": 10, "comments": 2, "shares": 4, "saves": 8, "followers": 100}
    table = posts(*({"platform": name, **figures} for name in ("facebook", "x", "instagram", "youtube")))
    assert rated(table, "rivaliq")["value"].to_list() == [16, 16, 12, 12]
    assert rated(table, "napoleoncat")["value"].to_list() == [24, 24, 24, 24]
    assert rated(table, "tribe")["value"].to_list() == pytest.approx([6, 6, 2, 2])
    assert rated(table, "sotrender")["value"].to_list() == [820, 820, 180, 180]
    assert rated(table, "bonson_ratkai")["value"].to_list() == [160, 160, 120, 120]


@pytest.fixture
def gaps(posts):
    """One post of each fate."""
    return posts(
        {"likes": 10, "comments": 2, "followers": 100},
        {"comments": 9, "followers": 100, "hidden": ["likes"]},
        {"followers": 100},
        {"likes": 30, "followers": 100, "followers_kind": "register"},
        {"likes": 20, "comments": 4, "followers": 100, "rounded": ["likes"], "followers_kind": "at_collection"},
        {"likes": 50, "comments": 0, "account": "cabang", "followers_kind": "unknown"},
        {"likes": 999, "comments": 999, "followers": 100, "post_kind": "repost"},
        {"likes": 999, "comments": 999, "followers": 100, "post_kind": "ad"},
    )


def test_null_is_not_zero_and_everything_is_counted(gaps):
    row = rated(gaps, "crowdtangle_post").row(0, named=True)
    assert row["value"] == pytest.approx((12 + 30 + 24) / 3)
    assert (row["posts"], row["known"], row["hidden"], row["absent"]) == (6, 4, 1, 1)
    assert (row["used"], row["partial"], row["rounded"]) == (3, 1, 1)
    kinds = ("at_posting", "at_collection", "register", "unknown")
    assert [row[f"followers_{kind}"] for kind in kinds] == [1, 1, 1, 0]
    assert row["total"] == 12 + 30 + 24 + 50


@pytest.mark.parametrize("name", ["sotrender", "hootsuite_daily"])
def test_a_hidden_post_never_lowers_a_sum_over_a_period(posts, name):
    """It counts as the mean of the known ones, so hiding an average post changes nothing."""
    whole = [{"likes": 10, "comments": 0, "followers": 100}] * 4
    hidden = [*whole[:3], {"followers": 100, "hidden": ["likes"]}]
    assert value(posts(*hidden), name) == value(posts(*whole), name)


def test_bonson_and_ratkai_take_each_mean_over_the_posts_that_report_it(posts):
    table = posts(
        {"platform": "facebook", "likes": 10, "comments": 4, "followers": 1000},
        {"platform": "facebook", "likes": 20, "shares": 6, "followers": 1000},
    )
    assert value(table, "bonson_ratkai") == pytest.approx(15 + 4 + 6)


def test_no_followers_no_rate_and_none_of_zero(posts):
    found = rated(
        posts({"likes": 1, "comments": 1, "followers": 0}, {"likes": 1, "comments": 1}), "rivaliq", "sotrender"
    )
    assert found["value"].to_list() == [None, None] and found["used"].to_list() == [0, 0]
    assert found["known"].to_list() == [2, 2]


def test_accounts_of_an_agency_on_one_platform_are_not_one_audience(posts):
    table = posts(
        {"likes": 10, "comments": 0, "followers": 100},
        {"likes": 90, "comments": 0, "followers": 900, "account": "cabang"},
        {"likes": 90, "comments": 0, "followers": 900, "account": "cabang"},
    )
    assert value(table, "crowdtangle_post") == pytest.approx(10)
    assert value(table, "sotrender") == pytest.approx(1000 * 190 / 1000)
    assert value(table, "napoleoncat") == pytest.approx(100 * 190 / 1000)


def test_the_last_reading_is_that_of_the_latest_time_whatever_the_order(posts):
    rows = [
        {"likes": 5, "comments": 0, "followers": 500, "published_at": "2024-03-20"},
        {"likes": 5, "comments": 0, "followers": 300, "published_at": "2024-03-01"},
    ]
    assert value(posts(*rows), "socialinsider") == value(posts(*rows[::-1]), "socialinsider") == pytest.approx(1)


def test_collaboration_posts_count_once_for_the_agency_that_holds_them(posts):
    table = posts({"likes": 10, "comments": 0, "followers": 100, "coauthors": ["lain"]})
    found = rated(table, "rivaliq")
    assert found["agency"].to_list() == ["dinas"] and found["posts"].item() == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=60))
def test_mean_median_and_trimmed_mean_are_those_of_the_reference_libraries(posts, likes):
    found = rated(posts(*({"likes": n, "comments": 0, "followers": 100} for n in likes)), "crowdtangle_post")
    row = found.row(0, named=True)
    assert row["mean"] == pytest.approx(np.mean(likes))
    assert row["median"] == pytest.approx(np.median(likes))
    assert row["trimmed_mean"] == pytest.approx(trim_mean(likes, 0.1))
    assert row["total"] == sum(likes)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 4000), st.integers(1, 28)), min_size=1, max_size=20),
    st.sampled_from([2, 7, 64]),
)
def test_followers_times_c_divide_every_rate_by_c(posts, rows, times):
    def table(factor):
        return posts(
            *({"likes": n, "comments": n // 3, "followers": f * factor, "published_at": f"2024-03-{day:02d}"}
              for n, f, day in rows)
        )  # fmt: skip

    before, after = rated(table(1), *FOLLOWER_RATES), rated(table(times), *FOLLOWER_RATES)
    for column in ("value", "mean", "median", "trimmed_mean"):
        assert after[column].to_list() == pytest.approx((before[column] / times).to_list(), rel=1e-9), column
    assert after["total"].to_list() == before["total"].to_list()


def test_portions_and_order_change_nothing(posts):
    rng = np.random.default_rng(1)
    rows = [
        {"agency": f"a{n % 7}", "account": f"a{n % 7}", "likes": int(rng.integers(100)), "comments": 1,
         "followers": int(rng.integers(1, 900)), "published_at": f"2024-03-{n % 28 + 1:02d}"}
        for n in range(140)
    ]  # fmt: skip
    whole = rated(posts(*rows))
    parts = [rates(part, choose_definitions(()), days=10) for part in portions(posts(*rows).lazy(), portion=50)]
    assert len(parts) == 3
    order = ["definition", "agency"]
    assert pl.concat(parts).sort(order).equals(whole.sort(order))
    turned = rated(posts(*rows[::-1]))
    for column in ("value", "median", "trimmed_mean"):
        expected = whole.sort(order)[column].fill_null(-1).to_list()
        assert turned.sort(order)[column].fill_null(-1).to_list() == pytest.approx(expected, rel=1e-12)
