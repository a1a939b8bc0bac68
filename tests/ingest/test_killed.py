"""Killed or without room on the disk, an ingest loses no post; bench/killed.py does the same many times."""

import importlib.util
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from textmine.store import Workspace

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture(scope="module")
def killed():
    sys.path.insert(0, str(BENCH))
    try:
        spec = importlib.util.spec_from_file_location("killed", BENCH / "killed.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules["killed"] = module
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(BENCH))
        sys.modules.pop("killed", None)


@pytest.fixture(scope="module")
def trial(killed, tmp_path_factory):
    return killed.Trial(tmp_path_factory.mktemp("trial"), n_posts=3000)


BEFORE, AFTER = {"as before"}, {"as after"}


@pytest.mark.parametrize(
    ("share", "again", "expected"),
    [(0.02, 0, BEFORE), (0.3, 0, BEFORE), (0.7, 40, BEFORE | AFTER), (0.9, 0, BEFORE | AFTER), (0.97, 0, AFTER)],
)
def test_killed_at_a_step_all_posts_are_there_once_and_a_rerun_ends_in_the_same_bytes(trial, share, again, expected):
    assert trial.killed(step=1 + int(share * trial.steps), again=again) in expected


def test_killed_while_a_workspace_is_made_the_same_command_makes_it(trial):
    assert trial.killed(step=2, fresh=True) == "as before"
    assert trial.killed(step=trial.fresh_steps - 3, fresh=True) == "as after"


def test_of_two_ingests_at_once_one_waits_for_no_one_and_says_so(trial, killed, tmp_path):
    sources = [trial.first, trial.second]
    workspace = Workspace.create(tmp_path / "w")
    with workspace.lock():
        refused = killed.run(workspace.path, trial.first)
    assert refused.returncode == 1
    assert "in use by another textmine; wait for it to end" in refused.stderr
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda source: killed.run(workspace.path, source), sources))
    assert {process.returncode for process in done} <= {0, 1}
    assert all("in use by another textmine" in process.stderr for process in done if process.returncode)
    for source in sources:
        assert killed.run(workspace.path, source).returncode == 0
    posts = workspace.scan("posts.parquet", made_by="ingest").collect()
    assert (posts.height, posts.select("platform", "post_id").is_unique().all()) == (4000, True)


def test_with_the_disk_full_all_posts_are_there_once_and_room_is_all_that_is_needed(killed, trial, tmp_path):
    if not killed.mounted(tmp_path / "disk", 8 << 20):
        pytest.skip("a tmpfs cannot be mounted here; bench/killed.py tries the full disk where it can")
    try:
        found = [trial.full(tmp_path / "disk", left=left) for left in (0, 400_000, 7_000_000)]
    finally:
        subprocess.run(["umount", str(tmp_path / "disk")], check=True)
    assert found[0] == "as before"
    assert found[-1] == "as after"
