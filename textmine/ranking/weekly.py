"""What posts of an award add up to by account and week: enough to rank as if some of them did not exist.

Posts are not read for it: the ranking added them up, and every what-if is a sum over weeks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from textmine.errors import NotEnoughDataError
from textmine.platforms import PLATFORMS
from textmine.ranking.account_weeks import AccountFigures, AccountWeeks
from textmine.ranking.audience_model import AudienceModel, fit_audience_model
from textmine.ranking.awards import AwardDefinition, Selection
from textmine.ranking.season_weeks import SeasonWeeks, view_of

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SUMS: Final = ("posts", "known", "engagement", "viewed", "views", "judged", "high")
"""Those of a season's weeks that measures are computed from: credited posts; those with engagement, and their
engagement; those with views, and their views; those whose quality was judged, and their probabilities of being high."""


@dataclass(frozen=True)
class WeeklySums:
    """Posts of a selection by account and week.

    Parameters
    ----------
    agencies
        Rows of the table of agencies.
    monday
        First day of week 0, Asia/Jakarta.
    sums
        By name of ``SUMS``, shape (n_agencies, 4, n_weeks), platforms in the order of ``PLATFORMS``; all weeks of the
        period, those at its ends whole.
    accounts
        What the model of audiences looks at.
    """

    agencies: tuple[str, ...]
    monday: date
    sums: dict[str, Floats]
    accounts: AccountWeeks

    @property
    def n_weeks(self) -> int:
        """Weeks of the period."""
        return int(self.sums["posts"].shape[2])

    @cached_property
    def rows(self) -> npt.NDArray[np.int64]:
        """Place of each agency of the table among those of ``accounts``, -1 where it has none."""
        places = {name: at for at, name in enumerate(self.accounts.agencies)}
        return np.array([places.get(name, -1) for name in self.agencies], dtype=np.int64)

    @cached_property
    def models(self) -> dict[str | None, AudienceModel | None]:
        """Models that were fitted, by platform; see :meth:`model`."""
        return {}

    def model(self, platform: str | None) -> AudienceModel | None:
        """The model of audiences on all platforms (None) or on one; None where it cannot be fitted."""
        if platform not in self.models:
            self.models[platform] = self._fitted(platform)
        return self.models[platform]

    def _fitted(self, platform: str | None) -> AudienceModel | None:
        there = np.array([platform in (None, name) for name in PLATFORMS])
        figures = self.accounts.figures
        weeks = replace(
            self.accounts,
            n_posts=self.accounts.n_posts * there[:, None],
            total=self.accounts.total * there[:, None],
            capped=self.accounts.capped * there[:, None],
            squares=self.accounts.squares * there,
            figures=replace(
                figures,
                n_posts=figures.n_posts * there,
                total=figures.total * there,
                capped=figures.capped * there,
                top=figures.top * there,
                top_capped=figures.top_capped * there,
            ),
        )
        try:
            return fit_audience_model(weeks)
        except NotEnoughDataError:
            return None

    def figures(self, weeks: Bools) -> AccountFigures:
        """Figures of accounts over some weeks, shape (n_weeks,). Audiences stay; no post is higher than its account."""
        whole = self.accounts.figures
        if weeks.all():
            return whole
        first = (date.fromisoformat(self.accounts.first_week) - self.monday).days // 7
        kept = weeks[first : first + self.accounts.n_weeks]
        n_posts, total, capped = (
            part[:, :, kept].sum(axis=2) for part in (self.accounts.n_posts, self.accounts.total, self.accounts.capped)
        )
        top, top_capped = np.minimum(whole.top, total), np.minimum(whole.top_capped, capped)
        return replace(whole, n_posts=n_posts, total=total, capped=capped, top=top, top_capped=top_capped)


def weekly_sums(
    weeks: SeasonWeeks,
    definition: AwardDefinition,
    selection: Selection,
    agencies: list[str],
    *,
    without_flagged: bool,
) -> WeeklySums:
    """Take the posts of one selection out of a season's weeks.

    Parameters
    ----------
    weeks
        Of the season.
    definition
        Its period says which weeks there are; those of the posts without one.
    selection
        The posts; of a campaign all that it is part of.
    agencies
        Rows of the table of agencies.
    without_flagged
        Whether flagged posts are left out.
    """
    view = view_of(selection)
    found = weeks.by_platform(view, without_flagged=without_flagged)
    first = date.fromisoformat(weeks.first_week)
    monday = _monday(definition.period.first) if definition.period else first
    start = (first - monday).days // 7
    places = {name: at for at, name in enumerate(weeks.agencies)}
    rows = np.array([places.get(name, -1) for name in agencies], dtype=np.int64)
    shape = (len(agencies), len(PLATFORMS), max(weeks.period_weeks, start + weeks.n_weeks))
    sums = {name: np.zeros(shape) for name in SUMS}
    for name, values in sums.items():
        values[rows >= 0, :, start : start + weeks.n_weeks] = found[name][rows[rows >= 0]]
    return WeeklySums(tuple(agencies), monday, sums, weeks.accounts[view][int(without_flagged)])


def _monday(day: date) -> date:
    return date.fromordinal(day.toordinal() - day.weekday())
