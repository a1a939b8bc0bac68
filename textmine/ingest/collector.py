"""Several files into one set of part files, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from textmine.agencies import join_agencies
from textmine.errors import NotPostsError
from textmine.ingest.dedupe import SEQUENCE, keys_of
from textmine.ingest.parts import Part, by_partition
from textmine.ingest.plan import Options
from textmine.ingest.reading import Progress, ReadFile, read_file
from textmine.ingest.results import FileResult, IngestResult
from textmine.ingest.sources import source_name

FLUSH_ROWS: Final = 200_000
"""New rows that are held in memory before they are divided by month; changes no result."""
_SHOWN: Final = 5
_ACCOUNTS: Final = {"platform": pl.String, "account": pl.String}


class Collector:
    """Gathers the posts of several files in part files under ``folder``.

    Parameters
    ----------
    folder
        Made when the first posts come.
    partitioned
        Whether a part file holds posts of one platform and month, or all in the order of reading.
    """

    def __init__(self, folder: Path, *, partitioned: bool = True) -> None:
        self.folder = folder
        self.parts: list[Part] = []
        self.keys: list[pl.DataFrame] = []
        self.rejects: list[pl.DataFrame] = []
        self.accounts: list[pl.DataFrame] = []
        self._partitioned = partitioned
        self._starts: list[int] = []
        self._rows = 0
        self._stored = 0
        self._waiting: list[pl.DataFrame] = []
        self._height = 0

    def read_all(self, paths: Sequence[Path], options: Options, progress: Progress | None) -> list[ReadFile]:
        """Read files; ``progress`` is told the rows of the files so far.

        Among several files those that hold no posts are left out with a note: exports bring channels and comments
        along in files of their own.

        Raises
        ------
        NotPostsError
            No file holds posts.
        """
        read, left_out = [], []
        for path in paths:
            n_rejects = len(self.rejects)
            try:
                read.append(self._read(path, options, progress))
            except NotPostsError as error:
                left_out.append(error)
                del self.rejects[n_rejects:]
                self.accounts.append(pl.DataFrame(schema=_ACCOUNTS))
                problem = str(error).removeprefix(f"{error.path}: ")
                name = options.pseudonyms.source(path) if options.pseudonyms else source_name(path)
                read.append(ReadFile(name, "no posts", notes=[f"left out: {problem}"]))
        self.flush()
        if len(left_out) == len(read) and left_out:
            raise left_out[0]
        return read

    def _read(self, path: Path, options: Options, progress: Progress | None) -> ReadFile:
        self._starts.append(self._stored + 1)
        accounts: list[pl.DataFrame] = []

        def emit(posts: pl.DataFrame, rejects: pl.DataFrame) -> None:
            if rejects.height:
                self.rejects.append(rejects)
            if posts.height:
                self.add(posts)
                accounts.append(posts.select("platform", "account").unique(maintain_order=True))

        def told(done: int, of: int | None) -> None:
            if progress is not None:
                progress(self._rows + done, None if of is None else self._rows + of)

        read = read_file(path, options, self.folder / f"file-{len(self._starts)}", emit, told)
        self._rows += read.read
        empty = pl.DataFrame(schema=_ACCOUNTS)
        self.accounts.append(pl.concat(accounts).unique(maintain_order=True) if accounts else empty)
        return read

    def add(self, posts: pl.DataFrame) -> None:
        """Take canonical posts: those of the file that is being read, or of none yet."""
        number = pl.int_range(self._stored + 1, self._stored + 1 + pl.len(), dtype=pl.UInt32).alias(SEQUENCE)
        self._waiting.append(posts.with_columns(number))
        self._stored += posts.height
        self._height += posts.height
        if self._height >= FLUSH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what is held in memory."""
        if not self._height:
            return
        posts = pl.concat(self._waiting)
        self._waiting, self._height = [], 0
        self.folder.mkdir(parents=True, exist_ok=True)
        for partition, group in (by_partition(posts) if self._partitioned else {"": posts}).items():
            path = self.folder / f"part-{len(self.parts):06}.arrow"
            group.write_ipc(path)
            self.keys.append(keys_of(group))
            self.parts.append(Part(path, group.height, partition))

    def posts_by_file(self, first: pl.Series) -> dict[int, int]:
        """Count new posts by the file in which they first appear.

        Parameters
        ----------
        first
            Number of each new post in the order of reading.
        """
        file = np.searchsorted(self._starts, first.to_numpy(), side="right") - 1
        numbers, counts = np.unique(file, return_counts=True)
        return {int(number): int(count) for number, count in zip(numbers, counts, strict=True)}


def with_agencies(posts: pl.DataFrame, register: pl.DataFrame) -> pl.DataFrame:
    """Give posts the register's agencies; an audience that came from a register before is looked up anew."""
    from_register = pl.col("followers_kind") == "register"
    fresh = posts.lazy().with_columns(
        pl.when(~from_register).then("followers"),
        pl.when(from_register).then(pl.lit("unknown")).otherwise("followers_kind")
        .cast(posts.schema["followers_kind"]).alias("followers_kind"),
    )  # fmt: skip
    return join_agencies(fresh, register).collect()


def results(
    read: Sequence[ReadFile], collector: Collector, posts: Mapping[int, int], register: pl.DataFrame | None
) -> IngestResult:
    """Put together what happened to each file."""
    files = []
    for number, (file, accounts) in enumerate(zip(read, collector.accounts, strict=True)):
        fresh = posts.get(number, 0)
        notes = [*file.notes, *_unknown_accounts(accounts, register)]
        again = file.read - file.rejected - fresh
        files.append(FileResult(file.path, file.format, file.read, fresh, again, file.rejected, tuple(notes)))
    return IngestResult.over(tuple(files))


def _unknown_accounts(accounts: pl.DataFrame, register: pl.DataFrame | None) -> list[str]:
    if register is None or not accounts.height:
        return []
    known = register.select(pl.col("platform").cast(pl.String), "account")
    unknown = accounts.with_columns(pl.col("platform").cast(pl.String)).join(
        known, on=["platform", "account"], how="anti", maintain_order="left"
    )["account"]
    if not len(unknown):
        return []
    shown = ", ".join(unknown[:_SHOWN]) + (", …" if len(unknown) > _SHOWN else "")
    return [f"{len(unknown):,} accounts are not in the register, their posts have no agency: {shown}"]
