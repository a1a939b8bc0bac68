"""Several files into one set of part files, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from textmine.agencies import join_agencies
from textmine.ingest.dedupe import Part
from textmine.ingest.plan import Options
from textmine.ingest.reading import Progress, ReadFile, read_file
from textmine.ingest.results import FileResult, IngestResult

_SHOWN: Final = 5


class Collector:
    """Gathers the posts of several files in part files under ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts: list[Part] = []
        self.rejects: list[pl.DataFrame] = []
        self.accounts: list[pl.DataFrame] = []
        self._files = 0
        self._rows = 0

    def read(self, path: Path, options: Options, progress: Progress | None) -> ReadFile:
        """Read one more file; ``progress`` is told the rows of all files so far."""
        number = self._files
        self._files += 1
        accounts: list[pl.DataFrame] = []

        def emit(posts: pl.DataFrame, rejects: pl.DataFrame) -> None:
            if rejects.height:
                self.rejects.append(rejects)
            if posts.height:
                self._store(posts, number)
                accounts.append(posts.select("platform", "account").unique(maintain_order=True))
            self._rows += posts.height + rejects.height
            if progress is not None:
                progress(self._rows)

        read = read_file(path, options, self.folder / f"file-{number}", emit)
        empty = pl.DataFrame(schema={"platform": pl.String, "account": pl.String})
        self.accounts.append(pl.concat(accounts).unique(maintain_order=True) if accounts else empty)
        return read

    def _store(self, posts: pl.DataFrame, number: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"part-{len(self.parts):06}.arrow"
        posts.write_ipc(path)
        self.parts.append(Part(path, number, 0, posts.height))


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
