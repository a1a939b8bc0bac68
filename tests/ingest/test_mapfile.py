"""Mapping files: read, checked, combined with the options, written from what was used."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.errors import ConfigError, InputError, MissingColumnError
from textmine.ingest import SavedMap, read_mapping, read_posts, used_mapping
from textmine.store import Workspace

OFFICE = """\
# Humas, 2024
platform = "instagram"
account = "kemenkes_ri"
time_zone = "WITA"

[map]
caption = "Kolom A"
published_at = "Kolom B"
likes = "Kolom C"
"""
TABLE = "Kolom A,Kolom B,Kolom C\nHalo,2024-03-01 10:00,7\n"


@pytest.fixture
def office(tmp_path):
    (tmp_path / "office.toml").write_text(OFFICE)
    (tmp_path / "march.csv").write_text(TABLE)
    return tmp_path


def stored(path):
    return Workspace.open(path).scan("posts.parquet", made_by="ingest").collect()


def test_a_mapping_file_reads_a_table_without_a_known_name(office):
    asked = ["ingest", str(office / "march.csv"), "--map", str(office / "office.toml"), "-o", str(office / "w")]
    assert CliRunner().invoke(root, asked).exit_code == 0
    assert stored(office / "w").select("platform", "account", "caption", "likes", "published_at").rows() == [
        ("instagram", "kemenkes_ri", "Halo", 7, datetime(2024, 3, 1, 2, tzinfo=UTC))
    ]


def test_options_win_over_the_file_and_later_maps_over_earlier(office):
    (office / "march.csv").write_text("Kolom A,Kolom B,Kolom C,D\nHalo,2024-03-01 10:00,7,9\n")
    asked = ["ingest", str(office / "march.csv"), "--map", str(office / "office.toml"), "--map", "likes=D"]
    asked += ["--account", "lain", "-o", str(office / "w")]
    assert CliRunner().invoke(root, asked).exit_code == 0
    assert stored(office / "w").select("account", "likes").rows() == [("lain", 9)]


def test_a_time_zone_may_stand_among_the_pairs(office):
    pairs = "caption=Kolom A,published_at=Kolom B,time_zone=WIT"
    asked = ["ingest", str(office / "march.csv"), "--map", pairs, "--platform", "x", "--account", "a"]
    assert CliRunner().invoke(root, [*asked, "-o", str(office / "w")]).exit_code == 0
    assert stored(office / "w")["published_at"].to_list() == [datetime(2024, 3, 1, 1, tzinfo=UTC)]
    with pytest.raises(InputError, match="'Mars' is no time zone; write WIB, WITA, WIT"):
        read_posts(office / "march.csv", mapping={"caption": "Kolom A", "published_at": "Kolom B", "time_zone": "Mars"})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[map]\ncaption = 'A'\nsuka = 'B'\n", r"line 3, key 'map\.suka': is not a column of a post; known here"),
        ("[map]\nlikes = 3\n", r"line 2, key 'map\.likes': must be a column's name in quotes \(it is 3\)"),
        ("\nplatfrom = 'x'\n", r"line 2, key 'platfrom': unknown key; known here: platform, account, time_zone, map"),
        ("platform = 'tiktok'\n", r"line 1, key 'platform': must be one of facebook, x, instagram, youtube"),
        ("account = 5\n", r"line 1, key 'account': must be text in quotes \(it is 5\)"),
        ("time_zone = 'Mars'\n", r"line 1, key 'time_zone': 'Mars' is no time zone"),
        ("map = 'likes'\n", r"line 1, key 'map': must be a table: \[map\]"),
        ("[map]\nlikes = \n", r"line 2: is not TOML: Invalid value"),
        (b"account = '\xff'\n", "is not UTF-8"),
    ],
)
def test_what_is_wrong_in_a_mapping_file_is_said_with_its_line(tmp_path, content, message):
    path = tmp_path / "office.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError, match=message) as caught:
        read_mapping(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_mapping_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read: No such file"):
        read_mapping(tmp_path / "nowhere.toml")


def test_what_was_used_is_written_and_reads_the_same_posts_again(tmp_path):
    table = tmp_path / "march.csv"
    table.write_text("Akun,Tanggal,Isi Konten,Suka,Love,Komentar\ndinas,01/03/2024 10:00,Halo,7,2,1\n")
    saved = tmp_path / "saved.toml"
    asked = ["ingest", str(table), "--platform", "facebook", "-o", str(tmp_path / "a"), "--save-map", str(saved)]
    assert CliRunner().invoke(root, asked).exit_code == 0
    assert saved.read_text() == (
        'platform = "facebook"\ntime_zone = "Asia/Jakarta"\n\n[map]\naccount = "Akun"\ncaption = "Isi Konten"\n'
        'comments = "Komentar"\nlikes = "Suka"\nlove = "Love"\npublished_at = "Tanggal"\n'
    )
    asked = ["ingest", str(table), "--map", str(saved), "-o", str(tmp_path / "b")]
    assert CliRunner().invoke(root, asked).exit_code == 0
    assert stored(tmp_path / "b").equals(stored(tmp_path / "a"))
    assert stored(tmp_path / "b")["likes"].to_list() == [9]


def test_a_saved_mapping_is_never_written_over(tmp_path):
    (tmp_path / "march.csv").write_text("Akun,Tanggal,Isi\ndinas,01/03/2024 10:00,Halo\n")
    (tmp_path / "april.csv").write_text("Akun,Waktu,Isi\ndinas,01/04/2024 10:00,Halo\n")
    saved = tmp_path / "office.toml"

    def asked(month):
        line = ["ingest", str(tmp_path / month), "--platform", "x", "-o", str(tmp_path / "ws")]
        return CliRunner().invoke(root, [*line, "--save-map", str(saved)])

    assert [asked("march.csv").exit_code, asked("march.csv").exit_code] == [0, 0], "the same once more is no mistake"
    before = saved.read_bytes()
    other = asked("april.csv")
    assert other.exit_code == 1 and "office.toml: is there already; name another file" in other.stderr
    assert saved.read_bytes() == before and stored(tmp_path / "ws").height == 1


def test_a_likes_column_alone_is_the_whole_figure(tmp_path):
    table = tmp_path / "march.csv"
    table.write_text("Akun,Tanggal,Isi,Suka,Love\ndinas,01/03/2024 10:00,Halo,7,2\n")
    assert read_posts(table, mapping={"likes": "Suka"}, platform="facebook")["likes"].to_list() == [7]


def test_names_with_quotes_and_control_characters_survive(tmp_path):
    said = SavedMap({"caption": 'Isi "baru"\t\\ \x7f é', "time_zone": "Asia/Jakarta"}, "x", "a")
    said.write(tmp_path / "m.toml")
    assert read_mapping(tmp_path / "m.toml") == said


def test_sources_that_are_read_in_different_ways_have_no_one_mapping(tmp_path):
    (tmp_path / "a.csv").write_text("Akun,Tanggal,Isi\n")
    (tmp_path / "b.csv").write_text("Akun,Waktu,Isi\n")
    with pytest.raises(InputError, match=r"b\.csv: its columns are not those of .*a\.csv; save the map of one"):
        used_mapping(tmp_path / "a.csv", tmp_path / "b.csv")


def test_the_mapping_of_a_known_tool_names_its_own_columns(tmp_path):
    path = tmp_path / "posts.ndjson"
    path.write_text(
        '{"id_str": "1", "full_text": "a", "favorite_count": 1, "created_at": "x", "user": {"screen_name": "a"}}'
    )
    said = used_mapping(path)
    assert (said.platform, said.mapping["likes"], said.mapping["time_zone"]) == ("x", "favorite_count", "UTC")


@pytest.mark.parametrize(
    "name", ["twarc2/pages.jsonl", "zeeschuimer/x.ndjson", "yt_dlp/channel.json", "minet/twitter.csv"]
)
def test_the_saved_mapping_of_a_known_tool_reads_the_same_posts_again(name):
    path = Path(__file__).parent / "fixtures" / name
    said = used_mapping(path)
    again = read_posts(path, mapping=said.mapping, platform=said.platform, on_reject="ignore")
    assert again.equals(read_posts(path, on_reject="ignore"))


def test_a_row_takes_the_first_of_several_columns_that_it_fills(tmp_path):
    table = tmp_path / "march.csv"
    table.write_text("akun,tanggal,A,B,x | y\nd,2024-03-01,Halo,,1\nd,2024-03-02,,Hai,2\n")
    mapping = {"caption": "A | B | Z", "likes": "x | y"}
    posts = read_posts(table, mapping=mapping, platform="x")
    assert posts.select("caption", "likes").rows() == [("Halo", 1), ("Hai", 2)]
    with pytest.raises(MissingColumnError, match=r"column 'Y \| Z'.*--map caption=Y \| Z names a column"):
        read_posts(table, mapping={"caption": "Y | Z"}, platform="x")


def test_topics_apply_and_run_take_mapping_files(office):
    from textmine.workflow.config import read_config

    (office / "run.toml").write_text(
        'workspace = "w"\n[ingest]\nsources = ["march.csv"]\nmap_file = "office.toml"\naccount = "lain"\n'
    )
    said = read_config(office / "run.toml").ingest.said
    assert (said.platform, said.account) == ("instagram", "lain")
    assert said.mapping == {
        "caption": "Kolom A",
        "published_at": "Kolom B",
        "likes": "Kolom C",
        "time_zone": "Asia/Makassar",
    }
    refused = CliRunner().invoke(root, ["topics", "apply", "m", "x.csv", "--map", str(office / "none.toml")])
    assert refused.stderr.strip().endswith("none.toml: cannot be read: No such file or directory")
