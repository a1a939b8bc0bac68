"""What every reader hands on: batches of text cells with their row numbers, and the rows that could not be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import polars as pl

from textmine.posts import REJECT_SCHEMA

ROW: Final = "\x00row"
"""Name of the row number's column in a batch; no file can hold it, for NUL bytes are taken out."""

LONGEST_RAW: Final = 100_000
"""Characters of a refused row that are kept."""


@dataclass(frozen=True)
class RawBatch:
    """Rows of one stretch of a file.

    ``frame`` holds the columns of the file as strings (null = absent) and :data:`ROW`, UInt64, counting data rows
    from 1; ``rejects`` the rows of the same stretch that could not be read, in :data:`REJECT_SCHEMA`.
    """

    frame: pl.DataFrame
    rejects: pl.DataFrame


@dataclass
class RawTable:
    """An opened source: its format's name, its columns, a way to read it once, and what was noticed.

    ``notes`` is filled while ``batches`` is read. ``typed`` says that the batches hold canonical types already.
    """

    format: str
    columns: list[str]
    batches: Callable[[], Iterator[RawBatch]]
    notes: Callable[[], Sequence[str]] = field(default=tuple)
    typed: bool = False


class Format(Protocol):
    """One source format: opens a file, or answers None for "not mine"."""

    def __call__(self, path: Path, head: bytes) -> RawTable | None:
        """Open ``path``, whose unpacked first bytes are ``head``."""
        ...


@dataclass
class Refused:
    """Collects refused rows of one file as they come."""

    source: str
    rows: list[tuple[str, int, str, str | None, str | None, str]] = field(default_factory=list)

    def add(self, row: int, reason: str, raw: object, *, column: str | None = None, value: str | None = None) -> None:
        """Note one refused row; ``raw`` is kept as JSON."""
        # JSON can hold halves of surrogate pairs, UTF-8 cannot
        text = json.dumps(raw, ensure_ascii=False).encode("utf-8", "replace").decode()
        self.rows.append((self.source, row, reason, column, value, text[:LONGEST_RAW]))

    def take(self) -> pl.DataFrame:
        """Return what was collected, in :data:`REJECT_SCHEMA`, and start anew."""
        frame = pl.DataFrame(self.rows, schema=REJECT_SCHEMA, orient="row")
        self.rows.clear()
        return frame


def unique_names(header: Sequence[str]) -> list[str]:
    """Make column names unique and non-empty: a second ``text`` becomes ``text_2``, a nameless one ``column_3``."""
    seen: dict[str, int] = {}
    names = []
    for position, cell in enumerate(header, start=1):
        name = cell.strip() or f"column_{position}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return names if len(set(names)) == len(names) else [f"{n}_{i}" for i, n in enumerate(names, start=1)]
