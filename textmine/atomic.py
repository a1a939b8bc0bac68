"""Files that are there whole or not at all: written aside, flushed to disk, renamed into place."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from textmine.errors import WorkspaceError

_TEMPORARY: Final = ".tmp"


def write_json(path: Path, content: object) -> None:
    """Write JSON so that a reader finds the old file or the whole new one, never a part, also after a power cut."""
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    write_file(path, text, durable=True)


def write_file(path: Path, content: bytes | str, *, durable: bool = False) -> None:
    """Write a file, and its folder where there is none, whole or not at all; text becomes UTF-8.

    With ``durable`` it is on the disk when the call returns.

    Raises
    ------
    WorkspaceError
        The path is empty or a folder.
    """
    if not path.name or path.is_dir():
        raise WorkspaceError("is a folder, not a file; add a file name", path=path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{_TEMPORARY}")
    try:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        if durable:
            sync(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)  # half a file must not keep a full disk full
        raise
    if durable:
        _sync_folder(path.parent)


def leftovers(folder: Path) -> list[Path]:
    """Temporary files of processes that were killed while they wrote JSON into ``folder``."""
    return sorted(folder.glob(f".*.json.*{_TEMPORARY}"))


def replace(source: Path, target: Path) -> None:
    """Rename ``source`` over ``target``, also when both are folders (which a plain rename refuses).

    Killed at any moment, the same call takes it up where it was; without a ``source`` it has been done before.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    old = target.with_name(f".{target.name}.old")
    if source.is_dir() or source.exists():
        if target.is_dir() or (source.is_dir() and target.exists()):
            remove(old)
            target.rename(old)
        source.replace(target)
    _sync_folder(target.parent)
    remove(old)


def remove(path: Path) -> None:
    """Delete a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def link(source: Path, target: Path) -> None:
    """Give a file a second name in another folder; where the file system has no hard links, copy it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS):
            raise
        shutil.copyfile(source, target)


def hash_path(path: Path) -> str:
    """SHA-256 of a file, or of a folder's file names and contents in sorted order."""
    if path.is_dir():
        parts = {
            file.relative_to(path).as_posix(): hash_path(file) for file in sorted(path.rglob("*")) if file.is_file()
        }
        return digest(parts)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(content: object) -> str:
    """SHA-256 of a JSON value."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


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


def sync(path: Path) -> None:
    """Flush a file, or a folder with all that is in it, to disk."""
    inside = sorted(path.rglob("*")) if path.is_dir() else []
    for entry in [*inside, path]:
        if entry.is_dir():
            _sync_folder(entry)
        else:
            with entry.open("rb") as handle:
                os.fsync(handle.fileno())


def _sync_folder(path: Path) -> None:
    """Flush a rename itself; not every platform lets a folder be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
