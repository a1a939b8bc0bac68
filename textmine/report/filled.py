"""Sheets that people filled in and sent back: read as text, whatever a spreadsheet made of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from textmine.errors import InputError


def filled_rows(path: Path, first: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a sheet as text, by the names of its columns in lower case.

    Parameters
    ----------
    path
        CSV with whatever separator, or XLSX.
    first
        What the first column may be called; lines before that head are left out.

    Raises
    ------
    InputError
        The file cannot be read, or has no such head.
    """
    try:
        if path.suffix.lower() == ".xlsx":
            table = pl.read_excel(path, has_header=False, raise_if_empty=False)
            cells = [["" if cell is None else str(cell) for cell in row] for row in table.iter_rows()]
        else:
            text = path.read_text(encoding="utf-8-sig")
            head = text.split("\n", 1)[0]
            separator = max(";,\t", key=head.count)
            table = pl.read_csv(text.encode(), infer_schema=False, separator=separator, has_header=False)
            cells = [["" if cell is None else cell for cell in row] for row in table.iter_rows()]
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8; save it as CSV UTF-8 or as XLSX", path=path) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", path=path) from error
    except Exception as error:  # readers of workbooks raise kinds of their own for each way in which a file is broken
        raise InputError(f"cannot be read as a filled sheet: {error}", path=path) from error
    for place, row in enumerate(cells):
        heads = [cell.strip().lower() for cell in row]
        if heads and heads[0] in first:
            return [dict(zip(heads, line, strict=True)) for line in cells[place + 1 :] if any(line)]
    raise InputError(f"no head row with {' or '.join(first)} was found", path=path)


def filled_cell(row: dict[str, str], names: Sequence[str], path: Path) -> str:
    """Cell of the column that has one of these names.

    Raises
    ------
    InputError
        There is no such column.
    """
    for name in names:
        if name in row:
            return row[name]
    raise InputError(f"has no column {' or '.join(names)}", path=path)


def plain(cell: str) -> str:
    """A cell as it was before it was defused, without white space around."""
    return cell.strip().removeprefix("'").strip()
