"""Messages and exit codes that pages of docs quote are those that commands give."""

import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from textmine.cli.main import root

DOCS = Path(__file__).resolve().parents[2] / "docs"


def textmine_(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


def quoted(page, beginning):
    """The block of a page that begins so."""
    text = (DOCS / page).read_text(encoding="utf-8")
    (block,) = re.findall(rf"^```\n({re.escape(beginning)}.*?)^```", text, re.S | re.M)
    return block


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_an_unknown_key_of_settings_is_said_as_run_quotes_it():
    said = quoted("run.md", "Error: season.toml")
    lines = ['workspace = "season"', "[ingest]", 'sources = ["a.csv"]', "", "", "", "", "[topics]", "n_topic = 20"]
    Path("season.toml").write_text("\n".join(lines) + "\n")
    result = textmine_("run", "season.toml")
    assert result.exit_code == 1
    assert result.stderr.split() == said.split()


def test_mistakes_of_an_award_are_said_as_awards_quotes_them():
    said = quoted("awards.md", "awards.toml:33")
    (measure,) = re.findall(r"^ +(measure = .*)$", said, re.M)
    lines = {
        1: 'name = "kota"\ntitle = "Penghargaan Kota"\nsource = "contoh"\nyear = 2026',
        10: '[clusters.kota]\ntitle = "Kota"',
        30: "[nominees]",
        33: "min = 6",
        34: "max = 5",
        36: '[[categories]]\nid = "a"',
        38: 'titel = "A"\ntitle = "A"\nmeasure = "n_posts"',
        45: '[[categories]]\nid = "b"\ntitle = "B"\nmeasure = "n_posts"',
        53: '[[categories]]\nid = "c"\ntitle = "C"',
        56: measure,
    }
    text = ""
    for number, line in lines.items():
        text += "\n" * (number - 1 - text.count("\n")) + line + "\n"
    Path("awards.toml").write_text(text)
    result = textmine_("awards", "check", "awards.toml", "--carets")
    assert result.exit_code == 1
    printed = result.stdout.splitlines()
    assert [line for line in said.splitlines() if line not in printed] == []


def test_two_at_once_are_told_what_workspace_and_ingest_quote(monkeypatch):
    from textmine.store import Workspace

    Path("a.csv").write_text("id,username,created_at,text,url\n1,u,2020-01-01,a,https://x.com/u/status/1\n")
    assert textmine_("ingest", "a.csv", "-o", "ws").exit_code == 0
    with Workspace.open("ws").lock():
        result = textmine_("ingest", "a.csv", "-o", "ws")
    assert result.exit_code == 1
    for page in ("workspace.md", "ingest.md"):
        (said,) = re.findall(r"`(in use by [^`]*)`", (DOCS / page).read_text(encoding="utf-8"))
        assert said in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="there are no signals of a terminal to send")
def test_an_interrupted_command_leaves_with_130():
    for page in ("run.md", "phrases.md"):
        assert "130 interrupted" in (DOCS / page).read_text(encoding="utf-8")
    command = [sys.executable, "-m", "textmine", "simulate", "-o", "corpus", "--posts", "3000000"]
    environment = os.environ | {"PYTHONPATH": f"{DOCS.parent}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    # A shell that starts the tests in the background makes its children deaf to Ctrl-C.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, preexec_fn=heard) as process:
        for _ in range(600):  # it has begun when its folder is there
            if Path("corpus").exists() or process.poll() is not None:
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130, said
    assert "Interrupted." in said and "Traceback" not in said
