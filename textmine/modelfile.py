"""Saved models: a folder with a description in JSON, and files whose checksums it holds; nothing is unpickled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import textmine
from textmine.atomic import hash_path
from textmine.errors import ModelError


def read_description(folder: Path, name: str, *, kind: str, newest: int, missing: str) -> dict[str, Any]:
    """Read the description of a saved model.

    Parameters
    ----------
    folder
        Of the model.
    name
        Of the description in it.
    kind
        What it must describe, such as ``topic model``.
    newest
        Newest ``format`` that this textmine reads.
    missing
        What to say where there is none.

    Raises
    ------
    ModelError
        There is none, it cannot be read, it describes something else, or a newer textmine wrote it.
    """
    try:
        description = json.loads((folder / name).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ModelError(missing, path=folder) from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{name} cannot be read: {error}", path=folder) from error
    if not isinstance(description, dict) or not isinstance(description.get("format"), int):
        raise ModelError(f"{name} does not describe a {kind}", path=folder)
    if description["format"] > newest:
        raise ModelError(
            f"a newer textmine wrote this {kind}; upgrade with: pip install -U textmine",
            path=folder,
            saved_with=str(description.get("textmine", "?")),
            running=textmine.__version__,
        )
    return description


def check_files(folder: Path, checksums: Mapping[str, str], *, kind: str) -> None:
    """Check the files of a saved model by name and SHA-256; ``kind`` is as for :func:`read_description`.

    Raises
    ------
    ModelError
        One is missing or damaged.
    """
    for name, checksum in checksums.items():
        if not (folder / name).is_file():
            raise ModelError(f"{name} of the {kind} is missing", path=folder)
        if hash_path(folder / name) != checksum:
            raise ModelError(f"{name} is damaged: its checksum is not the saved one", path=folder)
