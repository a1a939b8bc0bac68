import polars as pl
import pytest

from textmine.ingest.counts import CountStyle, parse_count, parse_counts, style_of


@pytest.mark.parametrize(
    ("text", "value", "rounded"),
    [
        ("0", 0, False),
        ("1,972,048", 1_972_048, False),
        ("1.234.567", 1_234_567, False),
        ("1 972 048", 1_972_048, False),
        ("1,2 rb", 1_200, True),
        ("1,2 ribu", 1_200, True),
        ("3.4K", 3_400, True),
        ("12rb", 12_000, True),
        ("1,2 jt", 1_200_000, True),
        ("1.5M", 1_500_000, True),
        ("1972048.0", 1_972_048, False),
        ("12,0", 12, False),
        ("1,234.00", 1_234, False),
        ("1.234,0", 1_234, False),
        ("1.234", 1_234, False),
        ("1,234", 1_234, False),
        ("1.97E+06", 1_970_000, True),
        (" 7 ", 7, False),
    ],
)
def test_reads_counts_as_people_write_them(text, value, rounded):
    count = parse_count(text)
    assert (count.value, count.rounded, count.refused) == (value, rounded, False)


@pytest.mark.parametrize("text", ["N/A", "", "-", "null", "None", "nan", "tidak ada"])
def test_words_for_absent_give_null_and_not_zero(text):
    assert parse_count(text).value is None
    assert not parse_count(text).refused


@pytest.mark.parametrize(
    "text", ["-3", "banyak", "1.5", "12.34", "1,23,4", "3 orang", "99999999999999999999999", "1801234567890123456", "½"]
)
def test_what_is_no_whole_count_is_refused(text):
    assert parse_count(text).refused


def test_single_mark_before_three_digits_is_decided_by_the_whole_column():
    thousands = pl.Series(["1.234", "950"])
    assert parse_counts(thousands, style_of(thousands)).values.to_list() == [1234, 950]

    floats = pl.Series(["1.234", "950.0"])
    read = parse_counts(floats, style_of(floats))
    assert read.refused.to_list() == [True, False]  # 1.234 may be 1234 or 1
    assert read.values.to_list() == [None, 950]


def test_no_figure_is_beyond_a_million_million():
    read = parse_counts(pl.Series(["1000000000000", "1000000000001", "1.801.234.567.890", None]), CountStyle())
    assert read.values.to_list() == [10**12, None, None, None]
    assert read.refused.to_list() == [False, True, True, False]


def test_styles_of_two_stretches_join():
    assert (CountStyle(frozenset(".")) | CountStyle(frozenset(","))).decimal_marks == {".", ","}


def test_a_column_keeps_its_length_order_and_nulls():
    read = parse_counts(pl.Series([None, "2", "1,2 rb", "x", "2"]), CountStyle())
    assert read.values.to_list() == [None, 2, 1200, None, 2]
    assert read.rounded.to_list() == [False, False, True, False, False]
    assert read.refused.to_list() == [False, False, False, True, False]
