"""Ranks by the award's own score as if some posts did not exist: other periods, no smallest account or top post.

Measures that add up by week are computed again: numbers of posts, their evenness, engagement, views. The score at equal
audience is moved by as much as the fitted model moves, its variances kept. Other measures (medians, published rates,
sentiment, campaigns) stay as they are, and so does who is eligible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.platforms import PLATFORMS
from textmine.ranking.account_weeks import AccountFigures
from textmine.ranking.awards import Selection
from textmine.ranking.contest import Contest
from textmine.ranking.expressions import MeasureTable
from textmine.ranking.features_behind import columns_of
from textmine.ranking.leave_out import smallest_accounts, top_accounts, without_accounts, without_top_posts
from textmine.ranking.plain_scores import log_residuals, size_residual
from textmine.ranking.season_scores import OF_THE_MODEL
from textmine.ranking.standings import needed_categories
from textmine.ranking.weekly import WeeklySums

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

Thing = Literal["smallest account", "top post"]

BY_WEEK: Final = (
    "n_posts", "posts_per_week", "active_weeks_share", "consistency", "engagement_coverage", "engagement_total",
    "engagement_per_post", "views_total", "views_per_post", "quality",
)  # fmt: skip
"""Measures that sums by week give exactly."""


@dataclass(frozen=True)
class Scenario:
    """What is left out.

    Parameters
    ----------
    name
        In words.
    weeks
        Weeks that are left, by their place in the period; None for all.
    platform
        Platform that is left out for everybody.
    agency, thing
        Agency whose smallest account or top post is left out, everybody else as they are.
    """

    name: str
    weeks: tuple[int, ...] | None = None
    platform: str | None = None
    agency: str | None = None
    thing: Thing | None = None


def period_scenarios(weekly: WeeklySums) -> list[Scenario]:
    """Halves of the period, the period without each quarter of a year, and without its last month.

    A week belongs to the month of its Thursday. Periods of less than eight weeks have none.
    """
    n = weekly.n_weeks
    if n < 8:
        return []
    thursdays = [weekly.monday + timedelta(days=7 * week + 3) for week in range(n)]
    found = [
        Scenario("first half", tuple(range(n // 2))),
        Scenario("second half", tuple(range(n // 2, n))),
    ]
    quarters = [f"{day.year} Q{(day.month + 2) // 3}" for day in thursdays]
    if len(set(quarters)) > 1:
        for quarter in dict.fromkeys(quarters):
            left = tuple(week for week in range(n) if quarters[week] != quarter)
            found.append(Scenario(f"without {quarter}", left))
    last = thursdays[-1]
    before = tuple(
        week for week in range(n) if (thursdays[week].year, thursdays[week].month) != (last.year, last.month)
    )
    return [*found, Scenario("without the last month", before)] if before else found


def platform_scenarios(weekly: WeeklySums) -> list[Scenario]:
    """Without each platform on which there are posts, where there are at least two."""
    there = [name for place, name in enumerate(PLATFORMS) if weekly.sums["posts"][:, place].any()]
    return [Scenario(f"without {name}", platform=name) for name in there] if len(there) > 1 else []


@dataclass(frozen=True)
class WhatIf:
    """Answers what-ifs of one season; what contests have in common is computed once.

    Parameters
    ----------
    weekly
        By selection of posts.
    """

    weekly: Mapping[Selection, WeeklySums]
    _columns: dict[tuple[Selection, Scenario, str], Floats] = field(default_factory=dict, repr=False)

    def contest(self, contest: Contest, scenario: Scenario) -> Contest:
        """The contest as it would be."""
        definition = contest.definition
        needed = [definition.category(id) for id in needed_categories(definition, contest.award.category)]
        figures = dict(contest.figures)
        for selection in {each.selection for each in needed}:
            if selection in self.weekly:
                expressions = [
                    expression
                    for each in needed
                    if each.selection == selection
                    for expression in (each.measure, *each.ties.by)
                ]
                read = {column for expression in expressions for column in expression.measures}
                figures[selection] = self._figures(contest.figures[selection], selection, scenario, read)
        return replace(contest, figures=figures, uncertain=None)

    def reaches(self, contest: Contest) -> bool:
        """Whether anything that the score is made of can be told without some posts."""
        pairs = columns_of(contest)
        names = {column.partition("@")[0] for selection, column in pairs if selection in self.weekly}
        return bool(names & {*BY_WEEK, *OF_THE_MODEL})

    def whose(self, contest: Contest, scenario: Scenario) -> str | None:
        """Platform of the account or post that is left out of the category's posts."""
        weekly = self.weekly.get(contest.award.category.selection)
        if weekly is None or scenario.agency is None:
            return None
        marked = _marked(weekly, scenario)
        return PLATFORMS[int(marked.any(axis=0).argmax())] if marked.any() else None

    def _figures(self, figures: MeasureTable, selection: Selection, scenario: Scenario, read: set[str]) -> MeasureTable:
        columns = []
        for column in sorted(read & set(figures.table.columns)):
            key = (selection, scenario, column)
            if key not in self._columns:
                stored = figures.table[column].cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
                found = _computed(self.weekly[selection], scenario, column, stored)
                self._columns[key] = stored if found is None else found
            columns.append(pl.Series(column, self._columns[key]).fill_nan(None))
        return MeasureTable(figures.table.with_columns(columns))


def _computed(weekly: WeeklySums, scenario: Scenario, column: str, stored: Floats) -> Floats | None:
    """A column without what is left out; None where nobody can tell."""
    name, _, platform = column.partition("@")
    if name in BY_WEEK:
        return _by_week(weekly, scenario, name, platform)
    if name in OF_THE_MODEL:
        return _of_the_model(weekly, scenario, name, platform or None, stored)
    return None


