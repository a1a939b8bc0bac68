"""The time and waiting for it, in one place, so that a test need not wait."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final, Protocol

_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"


class Clock(Protocol):
    """What tells the time and waits."""

    def now(self) -> datetime:
        """Time in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Time in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def as_text(moment: datetime) -> str:
    """Time as the journal, requests and exports hold it: UTC to the second; texts sort like times.

    Examples
    --------
    >>> as_text(datetime(2026, 3, 1, 7, 30, tzinfo=UTC))
    '2026-03-01T07:30:00Z'
    """
    return moment.astimezone(UTC).strftime(_FORMAT)


def from_text(text: str) -> datetime:
    """Time that :func:`as_text` wrote."""
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)


def moment_of(value: object) -> str | None:
    """Time of a platform's answer as :func:`as_text` writes it, or None where it is no time.

    Examples
    --------
    >>> moment_of("2026-03-01T07:30:00.000Z"), moment_of("2026-03-01T14:30:00+0700"), moment_of(3)
    ('2026-03-01T07:30:00Z', '2026-03-01T07:30:00Z', None)
    """
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return as_text(moment) if moment.tzinfo is not None else None
