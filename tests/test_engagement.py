import polars as pl
import pytest

from textmine.engagement import PUBLIC, EngagementDefinition, post_engagement
from textmine.posts import POLARS_SCHEMA

BARE = {
    "platform": "x",
    "post_kind": "original",
    "likes": None,
    "comments": None,
    "shares": None,
    "saves": None,
    "views": None,
    "followers": None,
    "hidden": [],
    "rounded": [],
}


def posts(*rows):
    table = pl.DataFrame([BARE | row for row in rows], schema_overrides={"hidden": pl.List(pl.String)})
    return table.select(pl.col(name).cast(POLARS_SCHEMA[name]) for name in BARE)


def engagement(*rows, **options):
    return post_engagement(posts(*rows), **options)


def test_what_adds_up_depends_on_the_platform():
    figures = {"likes": 10, "comments": 3, "shares": 2, "saves": 50}
    found = engagement(*(figures | {"platform": name} for name in ("facebook", "x", "instagram", "youtube")))
    assert found["engagement"].to_list() == [15, 15, 13, 13]
    assert found["engagement_figures"].to_list() == ["likes+comments+shares"] * 2 + ["likes+comments"] * 2


def test_null_is_not_zero():
    found = engagement({"likes": 10}, {"likes": 10, "comments": 0, "shares": 0}, {"views": 9}, {"likes": 0})
    assert found["engagement"].to_list() == [10, 10, None, 0]
    assert found["engagement_figures"].to_list() == ["likes", "likes+comments+shares", None, "likes"]


def test_a_hidden_figure_leaves_no_sum_and_a_rounded_one_is_marked():
    found = engagement(
        {"platform": "instagram", "comments": 5, "hidden": ["likes"]},
        {"platform": "instagram", "likes": 1200, "comments": 5, "hidden": ["shares"], "rounded": ["likes"]},
        {"likes": 4, "rounded": ["views"]},
    )
    assert found["engagement"].to_list() == [None, 1205, 4]
    assert found["engagement_hidden"].to_list() == [True, False, False]
    assert found["engagement_rounded"].to_list() == [False, True, False]


@pytest.mark.parametrize(
    ("kind", "credited"), [("original", True), ("reply", True), ("quote", True), ("repost", False), ("ad", False)]
)
def test_reposts_and_ads_are_not_credited(kind, credited):
    found = engagement({"likes": 7, "followers": 10, "post_kind": kind})
    assert found["engagement"].to_list() == [7 if credited else None]
    assert found["engagement_per_follower"].to_list() == [0.7 if credited else None]
    assert found["engagement_figures"].to_list() == ["likes" if credited else None]


def test_rates_need_a_denominator_above_zero():
    found = engagement(
        {"likes": 6, "followers": 12, "views": 3},
        {"likes": 6, "followers": 0, "views": 0},
        {"likes": 6},
    )
    assert found["engagement_per_follower"].to_list() == [0.5, None, None]
    assert found["engagement_per_view"].to_list() == [2.0, None, None]


def test_response_is_the_share_of_comments():
    found = engagement({"likes": 6, "comments": 2}, {"likes": 0, "comments": 0}, {"likes": 6}, {"comments": 4})
    assert found["comment_share"].to_list() == [0.25, None, None, 1.0]


def test_a_definition_of_ones_own():
    own = EngagementDefinition("tribe", dict.fromkeys(PUBLIC.figures, ("likes", "comments", "shares")),
                               {"likes": 0.1, "comments": 0.5})  # fmt: skip
    found = engagement({"platform": "instagram", "likes": 20, "comments": 4, "shares": 1}, definition=own)
    assert found["engagement"].to_list() == [5.0]
    assert found["comment_share"].to_list() == [0.4]
    with pytest.raises(ValueError, match="'claps' is no figure"):
        EngagementDefinition("medium", {"x": ("claps",)})
