"""The workspace: a folder of stages, each with its outputs, a manifest, and a way to resume.

A stage writes into a staging folder first; its files are flushed to disk. Its manifest beside them is the promise that
all is there: from then on the files are renamed into place, the manifest last, and whoever opens the workspace after a
kill finishes that. Before, nothing has happened: the stage is done again and ends in the same bytes.
"""

from __future__ import annotations

import contextlib
import errno
import json
import platform
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl
from filelock import FileLock, Timeout

import textmine
from textmine.allocator import give_back_memory
from textmine.atomic import digest, leftovers, remove, sync
from textmine.atomic import hash_path as hash_path
from textmine.atomic import replace as replace
from textmine.atomic import translated_os_errors as translated_os_errors
from textmine.atomic import write_json as write_json
from textmine.blas import one_blas_thread
from textmine.errors import WorkspaceError
from textmine.notebook import stages_html

FORMAT: Final = 1
"""Version of the workspace's layout; raised when an older textmine could not read it."""

REGISTER: Final = "agencies.parquet"
"""The register that was given to ingest last, for the stages that come after."""
STAGING: Final = ".staging"
COMMIT: Final = "manifest.json"
"""A staged manifest: the outputs beside it are whole and are to be renamed into place."""
LOCK: Final = ".lock"
DESCRIPTION: Final = "workspace.json"


@dataclass(frozen=True)
class Manifest:
    """What a stage did: enough to know whether it must be done again, and to repeat it.

    ``key`` is a hash over the stage's name, settings, inputs and the version of textmine. ``inputs`` and ``outputs``
    hold the SHA-256 of each file; ``rows`` what the stage counted; ``seconds`` its wall-clock time.
    """

    stage: str
    key: str
    settings: dict[str, Any]
    inputs: dict[str, str]
    outputs: dict[str, str]
    rows: dict[str, int]
    seconds: float
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StageResult:
    """A stage's manifest and whether it ran now or was found done."""

    manifest: Manifest
    ran: bool

    def _repr_html_(self) -> str:
        return stages_html([self.manifest], title="Stage", note="ran now" if self.ran else "was done already")


class UnchangedError(Exception):
    """Raised by a ``build`` that finds every output as it should be: the old manifest stands, no byte changes."""


