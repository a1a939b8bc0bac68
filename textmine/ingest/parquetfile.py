"""Parquet: canonical posts as they are, any other table as text cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import polars as pl
from polars.datatypes import DataTypeClass

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
    cells = {name: pl.col(name) for name in COLUMNS} if typed else dict(_unfolded(schema.items()))
    return RawTable("Parquet", list(cells), lambda: _batches(path, cells), typed=typed)


def _unfolded(
    fields: Iterable[tuple[str, pl.DataType | DataTypeClass]], within: pl.Expr | None = None, before: str = ""
) -> Iterator[tuple[str, pl.Expr]]:
    """Columns as text, the fields of a record with dots between their names, as those of nested JSON."""
    for name, dtype in fields:
        column = pl.col(name) if within is None else within.struct.field(name)
        if isinstance(dtype, pl.Struct):
            yield from _unfolded(((field.name, field.dtype) for field in dtype.fields), column, f"{before}{name}.")
        else:
            yield f"{before}{name}", _as_text(column, dtype)


def _batches(path: Path, columns: Mapping[str, pl.Expr]) -> Iterator[RawBatch]:
    scan = pl.scan_parquet(path)
    n_rows = int(scan.select(pl.len()).collect().item())
    cells = [column.alias(name) for name, column in columns.items()]
    for start in range(0, n_rows, _ROWS):
        frame = scan.slice(start, _ROWS).select(cells).collect()
        numbers = pl.int_range(start + 1, start + 1 + frame.height, dtype=pl.UInt64, eager=True).alias(ROW)
        yield RawBatch(frame.with_columns(numbers), pl.DataFrame(schema=REJECT_SCHEMA))


def _as_text(column: pl.Expr, dtype: pl.DataType | DataTypeClass) -> pl.Expr:
    """Cells of a column as text, whatever they are: lists joined by ``|``, records and lists of them as JSON."""
    if isinstance(dtype, pl.Datetime):
        written = column.dt.to_string("%Y-%m-%dT%H:%M:%S%.6f")
        return written + "+00:00" if dtype.time_zone == "UTC" else _zoned(column, dtype, written)
    if isinstance(dtype, pl.Array):
        return _as_text(column.arr.to_list(), pl.List(dtype.inner))
    if isinstance(dtype, pl.List):
        inner = dtype.inner
        if isinstance(inner, pl.Struct):
            records = column.list.eval(_as_text(pl.element(), inner)).list.join(",")
            return pl.format("[{}]", records)
        return (column if inner == pl.String else column.list.eval(_as_text(pl.element(), inner))).list.join("|")
    if isinstance(dtype, pl.Struct):
        record = pl.struct(_field(column, field) for field in dtype.fields)
        return pl.when(column.is_not_null()).then(record.struct.json_encode())
    if dtype == pl.Binary:  # text to some writers; what is none is kept as far as it can be read
        return column.map_elements(lambda octets: octets.decode("utf-8", "replace"), return_dtype=pl.String)
    return column.cast(pl.Int64).cast(pl.String) if dtype == pl.Duration else column.cast(pl.String)


def _field(record: pl.Expr, field: pl.Field) -> pl.Expr:
    """A field of a record; what is no number as text, for bytes and spans of time cannot be written as JSON."""
    value = record.struct.field(field.name)
    return value if field.dtype.is_numeric() else _as_text(value, field.dtype).alias(field.name)


def _zoned(column: pl.Expr, dtype: pl.Datetime, written: pl.Expr) -> pl.Expr:
    if dtype.time_zone is None:
        return written
    return column.dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%dT%H:%M:%S%.6f") + "+00:00"
