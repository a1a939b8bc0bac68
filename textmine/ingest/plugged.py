"""Formats that other packages add: what they read becomes batches of text cells like those of any format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import polars as pl

from textmine.errors import InputError
from textmine.ingest.table import ROW, RawBatch, RawTable, Refused
from textmine.plugins import REJECTED, Plugin, format_readers


def open_plugged(path: Path, head: bytes) -> RawTable | None:
    """Ask the installed formats by name; None where none of them knows the file.

    Raises
    ------
    PluginError
        One of them fails or does not keep to its contract; its package is named.
    InputError
        One of them knows the file and says that it is damaged.
    """
    for plugin, reads in format_readers():
        with plugin.blamed(f"opening {path.name}", passes=(InputError,)):
            frames = reads(path, head)
        if frames is not None:
            return RawTable(f"{plugin.name} by {plugin.label}", [], partial(_batches, plugin, path, frames))
    return None


def _batches(plugin: Plugin, path: Path, frames: Iterable[pl.DataFrame]) -> Iterator[RawBatch]:
    refused, first = Refused(str(path)), 1
    for frame in _read(plugin, path, frames):
        _check(plugin, frame)
        numbered = frame.with_columns((pl.int_range(pl.len(), dtype=pl.UInt64) + first).alias(ROW))
        first += frame.height
        if REJECTED in frame.columns:
            for row in numbered.filter(pl.col(REJECTED).is_not_null()).iter_rows(named=True):
                number, reason = row.pop(ROW), row.pop(REJECTED)
                refused.add(number, reason, row)
            numbered = numbered.filter(pl.col(REJECTED).is_null()).drop(REJECTED)
        # NUL bytes are in no cell, and in the name of the row number alone.
        texts = [pl.col(name).str.replace_all("\x00", "", literal=True) for name in frame.columns if name != REJECTED]
        yield RawBatch(numbered.with_columns(texts), refused.take())


def _read(plugin: Plugin, path: Path, frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    with plugin.blamed(f"reading {path.name}", passes=(InputError,)):
        batches = iter(frames)
    while True:
        with plugin.blamed(f"reading {path.name}", passes=(InputError,)):
            frame = next(batches, None)
        if frame is None:
            return
        yield frame


def _check(plugin: Plugin, frame: object) -> None:
    if not isinstance(frame, pl.DataFrame):
        raise plugin.error(f"a format gives frames of polars (this is {type(frame).__name__})")
    for name, dtype in frame.schema.items():
        if dtype != pl.String or "\x00" in name:
            raise plugin.error(f"all columns of a format are strings; {name!r} is {dtype}")
