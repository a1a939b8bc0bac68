"""What somebody meets who runs textmine for the first time, with an office's own table."""

import pytest
from click.testing import CliRunner

from textmine.cli.main import root


def textmine_(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


HEAD = "Tanggal;Kanal;Akun;Isi Konten;Suka;tautan\n"
POST = "0%d/02/2025;Instagram;%s;Imunisasi gratis nomor %d;1.23%d;https://www.instagram.com/p/Cq0%dmelati/\n"


@pytest.fixture
def office(tmp_path):
    rows = [POST % (n, "@dinkes", n, n, n) for n in range(1, 5)] + [POST % (5, "", 5, 5, 5)]
    path = tmp_path / "rekap.csv"
    path.write_text("REKAP FEBRUARI;;;;;\n" + HEAD + "".join(rows) + "TOTAL;;;;6.175;\n")
    return path


def test_why_rows_were_rejected_is_said_at_once(office, tmp_path):
    result = textmine_("ingest", office, "-o", tmp_path / "ws")
    assert result.exit_code == 0, result.output
    assert "rekap.csv, data row 6, Tanggal 'TOTAL': not a time that can be read" in result.stderr
    assert "data rows count from 1 below the header, without blank lines" in result.stderr  # line 8 of the file
    assert "read 6 = 4 posts + 0 duplicates + 2 rejected" in result.stdout


def test_many_rejected_rows_are_told_in_part_and_without_control_codes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        HEAD + "".join(f"{'x' * 99}\x1b[31m{n};X;@a;Isi {n};1;https://x.com/a/status/{n}\n" for n in range(9))
    )
    told = textmine_("ingest", path, "-o", tmp_path / "ws").stderr
    assert (told.count("  rejected: "), "  and 4 more\n" in told, "\x1b" in told, "x" * 41 in told) == (
        5,
        True,
        False,
        False,
    )


def test_a_platform_beside_accounts_makes_no_account_of_its_name(office, tmp_path):
    told = textmine_("ingest", office, "-o", tmp_path / "ws").stderr
    assert "account=Akun," in told
    assert "data row 5, Akun: no account" in told


def test_platforms_alone_are_not_taken_as_accounts(tmp_path):
    path = tmp_path / "a.csv"
    posts = "".join(f"0{n}/02/2025;Instagram;Isi {n};https://www.instagram.com/p/Cq0{n}melati/\n" for n in range(1, 5))
    path.write_text("Tanggal;Kanal;Isi Konten;tautan\n" + posts)
    result = textmine_("ingest", path, "-o", tmp_path / "ws")
    assert result.exit_code == 1 and "column 'Kanal': holds platforms and no accounts" in result.stderr
    told = textmine_("ingest", path, "--map", "platform=Kanal", "--account", "dinkes", "-o", tmp_path / "ws")
    assert "read 4 = 4 posts" in told.stdout


def test_a_channel_is_still_an_account_where_it_is_the_only_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Tanggal;Kanal;Isi Konten;tautan\n03/02/2025;Humas Melati;Isi;https://youtu.be/abcdefghijk\n")
    assert "read 1 = 1 posts" in textmine_("ingest", path, "-o", tmp_path / "ws").stdout
