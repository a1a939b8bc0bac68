"""The register as offices keep it: delimiters, headers, addresses, numbers, dates, workbooks."""

from datetime import date

import polars as pl
import pytest

from textmine.errors import InputError
from textmine.ingest.addresses import account_named
from textmine.ingest.register import read_agencies


def written(tmp_path, text, *, encoding="utf-8", name="agencies.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


SEMICOLONS = (
    "Instansi;Nama;Klaster;Platform;Akun;Jumlah Pengikut;Tanggal\n"
    "kemenkes;Kementerian Kesehatan;kementerian;Instagram;https://www.instagram.com/kemenkes_ri/;1.234.567;31/10/2020\n"
    "kemenkes;Kementerian Kesehatan;kementerian;Twitter;@KemenkesRI;1,2 jt;05/10/2020\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_indonesian_headers_numbers_and_dates_in_any_delimiter_and_encoding(tmp_path, delimiter, encoding):
    path = written(tmp_path, SEMICOLONS.replace(";", delimiter), encoding=encoding)
    rows = read_agencies(path).select("agency", "cluster", "platform", "account", "followers", "followers_at").rows()
    assert rows == [
        ("kemenkes", "kementerian", "x", "kemenkesri", 1_200_000, date(2020, 10, 5)),
        ("kemenkes", "kementerian", "instagram", "kemenkes_ri", 1_234_567, date(2020, 10, 31)),
    ]


def test_a_workbook_is_read_with_its_numbers_and_dates(tmp_path):
    pl.DataFrame(
        {"Instansi": ["bps"], "Platform": ["IG"], "Akun": ["@bps_statistics"], "Pengikut": [98765],
         "Berlaku dari": [date(2019, 5, 1)]}
    ).write_excel(tmp_path / "daftar.xlsx")  # fmt: skip
    row = read_agencies(tmp_path / "daftar.xlsx").row(0, named=True)
    assert (row["account"], row["followers"], row["valid_from"]) == ("bps_statistics", 98765, date(2019, 5, 1))


def test_an_address_tells_the_platform_and_a_name_serves_as_the_key(tmp_path):
    path = written(
        tmp_path,
        "Nama Instansi\tKategori\tTautan\nBadan Pusat Statistik\tlembaga\tx.com/bps_statistics?s=20\n"
        "Badan Pusat Statistik\tlembaga\thttps://m.facebook.com/profile.php?id=100064\n",
    )
    rows = read_agencies(path).select("agency", "name", "platform", "account").rows()
    assert rows == [
        ("Badan Pusat Statistik", "Badan Pusat Statistik", "facebook", "100064"),
        ("Badan Pusat Statistik", "Badan Pusat Statistik", "x", "bps_statistics"),
    ]


def test_a_column_for_each_platform_gives_a_row_for_each_account(tmp_path):
    path = written(
        tmp_path,
        "instansi;kategori;instagram;pengikut instagram;twitter;youtube\n"
        "kemenkes;kementerian;@kemenkes_ri;2.000;kemenkesri;-\n"
        "bps;lembaga;bps_statistics;1.500;;https://youtube.com/@bps\n",
    )
    assert read_agencies(path).select("agency", "platform", "account", "followers").rows() == [
        ("bps", "instagram", "bps_statistics", 1500),
        ("bps", "youtube", "bps", None),
        ("kemenkes", "x", "kemenkesri", None),
        ("kemenkes", "instagram", "kemenkes_ri", 2000),
    ]


def test_day_and_month_are_told_apart_over_all_dates(tmp_path):
    path = written(tmp_path, "agency,platform,account,valid_from,valid_to\na,x,a,03/04/2020,12/31/2020\n")
    row = read_agencies(path).row(0, named=True)
    assert (row["valid_from"], row["valid_to"]) == (date(2020, 3, 4), date(2020, 12, 31))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("agency,platform,account\na,tiktok,a\n", "row 1, column 'platform': 'tiktok' is not a platform; .* take"),
        ("agency,platform,account\na,,a\n", "row 1, column 'platform': empty"),
        ("agency,platform,account\na,x,https://instagram.com/a\n", "row 1, column 'account': .* another platform"),
        ("agency,platform,account\na,instagram,https://instagram.com/p/CQ8i6nHl9s3/\n", "no profile's address"),
        ("agency,platform,account\na,instagram,\"a, b\"\n", "row 1, column 'account': 'a, b' is not one handle"),
        ("agency,platform,account\na,x,a\n,x,b\n", "row 2, column 'agency': empty; merged cells"),
        ("agency,platform,account\na,x,a\nb,x\n", "row 2: has 2 fields instead of 3"),
        ("agency,platform,account,valid_from\na,x,a,2020-13-45\n", "row 1, column 'valid_from': .* write YYYY-MM-DD"),
        ("agency,platform,account,valid_from,valid_to\na,x,a,2020-03-05,2020-02-01\n", "'2020-02-01' is before valid"),
        ("agency,platform,account\n", "holds no rows"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line_with_its_place(tmp_path, text, message):
    with pytest.raises(InputError, match=message) as caught:
        read_agencies(written(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_the_newest_audience_of_an_account_comes_first(tmp_path):
    path = written(
        tmp_path, "agency,platform,account,followers,followers_at\na,x,a,10,2020-01-01\na,x,a,20,2020-06-01\n"
    )
    assert read_agencies(path)["followers"].to_list() == [20, 10]


@pytest.mark.parametrize(
    ("address", "account"),
    [
        ("https://www.instagram.com/Kemenkes_RI/?hl=id", "kemenkes_ri"),
        ("http://instagram.com/stories/budi.s/123/", "budi.s"),
        ("https://x.com/BPS_Statistics/status/1", "bps_statistics"),
        ("https://twitter.com/intent/user?screen_name=budi", "budi"),
        ("https://www.facebook.com/pages/Dinas-X/123456789", "123456789"),
        ("https://web.facebook.com/groups/99/user/1000123/", "1000123"),
        ("https://www.facebook.com/permalink.php?story_fbid=2&id=1000123", "1000123"),
        ("https://youtube.com/channel/UCabc-1", "ucabc-1"),
        ("https://youtu.be/abcdefghijk", None),
        ("https://x.com/i/status/1", None),
        ("https://www.instagram.com/reel/CQ8i6nHl9s3/", None),
        ("https://www.youtube.com/watch?v=abcdefghijk", None),
        ("https://www.facebook.com/watch/?v=1", None),
        ("https://kemkes.go.id/x.com/budi", None),
    ],
)
def test_an_address_names_its_account_or_nobody(address, account):
    named = account_named(address)
    assert (named and named.account) == account
    if named:
        assert address[named.start : named.end].lower() == account
