"""One source file to canonical posts: open, look at it whole, map it batch by batch."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from textmine.batches import in_order
from textmine.errors import InputError
from textmine.ingest.behind import OneBehind
from textmine.ingest.formats import open_table
from textmine.ingest.mapping import map_rows
from textmine.ingest.plan import Options, Plan, make_plan
from textmine.ingest.rows import Tally
from textmine.ingest.sources import source_name
from textmine.ingest.spool import Spool
from textmine.ingest.table import RawTable
from textmine.ingest.typed import check_rows

Progress = Callable[[int, int | None], None]
"""Takes the number of rows done so far, and of how many: None while a file is read through for the first time."""
Emit = Callable[[pl.DataFrame, pl.DataFrame], None]
"""Takes the canonical posts and the refused rows of one batch."""


@dataclass
class ReadFile:
    """What was read of one file, before duplicates are known."""

    path: str
    format: str
    read: int = 0
    rejected: int = 0
    notes: list[str] = field(default_factory=list)


def _untold(done: int, of: int | None) -> None:
    """Nobody looks on."""


def read_file(path: Path, options: Options, folder: Path, emit: Emit, progress: Progress = _untold) -> ReadFile:
    """Read one file.

    Parameters
    ----------
    path
        The file.
    options
        What the user said.
    folder
        Scratch space of this call; removed at the end.
    emit
        Called once a batch.
    progress
        Told of the rows of this file.

    Raises
    ------
    InputError
        The file cannot be read as posts: see :func:`textmine.ingest.formats.open_table` and
        :func:`textmine.ingest.plan.make_plan`.
    """
    table = open_table(path)
    name, pseudonyms = source_name(path), options.pseudonyms
    result = ReadFile(name, table.format)

    def passed_on(posts: pl.DataFrame, rejects: pl.DataFrame) -> None:
        if rejects.height and name != str(path):  # the readers know the copy alone
            rejects = rejects.with_columns(pl.lit(name).alias("source"))
        result.read += posts.height + rejects.height
        result.rejected += rejects.height
        hand_on(posts, rejects)

    try:
        with _nameless(options, emit) as hand_on:
            if table.typed:
                result.format = f"{table.format}, canonical posts"
                for batch in table.batches():
                    passed_on(*check_rows(batch.frame, name))
                    progress(result.read, None)
            else:
                _mapped(table, options, folder, passed_on, result, progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not result.read:
        result.notes.append("holds no rows")
    if pseudonyms is not None:
        result.path = pseudonyms.source(path)
        result.notes = [pseudonyms.note(note) for note in result.notes]
    return result


def _nameless(options: Options, emit: Emit) -> AbstractContextManager[Emit]:
    """Put pseudonyms before what takes the batches, so that no name is written to disk behind this point."""
    names = options.pseudonyms
    if names is None:
        return nullcontext(emit)
    return OneBehind(lambda posts, rejects: (names.posts(posts), names.rejects(rejects, options.platform)), emit)


def _mapped(table: RawTable, options: Options, folder: Path, emit: Emit, result: ReadFile, progress: Progress) -> None:
    spool = Spool(folder)
    columns = dict.fromkeys(table.columns)
    reasons: set[str] = set()
    rows = 0
    for batch in table.batches():
        rows += batch.frame.height + batch.rejects.height
        progress(rows, None)
        columns.update(dict.fromkeys(name for name in batch.frame.columns if not name.startswith("\x00")))
        spool.add(batch.frame)
        if batch.rejects.height:
            reasons.update(batch.rejects["reason"])
            emit(pl.DataFrame(), batch.rejects)
    if not columns:
        if not reasons:  # pages without posts
            return
        why = f": {next(iter(reasons))}" if len(reasons) == 1 else ""
        raise InputError(f"not one of its rows can be read{why}", path=result.path)
    plan = make_plan(result.path, list(columns), spool, options)
    if plan.layout is not None:
        result.format = f"{table.format}, {plan.layout.name}"
    tally = Tally()
    for posts, rejects, seen in in_order(lambda frame: _map(frame, plan), spool.drain()):
        emit(posts, rejects)
        progress(result.read, rows)
        tally += seen
    result.notes += [*table.notes(), *plan.notes, *tally.notes(plan.zone)]


def _map(frame: pl.DataFrame, plan: Plan) -> tuple[pl.DataFrame, pl.DataFrame, Tally]:
    tally = Tally()
    return *map_rows(frame, plan, tally), tally
