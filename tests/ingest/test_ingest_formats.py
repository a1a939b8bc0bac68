"""One table in every format gives the same posts; what is none is refused in one clear line."""

import gzip
import json
import os
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import polars as pl
import pytest
import xlsxwriter

from textmine.errors import InputError, MissingColumnError, UnknownFormatError
from textmine.ingest import ingest, read_posts, read_posts_with_rejects
from textmine.ingest.formats import open_table
from textmine.posts import empty_posts
from textmine.store import Workspace

ROWS = [
    {
        "id": "7",
        "akun": "dinas",
        "platform": "x",
        "waktu": "2024-03-01T10:00:00+07:00",
        "isi": "Halo #Satu",
        "suka": "12",
    },
    {
        "id": "8",
        "akun": "dinas",
        "platform": "x",
        "waktu": "2024-03-02T10:00:00+07:00",
        "isi": "Dua, tiga",
        "suka": None,
    },
]
COMPARED = ("platform", "post_id", "account", "published_at", "caption", "hashtags", "likes")


def written(path):
    frame = pl.DataFrame(ROWS)
    match path.suffixes:
        case [".csv"]:
            frame.write_csv(path)
        case [".tsv"]:
            frame.write_csv(path, separator="\t")
        case [".ndjson"]:
            frame.write_ndjson(path)
        case [".json"]:
            path.write_text(json.dumps({"meta": {"n": 2}, "data": ROWS}))
        case [".jsonl", ".gz"]:
            path.write_bytes(gzip.compress("\n".join(map(json.dumps, ROWS)).encode()))
        case [".parquet"]:
            frame.with_columns(pl.col("suka").cast(pl.Int64), pl.col("id").cast(pl.Int64)).write_parquet(path)
        case [".xlsx"]:
            frame.write_excel(path)
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.ndjson", "a.json", "a.jsonl.gz", "a.parquet", "a.xlsx"])
def test_one_table_in_every_format_gives_the_same_posts(tmp_path, name):
    posts = read_posts(written(tmp_path / name)).select(COMPARED)
    assert posts.rows() == [
        ("x", "7", "dinas", datetime(2024, 3, 1, 3, tzinfo=UTC), "Halo #Satu", ["Satu"], 12),
        ("x", "8", "dinas", datetime(2024, 3, 2, 3, tzinfo=UTC), "Dua, tiga", [], None),
    ]


def test_excel_dates_numbers_and_the_sheet_that_holds_posts(tmp_path):
    path = tmp_path / "laporan.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Sampul").write(0, 0, "Laporan media sosial")
    sheet = book.add_worksheet("Data")
    sheet.write(0, 0, "Rekap Maret")
    sheet.write_row(2, 0, ["Akun", "Tanggal", "Isi", "Suka", "Komentar"])
    day = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.write_row(3, 0, ["dinas", "", "Halo", 1972048, "1,2 rb"])
    sheet.write_datetime(3, 1, datetime(2024, 3, 1, 10), day)
    sheet.write_row(5, 0, ["dinas", "17 Agustus 2024", "Dua", 3.5, 1])
    sheet.write_row(6, 0, ["dinas", "18 Agustus 2024", "Tiga", 3, 1])
    book.close()
    posts, rejects = read_posts_with_rejects(path, platform="facebook")
    assert posts.select("published_at", "caption", "likes", "comments").rows() == [
        (datetime(2024, 3, 1, 3, tzinfo=UTC), "Halo", 1972048, 1200),
        (datetime(2024, 8, 17, 17, tzinfo=UTC), "Tiga", 3, 1),
    ]
    assert rejects.select("column", "value").rows() == [("Suka", "3.5")]


def test_a_broken_ndjson_line_is_refused_and_the_rest_goes_on(tmp_path):
    path = tmp_path / "posts.ndjson"
    path.write_text("\n".join([json.dumps(ROWS[0]), '{"id": "9", "isi": "terpo', "", "[1]", json.dumps(ROWS[1])]))
    posts, rejects = read_posts_with_rejects(path)
    assert posts["source_row"].to_list() == [1, 4]
    assert rejects.select("source_row", "reason").rows() == [
        (2, "not a whole JSON object"),
        (3, "not a whole JSON object"),
    ]


