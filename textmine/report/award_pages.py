"""The pages of an award: the whole season, and each category with its nominees side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from textmine.report.award_content import AwardContent, CategoryContent, Competitor
from textmine.report.html import Pages
from textmine.report.intervals import Estimate, Intervals, intervals

N_BELOW: Final = 3
"""Places below the cut that the chart shows."""
N_EXAMPLES: Final = 4
"""Example posts of a nominee."""


def award_pages(pages: Pages, award: AwardContent, *, tables: list[str]) -> Iterator[tuple[str, str]]:
    """File name and HTML of the season's page and of the page of each category.

    Parameters
    ----------
    pages
        Renders them.
    award
        What they say.
    tables
        Names of files with the same figures that lie beside the page of the season.
    """
    yield award.page, pages.render("award.html.j2", award=award, tables=tables)
    for category in award.categories:
        yield category.page, category_page(pages, award, category)


def category_page(pages: Pages, award: AwardContent, category: CategoryContent) -> str:
    """Page of one category."""
    return pages.render(
        "category.html.j2",
        award=award,
        category=category,
        chart=_chart(pages, category),
        side_by_side=_side_by_side(category),
        n_examples=N_EXAMPLES,
    )


def _chart(pages: Pages, category: CategoryContent) -> Intervals:
    """Scores of the nominees and of the first that are none, with their intervals."""
    scored = [each for each in category.competitors if each.score is not None and each.eligible]
    shown = [each for place, each in enumerate(scored) if each.nominee or place < len(category.nominees) + N_BELOW]
    estimates = [_estimate(pages, each) for each in shown]
    ratios = category.ratios and all(each.low > 0 for each in estimates)
    return intervals(estimates, formats=pages.formats, ratios=ratios)


def _estimate(pages: Pages, each: Competitor) -> Estimate:
    score = each.score or 0.0
    low, high = (score if bound is None else bound for bound in (each.low, each.high))
    rank = "" if each.rank is None else f"{pages.formats.integer(each.rank)}. "
    return Estimate(f"{rank}{each.name}", score, low, high, each.nominee)


def _side_by_side(category: CategoryContent) -> list[tuple[str, list[tuple[float | None, float | None]]]]:
    """A row a measure: of each nominee its figure and its percentile."""
    nominees = category.nominees
    measures = dict.fromkeys(feature.measure for each in nominees for feature in each.features)
    rows = []
    for measure in measures:
        found = [next((f for f in each.features if f.measure == measure), None) for each in nominees]
        rows.append((measure, [(None, None) if f is None else (f.figure, f.percentile) for f in found]))
    return rows
