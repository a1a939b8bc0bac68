"""TOML files that a person writes: read whole, with the line of a mistake."""

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
