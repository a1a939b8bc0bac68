"""From a learner's log-probabilities to calibrated ones, to a class, and to the choice not to say one.

All of it is fitted on predictions for agencies that the learner had not seen.

References
----------
Guo, C. et al. (2017). On calibration of modern neural networks. ICML (temperature and bias, there "vector scaling").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax

Floats = npt.NDArray[np.float64]
_PULL: Final = 2.0
"""Ridge pull of temperature and biases towards "as they are": a few labels must not turn them far."""


@dataclass(frozen=True)
class Calibration:
    """A temperature, a bias a class, cuts of the grade, and the least probability with which a class is said.

    Attributes
    ----------
    slope
        Factor of the log-probabilities (the inverse of a temperature).
    bias
        Added to each class, shape (n_classes,).
    cuts
        Of the grade, ascending, shape (n_classes - 1,): they give each class the share that it has in the labels. The
        likeliest class alone would call nearly all posts by the middle one where labels are noisy.
    least
        Calibrated probability of the class said, below which the model abstains, shape (n_classes,). Each class has its
        own: the middle one is never as sure as the others, and one bound for all would never let it be said.
    """

    slope: float
    bias: Floats
    cuts: Floats
    least: Floats

    @classmethod
    def fit(cls, logs: Floats, labels: Floats, *, coverage: float) -> Self:
        """Fit on out-of-agency predictions.

        Parameters
        ----------
        logs
            Log-probabilities, shape (n_rows, n_classes).
        labels
            Probability of each class by the labels, shape (n_rows, n_classes).
        coverage
            Share of the rows of each class that are to get it.
        """
        n_classes = logs.shape[1]

        def loss(parameters: Floats) -> float:
            turned = log_softmax(np.exp(parameters[0]) * logs + parameters[1:], axis=1)
            return float(-(labels * turned).sum() + _PULL / 2 * (parameters @ parameters))

        found = minimize(loss, np.zeros(n_classes + 1), method="L-BFGS-B").x
        raw = cls(float(np.exp(found[0])), found[1:] - found[1:].mean(), np.zeros(n_classes - 1), np.zeros(n_classes))
        probabilities = raw.probabilities(logs)
        shares = np.cumsum(labels.sum(axis=0) / labels.sum())[:-1]
        cuts = np.quantile(grades(probabilities), np.clip(shares, 0, 1))
        classes = cls(raw.slope, raw.bias, cuts, raw.least).classes(probabilities)
        sure = raw.sureness(probabilities, classes)
        of_class = [sure[classes == code] for code in range(n_classes)]
        least = [np.quantile(each, 1 - coverage) if len(each) and coverage < 1 else 0.0 for each in of_class]
        return cls(raw.slope, raw.bias, cuts, np.array(least))

    def probabilities(self, logs: Floats) -> Floats:
        """Calibrated probabilities, shape (n_rows, n_classes)."""
        return np.asarray(np.exp(log_softmax(self.slope * logs + self.bias, axis=1)))

    def classes(self, probabilities: Floats) -> npt.NDArray[np.int64]:
        """Class of each row as a number, shape (n_rows,)."""
        return np.searchsorted(self.cuts, grades(probabilities), side="right").astype(np.int64)

    def abstains(self, probabilities: Floats, classes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Whether the class of each row is too unsure to be said, shape (n_rows,)."""
        return np.asarray(self.sureness(probabilities, classes) < self.least[classes])

    def sureness(self, probabilities: Floats, classes: npt.NDArray[np.int64]) -> Floats:
        """Calibrated probability of the class that is said, shape (n_rows,)."""
        return np.take_along_axis(probabilities, classes[:, None], axis=1)[:, 0]


def grades(probabilities: Floats) -> Floats:
    """Expected rank of the class between 0 (surely the lowest) and 1 (surely the highest), shape (n_rows,).

    Examples
    --------
    >>> grades(np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])).tolist()
    [0.25, 1.0]
    """
    return np.asarray(probabilities @ np.linspace(0, 1, probabilities.shape[1]))