def test_a_json_array_that_breaks_off_gives_what_stands_before_the_break(tmp_path):
    path = tmp_path / "posts.json"
    path.write_text(json.dumps(ROWS)[:-20])
    posts, rejects = read_posts_with_rejects(path)
    assert posts["post_id"].to_list() == ["7"]
    assert len(rejects) == 1


def test_a_json_document_that_is_broken_says_where(tmp_path):
    path = tmp_path / "posts.json"
    path.write_text('{"data": [{"isi": ')
    with pytest.raises(InputError, match=r"broken JSON: .*line 1 column"):
        read_posts(path)


@pytest.mark.parametrize("key", ["data", "items", "posts", "apa_saja"])
def test_the_list_in_a_json_document_is_found(tmp_path, key):
    path = tmp_path / "posts.json"
    path.write_text(json.dumps({"status": 200, key: ROWS}))
    assert len(read_posts(path)) == 2


def test_columns_that_come_late_in_ndjson_count(tmp_path):
    path = tmp_path / "posts.ndjson"
    path.write_text("\n".join(json.dumps(row) for row in [*ROWS, {**ROWS[0], "id": "9", "komentar": 4}]))
    assert read_posts(path)["comments"].to_list() == [None, None, 4]


def test_canonical_posts_come_back_as_they_are(tmp_path):
    posts = read_posts(written(tmp_path / "a.csv"))
    path = tmp_path / "b.parquet"
    posts.write_parquet(path)
    assert read_posts(path).drop("source").equals(posts.drop("source"))


def test_a_folder_of_part_files_is_a_source(tmp_path):
    posts = read_posts(written(tmp_path / "a.csv"))
    (tmp_path / "posts.parquet").mkdir()
    for n in range(2):
        posts[n : n + 1].write_parquet(tmp_path / "posts.parquet" / f"part-{n}.parquet")
    result = ingest([tmp_path / "posts.parquet"], Workspace.create(tmp_path / "w"))
    assert (result.read, result.posts) == (2, 2)
    assert result.files[0].format == "Parquet, canonical posts"


def test_canonical_rows_that_lack_what_a_post_needs_are_refused(tmp_path):
    posts = read_posts(written(tmp_path / "a.csv"))
    path = tmp_path / "b.parquet"
    posts.with_columns(pl.Series("account", ["", "dinas"])).write_parquet(path)
    kept, rejects = read_posts_with_rejects(path)
    assert kept["post_id"].to_list() == ["8"]
    assert rejects.select("source_row", "reason").rows() == [(1, "no account")]


