"""Scores of agencies at equal audience: an empirical Bayes model of accounts within agencies.

The logarithm of an account's mean engagement is

    log m = a(platform, cluster) + b(platform, cluster) log followers + agency + account + noise

where noise has the gamma-Poisson variance of :mod:`textmine.ranking.dispersion`, agency ~ N(0, agency_sd^2),
account ~ N(0, account_sd^2) and b(platform, cluster) ~ N(b, slope_sd^2); or, with a chance of one in ten before any
data, b = 1 everywhere, as every rate by followers takes for granted. Comparing an agency's own accounts tells b apart
from quality: they differ in audience and share the agency. The score is agency + mean of its accounts' effects: the
logarithm of how many times the engagement of the average agency of its cluster it has, at the same audience.

The three standard deviations are integrated over a grid by their restricted likelihood (REML), so that intervals know
that they are estimated. An account further than 2.5 standard deviations from what all others say is given the noise
with which it would lie there.

References
----------
Buehlmann, H. and Straub, E. (1970). Glaubwuerdigkeit fuer Schadensaetze. Mitteilungen der Vereinigung schweizerischer
Versicherungsmathematiker 70, 111-133.
Morris, C. N. (1983). Parametric Empirical Bayes Inference: Theory and Applications. JASA 78, 47-55.
Harville, D. A. (1977). Maximum Likelihood Approaches to Variance Component Estimation. JASA 72, 320-338.
Gelman, A. (2006). Prior Distributions for Variance Parameters in Hierarchical Models. Bayesian Analysis 1, 515-534.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import digamma, polygamma

from textmine.blas import one_blas_thread
from textmine.errors import NotEnoughDataError
from textmine.platforms import PLATFORMS
from textmine.ranking.account_weeks import AccountFigures, AccountWeeks
from textmine.ranking.dispersion import BLOCK_WEEKS, Dispersion, dispersion
from textmine.ranking.mixed_model import FAIR_CHANCE, MixedModel
from textmine.ranking.posterior import Posterior

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

Within = Literal["cluster", "all"]
Z90: Final = 1.6448536269514722
"""Half width of a 90 % interval in standard deviations."""


@dataclass(frozen=True)
class AudienceModel:
    """A fitted model; made by :func:`fit_audience_model`.

    Attributes
    ----------
    agencies
        Positions in ``weeks.agencies`` of those with an account that can be used, shape (n_scored,).
    groups
        Ranking group of each of them: cluster, or 0 for all, shape (n_scored,).
    group_names
        Names of ranking groups.
    posterior
        What is known of scores.
    slopes
        :func:`exponents` as a frame.
    outlying
        Accounts that were given more noise: agency, platform, deviation (in standard deviations), weight.
    """

    weeks: AccountWeeks
    within: Within
    dispersion: Dispersion
    agencies: Integers
    groups: Integers
    group_names: tuple[str, ...]
    model: MixedModel
    posterior: Posterior
    cells: tuple[Integers, Integers]
    slopes: pl.DataFrame
    outlying: pl.DataFrame

    def scores(self) -> Floats:
        """Posterior mean of every agency, NaN for those that cannot be scored, shape (n_agencies,)."""
        return self._spread(self.posterior.mean)

    def standard_deviations(self) -> Floats:
        """Posterior standard deviation, shape (n_agencies,)."""
        return self._spread(self.posterior.sd)

    def draws(self, n_draws: int, *, seed: int, common: tuple[Floats, Floats] | None = None) -> Floats:
        """Scores as they may be, b and variances included, shape (n_draws, n_agencies).

        With ``common``, of :func:`textmine.ranking.bootstrap.shared_weeks`, they move with other figures of the season.
        """
        return self._spread(self.posterior.draw(n_draws, np.random.default_rng(seed), common=common))

    def rescored(self, figures: AccountFigures) -> Floats:
        """Scores from other figures of the same agencies, variances kept; NaN where no account is left, (n_agencies,).

        For what-ifs: an account with ``n_posts`` 0 is as if it did not exist.
        """
        usable = _usable(figures)[self.cells]
        if not usable.any():
            return np.full(len(self.weeks.agencies), np.nan)
        level, noise, size = (part[self.cells] for part in _logarithms(figures, self.dispersion))
        # What made an account outlying once makes it so again.
        model = self.model.restricted(level, noise / self.model.weight, size - self._centre(), usable)
        scores = model.posterior_at(*self.posterior.typical, self.dispersion.agency_weeks).mean
        places = np.full(len(self.weeks.agencies), np.nan)
        places[np.unique(self.cells[0][usable])] = scores
        return places

    def smoothed(self, capped: Floats, n_posts: Floats) -> Floats:
        """Scores from resampled totals, shape (n_resamples, n_agencies).

        Parameters
        ----------
        capped, n_posts
            Shape (n_resamples, n_agencies, 4).
        """
        rows, columns = self.cells
        there = n_posts[:, rows, columns]
        few = self.dispersion.posts[columns] / np.maximum(self.weeks.figures.n_posts[rows, columns], 1) / 2
        level = digamma(capped[:, rows, columns] + 0.5) - np.log(np.maximum(there, 1)) + few
        level = np.where(there > 0, level, self.model.level[None, :])
        return self._spread(self.model.smooth(level, *self.posterior.typical, self.dispersion.agency_weeks))

    def _centre(self) -> Floats:
        size = np.log(self.weeks.figures.followers[self.cells])
        return np.asarray(size - self.model.size)

    def _spread(self, values: Floats) -> Floats:
        """Values of scored agencies in the place of all agencies (last axis)."""
        places = np.full((*values.shape[:-1], len(self.weeks.agencies)), np.nan)
        places[..., self.agencies] = values
        return places


def fit_audience_model(
    weeks: AccountWeeks,
    *,
    within: Within = "cluster",
    block_weeks: int = BLOCK_WEEKS,
    robust: bool = True,
    fair: float = FAIR_CHANCE,
) -> AudienceModel:
    """Fit the model.

    Parameters
    ----------
    weeks
        Accounts by week.
    within
        ``cluster``: agencies are compared with their own cluster, each with its own level by platform. ``all``: one
        level a platform, so that clusters may differ.
    block_weeks
        Weeks that belong together, for the dispersion.
    robust
        Give outlying accounts more noise.
    fair
        Probability, before any data, that b is 1 everywhere, as rates by followers have it; 0 to leave it out.

    Raises
    ------
    NotEnoughDataError
        No account has posts and a known audience.
    """
    spread = dispersion(weeks, block_weeks=block_weeks)
    usable = _usable(weeks.figures)
    if not usable.any():
        raise NotEnoughDataError("no account has both posts with figures and known followers", needed=1, got=0)
    cells = np.nonzero(usable)
    level, noise, size = (part[cells] for part in _logarithms(weeks.figures, spread))
    names, cluster = np.unique(np.array(weeks.clusters, dtype=object), return_inverse=True)
    group = cluster if within == "cluster" else np.zeros_like(cluster)
    scored, agency = np.unique(cells[0], return_inverse=True)
    intercept = np.unique(group[cells[0]] * len(PLATFORMS) + cells[1], return_inverse=True)[1]
    slope_keys, slope = np.unique(cluster[cells[0]] * len(PLATFORMS) + cells[1], return_inverse=True)
    centred = size - (np.bincount(intercept, size) / np.bincount(intercept))[intercept]
    model = MixedModel(level, noise, centred, agency, intercept, slope, group[scored], fair=fair)
    with one_blas_thread():  # the same bytes on any machine
        if robust:
            model = model.robust(spread.agency_weeks)
        posterior = model.posterior(spread.agency_weeks)
    return AudienceModel(
        weeks=weeks,
        within=within,
        dispersion=spread,
        agencies=scored,
        groups=group[scored],
        group_names=tuple(names) if within == "cluster" else ("all",),
        model=model,
        posterior=posterior,
        cells=(cells[0], cells[1]),
        slopes=_exponents(weeks, posterior, slope_keys, slope),
        outlying=_outlying(weeks, cells, model),
    )


def _usable(figures: AccountFigures) -> npt.NDArray[np.bool_]:
    return np.asarray((figures.n_posts > 0) & (np.nan_to_num(figures.followers) > 0))


def _logarithms(figures: AccountFigures, spread: Dispersion) -> tuple[Floats, Floats, Floats]:
    """Logarithm of the mean, its variance, and the logarithm of the audience.

    The rate given the total has Jeffreys' gamma posterior, total + 1/2: digamma and trigamma are the mean and variance
    of its logarithm, also where the total is 0. The logarithm of a mean of few posts is low by half its variance.
    """
    n = np.maximum(figures.n_posts, 1)
    own = spread.posts / n
    level = digamma(figures.capped + 0.5) - np.log(n) + own / 2
    noise = polygamma(1, figures.capped + 0.5) + own + spread.weeks + _viral(figures)
    return level, noise, np.log(np.where(_usable(figures), figures.followers, 1.0))


def _viral(figures: AccountFigures) -> Floats:
    """Noise of accounts whose best post lies far above their cap: the square of what even the capped post adds.

    Counts as little as the post lies little above the cap, so that ordinary spread adds nothing.
    """
    above = 1 - figures.top_capped / np.maximum(figures.top, 1.0)
    without = np.maximum(figures.capped - figures.top_capped, 0.0)
    adds = np.log((figures.capped + 0.5) / (without + 0.5))
    return np.asarray(np.where(figures.top > figures.top_capped, (above * adds) ** 2, 0.0))


def _exponents(weeks: AccountWeeks, posterior: Posterior, keys: Integers, slope: Integers) -> pl.DataFrame:
    """Exponent b of engagement on followers with 90 % intervals: the common one first (cluster and platform null)."""
    names = sorted(set(weeks.clusters))
    mean, sd = posterior.slopes
    return pl.DataFrame(
        {
            "cluster": [None, *(names[key // len(PLATFORMS)] for key in keys)],
            "platform": [None, *(PLATFORMS[key % len(PLATFORMS)] for key in keys)],
            "accounts": [len(slope), *np.bincount(slope).tolist()],
            "b": mean,
            "sd": sd,
            "low": mean - Z90 * sd,
            "high": mean + Z90 * sd,
        },
        schema_overrides={"cluster": pl.String, "platform": pl.String},
    )


def _outlying(weeks: AccountWeeks, cells: tuple[npt.NDArray[np.intp], ...], model: MixedModel) -> pl.DataFrame:
    far = np.flatnonzero(model.weight < 1)
    return pl.DataFrame(
        {
            "agency": [weeks.agencies[cells[0][place]] for place in far],
            "platform": [PLATFORMS[cells[1][place]] for place in far],
            "deviation": model.deviation[far],
            "weight": model.weight[far],
        },
        schema={"agency": pl.String, "platform": pl.String, "deviation": pl.Float64, "weight": pl.Float64},
    ).sort(pl.col("deviation").abs(), descending=True)