class Workspace:
    """A folder that holds one analysis.

    Parameters
    ----------
    path
        The folder. Nothing is read or written until a method is called.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        return f"Workspace({str(self.path)!r})"

    def _repr_html_(self) -> str:
        done = [each for each in map(self.manifest, self.stages()) if each is not None]
        simulated = (self.path / DESCRIPTION).exists() and self.simulated
        return stages_html(done, title=repr(self), simulated=simulated)

    @classmethod
    def create(cls, path: str | Path, *, simulated: bool = False) -> Workspace:
        """Open the workspace at ``path``, making it if there is none.

        Raises
        ------
        WorkspaceError
            The folder is not empty and not a workspace, cannot be written, or was written by a newer textmine.
        """
        workspace = cls(path)
        if (workspace.path / DESCRIPTION).exists():
            return cls.open(path)
        if workspace.path.exists() and (not workspace.path.is_dir() or _is_used(workspace.path)):
            raise WorkspaceError("exists and is not a textmine workspace; choose another folder", path=path)
        with translated_os_errors(workspace.path):
            workspace.path.mkdir(parents=True, exist_ok=True)
            workspace._describe(simulated=simulated)
        return workspace

    @classmethod
    def open(cls, path: str | Path) -> Workspace:
        """Open an existing workspace; what a killed process had promised is put in place.

        Raises
        ------
        WorkspaceError
            There is none at ``path``, or it was written by a newer textmine.
        """
        workspace = cls(path)
        description = workspace._description()
        if int(description.get("format", 0)) > FORMAT:
            newer = description.get("textmine", "?")
            raise WorkspaceError(
                f"written by textmine {newer}, this is {textmine.__version__}; upgrade with: pip install -U textmine",
                path=path,
            )
        if workspace._promised():
            # Held by another process, that one is at work on it; read-only, the next writer does it.
            with contextlib.suppress(WorkspaceError), workspace.lock():
                pass
        return workspace

    @property
    def simulated(self) -> bool:
        """Whether the posts come from the simulator: every output of this workspace must say so."""
        return bool(self._description().get("simulated", False))

    def mark_simulated(self, simulated: bool = True) -> None:
        """Record whether the posts are simulated."""
        if self.simulated != simulated:
            self._describe(simulated=simulated)

    def _describe(self, *, simulated: bool) -> None:
        content = {"format": FORMAT, "textmine": textmine.__version__, "simulated": simulated}
        write_json(self.path / DESCRIPTION, content)

    def _description(self) -> dict[str, Any]:
        try:
            content = json.loads((self.path / DESCRIPTION).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise WorkspaceError("no workspace here; make one with textmine ingest", path=self.path) from error
        except (OSError, ValueError) as error:
            raise WorkspaceError(f"{DESCRIPTION} cannot be read: {error}", path=self.path) from error
        if not isinstance(content, dict):
            raise WorkspaceError(f"{DESCRIPTION} does not describe a workspace", path=self.path)
        return content

    def file(self, name: str) -> Path:
        """Path of an output, such as ``"posts.parquet"``, whether it exists or not."""
        return self.path / name

    def scan(self, name: str, *, made_by: str) -> pl.LazyFrame:
        """Scan a Parquet output: a file, or a folder of files in the order of their names, folders first to last.

        The rows of ``posts.parquet`` are in this order everywhere: by platform, month and place in the month.

        Parameters
        ----------
        name
            Output's name, such as ``"posts.parquet"``.
        made_by
            The stage that makes it, named in the error when it is not there yet.

        Raises
        ------
        WorkspaceError
            The output does not exist or its stage is not complete.
        """
        if self.manifest(made_by) is None or not self.file(name).exists():
            raise WorkspaceError(f"{name} is not there yet; run: textmine {made_by}", path=self.path, stage=made_by)
        path = self.file(name).absolute()  # other processes read it too
        files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
        # every file has all columns: what the names of folders say is not needed
        return pl.scan_parquet(files, glob=False, hive_partitioning=False)

    def manifest(self, stage: str) -> Manifest | None:
        """Manifest of a completed stage, or None."""
        try:
            content = json.loads(self._manifest_path(stage).read_text(encoding="utf-8"))
            return Manifest(**content)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            return None  # a damaged manifest proves nothing: the stage is done again

    def stages(self) -> list[str]:
        """Names of all completed stages, sorted."""
        there = sorted(path.stem for path in (self.path / "manifests").glob("*.json"))
        return [name for name in there if self.manifest(name) is not None]

    def _manifest_path(self, stage: str) -> Path:
        return self.path / "manifests" / f"{stage}.json"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the workspace for writing; what a killed process left is put in place or cleared away.

        Raises
        ------
        WorkspaceError
            Another process holds it.
        """
        lock = FileLock(self.path / LOCK, timeout=0)
        try:
            with translated_os_errors(self.path):
                lock.acquire()
        except Timeout as error:
            raise WorkspaceError("in use by another textmine; wait for it to end", path=self.path) from error
        try:
            with translated_os_errors(self.path):
                self._recover()
            yield
        finally:
            lock.release()

    def _promised(self) -> list[Path]:
        """Staging folders whose outputs are whole but not yet in place."""
        return [path.parent for path in sorted((self.path / STAGING).glob(f"*/{COMMIT}"))]

    def _recover(self) -> None:
        for staging in self._promised():
            self._put_in_place(staging, self.path)
        for rest in (*leftovers(self.path), *leftovers(self.path / "manifests"), self.path / STAGING):
            remove(rest)

    def output_hashes(self, *stages: str) -> dict[str, str]:
        """SHA-256 of every output of the stages named, as the ``inputs`` of a stage that reads them.

        Raises
        ------
        WorkspaceError
            A stage has not been run.
        """
        hashes: dict[str, str] = {}
        for stage in stages:
            manifest = self.manifest(stage)
            if manifest is None:
                raise WorkspaceError(f"not done yet; run: textmine {stage}", path=self.path, stage=stage)
            hashes |= manifest.outputs
        return hashes

    def is_current(self, stage: str, *reads: str) -> bool:
        """Whether a stage was run on what the stages that it reads have put out since."""
        manifest = self.manifest(stage)
        if manifest is None or any(self.manifest(name) is None for name in reads):
            return False
        return all(manifest.inputs.get(name) == made for name, made in self.output_hashes(*reads).items())

    def inputs_unchanged(self, stage: str, *made_by: str) -> bool:
        """Whether a stage was run, and what it read of other stages' outputs is as they are now.

        Outputs that it did not read do not count, other than in :meth:`is_current`.
        """
        manifest = self.manifest(stage)
        others = [other for other in map(self.manifest, made_by) if other is not None]
        made = {name: value for other in others for name, value in other.outputs.items()}
        return manifest is not None and all(made.get(name, value) == value for name, value in manifest.inputs.items())

    def register(self) -> pl.DataFrame | None:
        """Read the agency register that was given to ingest last, or None."""
        path = self.file(REGISTER)
        return pl.read_parquet(path) if path.exists() else None

    def run_stage(
        self,
        stage: str,
        build: Callable[[Path], Mapping[str, int]],
        *,
        outputs: Sequence[str],
        inputs: Mapping[str, str],
        settings: Mapping[str, Any],
        root: Path | None = None,
    ) -> StageResult:
        """Run a stage unless it is done already with the same inputs, settings and version.

        Parameters
        ----------
        stage
            Name of the stage.
        build
            Called with an empty staging folder; writes every output there and returns row counts.
        outputs
            Names of the files or folders that ``build`` writes.
        inputs
            Name and SHA-256 of what the stage reads.
        settings
            What the stage was asked for; JSON values only.
        root
            Folder that the outputs stand in; the workspace if None.

        Returns
        -------
        StageResult
            The manifest, and whether ``build`` was called.

        Raises
        ------
        WorkspaceError
            The disk is full, the folder cannot be written, or an output is missing.
        """
        key = digest({"stage": stage, "settings": settings, "inputs": inputs, "textmine": textmine.__version__})
        root = self.path if root is None else root
        staging = root / STAGING / (stage if root == self.path else f"{stage}-{digest(str(self.path.absolute()))[:12]}")
        with translated_os_errors(self.path, stage=stage):
            if (staging / COMMIT).exists():
                self._put_in_place(staging, root)
        done = self.manifest(stage)
        if done is not None and done.key == key and _intact(done, root):
            return StageResult(done, ran=False)
        started = time.perf_counter()
        with translated_os_errors(self.path, stage=stage):
            remove(staging)
            staging.mkdir(parents=True)
            try:
                with one_blas_thread():
                    rows = dict(build(staging))
                give_back_memory()
                hashes = self._hashes(stage, staging, outputs)
                seconds = round(time.perf_counter() - started, 3)
                manifest = Manifest(stage, key, dict(settings), dict(inputs), hashes, rows, seconds, _versions())
                self._promise(manifest, staging)
            except BaseException as error:
                _clear(staging)  # half an output must not keep a full disk full
                if isinstance(error, UnchangedError) and done is not None:
                    return StageResult(done, ran=False)
                raise
            self._put_in_place(staging, root)
        return StageResult(manifest, ran=True)

    def is_intact(self, stage: str) -> bool:
        """Whether a stage is complete and its outputs have the bytes that its manifest names."""
        manifest = self.manifest(stage)
        return manifest is not None and _intact(manifest, self.path)

    def _hashes(self, stage: str, staging: Path, outputs: Sequence[str]) -> dict[str, str]:
        missing = [name for name in outputs if not (staging / name).exists()]
        if missing:
            raise WorkspaceError(f"the stage wrote no {', '.join(missing)}", path=self.path, stage=stage)
        return {name: hash_path(staging / name) for name in outputs}

    def _promise(self, manifest: Manifest, staging: Path) -> None:
        """Flush the outputs, then the manifest beside them: from here on the stage has happened."""
        for name in manifest.outputs:
            sync(staging / name)
        self._manifest_path(manifest.stage).parent.mkdir(parents=True, exist_ok=True)
        write_json(staging / COMMIT, asdict(manifest))

    def _put_in_place(self, staging: Path, root: Path) -> None:
        """Rename staged outputs over the old ones, the manifest last; killed at any moment, it can be called again."""
        content = json.loads((staging / COMMIT).read_text(encoding="utf-8"))
        target = self._manifest_path(content["stage"])
        target.unlink(missing_ok=True)  # who reads meanwhile finds no stage rather than half of one
        for name in content["outputs"]:
            replace(staging / name, root / name)
        try:
            replace(staging / COMMIT, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            write_json(target, content)  # reports may stand on another disk than the workspace
        _clear(staging)


def _clear(staging: Path) -> None:
    shutil.rmtree(staging, ignore_errors=True)
    with contextlib.suppress(OSError):
        staging.parent.rmdir()  # refuses while another stage is there


def _is_used(folder: Path) -> bool:
    """Whether a folder holds more than what a process left that was killed while it made a workspace."""
    return bool(set(folder.iterdir()) - set(leftovers(folder)))


def _intact(manifest: Manifest, root: Path) -> bool:
    """Whether every output is there with the bytes that the manifest names."""
    return all((root / name).exists() and hash_path(root / name) == digest for name, digest in manifest.outputs.items())


def _versions() -> dict[str, str]:
    return {"textmine": textmine.__version__, "polars": pl.__version__, "python": platform.python_version()}
