from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.ingest.times import DayOrder, day_order, parse_times


def one(text, zone="Asia/Jakarta", day_first=True):
    return parse_times(pl.Series([text], dtype=pl.String), zone=zone, day_first=day_first).values.item()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-02 03:04:05", datetime(2024, 1, 1, 20, 4, 5, tzinfo=UTC)),
        ("2024-01-02 03:04", datetime(2024, 1, 1, 20, 4, tzinfo=UTC)),
        ("2024-01-02", datetime(2024, 1, 1, 17, tzinfo=UTC)),
        ("2024-01-02T03:04:05Z", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2024-01-02T03:04:05.123Z", datetime(2024, 1, 2, 3, 4, 5, 123000, tzinfo=UTC)),
        ("2019-05-17T16:24:04+0000", datetime(2019, 5, 17, 16, 24, 4, tzinfo=UTC)),
        ("2024-01-02T03:04:05+07:00", datetime(2024, 1, 1, 20, 4, 5, tzinfo=UTC)),
        ("2024-01-02 03:04:05 +08:00", datetime(2024, 1, 1, 19, 4, 5, tzinfo=UTC)),
        ("2024-01-02 03:04:05-0330", datetime(2024, 1, 2, 6, 34, 5, tzinfo=UTC)),
        ("Tue Apr 30 13:29:57 +0000 2024", datetime(2024, 4, 30, 13, 29, 57, tzinfo=UTC)),
        ("2020-07-29 14:56:05 EDT", datetime(2020, 7, 29, 18, 56, 5, tzinfo=UTC)),
        ("2020-12-29 14:56:05 EST", datetime(2020, 12, 29, 19, 56, 5, tzinfo=UTC)),
        ("1714483797", datetime(2024, 4, 30, 13, 29, 57, tzinfo=UTC)),
        ("1714483797000", datetime(2024, 4, 30, 13, 29, 57, tzinfo=UTC)),
        ("1714483797.0", datetime(2024, 4, 30, 13, 29, 57, tzinfo=UTC)),
        ("20240430", datetime(2024, 4, 29, 17, tzinfo=UTC)),
        ("45000.5", datetime(2023, 3, 15, 5, tzinfo=UTC)),
        ("17/08/2020", datetime(2020, 8, 16, 17, tzinfo=UTC)),
        ("17-08-2020 10:00", datetime(2020, 8, 17, 3, tzinfo=UTC)),
        ("17.08.20 10.00", datetime(2020, 8, 17, 3, tzinfo=UTC)),
        ("17 Agustus 2020", datetime(2020, 8, 16, 17, tzinfo=UTC)),
        ("17 Agu 2020 10:00", datetime(2020, 8, 17, 3, tzinfo=UTC)),
        ("17-Agu-20", datetime(2020, 8, 16, 17, tzinfo=UTC)),
        ("2 Jan 20 10:30", datetime(2020, 1, 2, 3, 30, tzinfo=UTC)),
        ("Senin, 17 Agustus 2020 pukul 10.00 WIB", datetime(2020, 8, 17, 3, tzinfo=UTC)),
        ("Jum'at, 1 Mei 2020 10:00 WITA", datetime(2020, 5, 1, 2, tzinfo=UTC)),
        ("1 Desember 2020 10:00 WIT", datetime(2020, 12, 1, 1, tzinfo=UTC)),
        ("August 17, 2020 5:03 PM", datetime(2020, 8, 17, 10, 3, tzinfo=UTC)),
        ("8/17/2020 12:05 am", None),
    ],
)
def test_reads_times_as_exports_and_people_write_them(text, expected):
    assert one(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "kemarin",
        "2 Jan 20:30",
        "31-Feb-20",
        "2024-02-30",
        "32/01/2024",
        "2024-01-02 03:04:05 PST",
        "0",
        "25:00",
        "2024-01-02 25:00",
        "99",
    ],
)
def test_unreadable_times_are_null(text):
    assert one(text) is None


def test_day_order_is_decided_by_the_whole_column():
    american = pl.Series(["03/04/2024", "04/17/2024"])
    assert not day_order(american).day_first
    read = parse_times(american, zone="UTC", day_first=day_order(american).day_first)
    assert read.values[0] == datetime(2024, 3, 4, tzinfo=UTC)


def test_undecided_day_order_is_day_first():
    assert day_order(pl.Series(["03/04/2024"])).day_first
    assert one("03/04/2024", zone="UTC") == datetime(2024, 4, 3, tzinfo=UTC)


def test_day_order_joins_over_stretches():
    assert not (DayOrder() | DayOrder(second_above=True)).day_first
    assert (DayOrder(first_above=True) | DayOrder(second_above=True)).day_first


def test_counts_how_many_times_carry_no_zone():
    cells = pl.Series(["2024-01-02 03:04:05", "2024-01-02T03:04:05Z", "17 Agustus 2020", None, "x"])
    assert parse_times(cells, zone="Asia/Jakarta").naive == 2


@given(st.lists(st.datetimes(datetime(2005, 1, 1), datetime(2099, 1, 1)), min_size=1, max_size=20))
def test_iso_times_with_a_zone_come_back_exactly(times):
    cells = pl.Series([time.replace(tzinfo=UTC).isoformat() for time in times])
    assert parse_times(cells, zone="Asia/Jakarta").values.to_list() == [t.replace(tzinfo=UTC) for t in times]


@given(st.lists(st.text(max_size=40), max_size=20))
def test_any_text_is_read_or_null_and_never_an_error(texts):
    assert len(parse_times(pl.Series(texts, dtype=pl.String), zone="Asia/Jakarta").values) == len(texts)
