from datetime import UTC, date, datetime

import polars as pl
import pytest

from textmine.agencies import join_agencies
from textmine.errors import AgencyError, InputError, MissingColumnError
from textmine.ingest.register import read_agencies
from textmine.posts import POLARS_SCHEMA


def register(tmp_path, text):
    path = tmp_path / "agencies.csv"
    path.write_text(text, encoding="utf-8")
    return path


def post(**columns):
    row = dict.fromkeys(POLARS_SCHEMA, None) | {
        "platform": "x",
        "post_id": "1",
        "account": "kemen_a",
        "published_at": datetime(2020, 5, 1, tzinfo=UTC),
        "caption": "",
        "hashtags": [],
        "coauthors": [],
        "hidden": [],
        "rounded": [],
        "media_type": "text",
        "post_kind": "original",
        "followers_kind": "unknown",
        "source": "t",
        "source_row": 1,
    }
    return row | columns


def posts(*rows):
    return pl.LazyFrame(list(rows), schema=POLARS_SCHEMA)


def test_platform_and_account_are_read_in_any_spelling(tmp_path):
    path = register(tmp_path, "agency,platform,account\nkemen-a,Twitter, @Kemen_A \nkemen-a,IG,KemenA\n")
    table = read_agencies(path)
    assert table.select("platform", "account").rows() == [("x", "kemen_a"), ("instagram", "kemena")]
    assert table["name"].to_list() == ["kemen-a", "kemen-a"]


def test_a_wrong_number_is_named_with_row_and_column(tmp_path):
    path = register(tmp_path, "agency,platform,account,followers\na,x,a,10\nb,x,b,banyak\n")
    with pytest.raises(InputError, match=r"row 2, column 'followers': 'banyak'") as caught:
        read_agencies(path)
    assert (caught.value.row, caught.value.column, caught.value.value) == (2, "followers", "banyak")


def test_an_unknown_platform_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"row 1, column 'platform'"):
        read_agencies(register(tmp_path, "agency,platform,account\na,friendster,a\n"))


@pytest.mark.parametrize("column", ["agency", "platform", "account"])
def test_a_missing_column_is_named(tmp_path, column):
    header = [name for name in ("agency", "platform", "account") if name != column]
    with pytest.raises(MissingColumnError) as caught:
        read_agencies(register(tmp_path, ",".join(header) + "\na,b\n"))
    assert caught.value.column == column


def test_missing_and_empty_files_are_said(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_agencies(tmp_path / "no.csv")
    with pytest.raises(InputError, match="empty"):
        read_agencies(register(tmp_path, ""))


def test_one_account_of_two_agencies_at_the_same_time_is_refused(tmp_path):
    with pytest.raises(AgencyError, match="two agencies"):
        read_agencies(register(tmp_path, "agency,platform,account\na,x,same\nb,x,same\n"))


def test_a_renamed_ministry_keeps_its_account_in_two_periods(tmp_path):
    path = register(
        tmp_path,
        "agency,platform,account,valid_from,valid_to\nold,x,kemen_a,,2020-06-30\nnew,x,kemen_a,2020-07-01,\n",
    )
    before = post(post_id="1", published_at=datetime(2020, 6, 30, 16, 59, tzinfo=UTC))
    # 17:00 UTC is midnight in Jakarta: the new ministry's first day.
    after = post(post_id="2", published_at=datetime(2020, 6, 30, 17, 0, tzinfo=UTC))
    joined = join_agencies(posts(before, after), read_agencies(path)).collect()
    assert joined["agency"].to_list() == ["old", "new"]
    assert read_agencies(path)["valid_to"].drop_nulls().to_list() == [date(2020, 6, 30)]


def test_the_registers_audience_fills_only_what_the_source_left_open(tmp_path):
    path = register(tmp_path, "agency,platform,account,followers\na,x,kemen_a,500\n")
    known = post(post_id="1", followers=7, followers_kind="at_posting")
    unknown = post(post_id="2")
    stranger = post(post_id="3", account="someone")
    joined = join_agencies(posts(known, unknown, stranger), read_agencies(path)).collect()
    assert joined["followers"].to_list() == [7, 500, None]
    assert joined["followers_kind"].to_list() == ["at_posting", "register", "unknown"]
    assert joined["agency"].to_list() == ["a", "a", None]
    assert joined.schema == POLARS_SCHEMA
