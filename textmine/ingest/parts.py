"""Posts in Parquet: one file, or a folder of part files of equal length once there are many."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from textmine.ingest.dedupe import EARLIER, Part
from textmine.posts import PostSchema, empty_posts

PART_ROWS: Final = 200_000
"""Rows of a part file. Every part but the last has as many, so the same posts always give the same bytes."""


class PostWriter:
    """Writes posts in order.

    Parameters
    ----------
    path
        The file to write; a folder of that name when there are more than :data:`PART_ROWS` posts.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._waiting = empty_posts()
        self._parts = 0

    def add(self, posts: pl.DataFrame) -> None:
        """Take posts with canonical columns."""
        self._waiting = pl.concat([self._waiting, posts])
        while self._waiting.height > PART_ROWS:
            self._write(self._waiting[:PART_ROWS], self._part_path())
            self._waiting = self._waiting[PART_ROWS:]

    def close(self) -> None:
        """Write what is left; without any posts an empty file."""
        self._write(self._waiting, self._part_path() if self._parts else self.path)

    def _part_path(self) -> Path:
        self.path.mkdir(parents=True, exist_ok=True)
        self._parts += 1
        return self.path / f"part-{self._parts:05}.parquet"

    def _write(self, posts: pl.DataFrame, path: Path) -> None:
        checked = PostSchema.validate(posts.rechunk())
        # statistics and row groups follow from the rows alone
        checked.write_parquet(path, compression="zstd", compression_level=1, row_group_size=PART_ROWS)
        self.rows += posts.height


def stored_parts(path: Path) -> list[Part]:
    """List the parts of stored posts, oldest first; none when there are no posts yet."""
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path] if path.exists() else []
    found = []
    for file in files:
        rows = int(pl.scan_parquet(file).select(pl.len()).collect().item())
        found += [Part(file, EARLIER, start, min(PART_ROWS, rows - start)) for start in range(0, rows, PART_ROWS)]
    return found


def restore(path: Path) -> None:
    """Put stored posts back in place if a kill came between the two renames that replace them.

    The posts of earlier calls are in no source any more, so they must not be lost.
    """
    old = path.with_name(f".{path.name}.old")
    if old.exists() and not path.exists():
        old.rename(path)
