"""The figures that a score is made of, agency by agency: what stands behind a place in a ranking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.ranking.awards import Selection
from textmine.ranking.contest import Contest
from textmine.ranking.expressions.arrays import percentile
from textmine.ranking.measures import measures
from textmine.ranking.standings import needed_categories

Floats = npt.NDArray[np.float64]

FEATURE_SCHEMA: Final = pl.Schema(
    {
        "category": pl.String(),
        "agency": pl.String(),
        "measure": pl.String(),
        "figure": pl.Float64(),
        "unit": pl.String(),
        "percentile": pl.Float64(),
        "n_posts": pl.UInt32(),
        "coverage": pl.Float64(),
    }
)
"""A row an agency and measure. ``percentile`` is among the eligible agencies of the award, 0 to 100, ties at their
middle, as ``pct`` has it; ``n_posts`` are the posts that the measure looks at, ``coverage`` the share of them whose
engagement is known. Null where it is not known."""


def features_behind(contests: Mapping[str, Contest]) -> pl.DataFrame:
    """What the scores of all who compete are made of, through accumulated categories too; rows of ``FEATURE_SCHEMA``.

    Parameters
    ----------
    contests
        By category.

    Returns
    -------
    polars.DataFrame
        Categories in their order, agencies in that of the tables, measures sorted.
    """
    frames = [_of_contest(id, each) for id, each in contests.items()]
    return pl.concat([FEATURE_SCHEMA.to_frame(), *frames])


def columns_of(contest: Contest) -> list[tuple[Selection, str]]:
    """Selections of posts and columns of their tables that a score is made of, through other categories too."""
    definition = contest.definition
    categories = [definition.category(id) for id in needed_categories(definition, contest.award.category)]
    found = {(each.selection, column) for each in categories for column in each.measure.measures}
    return sorted(found, key=lambda pair: (pair[0].prefix or "", pair[1]))


def _of_contest(id: str, contest: Contest) -> pl.DataFrame:
    """Rows of one award: a block a measure, then agency by agency."""
    whose = np.flatnonzero(contest.competing)
    eligible = contest.competing & contest.eligible[contest.award.category.id]
    frames = []
    for selection, column in columns_of(contest):
        name, _, platform = column.partition("@")
        figures = _values(contest, selection, name, platform)
        if figures is None:
            continue
        among = percentile(np.where(eligible, figures, np.nan))
        n_posts, coverage = (_values(contest, selection, each, platform) for each in _looked_at(name))
        columns = {
            "category": [id] * len(whose),
            "agency": [contest.agencies[place] for place in whose],
            "measure": [f"{selection.prefix or ''}{column}"] * len(whose),
            "figure": figures[whose],
            "unit": [_unit(name, platform)] * len(whose),
            "percentile": among[whose],
            "n_posts": None if n_posts is None else n_posts[whose],
            "coverage": None if coverage is None else coverage[whose],
        }
        frames.append(pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None)).cast(FEATURE_SCHEMA))
    order = {contest.agencies[place]: number for number, place in enumerate(whose)}
    table = pl.concat([FEATURE_SCHEMA.to_frame(), *frames])
    return table.sort(pl.col("agency").replace_strict(order, return_dtype=pl.UInt32), maintain_order=True)


def _values(contest: Contest, selection: Selection, name: str, platform: str) -> Floats | None:
    return contest.figures[selection].values(name, platform or None)


def _looked_at(name: str) -> tuple[str, str]:
    """Measures that say how many posts a measure looks at, and of how many of them engagement is known."""
    if measures()[name].needs_campaign:
        return "campaign_posts", "campaign_engagement_coverage"
    return "n_posts", "engagement_coverage"


def _unit(name: str, platform: str) -> str:
    measure = measures()[name]
    return measure.unit if platform or not measure.together else measure.together
