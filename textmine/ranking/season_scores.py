"""Scores at equal audience as measures of an award: fitted on the posts that a category looks at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.errors import NotEnoughDataError
from textmine.posts import PLATFORMS
from textmine.ranking.account_weeks import account_weeks
from textmine.ranking.audience_model import fit_audience_model
from textmine.ranking.awards import AwardDefinition, Selection
from textmine.ranking.plain_scores import log_residuals, size_residual

Floats = npt.NDArray[np.float64]

OF_THE_MODEL: Final = ("engagement_rate", "size_residual")
"""Measures that a model of all agencies gives."""


@dataclass(frozen=True)
class SeasonScores:
    """Columns for a table of agencies.

    Parameters
    ----------
    columns
        By name of the column, shape (n_agencies,), NaN where it is not known.
    draws
        The same of ``engagement_rate``, shape (n_draws, n_agencies).
    notes
        What could not be fitted.
    """

    columns: dict[str, Floats] = field(default_factory=dict)
    draws: dict[str, Floats] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def season_scores(
    posts: pl.LazyFrame,
    register: pl.DataFrame,
    agencies: list[str],
    *,
    platforms: Iterable[str | None],
    n_draws: int,
    seed: int,
) -> SeasonScores:
    """Fit the model on some posts, on all platforms and on single ones.

    Parameters
    ----------
    posts
        Those that count.
    register
        Agencies and their clusters.
    agencies
        Rows of the table that the columns are for.
    platforms
        What is asked for: None is all platforms together.
    n_draws, seed
        Of the draws.
    """
    found, notes = SeasonScores(), []
    for platform in platforms:
        end = f"@{platform}" if platform else ""
        for name in OF_THE_MODEL:
            found.columns[name + end] = np.full(len(agencies), np.nan)
        kept = posts if platform is None else posts.filter(pl.col("platform").cast(pl.String) == platform)
        try:
            weeks = account_weeks(kept, agencies=register)
            model = fit_audience_model(weeks)
        except NotEnoughDataError as error:
            notes.append(f"engagement at equal audience{f' on {platform}' if platform else ''}: {error}")
            continue
        places = {name: place for place, name in enumerate(weeks.agencies)}
        rows = np.array([places.get(name, -1) for name in agencies])
        there = rows >= 0
        drawn = np.full((n_draws, len(agencies)), np.nan)
        drawn[:, there] = np.exp(model.draws(n_draws, seed=seed)[:, rows[there]])
        found.columns[f"engagement_rate{end}"][there] = np.exp(model.scores()[rows[there]])
        residual = (
            log_residuals(weeks.figures)[:, PLATFORMS.index(platform)] if platform else size_residual(weeks.figures)
        )
        found.columns[f"size_residual{end}"][there] = residual[rows[there]]
        found.draws[f"engagement_rate{end}"] = drawn
    return SeasonScores(found.columns, found.draws, tuple(notes))


def platforms_needed(definition: AwardDefinition, selection: Selection, categories: Iterable[str]) -> list[str | None]:
    """Where the categories with this selection of posts read a measure of the model; None is all platforms together."""
    wanted: dict[str | None, None] = {}
    for id in categories:
        category = definition.category(id)
        if category.selection == selection:
            for expression in (category.measure, *category.ties.by):
                for column in expression.measures:
                    name, _, platform = column.partition("@")
                    if name in OF_THE_MODEL:
                        wanted[platform or None] = None
    return list(wanted)
