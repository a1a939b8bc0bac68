"""Ingest killed by SIGKILL at random moments and with the disk full: is every post still there, and once?

    python bench/killed.py                     # 50 moments, and 12 sizes of what is left on the disk
    python bench/killed.py --moments 200 --seed 7

A workspace holds one export; a second one brings new posts, newer figures, posts that are there already and broken
rows. The ingest of the second is killed: half of the moments are spread over its time, half are steps on the file
system (opening, renaming, linking, removing), where a kill hurts most. Then the workspace is opened: it must hold all
posts as before the second export or as after it. Every third time the next run is killed as well. The same command
again must end in the bytes of an undisturbed run, with nothing left over. Every fifth time a workspace is killed while
it is made. For the full disk the workspace stands on a tmpfs (root only) with room for a part of the work.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import polars as pl
from measure import machine

from textmine.store import Workspace

PROGRAM = """
import os, signal, sys
from textmine.errors import TextmineError
from textmine.ingest import ingest
from textmine.store import Workspace

folder, source, moment, steps = sys.argv[1], sys.argv[2], int(sys.argv[3]), 0

def count(event, given):
    global steps
    if event in ("open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.listdir", "os.scandir"):
        if given and str(given[0]).startswith(folder):
            steps += 1
            if steps == moment:
                os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
try:
    workspace = Workspace.create(folder)
    with workspace.lock():
        ingest([source], workspace)
except TextmineError as error:
    sys.exit(str(error))
