"""docs/claims.md says what bench/claims.toml and the kept results say, and its commands are there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "bench" / "claims.py"

if not SCRIPT.is_file():
    pytest.skip("the measurements are not part of an installation", allow_module_level=True)


def page() -> str:
    done = subprocess.run([sys.executable, SCRIPT, "--print"], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_page_is_what_the_script_writes():
    assert (ROOT / "docs" / "claims.md").read_text(encoding="utf-8") == page()


def test_each_command_names_a_script_a_target_or_tests_that_are_there():
    commands = re.findall(r"`([^`]+)`(?:; | \|)", page().split("## ", 1)[1])
    assert len(commands) > 30
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in commands:
        words = [word for word in command.split() if "=" not in word]
        if words[0] == "python":
            assert (ROOT / words[1]).is_file(), command
        elif words[0] == "make":
            assert re.search(rf"^{words[1]}:", targets, re.M), command
        else:
            assert words[0] == "pytest", command
            files = [word for word in words[1:] if word.startswith("tests/")]
            assert files and all((ROOT / file).exists() for file in files), command


def test_every_promise_that_is_not_kept_says_why_or_how_far():
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (partly|no) \|", page(), re.M)
    assert rows
    assert all(re.search(r"\d", figure) for _, figure, _ in rows)
