"""One way of writing a value as bytes, so that a hash of it means the same in both databases and in a file."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Final

GENESIS: Final = "0" * 64
"""What the first link of a chain is chained to."""

_FORMAT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


def canonical(value: object) -> str:
    """JSON with sorted keys, no spaces and no NaN.

    Examples
    --------
    >>> canonical({"b": 1.0, "a": ["é", None]})
    '{"a":["é",null],"b":1.0}'
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def sha256(text: str) -> str:
    """SHA-256 of a text's UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def chained(previous: str, content: object) -> str:
    """Hash of a link: over the hash of the link before it and its own content."""
    return sha256(f"{previous}\n{canonical(content)}")


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def written(moment: datetime) -> str:
    """A moment as it is stored: UTC with microseconds, of one length, so that texts compare as moments do.

    Examples
    --------
    >>> written(datetime(2026, 5, 1, 12, tzinfo=UTC))
    '2026-05-01T12:00:00.000000Z'
    """
    return moment.astimezone(UTC).strftime(_FORMAT)


def moment(text: str) -> datetime:
    """A stored moment."""
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
