"""Scores of a jury on paper, as people type them into a CSV or XLSX file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import polars as pl

from textmine.errors import InputError
from textmine.judging.tally import SCORE_SCHEMA
from textmine.judging.texts import folded
from textmine.report.filled import filled_cell, filled_rows, plain

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "judge": ("judge", "juri"),
    "nominee": ("nominee", "nomine", "nominasi", "nominator"),
    "criterion": ("criterion", "kriteria"),
    "value": ("value", "score", "nilai", "skor"),
    "category": ("category", "kategori"),
}
_NUMBER: Final = re.compile(r"[-+]?\d+(?:[.,]\d+)?")


def read_scores(path: str | Path) -> dict[str, pl.DataFrame]:
    """Read scores.

    Parameters
    ----------
    path
        CSV with whatever separator, or XLSX: judge, nominee, criterion, value and, where there are several, category
        (Indonesian names are understood). A cell without a value was not scored. Decimals with point or comma.

    Returns
    -------
    dict
        Columns of ``SCORE_SCHEMA`` by category, in the order of the file; one called "" where no category is named.

    Raises
    ------
    InputError
        The file cannot be read, lacks a column, a value is no number, or a name is spelt in two ways; the row is named.
    """
    path = Path(path)
    rows = filled_rows(path, [name for names in _NAMES.values() for name in names])
    found: dict[str, list[tuple[str, str, str, float | None]]] = {}
    seen: dict[tuple[str, ...], int] = {}
    spelt: dict[tuple[str, str], str] = {}
    for number, row in enumerate(rows, start=1):
        said = {
            column: plain(filled_cell(row, names, path)) for column, names in _NAMES.items() if column != "category"
        }
        category = next((plain(row[name]) for name in _NAMES["category"] if name in row), "")
        for column in ("judge", "nominee", "criterion"):
            if not said[column]:
                raise InputError("is empty", path=path, row=number, column=column)
        for column, name in (("category", category), *said.items()):
            if column != "value":
                _check_spelling(spelt, column, name, path, number)
        key = (category, said["judge"], said["nominee"], said["criterion"])
        if key in seen:
            raise InputError(f"says again what row {seen[key]} says; keep one", path=path, row=number, column="value")
        seen[key] = number
        value = _value(said["value"], path, number)
        found.setdefault(category, []).append((said["judge"], said["nominee"], said["criterion"], value))
    if not found:
        raise InputError("has no scores", path=path)
    return {category: pl.DataFrame(rows, schema=SCORE_SCHEMA, orient="row") for category, rows in found.items()}


def _value(cell: str, path: Path, row: int) -> float | None:
    if not cell or cell in ("-", "–"):
        return None
    if not _NUMBER.fullmatch(cell):
        problem = f"{cell!r} is not a number; write 7,5 or 7.5, or nothing where it was not scored"
        raise InputError(problem, path=path, row=row, column="value", value=cell)
    return float(cell.replace(",", "."))


def _check_spelling(spelt: dict[tuple[str, str], str], column: str, name: str, path: Path, row: int) -> None:
    """Refuse names that differ in capitals or spaces only: they would be two judges, or two nominees."""
    known = spelt.setdefault((column, folded(name)), name)
    if known != name:
        raise InputError(f"{name!r} was {known!r} before; write one of them", path=path, row=row, column=column)
