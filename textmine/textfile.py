"""Text files that a person writes, such as lists of words."""

from __future__ import annotations

from pathlib import Path

from textmine.errors import InputError


def read_text(path: Path) -> str:
    """Read a UTF-8 file, with or without a byte order mark.

    Raises
    ------
    InputError
        The file cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8; save it as UTF-8 text", path=path) from error
