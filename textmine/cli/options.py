"""Kinds of values that options of several commands share."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from textmine.locales import LANGUAGES
from textmine.platforms import PLATFORMS

if TYPE_CHECKING:
    ParamType = click.ParamType
else:

    class ParamType(click.ParamType):
        """click's own, told the type of its values: before 8.4 click takes none."""

        def __class_getitem__(cls, _: type) -> type:
            return cls


LANG: Final = click.Choice(LANGUAGES)
PLATFORM: Final = click.Choice(PLATFORMS)


class Number(click.FloatRange):
    """A number within bounds; click lets ``nan`` through, which is in none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it as click does, and refuse what is not finite."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is no number that can be counted with", param, ctx)
        return number


class _Day(ParamType[date]):
    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is no day; write it as in 2020-10-31", param, ctx)


DAY: Final = _Day()


def check_days(first: date | None, last: date | None) -> None:
    """Refuse a period that ends before it begins: it would hold no post, which looks like an answer.

    Raises
    ------
    click.BadParameter
        It does.
    """
    if first is not None and last is not None and last < first:
        raise click.BadParameter(f"{last} is before --from {first}", param_hint="--to")
