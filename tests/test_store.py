import errno
import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import polars as pl
import pytest
from threadpoolctl import threadpool_info

from textmine.errors import WorkspaceError
from textmine.store import FORMAT, UnchangedError, Workspace, hash_path, replace, translated_os_errors, write_json


def write_number(number):
    def build(staging: Path):
        pl.DataFrame({"n": [number]}).write_parquet(staging / "numbers.parquet")
        return {"numbers": 1}

    return build


def run(workspace, number, *, settings=None, inputs=None):
    return workspace.run_stage(
        "numbers",
        write_number(number),
        outputs=["numbers.parquet"],
        inputs=inputs or {},
        settings=settings or {},
    )


def test_a_stage_is_not_run_twice_with_the_same_inputs(tmp_path):
    workspace = Workspace.create(tmp_path / "ws")
    assert run(workspace, 1).ran
    assert not run(workspace, 2).ran
    assert workspace.scan("numbers.parquet", made_by="numbers").collect()["n"].to_list() == [1]


@pytest.mark.parametrize("change", [{"settings": {"k": 2}}, {"inputs": {"posts": "abc"}}])
def test_a_stage_runs_again_when_settings_or_inputs_change(tmp_path, change):
    workspace = Workspace.create(tmp_path / "ws")
    run(workspace, 1)
    assert run(workspace, 2, **change).ran
    assert workspace.scan("numbers.parquet", made_by="numbers").collect()["n"].to_list() == [2]


def test_a_stage_runs_again_when_its_output_was_touched(tmp_path):
    workspace = Workspace.create(tmp_path / "ws")
    run(workspace, 1)
    workspace.file("numbers.parquet").write_bytes(b"damaged")
    assert run(workspace, 1).ran


def test_a_failed_stage_leaves_the_old_output_and_manifest(tmp_path):
    workspace = Workspace.create(tmp_path / "ws")
    run(workspace, 1)

    def fail(staging):
        (staging / "numbers.parquet").write_bytes(b"half")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        workspace.run_stage("numbers", fail, outputs=["numbers.parquet"], inputs={}, settings={"new": True})
    assert not list((workspace.path / ".staging").glob("*"))
    assert workspace.scan("numbers.parquet", made_by="numbers").collect()["n"].to_list() == [1]
    assert not run(workspace, 1).ran


def test_a_stage_that_writes_no_output_is_refused(tmp_path):
    workspace = Workspace.create(tmp_path / "ws")
    with pytest.raises(WorkspaceError, match=r"wrote no numbers\.parquet"):
        workspace.run_stage("numbers", lambda staging: {}, outputs=["numbers.parquet"], inputs={}, settings={})


def test_a_folder_output_replaces_the_old_folder_whole(tmp_path):
    for name, content in [("old", "a"), ("new", "b")]:
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_text(content)
    replace(tmp_path / "new", tmp_path / "old")
    assert [path.name for path in (tmp_path / "old").iterdir()] == ["new.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old"]


def test_a_damaged_manifest_counts_as_not_done(tmp_path):
    workspace = Workspace.create(tmp_path / "ws")
    run(workspace, 1)
    (workspace.path / "manifests" / "numbers.json").write_text("{")
    assert workspace.manifest("numbers") is None
    with pytest.raises(WorkspaceError, match="textmine numbers"):
        workspace.scan("numbers.parquet", made_by="numbers")
    assert run(workspace, 1).ran


def test_a_workspace_of_a_newer_version_is_refused_with_the_remedy(tmp_path):
    workspace = Workspace.create(tmp_path / "ws")
    description = workspace.file("workspace.json")
    description.write_text(json.dumps({"format": FORMAT + 1, "textmine": "99.0"}))
    for door in (Workspace.open, Workspace.create):
        with pytest.raises(WorkspaceError, match=r"written by textmine 99\.0.*pip install -U textmine"):
            door(workspace.path)


