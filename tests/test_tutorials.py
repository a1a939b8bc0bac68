"""The tutorials' shell blocks are run from top to bottom, and print what the pages show.

A block ``sh`` is run by bash; below the comment ``fails`` it must end with an error. The first block ``text`` after it
shows lines that stand in what it printed, on either stream.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TUTORIALS = sorted(path for path in (ROOT / "docs/tutorials").glob("*.md") if path.name != "index.md")
BLOCK = re.compile(r"^(<!-- fails -->\n)?```(sh|text)\n(.*?)^```", re.S | re.M)

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


@pytest.fixture
def shell(tmp_path):
    """Runs a script in one folder, with a ``textmine`` that is this checkout's."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, arguments in (("textmine", "-m textmine"), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
        (programs / name).chmod(0o755)
    folder = tmp_path / "folder"
    folder.mkdir()
    inherited = os.environ.get("PYTHONPATH", "")
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{inherited}",
        "NO_COLOR": "1",
    }

    def run(script):
        command = ["bash", "-euo", "pipefail", "-c", script]
        return subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True)

    return run


@pytest.mark.slow
@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_the_tutorial_runs_and_prints_what_it_shows(page, shell):
    printed = None
    n_compared = 0
    for fails, kind, content in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "text":
            for line in content.splitlines() if printed is not None else ():
                assert line in printed, f"{page.name} shows {line!r}; printed was:\n{printed}"
                n_compared += 1
            printed = None
            continue
        done = shell(content)
        printed = done.stdout + done.stderr
        assert (done.returncode != 0) == bool(fails), f"{page.name}:\n{content}\n{printed}"
    assert n_compared >= 5


def test_there_are_three_tutorials_and_the_index_links_them():
    index = (ROOT / "docs/tutorials/index.md").read_text(encoding="utf-8")
    assert len(TUTORIALS) >= 3
    for page in TUTORIALS:
        assert f"]({page.name})" in index
