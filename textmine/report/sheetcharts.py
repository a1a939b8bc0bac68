"""Native charts of a sheet: which columns they draw, and how Excel is told.

Every name, label and figure of a chart is a reference to cells, never a text of its own: a label that begins with ``=``
would be taken for a formula. Titles and axes are ours, in the report's language.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

Kind = Literal["bar", "column", "line"]
Row = Sequence[Any]

COLOURS: Final = ("#2B7BB0", "#B3541E", "#3C7A3A", "#6B4C9A", "#8A6D00", "#5D6B79")
"""Of series, in order; each is told from white by 3 to 1 and more."""

MARKED: Final = "#B3541E"
_ROW_HEIGHT: Final = 24
_WIDTH: Final = 640
_CELL: Final = (64, 20)  # width and height of a cell of its own accord, in pixels


@dataclass(frozen=True)
class Series:
    """A series of a chart: column of its values, and its rows where they are not those of the chart.

    ``named_by`` is the column whose cell in the first row names the series; the head of the values where it is None.
    ``down`` and ``up`` are columns with the lengths of error bars.
    """

    values: int
    first: int = 0
    n: int | None = None
    named_by: int | None = None
    down: int | None = None
    up: int | None = None


@dataclass(frozen=True)
class SheetChart:
    """A chart beside the table of a sheet.

    Parameters
    ----------
    kind
        Lying bars, standing columns, or lines.
    title, category_axis, value_axis
        In the report's language.
    categories
        First and last column of the labels.
    series
        What is drawn.
    first, n
        The rows that are drawn, counted from the first below the head.
    value_format, category_format
        Number formats of the axes.
    stacked
        Whether series stand on each other.
    ratios
        Least and largest figure of a logarithmic axis that crosses at 1; None on a plain axis.
    top
        End of a plain axis; None leaves it to the program.
    marked
        A row that is set apart by its colour.
    """

    kind: Kind
    title: str
    category_axis: str
    value_axis: str
    categories: tuple[int, int]
    series: tuple[Series, ...]
    first: int = 0
    n: int = 0
    value_format: str = "General"
    category_format: str | None = None
    stacked: bool = False
    ratios: tuple[float, float] | None = None
    top: float | None = None
    marked: int | None = None

    @property
    def height(self) -> int:
        """Pixels: lying bars need a line each."""
        return max(300, 130 + _ROW_HEIGHT * self.n) if self.kind == "bar" else 340


def lengths(value: float | None, low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """Lengths of the error bars below and above a value; null where there is no interval.

    Examples
    --------
    >>> lengths(2.0, 1.5, 4.0), lengths(2.0, None, None)
    ((0.5, 2.0), (None, None))
    """
    if value is None or low is None or high is None:
        return None, None
    return max(value - low, 0.0), max(high - value, 0.0)


def window(own: int | None, n: int, most: int) -> tuple[int, int]:
    """First row and number of rows: from the top, or around ``own`` where it lies further down.

    Examples
    --------
    >>> window(3, 100, 25), window(60, 100, 25), window(99, 100, 25), window(None, 7, 25)
    ((0, 25), (48, 25), (75, 25), (0, 7))
    """
    if own is None or own < most or n <= most:
        return 0, min(n, most)
    return min(own - most // 2, n - most), most


class ChartDrawer:
    """Draws charts to the right of a table, one below the other.

    Parameters
    ----------
    book
        Of the sheet.
    sheet
        With its cells written: their values are kept in the chart for programs that do not read them again.
    head_row
        Row of the heads.
    column
        Column at which the charts begin.
    note
        Stands behind each title.
    """

    def __init__(self, book: Workbook, sheet: Worksheet, *, head_row: int, column: int, note: str | None) -> None:
        self._book, self._sheet = book, sheet
        self._head, self._column, self._note = head_row, column, note
        self._down = 0

    def draw(self, chart: SheetChart) -> None:
        """Put the next chart."""
        options: dict[str, Any] = {"type": chart.kind}
        if chart.stacked:
            options["subtype"] = "stacked"
        drawn = self._book.add_chart(options)
        for number, series in enumerate(chart.series):
            drawn.add_series(self._series(chart, series, COLOURS[number % len(COLOURS)]))
        title = f"{chart.title} ({self._note})" if self._note else chart.title
        drawn.set_title({"name": title, "name_font": {"size": 13}})
        drawn.set_legend({"none": True} if len(chart.series) == 1 else {"position": "bottom"})
        category, value = _axes(chart)
        if chart.kind == "bar":
            drawn.set_y_axis(category)
            drawn.set_x_axis(value)
        else:
            drawn.set_x_axis(category)
            drawn.set_y_axis(value)
        drawn.show_blanks_as("gap")
        drawn.set_size({"width": _WIDTH, "height": chart.height})
        place = {"x_offset": 16, "y_offset": self._down, "description": chart.title, "object_position": 3}
        self._sheet.insert_chart(self._head + 1, self._column, drawn, place)
        self._down += chart.height + 16

    @property
    def corner(self) -> tuple[int, int]:
        """Row and column at which the charts end; those of the head where there is none."""
        if not self._down:
            return self._head, self._column - 1
        return self._head + 1 + -(-self._down // _CELL[1]), self._column + -(-(_WIDTH + 32) // _CELL[0])

    def _series(self, chart: SheetChart, series: Series, colour: str) -> dict[str, Any]:
        name = self._sheet.get_name()
        first = self._head + 1 + chart.first + series.first
        last = first + (chart.n if series.n is None else series.n) - 1
        named = (first, series.named_by) if series.named_by is not None else (self._head, series.values)
        options: dict[str, Any] = {
            "name": [name, *named],
            "categories": [name, first, chart.categories[0], last, chart.categories[1]],
            "values": [name, first, series.values, last, series.values],
        }
        if chart.kind == "line":
            options |= {"line": {"color": colour, "width": 2}, "marker": {"type": "circle", "size": 4}}
            options["marker"] |= {"fill": {"color": colour}, "border": {"color": colour}}
        else:
            options |= {"fill": {"color": colour}, "gap": 40}
        if chart.marked is not None:
            options["points"] = [{"fill": {"color": MARKED}} if row == chart.marked else None for row in range(chart.n)]
        if series.down is not None and series.up is not None:
            options["y_error_bars"] = {
                "type": "custom",
                "minus_values": self._range(first, last, series.down),
                "plus_values": self._range(first, last, series.up),
                "line": {"color": "#16202C", "width": 1.25},
            }
        return options

    def _range(self, first: int, last: int, column: int) -> str:
        from xlsxwriter.utility import xl_range_formula

        return str(xl_range_formula(self._sheet.get_name(), first, column, last, column))


def _axes(chart: SheetChart) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options of the axis of labels and of the axis of figures."""
    font = {"size": 10, "bold": False}
    category: dict[str, Any] = {"name": chart.category_axis, "name_font": font, "num_font": {"size": 9}}
    value: dict[str, Any] = {"name": chart.value_axis, "name_font": font, "num_format": chart.value_format}
    value["major_gridlines"] = {"visible": True, "line": {"color": "#D9DFE5", "width": 0.75}}
    if chart.kind == "bar":
        category |= {"reverse": True, "crossing": "max"}  # the first row on top, and the scale below all
    if chart.category_format is not None:
        category |= {"num_format": chart.category_format, "text_axis": True, "interval_unit": max(1, chart.n // 12)}
    if chart.top is not None:
        value |= {"min": 0, "max": chart.top}
    if chart.ratios is not None:
        low, high = chart.ratios
        value |= {"log_base": 2, "major_unit": 2, "crossing": 1}
        value |= {"min": _power(low, math.floor), "max": _power(high, math.ceil)}
        category["label_position"] = "low"
    return category, value


def _power(figure: float, rounded: Any) -> float:  # noqa: ANN401 (floor or ceil)
    """The power of two at or beyond a figure; 1 is always within."""
    power = rounded(math.log2(figure))
    return float(2.0 ** (min(power, -1) if rounded is math.floor else max(power, 1)))