def test_a_folder_with_other_files_is_no_workspace(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(WorkspaceError, match="not a textmine workspace"):
        Workspace.create(tmp_path)
    assert (tmp_path / "thesis.docx").read_text() == "years of work"


def test_a_missing_workspace_says_how_to_make_one(tmp_path):
    with pytest.raises(WorkspaceError, match="textmine ingest"):
        Workspace.open(tmp_path / "nowhere")


def test_the_simulated_mark_survives_reopening(tmp_path):
    assert not Workspace.create(tmp_path / "ws").simulated
    Workspace.open(tmp_path / "ws").mark_simulated()
    assert Workspace.open(tmp_path / "ws").simulated


def hold_lock(path, held):
    with Workspace.open(path).lock():
        held.set()
        time.sleep(30)


def test_two_processes_cannot_write_at_once_and_a_killed_one_frees_the_lock(tmp_path):
    workspace = Workspace.create(tmp_path / "ws")
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    other = context.Process(target=hold_lock, args=(workspace.path, held))
    other.start()
    try:
        assert held.wait(20)
        with pytest.raises(WorkspaceError, match="in use by another textmine"), workspace.lock():
            pass
    finally:
        os.kill(other.pid, signal.SIGKILL)
        other.join()
    with workspace.lock():
        assert run(workspace, 1).ran


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        pl.exceptions.ComputeError("No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_is_said_in_one_line(tmp_path, error):
    with pytest.raises(WorkspaceError, match="the disk is full"), translated_os_errors(tmp_path):
        raise error


def test_an_unrelated_os_error_keeps_its_type(tmp_path):
    with pytest.raises(FileNotFoundError), translated_os_errors(tmp_path):
        raise FileNotFoundError(errno.ENOENT, "gone")


def test_a_folder_hash_sees_names_and_contents(tmp_path):
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "a").write_text("1")
    first = hash_path(folder)
    (folder / "a").rename(folder / "b")
    renamed = hash_path(folder)
    (folder / "b").write_text("2")
    assert len({first, renamed, hash_path(folder)}) == 3


def promise(workspace, number, monkeypatch):
    """Run the stage up to its promise, as a kill right after it leaves it."""
    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "_put_in_place", lambda *arguments: None)
        run(workspace, number, settings={"number": number})


def test_what_a_killed_process_had_promised_is_there_when_the_workspace_is_opened(tmp_path, monkeypatch):
    workspace = Workspace.create(tmp_path / "ws")
    run(workspace, 1)
    promise(workspace, 2, monkeypatch)
    assert workspace.scan("numbers.parquet", made_by="numbers").collect()["n"].to_list() == [1]
    opened = Workspace.open(workspace.path)
    assert opened.scan("numbers.parquet", made_by="numbers").collect()["n"].to_list() == [2]
    assert sorted(path.name for path in workspace.path.iterdir()) == [
        ".lock",
        "manifests",
        "numbers.parquet",
        "workspace.json",
    ]
    assert not run(workspace, 3, settings={"number": 2}).ran


def test_a_promise_is_left_to_the_process_that_is_at_work_on_it(tmp_path, monkeypatch):
    workspace = Workspace.create(tmp_path / "ws")
    with workspace.lock():
        promise(workspace, 1, monkeypatch)
        assert Workspace.open(workspace.path).manifest("numbers") is None
    assert Workspace.open(workspace.path).manifest("numbers").rows == {"numbers": 1}


def test_outputs_outside_of_the_workspace_are_put_in_place_by_the_next_run(tmp_path, monkeypatch):
    workspace, outside = Workspace.create(tmp_path / "ws"), tmp_path / "outside"

    def run_outside(number):
        return workspace.run_stage(
            "report", write_number(number), outputs=["numbers.parquet"], inputs={}, settings={}, root=outside
        )

    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "_put_in_place", lambda *arguments: None)
        run_outside(1)
    assert not (outside / "numbers.parquet").exists()
    assert not run_outside(2).ran
    assert pl.read_parquet(outside / "numbers.parquet")["n"].to_list() == [1]
    assert [path.name for path in outside.iterdir()] == ["numbers.parquet"]


def test_a_stage_that_finds_nothing_to_do_leaves_every_byte(tmp_path):
    workspace = Workspace.create(tmp_path / "ws")
    run(workspace, 1)
    before = hash_path(workspace.path)

    def find_nothing(staging):
        (staging / "numbers.parquet").write_bytes(b"half")
        raise UnchangedError

    result = workspace.run_stage("numbers", find_nothing, outputs=["numbers.parquet"], inputs={}, settings={"new": 1})
    assert (result.ran, result.manifest.settings) == (False, {})
    assert hash_path(workspace.path) == before


def test_what_a_process_left_that_was_killed_while_it_made_a_workspace_is_no_other_file(tmp_path):
    (tmp_path / ".workspace.json.123.tmp").write_text('{"form')
    with Workspace.create(tmp_path).lock():
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "workspace.json"]


def test_json_that_does_not_fit_on_the_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(path):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("textmine.atomic.sync", full)
    with pytest.raises(OSError, match="No space left"):
        write_json(tmp_path / "a.json", {})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("moment", ["before", "between", "after"])
def test_a_folder_that_was_being_replaced_is_replaced_in_the_end(tmp_path, moment):
    source, target, old = tmp_path / "new", tmp_path / "t", tmp_path / ".t.old"
    for folder, content in [(source, "new"), (target, "old")]:
        folder.mkdir()
        (folder / "f").write_text(content)
    if moment != "before":
        target.rename(old)
    if moment == "after":
        source.rename(target)
    replace(source, target)
    assert (target / "f").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t"]


def test_matrices_are_multiplied_on_one_thread_while_a_stage_is_built(tmp_path):
    seen = []

    def build(staging):
        seen.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
        (staging / "out.txt").write_text("x")
        return {}

    before = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    Workspace.create(tmp_path / "w").run_stage("any", build, outputs=["out.txt"], inputs={}, settings={})
    assert set(seen) == {1}
    after = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert after[: len(before)] == before, "only while it is built"
