import io
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import polars as pl
import pytest
from click.testing import CliRunner

import textmine
from textmine.cli.main import COMMANDS, root
from textmine.cli.output import printable

ROOT = Path(__file__).resolve().parents[2]

SAID = ("vaksin gratis warga", "panen padi petani")
WHERE = "desa kota pasar sekolah kantor pantai gunung sungai stasiun masjid".split()
POSTS = "id,username,created_at,text,likes,url\n" + "".join(
    f"{n},kemen_{'ab'[n % 2]},2020-03-{1 + n % 28:02d} 08:00,{SAID[n % 2]} di {WHERE[n % 10]} {WHERE[n // 4]}"
    f" #Tag{'AB'[n % 2]},{n},https://x.com/k/status/{n}\n"
    for n in range(40)
)


def textmine_(*arguments, **kwargs):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine", **kwargs)


@pytest.fixture
def exports(tmp_path):
    (tmp_path / "posts.csv").write_text(POSTS)
    return tmp_path / "posts.csv"


@pytest.fixture
def workspace(tmp_path, exports):
    assert textmine_("ingest", exports, "-o", tmp_path / "ws").exit_code == 0
    return tmp_path / "ws"


def assert_one_line(result, *words):
    """One clear line on standard error, nothing on standard output, exit code 1 and no traceback."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    lines = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in lines[0]


def test_the_accounting_is_an_object_of_four_numbers_and_the_files(tmp_path, exports):
    result = textmine_("ingest", exports, "-o", tmp_path / "ws", "--format", "json")
    content = json.loads(result.stdout)
    assert set(content) == {"read", "posts", "duplicates", "rejected", "files"}
    assert content["read"] == 40 == content["posts"] + content["duplicates"] + content["rejected"]


def tree(folder):
    """Bytes of every file of a workspace, its lock left out."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock"}


def test_ingesting_the_same_file_twice_changes_nothing(workspace, exports):
    before = tree(workspace)
    result = textmine_("ingest", exports, "-o", workspace, "--format", "json")
    again = json.loads(result.stdout)
    assert (again["read"], again["posts"], again["duplicates"], again["rejected"]) == (40, 0, 40, 0)
    assert tree(workspace) == before


def test_keywords_come_as_csv_json_and_parquet(workspace):
    as_csv = textmine_("keywords", workspace, "--top", 3)
    as_json = textmine_("keywords", workspace, "--top", 3, "--format", "json")
    as_parquet = textmine_("keywords", workspace, "--top", 3, "--format", "parquet")
    table = pl.read_csv(io.StringIO(as_csv.stdout))
    assert table["rank"].max() == 3
    assert len(json.loads(as_json.stdout)) == len(table)
    assert pl.read_parquet(io.BytesIO(as_parquet.stdout_bytes)).columns == table.columns


def test_keywords_for_people_fit_a_terminal(workspace):
    result = textmine_("keywords", workspace, "--top", 2, "--format", "table")
    assert "kemen_a" in result.stdout and "vaksin" in result.stdout


def test_a_group_and_a_kind_can_be_chosen(workspace):
    result = textmine_("keywords", workspace, "--group", "kemen_b", "--kind", "hashtag")
    assert pl.read_csv(io.StringIO(result.stdout)).select("group", "kind", "surface").rows() == [
        ("kemen_b", "hashtag", "#TagB")
    ]


def test_topics_fit_without_being_named_and_apply_to_new_posts(workspace, tmp_path):
    fitted = textmine_("topics", workspace, "-k", 2)
    assert pl.read_csv(io.StringIO(fitted.stdout))["topic"].to_list() == [0, 1]
    shares = textmine_("topics", workspace, "-k", 2, "--by", "agency")
    assert set(pl.read_csv(io.StringIO(shares.stdout))["group"]) == {"kemen_a", "kemen_b"}
    new = tmp_path / "new.csv"
    new.write_text("id,username,created_at,text,url\n1,u,2021-01-01,vaksin gratis,https://x.com/u/status/1\n")
    applied = textmine_("topics", "apply", workspace / "topic_model", new)
    row = pl.read_csv(io.StringIO(applied.stdout)).row(0, named=True)
    assert (row["platform"], row["weight"]) == ("x", 1.0)
    kept = pl.read_parquet(workspace / "post_topics.parquet" / "*.parquet")
    vaccine = kept.filter(pl.col("post_id") == "0")["topic"].to_list()
    assert [row["topic"]] == vaccine


