"""Excel and OpenDocument workbooks: the sheet that looks most like posts, every cell as text, dates as ISO."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from textmine.errors import InputError
from textmine.ingest.roundedids import LONG
from textmine.ingest.synonyms import KNOWN_NAMES, fold_name
from textmine.ingest.table import ROW, RawBatch, RawTable, unique_names
from textmine.posts import REJECT_SCHEMA

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_PREAMBLE: Final = 20


def open_spreadsheet(path: Path, head: bytes) -> RawTable | None:
    """Open a workbook, or answer None when the file is none.

    Raises
    ------
    InputError
        It is damaged or locked by a password, or holds no filled sheet.
    """
    if not (head.startswith((_ZIP, _OLE)) and path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods", ".xlsb", "")):
        return None
    sheets = _sheets(path)
    name, header_at, cells = max(sheets, key=lambda sheet: _score(sheet[2], sheet[1]))
    cells = _marking_rounded(cells, path, name, header_at)
    header = [cell or "" for cell in cells.row(header_at)]
    columns = unique_names(header)
    notes = [f"read from sheet {name!r}; {len(sheets) - 1} others left out"] if len(sheets) > 1 else []
    if header_at:
        notes.append(f"{header_at} line{'s' if header_at > 1 else ''} before the header left out")
    return RawTable("Excel", columns, lambda: _batches(cells, columns, header_at), lambda: notes)


def _sheets(path: Path) -> list[tuple[str, int, pl.DataFrame]]:
    """Name, position of the header and cells of each filled sheet."""
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        frames = [(n, book.load_sheet(n, header_row=None, dtypes="string").to_polars()) for n in book.sheet_names]
    except Exception as error:  # the reader below raises kinds of its own for each way in which a file is broken
        encrypted = path.open("rb").read(4) == _OLE or "assword" in str(error)
        reason = "locked by a password or damaged" if encrypted else "damaged"
        raise InputError(f"the workbook is {reason}; open it in Excel and save it anew", path=path) from error
    filled = [(name, _header_row(frame), frame.cast(pl.String)) for name, frame in frames if frame.height]
    if not filled:
        raise InputError("the workbook is empty", path=path)
    return filled


def _marking_rounded(cells: pl.DataFrame, path: Path, name: str, header_at: int) -> pl.DataFrame:
    """Write long numbers as powers of ten: a numeric cell keeps 15 to 17 digits, so an id in it has lost its last."""
    body = cells[header_at + 1 :]
    long = [column for column in cells.columns if body[column].str.contains(LONG).any()]
    if not long:
        return cells
    import fastexcel

    typed = fastexcel.read_excel(path).load_sheet(name, header_row=header_at, schema_sample_rows=None).to_polars()
    dtypes = dict(zip(cells.columns, typed.dtypes, strict=True))
    mark = [
        pl.when(pl.col(column).str.contains(LONG))
        .then(
            pl.format("{}.{}E+{}", *(pl.col(column).str.slice(*part) for part in ((0, 1), (1, 14))), _exponent(column))
        )
        .otherwise(pl.col(column))
        .alias(column)
        for column in long
        if dtypes[column].is_numeric()
    ]
    return cells.with_columns(mark)


def _exponent(column: str) -> pl.Expr:
    return pl.col(column).str.len_chars() - 1


def _header_row(cells: pl.DataFrame) -> int:
    scores = [_score(cells, i) for i in range(min(_PREAMBLE, cells.height))]
    return scores.index(max(scores))


def _score(cells: pl.DataFrame, row: int) -> int:
    return len({fold_name(str(cell)) for cell in cells.row(row) if cell} & KNOWN_NAMES)


def _batches(cells: pl.DataFrame, columns: Sequence[str], header_at: int) -> Iterator[RawBatch]:
    body = cells[header_at + 1 :]
    body.columns = list(columns)
    filled = body.filter(pl.any_horizontal(pl.all().is_not_null()))
    numbers = pl.int_range(1, filled.height + 1, dtype=pl.UInt64, eager=True).alias(ROW)
    yield RawBatch(filled.with_columns(numbers), pl.DataFrame(schema=REJECT_SCHEMA))
