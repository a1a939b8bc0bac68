"""The user's secret key for pseudonyms: read from a file outside the workspace, never stored."""

from __future__ import annotations

import codecs
import hmac
from pathlib import Path
from typing import Final

from textmine.errors import InputError

LEAST_BYTES: Final = 16
_LEAST_LETTERS: Final = 22
"""Characters of a key in base64 that hold 16 random bytes."""
_LEAST_DISTINCT: Final = 8
_HOW: Final = 'make one with: python -c "import secrets; print(secrets.token_hex(32))"'
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_key(path: str | Path) -> bytes:
    """Read a key of at least 16 random bytes.

    Text (hexadecimal digits, base64 or any other characters) is read without the white space around it, so that an
    editor's line break at the end makes no other key; hexadecimal digits are decoded; other bytes are taken as they
    stand.

    Parameters
    ----------
    path
        The key file.

    Returns
    -------
    bytes
        The key.

    Raises
    ------
    InputError
        The file is missing, empty, too short to be secret, or not random.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError(f"no such key file; {_HOW}", path=path)
    content = file.read_bytes()
    text = _text_of(content)
    key, enough = (content, len(content) >= LEAST_BYTES) if text is None else _decoded(text)
    if not enough:
        raise InputError(f"the key needs at least {LEAST_BYTES} random bytes; {_HOW}", path=path)
    if len(set(content)) < _LEAST_DISTINCT:
        raise InputError(f"the key is not random; {_HOW}", path=path)
    return key


def _text_of(content: bytes) -> str | None:
    """Key as text without white space around, or None when it is no text."""
    encoding = "utf-16" if content.startswith(_UTF16) else "utf-8-sig"
    try:
        text = content.decode(encoding).strip()
    except UnicodeDecodeError:
        return None
    return text if text.isascii() and text.isprintable() else None


def _decoded(text: str) -> tuple[bytes, bool]:
    """Key of a text, and whether it is long enough."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        return text.encode(), len(text) >= _LEAST_LETTERS
    return key, len(key) >= LEAST_BYTES


def fingerprint(key: bytes) -> str:
    """Mark by which a key is recognised again; the key cannot be found from it."""
    return hmac.digest(key, b"textmine key fingerprint", "sha256").hex()[:16]
