"""Posts in Parquet, a folder a platform and month: ``posts.parquet/platform=x/month=2020-03/part-00001.parquet``.

The month is that of Asia/Jakarta, as in all tables. A folder's files hold equally many rows but for the last, so the
bytes follow from the rows alone. What an ingest leaves as it was is not written again: the new ``posts.parquet`` holds
the old files under a second name (a hard link).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

import polars as pl

from textmine.atomic import link, remove
from textmine.posts import REPORT_TIME_ZONE

PART_ROWS: Final = 200_000
"""Rows of a part file at most; also those of its one row group."""
_REGISTER: Final = "textmine.register"


@dataclass(frozen=True)
class Part:
    """Rows on disk, all of one partition.

    ``partition`` is the folder under ``posts.parquet``; ``register`` tells the register that gave all of these posts
    their agency, if they were given any.
    """

    path: Path
    rows: int
    partition: str = ""
    register: str | None = None

    def scan(self) -> pl.LazyFrame:
        """Scan the rows."""
        if self.path.suffix == ".arrow":
            return pl.scan_ipc(self.path)
        return pl.scan_parquet(self.path, glob=False, hive_partitioning=False)

    def read(self, *columns: str) -> pl.DataFrame:
        """Read the rows, or some columns of them."""
        return (self.scan().select(columns) if columns else self.scan()).collect()


def by_partition(posts: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Divide posts by the folder that they belong to; the order within each stays.

    Parameters
    ----------
    posts
        With ``platform`` and ``published_at``.
    """
    local = pl.col("published_at").dt.convert_time_zone(REPORT_TIME_ZONE)
    keyed = posts.with_columns((local.dt.year().cast(pl.Int32) * 12 + local.dt.month() - 1).alias("\x00month"))
    groups = keyed.partition_by("platform", "\x00month", as_dict=True, maintain_order=True)
    return {
        f"platform={platform}/month={month // 12:04}-{month % 12 + 1:02}": group.drop("\x00month")
        for (platform, month), group in groups.items()
    }


class PartFiles:
    """Writes part files; small ones are finished together, since each call costs more than their rows.

    Parameters
    ----------
    finish
        Called with rows before they are written; keeps their number and order.
    register
        Tells the register that ``finish`` applies, if it does.
    """

    def __init__(
        self, finish: Callable[[pl.DataFrame], pl.DataFrame] | None = None, register: str | None = None
    ) -> None:
        self.register = register
        self._finish = finish
        self._waiting: list[tuple[pl.DataFrame, Path]] = []
        self._height = 0

    def write(self, rows: pl.DataFrame, path: Path) -> None:
        """Write a file, now or at the latest when :meth:`flush` is called."""
        self._waiting.append((rows, path))
        self._height += rows.height
        if self._height >= PART_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        every = pl.concat([rows for rows, _ in self._waiting]).rechunk()
        every, start = every if self._finish is None else self._finish(every), 0
        metadata = None if self.register is None else {_REGISTER: self.register}
        for rows, path in self._waiting:
            # one chunk: statistics and pages then follow from the rows alone
            every[start : start + rows.height].rechunk().write_parquet(
                path, compression="zstd", compression_level=1, row_group_size=PART_ROWS, metadata=metadata
            )
            start += rows.height
        self._waiting, self._height = [], 0


class PartWriter:
    """Divides the rows of one folder into part files, in order.

    Parameters
    ----------
    folder
        Made when the first file is.
    files
        Writes them; may be shared with other folders.
    """

    def __init__(self, folder: Path, files: PartFiles) -> None:
        self.folder = folder
        self.rows = 0
        self._sink = files
        self._waiting: list[pl.DataFrame] = []
        self._height = 0
        self._files = 0

    def add(self, rows: pl.DataFrame) -> None:
        """Take rows."""
        if not rows.height:
            return
        self._waiting.append(rows)
        self._height += rows.height
        if self._height > PART_ROWS:
            whole = pl.concat(self._waiting)
            full = (self._height - 1) // PART_ROWS * PART_ROWS
            for start in range(0, full, PART_ROWS):
                self._write(whole[start : start + PART_ROWS])
            self._waiting, self._height = [whole[full:]], self._height - full

    def keep(self, part: Part, *, last: bool) -> bool:
        """Take a file over as it stands, if its place is where the next one begins; ``last`` if nothing follows."""
        if self._height == PART_ROWS:
            self._flush()
        fits = not self._height and self._sink.register in (None, part.register)
        if not fits or not (part.rows == PART_ROWS or (last and part.rows < PART_ROWS)):
            return False
        link(part.path, self._next())
        self.rows += part.rows
        return True

    def close(self, *, empty: pl.DataFrame | None = None) -> None:
        """Write what is left; ``empty`` if there was nothing at all."""
        if self._height:
            self._flush()
        elif not self._files and empty is not None:
            self._write(empty)

    def _flush(self) -> None:
        self._write(pl.concat(self._waiting))
        self._waiting, self._height = [], 0

    def _next(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._files += 1
        return self.folder / f"part-{self._files:05}.parquet"

    def _write(self, rows: pl.DataFrame) -> None:
        self._sink.write(rows, self._next())
        self.rows += rows.height


def stored_parts(path: Path) -> list[Part]:
    """List the files under ``path`` in the order of their rows; none when there is nothing yet."""
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path] if path.exists() else []
    found = []
    for file in files:
        rows = int(pl.scan_parquet(file, glob=False, hive_partitioning=False).select(pl.len()).collect().item())
        partition = file.parent.relative_to(path).as_posix() if file != path else ""
        register = pl.read_parquet_metadata(file).get(_REGISTER)
        found.append(Part(file, rows, "" if partition == "." else partition, register))
    return found


def append_parts(stored: Sequence[Part], folder: Path, rows: Iterable[pl.DataFrame], *, empty: pl.DataFrame) -> int:
    """Write a folder that holds what is stored and then more rows of the same columns.

    Parameters
    ----------
    stored
        Files that are taken over, but for a last one that is not full.
    rows
        What is added.
    empty
        A table without rows, for a folder that would be empty.

    Returns
    -------
    int
        Number of rows in the folder.
    """
    files, more = PartFiles(), iter(rows)
    writer = PartWriter(folder, files)
    first = next(more, None)
    for number, part in enumerate(stored):
        if not writer.keep(part, last=number == len(stored) - 1 and first is None):
            writer.add(part.read())
    for frame in chain([] if first is None else [first], more):
        writer.add(frame)
    writer.close(empty=empty)
    files.flush()
    return writer.rows


def restore(path: Path) -> None:
    """Put stored posts back in place if a kill came between the two renames that replace them.

    The posts of earlier calls are in no source any more, so they must not be lost.
    """
    old = path.with_name(f".{path.name}.old")
    if old.exists() and not path.exists():
        old.rename(path)
    remove(old)
