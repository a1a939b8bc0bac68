"""Which measures of an award are drawn, and how: what a draw of the weeks does to each.

What an agency decides by itself stands as it was counted: its posts, its active weeks, its followers. What came back,
what classifiers read in a sample of captions, and how even its weeks were would have been another in other weeks.
So a total of reactions is its known number of posts times a drawn mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import expit, logit

from textmine.platforms import PLATFORMS
from textmine.ranking.account_weeks import AccountFigures, AccountWeeks
from textmine.ranking.agency.dictionary import OF_THE_MODEL, base_of
from textmine.ranking.awards import Selection
from textmine.ranking.measures import measures
from textmine.ranking.plain_scores import log_residuals, size_residual
from textmine.ranking.season_weeks import SeasonWeeks, View, view_of
from textmine.ranking.week_draws import WeekResamples, deviations, in_blocks, of_leaving_out, of_ratio
from textmine.sentiment.confusion import Confusion
from textmine.sentiment.labels import CLASSES

Floats = npt.NDArray[np.float64]

CERTAIN: Final = ("n_posts", "posts_per_week", "active_weeks_share", "audience", "engagement_coverage")
"""Measures that are facts of the export."""

_RATIOS: Final = {
    "engagement_per_post": ("engagement", "known"),
    "engagement_total": ("engagement", "known"),
    "views_per_post": ("views", "viewed"),
    "views_total": ("views", "viewed"),
}
_SHARES: Final = {"quality": ("high", "judged")} | {f"{tone}_share": (tone, "read") for tone in CLASSES}
_COUNTED_SHARES: Final = {f"{tone}_posts": (tone, "read") for tone in CLASSES}


@dataclass(frozen=True)
class WeekDraws:
    """Draws by column, shape (n_draws, n_agencies), and the columns that nobody knows how to draw."""

    draws: dict[str, Floats]
    undrawn: tuple[str, ...]


@dataclass(frozen=True)
class Drawing:
    """What draws of measures are made of.

    Parameters
    ----------
    table
        Agencies in rows, measures in columns.
    weeks
        What posts add up to by week.
    without_flagged
        Whether flagged posts are left out.
    resamples
        The weeks that were drawn.
    confusion
        Mistakes of the sentiment classifier, where shares are corrected for them.
    """

    table: pl.DataFrame
    weeks: SeasonWeeks
    without_flagged: bool
    resamples: WeekResamples
    confusion: Confusion | None = None

    def draw(self, columns: Iterable[str], selection: Selection) -> WeekDraws:
        """Draws of the columns that a selection of posts has and that are uncertain."""
        found: dict[str, Floats] = {}
        undrawn: list[str] = []
        for column in columns:
            name, _, platform = column.partition("@")
            measure = measures().get(name)
            if measure is None or column not in self.table.columns or base_of(measure) in CERTAIN:
                continue
            if measure.needs_campaign or base_of(measure) == OF_THE_MODEL[0]:
                continue  # drawn where they are computed
            view = view_of(selection, name, platform)
            drawn = self._of(base_of(measure), column, view, platform)
            if drawn is None:
                undrawn.append(column)
            else:
                found[column] = drawn
        return WeekDraws(found, tuple(undrawn))

    def _of(self, base: str, column: str, view: View, platform: str) -> Floats | None:
        value = self.table[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        if base in _RATIOS:
            with np.errstate(over="ignore"):
                return value * np.exp(np.clip(self._ratio(view, *_RATIOS[base]), -8, 8))
        if base in _SHARES or base in _COUNTED_SHARES:
            return self._share(value, view, base)
        if base == "media_share":
            return self._media_share(value, view)
        if base == "consistency":
            return self._consistency(value, view)
        if base == "engagement_median":
            return self._median(value, view)
        if base == "size_residual":
            return self._residual(value, view, platform)
        if measures()[base].group == "published rates":
            return self._published(value, view, platform, column)
        return None

    def _sums(self, view: View) -> dict[str, Floats]:
        """Sums by week of the agencies of the table; 0 for those that the season does not have."""
        sums = self.weeks.of(view, without_flagged=self.without_flagged)
        return {name: self._placed(values, 0.0) for name, values in sums.items()}

    def _placed(self, values: Floats, missing: float) -> Floats:
        """Rows of the season's agencies in the order of the table's."""
        places = {name: place for place, name in enumerate(self.weeks.agencies)}
        rows = np.array([places.get(name, -1) for name in self.table["agency"].to_list()])
        out = np.full((len(rows), *values.shape[1:]), missing)
        out[rows >= 0] = values[rows[rows >= 0]]
        return out

    def _ratio(self, view: View, sums: str, counts: str) -> Floats:
        known = self._sums(view)
        influence = of_ratio(known[sums], known[counts], self.resamples.block_weeks)
        return deviations(influence, known[counts], self.resamples)

    def _share(self, value: Floats, view: View, base: str) -> Floats:
        tone, counted = (_SHARES | _COUNTED_SHARES)[base]
        known = self._sums(view)
        counts = known[counted]
        n = counts.sum(axis=1)
        share = known[tone].sum(axis=1) / np.maximum(n, 1e-12)
        added = known[tone]
        if base in _SHARES and tone in CLASSES and self.confusion is not None:
            # Shares that would look like the mean probabilities, by the classifier's known mistakes: a line in them.
            undo = np.linalg.inv(self.confusion.mean_probabilities)[:, CLASSES.index(tone)]
            added = sum(undo[place] * known[name] for place, name in enumerate(CLASSES))
            share = value
        influence = _of_share(added, counts, share, self.resamples.block_weeks)
        least = 0.5 / np.maximum(n, 1.0)
        off = np.clip(deviations(influence, counts, self.resamples), -12, 12)
        drawn = expit(logit(np.clip(share, least, 1 - least)) + off)
        if base in _SHARES:
            return np.where(np.isnan(value), np.nan, drawn)
        return np.asarray(value * drawn / np.clip(share, least, 1 - least))

    def _media_share(self, value: Floats, view: View) -> Floats:
        everything = self._sums((view[0], ()))["posts"]
        influence = of_ratio(self._sums(view)["posts"], everything, self.resamples.block_weeks, share=True)
        least = 0.5 / np.maximum(everything.sum(axis=1), 1.0)
        off = np.clip(deviations(influence, everything, self.resamples), -12, 12)
        return np.where(np.isnan(value), np.nan, expit(logit(np.clip(value, least, 1 - least)) + off))

    def _consistency(self, value: Floats, view: View) -> Floats:
        posts = self._sums(view)["posts"]
        empty = np.zeros((len(posts), self.weeks.period_weeks - self.weeks.n_weeks))

        def log_odds(weights: Floats) -> Floats:
            kept = np.concatenate([posts[:, weights > 0], empty], axis=1)
            return np.asarray(logit(np.clip(1 - _gini(kept), 1e-3, 1 - 1e-3)))

        influence = of_leaving_out(log_odds, self.weeks.n_weeks, self.resamples.block_weeks)
        # Every week says as much, also one without posts.
        off = deviations(influence, np.ones_like(posts), self.resamples)
        return np.asarray(expit(logit(np.clip(value, 1e-3, 1 - 1e-3)) + off))

    def _median(self, value: Floats, view: View) -> Floats | None:
        if view not in self.weeks.medians:
            return None
        medians = self._placed(self.weeks.medians[view][int(self.without_flagged)], np.nan)
        counts = np.where(np.isnan(medians), 0.0, self._sums(view)["known"])
        logs = np.log(np.where(counts > 0, medians, 1.0) + 0.5)
        n = np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
        mean = (logs * counts).sum(axis=1, keepdims=True) / n
        influence = in_blocks(counts.shape[1] * (logs - mean) * counts / n, self.resamples.block_weeks)
        return np.asarray((value + 0.5) * np.exp(deviations(influence, counts, self.resamples)) - 0.5)

    def _residual(self, value: Floats, view: View, platform: str) -> Floats | None:
        whole: View = ((), view[1])
        source = view if view in self.weeks.accounts else whole
        if source not in self.weeks.accounts:
            return None
        accounts = self.weeks.accounts[source][int(self.without_flagged)]

        def residual(weights: Floats) -> Floats:
            figures = _weighted(accounts, weights)
            return log_residuals(figures)[:, PLATFORMS.index(platform)] if platform else size_residual(figures)

        influence = of_leaving_out(residual, accounts.n_weeks, self.resamples.block_weeks)
        counts = accounts.n_posts[:, PLATFORMS.index(platform)] if platform else accounts.n_posts.sum(axis=1)
        off = deviations(self._placed(influence, 0.0), self._placed(counts, 0.0), self.resamples)
        return np.asarray(value + off)

    def _published(self, value: Floats, view: View, platform: str, column: str) -> Floats | None:
        """A rate moves as engagement a post does in its weeks; together, in standard deviations of each platform."""
        if platform:
            return np.asarray(value * np.exp(np.clip(self._ratio(view, "engagement", "known"), -8, 8)))
        parts, known = np.zeros((self.resamples.n_draws, len(value))), np.zeros(len(value))
        for name in view[0] or PLATFORMS:
            if f"{column}@{name}" not in self.table.columns:
                return None
            rate = self.table[f"{column}@{name}"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
            there = rate > 0
            spread = np.log(rate[there]).std() if there.sum() > 1 else 0.0
            if spread > 0:
                off = self._ratio(((name,), view[1]), "engagement", "known") / spread
                parts += np.where(there, off, 0.0)
                known += there
        return np.asarray(value + parts / np.maximum(known, 1))


def _of_share(sums: Floats, counts: Floats, share: Floats, block_weeks: int) -> Floats:
    """Influence of blocks on the log-odds of a share that is a mean, or a line in means."""
    n = np.maximum(counts.sum(axis=1, keepdims=True), 1e-12)
    least = 0.5 / np.maximum(counts.sum(axis=1), 1.0)
    held = np.clip(np.nan_to_num(share, nan=0.5), least, 1 - least)
    mean = sums.sum(axis=1, keepdims=True) / n
    weekly = counts.shape[1] * (sums - mean * counts) / n / (held * (1 - held))[:, None]
    return in_blocks(weekly, block_weeks)


def _weighted(accounts: AccountWeeks, weights: Floats) -> AccountFigures:
    """Figures with weights of weeks; audiences and best posts stay as they are."""
    n_posts, total, capped = (part @ weights for part in (accounts.n_posts, accounts.total, accounts.capped))
    return replace(accounts.figures, n_posts=n_posts, total=total, capped=capped)


def _gini(counts: Floats) -> Floats:
    """Gini coefficient of posts by week, shape (n_agencies,)."""
    n = counts.shape[1]
    ordered = np.sort(counts, axis=1)
    total = np.maximum(ordered.sum(axis=1), 1e-12)
    return np.asarray(2 * (ordered @ np.arange(1, n + 1)) / (n * total) - (n + 1) / n)
