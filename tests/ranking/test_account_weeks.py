import datetime as dt
import importlib

import numpy as np
import polars as pl
import pytest

from textmine.engagement import EngagementDefinition
from textmine.errors import NotEnoughDataError
from textmine.posts import POLARS_SCHEMA
from textmine.ranking.account_weeks import account_weeks
from textmine.rates import AUDIENCE_READINGS

module = importlib.import_module("textmine.ranking.account_weeks")


def posts(*rows: dict) -> pl.DataFrame:
    usual = {
        "platform": "x",
        "account": "a",
        "agency": "a",
        "published_at": dt.datetime(2020, 3, 2, 5, tzinfo=dt.UTC),
        "caption": "",
        "hashtags": [],
        "media_type": "text",
        "post_kind": "original",
        "coauthors": [],
        "hidden": [],
        "rounded": [],
        "followers": 100,
        "followers_kind": "at_posting",
        "source": "s",
    }
    full = [usual | {"post_id": str(number), "source_row": number} | row for number, row in enumerate(rows, start=1)]
    return pl.DataFrame(full, schema=POLARS_SCHEMA)


def day(month: int, number: int, hour: int = 5) -> dt.datetime:
    return dt.datetime(2020, month, number, hour, tzinfo=dt.UTC)


def test_null_is_not_zero_and_hidden_figures_are_left_out():
    weeks = account_weeks(
        posts(
            {"likes": 5, "comments": 1},
            {"likes": 0},
            {},
            {"comments": 2, "hidden": ["likes"]},
        )
    )
    assert weeks.figures.n_posts[0].tolist() == [0, 2, 0, 0]
    assert weeks.figures.total[0].tolist() == [0, 6, 0, 0]
    assert weeks.left_out == {"unregistered": 0, "other_kinds": 0, "no_figures_or_hidden": 2}


def test_reposts_ads_replies_and_quotes_are_not_ranked_unless_asked_for():
    table = posts(*({"likes": 1, "post_kind": kind} for kind in ("original", "repost", "ad", "reply", "quote")))
    assert account_weeks(table).figures.n_posts.sum() == 1
    assert account_weeks(table).left_out["other_kinds"] == 4
    assert account_weeks(table, kinds=["original", "quote"]).figures.n_posts.sum() == 2


def test_weeks_begin_on_monday_in_jakarta():
    # Sunday 18:00 UTC is Monday 01:00 in Jakarta.
    weeks = account_weeks(
        posts(
            {"likes": 1, "published_at": day(3, 1, 16)},
            {"likes": 10, "published_at": day(3, 1, 18)},
            {"likes": 100, "published_at": day(3, 8, 16)},
        )
    )
    assert weeks.first_week == "2020-02-24"
    assert weeks.total[0, 1].tolist() == [1, 110]


def test_the_reading_of_the_audience_is_named():
    table = posts(
        {"likes": 1, "followers": 100, "published_at": day(3, 2)},
        {"likes": 1, "followers": 200, "published_at": day(3, 3)},
        {"likes": 1, "followers": 200, "published_at": day(3, 4)},
        {"likes": 1, "followers": 400, "published_at": day(3, 11)},
        {"likes": 1, "followers": 0, "published_at": day(3, 12)},
        {"likes": 1, "followers": None, "published_at": day(3, 13)},
    )
    found = {reading: account_weeks(table, audience=reading) for reading in AUDIENCE_READINGS}
    assert found["posting"].figures.followers[0, 1] == 225
    assert found["average"].figures.followers[0, 1] == pytest.approx((500 / 3 + 400) / 2)
    assert found["latest"].figures.followers[0, 1] == 400  # 0 followers is a reading that nobody took
    assert [each.reading for each in found.values()] == ["posting", "average", "latest"]
    with pytest.raises(ValueError, match="choose one of posting, average, latest"):
        account_weeks(table, audience="now")


def test_batches_do_not_change_a_figure(monkeypatch):
    generator = np.random.default_rng(4)
    rows = [
        {
            "agency": f"a{generator.integers(3)}",
            "platform": str(generator.choice(["x", "facebook"])),
            "likes": int(generator.pareto(1.0) * 20),
            "followers": int(generator.integers(50, 90)),
            "published_at": day(
                int(generator.integers(1, 5)), int(generator.integers(1, 28)), int(generator.integers(24))
            ),
        }
        for _ in range(300)
    ]
    whole = account_weeks(posts(*rows), audience="latest")
    original = module.iter_batches
    monkeypatch.setattr(module, "iter_batches", lambda table: original(table, rows=7))
    parts = account_weeks(posts(*rows[::-1]), audience="latest")
    for name in ("n_posts", "total", "capped", "squares"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name
    for name in ("followers", "top", "top_capped"):
        assert np.array_equal(getattr(whole.figures, name), getattr(parts.figures, name), equal_nan=True), name


def test_one_viral_post_counts_as_ten_ordinary_ones():
    weeks = account_weeks(posts(*({"likes": 10} for _ in range(9)), {"likes": 5000}))
    assert weeks.figures.total[0, 1] == 5090
    assert weeks.figures.capped[0, 1] == 90 + 100
    assert (weeks.figures.top[0, 1], weeks.figures.top_capped[0, 1]) == (5000, 100)


def test_ordinary_spread_is_hardly_capped():
    generator = np.random.default_rng(1)
    rows = [{"likes": int(value)} for value in generator.poisson(200 * generator.gamma(1.2, 1 / 1.2, 1000))]
    figures = account_weeks(posts(*rows)).figures
    assert figures.capped[0, 1] / figures.total[0, 1] > 0.999


def test_with_a_register_its_agencies_are_ranked_and_nobody_else():
    table = posts({"likes": 1, "agency": "b"}, {"likes": 1, "agency": None, "account": "stray"}, {"agency": None})
    register = pl.DataFrame({"agency": ["b", "c"], "cluster": ["bumn", "bumn"]})
    weeks = account_weeks(table, agencies=register)
    assert (weeks.agencies, weeks.clusters) == (("b",), ("bumn",))
    assert weeks.left_out == {"unregistered": 2, "other_kinds": 0, "no_figures_or_hidden": 0}
    without = account_weeks(table)
    assert without.agencies == ("b", "stray")
    assert set(without.clusters) == {"(unregistered)"}


def test_what_counts_and_what_is_left_out_add_up():
    table = posts({"likes": 1}, {}, {"likes": 2, "post_kind": "ad"}, {"likes": 1, "agency": None}, {"shares": 3})
    weeks = account_weeks(table, agencies=pl.DataFrame({"agency": ["a"], "cluster": [None]}))
    assert weeks.figures.n_posts.sum() + sum(weeks.left_out.values()) == len(table)


def test_engagement_is_what_the_definition_says():
    table = posts({"likes": 10, "comments": 2}, {"likes": 4}, {"likes": 1, "platform": "instagram", "shares": 50})
    own = EngagementDefinition("own", {"x": ("likes", "comments")}, {"likes": 0.1, "comments": 0.5})
    weeks = account_weeks(table, definition=own)
    assert weeks.figures.total.sum() == pytest.approx(2.4)
    assert weeks.left_out["no_figures_or_hidden"] == 1
    # Shares on Instagram are told to the owner alone.
    assert account_weeks(table).figures.total[0].tolist() == [0, 16, 1, 0]


def test_nothing_to_rank_is_said():
    with pytest.raises(NotEnoughDataError, match="no original post reports its engagement"):
        account_weeks(posts({}, {"likes": 3, "post_kind": "repost"}))
