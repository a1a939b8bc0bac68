"""What posts of an award add up to by account and week: enough to rank as if some of them did not exist.

Posts are read once for it; every what-if after that is a sum over weeks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.engagement import engagement_of_post
from textmine.errors import NotEnoughDataError
from textmine.posts import PLATFORMS, local_day
from textmine.ranking.account_weeks import AccountFigures, AccountWeeks, account_weeks
from textmine.ranking.audience_model import AudienceModel, fit_audience_model
from textmine.ranking.awards import AwardDefinition, Period

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SUMS: Final = ("posts", "known", "engagement", "viewed", "views")
"""Credited posts; those with engagement, and their engagement; those with views, and their views."""


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
        What the model of audiences looks at; None where no post can be used.
    """

    agencies: tuple[str, ...]
    monday: date
    sums: dict[str, Floats]
    accounts: AccountWeeks | None

    @property
    def n_weeks(self) -> int:
        """Weeks of the period."""
        return int(self.sums["posts"].shape[2])

    @cached_property
    def rows(self) -> npt.NDArray[np.int64]:
        """Place of each agency of the table among those of ``accounts``, -1 where it has none."""
        places = {} if self.accounts is None else {name: at for at, name in enumerate(self.accounts.agencies)}
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
        if self.accounts is None:
            return None
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

    def figures(self, weeks: Bools) -> AccountFigures | None:
        """Figures of accounts over some weeks, shape (n_weeks,). Audiences stay; no post is higher than its account."""
        if self.accounts is None:
            return None
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
    posts: pl.LazyFrame, definition: AwardDefinition, register: pl.DataFrame, agencies: list[str]
) -> WeeklySums:
    """Add up posts by week, streamed.

    Parameters
    ----------
    posts
        Those that count, of one selection.
    definition
        Its period says which weeks there are; those of the posts without one.
    register
        Agencies and their clusters.
    agencies
        Rows of the table of agencies.
    """
    views_hidden = pl.col("hidden").cast(pl.List(pl.String)).list.contains("views").fill_null(False)
    engagement = engagement_of_post().cast(pl.Float64)
    views = pl.when(~views_hidden).then(pl.col("views").cast(pl.Float64))
    agency, week = pl.col("agency").cast(pl.String), local_day().dt.truncate("1w").alias("week")
    known = (
        posts.filter(agency.is_in(agencies))
        .group_by(agency, pl.col("platform").cast(pl.String), week)
        .agg(
            pl.len().alias("posts"),
            engagement.count().alias("known"),
            engagement.sum().alias("engagement"),
            views.count().alias("viewed"),
            views.sum().alias("views"),
        )
        .sort("agency", "platform", "week")
        .collect(engine="streaming")
    )
    period = definition.period or _period_of(known)
    monday = _monday(period.first)
    n_weeks = (_monday(period.last) - monday).days // 7 + 1
    places = {name: at for at, name in enumerate(agencies)}
    at = (
        known["agency"].replace_strict(places, return_dtype=pl.Int64).to_numpy(),
        known["platform"].replace_strict({name: at for at, name in enumerate(PLATFORMS)}, return_dtype=pl.Int64),
        ((known["week"] - monday).dt.total_days() // 7).to_numpy(),
    )
    sums = {name: np.zeros((len(agencies), len(PLATFORMS), n_weeks)) for name in SUMS}
    for name, values in sums.items():
        values[at] = known[name].to_numpy()
    try:
        accounts = account_weeks(posts, agencies=register)
    except NotEnoughDataError:
        accounts = None
    return WeeklySums(tuple(agencies), monday, sums, accounts)


def _period_of(known: pl.DataFrame) -> Period:
    first, last = known["week"].min(), known["week"].max()
    if not isinstance(first, date) or not isinstance(last, date):
        raise NotEnoughDataError("no post counts", needed=1, got=0)
    return Period(first, last)


def _monday(day: date) -> date:
    return date.fromordinal(day.toordinal() - day.weekday())
