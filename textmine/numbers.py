"""Numbers and dates as readers write them: 1.234,5 in Indonesian, 1,234.5 in English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from textmine.locales import LOCALES, Language


@dataclass(frozen=True)
class Formats:
    """Formats of one language.

    Parameters
    ----------
    locale
        A locale of the Unicode Common Locale Data Repository.

    Examples
    --------
    >>> formats = Formats.of("id")
    >>> formats.integer(1234567), formats.decimal(1234.5), formats.percent(0.123)
    ('1.234.567', '1.234,5', '12,3%')
    """

    locale: Locale

    @classmethod
    def of(cls, language: Language) -> Formats:
        """Formats of ``language``."""
        return cls(Locale.parse(LOCALES[language]))

    def integer(self, value: float) -> str:
        """Whole number with thousands separated; halves round to even."""
        return _formatted(str(round(value)), "#,##0", self.locale)

    def decimal(self, value: float, digits: int = 1) -> str:
        """Number with at most ``digits`` decimals."""
        return _formatted(str(value), "#,##0" + ("." + "#" * digits if digits else ""), self.locale)

    def fixed(self, value: float, digits: int = 1) -> str:
        """Number with exactly ``digits`` decimals, for columns that are compared."""
        return _formatted(str(value), "#,##0." + "0" * digits, self.locale)

    def percent(self, share: float, digits: int = 1) -> str:
        """Share (0 to 1) as a percentage with exactly ``digits`` decimals."""
        return _formatted(str(share), "#,##0" + ("." + "0" * digits if digits else "") + "%", self.locale)

    def points(self, difference: float) -> str:
        """Difference of two shares in percentage points, with its sign."""
        return _formatted(str(100 * difference), "+#,##0.0;-#,##0.0", self.locale)

    def long_date(self, day: date | datetime) -> str:
        """Day with the month in full: 3 Maret 2025."""
        return str(format_date(day, format="d MMMM y", locale=self.locale))

    def short_date(self, day: date | datetime) -> str:
        """Day with the month abbreviated: 3 Mar 2025."""
        return str(format_date(day, format="d MMM y", locale=self.locale))

    def month(self, day: date) -> str:
        """Month and year: Mar 2025."""
        return str(format_date(day, format="MMM y", locale=self.locale))

    def month_name(self, day: date) -> str:
        """Month without year: Mar."""
        return str(format_date(day, format="MMM", locale=self.locale))

    def day_of_month(self, day: date) -> str:
        """Day and month without year: 3 Mar."""
        return str(format_date(day, format="d MMM", locale=self.locale))

    def period(self, first: date, last: date) -> str:
        """First and last day, both included, as short as is clear."""
        if first == last:
            return self.long_date(first)
        if (first.year, first.month) == (last.year, last.month) and last - first < timedelta(days=31):
            return f"{first.day}–{self.long_date(last)}"
        if first.year == last.year:
            return f"{format_date(first, format='d MMMM', locale=self.locale)} – {self.long_date(last)}"
        return f"{self.long_date(first)} – {self.long_date(last)}"


@lru_cache(maxsize=1 << 16)
def _formatted(number: str, pattern: str, locale: Locale) -> str:
    """A number by its digits: the same small counts come many times in the reports of a season."""
    return str(format_decimal(number, format=pattern, locale=locale))
