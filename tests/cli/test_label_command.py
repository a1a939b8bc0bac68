"""``textmine label`` from the choice to merged labels, as organisers and judges use it."""

import io
import json

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root

WORDS = "vaksin panen jalan sekolah hujan pasar kapal pajak dokter petani guru siswa aspal".split()
POSTS = "id,username,created_at,text,likes,url\n" + "".join(
    f"{n},kemen_{'ab'[n % 2]},2020-03-{1 + n % 28:02d} 08:00,"
    f"{WORDS[n % 13]} {WORDS[n // 5]} {WORDS[n % 11]} {WORDS[n % 7]} oleh @kemen_{'ab'[n % 2]},"
    f"{n}0177,https://x.com/k/status/{n}\n"
    for n in range(60)
)


def textmine_(*arguments, **options):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine", **options)


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "posts.csv").write_text(POSTS)
    assert textmine_("ingest", tmp_path / "posts.csv", "-o", tmp_path / "ws").exit_code == 0
    chosen = textmine_("label", "select", tmp_path / "ws", "--judges", "ani,budi", "-n", 12, "--overlap", 6)
    assert chosen.exit_code == 0, chosen.output
    assert pl.read_csv(io.StringIO(chosen.stdout)).select("judge", "posts", "left").rows() == [
        ("ani", 9, 9),
        ("budi", 9, 9),
    ]
    return tmp_path / "ws"


def test_a_judge_presses_keys_stops_and_goes_on(workspace):
    first = textmine_("label", "judge", workspace, "--as", "ani", input="12s3uq")
    assert first.exit_code == 0, first.output
    assert (
        "1 tinggi  2 sedang  3 rendah" in first.stdout and "kemen_" not in first.stdout and "0177" not in first.stdout
    )
    assert "3 of 9 done" in first.stderr
    second = textmine_("label", "judge", workspace, "--as", "ani", input="x1" + "2" * 20)
    assert "9 of 9 done" in second.stderr
    status = json.loads(textmine_("label", "status", workspace, "--format", "json").stdout)
    assert [(row["judge"], row["voted"], row["skipped"], row["left"]) for row in status] == [
        ("ani", 8, 1, 0),
        ("budi", 0, 0, 9),
    ]
    third = textmine_("label", "judge", workspace, "--as", "ani", "--again", input="3")
    assert "9 of 9 done" in third.stderr


def test_sheets_go_out_come_back_and_are_merged(workspace, tmp_path):
    made = textmine_("label", "sheet", workspace, "-o", tmp_path / "sheets", "--kind", "csv")
    paths = made.stdout.split()
    assert [path.rsplit("/", 1)[1] for path in paths] == ["ani.csv", "budi.csv"]
    for path, label in zip(paths, ("sedang", "rendah"), strict=True):
        table = pl.read_csv(path, infer_schema=False).with_columns(label=pl.lit(label))
        if label == "rendah":
            table = table.with_columns(
                label=pl.when(pl.int_range(pl.len()) < 5).then(pl.lit("sedang")).otherwise("label")
            )
        table.write_csv(path)
    assert "18 labels read, 18 of them new" in textmine_("label", "collect", workspace, *paths).stderr
    assert "18 labels read, 0 of them new" in textmine_("label", "collect", workspace, *paths).stderr
    agreement = textmine_("label", "agreement", workspace)
    assert pl.read_csv(io.StringIO(agreement.stdout))["level"].to_list() == ["nominal", "ordinal"]
    assert "ordinal alpha" in agreement.stderr
    assert "judge,other" in textmine_("label", "agreement", workspace, "--show", "pairs").stdout
    disputed = pl.read_csv(io.StringIO(textmine_("label", "agreement", workspace, "--show", "disputed").stdout))
    assert set(disputed["votes"]) <= {"ani: sedang, budi: rendah"}
    merged = textmine_("label", "merge", workspace, "--show", "labels")
    assert len(pl.read_csv(io.StringIO(merged.stdout))) == 12
    assert "18 votes of 2 judges on 12 posts" in merged.stderr
    assert {"p_tinggi", "p_sedang", "p_rendah", "label", "n_votes"} <= set(
        pl.read_parquet(workspace / "merged_labels.parquet").columns
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("judge", "WS", "--as", "dedi"), "'dedi' is no judge here"),
        (("merge", "WS"), "no votes yet"),
        (("agreement", "WS"), "no post was judged by two judges"),
        (("select", "WS", "--judges", "ani"), "--add"),
        (("collect", "WS", "none.csv"), "none.csv"),
        (("select", "WS", "--judges", "ani", "--add", "-n", "5000"), "too few different texts"),
    ],
)
def test_mistakes_are_one_line(workspace, arguments, said):
    result = textmine_("label", *(workspace if argument == "WS" else argument for argument in arguments))
    assert result.exit_code == 1 and result.stdout == ""
    line = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(line) == 1 and said in line[0] and "Traceback" not in result.stderr


def test_a_workspace_without_a_choice_says_what_to_run(tmp_path):
    (tmp_path / "posts.csv").write_text(POSTS)
    textmine_("ingest", tmp_path / "posts.csv", "-o", tmp_path / "ws")
    result = textmine_("label", "judge", tmp_path / "ws", "--as", "ani")
    assert result.exit_code == 1 and "run: textmine label select" in result.stderr


def test_names_to_mask_that_are_not_utf8_are_said(workspace, tmp_path):
    (tmp_path / "names.txt").write_bytes("Andr\xe9".encode("latin-1"))
    result = textmine_("label", "select", workspace, "--judges", "ani", "--add", "--mask", tmp_path / "names.txt")
    assert result.exit_code == 1 and "names.txt: is not UTF-8" in result.stderr and "Traceback" not in result.stderr
