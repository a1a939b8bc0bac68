"""What a text, a key or a number from outside must be before it is stored."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Final

from textmine.judging.errors import InvalidError

NAME, TITLE, REASON, NOTE = 120, 200, 1000, 4000
"""The most characters of each."""

_UNFIT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


def clean(text: str, field: str, longest: int, *, empty: bool = False) -> str:
    """A text as it is stored: NFC, without white space at its ends, with line feeds as ends of lines.

    Markup and quotes are left as they are: pages escape, statements are bound.

    Raises
    ------
    InvalidError
        It is empty where it may not be, too long, or holds control characters, overrides of the writing direction or
        halves of characters.

    Examples
    --------
    >>> clean("  Ibu <b>Ani</b> ", "name", NAME)
    'Ibu <b>Ani</b>'
    """
    if len(text) > 2 * longest:  # before any work on it
        raise InvalidError(f"is longer than {longest:,} characters", field=field)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNFIT.search(text):
        raise InvalidError("holds a control character; write plain text", field=field)
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > longest:
        raise InvalidError(f"is longer than {longest:,} characters", field=field)
    if not text and not empty:
        raise InvalidError("is empty", field=field)
    return text


def clean_line(text: str, field: str, longest: int) -> str:
    """A text of one line."""
    if "\n" in text.strip() or "\t" in text.strip():
        raise InvalidError("must be one line", field=field)
    return clean(text, field, longest)


def client_key(key: str) -> str:
    """A key under which a client may send the same request again.

    Raises
    ------
    InvalidError
        It is none.
    """
    if not _KEY.fullmatch(key):
        raise InvalidError("must be 8 to 64 letters, digits, - and _", field="client_key")
    return key


def number(value: object, field: str) -> float:
    """A finite number.

    Raises
    ------
    InvalidError
        It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12 or math.isnan(value):
        raise InvalidError("is not a number", field=field)
    return float(value)


def folded(name: str) -> str:
    """A name without capitals and spaces: whoever differs in these only is taken for a slip of the same hand."""
    return "".join(name.casefold().split())
