"""Parquet: canonical posts as they are, any other table as text cells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from textmine.errors import InputError
from textmine.ingest.table import ROW, RawBatch, RawTable
from textmine.posts import COLUMNS, POLARS_SCHEMA, REJECT_SCHEMA

_MAGIC: Final = b"PAR1"
_ROWS: Final = 100_000


def open_parquet(path: Path, head: bytes) -> RawTable | None:
    """Open a Parquet file, or answer None when it is none.

    Raises
    ------
    InputError
        The file is damaged.
    """
    if not head.startswith(_MAGIC):
        return None
    try:
        schema = pl.read_parquet_schema(path)
        pl.scan_parquet(path).select(pl.len()).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError("the Parquet file is damaged", path=path) from error
    typed = all(schema.get(name) == POLARS_SCHEMA[name] for name in COLUMNS)
    columns = list(COLUMNS) if typed else list(schema)
    return RawTable("Parquet", columns, lambda: _batches(path, columns, typed=typed), typed=typed)


def _batches(path: Path, columns: list[str], *, typed: bool) -> Iterator[RawBatch]:
    scan = pl.scan_parquet(path)
    n_rows = int(scan.select(pl.len()).collect().item())
    schema = pl.read_parquet_schema(path)
    cells = [pl.col(name) if typed else _as_text(name, schema[name]) for name in columns]
    for start in range(0, n_rows, _ROWS):
        frame = scan.slice(start, _ROWS).select(cells).collect()
        numbers = pl.int_range(start + 1, start + 1 + frame.height, dtype=pl.UInt64, eager=True).alias(ROW)
        yield RawBatch(frame.with_columns(numbers), pl.DataFrame(schema=REJECT_SCHEMA))


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        written = column.dt.to_string("%Y-%m-%dT%H:%M:%S%.6f")
        return written + "+00:00" if dtype.time_zone == "UTC" else _zoned(column, dtype, written)
    if isinstance(dtype, pl.List):
        return column.cast(pl.List(pl.String), strict=False).list.join("|")
    if isinstance(dtype, pl.Struct):
        return column.struct.json_encode()
    if dtype == pl.Binary:
        return column.cast(pl.String, strict=False)
    return column.cast(pl.String)


def _zoned(column: pl.Expr, dtype: pl.Datetime, written: pl.Expr) -> pl.Expr:
    if dtype.time_zone is None:
        return written
    return column.dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%dT%H:%M:%S%.6f") + "+00:00"