def test_no_posts_are_still_a_table(tmp_path):
    empty_posts().write_parquet(tmp_path / "a.parquet")
    assert read_posts(tmp_path / "a.parquet").shape == (0, 25)


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("a.csv", b"", InputError, "the file is empty"),
        ("a.csv", b"\xef\xbb\xbf\r\n", InputError, "the file is empty"),
        ("a.csv", b"akun,tanggal,suka\nd,2024-03-01,1\n", MissingColumnError, "column 'caption'.*akun, tanggal, suka"),
        ("a.csv", b"akun,isi\nd,Halo\n", MissingColumnError, "column 'published_at'"),
        ("a.csv", b"isi,tanggal\nHalo,2024-03-01\n", InputError, "the platform is not in the file.*--platform"),
        ("a.csv", b"tweets,tanggal\nHalo,2024-03-01\n", MissingColumnError, "column 'account'.*--account"),
        ("a.csv", b"%PDF-1.7 ...", UnknownFormatError, "it is PDF.*textmine reads CSV"),
        ("a.csv", b"<!doctype html><html>", UnknownFormatError, "it is a web page"),
        ("a.bin", bytes(range(256)) * 20, UnknownFormatError, "it is not text"),
        ("a.json", b"[1, 2]", InputError, "not one of its rows can be read"),
        ("a.json", b'{"a": []}', InputError, "holds no list of objects"),
        ("a.xlsx", b"PK\x03\x04 broken", InputError, "the workbook is damaged"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), InputError, "locked by a password or damaged"),
        ("a.parquet", b"PAR1 broken", InputError, "the Parquet file is damaged"),
        ("a.csv.gz", b"\x1f\x8b\x08broken", InputError, "a.csv.gz: "),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_clear_error(tmp_path, name, content, error, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(error, match=message) as caught:
        read_posts(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_random_bytes_are_never_a_table(tmp_path):
    path = tmp_path / "a.csv"
    for _ in range(20):
        path.write_bytes(os.urandom(5000))
        with pytest.raises(InputError):
            read_posts(path)


def test_an_archive_of_files_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", "isi")
    with pytest.raises(UnknownFormatError, match="it is a ZIP archive"):
        read_posts(tmp_path / "a.zip")


def test_missing_sources_are_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.csv: no such file"):
        read_posts(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="no file fits this pattern"):
        read_posts(tmp_path / "*.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="the folder holds no file that textmine reads"):
        read_posts(tmp_path / "empty")


def test_a_figure_beyond_all_figures_is_an_id_and_refused(tmp_path):
    posts = read_posts(written(tmp_path / "a.csv"))
    path = tmp_path / "b.parquet"
    posts.with_columns(pl.Series("shares", [10**12, 10**12 + 1], pl.UInt64)).write_parquet(path)
    kept, rejects = read_posts_with_rejects(path)
    assert kept["shares"].to_list() == [10**12]
    assert rejects.select("source_row", "reason", "column", "value").rows() == [
        (2, "not a count that can be read", "shares", "1000000000001")
    ]


@pytest.mark.parametrize(
    ("values", "dtype", "cells"),
    [
        ([[1.0, 2.0], None], pl.Array(pl.Float64, 2), ["1.0|2.0", None]),
        ([[[1], [2]], [[3]]], pl.List(pl.List(pl.Int64)), ["1|2", "3"]),
        ([[{"a": b"x"}], None], pl.List(pl.Struct({"a": pl.Binary})), ['[{"a":"x"}]', None]),
        ([b"Halo", b"\xff"], pl.Binary, ["Halo", "\ufffd"]),
        ([[b"Halo"], []], pl.List(pl.Binary), ["Halo", ""]),
        ([timedelta(seconds=1), None], pl.Duration("us"), ["1000000", None]),
        ([time(1, 2), None], pl.Time, ["01:02:00", None]),
        ([date(2024, 1, 2), None], pl.Date, ["2024-01-02", None]),
        ([Decimal("1.20"), None], pl.Decimal(10, 2), ["1.20", None]),
        ([[datetime(2024, 1, 2)], None], pl.List(pl.Datetime("us")), ["2024-01-02T00:00:00.000000", None]),
        (["a", None], pl.Categorical, ["a", None]),
        ([None, None], pl.Null, [None, None]),
    ],
)
def test_columns_of_every_type_of_parquet_are_text_and_stop_nothing(tmp_path, values, dtype, cells):
    path = tmp_path / "a.parquet"
    pl.DataFrame(ROWS).with_columns(pl.Series("lain", values, dtype)).write_parquet(path)
    assert read_posts(path)["post_id"].to_list() == ["7", "8"]
    read = pl.concat(batch.frame for batch in open_table(path).batches())
    assert read.schema["lain"] in (pl.String, pl.Null)
    assert read["lain"].to_list() == cells


def test_records_of_parquet_are_unfolded_as_nested_json_is(tmp_path):
    tweets = [
        {
            "id": "1801234567890123456",
            "created_at": "2024-06-13T03:00:00.000Z",
            "text": "Halo #Satu",
            "author": {"username": "Dinas", "public_metrics": {"followers_count": 5}},
            "public_metrics": {"like_count": 7, "reply_count": 0, "retweet_count": 2, "quote_count": 1},
            "referenced_tweets": [{"type": "quoted", "id": "1"}],
            "wait": timedelta(seconds=1),
        },
        {"id": "1801234567890123457", "created_at": "2024-06-13T03:00:00.000Z", "text": "Dua"},
    ]
    path = tmp_path / "a.parquet"
    pl.DataFrame(tweets).write_parquet(path)
    read = pl.concat(batch.frame for batch in open_table(path).batches())
    assert read["referenced_tweets"].to_list() == ['[{"type":"quoted","id":"1"}]', None]
    assert read["author.public_metrics.followers_count"].to_list() == ["5", None]
    assert read["wait"].to_list() == ["1000000", None]
    post = read_posts(path, account="dinas").row(0, named=True)
    assert (post["account"], post["likes"], post["shares"], post["followers"]) == ("dinas", 7, 3, 5)
    assert post["post_kind"] == "quote"
