"""What textmine doctor finds, and what it says to do."""

import io
import json
import os
import threading
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import polars as pl
import pytest
from click.testing import CliRunner

import textmine.doctor.clock as doctor_clock
from tests.collect.conftest import FakeClock
from tests.collect.season import register, run
from tests.collect.server import SECRETS, Server, google_error, posts_every
from textmine.cli.main import root
from textmine.collect import Keys
from textmine.collect.journal import Journal
from textmine.doctor import State, examine
from textmine.doctor.clock import check_clock, check_zones
from textmine.doctor.keys import check_keys
from textmine.doctor.machine import check_disk, check_packages, check_python, check_sqlite
from textmine.doctor.quotas import check_forecast, check_quotas

KEYS = Keys.model_validate({"youtube": {"api_key": SECRETS["youtube"]}, "facebook": {"access_token": "EAAB-token"}})


def found(findings, check, subject=None):
    return [f for f in findings if f.check == check and (subject is None or f.subject == subject)]


@pytest.fixture
def dated():
    """A server whose Date header is set by the test."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response_only(404)
            if self.server.date:
                self.send_header("Date", self.server.date)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.date = ""
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    server.url = f"http://127.0.0.1:{server.server_address[1]}/"
    yield server
    server.shutdown()
    server.server_close()


# Keys


def test_keys_from_the_environment_are_found_and_not_shown():
    findings, keys = check_keys(None, {"TEXTMINE_YOUTUBE_API_KEY": SECRETS["youtube"]}, None)
    (youtube,) = found(findings, "keys", "youtube")
    assert youtube.state is State.OK and youtube.detail == "there, from TEXTMINE_YOUTUBE_API_KEY"
    assert keys is not None and SECRETS["youtube"] not in repr(findings)
    assert found(findings, "keys", "x")[0].state is State.NOTE


def test_a_platform_of_the_register_without_a_key_is_a_problem():
    findings, _ = check_keys(None, {}, {"x"})
    (x,) = found(findings, "keys", "x")
    assert x.state is State.PROBLEM and x.remedy.startswith("set TEXTMINE_X_BEARER_TOKEN")
    assert found(findings, "keys", "youtube")[0].state is State.NOTE


def test_a_file_that_others_can_read_is_a_problem_with_its_command(tmp_path):
    path = tmp_path / "keys.toml"
    path.write_text("")
    path.chmod(0o640)
    (finding,), keys = check_keys(path, {}, None)
    assert keys is None and finding.state is State.PROBLEM and finding.remedy == f"run: chmod 600 {path}"
    path.chmod(0o600)
    findings, _ = check_keys(path, {}, None)
    assert found(findings, "keys", str(path))[0].state is State.OK


def test_a_file_in_a_git_repository_is_noted(tmp_path):
    (tmp_path / ".git").mkdir()
    path = tmp_path / "award" / "keys.toml"
    path.parent.mkdir()
    path.write_text("")
    path.chmod(0o600)
    findings, _ = check_keys(path, {}, None)
    assert [f.state for f in found(findings, "keys", str(path))] == [State.OK, State.NOTE]


@pytest.mark.parametrize("value", ['"AIza-x"', "'AIza-x'", "AIza\nx0123"])
def test_a_key_that_was_copied_with_its_quotation_marks_is_a_problem(value):
    findings, _ = check_keys(None, {"TEXTMINE_YOUTUBE_API_KEY": value}, None)
    (problem,) = [f for f in findings if f.state is State.PROBLEM]
    assert "quotation mark" in problem.detail and "AIza" not in repr(findings)


# Clock


@pytest.mark.parametrize(
    ("seconds", "state", "said"),
    [(0, State.OK, ""), (8, State.OK, ""), (95, State.PROBLEM, "ahead"), (-4000, State.PROBLEM, "behind")],
)
def test_the_clock_is_held_against_a_platform(dated, seconds, state, said):
    clock = FakeClock()
    dated.date = format_datetime(clock.now() - timedelta(seconds=seconds), usegmt=True)
    finding = check_clock(clock, host=dated.url)
    assert finding.state is state and said in finding.detail
    assert ("timedatectl" in finding.remedy) == (state is State.PROBLEM)


def test_a_clock_that_cannot_be_compared_is_a_note(dated):
    assert check_clock(FakeClock(), host=dated.url).state is State.NOTE  # no date
    assert check_clock(FakeClock(), host="http://127.0.0.1:9/").state is State.NOTE
    dated.date = "yesterday"
    assert check_clock(FakeClock(), host=dated.url).state is State.NOTE


def test_missing_time_zones_are_a_problem(monkeypatch):
    assert check_zones().state is State.OK

    def none(name):
        raise doctor_clock.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(doctor_clock, "ZoneInfo", none)
    assert check_zones().remedy == "pip install tzdata"


# Machine


@pytest.mark.parametrize(("room", "state"), [(1 << 20, State.PROBLEM), (2 << 30, State.NOTE), (50 << 30, State.OK)])
def test_little_room_is_said(tmp_path, room, state):
    finding = check_disk(tmp_path / "not" / "there" / "yet", free=lambda path: room)
    assert finding.state is state and bool(finding.remedy) == (state is not State.OK)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path):
    tmp_path.chmod(0o500)
    assert check_disk(tmp_path / "x").state is State.PROBLEM


@pytest.mark.parametrize(
    ("running", "state"), [("3.10.14", State.PROBLEM), ("3.11.0", State.OK), ("3.14.0rc1", State.OK)]
)
def test_python_is_held_against_its_bound(running, state):
    assert check_python(">=3.11", running).state is state


def test_sqlite_is_held_against_what_the_journal_needs():
    assert check_sqlite((3, 32, 9)).state is State.PROBLEM
    assert check_sqlite((3, 33, 0)).state is State.OK


def test_packages_are_held_against_the_bounds_of_the_project():
    wanted = [
        "polars>=2.0,<3", "numpy>=1.26,<3", "click>=8.1.7,<9", 'httpx>=0.27,<1; extra == "collect"',
        'torch>=2.2,<3; extra == "neural"', 'colorama>=9; sys_platform == "win32"',
    ]  # fmt: skip
    versions = {"polars": "1.9", "numpy": "2.1", "httpx": "1.2"}
    findings = list(check_packages(wanted, versions.get))
    problems = {f.subject: f for f in findings if f.state is State.PROBLEM}
    assert set(problems) == {"polars", "click", "httpx"}
    assert problems["polars"].detail in ("1.9, wanted <3,>=2.0", "1.9, wanted >=2.0,<3")
    assert problems["click"].detail.startswith("missing")
    assert problems["httpx"].remedy == 'pip install --upgrade "textmine[collect]"'
    assert findings[-1].detail == "1 within their bounds"


def test_this_environment_is_as_wanted():
    assert all(f.state is State.OK for f in (check_python(), check_sqlite(), *check_packages()))


# Quotas and what a collection lacks


@pytest.fixture
def served():
    clock = FakeClock()
    server = Server(clock)
    last = datetime(2026, 3, 31, 12, tzinfo=UTC)
    server.accounts["youtube"]["kemenkes"] = posts_every(8, 120, last=last)
    server.accounts["facebook"]["kemenkes"] = posts_every(8, 120, last=last, prefix="1")
    yield server
    server.close()


def collected(tmp_path, served):
    served_keys = Keys.model_validate(
        {"youtube": {"api_key": SECRETS["youtube"]}, "facebook": {"access_token": SECRETS["facebook"]}}
    )
    return run(tmp_path, served, served_keys, served.clock)


def test_a_complete_collection_has_no_problems_and_says_what_is_left(tmp_path, served):
    result = collected(tmp_path, served)
    findings = check_quotas(tmp_path / "out", KEYS, served.clock)
    assert all(f.state is State.OK for f in findings)
    (youtube,) = found(findings, "quota", "youtube")
    units = len(served.of("youtube", ""))
    assert youtube.detail.startswith(f"{10_000 - units:,} of 10,000 units left until 2026-04-10 07:00")
    assert result.requests == len(served.requests)
    assert found(findings, "quota", "facebook")[0].detail.startswith("2 requests today")


def test_what_a_refresh_would_cost_is_forecast(tmp_path, served):
    collected(tmp_path, served)
    served.clock.move(days=40)
    (youtube,) = found(check_quotas(tmp_path / "out", KEYS, served.clock), "quota", "youtube")
    # the others were thirty days old when they were collected: three a day since 11 March, 03:00
    assert "; a refresh would send 2 requests for 62 posts" in youtube.detail


def test_a_quota_that_is_used_up_says_until_when(tmp_path, served):
    over = google_error(403, "quotaExceeded", "exceeded")
    served.before.append(lambda n, platform, path: over if platform == "youtube" and "videos" in path else None)
    collected(tmp_path, served)
    findings = check_quotas(tmp_path / "out", KEYS, served.clock)
    waiting = [f for f in found(findings, "quota", "youtube") if "nothing is asked" in f.detail]
    assert len(waiting) == 1 and "before 2026-04-10T07:00:00Z" in waiting[0].detail
    (lacking,) = found(findings, "collection", "youtube")
    assert lacking.state is State.PROBLEM and lacking.detail == "93 posts are listed and their figures not read"


def test_a_page_that_may_not_be_seen_is_a_problem(tmp_path, served):
    served.state["facebook", "kemenkes"] = "denied"
    collected(tmp_path, served)
    (problem,) = [f for f in check_quotas(tmp_path / "out", KEYS, served.clock) if f.state is State.PROBLEM]
    assert problem.subject == "facebook, kemenkes" and "permission" in problem.remedy


def test_answers_that_could_not_be_read_are_a_problem_until_they_are(tmp_path, served):
    served.drop = lambda platform, path, content: {"elements": []} if "playlistItems" in path else content
    collected(tmp_path, served)
    problems = [f for f in check_quotas(tmp_path / "out", KEYS, served.clock) if f.state is State.PROBLEM]
    assert [f.detail for f in problems if "could not be read" in f.detail] == [
        "1 answers could not be read: the platform has changed them"
    ]
    assert any("textmine collect parse" in f.remedy for f in problems)


def test_a_collection_at_work_can_be_looked_at(tmp_path, served):
    collected(tmp_path, served)
    with Journal(tmp_path / "out"):
        assert check_quotas(tmp_path / "out", KEYS, served.clock)
        span = (date(2026, 1, 1), date(2026, 3, 31))
        forecast = list(check_forecast(tmp_path / "agencies.csv", tmp_path / "out", KEYS, *span, served.clock))
    assert [f.subject for f in forecast] == ["facebook, forecast", "youtube, forecast"]
    assert all(f.state is State.OK for f in forecast)


def test_a_period_that_takes_more_than_a_day_of_quota_is_said(tmp_path):
    few = Keys.model_validate({"youtube": {"api_key": "AIza-key", "daily_quota": 100}})
    path = register(tmp_path, youtube=[f"kanal{n}" for n in range(40)])
    clock = FakeClock()
    (finding,) = check_forecast(path, tmp_path / "out", few, date(2026, 1, 1), date(2026, 3, 31), clock)
    assert finding.state is State.NOTE and finding.remedy.startswith("run the same command on ")
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_no_journal_is_a_problem(tmp_path):
    (tmp_path / "collect.sqlite").write_text("no database" * 200)
    (finding,) = check_quotas(tmp_path, KEYS, FakeClock())
    assert finding.state is State.PROBLEM


def test_looking_changes_no_byte(tmp_path, served):
    collected(tmp_path, served)
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    examine(tmp_path / "out", agencies=tmp_path / "agencies.csv", environment={}, offline=True, clock=served.clock)
    after = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {path for path in after if not path.name.endswith(("-shm", "-wal"))} == set(before)
    assert all(after[path] == before[path] for path in before)


# The command


def textmine_(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


@pytest.fixture
def alone(tmp_path, monkeypatch):
    """No keys but those that the test sets."""
    for name in list(os.environ):
        if name.startswith("TEXTMINE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_to_be_done_leaves_with_0(alone):
    result = textmine_("doctor", "--offline", "--format", "json")
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert {row["check"] for row in rows} == {"keys", "quota", "clock", "disk", "versions"}
    assert {row["state"] for row in rows} <= {"ok", "note"}
    assert "nothing to be done" in result.stderr


def test_a_problem_leaves_with_3_and_says_what_to_do(alone, monkeypatch):
    path = register(alone, youtube=["kemenkes"], x=["kemenkes"])
    monkeypatch.setenv("TEXTMINE_YOUTUBE_API_KEY", SECRETS["youtube"])
    result = textmine_("doctor", "--offline", "--agencies", path, "--format", "csv")
    assert result.exit_code == 3
    table = pl.read_csv(io.StringIO(result.stdout))
    (row,) = table.filter(pl.col("state") == "problem").rows(named=True)
    assert (row["check"], row["subject"]) == ("keys", "x") and "TEXTMINE_X_BEARER_TOKEN" in row["remedy"]
    assert SECRETS["youtube"] not in result.output and "1 to be done" in result.stderr
    shown = textmine_("doctor", "--offline", "--agencies", path, "--format", "table")
    assert "TEXTMINE_X" in shown.stdout.replace("\n", "") and "polars" not in shown.stdout


def test_a_forecast_needs_a_register_and_a_period(alone):
    assert textmine_("doctor", "--from", "2026-01-01", "--to", "2026-02-01").exit_code == 2
    assert textmine_("doctor", "--agencies", "a.csv", "--from", "2026-01-01").exit_code == 2
    assert textmine_("doctor", "--agencies", "a.csv", "--offline").exit_code == 1
