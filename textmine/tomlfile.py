"""TOML files that a person writes: read whole, with the line of a mistake, and never written over."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from textmine.errors import ConfigError


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """Read a TOML file, with or without a byte order mark; returns its content and its text.

    Raises
    ------
    ConfigError
        The file cannot be read, is not UTF-8 or not TOML; the line is named where it is known.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(text), text
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", path=path) from error
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8", path=path) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else len(text.rstrip("\n").split("\n"))  # at the end of the file
        raise ConfigError(f"is not TOML: {error}", path=path, line=line) from error
    except RecursionError as error:
        raise ConfigError("nests lists or tables hundreds deep; write it flatter", path=path) from error


def write_new_toml(path: Path, text: str) -> None:
    """Write a TOML file that people go on with by hand: one that is there is kept, and has to say the same.

    Raises
    ------
    ConfigError
        There is another file of that name, or it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        if not _says(path, text):
            raise ConfigError("is there already; name another file, or take it away", path=path) from error
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", path=path) from error


def _says(path: Path, text: str) -> bool:
    """Whether a file holds this text; what cannot be read is taken for another."""
    try:
        return path.is_file() and path.read_bytes() == text.encode()
    except OSError:
        return False
