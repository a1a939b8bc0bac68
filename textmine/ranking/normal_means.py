"""Several uncertain means drawn towards what they have in common: the normal hierarchical model ("eight schools").

    estimate_i ~ N(truth_i, error_i^2),   truth_i ~ N(centre, spread^2)

with centre ~ N(0, 0.5^2) and spread half-normal(0.5), in logarithms: common values within a factor of three, before any
data. The spread is integrated over a grid, so that intervals know that it is estimated. Posterior means need no further
correction for having picked the largest, as far as the model holds.

References
----------
Rubin, D. B. (1981). Estimation in Parallel Randomized Experiments. Journal of Educational Statistics 6, 377-401.
Gelman, A. (2006). Prior Distributions for Variance Parameters in Hierarchical Models. Bayesian Analysis 1, 515-534.
Efron, B. (2011). Tweedie's Formula and Selection Bias. JASA 106, 1602-1614.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

PRIOR: Final = 0.5
"""Standard deviation of the centre, and scale of the spread, in logarithms."""

_SPREADS: Final = np.linspace(0.0, 4 * PRIOR, 201)


@dataclass(frozen=True)
class NormalMeans:
    """What is known of the true means.

    Attributes
    ----------
    estimate, error
        Known ones only, shape (n_known,).
    places, n
        Where they stand among all n.
    weight, centre, centre_error
        Posterior of each spread of the grid, and of the centre given it, shape (n_spreads,).
    """

    estimate: Floats
    error: Floats
    places: npt.NDArray[np.intp]
    n: int
    weight: Floats
    centre: Floats
    centre_error: Floats

    def mean(self) -> Floats:
        """Posterior mean, NaN where nothing is known, shape (n,)."""
        pulled = self._pull(_SPREADS)
        given = self.estimate + pulled * (self.centre[:, None] - self.estimate)
        return self._spread_out(self.weight @ given)

    def draws(self, n_draws: int, *, seed: int) -> Floats:
        """Means as they may be, shape (n_draws, n)."""
        generator = np.random.default_rng(seed)
        at = generator.choice(len(_SPREADS), size=n_draws, p=self.weight)
        centre = self.centre[at] + self.centre_error[at] * generator.standard_normal(n_draws)
        pulled = self._pull(_SPREADS[at])
        noise = generator.standard_normal(pulled.shape) * np.sqrt(1 - pulled) * self.error
        return self._spread_out(self.estimate + pulled * (centre[:, None] - self.estimate) + noise)

    def _pull(self, spread: Floats) -> Floats:
        """How far each estimate is drawn to the centre, 0 to 1, shape (n_spreads, n_known)."""
        return np.asarray(self.error**2 / (self.error**2 + spread[:, None] ** 2))

    def _spread_out(self, values: Floats) -> Floats:
        found = np.full((*values.shape[:-1], self.n), np.nan)
        found[..., self.places] = values
        return found


def normal_means(estimate: Floats, error: Floats) -> NormalMeans:
    """Fit the model.

    Parameters
    ----------
    estimate, error
        Estimates and their standard errors, NaN where there is none, shape (n,).
    """
    places = np.flatnonzero(np.isfinite(estimate) & np.isfinite(error))
    known = estimate[places]
    noise = np.maximum(error[places], 1e-6)
    precision = 1 / (noise**2 + _SPREADS[:, None] ** 2)
    total = precision.sum(axis=1) + PRIOR**-2
    centre = (precision * known).sum(axis=1) / total
    misfit = (precision * known**2).sum(axis=1) - total * centre**2
    log_weight = 0.5 * (np.log(precision).sum(axis=1) - np.log(total) - misfit) - 0.5 * (_SPREADS / PRIOR) ** 2
    weight = np.exp(log_weight - log_weight.max())
    return NormalMeans(
        estimate=known,
        error=noise,
        places=places,
        n=len(estimate),
        weight=weight / weight.sum(),
        centre=centre,
        centre_error=total**-0.5,
    )
