"""The workbook of an award: the season, a sheet a category with scores and intervals, and the figures behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from textmine.locales import Language
from textmine.report.award_content import AwardContent, CategoryContent, Competitor
from textmine.report.award_words import AwardWords
from textmine.report.messages import translations
from textmine.report.response_sheets import N_CHARTED, ratio_chart
from textmine.report.sheetcharts import Series, SheetChart, lengths
from textmine.report.sheets import Column, Sheet, Sheets, interval_columns, length_columns

_LONGEST: Final = 31  # Excel takes no longer name of a sheet
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


class AwardWorkbooks:
    """Writes workbooks of awards in one language.

    Parameters
    ----------
    language
        Of heads, cells and charts.
    simulated
        Whether every sheet begins with a notice that its data are simulated.
    """

    def __init__(self, language: Language, *, simulated: bool) -> None:
        self._ = translations(language).gettext
        self._awarded = AwardWords(language)
        self._notice = self._("SIMULATED DATA") if simulated else None

    def workbook(self, award: AwardContent) -> bytes:
        """An XLSX file with the sheets Season and Figures, and between them one a category."""
        _, last = self._, award.period[1]
        sheets = Sheets(award.title, created=datetime(last.year, last.month, last.day), notice=self._notice)
        fixed = _("Season"), _("Figures behind the scores")[:_LONGEST]
        names = sheet_names((category.title for category in award.categories), taken=fixed)
        sheets.write(self._season(fixed[0], award))
        for name, category in zip(names, award.categories, strict=True):
            sheets.write(self._category(name, category))
        sheets.write(self._features(fixed[1], award))
        return sheets.close()

    def _season(self, name: str, award: AwardContent) -> Sheet:
        """A row a category."""
        _ = self._
        columns = (
            Column(_("Category"), 50),
            Column(_("First by the numbers"), 40),
            Column(_("Chance of being first"), 16, "percent"),
            Column(_("Nominees"), 80),
            Column(_("Institutions that compete"), 16, "whole"),
            Column(_("Eligible"), 16, "whole"),
            Column(_("Measure"), 60),
        )
        rows = tuple(
            (
                category.title,
                ", ".join(each.name for each in category.first),
                category.first[0].p_first if category.uncertain and len(category.first) == 1 else None,
                ", ".join(each.name for each in category.nominees),
                len(category.competitors),
                sum(each.eligible for each in category.competitors),
                category.measure,
            )
            for category in award.categories
        )
        return Sheet(name, columns, rows)

    def _category(self, name: str, category: CategoryContent) -> Sheet:
        """A row an institution, and the chart of the first of them."""
        _ = self._
        scores = [each.score for each in category.competitors if each.score is not None]
        format = "whole" if all(score.is_integer() for score in scores) and not category.uncertain else "score"
        columns = (
            Column(_("Place"), 8, "whole"),
            Column(_("Institution"), 44),
            Column(_("Score"), 12, format),
            *interval_columns(_, format),
            Column(_("Chance of being first"), 16, "percent"),
            Column(_("Chance of being nominated"), 16, "percent"),
            Column(_("Nominated"), 12),
            Column(_("Why"), 40),
            Column(_("Flagged posts"), 14, "whole"),
            *length_columns(_, format),
        )
        rows = tuple(self._competitor(each, uncertain=category.uncertain) for each in category.competitors)
        return Sheet(name, columns, rows, self._chart(category))

    def _competitor(self, each: Competitor, *, uncertain: bool) -> tuple[Any, ...]:
        low, high, first, nominee = (
            (each.low, each.high, each.p_first, each.p_nominee) if uncertain else (None, None, None, None)
        )
        nominated = self._("yes") if each.nominee else self._("no")
        reasons = self._awarded.reasons(each.reasons)
        return (each.rank, each.name, each.score, low, high, first, nominee, nominated, reasons, each.flagged,
                *lengths(each.score, low, high))  # fmt: skip

    def _chart(self, category: CategoryContent) -> tuple[SheetChart, ...]:
        """Scores of the first, as they stand in the sheet from its first row."""
        _ = self._
        shown = []
        for each in category.competitors[:N_CHARTED]:
            if each.score is None:
                break
            shown.append(each)
        if not shown:
            return ()
        series = Series(2, down=10, up=11) if category.uncertain else Series(2)
        title = _("Scores with their intervals (90%)") if category.uncertain else _("Scores")
        bounds = [(each.low or 0.0, each.high or 0.0) for each in shown]
        chart = None
        if category.ratios:
            axis = _("times what its audience lets expect, logarithmic scale")
            chart = ratio_chart(title, _("Institution"), axis, series=series, bounds=bounds, labels=1)
        plain = SheetChart("bar", title, _("Institution"), _("Score"), (1, 1), (series,), n=len(shown))
        return (chart or plain,)

    def _features(self, name: str, award: AwardContent) -> Sheet:
        """A row a category, institution and measure."""
        _ = self._
        columns = (
            Column(_("Category"), 44),
            Column(_("Institution"), 44),
            Column(_("Measure"), 50),
            Column(_("Figure"), 14, "score"),
            Column(_("Percentile"), 12, "decimal"),
            Column(_("Posts"), 12, "whole"),
            Column(_("Share of posts with the figure"), 18, "percent"),
        )
        rows = tuple(
            (category.title, each.name, f.measure, f.figure, f.percentile, f.posts, f.coverage)
            for category in award.categories
            for each in category.competitors
            for f in each.features
        )
        return Sheet(name, columns, rows)


def sheet_names(titles: Iterable[str], *, taken: Iterable[str] = ()) -> list[str]:
    """Titles as Excel takes them for sheets: short, without its own signs, and no two alike.

    Examples
    --------
    >>> sheet_names(["Best use: image/video", "best use image video", "'"], taken=["Season"])
    ['Best use image video', 'best use image video 2', 'Sheet']
    """
    seen = {name.casefold() for name in taken} | {"history"}
    names = []
    for title in titles:
        plain = " ".join(_FORBIDDEN.sub(" ", title).split()).strip("'")[:_LONGEST].rstrip(" '") or "Sheet"
        name, number = plain, 1
        while name.casefold() in seen:
            number += 1
            name = f"{plain[: _LONGEST - len(str(number)) - 1].rstrip()} {number}"
        seen.add(name.casefold())
        names.append(name)
    return names
