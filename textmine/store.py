"""The workspace: a folder of stages, each with its outputs, a manifest, and a way to resume.

A stage writes into a staging folder first; its files are flushed to disk and renamed into place, and its manifest is
written last. A stage without a manifest has not happened, so a run that was killed at any moment starts that stage
again and ends in the same bytes.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
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
from textmine.errors import WorkspaceError

FORMAT: Final = 1
"""Version of the workspace's layout; raised when an older textmine could not read it."""

STAGING: Final = ".staging"
_DESCRIPTION: Final = "workspace.json"


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

    @classmethod
    def create(cls, path: str | Path, *, simulated: bool = False) -> Workspace:
        """Open the workspace at ``path``, making it if there is none.

        Raises
        ------
        WorkspaceError
            The folder is not empty and not a workspace, cannot be written, or was written by a newer textmine.
        """
        workspace = cls(path)
        if (workspace.path / _DESCRIPTION).exists():
            return cls.open(path)
        if workspace.path.exists() and (not workspace.path.is_dir() or any(workspace.path.iterdir())):
            raise WorkspaceError("exists and is not a textmine workspace; choose another folder", path=path)
        with translated_os_errors(workspace.path):
            workspace.path.mkdir(parents=True, exist_ok=True)
            workspace._describe(simulated=simulated)
        return workspace

    @classmethod
    def open(cls, path: str | Path) -> Workspace:
        """Open an existing workspace.

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
        write_json(self.path / _DESCRIPTION, content)

    def _description(self) -> dict[str, Any]:
        try:
            content = json.loads((self.path / _DESCRIPTION).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise WorkspaceError("no workspace here; make one with textmine ingest", path=self.path) from error
        except (OSError, ValueError) as error:
            raise WorkspaceError(f"{_DESCRIPTION} cannot be read: {error}", path=self.path) from error
        if not isinstance(content, dict):
            raise WorkspaceError(f"{_DESCRIPTION} does not describe a workspace", path=self.path)
        return content

    def file(self, name: str) -> Path:
        """Path of an output, such as ``"posts.parquet"``, whether it exists or not."""
        return self.path / name

    def scan(self, name: str, *, made_by: str) -> pl.LazyFrame:
        """Scan a Parquet output (a file, or a folder of part files).

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
        path = self.file(name)
        return pl.scan_parquet(path / "*.parquet" if path.is_dir() else path, glob=path.is_dir())

    def manifest(self, stage: str) -> Manifest | None:
        """Manifest of a completed stage, or None."""
        try:
            content = json.loads(self._manifest_path(stage).read_text(encoding="utf-8"))
            return Manifest(**content)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            return None  # a damaged manifest proves nothing: the stage is done again

    def _manifest_path(self, stage: str) -> Path:
        return self.path / "manifests" / f"{stage}.json"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the workspace for writing.

        Raises
        ------
        WorkspaceError
            Another process holds it.
        """
        lock = FileLock(self.path / ".lock", timeout=0)
        try:
            with translated_os_errors(self.path):
                lock.acquire()
        except Timeout as error:
            raise WorkspaceError("in use by another textmine; wait for it to end", path=self.path) from error
        try:
            yield
        finally:
            lock.release()

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
        key = _digest({"stage": stage, "settings": settings, "inputs": inputs, "textmine": textmine.__version__})
        done = self.manifest(stage)
        root = self.path if root is None else root
        if done is not None and done.key == key and _intact(done, root):
            return StageResult(done, ran=False)
        started = time.perf_counter()
        staging = root / STAGING / stage
        with translated_os_errors(self.path, stage=stage):
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir(parents=True)
            try:
                rows = dict(build(staging))
            except BaseException:
                shutil.rmtree(staging, ignore_errors=True)  # half an output must not keep a full disk full
                raise
            hashes = self._move_into_place(stage, staging, outputs, root)
            manifest = Manifest(
                stage,
                key,
                dict(settings),
                dict(inputs),
                hashes,
                rows,
                round(time.perf_counter() - started, 3),
                _versions(),
            )
            write_json(self._manifest_path(stage), asdict(manifest))
        return StageResult(manifest, ran=True)

    def _move_into_place(self, stage: str, staging: Path, outputs: Sequence[str], root: Path) -> dict[str, str]:
        """Flush the staged outputs and rename them over the old ones; the old manifest goes first."""
        missing = [name for name in outputs if not (staging / name).exists()]
        if missing:
            raise WorkspaceError(f"the stage wrote no {', '.join(missing)}", path=self.path, stage=stage)
        hashes = {name: hash_path(staging / name) for name in outputs}
        for name in outputs:
            _sync(staging / name)
        self._manifest_path(stage).unlink(missing_ok=True)
        for name in outputs:
            replace(staging / name, root / name)
        shutil.rmtree(staging, ignore_errors=True)
        with contextlib.suppress(OSError):
            staging.parent.rmdir()  # refuses while another stage is there
        return hashes


def _intact(manifest: Manifest, root: Path) -> bool:
    """Whether every output is there with the bytes that the manifest names."""
    return all((root / name).exists() and hash_path(root / name) == digest for name, digest in manifest.outputs.items())


def write_json(path: Path, content: object) -> None:
    """Write JSON so that a reader finds the old file or the whole new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    _sync(temporary)
    temporary.replace(path)
    _sync_folder(path.parent)


def replace(source: Path, target: Path) -> None:
    """Rename ``source`` over ``target``, also when both are folders (which a plain rename refuses)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir() or (source.is_dir() and target.exists()):
        old = target.with_name(f".{target.name}.old")  # killed here, the old content can be put back
        _remove(old)
        target.rename(old)
        source.rename(target)
        _remove(old)
    else:
        source.replace(target)
    _sync_folder(target.parent)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def hash_path(path: Path) -> str:
    """SHA-256 of a file, or of a folder's file names and contents in sorted order."""
    if path.is_dir():
        parts = {str(file.relative_to(path)): hash_path(file) for file in sorted(path.rglob("*")) if file.is_file()}
        return _digest(parts)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def translated_os_errors(path: Path, *, stage: str | None = None) -> Iterator[None]:
    """Turn a full disk or a folder that cannot be written into a WorkspaceError."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        number = getattr(error, "errno", None)
        text = str(error)
        if number in (errno.ENOSPC, errno.EDQUOT) or "No space left" in text or "os error 28" in text:
            problem = "the disk is full; free some space and run the same command again"
        elif number in (errno.EACCES, errno.EPERM, errno.EROFS):
            problem = "cannot be written; check its permissions"
        elif number in (errno.ENOTDIR, errno.EEXIST):
            problem = "a file stands where a folder is needed; choose another path"
        else:
            raise
        raise WorkspaceError(problem, path=path, stage=stage) from error


def _sync(path: Path) -> None:
    for file in [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]:
        with file.open("rb") as handle:
            os.fsync(handle.fileno())


def _sync_folder(path: Path) -> None:
    """Flush a rename itself; not every platform lets a folder be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _versions() -> dict[str, str]:
    return {"textmine": textmine.__version__, "polars": pl.__version__, "python": platform.python_version()}
