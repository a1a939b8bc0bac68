"""What is known of scores: a mixture of normal distributions over a grid of standard deviations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from textmine.ranking.equations import FAIR, USUAL_SLOPE, Equations, SlopePrior, centred, score_gain

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Grid:
    """Points of a grid.

    Attributes
    ----------
    sds
        Standard deviations of agencies, accounts and slopes, shape (n_points, 3).
    log_weight
        Logarithm of the posterior up to a constant, shape (n_points,).
    coefficients, roots
        Mean of the coefficients, and the inverse of the Cholesky factor of their precision: shapes (n_points, q) and
        (n_points, q, q).
    priors, prior
        Priors of slopes, and which of them a point has, shape (n_points,).
    """

    sds: Floats
    log_weight: Floats
    coefficients: Floats
    roots: Floats
    priors: tuple[SlopePrior, ...]
    prior: Integers

    @property
    def weight(self) -> Floats:
        """Posterior of the points, sums to 1."""
        weight = np.exp(self.log_weight - self.log_weight.max())
        return np.asarray(weight / weight.sum())

    def where(self) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the logarithms of the standard deviations, shape (3,) each.

        That of slopes is taken where b is free.
        """
        logs = np.log(self.sds)
        free = self.weight * np.array([prior.mean != FAIR for prior in self.priors])[self.prior]
        weight = np.stack([self.weight, self.weight, free / max(free.sum(), 1e-300)])
        mean = np.einsum("kp,pk->k", weight, logs)
        return mean, np.sqrt(np.maximum(np.einsum("kp,pk->k", weight, (logs - mean) ** 2), 0.0))

    def kept(self, negligible: float) -> Grid:
        """The points that matter."""
        kept = self.weight > negligible * self.weight.max()
        parts = {name: getattr(self, name)[kept] for name in ("sds", "log_weight", "coefficients", "roots", "prior")}
        return replace(self, **parts)


@dataclass(frozen=True)
class Component:
    """Scores at one account standard deviation and one agency standard deviation: score = gain x (sum - sums c).

    ``variance`` is that of each score if the coefficients c were known; all of shape (n_agencies,), ``sums``
    (n_agencies, q).
    """

    gain: Floats
    variance: Floats
    response: Floats
    sums: Floats


@dataclass(frozen=True, eq=False)
class Posterior:
    """What is known of scores, relative to the mean of their group.

    Attributes
    ----------
    mean, sd
        Of scores, shape (n_agencies,).
    slopes
        Mean and standard deviation of b: the common one, then each slope group.
    typical
        Median standard deviations of agencies and accounts, and the most probable prior of slopes: to quote, and to
        score other figures by.
    fair
        Probability that b is 1: that rates by followers are fair.
    """

    mean: Floats
    sd: Floats
    slopes: tuple[Floats, Floats]
    typical: tuple[float, float, SlopePrior]
    fair: float
    grid: Grid
    group: Integers
    components: list[Component] = field(repr=False)

    def draw(
        self, n_draws: int, generator: np.random.Generator, *, common: tuple[Floats, Floats] | None = None
    ) -> Floats:
        """Scores as they may be, shape (n_draws, n_agencies).

        Parameters
        ----------
        n_draws, generator
            How many, and of what chance.
        common
            What the draws are to share with others: standard normal numbers, shape (n_draws, n_agencies), and the part
            of each agency's variance that they make up, shape (n_agencies,).
        """
        points = np.sort(generator.choice(len(self.grid.weight), size=n_draws, p=self.grid.weight))
        noise = generator.standard_normal((n_draws, self.grid.coefficients.shape[1]))
        scores = generator.standard_normal((n_draws, len(self.mean)))
        if common is not None:
            scores = np.sqrt(1 - common[1]) * scores + np.sqrt(common[1]) * common[0]
        bounds = np.flatnonzero(np.diff(points, prepend=-1, append=-1))
        for start, end in pairwise(bounds):
            point = points[start]
            part = self.components[point]
            coefficients = self.grid.coefficients[point] + noise[start:end] @ self.grid.roots[point]
            scores[start:end] *= np.sqrt(part.variance)
            scores[start:end] += part.gain * (part.response - coefficients @ part.sums.T)
        return centred(scores, self.group)


def summarised(
    grid: Grid,
    equations: Mapping[float, Equations],
    *,
    counts: Floats,
    group: Integers,
    slopes: tuple[int, int],
    shared: float,
) -> Posterior:
    """Means and standard deviations over the grid.

    Parameters
    ----------
    grid
        The points.
    equations
        By standard deviation of accounts.
    counts, group
        Accounts and group of each agency, shape (n_agencies,).
    slopes
        Place of the common slope among the coefficients, and how many deviations follow it.
    shared
        Variance of noise that accounts of an agency have in common.
    """
    components, means, variances = [], [], []
    sizes = np.bincount(group)[group]
    for point, (agency_sd, account_sd, _) in enumerate(grid.sds):
        each = equations[float(account_sd)]
        gain, variance = score_gain(each, counts, agency_sd, account_sd, shared)
        part = Component(gain, variance, each.sums[:, -1], each.sums[:, :-1])
        components.append(part)
        means.append(centred(gain * (part.response - part.sums @ grid.coefficients[point]), group))
        along = centred((gain[:, None] * part.sums).T, group).T @ grid.roots[point].T
        summed = np.bincount(group, variance)[group]
        variances.append((along**2).sum(axis=1) + variance * (1 - 2 / sizes) + summed / sizes**2)
    mean = grid.weight @ np.array(means)
    spread = grid.weight @ (np.array(variances) + (np.array(means) - mean) ** 2)
    return Posterior(
        mean=mean,
        sd=np.sqrt(spread),
        slopes=_slopes(grid, *slopes),
        typical=_typical(grid),
        fair=float(grid.weight[np.array([prior.mean == FAIR for prior in grid.priors])[grid.prior]].sum()),
        grid=grid,
        group=group,
        components=components,
    )


def _slopes(grid: Grid, first: int, n: int) -> tuple[Floats, Floats]:
    """Common slope, then each group's: the sum of the common one and its deviation."""
    q = grid.coefficients.shape[1]
    pick = np.zeros((1 + max(n, 1), q))
    pick[:, first] = 1.0
    pick[np.arange(1, n + 1), first + np.arange(1, n + 1)] = 1.0
    means = grid.coefficients @ pick.T
    variances = (np.einsum("sq,grq->gsr", pick, grid.roots) ** 2).sum(axis=2)
    mean = grid.weight @ means
    return USUAL_SLOPE + mean, np.sqrt(grid.weight @ (variances + (means - mean) ** 2))


def _typical(grid: Grid) -> tuple[float, float, SlopePrior]:
    medians = []
    for values in grid.sds.T[:2]:
        order = np.argsort(values, kind="stable")
        place = int(np.searchsorted(np.cumsum(grid.weight[order]), 0.5))
        medians.append(float(values[order][min(place, len(order) - 1)]))
    by_prior = np.bincount(grid.prior, grid.weight, minlength=len(grid.priors))
    return medians[0], medians[1], grid.priors[int(by_prior.argmax())]