def _by_week(weekly: WeeklySums, scenario: Scenario, name: str, platform: str) -> Floats:
    """Measures that add up, shape (n_agencies,); a top post is taken out of the sums, not out of its week."""
    weeks, gone, less = _weeks(weekly, scenario), _accounts_gone(weekly, scenario), _posts_gone(weekly, scenario)
    there = [PLATFORMS.index(platform)] if platform else list(range(len(PLATFORMS)))
    kept = {key: np.where(gone[:, :, None], 0.0, values)[:, there][:, :, weeks] for key, values in weekly.sums.items()}
    by_week = kept["posts"].sum(axis=1)
    total = {key: values.sum(axis=(1, 2)) for key, values in kept.items()}
    taken = less[:, there].sum(axis=1)
    n, known = total["posts"] - (taken > 0), total["known"] - (taken > 0)
    n_weeks = int(weeks.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        match name:
            case "n_posts":
                return np.asarray(n)
            case "posts_per_week":
                return np.asarray(n / n_weeks)
            case "active_weeks_share":
                return np.asarray((by_week > 0).sum(axis=1) / n_weeks)
            case "consistency":
                return np.where(n > 0, 1 - _gini(by_week), np.nan)
            case "engagement_coverage":
                return np.where(n > 0, known / n, np.nan)
            case "engagement_total":
                return np.where(known > 0, total["engagement"] - taken, np.nan)
            case "engagement_per_post":
                return np.where(known > 0, (total["engagement"] - taken) / known, np.nan)
            case "views_total":
                return np.where(total["viewed"] > 0, total["views"], np.nan)
            case "views_per_post":
                return np.where(total["viewed"] > 0, total["views"] / total["viewed"], np.nan)
            case _:
                return np.where(total["judged"] > 0, total["high"] / total["judged"], np.nan)


def _of_the_model(
    weekly: WeeklySums, scenario: Scenario, name: str, platform: str | None, stored: Floats
) -> Floats | None:
    """The score at equal audience or the residual, from the figures of accounts that are left."""
    model = weekly.model(platform)
    if model is None:
        return None
    figures = _figures_left(weekly, scenario, platform)
    if name == "size_residual":
        return _placed(
            weekly, log_residuals(figures)[:, PLATFORMS.index(platform)] if platform else size_residual(figures)
        )
    moved = model.rescored(figures) - model.rescored(model.weeks.figures)
    return np.asarray(stored * np.exp(_placed(weekly, moved)))


def _figures_left(weekly: WeeklySums, scenario: Scenario, platform: str | None) -> AccountFigures:
    figures = weekly.figures(_weeks(weekly, scenario))
    marked = _marked(weekly, scenario)
    if scenario.thing == "top post":
        figures = without_top_posts(figures, marked)
    elif scenario.thing == "smallest account":
        figures = without_accounts(figures, marked)
    names = np.array(PLATFORMS)
    elsewhere = (names == scenario.platform) | ((names != platform) if platform else False)
    return without_accounts(figures, np.broadcast_to(elsewhere, figures.n_posts.shape))


def _marked(weekly: WeeklySums, scenario: Scenario) -> Bools:
    """The account that is left out, or that has the post, among ``accounts``, shape (n, 4)."""
    figures = weekly.accounts.figures
    if scenario.agency not in weekly.accounts.agencies:
        return np.zeros(figures.n_posts.shape, dtype=bool)
    mine = np.zeros((len(weekly.accounts.agencies), 1), dtype=bool)
    mine[weekly.accounts.agencies.index(scenario.agency)] = True
    return mine & (smallest_accounts(figures) if scenario.thing == "smallest account" else top_accounts(figures))


def _weeks(weekly: WeeklySums, scenario: Scenario) -> Bools:
    if scenario.weeks is None:
        return np.ones(weekly.n_weeks, dtype=bool)
    return np.isin(np.arange(weekly.n_weeks), scenario.weeks)


def _accounts_gone(weekly: WeeklySums, scenario: Scenario) -> Bools:
    """Accounts that are left out, among the agencies of the table, shape (n_agencies, 4)."""
    gone = np.zeros((len(weekly.agencies), len(PLATFORMS)), dtype=bool)
    if scenario.platform is not None:
        gone[:, PLATFORMS.index(scenario.platform)] = True
    if scenario.thing == "smallest account":
        gone[weekly.rows >= 0] |= _marked(weekly, scenario)[weekly.rows[weekly.rows >= 0]]
    return gone


def _posts_gone(weekly: WeeklySums, scenario: Scenario) -> Floats:
    """Engagement of the post that is left out, in the place of its account, shape (n_agencies, 4)."""
    gone = np.zeros((len(weekly.agencies), len(PLATFORMS)))
    if scenario.thing == "top post":
        here = weekly.rows >= 0
        marked = np.where(_marked(weekly, scenario), weekly.accounts.figures.top, 0.0)
        gone[here] = marked[weekly.rows[here]]
    return gone


def _placed(weekly: WeeklySums, values: Floats) -> Floats:
    """Values of the accounts' agencies in the places of the table's."""
    out = np.full(len(weekly.agencies), np.nan)
    here = weekly.rows >= 0
    out[here] = values[weekly.rows[here]]
    return out


def _gini(counts: Floats) -> Floats:
    """Gini coefficient of posts by week, shape (n_agencies,)."""
    n = counts.shape[1]
    ordered = np.sort(counts, axis=1)
    total = np.maximum(ordered.sum(axis=1), 1e-12)
    return np.asarray(2 * (ordered @ np.arange(1, n + 1)) / (n * total) - (n + 1) / n)
