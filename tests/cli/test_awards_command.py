"""``textmine awards``: what ships, what a definition says, and what is wrong with one."""

import io
import json

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root


def textmine_(*arguments, code=0):
    result = CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")
    assert result.exit_code == code, result.output
    return result


def test_list_and_measures_are_tables():
    listed = pl.read_csv(io.StringIO(textmine_("awards", "list").stdout))
    assert dict(listed.select("name", "awards").iter_rows()) == {"gsm2020": 16, "gsm2022": 7, "gsm2025": 20, "emss": 4}
    named = json.loads(textmine_("awards", "measures", "--format", "json").stdout)
    assert {"engagement_rate", "image_quality", "campaign_lift"} <= {row["measure"] for row in named}
    shown = textmine_("awards", "measures", "--format", "table").stdout
    assert "engagement_rate" in shown and "image_quality" not in shown


def test_show_says_what_is_inferred():
    shown = textmine_("awards", "show", "gsm2020", "--format", "table").stdout
    assert "four measures times four clusters is inferred" in shown and "most_engaging: No definition" in shown
    rows = json.loads(textmine_("awards", "show", "gsm2025", "--format", "json").stdout)
    assert len(rows) == 20 and all(row["inferred"] for row in rows)
    assert pl.read_csv(io.StringIO(textmine_("awards", "show", "gsm2022").stdout)).height == 7


def test_a_new_file_passes_the_check_and_a_broken_one_is_told_line_by_line(tmp_path):
    path = tmp_path / "awards.toml"
    assert textmine_("awards", "new", path, "--from", "gsm2020").stdout == ""
    checked = textmine_("awards", "check", path)
    assert checked.stdout == "" and "16 awards" in checked.stderr
    text = path.read_text(encoding="utf-8").replace("pct(quality)", "pct(qualty)").replace("min = 3", "min = 8")
    path.write_text(text, encoding="utf-8")
    lines = textmine_("awards", "check", path, code=1).stdout.splitlines()
    assert len(lines) == 3
    assert lines[0].endswith("error: nominees.min: is more than max (5)")
    number = next(i for i, line in enumerate(text.split("\n"), start=1) if "qualty" in line)
    assert lines[1].startswith(f"{path}:{number}:22: error: categories[3].measure: unknown measure 'qualty'; did you")
    carets = textmine_("awards", "check", path, "--carets", code=1).stdout.splitlines()
    assert carets[4][carets[5].index("^") :].startswith("qualty")
    rows = json.loads(textmine_("awards", "check", path, "--format", "json", code=1).stdout)
    assert [row["key"] for row in rows] == ["nominees.min", "categories[3].measure", "categories[4].measure"]
    failed = textmine_("awards", "show", path, code=1)
    assert len(failed.stderr.splitlines()) == 1 and "key 'nominees.min'" in failed.stderr and "2 more" in failed.stderr
    assert "exists already" in textmine_("awards", "new", path, "--from", "gsm2020", code=1).stderr


def test_a_warning_is_shown_and_does_not_fail(tmp_path):
    path = tmp_path / "awards.toml"
    textmine_("awards", "new", path, "--from", "emss")
    text = path.read_text(encoding="utf-8").replace('measure = "100', 'measure = "n_posts + 100')
    path.write_text(text, encoding="utf-8")
    checked = textmine_("awards", "check", path)
    assert "warning: categories[1].measure: adds posts and share" in checked.stdout


@pytest.mark.parametrize("name", ["gsm1999", "none.toml"])
def test_an_unknown_definition_is_one_line(name):
    failed = textmine_("awards", "show", name, code=1)
    assert len(failed.stderr.splitlines()) == 1 and name in failed.stderr


def test_hostile_names_do_not_drive_the_terminal(tmp_path):
    path = tmp_path / "awards.toml"
    path.write_text('name = "\\u001b[31m"\n"\\u001b]0;x\\u0007" = 1\n[clusters."\\u001b[2J"]\ntitle = 3\n')
    for command in (["check", path], ["check", path, "--carets"], ["show", path]):
        result = textmine_("awards", *command, code=1)
        assert "\x1b" not in result.output and "\x07" not in result.output
