"""What is answered more and less, engagement, moving topics and places in awards, as sheets and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

from textmine.report.award_words import AwardWords
from textmine.report.content import Agency, Comparison, Extreme
from textmine.report.csvfiles import example_cells
from textmine.report.messages import Language, translations
from textmine.report.numbers import PLATFORM_NAMES
from textmine.report.spreadsheet import Column, Sheet
from textmine.report.trait_words import TraitWords

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
            Column(_("Interval (90%), from"), 18, "decimal"),
            Column(_("Interval (90%), to"), 18, "decimal"),
            Column(_("From posts"), 14, "whole"),
        )
        rows = tuple((_platform(t.platform), t.typical, t.low, t.high, t.posts) for t in agency.responses.typical)
        return Sheet(_("Engagement"), columns, rows)

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
            (r.title, _platform(r.platform), r.value / 100, of[r.of], r.used, r.posts, r.rank) for r in agency.rates
        )
        return Sheet(_("Published rates"), columns, rows)

    def _equal(self, agency: Agency) -> Sheet:
        _ = self._
        columns = (
            Column(_("Institution"), 44),
            Column(_("Place"), 12, "whole"),
            Column(_("Times"), 12, "score"),
            Column(_("Interval (90%), from"), 18, "score"),
            Column(_("Interval (90%), to"), 18, "score"),
            Column(_("Posts"), 12, "whole"),
        )
        rows = tuple((e.name, e.rank, e.times, e.low, e.high, e.posts) for e in agency.equal_audience)
        return Sheet(_("Equal audience"), columns, rows)

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
        return Sheet(_("Topics by month"), columns, rows)

    def _standing(self, agency: Agency) -> Sheet:
        _ = self._
        columns = (
            Column(_("Award"), 40),
            Column(_("Category"), 40),
            Column(_("Place"), 10, "whole"),
            Column(_("Of"), 10, "whole"),
            Column(_("Score"), 12, "score"),
            Column(_("Interval (90%), from"), 18, "score"),
            Column(_("Interval (90%), to"), 18, "score"),
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
        return Sheet(_("Awards"), columns, rows)

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
        )
        rows = tuple(
            (self._say.trait(c.trait), *self._compared(c), _("yes") if c.finding else _("no"))
            for c in agency.responses.comparisons
        )
        return Sheet(_("Advice"), columns, rows)

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


def _extreme_rows(agency: Agency) -> Iterator[tuple[Any, ...]]:
    """Side, rank, times, posts compared, platform, date, excerpt and address of each."""
    sides: tuple[tuple[str, tuple[Extreme, ...]], ...] = (
        ("best", agency.responses.best),
        ("weakest", agency.responses.weakest),
    )
    for side, posts in sides:
        for rank, told in enumerate(posts, start=1):
            platform, *rest = example_cells(told.quote)
            yield side, rank, told.times, told.alike, _platform(platform), *rest


def _platform(name: str) -> str:
    return PLATFORM_NAMES.get(name, name)
