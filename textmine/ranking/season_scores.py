"""Scores at equal audience as measures of an award: fitted on the posts that a category looks at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from textmine.errors import NotEnoughDataError
from textmine.platforms import PLATFORMS
from textmine.ranking.account_weeks import AccountFigures, AccountWeeks
from textmine.ranking.agency.dictionary import OF_THE_MODEL
from textmine.ranking.audience_model import fit_audience_model
from textmine.ranking.awards import AwardDefinition, Selection
from textmine.ranking.bootstrap import shared_weeks
from textmine.ranking.plain_scores import log_residuals, size_residual
from textmine.ranking.week_draws import WeekResamples

Floats = npt.NDArray[np.float64]

__all__ = ["OF_THE_MODEL", "SeasonScores", "columns_read", "platforms_needed", "season_scores"]

_PARTS: Final = ("n_posts", "total", "capped", "followers", "top", "top_capped")


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
    weeks: AccountWeeks,
    agencies: list[str],
    *,
    platforms: Iterable[str | None],
    n_draws: int,
    seed: int,
    resamples: WeekResamples | None = None,
) -> SeasonScores:
    """Fit the model on some posts, on all platforms and on single ones.

    Parameters
    ----------
    weeks
        Accounts by week, of the posts that count.
    agencies
        Rows of the table that the columns are for.
    platforms
        What is asked for: None is all platforms together.
    n_draws, seed
        Of the draws.
    resamples
        Weeks that other figures of the season are drawn with; the draws move with them.
    """
    found, notes = SeasonScores(), []
    places = {name: place for place, name in enumerate(weeks.agencies)}
    rows = np.array([places.get(name, -1) for name in agencies])
    there = rows >= 0
    for platform in platforms:
        end = f"@{platform}" if platform else ""
        for name in OF_THE_MODEL:
            found.columns[name + end] = np.full(len(agencies), np.nan)
        mine = weeks if platform is None else _on(weeks, platform)
        try:
            model = fit_audience_model(mine)
        except NotEnoughDataError as error:
            notes.append(f"engagement at equal audience{f' on {platform}' if platform else ''}: {error}")
            continue
        common = None if resamples is None else shared_weeks(model, resamples)
        drawn = np.full((n_draws, len(agencies)), np.nan)
        drawn[:, there] = np.exp(model.draws(n_draws, seed=seed, common=common)[:, rows[there]])
        found.columns[f"engagement_rate{end}"][there] = np.exp(model.scores()[rows[there]])
        found.columns[f"size_residual{end}"][there] = _residual(mine.figures, platform)[rows[there]]
        found.draws[f"engagement_rate{end}"] = drawn
    return SeasonScores(found.columns, found.draws, tuple(notes))


def _on(weeks: AccountWeeks, platform: str) -> AccountWeeks:
    """The accounts of one platform, as if the others had no posts."""
    elsewhere = np.array([name != platform for name in PLATFORMS])

    def kept(part: Floats) -> Floats:
        return np.where(elsewhere[:, None] if part.ndim == 3 else elsewhere, 0.0, part)

    figures = AccountFigures(**{name: kept(getattr(weeks.figures, name)) for name in _PARTS})
    n_posts, total, capped, squares = map(kept, (weeks.n_posts, weeks.total, weeks.capped, weeks.squares))
    return replace(weeks, n_posts=n_posts, total=total, capped=capped, squares=squares, figures=figures)


def _residual(figures: AccountFigures, platform: str | None) -> Floats:
    """A log ratio on one platform, standard deviations on all together: platforms are not averaged as they are."""
    if platform is None:
        return size_residual(figures)
    return np.asarray(log_residuals(figures)[:, [name == platform for name in PLATFORMS]][:, 0])


def columns_read(definition: AwardDefinition, selection: Selection, categories: Iterable[str]) -> tuple[str, ...]:
    """Columns that the measures and tie rules of the categories with this selection of posts read, in order."""
    found: dict[str, None] = {}
    for id in categories:
        category = definition.category(id)
        if category.selection == selection:
            for expression in (category.measure, *category.ties.by):
                found |= dict.fromkeys(expression.measures)
    return tuple(found)


def platforms_needed(
    definition: AwardDefinition, selection: Selection, categories: Iterable[str], *, prefix: str = ""
) -> list[str | None]:
    """Where the categories with this selection of posts read a measure of the model; None is all platforms together.

    With a prefix, ``image_`` or ``video_``, its measures of these posts alone.
    """
    wanted: dict[str | None, None] = {}
    for column in columns_read(definition, selection, categories):
        name, _, platform = column.partition("@")
        if name in {prefix + each for each in OF_THE_MODEL}:
            wanted[platform or None] = None
    return list(wanted)
