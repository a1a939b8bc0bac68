"""Sheets of a workbook: typed cells, heads that stay in sight, filters, charts, and a page that prints on A4."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from textmine.report.sheetcharts import ChartDrawer, SheetChart

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_MAX_CELL: Final = 32_000  # Excel refuses cells beyond 32,767 characters
_WIDEST: Final = 150  # characters of a table beside which charts still print


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its head, width in characters and the name of its format."""

    head: str
    width: int
    format: str = "text"


def interval_columns(gettext: Callable[[str], str], format: str) -> tuple[Column, Column]:
    """Columns of the ends of an interval.

    Parameters
    ----------
    gettext
        Messages of the sheet's language.
    format
        That of the value whose interval it is.

    Examples
    --------
    >>> [column.head for column in interval_columns(str, "percent")]
    ['Interval (90%), from', 'Interval (90%), to']
    """
    _ = gettext
    return Column(_("Interval (90%), from"), 18, format), Column(_("Interval (90%), to"), 18, format)


def length_columns(gettext: Callable[[str], str], format: str) -> tuple[Column, Column]:
    """Columns of the lengths of error bars below and above, which Excel wants in cells of their own.

    Parameters
    ----------
    gettext
        Messages of the sheet's language.
    format
        That of the value whose interval it is.

    Examples
    --------
    >>> [column.head for column in length_columns(str, "percent")]
    ['Length of the interval below', 'Length of the interval above']
    """
    _ = gettext
    return Column(_("Length of the interval below"), 16, format), Column(_("Length of the interval above"), 16, format)


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its name, columns, rows and the charts beside them."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    charts: tuple[SheetChart, ...] = ()
    filterable: bool = True


class Sheets:
    """A workbook whose sheets share their looks.

    Parameters
    ----------
    title
        Of the workbook; stands at the foot of each printed page.
    created
        Date of creation: the same content gives the same bytes.
    notice
        Stands above every head, and behind the title of every chart; None for none.
    """

    def __init__(self, title: str, *, created: datetime, notice: str | None) -> None:
        import xlsxwriter

        # Rows are kept in memory, not written as they come: charts take the figures of their cells from there, for
        # programs that show them without reading the sheet.
        self._buffer = BytesIO()
        self._book: Workbook = xlsxwriter.Workbook(
            self._buffer,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self._book.set_properties({"title": title, "comments": "textmine", "created": created})
        book, self._foot = self._book, f"&L{title[:80].replace('&', '&&')}&R&P / &N"
        self.notice = notice
        self.head_row = 0 if notice is None else 1
        self._notice_format = book.add_format({"bold": True, "bg_color": "#FFD666"})
        self._head_format = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"})
        plain = {"valign": "top"}
        self._formats = {
            "text": book.add_format({**plain, "align": "left", "indent": 1}),
            "any": book.add_format({**plain, "align": "left"}),
            "whole": book.add_format({**plain, "num_format": "#,##0"}),
            "decimal": book.add_format({**plain, "num_format": "#,##0.0"}),
            "score": book.add_format({**plain, "num_format": "0.0000"}),
            "percent": book.add_format({**plain, "num_format": "0.0%"}),
            "date": book.add_format({**plain, "num_format": "yyyy-mm-dd", "align": "left"}),
        }
        self._any_number = book.add_format({**plain, "align": "left", "num_format": "#,##0"})
        self._any_decimal = book.add_format({**plain, "align": "left", "num_format": "#,##0.0"})

    def close(self) -> bytes:
        """The file."""
        self._book.close()
        return self._buffer.getvalue()

    def write(self, shown: Sheet) -> None:
        """Add a sheet."""
        sheet = self._book.add_worksheet(shown.name)
        columns, rows = shown.columns, shown.rows
        if self.notice is not None:
            sheet.write_string(0, 0, self.notice, self._notice_format)
            for beside in range(1, len(columns)):
                sheet.write_blank(0, beside, None, self._notice_format)
        for position, column in enumerate(columns):
            sheet.set_column(position, position, column.width, self._formats[column.format])
            sheet.write_string(self.head_row, position, column.head, self._head_format)
        for row, cells in enumerate(rows, start=self.head_row + 1):
            for position, (column, value) in enumerate(zip(columns, cells, strict=True)):
                self._cell(sheet, row, position, value, column.format)
        sheet.freeze_panes(self.head_row + 1, 2 if shown.filterable and len(columns) > 4 else 1)
        if shown.filterable and rows:
            sheet.autofilter(self.head_row, 0, self.head_row + len(rows), len(columns) - 1)
        drawer = ChartDrawer(self._book, sheet, head_row=self.head_row, column=len(columns), note=self.notice)
        for chart in shown.charts:
            drawer.draw(chart)
        self._page(sheet, shown, drawer.corner)

    def _page(self, sheet: Worksheet, shown: Sheet, corner: tuple[int, int]) -> None:
        """A4, as wide as the page, with the head on each; charts beside a wide table would make it illegibly small."""
        row, column = self.head_row + len(shown.rows), len(shown.columns) - 1
        if sum(each.width for each in shown.columns) <= _WIDEST:
            row, column = max(row, corner[0]), max(column, corner[1])
        sheet.print_area(0, 0, row, column)  # text that runs out of the last column would need pages of its own
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, self.head_row)
        sheet.set_footer(self._foot)

    def _cell(self, sheet: Worksheet, row: int, column: int, value: object, kind: str) -> None:
        """Text is always written as text: a caption that begins with ``=`` stays what it is."""
        form = self._formats[kind]
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(row, column, value[:_MAX_CELL], self._formats["text"])
        elif isinstance(value, int | float):
            whole = self._any_number if isinstance(value, int) else self._any_decimal
            sheet.write_number(row, column, value, whole if kind == "any" else form)
        else:
            sheet.write_datetime(row, column, value, self._formats["date"])