def test_report_makes_what_is_missing_first(workspace, tmp_path):
    result = textmine_("report", workspace, "-o", tmp_path / "reports", "--lang", "en", "--format", "html")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(tmp_path / "reports" / "index.html")
    assert (workspace / "keywords.parquet").exists() and (workspace / "topics.parquet").exists()
    assert '<html lang="en"' in (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")


def test_report_writes_markdown_when_asked_and_says_where_it_begins(workspace, tmp_path):
    result = textmine_("report", workspace, "-o", tmp_path / "wiki", "--lang", "en", "--format", "md")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(tmp_path / "wiki" / "index.md")
    text = (tmp_path / "wiki" / "kemen-a" / "kemen-a.md").read_text(encoding="utf-8")
    assert "## What its own figures advise" in text
    assert not list((tmp_path / "wiki").rglob("*.html"))


def test_one_agency_can_be_reported_alone_and_an_unknown_one_is_said(workspace, tmp_path):
    textmine_("report", workspace, "-o", tmp_path / "one", "--agency", "kemen_a", "--format", "csv")
    assert [path.name for path in (tmp_path / "one").iterdir() if path.is_dir()] == ["kemen-a"]
    assert_one_line(
        textmine_("report", workspace, "-o", tmp_path / "no", "--agency", "kemen_x"), "kemen_x", "did you mean"
    )


def test_zeros_can_be_kept_as_figures(tmp_path):
    rows = "".join(f"{n},u,2020-01-01,a,{n},0,https://x.com/u/status/{n}\n" for n in range(60))
    (tmp_path / "a.csv").write_text("id,username,created_at,text,likes,comments,url\n" + rows)
    for zeros, nulls in (("auto", 60), ("keep", 0)):
        textmine_("ingest", tmp_path / "a.csv", "-o", tmp_path / zeros, "--zeros", zeros)
        assert pl.read_parquet(tmp_path / zeros / "posts.parquet")["comments"].null_count() == nulls


def test_sql_reads_a_workspace_as_it_stands(workspace):
    duckdb = pytest.importorskip("duckdb", reason='duckdb is not installed: pip install "textmine[sql]"')
    files = f"read_parquet('{workspace}/posts.parquet/**/*.parquet', hive_partitioning=true)"
    query = f"SELECT account, count(*) FROM {files} GROUP BY account ORDER BY account"
    assert duckdb.sql(query).fetchall() == [("kemen_a", 20), ("kemen_b", 20)]


def test_a_missing_file_is_said(tmp_path):
    assert_one_line(textmine_("ingest", tmp_path / "no.csv", "-o", tmp_path / "ws"), "no.csv")


def test_an_empty_file_is_said(tmp_path):
    (tmp_path / "empty.csv").touch()
    assert_one_line(textmine_("ingest", tmp_path / "empty.csv", "-o", tmp_path / "ws"), "empty.csv", "empty")


def test_a_csv_without_a_caption_is_said_with_the_remedy(tmp_path):
    (tmp_path / "a.csv").write_text("id,username,created_at,likes\n1,u,2020-01-01,3\n")
    assert_one_line(
        textmine_("ingest", tmp_path / "a.csv", "-o", tmp_path / "ws", "--platform", "x"), "caption", "--map"
    )


def test_mixed_encodings_are_read_line_by_line(tmp_path):
    rows = [
        b"id,username,created_at,text,url\n",
        "1,u,2020-01-01,kafé ramai,https://x.com/u/status/1\n".encode(),
        "2,u,2020-01-02,kafé sepi,https://x.com/u/status/2\n".encode("cp1252"),
    ]
    (tmp_path / "mixed.csv").write_bytes(b"".join(rows))
    result = textmine_("ingest", tmp_path / "mixed.csv", "-o", tmp_path / "ws", "--format", "json")
    assert json.loads(result.stdout)["posts"] == 2
    assert pl.read_parquet(tmp_path / "ws" / "posts.parquet")["caption"].to_list() == ["kafé ramai", "kafé sepi"]


def test_a_broken_json_line_is_rejected_and_the_rest_goes_on(tmp_path):
    good = (
        '{"id": "%d", "username": "u", "created_at": "2020-01-01", "text": "a", "url": "https://x.com/u/status/%d"}\n'
    )
    (tmp_path / "a.ndjson").write_text(good % (1, 1) + '{"id": "2", "te\n' + good % (3, 3))
    result = textmine_("ingest", tmp_path / "a.ndjson", "-o", tmp_path / "ws", "--format", "json")
    content = json.loads(result.stdout)
    assert (content["read"], content["posts"], content["rejected"]) == (3, 2, 1)
    assert pl.read_parquet(tmp_path / "ws" / "rejects.parquet")["source_row"].to_list() == [2]


def test_an_unknown_group_is_said_with_what_looks_alike(workspace):
    assert_one_line(textmine_("keywords", workspace, "--group", "kemen_c"), "kemen_c", "did you mean kemen_")


def test_a_register_that_contradicts_itself_is_said(tmp_path, exports):
    register = tmp_path / "agencies.csv"
    register.write_text("agency,platform,account\na,x,kemen_a\nb,x,kemen_a\n")
    assert_one_line(textmine_("ingest", exports, "-o", tmp_path / "ws", "--agencies", register), "two agencies")


def test_more_topics_than_posts_is_said(workspace):
    assert_one_line(textmine_("topics", workspace, "-k", 500), "500 topics")


def test_a_workspace_of_a_newer_version_is_said(workspace):
    description = json.loads((workspace / "workspace.json").read_text())
    (workspace / "workspace.json").write_text(json.dumps(description | {"format": 99, "textmine": "9.9"}))
    assert_one_line(textmine_("keywords", workspace), "9.9", "pip install -U textmine")


def test_no_workspace_is_said(tmp_path):
    assert_one_line(textmine_("keywords", tmp_path / "nowhere"), "textmine ingest")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full, which stands for a full disk, is Linux only")
def test_a_full_disk_is_said(tmp_path, exports, monkeypatch):
    workspace = tmp_path / "ws"
    textmine_("ingest", exports, "-o", workspace)

    def full(self, *args, **kwargs):
        with Path("/dev/full").open("wb", buffering=0) as file:
            file.write(b"x")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    assert_one_line(textmine_("keywords", workspace), "the disk is full", "run the same command again")
    monkeypatch.undo()
    assert textmine_("keywords", workspace).exit_code == 0


def test_debug_keeps_the_traceback(tmp_path):
    result = textmine_("--debug", "keywords", tmp_path / "nowhere")
    assert isinstance(result.exception, textmine.TextmineError)


@pytest.mark.parametrize(
    "arguments", [["ingest"], ["keywords", "ws", "--by", "planet"], ["topics", "ws", "-k", "0"], ["nonsense"]]
)
def test_wrong_usage_exits_with_2(arguments):
    result = textmine_(*arguments)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr


def test_a_mapping_without_an_equals_sign_is_wrong_usage(tmp_path, exports):
    result = textmine_("ingest", exports, "-o", tmp_path / "ws", "--map", "caption")
    assert result.exit_code == 2 and "COLUMN=NAME" in result.stderr


def commands():
    for name in COMMANDS:
        command = root.get_command(click.Context(root), name)
        yield [name], command
        if isinstance(command, click.Group):
            for sub in command.list_commands(click.Context(command)):
                yield [name, sub], command.get_command(click.Context(command), sub)


@pytest.mark.parametrize(
    ("path", "command"), list(commands()), ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_every_command_has_help_an_example_and_a_page(path, command):
    result = textmine_(*path, "--help")
    assert result.exit_code == 0
    assert f"textmine {path[0]}" in result.stdout.partition("Example")[2]
    assert (ROOT / "docs" / f"{path[0]}.md").is_file()
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert max(parameter.opts, key=len) in result.stdout


def test_help_lists_the_commands_in_the_order_of_the_work_without_loading_them():
    program = """
import sys
from textmine.cli import main
sys.argv = ["textmine", "--help"]
try:
    main()
except SystemExit:
    print("polars" in sys.modules)
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "False"
    listed = [line.split()[0] for line in result.stdout.partition("Commands:")[2].splitlines() if line.startswith("  ")]
    assert listed[: len(COMMANDS)] == list(COMMANDS)


@pytest.mark.parametrize("door", [["cli.py"], ["-m", "textmine"]])
def test_the_checkout_and_the_module_are_the_same_command(door):
    result = subprocess.run([sys.executable, *door, "--version"], capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.strip() == f"textmine, version {textmine.__version__}"


def test_control_codes_of_posts_never_reach_the_terminal():
    assert printable("a\x1b[31mb\u202ec\nd\x07") == "a[31mbc d"


def test_nothing_but_data_on_standard_output_and_no_colour_in_a_pipe(workspace):
    environment = os.environ | {"NO_COLOR": "1"}
    command = [sys.executable, "-m", "textmine", "keywords", str(workspace), "--top", "1"]
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=ROOT)
    assert pl.read_csv(io.StringIO(result.stdout)).height == 4
    assert "\x1b[" not in result.stdout + result.stderr


def test_the_growth_of_a_post_comes_in_every_format(tmp_path):
    header = "platform,id,akun,tanggal,isi,suka,diambil_pada\n"
    for number, (likes, day) in enumerate([("10", "2024-03-02"), ('"1,2 rb"', "2024-03-05")]):
        (tmp_path / "a.csv").write_text(f"{header}x,1,dinas,2024-03-01,Halo warga,{likes},{day} 10:00\n")
        assert textmine_("ingest", tmp_path / "a.csv", "-o", tmp_path / "ws").exit_code == 0, number
    table = pl.read_csv(io.StringIO(textmine_("growth", tmp_path / "ws", 1).stdout))
    assert table.select("likes", "rounded").rows() == [(10, ""), (1200, "likes")]
    as_parquet = pl.read_parquet(
        io.BytesIO(textmine_("growth", tmp_path / "ws", 1, "--format", "parquet").stdout_bytes)
    )
    assert as_parquet["likes"].to_list() == [10, 1200]
    shown = textmine_("growth", tmp_path / "ws", 1, "--platform", "x", "--format", "table").stdout
    assert "2024-03-05 10:00" in shown and "1200" in shown
    assert_one_line(textmine_("growth", tmp_path / "ws", 404), "no post with the id 404")


def test_campaigns_are_listed_with_accounts_and_dates(tmp_path):
    text = "Ayo cegah stunting bersama kader posyandu di desa kita mulai hari ini juga"
    rows = [f"{n},akun{n % 3},2024-03-{n + 1:02} 08:00,{text} #Hari{n}" for n in range(6)]
    (tmp_path / "a.csv").write_text("id,akun,tanggal,isi\n" + "\n".join([*rows, "9,lain,2024-03-01,Sesuatu"]) + "\n")
    textmine_("ingest", tmp_path / "a.csv", "-o", tmp_path / "ws", "--platform", "x")
    result = textmine_("duplicates", tmp_path / "ws")
    assert "6 of 7 posts are in 1 clusters of the same text" in result.stderr
    row = pl.read_csv(io.StringIO(result.stdout)).row(0, named=True)
    assert row == {
        "cluster": 1,
        "size": 6,
        "n_accounts": 3,
        "first": "2024-03-01",
        "last": "2024-03-06",
        "accounts": "akun0 akun1 akun2",
        "caption": f"{text} #Hari0",
    }
    table = textmine_("duplicates", tmp_path / "ws", "--format", "table").stdout
    assert "Ayo cegah stunting" in table and "2024-03-06" in table
    none = textmine_("duplicates", tmp_path / "ws", "--min-accounts", 4)
    assert len(none.stdout.splitlines()) == 1


def test_topics_are_chosen_from_a_range_and_shown_on_a_page(workspace, tmp_path):
    page = tmp_path / "numbers.html"
    result = textmine_("topics", workspace, "-k", "2..3", "--stability", 2, "--plot", page, "--format", "json")
    assert result.exit_code == 0, result.output
    assert "chosen: " in result.stderr and "stability: " in result.stderr
    tried = pl.read_parquet(workspace / "topic_selection.parquet")
    assert tried["n_topics"].to_list() == [2, 3]
    topics = json.loads(result.stdout)
    assert len(topics) == tried.filter("chosen")["n_topics"].item()
    assert all(0 <= topic["overlap"] <= 1 for topic in topics)
    assert "<svg" in page.read_text(encoding="utf-8")


def test_named_topics_and_outliers_go_from_the_command_line_into_the_tables(workspace, tmp_path):
    named = tmp_path / "topics.toml"
    named.write_text('"Urusan kami" = ["panen"]\n', encoding="utf-8")
    result = textmine_("topics", workspace, "-k", 2, "--seed-words", named, "--outliers", "0.2", "--format", "json")
    assert result.exit_code == 0, result.output
    assert {"Urusan kami", "(lain-lain)"} <= {topic["label"] for topic in json.loads(result.stdout)}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["-k", "9..5"], "a range runs upwards"),
        (["-k", "some"], "no number"),
        (["-k", "1"], "at least 2"),
        (["-k", "5", "--plot", "x.html"], "give a range"),
        (["--outliers", "1.5"], "is not in the range"),
    ],
)
def test_what_topics_cannot_follow_is_said(workspace, arguments, says):
    result = textmine_("topics", workspace, *arguments)
    assert result.exit_code == 2
    assert says in result.output


def test_a_bad_line_of_seed_words_is_one_line_with_its_number(workspace, tmp_path):
    named = tmp_path / "topics.toml"
    named.write_text('a = ["satu"]\nb = "dua"\n', encoding="utf-8")
    assert_one_line(textmine_("topics", workspace, "--seed-words", named), "line 2")
