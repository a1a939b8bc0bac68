"""What spreadsheets and earlier programs do to exports: repaired where it can be, flagged where it cannot, counted."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmine.ingest import ingest, read_posts
from textmine.ingest.damage import decoded_literals, without_mojibake
from textmine.store import Workspace

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

TEXTS = (
    "Selamat Hari Kartini 🎉💙 – “Habis gelap terbitlah terang”",
    "Dirgahayu Republik Indonesia ke-79 🇮🇩",
    "Menteri bertemu délégasi café São Tomé",
    "Suhu 31°C, luas 250 m², ±5 %… ½ harga",
    "السلام عليكم, 你好, สวัสดี, Здравствуйте",
    "Naïve Zoë à la carte – 5 € – £3 – ©2024 ® ™",
    "„Zitat“ ‚einfach‘ «guillemets» ‹einzeln›",
    "   “…” ",
    "M̶e̶r̶d̶e̶k̶a̶ 𝗠𝗲𝗿𝗱𝗲𝗸𝗮 ＭＥＲＤＥＫＡ",
    "👨‍👩‍👧‍👦 keluarga ❤️‍🔥 1️⃣",
)


def written(tmp_path, rows, name="posts.csv"):
    path = tmp_path / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def notes_of(tmp_path, path):
    return ingest([path], Workspace.create(tmp_path / "workspace")).files[0].notes


def row(**changes):
    base = {"platform": "x", "account": "kemenuji", "date": "2024-01-02T03:04:05Z", "text": "Halo", "likes": "1"}
    return {**base, **changes}


# text


@pytest.mark.parametrize("text", TEXTS)
def test_good_text_is_not_touched(text):
    assert without_mojibake(pl.Series([text]))[0].to_list() == [text]


@pytest.mark.parametrize("text", TEXTS[:6])
@pytest.mark.parametrize("encoding", ["latin-1", "sloppy-windows-1252"])
@pytest.mark.parametrize("times", [1, 2])
def test_mojibake_is_restored(text, encoding, times):
    damaged = text
    for _ in range(times):
        damaged = damaged.encode().decode(encoding)
    repaired, count = without_mojibake(pl.Series([damaged, "Halo", None]))
    assert repaired.to_list() == [text, "Halo", None]
    assert count == 1


@given(st.text(st.characters(max_codepoint=127, exclude_categories=["Cs"])))
def test_ascii_is_never_touched(text):
    assert without_mojibake(pl.Series([text]))[0].to_list() == [text]


@given(st.text())
def test_bytes_that_python_printed_come_back(text):
    decoded, count = decoded_literals(pl.Series([repr(text.encode("utf-8", "replace"))]))
    assert decoded.to_list() == [text.encode("utf-8", "replace").decode()]
    assert count == (repr(text.encode("utf-8", "replace")) != decoded[0])


@pytest.mark.parametrize(
    "text",
    [
        "b'",
        "b''x",
        "b'aja",
        "b'\\xff\\xfe'",
        "b'a' + b'b'",
        "b\"a' \\",
        "kata b'Selamat'",
        "b(1)'",
        "b'" + "\\" * 5 + "'",
    ],
)
def test_what_is_no_literal_stays(text):
    assert decoded_literals(pl.Series([text]))[0].to_list() == [text]


def test_repairs_are_counted_in_the_notes(tmp_path):
    rows = [
        row(text=repr("Selamat 🎉".encode())),
        row(text="Hari Kartini – semangat!".encode().decode("latin-1"), date="2024-01-03"),
        row(text="Baik-baik saja – ya", date="2024-01-04"),
    ]
    path = written(tmp_path, rows)
    assert read_posts(path)["caption"].to_list() == ["Selamat 🎉", "Hari Kartini – semangat!", "Baik-baik saja – ya"]
    notes = notes_of(tmp_path, path)
    assert "1 captions stood as Python bytes (b'…'): decoded" in notes
    assert "1 captions were read in a wrong encoding by an earlier program: repaired" in notes


def test_hashtags_are_found_in_repaired_text(tmp_path):
    path = written(tmp_path, [row(text=repr("#HariKartini – #Café".encode()))])
    assert read_posts(path)["hashtags"].to_list() == [["HariKartini", "Café"]]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real texts are not on this machine")
def test_real_indonesian_posts_are_not_touched():
    texts = []
    for path, column in (
        ("posts/instagram_fst_unja/fst_unja_from_gallery_dl_348posts.csv", "caption"),
        ("posts/x_tweet_harvest_kipk/kipk_first_1000.csv", "full_text"),
        ("sentiment/indolem_fold0/train0.csv", "sentence"),
    ):
        with (SHARED / path).open(encoding="utf-8", newline="") as file:
            texts += [line[column] for line in csv.DictReader(file)]
    with (SHARED / "posts/x_api_v2_twarc/flat.jsonl").open(encoding="utf-8") as file:
        texts += [json.loads(line)["text"] for line in file]
    assert len(texts) > 5000
    assert without_mojibake(pl.Series(texts))[1] == 0
    assert decoded_literals(pl.Series(texts))[1] == 0


# ids


def test_ids_in_scientific_notation_are_kept_flagged_and_keyed_by_content(tmp_path):
    rows = [
        row(id="1.41E+18", text="Pertama"),
        row(id="1.41E+18", text="Kedua"),
        row(id="1,41E+18", text="Ketiga", date="2024-01-03"),
        row(id="1.41E+18", text="Pertama"),
        row(id="1410000000000000001", text="Keempat"),
    ]
    path = written(tmp_path, rows)
    posts = read_posts(path)
    assert posts["caption"].to_list() == ["Pertama", "Kedua", "Ketiga", "Keempat"]  # the fourth row is the first again
    assert posts["post_id"].str.starts_with("h").to_list() == [True, True, True, False]
    assert "4 ids were rounded by a spreadsheet: keyed by address or content instead" in notes_of(tmp_path, path)


def test_ids_of_which_a_spreadsheet_left_fifteen_digits_are_not_trusted(tmp_path):
    true = ("1741234567890123456", "1741234567890199999", "1741234567890112222", "1741234567890111111")
    cut = [f"{int(f'{int(i):.14e}'.split('e')[0].replace('.', ''))}0000" for i in true]
    assert len(set(cut)) < len(cut)  # different posts have become one id
    path = written(tmp_path, [row(id=i, text=f"Kiriman {n}") for n, i in enumerate(cut)])
    posts = read_posts(path)
    assert posts["caption"].to_list() == [f"Kiriman {n}" for n in range(4)]
    assert posts["post_id"].str.starts_with("h").all()
    assert "4 ids were rounded by a spreadsheet: keyed by address or content instead" in notes_of(tmp_path, path)


@pytest.mark.parametrize("cell", ["'1741234567890123456", '="1741234567890123456"', "1741234567890123456.0"])
def test_an_id_that_was_dressed_up_for_a_spreadsheet_is_the_same_id(tmp_path, cell):
    assert read_posts(written(tmp_path, [row(id=cell)]))["post_id"].to_list() == ["1741234567890123456"]


def test_a_true_id_that_ends_in_zeros_is_kept(tmp_path):
    rows = [row(id="1741234567890120000"), row(id="1741234567890123456"), row(id="1741234567890199999")]
    assert read_posts(written(tmp_path, rows))["post_id"].to_list() == [r["id"] for r in rows]


def test_a_rounded_id_beside_an_address_is_keyed_by_the_address(tmp_path):
    rows = [row(id="1.41E+18", url="https://x.com/kemenuji/status/1410000000000000123")]
    assert read_posts(written(tmp_path, rows))["post_id"].to_list() == ["1410000000000000123"]


# times


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("45292", datetime(2023, 12, 31, 17, tzinfo=UTC)),  # 1 January 2024, midnight in Jakarta
        ("45292.5", datetime(2024, 1, 1, 5, tzinfo=UTC)),
        ("45292,5", datetime(2024, 1, 1, 5, tzinfo=UTC)),
        ("45292.3334837963", datetime(2024, 1, 1, 1, 0, 13, tzinfo=UTC)),
        ("44256.999988425925", datetime(2021, 3, 1, 16, 59, 59, tzinfo=UTC)),
    ],
)
def test_serial_days_of_excel_are_dates(tmp_path, cell, expected):
    assert read_posts(written(tmp_path, [row(date=cell)]))["published_at"].to_list() == [expected]


def test_an_account_number_that_a_spreadsheet_rounded_names_nobody(tmp_path):
    base = {
        "Page Name": "Balai Uji", "User Name": "", "Facebook Id": "1.00E+14", "Likes at Posting": "10",
        "Created": "2020-07-01 08:00:00 EDT", "Type": "Status", "Likes": "1", "Comments": "0", "Shares": "0",
        "Love": "0", "URL": "https://www.facebook.com/permalink.php?story_fbid=77&id=1", "Message": "Halo",
    }  # fmt: skip
    posts = read_posts(written(tmp_path, [base]))
    assert posts.select("account", "post_id").rows() == [("balai uji", "77")]


# the same table in other clothes

FIXTURES = Path(__file__).parent / "fixtures"
TABLES = [
    *("crowdtangle/facebook_2020.csv", "crowdtangle/facebook_2021_pages.csv", "crowdtangle/instagram.csv"),
    *("minet/crowdtangle.csv", "minet/instagram.csv", "4cat/instagram.csv", "gallery_dl/instagram.csv"),
    *("facepager/facebook.csv", "meta_content_library/facebook.csv"),
]
CLOTHES = {
    "semicolons": {"delimiter": ";"},
    "tabs": {"delimiter": "\t"},
    "bars": {"delimiter": "|"},
    "quotes everywhere": {"quoting": csv.QUOTE_ALL, "lineterminator": "\r\n"},
    "UTF-16": {"encoding": "utf-16"},
    "lines before the header": {"preamble": "Laporan bulan Juli\n\n"},
    "another order of columns": {"turned": True},
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("clothes", CLOTHES)
def test_a_known_table_in_other_clothes_gives_the_same_posts(tmp_path, table, clothes):
    how = dict(CLOTHES[clothes])
    encoding, preamble, turned = (
        how.pop(k, v) for k, v in (("encoding", "utf-8"), ("preamble", ""), ("turned", False))
    )
    text = (FIXTURES / table).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines(keepends=True), delimiter=";" if text.startswith('"path";') else ","))
    assert all(len(row) == len(rows[0]) for row in rows)
    path = tmp_path / "table.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(preamble)
        csv.writer(file, **how).writerows([row[::-1] for row in rows] if turned else rows)
    dressed, plain = (read_posts(p, on_reject="ignore") for p in (path, FIXTURES / table))
    assert dressed.drop("source", "source_row").equals(plain.drop("source", "source_row"))
    assert dressed.height > 0
