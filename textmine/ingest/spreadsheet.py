"""Excel and OpenDocument workbooks: the sheets that hold posts, every cell as text, dates as ISO.

Offices keep a sheet a month or a sheet a platform. The sheet that looks most like posts is read, and with it those
whose columns say the same; rows are counted through all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from textmine.errors import InputError
from textmine.ingest.roundedids import LONG
from textmine.ingest.synonyms import KNOWN_NAMES, PLATFORM_NAMES, fold_name, resolve
from textmine.ingest.table import ROW, RawBatch, RawTable, unique_names
from textmine.posts import REJECT_SCHEMA

if TYPE_CHECKING:
    import fastexcel

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_PREAMBLE: Final = 20
_OF_A_POST: Final = {"caption", "published_at"}
"""What a sheet of posts has columns for, beside others."""


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
    first = max(sheets, key=lambda sheet: sheet.score)
    read = [sheet for sheet in sheets if sheet is first or sheet.goes_with(first)]
    frames = _numbered([_with_platform(sheet, first) for sheet in read])
    columns = list(dict.fromkeys(name for frame in frames for name in frame.columns if name != ROW))
    notes = _notes(sheets, read, frames)
    return RawTable("Excel", columns, lambda: _batches(frames), lambda: notes)


@dataclass(frozen=True, eq=False)
class _Sheet:
    """A filled sheet of a workbook: its name, the position of its header, and its cells as text."""

    book: fastexcel.ExcelReader
    name: str
    header_at: int
    cells: pl.DataFrame

    @property
    def score(self) -> int:
        """How much it looks like posts."""
        return _score(self.cells, self.header_at)

    @cached_property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return unique_names([cell or "" for cell in self.cells.row(self.header_at)])

    @cached_property
    def by_fold(self) -> dict[str, str]:
        """The first column of each folded name."""
        return {fold_name(name): name for name in reversed(self.columns)}

    @cached_property
    def targets(self) -> dict[str, tuple[str, ...]]:
        """Folded columns by what they are of a post."""
        found = resolve(self.columns)
        return {target: tuple(map(fold_name, columns)) for target, columns in found.items()}

    @property
    def holds_posts(self) -> bool:
        """Whether it has what a post cannot lack."""
        return self.targets.keys() >= _OF_A_POST

    @property
    def platform(self) -> str | None:
        """The platform that it is named after, where it has no column for it."""
        return None if "platform" in self.targets else PLATFORM_NAMES.get(fold_name(self.name))

    def goes_with(self, first: _Sheet) -> bool:
        """Whether it can be read as rows of the first: the same columns, or posts that the same columns can hold."""
        if self.by_fold.keys() == first.by_fold.keys():
            return True
        if not (self.holds_posts and first.holds_posts):
            return False
        shared = self.targets.keys() & first.targets.keys()
        return all(self.targets[target] == first.targets[target] or self._can_take(first, target) for target in shared)

    def _can_take(self, first: _Sheet, target: str) -> bool:
        """Whether its one column of a target can have the name of the first sheet's."""
        own, other = self.targets[target], first.targets[target]
        return len(own) == len(other) == 1 and not {*own} & first.by_fold.keys() and not {*other} & self.by_fold.keys()

    def spelled_like(self, first: _Sheet) -> dict[str, str]:
        """Its columns by their own names, with those of the first sheet where they are or mean the same."""
        shared = self.targets.keys() & first.targets.keys()
        same = {self.targets[t][0]: first.targets[t][0] for t in shared if self._can_take(first, t)}
        spelled = {name: first.by_fold.get(same.get(folded, folded), name) for folded, name in self.by_fold.items()}
        # The other way round and back: no two columns take one name.
        once = {new: name for name, new in reversed(spelled.items()) if new not in self.columns}
        return {name: new for new, name in once.items()}


def _sheets(path: Path) -> list[_Sheet]:
    """Each filled sheet."""
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        frames = [(n, book.load_sheet(n, header_row=None, dtypes="string").to_polars()) for n in book.sheet_names]
    except Exception as error:  # the reader below raises kinds of its own for each way in which a file is broken
        encrypted = path.open("rb").read(4) == _OLE or "assword" in str(error)
        reason = "locked by a password or damaged" if encrypted else "damaged"
        raise InputError(f"the workbook is {reason}; open it in Excel and save it anew", path=path) from error
    filled = [_Sheet(book, name, _header_row(frame), frame.cast(pl.String)) for name, frame in frames if frame.height]
    if not filled:
        raise InputError("the workbook is empty", path=path)
    return filled


def _body(sheet: _Sheet) -> pl.DataFrame:
    """Filled rows below the header."""
    body = _marking_rounded(sheet)[sheet.header_at + 1 :]
    body.columns = sheet.columns
    return body.filter(pl.any_horizontal(pl.all().is_not_null()))


def _with_platform(sheet: _Sheet, first: _Sheet) -> pl.DataFrame:
    """Rows with the first sheet's spelling of their columns, and the platform that a sheet is named after."""
    named = _body(sheet).rename(sheet.spelled_like(first))
    return named if sheet.platform is None else named.with_columns(pl.lit(sheet.platform).alias("platform"))


def _numbered(frames: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """Rows numbered from 1 through all sheets."""
    found, before = [], 0
    for frame in frames:
        found.append(frame.with_columns(pl.int_range(before + 1, before + pl.len() + 1, dtype=pl.UInt64).alias(ROW)))
        before += frame.height
    return found


def _notes(sheets: Sequence[_Sheet], read: Sequence[_Sheet], frames: Sequence[pl.DataFrame]) -> list[str]:
    notes = []
    if len(sheets) > 1:
        rows = [
            f"{sheet.name!r}{_span(frame) if len(read) > 1 else ''}" for sheet, frame in zip(read, frames, strict=True)
        ]
        left = [repr(sheet.name) for sheet in sheets if sheet not in read]
        without = f"; left out: {', '.join(left)}" if left else ""
        notes.append(f"read from sheet{'s' if len(read) > 1 else ''} {', '.join(rows)}{without}")
        if other := [repr(sheet.name) for sheet in sheets if sheet not in read and sheet.holds_posts]:
            notes.append(
                f"WARNING: posts left out: the columns of {', '.join(other)} have other names; "
                "give the sheets the same, or save each as a file"
            )
    if named := [repr(sheet.name) for sheet in read if sheet.platform is not None]:
        notes.append(f"platform taken from the name of the sheet: {', '.join(named)}")
    for sheet in read:
        if sheet.header_at:
            lines = f"{sheet.header_at} line{'s' if sheet.header_at > 1 else ''} before the header left out"
            notes.append(f"{lines} in {sheet.name!r}" if len(read) > 1 else lines)
    return notes


def _span(frame: pl.DataFrame) -> str:
    return f" (data rows {frame[ROW][0]:,} to {frame[ROW][-1]:,})" if frame.height else " (no rows)"


def _marking_rounded(sheet: _Sheet) -> pl.DataFrame:
    """Write long numbers as powers of ten: a numeric cell keeps 15 to 17 digits, so an id in it has lost its last."""
    cells = sheet.cells
    body = cells[sheet.header_at + 1 :]
    long = [column for column in cells.columns if body[column].str.contains(LONG).any()]
    if not long:
        return cells
    typed = sheet.book.load_sheet(sheet.name, header_row=sheet.header_at, schema_sample_rows=None).to_polars()
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


def _batches(frames: Sequence[pl.DataFrame]) -> Iterator[RawBatch]:
    for frame in frames:
        yield RawBatch(frame, pl.DataFrame(schema=REJECT_SCHEMA))
