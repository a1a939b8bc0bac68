"""``textmine collect`` against a local server, as its user calls it."""

import io
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from click.testing import CliRunner

from tests.collect.season import register
from tests.collect.server import SECRETS, Server, google_error, posts_every
from textmine.cli.main import root
from textmine.collect.youtube import YouTube

SPAN = ("--from", "2026-03-01", "--to", "2026-03-31")


@pytest.fixture
def served(monkeypatch):
    server = Server()
    server.accounts["youtube"]["kemenkes"] = posts_every(8, 60, last=datetime(2026, 3, 31, 12, tzinfo=UTC))
    monkeypatch.setattr(YouTube, "host", server.hosts["youtube"])
    monkeypatch.setenv("TEXTMINE_YOUTUBE_API_KEY", SECRETS["youtube"])
    yield server
    server.close()


@pytest.fixture
def agencies(tmp_path):
    return register(tmp_path, youtube=["kemenkes"])


def textmine_(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


def test_from_the_register_to_a_workspace(tmp_path, served, agencies):
    out = tmp_path / "collected"
    dry = textmine_("collect", agencies, *SPAN, "-o", out, "--dry-run", "--format", "json")
    assert dry.exit_code == 0, dry.output
    (row,) = json.loads(dry.stdout)
    assert row["platform"] == "youtube" and row["of"] == 10_000 and not served.requests and not out.exists()
    result = textmine_("collect", agencies, *SPAN, "-o", out)
    assert result.exit_code == 0, result.output
    table = pl.read_csv(io.StringIO(result.stdout))
    assert table.select("platform", "account", "state", "posts").rows() == [("youtube", "kemenkes", "complete", 60)]
    assert textmine_("ingest", out / "export", "--agencies", agencies, "-o", tmp_path / "season").exit_code == 0
    keywords = textmine_("keywords", tmp_path / "season", "--top", 1)
    assert "agency,kemenkes,word,1,gratis" in keywords.stdout


def test_curves_and_what_is_missing_are_printed(tmp_path, served, agencies):
    served.accounts["youtube"]["kemenkes"][1].shown = "deleted"
    out = tmp_path / "collected"
    textmine_("collect", agencies, *SPAN, "-o", out)
    missing = textmine_("collect", "missing", out, "--format", "json")
    assert [row["reason"] for row in json.loads(missing.stdout)] == ["deleted"]
    one = served.accounts["youtube"]["kemenkes"][0].id
    curve = pl.read_csv(io.StringIO(textmine_("collect", "curve", out, "--post", one).stdout))
    assert curve.select("post_id", "likes", "views").rows() == [(one, 10, 1000)]
    due = textmine_("collect", "refresh", out, "--ages", "1h", "--dry-run")
    assert due.exit_code == 0, due.output
    assert textmine_("collect", "refresh", out).exit_code == 0
    parsed = textmine_("collect", "parse", out)
    assert parsed.exit_code == 0 and parsed.stdout.strip().endswith(".ndjson.zst")


def test_a_run_that_takes_more_than_a_day_of_quota_says_so_before_it_starts(tmp_path, served, agencies):
    keys = tmp_path / "keys.toml"
    keys.write_text("[youtube]\ndaily_quota = 2\n")
    keys.chmod(0o600)
    result = textmine_("collect", agencies, *SPAN, "-o", tmp_path / "out", "--keys", keys)
    first = result.stderr.splitlines()[0]
    assert first.startswith("youtube: about ") and "2 of 2 units are left: the same command will be needed on" in first
    assert result.exit_code == 1 and len(served.requests) == 2


def test_what_is_incomplete_leaves_with_1_and_says_what_to_do(tmp_path, served, agencies):
    over = google_error(403, "quotaExceeded", "exceeded")
    served.before.append(lambda number, platform, path: over if number > 1 else None)
    result = textmine_("collect", agencies, *SPAN, "-o", tmp_path / "out")
    assert result.exit_code == 1
    (error,) = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert "youtube, kemenkes: the daily quota is used up; run the same command again after" in error
    assert pl.read_csv(io.StringIO(result.stdout))["state"].to_list() == ["incomplete"]
    served.before.clear()


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("collect",), 2, "Usage"),
        (("collect", "no.csv", *SPAN, "-o", "out"), 1, "no.csv"),
        (("collect", "no.csv", "--from", "2026-04-01", "--to", "2026-03-01", "-o", "out"), 2, "before --from"),
        (("collect", "no.csv", "--from", "yesterday", "--to", "2026-03-01", "-o", "out"), 2, "yesterday"),
        (("collect", "refresh", "nowhere"), 1, "nothing was collected here"),
        (("collect", "curve", "nowhere"), 1, "nothing was collected here"),
        (("collect", "missing", "nowhere"), 1, "nothing was collected here"),
        (("collect", "parse", "nowhere"), 1, "nothing was collected here"),
    ],
)
def test_mistakes_are_said(tmp_path, served, monkeypatch, arguments, code, word):
    monkeypatch.chdir(tmp_path)
    result = textmine_(*arguments)
    assert result.exit_code == code and word in result.stderr
    assert not list(tmp_path.iterdir()), "nothing is left behind"


def test_times_are_shown_to_people_as_in_jakarta(tmp_path, served, agencies):
    served.accounts["youtube"]["kemenkes"][1].shown = "deleted"
    out = tmp_path / "collected"
    textmine_("collect", agencies, *SPAN, "-o", out)
    shown = textmine_("collect", "missing", out, "--format", "table").stdout
    assert "2026-03-31 11:00" in shown and "deleted" in shown
    (posts,) = served.accounts["youtube"].values()
    shown = textmine_("collect", "curve", out, "--post", posts[0].id, "--format", "table").stdout
    assert f"{datetime.now(ZoneInfo('Asia/Jakarta')):%Y-%m-%d %H:}" in shown and "1000" in shown


def test_accounts_that_the_key_may_not_see_are_named(tmp_path, served, monkeypatch):
    from textmine.collect.facebook import Facebook

    monkeypatch.setattr(Facebook, "host", served.hosts["facebook"])
    monkeypatch.setenv("TEXTMINE_FACEBOOK_ACCESS_TOKEN", SECRETS["facebook"])
    names = [f"dinas{n}" for n in range(5)]
    for name in names:
        served.accounts["facebook"][name] = []
        served.state["facebook", name] = "denied"
    result = textmine_("collect", register(tmp_path, facebook=names), *SPAN, "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert "not complete: dinas0 on facebook (the token has no permission" in result.stderr
    assert "and 2 more; mend that" in result.stderr


def test_a_file_of_keys_that_others_can_read_is_refused(tmp_path, served, agencies):
    path = tmp_path / "keys.toml"
    path.write_text(f'[youtube]\napi_key = "{SECRETS["youtube"]}"\n')
    path.chmod(0o644)
    result = textmine_("collect", agencies, *SPAN, "-o", tmp_path / "out", "--keys", path)
    assert result.exit_code == 1 and f"chmod 600 {path}" in result.stderr and not served.requests


def test_without_the_extra_the_install_line_is_given(tmp_path, served, agencies, monkeypatch):
    import textmine.collect.extra as extra

    monkeypatch.setattr(extra, "find_spec", lambda name: None)
    result = textmine_("collect", agencies, *SPAN, "-o", tmp_path / "out")
    assert result.exit_code == 1 and 'pip install "textmine[collect]"' in result.stderr
