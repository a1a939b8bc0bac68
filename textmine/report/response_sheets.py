"""What is answered more and less, engagement, moving topics and places in awards, as sheets and tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from textmine.locales import Language
from textmine.platforms import platform_name
from textmine.report.award_words import AwardWords
from textmine.report.content import Agency, Comparison, Extreme
from textmine.report.csvfiles import example_cells
from textmine.report.messages import translations
from textmine.report.sheetcharts import Series, SheetChart, lengths, window
from textmine.report.sheets import Column, Sheet, interval_columns, length_columns
from textmine.report.spreadsheet import MONTH_FORMATS
from textmine.report.trait_words import TraitWords

N_CHARTED: Final = 25
"""Institutions in a chart of a whole cluster."""
N_LINES: Final = 5
"""Topics in a chart over time: more lines cannot be told apart."""

_AGENCY: Final[Mapping[str, Any]] = {"agency": pl.String, "agency_name": pl.String}
_COMPARISON: Final[Mapping[str, Any]] = {
    **_AGENCY,
    "trait": pl.String,
    "posts_compared": pl.String,
    "times": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "posts": pl.UInt64,
    "other_posts": pl.UInt64,
    "stands_out": pl.Boolean,
}
_EXTREME: Final[Mapping[str, Any]] = {
    **_AGENCY,
    "side": pl.String,
    "rank": pl.UInt32,
    "times": pl.Float64,
    "posts_compared": pl.UInt64,
    "platform": pl.String,
    "date": pl.Date,
    "caption": pl.String,
    "url": pl.String,
}


class ResponseSheets:
    """Makes sheets in one language.

    Parameters
    ----------
    language
        Of names and cells.
    """

    def __init__(self, language: Language) -> None:
        self._ = translations(language).gettext
        self._months = MONTH_FORMATS[language]
        self._say, self._awarded = TraitWords(language), AwardWords(language)

    def sheets(self, agency: Agency) -> Iterator[Sheet]:
        """Sheets of an agency that have rows."""
        made = (self._typical(agency), self._rates(agency), self._equal(agency), self._shifts(agency),
                self._standing(agency), self._extremes(agency), self._comparisons(agency))  # fmt: skip
        yield from (sheet for sheet in made if sheet.rows)

    def _typical(self, agency: Agency) -> Sheet:
        _ = self._
        columns = (
            Column(_("Platform"), 14),
            Column(_("Interactions, typical"), 20, "decimal"),
            *interval_columns(_, "decimal"),
            Column(_("From posts"), 14, "whole"),
            *length_columns(_, "decimal"),
        )
        rows = tuple(
            (platform_name(t.platform), t.typical, t.low, t.high, t.posts, *lengths(t.typical, t.low, t.high))
            for t in agency.responses.typical
        )
        chart = SheetChart("column", _("A typical post on each platform, with its interval (90%)"), _("Platform"),
                           _("Interactions, typical"), (0, 0), (Series(1, down=5, up=6),), n=len(rows),
                           value_format="#,##0")  # fmt: skip
        return Sheet(_("Engagement"), columns, rows, (chart,))

    def _rates(self, agency: Agency) -> Sheet:
        _ = self._
        of = {"followers": _("of followers"), "reach": _("of reach"), "impressions": _("of impressions")}
        columns = (
            Column(_("Definition"), 26),
            Column(_("Platform"), 14),
            Column(_("Rate"), 12, "percent"),
            Column(_("Rate of"), 20),
            Column(_("Posts counted"), 16, "whole"),
            Column(_("Posts"), 12, "whole"),
            Column(_("Place"), 12, "whole"),
        )
        rows = tuple(
            (r.title, platform_name(r.platform), r.value / 100, of[r.of], r.used, r.posts, r.rank) for r in agency.rates
        )
        return Sheet(_("Published rates"), columns, rows)

    def _equal(self, agency: Agency) -> Sheet:
        _ = self._
        columns = (
            Column(_("Institution"), 44),
            Column(_("Place"), 12, "whole"),
            Column(_("Times"), 12, "score"),
            *interval_columns(_, "score"),
            Column(_("Posts"), 12, "whole"),
            *length_columns(_, "score"),
        )
        scores = agency.equal_audience
        rows = tuple(
            (e.name, e.rank, e.times, e.low, e.high, e.posts, *lengths(e.times, e.low, e.high)) for e in scores
        )
        own = next((place for place, each in enumerate(scores) if each.own), None)
        first, n = window(own, len(rows), N_CHARTED)
        shown = scores[first : first + n]
        chart = ratio_chart(
            _("Engagement at equal audience within the cluster"),
            _("Institution"),
            _("times the engagement of the average institution, logarithmic scale"),
            series=Series(2, down=6, up=7),
            bounds=[(each.low, each.high) for each in shown],
            first=first,
            marked=None if own is None else own - first,
        )
        return Sheet(_("Equal audience"), columns, rows, (chart,) if chart else ())

    def _shifts(self, agency: Agency) -> Sheet:
        _, shifts = self._, agency.shifts
        columns = (
            Column(_("Topic"), 40),
            Column(_("Month"), 13, "date"),
            Column(_("Share of posts"), 14, "percent"),
            Column(_("Posts"), 12, "whole"),
        )
        rows = tuple(
            (topic.label, month, share, posts)
            for topic in shifts.topics
            for month, share, posts in zip(shifts.months, topic.shares, shifts.posts, strict=True)
        )
        n = len(shifts.months)
        lines = tuple(Series(2, first=n * at, n=n, named_by=0) for at in range(min(len(shifts.topics), N_LINES)))
        chart = SheetChart("line", _("Topics by month"), _("Month"), _("Share of posts"), (1, 1), lines, n=n,
                           value_format="0%", category_format=self._months)  # fmt: skip
        return Sheet(_("Topics by month"), columns, rows, (chart,) if n > 1 else ())

    def _standing(self, agency: Agency) -> Sheet:
        _ = self._
        columns = (
            Column(_("Award"), 40),
            Column(_("Category"), 40),
            Column(_("Place"), 10, "whole"),
            Column(_("Of"), 10, "whole"),
            Column(_("Score"), 12, "score"),
            *interval_columns(_, "score"),
            Column(_("Chance of being first"), 16, "percent"),
            Column(_("Chance of being nominated"), 16, "percent"),
            Column(_("Why"), 30),
        )
        rows = tuple(
            (row.award, row.category.title, row.own.rank, row.of, row.own.score,
             *((row.own.low, row.own.high, row.own.p_first, row.own.p_nominee)
               if row.category.uncertain else (None,) * 4),
             self._awarded.reasons(row.own.reasons))
            for row in agency.standings
        )  # fmt: skip
        chances = [place for place, row in enumerate(rows) if row[8] is not None]
        chart = SheetChart("bar", _("Chance of being nominated"), _("Category"), _("Chance"), (1, 1), (Series(8),),
                           n=min(len(rows), N_CHARTED), value_format="0%", top=1.0)  # fmt: skip
        return Sheet(_("Awards"), columns, rows, (chart,) if chances else ())

    def _extremes(self, agency: Agency) -> Sheet:
        _ = self._
        columns = (
            Column(_("Answered"), 24),
            Column(_("Rank"), 8, "whole"),
            Column(_("Times"), 12, "score"),
            Column(_("Posts compared"), 16, "whole"),
            Column(_("Platform"), 14),
            Column(_("Date"), 13, "date"),
            Column(_("Post"), 80),
            Column(_("Address"), 45),
        )
        names = {"best": _("Answered more than usual"), "weakest": _("Answered less than usual")}
        rows = tuple((names[side], *cells) for side, *cells in _extreme_rows(agency))
        return Sheet(_("Beside usual"), columns, rows)

    def _comparisons(self, agency: Agency) -> Sheet:
        _ = self._
        columns = (
            Column(_("Trait"), 22),
            Column(_("Posts compared"), 44),
            Column(_("Times"), 12, "score"),
            Column(_("Interval, from"), 16, "score"),
            Column(_("Interval, to"), 16, "score"),
            Column(_("Posts"), 12, "whole"),
            Column(_("Other posts"), 14, "whole"),
            Column(_("Stands out"), 14),
            *length_columns(_, "score"),
        )
        compared = agency.responses.comparisons
        rows = tuple(
            (self._say.trait(c.trait), *self._compared(c), _("yes") if c.finding else _("no"),
             *lengths(c.times, c.low, c.high))
            for c in compared
        )  # fmt: skip
        chart = ratio_chart(
            _("Posts with a trait beside the other posts"),
            _("Posts compared"),
            _("times the interactions of the other posts, logarithmic scale"),
            labels=1,
            series=Series(2, down=8, up=9),
            bounds=[(each.low, each.high) for each in compared],
        )
        return Sheet(_("Advice"), columns, rows, (chart,) if chart else ())

    def csv_frames(self, agency: Agency) -> dict[str, pl.DataFrame]:
        """Tables of the same for programs, by file name; those that have rows."""
        of = (agency.group, agency.name)
        comparisons = [(*of, c.trait, *self._compared(c), c.finding) for c in agency.responses.comparisons]
        frames = {
            "comparisons.csv": pl.DataFrame(comparisons, schema=dict(_COMPARISON), orient="row"),
            "extremes.csv": pl.DataFrame(
                [(*of, *row) for row in _extreme_rows(agency)], schema=dict(_EXTREME), orient="row"
            ),
        }
        return {name: frame for name, frame in frames.items() if not frame.is_empty()}

    def _compared(self, told: Comparison) -> tuple[Any, ...]:
        return self._say.posts(told), told.times, told.low, told.high, told.posts, told.others


def ratio_chart(
    title: str,
    category_axis: str,
    value_axis: str,
    *,
    series: Series,
    bounds: Sequence[tuple[float, float]],
    labels: int = 0,
    first: int = 0,
    marked: int | None = None,
) -> SheetChart | None:
    """Chart of ratios with their intervals; None where one has no logarithm."""
    if not bounds or not all(0 < low <= high < math.inf for low, high in bounds):
        return None
    within = min(low for low, _ in bounds), max(high for _, high in bounds)
    return SheetChart("bar", title, category_axis, value_axis, (labels, labels), (series,), first=first,
                      n=len(bounds), ratios=within, marked=marked)  # fmt: skip


def _extreme_rows(agency: Agency) -> Iterator[tuple[Any, ...]]:
    """Side, rank, times, posts compared, platform, date, excerpt and address of each."""
    sides: tuple[tuple[str, tuple[Extreme, ...]], ...] = (
        ("best", agency.responses.best),
        ("weakest", agency.responses.weakest),
    )
    for side, posts in sides:
        for rank, told in enumerate(posts, start=1):
            platform, *rest = example_cells(told.quote)
            yield side, rank, told.times, told.alike, platform_name(platform), *rest
