"""Sums that the mixed model of accounts is solved from, and the way from an agency's residual to its score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

USUAL_SLOPE: Final = 0.8
SLOPE_SD: Final = 0.25
"""What is thought of b before any data: 0.8 +- 0.25. Ten accounts outweigh it; one account is not left without a b."""


@dataclass(frozen=True)
class SlopePrior:
    """What is thought of b before any data: common slope ~ N(mean, sd^2), each group's ~ N(common, spread^2).

    ``log_weight`` is the logarithm of the prior probability of this one among several.
    """

    mean: float = USUAL_SLOPE
    sd: float = SLOPE_SD
    spread: float = 0.01
    log_weight: float = 0.0


FAIR: Final = 1.0
"""The b at which an engagement rate is fair. Every published rate takes it for granted: it has a chance of its own."""
_EXACT: Final = 1e-3


def slope_priors(spreads: Floats, *, scale: float, fair: float) -> list[SlopePrior]:
    """Priors with b free, one a spread, and one with b = 1 everywhere, which has the probability ``fair``.

    Spreads are equally spaced in logarithms; theirs is a half-normal prior with the given scale.
    """
    width = float(np.log(spreads[1] / spreads[0])) if len(spreads) > 1 else 0.0
    found = []
    for spread in spreads:
        density = np.log(2 / (scale * np.sqrt(2 * np.pi))) + np.log(spread) - (spread / scale) ** 2 / 2
        mass = float(density) + np.log(width) if width else 0.0
        found.append(SlopePrior(spread=float(spread), log_weight=mass + np.log1p(-fair)))
    if fair > 0:
        found.append(SlopePrior(FAIR, _EXACT, _EXACT, float(np.log(fair))))
    return found


@dataclass(frozen=True)
class Equations:
    """Sums over accounts at one standard deviation of accounts; agencies still to be taken into account.

    ``precision`` is of shape (n,), ``by_agency`` its sums (n_agencies,), ``sums`` the sums of precision x [design,
    response] (n_agencies, q + 1), ``cross`` their cross products (q + 1, q + 1).
    """

    precision: Floats
    by_agency: Floats
    sums: Floats
    cross: Floats
    log_variance: float


def score_gain(
    each: Equations, counts: Floats, agency_sd: float, account_sd: float, shared: float
) -> tuple[Floats, Floats]:
    """Factor from an agency's summed residual to its score, and the score's variance if coefficients were known.

    The score is the agency's effect plus the mean of its accounts' effects. ``shared`` noise looks like an agency's
    effect and is not.
    """
    total = agency_sd**2 + shared
    spread = total / (1 + total * each.by_agency)
    real = agency_sd**2 / total
    shrunk = account_sd**2 * each.by_agency / counts
    gain = (real - shrunk) * spread + account_sd**2 / counts
    left = account_sd**2 * (1 - shrunk) / counts
    return gain, (real - shrunk) ** 2 * spread + agency_sd**2 * (1 - real) + left


def centred(values: Floats, group: Integers) -> Floats:
    """Values less the mean of their group, along the last axis."""
    size = int(group.max()) + 1
    member = np.zeros((len(group), size))
    member[np.arange(len(group)), group] = 1.0
    means = values @ member / np.maximum(member.sum(axis=0), 1)
    return np.asarray(values - means[..., group])
