"""Room on the disk, and the versions of Python, SQLite and the packages against those that textmine wants."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from textmine.doctor.finding import Finding, State

_LEAST: Final = 1 << 30
_LITTLE: Final = 5 << 30
_SQLITE: Final = (3, 33, 0)
"""From this version on SQLite can update a table from another one."""


def check_disk(folder: Path, *, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free) -> Finding:
    """Look at the room where a collection or workspace is or will be."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    room = free(there)
    said = f"{room / (1 << 30):,.1f} GB free"
    if not os.access(there, os.W_OK):
        return Finding(
            "disk", str(folder), State.PROBLEM, "cannot be written", f"choose another folder, or: chmod u+w {there}"
        )
    if room < _LEAST:
        return Finding("disk", str(folder), State.PROBLEM, said, "free at least 1 GB; a million posts need about 2 GB")
    if room < _LITTLE:
        return Finding("disk", str(folder), State.NOTE, said, "free some: a million posts need about 2 GB")
    return Finding("disk", str(folder), State.OK, said)


def check_python(requires: str | None = None, running: str = platform.python_version()) -> Finding:
    """Hold the running Python against the bounds of the package."""
    bounds = requires if requires is not None else str(metadata("textmine").json["requires_python"])
    if SpecifierSet(bounds).contains(running, prereleases=True):
        return Finding("versions", "python", State.OK, f"{running}, wanted {bounds}")
    return Finding(
        "versions", "python", State.PROBLEM, f"{running}, wanted {bounds}", "make an environment with another Python"
    )


def check_sqlite(running: tuple[int, ...] = sqlite3.sqlite_version_info) -> Finding:
    """Hold the SQLite that Python was built with against what the journal needs."""
    said, wanted = ".".join(map(str, running)), ".".join(map(str, _SQLITE))
    if running >= _SQLITE:
        return Finding("versions", "sqlite", State.OK, f"{said}, wanted {wanted} or newer")
    remedy = "use a Python that was built with a newer SQLite"
    return Finding("versions", "sqlite", State.PROBLEM, f"{said}, wanted {wanted} or newer", remedy)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def check_packages(
    requirements: Sequence[str] | None = None, installed: Callable[[str], str | None] = _installed
) -> Iterator[Finding]:
    """Hold installed packages against the bounds in textmine's own metadata, which are those of pyproject.toml.

    A core package that is missing or out of its bounds is a problem; one of an extra only where it is installed.
    """
    wanted = [Requirement(text) for text in (metadata("textmine").get_all("Requires-Dist") or [])]
    if requirements is not None:
        wanted = [Requirement(text) for text in requirements]
    n_right = 0
    for need in wanted:
        extra = _extra_of(need)
        if extra is None and need.marker is not None and not need.marker.evaluate():
            continue
        found = installed(need.name)
        if found is None and extra is not None:
            continue
        if found is not None and need.specifier.contains(found, prereleases=True):
            n_right += 1
            continue
        part = f"textmine[{extra}]" if extra else "textmine"
        detail = f"{found or 'missing'}, wanted {need.specifier}"
        yield Finding("versions", need.name, State.PROBLEM, detail, f'pip install --upgrade "{part}"')
    yield Finding("versions", "packages", State.OK, f"{n_right} within their bounds")


def _extra_of(need: Requirement) -> str | None:
    """Extra that a requirement belongs to, or None where it is of the core."""
    said = str(need.marker) if need.marker is not None else ""
    _, equals, rest = said.partition('extra == "')
    return rest.partition('"')[0] if equals else None
