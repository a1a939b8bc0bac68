"""Counts as people and spreadsheets write them: ``1,972,048``, ``1.234.567``, ``1,2 rb``, ``3.4K``, ``1972048.0``.

A single mark before exactly three digits (``1.234``) is a thousands mark unless the column uses the same mark for
decimals elsewhere; then the value could be either, and is refused: a figure is never guessed. Figures with a unit
(K, rb, jt) are read and marked as rounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import polars as pl

from textmine.posts import MOST

UNREADABLE: Final = "not a count that can be read"
"""Why a row is refused that has such a figure."""

_ABSENT: Final = frozenset({"", "n/a", "na", "#n/a", "null", "none", "nan", "-", "–", "—", "undefined", "tidak ada"})
_UNITS: Final = {
    **dict.fromkeys(("k", "rb", "ribu"), 1_000),
    **dict.fromkeys(("m", "jt", "juta", "mio"), 1_000_000),
    **dict.fromkeys(("b", "miliar"), 1_000_000_000),
}
_WITH_UNIT: Final = re.compile(rf"(\d+(?:[.,]\d+)?)\s*({'|'.join(sorted(_UNITS, key=len, reverse=True))})\+?")
_DECIMAL: Final = re.compile(r"\d{4,}([.,])\d+|\d{1,3}([.,])(?:\d{1,2}|\d{4,})")
_GROUPED: Final = re.compile(r"\d{1,3}([., \u00a0])\d{3}(?:(\1)\d{3})*(?:[.,]0+)?")
_WHOLE_DECIMAL: Final = re.compile(r"(\d+)[.,]0+")
_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?e\+?\d{1,2}")


@dataclass(frozen=True)
class CountStyle:
    """Marks that a column uses for decimals: a part of ``".,"``."""

    decimal_marks: frozenset[str] = frozenset()

    def __or__(self, other: CountStyle) -> CountStyle:
        """Join what two stretches of one column show."""
        return CountStyle(self.decimal_marks | other.decimal_marks)


@dataclass(frozen=True)
class Counts:
    """A column of counts: ``values`` UInt64 (null = absent), ``rounded`` and ``refused`` Boolean, each (n_rows,)."""

    values: pl.Series
    rounded: pl.Series
    refused: pl.Series


def style_of(cells: pl.Series) -> CountStyle:
    """Find which marks stand for decimals in a stretch of a column.

    Examples
    --------
    >>> style_of(pl.Series(["1972048.0", "1,234"])).decimal_marks
    frozenset({'.'})
    """
    marks = set()
    for text in _not_plain(cells).unique():
        if match := _DECIMAL.fullmatch(text):
            marks.add(match.group(1) or match.group(2))
    return CountStyle(frozenset(marks))


def parse_counts(cells: pl.Series, style: CountStyle) -> Counts:
    """Read a column of counts.

    Parameters
    ----------
    cells
        Text, shape (n_rows,); null and the usual words for "absent" give null.
    style
        Of the whole column.
    """
    text = cells.str.strip_chars()
    values = text.cast(pl.UInt64, strict=False)
    values = values.set((values > MOST).fill_null(False), None)
    nothing = pl.repeat(False, len(cells), eager=True)
    if values.null_count() == cells.null_count():
        return Counts(values, nothing, nothing)
    hard = text.filter(values.is_null() & text.is_not_null()).unique()
    # each distinct spelling is read once
    read = [parse_count(spelling, style) for spelling in hard]
    table = pl.DataFrame(
        {
            "text": hard,
            "value": pl.Series([r.value for r in read], dtype=pl.UInt64),
            "rounded": [r.rounded for r in read],
            "refused": [r.refused for r in read],
        }
    )
    joined = text.to_frame("text").join(table, on="text", how="left", maintain_order="left")
    return Counts(
        pl.select(pl.coalesce(values, joined["value"])).to_series(),
        joined["rounded"].fill_null(False),
        joined["refused"].fill_null(False),
    )


def _not_plain(cells: pl.Series) -> pl.Series:
    text = cells.str.strip_chars()
    values = text.cast(pl.UInt64, strict=False)
    return text.filter(values.is_null() & text.is_not_null()) if values.null_count() > cells.null_count() else text[:0]


@dataclass(frozen=True)
class Count:
    """One count: its value (None = absent), whether it is rounded, whether it cannot be read."""

    value: int | None
    rounded: bool = False
    refused: bool = False


_REFUSED: Final = Count(None, refused=True)


def parse_count(text: str, style: CountStyle = CountStyle()) -> Count:
    """Read one count.

    Examples
    --------
    >>> parse_count("1,2 rb")
    Count(value=1200, rounded=True, refused=False)
    >>> parse_count("1.234.567").value
    1234567
    >>> parse_count("-3").refused
    True
    """
    text = text.strip().lower()
    if text in _ABSENT:
        return Count(None)
    if match := _WITH_UNIT.fullmatch(text):
        return _bounded(round(float(match.group(1).replace(",", ".")) * _UNITS[match.group(2)]), rounded=True)
    if _SCIENTIFIC.fullmatch(text):
        return _bounded(round(float(text.replace(",", "."))), rounded=True)
    if match := _GROUPED.fullmatch(text):
        mark, again = match.groups()
        if mark in style.decimal_marks and not again:
            return _REFUSED
        whole = re.sub(r"[.,]0+$", "", text) if _has_decimals(text, mark) else text
        return _bounded(int(re.sub(r"\D", "", whole)))
    if text.isascii() and text.isdigit():
        return _bounded(int(text))
    if match := _WHOLE_DECIMAL.fullmatch(text):
        return _bounded(int(match.group(1)))
    return _REFUSED


def _has_decimals(text: str, mark: str) -> bool:
    """Whether a grouped number ends in decimals: a mark other than the thousands mark, or another length."""
    last = re.search(r"([.,])(0+)$", text)
    return last is not None and (last.group(1) != mark or len(last.group(2)) != 3)


def _bounded(value: int, *, rounded: bool = False) -> Count:
    return Count(value, rounded) if value <= MOST else _REFUSED
