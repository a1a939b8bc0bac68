"""Charts of figures with their intervals: a row each, on a scale of ratios or of plain figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textmine.numbers import Formats
from textmine.report.charts import Tick, wrapped
from textmine.report.rank_charts import range_ticks

_RATIOS: Final = (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval; ``marked`` rows are set apart."""

    label: str
    value: float
    low: float
    high: float
    marked: bool = False


@dataclass(frozen=True)
class IntervalRow:
    """A row of the chart: percent across, and what it says in words; ``lines`` are those of the label as drawn."""

    label: str
    lines: tuple[str, ...]
    value: float
    low: float
    high: float
    text: str
    marked: bool


@dataclass(frozen=True)
class Intervals:
    """Rows on a common axis; ``one`` is where a ratio of 1 lies, None on a plain scale."""

    rows: tuple[IntervalRow, ...]
    ticks: tuple[Tick, ...]
    one: float | None


def intervals(estimates: Sequence[Estimate], *, formats: Formats, ratios: bool) -> Intervals:
    """Lay out figures with their intervals.

    Parameters
    ----------
    estimates
        Rows, in order; what is drawn is finite, and above 0 where ``ratios``.
    formats
        Of the report's language.
    ratios
        Whether the scale is logarithmic, with 1 in it.

    Returns
    -------
    Intervals
        Positions in percent of the chart's width.

    Examples
    --------
    >>> chart = intervals([Estimate("video", 2.0, 1.0, 4.0)], formats=Formats.of("en"), ratios=True)
    >>> [(tick.at, tick.label) for tick in chart.ticks], chart.rows[0].value, chart.rows[0].text
    ([(0.0, '1'), (50.0, '2'), (100.0, '4')], 50.0, '2.00 (1.00–4.00)')
    """
    least = min((each.low for each in estimates), default=1.0)
    most = max((each.high for each in estimates), default=1.0)
    marks = _ratios(least, most) if ratios else range_ticks(least, most)
    first, last = _scaled(marks[0], ratios), _scaled(marks[-1], ratios)

    def at(value: float) -> float:
        place = (_scaled(value, ratios) - first) / (last - first)
        return round(100 * min(max(place, 0.0), 1.0), 3)

    rows = tuple(
        IntervalRow(
            each.label,
            wrapped(each.label),
            at(each.value),
            at(each.low),
            at(each.high),
            said(each, formats),
            each.marked,
        )
        for each in estimates
    )
    ticks = tuple(Tick(at(mark), _tick(mark, formats)) for mark in marks)
    return Intervals(rows, ticks, at(1.0) if ratios else None)


def said(estimate: Estimate, formats: Formats) -> str:
    """Figure and interval as text: ``2.10 (1.40–3.00)``."""
    value, low, high = (figure(each, formats) for each in (estimate.value, estimate.low, estimate.high))
    return f"{value} ({low}–{high})" if estimate.low != estimate.high else value


def figure(value: float, formats: Formats) -> str:
    """A figure with as many decimals as its size asks for."""
    if abs(value) >= 1000 or (value == round(value) and abs(value) >= 100):
        return formats.integer(value)
    return formats.fixed(value, 1) if abs(value) >= 100 else formats.fixed(value, 2)


def _scaled(value: float, ratios: bool) -> float:
    return math.log(max(value, _RATIOS[0])) if ratios else value


def _ratios(least: float, most: float) -> list[float]:
    """Powers of two from below the least, or 1, to above the most, or 1."""
    low = max((r for r in _RATIOS if r <= min(least, 1) * (1 + 1e-9)), default=_RATIOS[0])
    high = min((r for r in _RATIOS if r >= max(most, 1) * (1 - 1e-9)), default=_RATIOS[-1])
    inside = [r for r in _RATIOS if low <= r <= high]
    inside = inside if len(inside) > 1 else [0.5, 1.0, 2.0]
    stride = math.ceil((len(inside) - 1) / 6)
    one = inside.index(1)
    return [r for place, r in enumerate(inside) if (place - one) % stride == 0 or place in (0, len(inside) - 1)]


def _tick(value: float, formats: Formats) -> str:
    return f"1/{round(1 / value)}" if 0 < value < 0.25 and 1 / value == round(1 / value) else formats.decimal(value, 2)
