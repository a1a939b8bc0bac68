"""Heat maps as tables: every cell holds its number, and a shade for the eye, so that no colour is needed to read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SHADES: Final = 6
"""Steps of shade, from 0 (nothing) to 6."""


@dataclass(frozen=True)
class HeatCell:
    """A number as text, its shade, and what stands below it in small letters."""

    text: str
    shade: int
    below: str = ""


@dataclass(frozen=True)
class HeatRow:
    """A row with its head and what stands below the head."""

    head: str
    below: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class HeatMap:
    """Heads of the columns (several lines each) and rows."""

    columns: tuple[tuple[str, ...], ...]
    rows: tuple[HeatRow, ...]


def shade_of(value: float, highest: float) -> int:
    """Shade of a value on a scale from 0 to the highest: equal steps, 0 for nothing at all.

    Examples
    --------
    >>> [shade_of(value, 0.6) for value in (0.0, 0.01, 0.1, 0.3, 0.6)]
    [0, 1, 1, 3, 6]
    """
    if not value > 0 or not highest > 0:
        return 0
    return min(max(int(SHADES * value / highest + 1 - 1e-9), 1), SHADES)


def shaded(values: Sequence[Sequence[float | None]], texts: Sequence[Sequence[str]]) -> list[tuple[HeatCell, ...]]:
    """Cells of rows of values on one scale; a missing value has no shade."""
    highest = max((value or 0.0 for row in values for value in row), default=0.0)
    return [
        tuple(HeatCell(text, shade_of(value or 0.0, highest)) for value, text in zip(row, said, strict=True))
        for row, said in zip(values, texts, strict=True)
    ]
