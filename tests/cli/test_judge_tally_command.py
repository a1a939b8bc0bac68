"""``textmine judge tally`` and ``textmine judge minutes``, as organisers of a jury on paper use them."""

import io
import json

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root

SCORES = """category,judge,nominee,criterion,value
Video,Ani,BNPB,ide,9
Video,Ani,BMKG,ide,7
Video,Budi,BNPB,ide,8
Video,Budi,BMKG,ide,7.5
Kampanye,Ani,Jabar,ide,8
Kampanye,Ani,Kominfo,ide,8
"""


def textmine_(*arguments, **options):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine", **options)


@pytest.fixture
def scores(tmp_path):
    (tmp_path / "scores.csv").write_text(SCORES)
    return tmp_path / "scores.csv"


def test_the_tally_is_a_table_and_says_how_sure_it_is(scores):
    result = textmine_("judge", "tally", scores, "--format", "csv")
    assert result.exit_code == 0, result.output
    table = pl.read_csv(io.StringIO(result.stdout))
    assert table.select("category", "place", "nominee").rows() == [
        ("Video", 1, "BNPB"),
        ("Video", 2, "BMKG"),
        ("Kampanye", 1, "Jabar"),
        ("Kampanye", 1, "Kominfo"),
    ]
    assert "Video: winner by mean: BNPB" in result.stderr
    assert "Video: the same without any one judge in 2 of 2 cases, and by 7 of 7 methods" in result.stderr
    assert "Kampanye: winners, sharing the first place by mean: Jabar, Kominfo" in result.stderr


@pytest.mark.parametrize("show", ["nominees", "criteria", "judges", "agreement", "pairs", "left-out", "ties"])
@pytest.mark.parametrize("format_", ["csv", "json", "parquet", "table"])
def test_every_table_comes_in_every_format(scores, show, format_):
    result = textmine_("judge", "tally", scores, "--show", show, "--format", format_)
    assert result.exit_code == 0, result.output
    if format_ == "json":
        assert {row["category"] for row in json.loads(result.stdout)} <= {"Video", "Kampanye"}
    if format_ == "parquet":
        assert pl.read_parquet(io.BytesIO(result.stdout_bytes)).columns[0] == "category"


def test_rules_can_be_given_as_options(scores):
    result = textmine_(
        "judge", "tally", scores, "--category", "Kampanye", "--last", "lot", "--seed", 3, "--show", "ties"
    )
    assert pl.read_csv(io.StringIO(result.stdout)).select("rule", "place").rows() == [("lot", 1), ("lot", 2)]
    again = textmine_(
        "judge", "tally", scores, "--category", "Kampanye", "--last", "lot", "--seed", 3, "--show", "ties"
    )
    assert result.stdout == again.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--ties", "koin"], "'koin' is no rule for ties"),
        (["--category", "Foto"], "there is no category 'Foto'; there are Video, Kampanye"),
        (["--jury", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_mistakes_are_one_line(scores, arguments, said):
    result = textmine_("judge", "tally", scores, *arguments)
    assert result.exit_code == 1 and result.stdout == ""
    assert said in result.stderr and "Traceback" not in result.stderr


def test_minutes_are_written_and_their_paths_said(scores, tmp_path):
    pytest.importorskip("typst")
    options = ["--award", "Penghargaan 2026", "--place", "Jakarta", "--date", "2026-11-30"]
    result = textmine_("judge", "minutes", scores, *options, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    pdf, markdown = result.stdout.split()
    assert open(pdf, "rb").read(5) == b"%PDF-"
    text = open(markdown, encoding="utf-8").read()
    assert "Penghargaan 2026" in text and "Senin, 30 November 2026" in text and "Pemenang: BNPB" in text
    english = textmine_("judge", "minutes", scores, *options, "--lang", "en", "--kind", "md", "-o", tmp_path / "out")
    assert english.stdout.strip().endswith("minutes.md")


def test_help_has_examples():
    for command in ("tally", "minutes"):
        result = textmine_("judge", command, "--help")
        assert f"textmine judge {command} scores.csv" in result.output
