"""Ids that look whole and are not: two posts must never become one because a program dropped digits."""

import json

import polars as pl
import pytest
import xlsxwriter

from textmine.ingest import read_posts
from textmine.ingest.roundedids import id_digits

# the first two are one floating-point number
TRUE = [
    1801234567890123457,
    1801234567890123459,
    1801234571112223334,
    1801234572223334445,
    1801234573334445557,
    1801234574445556669,
]
WAYS = {
    "a spreadsheet's 15 digits": [int(f"{str(each)[:15]}0000") for each in TRUE],
    "JavaScript's 17 digits": [int(f"{str(each)[:17]}00") for each in TRUE],
    "the exact value of the number": [int(float(each)) for each in TRUE],
}


def table(path, ids):
    rows = [
        {"id": str(each), "akun": "dinas", "waktu": "2024-03-01", "isi": f"Halo {n}", "platform": "x", "suka": 1}
        for n, each in enumerate(ids)
    ]
    pl.DataFrame(rows).write_csv(path)
    return path


@pytest.mark.parametrize("rounded", WAYS.values(), ids=WAYS)
def test_a_column_of_rounded_ids_is_not_trusted_and_no_post_is_lost(tmp_path, rounded):
    posts = read_posts(table(tmp_path / "a.csv", rounded))
    assert len(posts) == len(TRUE)
    assert posts["post_id"].str.starts_with("h").all()


@pytest.mark.parametrize("rounded", WAYS.values(), ids=WAYS)
def test_one_whole_id_clears_the_column(tmp_path, rounded):
    ids = [*rounded[1:], TRUE[0]]
    found = id_digits(pl.Series([str(each) for each in ids]))
    assert found.n_long >= 4
    assert not found.rounded


def test_few_ids_that_may_be_round_by_chance_are_trusted(tmp_path):
    ids = [1801234567890123520, 1801234567890123776]
    assert read_posts(table(tmp_path / "a.csv", ids))["post_id"].to_list() == [str(each) for each in ids]


def test_evidence_adds_up_over_stretches():
    whole, round_ = pl.Series(["1801234567890123457"]), pl.Series(["1801234567890120000", None, "12"])
    assert id_digits(round_).rounded
    assert not (id_digits(round_) | id_digits(whole)).rounded
    assert id_digits(pl.Series(["12", None, "abc"], dtype=pl.String)).n_long == 0


def test_numbers_in_a_workbook_that_are_too_long_for_it_are_not_ids(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Laporan Maret"])
    sheet.write_row(2, 0, ["id", "akun", "tanggal", "isi", "suka", "platform"])
    for n, each in enumerate([1801234567890123457, 1801234567890123458, 1234567]):
        sheet.write_row(3 + n, 0, [each, "dinas", "2024-03-01", f"Halo {n}", 3, "x"])
    book.close()
    ids = read_posts(path)["post_id"].to_list()
    assert [each[0] for each in ids] == ["h", "h", "1"]
    assert ids[2] == "1234567"


def test_text_in_a_workbook_keeps_its_digits(tmp_path):
    path = tmp_path / "a.xlsx"
    pl.DataFrame(
        {"id": [str(each) for each in TRUE], "akun": "d", "tanggal": "2024-03-01", "isi": "a", "platform": "x"}
    ).write_excel(path)
    assert read_posts(path)["post_id"].to_list() == [str(each) for each in TRUE]


def test_rounded_ids_are_read_from_the_address_where_there_is_one(tmp_path):
    path = tmp_path / "a.json"
    rows = [
        {
            "id": int(float(each)),
            "created_at": "2024-03-01T00:00:00Z",
            "text": "a",
            "url": f"https://x.com/dinas/status/{each}",
        }
        for each in TRUE
    ]
    path.write_text(json.dumps(rows))
    assert read_posts(path)["post_id"].to_list() == [str(each) for each in TRUE]
