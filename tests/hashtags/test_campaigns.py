from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from textmine.hashtags import find_campaigns, hashtag_bursts, hashtag_network, hashtag_uses

BEGIN = date(2020, 1, 6)


def campaigns_of(posts, **options):
    uses = hashtag_uses(posts)
    return find_campaigns(uses, hashtag_bursts(uses), hashtag_network(uses), **options)


def with_campaign(season, *, agencies=(0, 3, 5, 7), first=60, last=85, seed=0):
    """The season with two hashtags that some agencies carry together in a window; one in three posts is a copy."""
    draw = np.random.default_rng(seed)
    rows = [dict(row) for row in season]
    for row in rows:
        joins = row["agency"] in {f"lembaga{number}" for number in agencies}
        if joins and first <= row["day"] <= last and draw.random() < 0.4:
            row["hashtags"] = [*row["hashtags"], "GerakBersama", *(["AyoGerak"] if draw.random() < 0.7 else [])]
            if draw.random() < 1 / 3:
                row["caption"] = "Ayo bergerak bersama untuk warga kota yang sehat dan kuat"
    return rows


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_campaign_has_its_dates_hashtags_agencies_and_posts(posts_of, season, seed):
    rows = with_campaign(season, seed=seed)
    found = campaigns_of(posts_of(rows))
    bursts = found.campaigns.filter(pl.col("basis") == "burst")
    assert len(bursts) == 1
    row = bursts.row(0, named=True)
    assert row["hashtags"] == ["#GerakBersama", "#AyoGerak"]
    assert abs((row["start"] - (BEGIN + timedelta(60))).days) <= 1
    assert abs((row["end"] - (BEGIN + timedelta(85))).days) <= 1
    assert set(row["agency_list"]) == {"lembaga0", "lembaga3", "lembaga5", "lembaga7"}
    carrying = [r for r in rows if "GerakBersama" in r["hashtags"]]
    assert abs(row["posts"] - len(carrying)) <= 5  # days at the edge
    inside = found.posts.filter(pl.col("campaign") == row["campaign"])
    ids = {str(n) for n, r in enumerate(rows) if "GerakBersama" in r["hashtags"]}
    assert len(inside) == row["posts"] and set(inside["post_id"]) <= ids


def test_copies_reach_and_engagement_are_counted_with_their_coverage(posts_of, season):
    rows = with_campaign(season)
    for row in rows:
        if row["agency"] == "lembaga3":
            del row["followers"], row["likes"]
    carrying = [r for r in rows if "GerakBersama" in r["hashtags"]]
    row = campaigns_of(posts_of(rows)).campaigns.row(0, named=True)
    assert row["basis"] == "burst"
    assert row["followers"] == sum({r["agency"]: r["followers"] for r in carrying if "followers" in r}.values())
    assert (row["accounts"], row["accounts_with_followers"]) == (4, 3)
    assert (row["views"], row["posts_with_views"]) == (None, 0)
    start, end = (row["start"] - BEGIN).days, (row["end"] - BEGIN).days
    inside = [r for r in carrying if start <= r["day"] <= end]
    liked = [r["likes"] for r in inside if "likes" in r]
    assert (row["interactions"], row["posts_with_interactions"]) == (sum(liked), len(liked))
    copies = [r for r in inside if r["caption"].startswith("Ayo bergerak")]
    assert row["copied_posts"] == len(copies)
    assert row["texts"] == len({" ".join(r["caption"].lower().split()) for r in inside})
    assert row["ratio_low"] < row["ratio"] < row["ratio_high"]


def test_hashtags_that_burst_at_once_but_apart_are_two_campaigns(posts_of, season):
    rows = [dict(row) for row in season]
    draw = np.random.default_rng(1)
    for row in rows:
        if 60 <= row["day"] <= 80 and draw.random() < 0.4:
            row["hashtags"] = [*row["hashtags"], draw.choice(["Pertama", "Kedua"])]
    bursts = campaigns_of(posts_of(rows)).campaigns.filter(pl.col("basis") == "burst")
    assert sorted(tags for row in bursts["hashtags"] for tags in row) == ["#Kedua", "#Pertama"]
    assert len(bursts) == 2


def test_a_hashtag_that_comes_back_is_a_campaign_each_time(posts_of, season):
    rows = [dict(row) for row in season]
    draw = np.random.default_rng(2)
    for row in rows:
        if (30 <= row["day"] <= 40 or 150 <= row["day"] <= 160) and draw.random() < 0.3:
            row["hashtags"] = [*row["hashtags"], "Panen"]
    bursts = campaigns_of(posts_of(rows)).campaigns.filter(pl.col("basis") == "burst").sort("start")
    assert bursts["label"].to_list() == ["#Panen", "#Panen"]
    days = [(day - BEGIN).days for day in bursts["start"]]
    assert abs(days[0] - 30) <= 1 and abs(days[1] - 150) <= 1


def test_shared_hashtags_without_a_burst_are_told_apart_and_own_ones_left_out(posts_of, season):
    steady = campaigns_of(posts_of(season)).campaigns
    assert steady["basis"].unique().to_list() == ["use"]
    assert not any(label.startswith("#Lembaga") for label in steady["label"])
    assert {"#InfoSehat", "#InfoTani"} <= set(steady["label"])


def test_the_order_of_the_posts_changes_no_campaign(posts_of, season):
    posts = posts_of(with_campaign(season))
    found = campaigns_of(posts)
    shuffled = campaigns_of(posts[np.random.default_rng(5).permutation(len(posts))])
    assert shuffled.campaigns.equals(found.campaigns) and shuffled.posts.equals(found.posts)
