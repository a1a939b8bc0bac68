"""Finds what ships beside the code: ``models/`` and ``corpora/``, in a checkout and in an installed wheel.

This is the one door to those folders. Nothing is ever written through it.
"""

from __future__ import annotations

import importlib.resources
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

from textmine.errors import ResourceNotFoundError


def find(name: str, *, explicit: str | Path | None = None) -> Path:
    """Path of a shipped file or folder.

    Looks, in this order, at ``explicit``, ``$TEXTMINE_HOME``, the checkout that this code runs from, and the
    installed package.

    Parameters
    ----------
    name
        Path inside the project with forward slashes, such as ``"corpora/demo"``.
    explicit
        A path of the user's own; when given, nothing else is tried.

    Returns
    -------
    pathlib.Path
        An existing path.

    Raises
    ------
    ResourceNotFoundError
        Names every place that was looked at.

    Examples
    --------
    >>> find("corpora").name
    'corpora'
    """
    places: list[str] = []
    for place, root in [("the path given", Path(explicit))] if explicit is not None else _roots():
        candidate = root if explicit is not None else root / name
        if candidate.exists():
            return candidate
        places.append(f"{place} ({candidate})")
    raise ResourceNotFoundError(name, places=places)


def _roots() -> Iterator[tuple[str, Path]]:
    """Places that may hold ``models/`` and ``corpora/``, most specific first."""
    home = os.environ.get("TEXTMINE_HOME")
    if home:
        yield "$TEXTMINE_HOME", Path(home)
    package = Path(str(importlib.resources.files("textmine")))
    if _is_checkout(package.parent):
        yield "the checkout", package.parent
    yield "the installed package", package


def _is_checkout(folder: Path) -> bool:
    """Whether ``folder`` is a checkout of textmine, and not site-packages beside some other project's file."""
    try:
        with (folder / "pyproject.toml").open("rb") as file:
            project = tomllib.load(file).get("project", {})
    except (OSError, tomllib.TOMLDecodeError):
        return False
    return isinstance(project, dict) and project.get("name") == "textmine"
