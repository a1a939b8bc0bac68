"""Own campaigns: planted ones are found with their posts and days, habits, signatures and others' hashtags are not."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from textmine.ranking.own_campaigns import OWN_CAMPAIGNS_SCHEMA, own_campaigns

FIRST, N_DAYS = dt.date(2020, 1, 1), 360


def posts(agency, after, hashtags):
    """Posts of an agency, one for each day and list of hashtags."""
    noon = dt.datetime(FIRST.year, FIRST.month, FIRST.day, 5, tzinfo=dt.UTC)
    table = pl.DataFrame(
        {"agency": [agency] * len(after), "after": after, "hashtags": hashtags},
        schema_overrides={"hashtags": pl.List(pl.String)},
    )
    return table.select(
        "agency", pl.lit("acc").alias("account"), "hashtags",
        (pl.lit(noon) + pl.duration(days="after")).alias("published_at"),
    )  # fmt: skip


def quiet(agency, *hashtags, a_day=2):
    """Posts all the year."""
    return posts(agency, list(range(N_DAYS)) * a_day, [list(hashtags)] * (N_DAYS * a_day))


def found(*parts, agencies=("a", "b")):
    return own_campaigns(pl.concat(parts).lazy(), list(agencies)).campaigns


def window(start, n, *hashtags, agency="a"):
    return posts(agency, list(range(start, start + n)), [list(hashtags)] * n)


def test_a_campaign_is_found_with_its_days_posts_and_hashtags_whatever_the_capitals():
    part = posts("a", list(range(100, 120)), [["AyoSehat", "kita"], ["#AYOSEHAT", "Kita"]] * 10)
    table = found(quiet("a"), quiet("b"), part)
    assert table.schema == OWN_CAMPAIGNS_SCHEMA
    (row,) = table.to_dicts()
    assert (row["agency"], row["campaign"], row["posts"], row["days"]) == ("a", 1, 20, 20)
    assert row["hashtags"] == ["#ayosehat", "#kita"] and row["label"] == "#ayosehat #kita"
    assert (row["start"], row["end"]) == (FIRST + dt.timedelta(days=100), FIRST + dt.timedelta(days=119))


def test_two_hashtags_of_different_times_are_two_campaigns_and_the_one_with_more_posts_is_first():
    table = found(quiet("a"), window(30, 12, "satu"), window(200, 20, "dua"))
    assert table.select("label", "campaign", "posts").rows() == [("#dua", 1, 20), ("#satu", 2, 12)]


def test_a_hashtag_that_comes_back_is_one_campaign_of_all_its_times():
    table = found(quiet("a"), window(30, 12, "lagi"), window(200, 15, "lagi"))
    (row,) = table.to_dicts()
    assert (row["posts"], row["days"]) == (27, 27)


def test_single_posts_of_the_week_around_belong_to_it_and_later_ones_do_not():
    stray = posts("a", [112 + 5, 112 + 60], [["tagar"]] * 2)
    campaigns = own_campaigns(pl.concat([quiet("a"), window(100, 12, "tagar"), stray]).lazy(), ["a"])
    assert campaigns.campaigns["posts"].to_list() == [13]
    assert FIRST + dt.timedelta(days=112 + 60) not in campaigns.days["day"]


@pytest.mark.parametrize(
    "parts",
    [
        [quiet("a", "NamaKami")],  # a signature
        [quiet("a"), posts("a", list(range(0, N_DAYS, 3)), [["JumatBersih"]] * (N_DAYS // 3))],  # no burst
        [quiet("a"), window(150, N_DAYS - 150, "kebiasaan")],  # more than a third of the year
        [quiet("a"), window(100, 20, "bersama"), window(100, 21, "bersama", agency="b"), quiet("b"),
         window(100, 21, "bersama", agency="c")],  # nobody's own
        [quiet("a"), window(100, 4, "sedikit")],
        [quiet("a")],
    ],
    ids=["signature", "all the time", "habit", "of many", "too few", "no hashtags"],
)  # fmt: skip
def test_what_is_no_own_campaign_is_not_found(parts):
    assert found(*parts).is_empty()


def test_the_posts_of_others_decide_what_is_own_though_they_do_not_compete():
    outsiders = [window(100, 21, "umum", agency="x")]
    assert found(quiet("a"), window(100, 20, "umum")).height == 1
    assert found(quiet("a"), window(100, 20, "umum"), *outsiders).is_empty()


def test_chance_alone_makes_hardly_any_campaign():
    campaigns = 0
    for seed in range(10):
        generator = np.random.default_rng(seed)
        parts = [
            posts(agency, generator.integers(0, N_DAYS, 400).tolist(),
                  [[f"{agency}{tag}"] for tag in generator.integers(0, 25, 400)])
            for agency in ("a", "b")
        ]  # fmt: skip
        campaigns += found(*parts).height
    assert campaigns <= 1


def test_any_order_of_posts_gives_the_same_campaigns():
    parts = pl.concat([quiet("a"), window(30, 12, "satu", "lain"), window(200, 12, "dua")])
    once, again = (
        own_campaigns(part.lazy(), ["a"]) for part in (parts, parts.sample(fraction=1, shuffle=True, seed=1))
    )
    assert once.campaigns.equals(again.campaigns) and once.days.equals(again.days)
