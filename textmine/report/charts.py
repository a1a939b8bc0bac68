"""Charts as inline SVG: where every bar, dot, tick and label stands. The templates draw them.

Positions across are percentages of the chart's width, so that bars stretch while text keeps its size: a chart is as
legible on a phone as on a wall. A picture with a fixed view box shrinks its text with its width.

Drawing here costs about half a millisecond a chart. Vega-Lite through vl-convert took 45 to 100 ms (0.7 s for the
first), pygal 17 ms with a random id and a script in each picture.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from textmine.numbers import Formats
from textmine.report.activity import Step

BAR: Final = 10
"""Width of a bar's slot in the units of the inner view box; the bar fills 8 of them."""

MOST_CHARACTERS: Final = 42
"""Of a label: it must fit a phone's width."""
LINE_CHARACTERS: Final = 40
"""Of a line of a label that is wrapped: with the wide letters of DejaVu Sans it fits a phone's width, too."""
MOST_LINES: Final = 3
"""Of a label that is wrapped."""


@dataclass(frozen=True)
class Tick:
    """A labelled position: percent across, or pixels down; ``second`` is a second line of the label."""

    at: float
    label: str
    second: str = ""


@dataclass(frozen=True)
class Columns:
    """Vertical bars over time.

    ``path`` draws all bars in a view box of ``width`` by ``height`` that is stretched to the chart's width.
    """

    width: int
    height: int
    path: str
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class DotRow:
    """A labelled row with the agency's value and the value it is compared with, both percent across."""

    label: str
    value: float
    compared: float
    value_text: str
    compared_text: str


@dataclass(frozen=True)
class Dots:
    """Rows of two dots on a common axis."""

    rows: tuple[DotRow, ...]
    ticks: tuple[Tick, ...]


def nice_ticks(highest: float, *, most: int = 4, whole: bool = False) -> list[float]:
    """Round values from 0 to at least ``highest``, in steps of 1, 2 or 5 times a power of ten.

    Parameters
    ----------
    highest
        Largest value shown.
    most
        Most steps.
    whole
        Whether steps are whole numbers: counts have no halves.

    Returns
    -------
    list of float
        At least 0 and one more.

    Examples
    --------
    >>> nice_ticks(37)
    [0.0, 10.0, 20.0, 30.0, 40.0]
    >>> nice_ticks(1, whole=True)
    [0.0, 1.0]
    """
    if not highest > 0:
        return [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(highest / most))
    step = next(power * m for m in (1, 2, 5, 10) if power * m * most >= highest * (1 - 1e-9))
    if whole:
        step = max(step, 1.0)
    n = math.ceil(highest / step - 1e-9)
    return [round(step * i, 10) for i in range(n + 1)]


def columns(
    values: Sequence[int],
    starts: Sequence[date],
    *,
    step: Step,
    formats: Formats,
    height: int = 150,
    highest: int | None = None,
) -> Columns:
    """Bars of ``values``, one for each of ``starts``.

    Parameters
    ----------
    values
        Counts, shape (n_steps,).
    starts
        First day of each step, shape (n_steps,).
    step
        What the steps are: it decides how they are labelled.
    formats
        Of the report's language.
    height
        Pixels of the bars' area.
    highest
        Top of the scale when several charts share one.

    Returns
    -------
    Columns
        Geometry and labels.
    """
    ticks = nice_ticks(max(values, default=0) if highest is None else highest, most=3, whole=True)
    top = ticks[-1]
    y_ticks = tuple(Tick(round(height * (1 - t / top), 2), formats.integer(t)) for t in ticks)
    return Columns(
        width=BAR * len(values),
        height=height,
        path=bars(values, top=top, height=height),
        y_ticks=y_ticks,
        x_ticks=_time_ticks(starts, step, formats),
    )


def bars(values: Sequence[float], *, top: float, height: int) -> str:
    """SVG path of bars that stand on ``height``; no bar where the value is 0, at least half a pixel elsewhere."""
    parts = []
    for i, value in enumerate(values):
        if value > 0:
            tall = max(round(height * value / top, 2), 0.5)
            parts.append(f"M{BAR * i + 1} {height}v{-tall:g}h{BAR - 2}v{tall:g}z")
    return "".join(parts)


def _time_ticks(starts: Sequence[date], step: Step, formats: Formats, *, most: int = 5) -> tuple[Tick, ...]:
    """At most ``most`` labels; the year stands below the first and wherever it changes."""
    stride = max(math.ceil(len(starts) / most), 1)
    ticks: list[Tick] = []
    year = None
    for i in range(0, len(starts), stride):
        day = starts[i]
        label = _label(day, step, formats)
        second = str(day.year) if step != "year" and day.year != year else ""
        ticks.append(Tick(round(100 * i / len(starts), 3), label, second))
        year = day.year
    return tuple(ticks)


def _label(day: date, step: Step, formats: Formats) -> str:
    match step:
        case "week":
            return formats.day_of_month(day)
        case "month":
            return formats.month_name(day)
        case "year":
            return str(day.year)


def shortened(label: str, most: int = MOST_CHARACTERS) -> str:
    """A label cut to a length."""
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"


def wrapped(label: str, most: int = LINE_CHARACTERS) -> tuple[str, ...]:
    """Lines of a label that a phone is wide enough for: one or two for a ministry's name, never more than three.

    Examples
    --------
    >>> wrapped("1. Kementerian Pendayagunaan Aparatur Negara dan Reformasi Birokrasi")
    ('1. Kementerian Pendayagunaan Aparatur', 'Negara dan Reformasi Birokrasi')
    >>> wrapped("BMKG")
    ('BMKG',)
    """
    return tuple(textwrap.wrap(label, most, max_lines=MOST_LINES, placeholder="…")) or ("",)


def dots(rows: Sequence[tuple[str, float, float]], *, formats: Formats, most_characters: int = MOST_CHARACTERS) -> Dots:
    """Two dots a row: a share and the share it is compared with.

    Parameters
    ----------
    rows
        Label, share, compared share (0 to 1) of each row.
    formats
        Of the report's language.
    most_characters
        Labels are cut to this length: they must fit a phone's width.

    Returns
    -------
    Dots
        Positions in percent of the chart's width.
    """
    highest = max((max(value, compared) for _, value, compared in rows), default=0.0)
    ticks = nice_ticks(100 * highest, most=4)
    top = ticks[-1]
    digits = 0 if all(tick == int(tick) for tick in ticks) else 1
    return Dots(
        tuple(
            DotRow(
                label=shortened(label, most_characters),
                value=round(10_000 * value / top, 3),
                compared=round(10_000 * compared / top, 3),
                value_text=formats.percent(value),
                compared_text=formats.percent(compared),
            )
            for label, value, compared in rows
        ),
        tuple(Tick(round(100 * t / top, 3), formats.percent(t / 100, digits)) for t in ticks),
    )
