from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from textmine.errors import WorkspaceError
from textmine.features.audience import audience_growth, growth_of
from textmine.features.stored import AtRows, campaigns, copies
from textmine.inorder import InOrder
from textmine.posts import SNAPSHOT_SCHEMA

START = datetime(2020, 3, 1, 5, tzinfo=UTC)


def keyed(ids, **columns):
    return pl.DataFrame({"platform": ["x"] * len(ids), "post_id": [str(i) for i in ids]} | columns)


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_rows_of_a_table_come_with_their_posts_whatever_the_batches(size):
    told = keyed([0, 2, 2, 2, 5, 6], value=[1, 2, 3, 4, 5, 6])
    table = InOrder(told.lazy(), path=Path("t.parquet"), stage="topics")
    posts = keyed(range(8))
    found = []
    for start in range(0, 8, size):
        part = table.take(posts.slice(start, size))
        found += [(start + row, value) for row, value in part.select("row", "value").iter_rows()] if len(part) else []
    table.finish()
    assert found == [(0, 1), (2, 2), (2, 3), (2, 4), (5, 5), (6, 6)]


def test_a_table_with_posts_that_are_not_there_is_refused():
    table = InOrder(keyed([0, 9, 1], value=[1, 2, 3]).lazy(), path=Path("t.parquet"), stage="topics")
    assert table.take(keyed([0, 1]))["value"].to_list() == [1]
    with pytest.raises(WorkspaceError, match=r"t.parquet.*run again: textmine topics"):
        table.finish()


def test_a_table_is_placed_by_rows():
    rows = AtRows(pl.DataFrame({"row": [4, 1], "value": ["d", "a"]}, schema_overrides={"row": pl.UInt32}))
    assert rows.take(0, 3)["value"].to_list() == [None, "a", None]
    assert rows.take(3, 2)["value"].to_list() == [None, "d"]


def test_copies_count_who_posted_the_text_before():
    posts = keyed(
        range(6),
        agency=["a", "b", "a", None, "b", "a"],
        account=["a1", "b1", "a2", "c", "b1", "a1"],
        published_at=[START + timedelta(hours=hour) for hour in (1, 2, 3, 3, 4, 5)],
    )
    near = keyed([4, 0, 2, 1, 3], cluster=[1] * 5, size=[5] * 5, n_accounts=[4] * 5, similarity=[1.0, 1, 1, 0.8, 0.7])
    found = copies(posts.lazy(), near.lazy()).take(0, 6)
    # The two posts of 3 o'clock are not before each other.
    assert found["copies_before_own"].to_list() == [0, 0, 1, 0, 1, None]
    assert found["copies_before_others"].to_list() == [0, 1, 1, 2, 3, None]
    assert found["duplicate_posts"].to_list() == [5] * 5 + [None]
    assert found["duplicate_similarity"].to_list() == [1.0, 0.8, 1.0, 0.7, 1.0, None]


def test_a_post_of_several_campaigns_names_the_first():
    posts = keyed(range(3)).lazy()
    member = keyed([2, 0, 2], campaign=[7, 3, 4]).lazy()
    found = campaigns(posts, member).take(0, 3)
    assert found["campaigns"].to_list() == [1, None, 2]
    assert found["campaign"].to_list() == [3, None, 4]


def readings(*rows):
    """Posts of one account: day, followers, kind; collected two days after."""
    days = [START + timedelta(days=day) for day, _, _ in rows]
    return keyed(
        range(len(rows)),
        account=["a"] * len(rows),
        published_at=days,
        collected_at=[day + timedelta(days=2) for day in days],
        followers=[followers for _, followers, _ in rows],
        followers_kind=[kind for _, _, kind in rows],
    )


def growth(posts, snapshots=None):
    return growth_of(posts, audience_growth(posts.lazy(), snapshots))["followers_growth"].to_list()


def test_growth_is_the_newest_reading_over_one_that_is_four_weeks_older():
    posts = readings(
        (0, 1000, "at_posting"), (10, 1010, "at_posting"), (28, 1100, "at_posting"), (70, 1331, "at_posting")
    )
    # Day 28 to day 0; day 70 to day 28, which is 42 days and 21 % more: scaled to 28 days.
    assert growth(posts) == [None, None, pytest.approx(0.1), pytest.approx(0.21 * 28 / 42)]


def test_a_reading_holds_for_a_week_and_is_compared_with_none_older_than_eight():
    posts = readings((0, 1000, "at_posting"), (28, 1100, "at_posting"), (35, None, "unknown"), (36, None, "unknown"))
    assert growth(posts) == [None, pytest.approx(0.1), pytest.approx(0.1), None]
    assert growth(readings((0, 1000, "at_posting"), (57, 1100, "at_posting"))) == [None, None]


def test_a_register_has_no_history_and_collections_count_on_their_day():
    assert growth(readings((0, 1000, "register"), (28, 1100, "register"))) == [None, None]
    posts = readings((0, 1000, "at_collection"), (28, 1100, "at_collection"), (31, None, "unknown"))
    assert growth(posts) == [None, None, pytest.approx(0.1)]


def test_snapshots_are_readings_too():
    posts = readings((0, 5, "register"), (40, 1200, "at_posting"))
    empty = dict.fromkeys(SNAPSHOT_SCHEMA)
    seen = {"platform": "x", "post_id": "0", "collected_at": START + timedelta(days=12), "followers": 1000,
            "followers_kind": "at_collection"}  # fmt: skip
    snapshots = pl.DataFrame([empty | seen | {"platform": "x"}]).lazy()
    assert growth(posts, snapshots) == [None, pytest.approx(0.2)]
