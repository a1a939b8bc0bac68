"""Mixed model of accounts within agencies with known noise: equations, outlying accounts, and the grid posterior.

References
----------
Henderson, C. R. (1975). Best Linear Unbiased Estimation and Prediction under a Selection Model. Biometrics 31, 423-447.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from textmine.ranking.equations import USUAL_SLOPE, Equations, SlopePrior, centred, score_gain, slope_priors
from textmine.ranking.posterior import Grid, Posterior, summarised

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

PRIOR_SDS: Final = (1.0, 0.5, 0.05)
"""Scales of the half-normal priors of the standard deviations of agencies, accounts and slopes."""

FAIR_CHANCE: Final = 0.1
"""Probability that b is 1, as every published rate has it, before any data. More would find the best a little more
often where b is 1, and take a b of 0.95 for 1 more often: bench/ranking.py measures both."""

_BOUNDS: Final = ((0.03, 3.0), (0.01, 2.0), (0.005, 0.4))
_COARSE: Final = (12, 8, 5)
_FINE: Final = (9, 8, 5)
_FAR: Final = 2.5
_NEGLIGIBLE: Final = 1e-4


@dataclass(frozen=True, eq=False)
class MixedModel:
    """Accounts, ordered by agency.

    Attributes
    ----------
    level, noise, size
        Logarithm of engagement, its variance, logarithm of the audience (centred), shape (n,).
    agency, intercept, slope
        Numbers from 0 without gaps, shape (n,).
    group
        Group within which agencies are compared, shape (n_agencies,).
    weights, deviations
        Of accounts: below 1 where noise was raised; distance from what all others say in standard deviations.
    fair
        Probability that b is 1 before any data.
    """

    level: Floats
    noise: Floats
    size: Floats
    agency: Integers
    intercept: Integers
    slope: Integers
    group: Integers
    weights: Floats | None = None
    deviations: Floats | None = None
    fair: float = FAIR_CHANCE

    @property
    def weight(self) -> Floats:
        """Weight of each account, 1 where nothing was done."""
        return np.ones(len(self.level)) if self.weights is None else self.weights

    @property
    def deviation(self) -> Floats:
        """Distance of each account from what all others say, 0 where it was not asked for."""
        return np.zeros(len(self.level)) if self.deviations is None else self.deviations

    @property
    def n_deviations(self) -> int:
        """Slopes that may differ from the common one; a single slope is the common one."""
        n = int(self.slope.max()) + 1
        return n if n > 1 else 0

    @cached_property
    def design(self) -> Floats:
        """Columns: intercepts, size, size by slope group; the response stands in the last one, shape (n, q + 1)."""
        rows = np.arange(len(self.level))
        intercepts = np.zeros((len(rows), int(self.intercept.max()) + 1))
        intercepts[rows, self.intercept] = 1.0
        slopes = np.zeros((len(rows), self.n_deviations))
        if self.n_deviations:
            slopes[rows, self.slope] = self.size
        response = self.level - USUAL_SLOPE * self.size
        return np.column_stack([intercepts, self.size, slopes, response])

    @cached_property
    def starts(self) -> Integers:
        """First account of each agency."""
        return np.flatnonzero(np.diff(self.agency, prepend=-1)).astype(np.int64)

    @cached_property
    def counts(self) -> Floats:
        """Accounts of each agency."""
        return np.bincount(self.agency).astype(np.float64)

    def equations(self, account_sd: float) -> Equations:
        """Sums at one standard deviation of accounts."""
        variance = self.noise + account_sd**2
        weighted = self.design / variance[:, None]
        return Equations(
            precision=1 / variance,
            by_agency=np.add.reduceat(1 / variance, self.starts),
            sums=np.add.reduceat(weighted, self.starts, axis=0),
            cross=self.design.T @ weighted,
            log_variance=float(np.log(variance).sum()),
        )

    @property
    def first_slope(self) -> int:
        """Place of the common slope among the coefficients; the deviations follow it."""
        return int(self.intercept.max()) + 1

    def penalty(self, prior: SlopePrior) -> tuple[Floats, Floats]:
        """Precision of the coefficients before any data, none for intercepts, and precision x mean: (q,) each."""
        first = self.first_slope
        precision = np.concatenate([np.zeros(first), [prior.sd**-2], np.full(self.n_deviations, prior.spread**-2)])
        return precision, precision * (np.arange(len(precision)) == first) * (prior.mean - USUAL_SLOPE)

    def grid(self, agency_sds: Floats, account_sds: Floats, priors: Sequence[SlopePrior], shared: float) -> Grid:
        """Restricted likelihood, times prior, at all combinations of standard deviations and priors of slopes.

        ``shared`` is the variance of noise that all accounts of an agency have in common.
        """
        solved: list[tuple[Floats, Floats, Floats]] = []
        levels = [self.equations(float(sd)) for sd in account_sds]
        penalties, pulls = (np.array(part) for part in zip(*map(self.penalty, priors), strict=True))
        spreads = np.array([prior.spread for prior in priors])
        known = np.array([((prior.mean - USUAL_SLOPE) / prior.sd) ** 2 + 2 * np.log(prior.sd) for prior in priors])
        known = known + 2 * self.n_deviations * np.log(spreads) - 2 * np.array([prior.log_weight for prior in priors])
        total = agency_sds[:, None] ** 2 + shared
        for each in levels:
            pull = total / (1 + total * each.by_agency)  # (n_taus, n_agencies)
            cross = each.cross - np.einsum("ta,ap,aq->tpq", pull, each.sums, each.sums, optimize=True)
            normal = cross[:, None, :-1, :-1] + penalties[None, :, :, None] * np.eye(penalties.shape[1])
            right = (cross[:, None, :-1, -1] + pulls)[..., None]
            factor = np.linalg.cholesky(normal)
            inverse = np.linalg.inv(factor)
            half = (inverse @ right)[..., 0]
            log_determinant = 2 * np.log(np.diagonal(factor, axis1=-2, axis2=-1)).sum(axis=-1)
            log_agencies = np.log1p(total * each.by_agency).sum(axis=1)[:, None]
            quadratic = cross[:, None, -1, -1] - (half**2).sum(axis=-1)
            deviance = each.log_variance + log_agencies + known + log_determinant + quadratic
            mean = np.einsum("...ji,...j->...i", inverse, half)
            solved.append((deviance, mean, inverse))
        sds = np.stack(np.meshgrid(account_sds, agency_sds, spreads, indexing="ij"), axis=-1)[..., [1, 0, 2]]
        # Points are equally spaced in logarithms: the density of a standard deviation is weighted by itself.
        plain = sds[..., :2]
        prior = (np.log(plain) - (plain / np.array(PRIOR_SDS[:2])) ** 2 / 2).sum(axis=-1)
        log_weight = prior - np.stack([part[0] for part in solved]) / 2
        q = len(penalties[0])
        return Grid(
            sds=sds.reshape(-1, 3),
            log_weight=log_weight.reshape(-1),
            coefficients=np.stack([part[1] for part in solved]).reshape(-1, q),
            roots=np.stack([part[2] for part in solved]).reshape(-1, q, q),
            priors=tuple(priors),
            prior=np.tile(np.arange(len(priors)), len(levels) * len(agency_sds)),
        )

    def coarse_grid(self, shared: float) -> tuple[Grid, list[Floats]]:
        """Grid over all that is thinkable, and its axes."""
        axes = [np.geomspace(*bounds, n) for bounds, n in zip(_BOUNDS, self._sizes(_COARSE), strict=True)]
        return self.grid(axes[0], axes[1], self._priors(axes[2]), shared), axes

    def _priors(self, spreads: Floats) -> list[SlopePrior]:
        return slope_priors(spreads, scale=PRIOR_SDS[2], fair=self.fair)

    def posterior(self, shared: float) -> Posterior:
        """What is known of scores: a coarse grid finds where the standard deviations lie, a fine one integrates."""
        coarse, axes = self.coarse_grid(shared)
        centre, width = coarse.where()
        fine = []
        for place, n in enumerate(self._sizes(_FINE)):
            spacing = np.log(axes[place][1] / axes[place][0]) if len(axes[place]) > 1 else 0.0
            reach = 2.5 * np.hypot(width[place], spacing / 3.5)
            low, high = (np.log(bound) for bound in _BOUNDS[place])
            ends = np.clip([centre[place] - reach, centre[place] + reach], low, high)
            fine.append(np.exp(np.linspace(ends[0], ends[1], n)) if n > 1 else axes[place])
        grid = self.grid(fine[0], fine[1], self._priors(fine[2]), shared).kept(_NEGLIGIBLE)
        return self._summarised(grid, shared)

    def posterior_at(self, agency_sd: float, account_sd: float, prior: SlopePrior, shared: float) -> Posterior:
        """What is known of scores if the standard deviations were known."""
        agency, account = np.array([agency_sd]), np.array([account_sd])
        return self._summarised(self.grid(agency, account, [prior], shared), shared)

    def _summarised(self, grid: Grid, shared: float) -> Posterior:
        return summarised(
            grid,
            {float(sd): self.equations(float(sd)) for sd in np.unique(grid.sds[:, 1])},
            counts=self.counts,
            group=self.group,
            slopes=(self.first_slope, self.n_deviations),
            shared=shared,
        )

    def _sizes(self, sizes: tuple[int, int, int]) -> tuple[int, int, int]:
        return sizes if self.n_deviations else (sizes[0], sizes[1], 1)

    def smooth(self, levels: Floats, agency_sd: float, account_sd: float, prior: SlopePrior, shared: float) -> Floats:
        """Scores of other levels of the same accounts, variances known: (n, n_accounts) to (n, n_agencies)."""
        each = self.equations(account_sd)
        total = agency_sd**2 + shared
        pull = total / (1 + total * each.by_agency)
        design, sums = self.design[:, :-1], each.sums[:, :-1]
        weighted = (levels - USUAL_SLOPE * self.size) * each.precision
        by_agency = np.add.reduceat(weighted, self.starts, axis=1)
        precision, towards = self.penalty(prior)
        normal = each.cross[:-1, :-1] - sums.T @ (pull[:, None] * sums) + np.diag(precision)
        right = weighted @ design - (by_agency * pull) @ sums + towards
        coefficients = np.linalg.solve(normal, right.T).T
        gain = score_gain(each, self.counts, agency_sd, account_sd, shared)[0]
        return centred(gain * (by_agency - coefficients @ sums.T), self.group)

    def robust(self, shared: float, *, rounds: int = 3) -> MixedModel:
        """The same model with more noise for accounts that lie far from what all others say."""
        model = self
        for _ in range(rounds):
            grid, _axes = model.coarse_grid(shared)
            best = int(grid.log_weight.argmax())
            sds, prior = grid.sds[best], grid.priors[grid.prior[best]]
            distance, variance = model.deletion(float(sds[0]), float(sds[1]), prior, shared)
            predicted = np.maximum(variance - model.noise, 0.0)
            raised = np.maximum(distance**2 / _FAR**2 - predicted, self.noise)
            standard = distance / np.sqrt(predicted + self.noise)
            model = replace(self, noise=raised, weights=self.noise / raised, deviations=standard)
        return model

    def deletion(self, agency_sd: float, account_sd: float, prior: SlopePrior, shared: float) -> tuple[Floats, Floats]:
        """How far each account lies from its prediction by all others, and the variance of that distance."""
        each = self.equations(account_sd)
        total = agency_sd**2 + shared
        precision, towards = self.penalty(prior)
        pull = total / (1 + total * each.by_agency)
        solved = each.precision[:, None] * (self.design - (pull[:, None] * each.sums)[self.agency])
        design, response = solved[:, :-1], solved[:, -1]
        inverse = np.linalg.inv(self.design[:, :-1].T @ design + np.diag(precision))
        projected = response - design @ (inverse @ (self.design[:, :-1].T @ response + towards))
        own = each.precision - pull[self.agency] * each.precision**2 - ((design @ inverse) * design).sum(axis=1)
        # An account that alone decides its intercept is predicted by nobody.
        alone = own <= 1e-8 * each.precision
        own = np.where(alone, 1.0, own)
        return np.where(alone, 0.0, projected / own), np.where(alone, 1 / each.precision, 1 / own)

    def restricted(self, level: Floats, noise: Floats, size: Floats, kept: npt.NDArray[np.bool_]) -> MixedModel:
        """The model of some of its accounts, with other figures."""

        def numbered(codes: Integers) -> Integers:
            return np.unique(codes[kept], return_inverse=True)[1]

        return MixedModel(
            level[kept],
            noise[kept],
            size[kept],
            numbered(self.agency),
            numbered(self.intercept),
            numbered(self.slope),
            self.group[np.unique(self.agency[kept])],
            fair=self.fair,
        )
