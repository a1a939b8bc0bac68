"""Workbooks of offices: a sheet a month, a sheet a platform, covers and summaries between them."""

import polars as pl
import xlsxwriter

from textmine.ingest import read_posts
from textmine.ingest.plan import Options
from textmine.ingest.reading import read_file
from textmine.ingest.register import read_agencies

HEAD = ["Tanggal", "Akun", "Caption", "Likes", "Komentar"]


def workbook(path, **sheets):
    """A workbook; each sheet its rows, the header among them."""
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    return path


def rows(what, n, *more):
    return [[f"2020-01-{at:02d} 10:00", "dinas", f"{what} {at}", str(at), "1", *more] for at in range(1, n + 1)]


def notes(path, **options):
    return read_file(path, Options(**options), path.parent / "scratch", lambda *_: None).notes


def test_a_sheet_a_month_is_one_table_whose_rows_are_counted_through(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", Sampul=[["Laporan"]], Januari=[HEAD, *rows("jan", 3)],
        Februari=[["Rekap"], HEAD, *rows("feb", 2)],
    )  # fmt: skip
    posts = read_posts(path, platform="instagram")
    assert posts["caption"].to_list() == ["jan 1", "jan 2", "jan 3", "feb 1", "feb 2"]
    assert posts["source_row"].to_list() == [1, 2, 3, 4, 5]
    told = notes(path, platform="instagram")
    assert "read from sheets 'Januari' (data rows 1 to 3), 'Februari' (data rows 4 to 5); left out: 'Sampul'" in told, (
        told
    )
    assert "1 line before the header left out in 'Februari'" in told
    assert not [note for note in told if "WARNING" in note]


def test_a_sheet_a_platform_gives_its_name_to_its_posts_and_null_stays_null(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        Rekap=[["Platform", "Likes", "Komentar", "Pengikut"], ["IG", "9", "9", "100"]],
        Instagram=[HEAD, *rows("ig", 3)],
        Facebook=[[name.upper() for name in HEAD] + ["Dibagikan"], *rows("fb", 2, "7")],
        Twitter=[["Tanggal", "Akun", "Isi", "Suka", "Komentar"], *rows("tw", 1)],
    )
    posts = read_posts(path)
    assert posts.select("platform", "caption", "likes", "shares").rows() == [
        ("instagram", "ig 1", 1, None),
        ("instagram", "ig 2", 2, None),
        ("instagram", "ig 3", 3, None),
        ("facebook", "fb 1", 1, 7),
        ("facebook", "fb 2", 2, 7),
        ("x", "tw 1", 1, None),
    ]
    told = notes(path)
    assert "left out: 'Rekap'" in told[0]
    assert told[1] == "platform taken from the name of the sheet: 'Instagram', 'Facebook', 'Twitter'"


def test_posts_that_cannot_go_with_the_others_are_left_out_loudly(tmp_path):
    other = ["Waktu Tayang", "Tanggal", "Nama Akun", "Username", "Isi", "Caption", "Suka"]
    path = workbook(
        tmp_path / "a.xlsx", Utama=[[*HEAD, "Dibagikan", "URL"], *rows("a", 2, "1", "")], Lain=[other, *rows("b", 1)]
    )
    told = notes(path, platform="x")
    assert "posts left out: the columns of 'Lain' have other names" in told[1]
    assert read_posts(path, platform="x")["caption"].to_list() == ["a 1", "a 2"]


def test_heads_that_differ_in_case_alone_are_two_columns(tmp_path):
    path = workbook(tmp_path / "a.xlsx", Data=[[*HEAD, "likes"], *rows("a", 1, "99")])
    assert read_posts(path, platform="x").select("caption", "likes").rows() == [("a 1", 1)]


def test_a_register_with_a_sheet_a_cluster_is_read_whole(tmp_path):
    head = ["Instansi", "Klaster", "Platform", "Akun"]
    path = workbook(
        tmp_path / "a.xlsx",
        Kementerian=[head, ["Kemenkes", "Kementerian", "x", "kemenkes"]],
        BUMN=[head, ["PLN", "BUMN", "x", "pln_123"]],
    )
    register = read_agencies(path)
    assert register.select("agency", "cluster").rows() == [("Kemenkes", "Kementerian"), ("PLN", "BUMN")]
    assert register.schema["platform"] == pl.Enum(["facebook", "x", "instagram", "youtube"])
