"""Rows of a damaged file against the rows of the clean one: how many are right, refused, wrong or gone."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from damages import Damaged, Table, written

from textmine.errors import TextmineError
from textmine.ingest.plan import Options
from textmine.ingest.reading import read_file
from textmine.posts import POLARS_SCHEMA, REJECT_SCHEMA

COMPARED = [name for name in POLARS_SCHEMA if name not in ("agency", "source", "source_row", "rounded")]
"""Everything that a post says of itself; that a figure is rounded is a mark on how it was spelled."""


SIMULATED: Mapping[str, tuple[str, str]] = {
    "facebook": (
        "id=URL,account=User Name,time=Post Created,caption=Message,likes=Likes,comments=Comments",
        "America/New_York",
    ),
    "instagram": (
        "id=id,account=username,time=taken_at_timestamp,caption=caption,likes=like_count,comments=comment_count",
        "UTC",
    ),
    "x": (
        "id=id_str,account=username,time=created_at,caption=full_text,likes=favorite_count,comments=reply_count",
        "UTC",
    ),
    "youtube": (
        "id=videoId,account=channelTitle,time=publishedAt,caption=videoDescription,likes=likeCount,"
        "comments=commentCount",
        "UTC",
    ),
}
"""Roles and zone of what the simulator writes for each platform."""


def table_of(path: Path, about: tuple[str, str], name: str = "", most: int | None = None) -> Table:
    """A clean CSV as a table, whole or its first rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    roles = dict(pair.split("=") for pair in about[0].split(","))
    return Table(name or path.stem, tuple(header), tuple(tuple(row) for row in rows[:most]), roles, about[1])


@dataclass(frozen=True)
class Verdict:
    """Rows of one damaged file: right, refused with a reason, wrong, and clean rows that nothing accounts for."""

    rows: int
    right: int
    refused: int = 0
    wrong: int = 0
    unaccounted: int = 0
    reasons: tuple[str, ...] = ()
    as_text: int = 0
    extra: int = 0
    error: str = ""


def read(content: bytes, name: str = "posts.csv") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Posts of a file, a row each, before any are joined, and refused rows."""
    posts, rejects = [pl.DataFrame(schema=POLARS_SCHEMA)], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)

        def emit(read: pl.DataFrame, refused: pl.DataFrame) -> None:
            posts.extend([read] if read.height else [])
            rejects.extend([refused] if refused.height else [])

        result = read_file(path, Options(), Path(folder) / "scratch", emit)
    told = pl.concat(rejects) if rejects else pl.DataFrame(schema=REJECT_SCHEMA)
    together = pl.concat(posts)
    if result.read != together.height + told.height or result.rejected != told.height:
        raise SystemExit(f"{result.read} rows read, but {together.height} posts and {told.height} refused")
    return together, told


def values(posts: pl.DataFrame) -> Counter[tuple[object, ...]]:
    """How often each row's values occur."""
    return Counter(tuple(map(str, row)) for row in posts.select(COMPARED).rows())


def clean_values(table: Table) -> Counter[tuple[object, ...]]:
    """Values of a clean table; it must be read whole."""
    posts, rejects = read(written(table).encode())
    if rejects.height or posts.height != len(table.rows):
        raise SystemExit(f"{table.name}: the clean table is not read whole: {rejects}")
    return values(posts)


def judge(damaged: Damaged) -> Verdict:
    """Read a damaged file with textmine and hold every value of every post against the clean table's."""
    expected = clean_values(damaged.clean)
    rows = expected.total()
    try:
        posts, rejects = read(damaged.content)
    except TextmineError as error:
        return Verdict(rows, 0, refused=rows, error=str(error), reasons=(str(error),))
    found = values(posts)
    right = (expected & found).total()
    unaccounted = max(0, rows - right + damaged.junk - rejects.height)
    reasons = tuple(sorted(set(rejects["reason"])))
    return Verdict(rows, right, rejects.height, found.total() - right, unaccounted, reasons)
