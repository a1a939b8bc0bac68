"""Ids that went through a floating-point number and lost their last digits, though they look whole.

A spreadsheet keeps 15 digits and writes zeros behind them; JavaScript keeps 17 at most; others write out the exact
value of the number, a multiple of a power of two. A true id can look like any of these by chance, so a whole column
is judged: its ids are rounded if all of them look alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

LONG: Final = r"^\d{17,20}$"
"""An id beyond 2^53, where not every whole number is a floating-point number."""
_FIFTEEN_DIGITS: Final = r"^\d{15}0+$"
_SEVENTEEN_DIGITS: Final = r"^\d{17}0+$"
_ENOUGH: Final = 5
"""Ids that must look alike where one in six may by chance: the share among 100 tweets of one search."""

_PROBE: Final = 256
"""Ids that are looked at first: one that is surely whole spares the rest."""


@dataclass(frozen=True)
class IdDigits:
    """How many ids of a column are long, and how many of these look rounded in each of the three ways."""

    n_long: int = 0
    fifteen: int = 0
    seventeen: int = 0
    binary: int = 0

    def __or__(self, other: IdDigits) -> IdDigits:
        """Join what two stretches of one column show."""
        return IdDigits(
            self.n_long + other.n_long,
            self.fifteen + other.fifteen,
            self.seventeen + other.seventeen,
            self.binary + other.binary,
        )

    @property
    def cleared(self) -> bool:
        """Whether there is a long id that none of the three ways explains for all: no more evidence can count."""
        return self.n_long > max(self.fifteen, self.seventeen, self.binary)

    @property
    def rounded(self) -> bool:
        """Whether all long ids look rounded in one way."""
        by_spreadsheet = 0 < self.n_long == self.fifteen
        return by_spreadsheet or (self.n_long >= _ENOUGH and self.n_long in (self.seventeen, self.binary))


def written_as_float(cells: pl.Series) -> pl.Series:
    """Which long ids end in ``.0`` and are what a floating-point number prints: Boolean, shape (n_rows,).

    ``1741234567890123456.0`` is none: no such number has these digits, so they were text all along.

    Examples
    --------
    >>> written_as_float(pl.Series(["1801234567890123400.0", "1741234567890123456.0"])).to_list()
    [True, False]
    """
    text = cells.str.extract(r"^(\d{17,20})\.0+$")
    if text.null_count() == len(text):
        return pl.Series(cells.name, [False], pl.Boolean).new_from_index(0, len(cells))
    return (text.str.contains(r"^\d{17}0*$") | _is_binary(text)).fill_null(False)


def _is_binary(text: pl.Series) -> pl.Series:
    whole = text.cast(pl.UInt64, strict=False)
    return whole.cast(pl.Float64).cast(pl.UInt64, strict=False) == whole


def id_digits(cells: pl.Series) -> IdDigits:
    """Look at the ids of a stretch of a column.

    Examples
    --------
    >>> id_digits(pl.Series(["1801234567890120000", "1801234567890450000"])).rounded
    True
    >>> id_digits(pl.Series(["1801234567890123457", "1801234567890450000"])).rounded
    False
    """
    probe = _look(cells.head(_PROBE))
    return probe if probe.cleared or len(cells) <= _PROBE else _look(cells)


def _look(cells: pl.Series) -> IdDigits:
    text = cells.str.strip_chars()
    # the same id again, as in snapshots, is no further evidence
    long = text.filter(text.str.contains(LONG).fill_null(False)).unique()
    if not len(long):
        return IdDigits()
    return IdDigits(
        len(long),
        int(long.str.contains(_FIFTEEN_DIGITS).sum()),
        int(long.str.contains(_SEVENTEEN_DIGITS).sum()),
        int(_is_binary(long).sum()),
    )
