"""Reads the exports of "Loket", a made-up tool: a line a field, an empty line between posts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from textmine.plugins import REJECTED

MAGIC = b"#loket 1"


def read_loket(path: Path, head: bytes) -> Iterator[pl.DataFrame] | None:
    """Exports of Loket, version 1."""
    if not head.startswith(MAGIC):
        return None
    return batches(path)


def batches(path: Path, rows: int = 10_000) -> Iterator[pl.DataFrame]:
    """Posts in batches, so that memory stays bounded."""
    waiting: list[dict[str, str]] = []
    for post in posts(path):
        waiting.append(post)
        if len(waiting) == rows:
            yield frame(waiting)
            waiting = []
    if waiting:
        yield frame(waiting)


def posts(path: Path) -> Iterator[dict[str, str]]:
    """The fields of one post after the other; a line without a colon spoils its post, and is told."""
    post: dict[str, str] = {}
    with path.open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            name, colon, value = line.strip().partition(": ")
            if colon:
                post[name] = value
            elif name:
                post[REJECTED] = f"line without a field: {name[:50]}"
            elif post:
                yield post
                post = {}
    if post:
        yield post


def frame(found: list[dict[str, str]]) -> pl.DataFrame:
    """All columns are strings; what a post does not have is null."""
    names = dict.fromkeys(name for post in found for name in post)
    return pl.DataFrame(found, schema=dict.fromkeys(names, pl.String), orient="row")