print(steps)
"""
HEADER = "platform,id,akun,tanggal,isi,suka,diambil_pada\n"


def write_exports(folder: Path, n_posts: int) -> tuple[Path, Path]:
    """An export, and a later one: a third of its posts again, a third with newer figures, a third new, some broken."""

    def row(number: int, likes: int, collected: str) -> str:
        platform = ("x", "instagram", "facebook", "youtube")[number % 4]
        day = f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}"
        return f"{platform},{number},akun_{number % 50},{day},Pesan nomor {number} untuk warga,{likes},{collected}\n"

    folder.mkdir(parents=True, exist_ok=True)
    first, second = folder / "first.csv", folder / "second.csv"
    first.write_text(HEADER + "".join(row(n, n % 90, "2025-01-01") for n in range(n_posts)))
    third = n_posts // 3
    again = "".join(row(n, n % 90, "2025-01-01") for n in range(third))
    newer = "".join(row(n, n % 90 + 10, "2025-02-01") for n in range(third, 2 * third))
    new = "".join(row(n, n % 90, "2025-02-01") for n in range(n_posts, n_posts + third))
    broken = "".join(f"x,b{n},akun,entah,Pesan,1,\n" for n in range(5))
    second.write_text(HEADER + again + newer + broken + new)
    return first, second


def run(workspace: Path, source: Path, *, step: int = 0, seconds: float | None = None) -> subprocess.CompletedProcess:
    """Ingest in a process of its own, killed at a step or after some seconds."""
    command = [sys.executable, "-c", PROGRAM, str(workspace), str(source), str(step)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            out, err = process.communicate()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def tree(workspace: Path) -> dict[str, str]:
    """Hash of every file but the lock; of manifests without their seconds."""
    found = {}
    for path in sorted(workspace.rglob("*")):
        if path.is_file() and path.name != ".lock":
            content = path.read_bytes()
            if path.parent.name == "manifests":
                content = json.dumps({**json.loads(content), "seconds": 0}).encode()
            found[str(path.relative_to(workspace))] = hashlib.sha256(content).hexdigest()
    return found


def state(workspace: Path) -> pl.DataFrame | None:
    """What a reader finds: posts and snapshots; None where there was never a post."""
    opened = Workspace.open(workspace)
    if opened.manifest("ingest") is None:
        return None
    tables = [opened.scan(name, made_by="ingest").collect() for name in ("posts.parquet", "snapshots.parquet")]
    return pl.concat([table.select("platform", "post_id", "likes", "source", "source_row") for table in tables])


class Trial:
    """An undisturbed run, and disturbed ones that are held to it.

    Parameters
    ----------
    folder
        Exports and workspaces go here.
    n_posts
        Posts of the first export.
    """

    def __init__(self, folder: Path, *, n_posts: int) -> None:
        self.folder = folder
        self.first, self.second = write_exports(folder / "exports", n_posts)
        self.before, whole = folder / "before", folder / "whole"
        self._done(run(self.before, self.first))
        shutil.copytree(self.before, whole)
        started = time.perf_counter()
        self.steps = int(self._done(run(whole, self.second)).stdout)
        self.seconds = time.perf_counter() - started
        self.expected = tree(whole)
        self.states = [state(self.before), state(whole)]
        self.fresh_steps = int(self._done(run(folder / "fresh", self.first)).stdout)

    @staticmethod
    def _done(done: subprocess.CompletedProcess) -> subprocess.CompletedProcess:
        if done.returncode:
            raise SystemExit(done.stderr)
        return done

    def killed(self, *, step: int = 0, seconds: float | None = None, again: int = 0, fresh: bool = False) -> str:
        """Kill the ingest of the second export (of the first, into nothing, if ``fresh``); say what was found.

        ``again`` is the step at which the next run is killed as well, while it puts things in order.
        """
        workspace = self.folder / "killed"
        shutil.rmtree(workspace, ignore_errors=True)
        if not fresh:
            shutil.copytree(self.before, workspace)
        source = self.first if fresh else self.second
        runs = [run(workspace, source, step=step, seconds=seconds)]
        if again:
            runs.append(run(workspace, source, step=again))
        if errors := [done.stderr for done in runs if done.returncode not in (0, -signal.SIGKILL)]:
            raise AssertionError(errors[0])
        return self._found(workspace, source, [None, self.states[0]] if fresh else self.states, fresh)

    def full(self, disk: Path, *, left: int) -> str:
        """Ingest with ``left`` bytes on the disk, then again with enough; say what was found."""
        workspace, ballast = disk / "full", disk / "ballast"
        for old in (workspace, ballast):
            shutil.rmtree(workspace, ignore_errors=True) if old.is_dir() else old.unlink(missing_ok=True)
        shutil.copytree(self.before, workspace)
        with ballast.open("wb") as file:
            file.truncate()
            free = shutil.disk_usage(disk).free - left
            file.write(b"\0" * max(free, 0))
        done = run(workspace, self.second)
        if done.returncode and "the disk is full; free some space" not in done.stderr:
            raise AssertionError(done.stderr)
        found = self._opened(workspace, self.states)  # while it is still full
        if bool(done.returncode) != (found == "as before"):
            raise AssertionError(f"ended with {done.returncode}, and the posts are {found}")
        ballast.unlink()
        return self._found(workspace, self.second, self.states, fresh=False)

    def _opened(self, workspace: Path, states: list[pl.DataFrame | None]) -> str:
        if not (workspace / "workspace.json").exists():
            return "as before"
        found = state(workspace)
        for name, allowed in zip(("as before", "as after"), states, strict=True):
            if found is allowed or (found is not None and allowed is not None and found.equals(allowed)):
                return name
        raise AssertionError("posts are lost, doubled or mixed")

    def _found(self, workspace: Path, source: Path, states: list[pl.DataFrame | None], fresh: bool) -> str:
        found = self._opened(workspace, states)
        self._done(run(workspace, source))
        if tree(workspace) != (tree(self.before) if fresh else self.expected):
            raise AssertionError("the same command again ends in other bytes")
        return found


def moments(trial: Trial, n: int, seed: int) -> Counter[str]:
    """Kill at ``n`` random moments; how many workspaces were found as before, and as after."""
    draw, found = random.Random(seed), Counter[str]()
    for number in range(n):
        fresh, again = number % 5 == 4, draw.randint(1, 60) if number % 3 == 0 else 0
        if number % 2:
            steps = trial.fresh_steps if fresh else trial.steps
            found[trial.killed(step=draw.randint(1, steps), again=again, fresh=fresh)] += 1
        else:
            found[trial.killed(seconds=draw.uniform(0.2, 1.1) * trial.seconds, again=again, fresh=fresh)] += 1
    return found


def mounted(folder: Path, size: int) -> bool:
    """Mount a tmpfs of ``size`` bytes, if that is allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    return bool(shutil.which("mount")) and subprocess.run(command, capture_output=True).returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--disks", type=int, default=12)
    parser.add_argument("--posts", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(Path(name), n_posts=options.posts)
        print(f"{machine()}; {options.posts:,} posts, {trial.steps} steps, {trial.seconds:.1f} s")
        found = moments(trial, options.moments, options.seed)
        print(f"killed {options.moments} times: {dict(found)}, none lost or doubled, the same bytes after a rerun")
        disk = Path(name) / "disk"
        size = 64 << 20
        if not mounted(disk, size):
            print("full disk: not tried, a tmpfs cannot be mounted here")
            return
        try:
            draw = random.Random(options.seed)
            sizes = [0, 4096, *(int(8192 * 4096 ** draw.random()) for _ in range(options.disks - 2))]
            full = Counter(trial.full(disk, left=left) for left in sizes)
        finally:
            subprocess.run(["umount", str(disk)], check=True)
        print(f"disk full {len(sizes)} times: {dict(full)}, none lost or doubled, the same bytes after a rerun")


if __name__ == "__main__":
    main()
