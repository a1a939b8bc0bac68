"""Killed at random requests, a run leaves a journal from which the next one goes on."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.collect.season import PLATFORMS, assert_complete, register, run
from textmine.collect.journal import Journal
from textmine.errors import WorkspaceError

CHILD = """
import json, sys
from datetime import date
from textmine.collect import Keys, collect
content = json.load(open(sys.argv[1]))
result = collect(content["register"], content["out"], begin=date(2026, 3, 1), end=date(2026, 3, 31), seed=1,
                 keys=Keys.model_validate(content["keys"]), hosts=content["hosts"])
print(result.complete)
"""


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_random_moments_a_rerun_ends_complete(tmp_path, season, keys, clock, seed):
    season.clock = None  # the children have clocks of their own
    accounts = {name: ["bnpb", "kemenkes"] for name in PLATFORMS}
    told = {
        "register": str(register(tmp_path, **accounts)), "out": str(tmp_path / "out"), "hosts": season.hosts,
        "keys": revealed(keys),
    }  # fmt: skip
    (tmp_path / "told.json").write_text(json.dumps(told))
    draw = random.Random(seed)
    command = [sys.executable, "-c", CHILD, str(tmp_path / "told.json")]
    kills = 0
    for _ in range(4):
        stop_at = len(season.requests) + draw.randint(1, 7)
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, env=os.environ, cwd=str(__file__).partition("/tests/")[0]
        )
        while child.poll() is None and len(season.requests) < stop_at:
            time.sleep(0.001)
        time.sleep(draw.random() * 0.01)
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
            kills += 1
        child.communicate()
    assert kills >= 2
    last = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=str(__file__).partition("/tests/")[0]
    )
    assert last.stdout.strip() == "True"
    assert_complete(tmp_path, season)


def revealed(keys):
    content = keys.model_dump()
    for section in content.values():
        for name, value in section.items():
            if hasattr(value, "get_secret_value"):
                section[name] = value.get_secret_value()
    return content


def test_two_runs_into_one_folder_are_refused(tmp_path, season, keys, clock):
    with Journal(tmp_path / "out"), pytest.raises(WorkspaceError, match="at work"):
        run(tmp_path, season, keys, clock)
