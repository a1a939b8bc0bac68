"""Proportional-odds logistic regression: one weight a feature, one threshold between neighbouring classes.

References
----------
McCullagh, P. (1980). Regression models for ordinal data. Journal of the Royal Statistical Society B 42, 109-142.
"""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from textmine.errors import NotEnoughDataError

Floats = npt.NDArray[np.float64]


class OrdinalLogistic(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """The log-odds of "above a class" are a sum over features minus a threshold of that class.

    Parameters
    ----------
    penalty
        Ridge penalty on the squared weights, against the sum of log losses; thresholds are not penalised.
    max_iter
        Iterations of L-BFGS at most.

    Attributes
    ----------
    classes_ : numpy.ndarray
        Sorted, the lowest first, shape (n_classes,).
    coef_ : numpy.ndarray
        Shape (n_features,).
    thresholds_ : numpy.ndarray
        Ascending, shape (n_classes - 1,).

    Examples
    --------
    >>> model = OrdinalLogistic().fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 2])
    >>> bool(model.coef_[0] > 0), model.predict([[9.0]]).tolist()
    (True, [2])
    """

    def __init__(self, penalty: float = 1.0, max_iter: int = 300) -> None:
        self.penalty = penalty
        self.max_iter = max_iter

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None) -> Self:
        """Fit.

        Parameters
        ----------
        X
            Shape (n_rows, n_features).
        y
            Classes that sort in their order, shape (n_rows,).
        sample_weight
            Shape (n_rows,); a row may stand once a class with its probability as weight.
        """
        features, labels = validate_data(self, X, y, dtype=np.float64)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise NotEnoughDataError("the labels have one class only", needed=2, got=len(self.classes_))
        weight = np.ones(len(codes)) if sample_weight is None else np.asarray(sample_weight, np.float64)
        n_steps = len(self.classes_) - 1
        share = np.cumsum(np.bincount(codes, weight, minlength=n_steps + 1)) / weight.sum()
        share = np.clip(share[:-1], 1e-3, 1 - 1e-3)
        first = np.log(share / (1 - share))
        start = np.concatenate([np.zeros(features.shape[1]), first[:1], np.log(np.maximum(np.diff(first), 1e-3))])
        found = minimize(
            _loss, start, (features, codes, weight, self.penalty), "L-BFGS-B", True, options={"maxiter": self.max_iter}
        )
        self.coef_ = np.asarray(found.x[: features.shape[1]])
        self.thresholds_ = _thresholds(found.x[features.shape[1] :])
        self.n_iter_ = int(found.nit)
        return self

    def decision_function(self, X: npt.ArrayLike) -> Floats:
        """Weighted sum of the features, shape (n_rows,): what thresholds are compared with."""
        check_is_fitted(self)
        return np.asarray(validate_data(self, X, dtype=np.float64, reset=False) @ self.coef_)

    def predict_proba(self, X: npt.ArrayLike) -> Floats:
        """Probability of each class, shape (n_rows, n_classes)."""
        return class_probabilities(self.decision_function(X), self.thresholds_)

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[np.generic]:
        """Likeliest class, shape (n_rows,)."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])


def class_probabilities(sums: Floats, thresholds: Floats) -> Floats:
    """Probability of each class from the weighted sums, shape (n_rows, n_classes)."""
    above = expit(sums[:, None] - thresholds[None, :])
    padded = np.concatenate([np.ones((len(sums), 1)), above, np.zeros((len(sums), 1))], axis=1)
    return np.asarray(np.maximum(padded[:, :-1] - padded[:, 1:], 1e-12))


def _thresholds(parameters: Floats) -> Floats:
    return np.asarray(np.cumsum(np.concatenate([parameters[:1], np.exp(parameters[1:])])))


def _loss(
    parameters: Floats, features: Floats, codes: npt.NDArray[np.intp], weight: Floats, penalty: float
) -> tuple[float, Floats]:
    """Penalised log loss and its gradient; thresholds are the first one and logarithms of the steps."""
    n_features = features.shape[1]
    coef, free = parameters[:n_features], parameters[n_features:]
    thresholds = _thresholds(free)
    bounds = np.concatenate([[-np.inf], thresholds, [np.inf]])
    sums = features @ coef
    over, under = expit(sums - bounds[codes]), expit(sums - bounds[codes + 1])
    likelihood = np.maximum(over - under, 1e-12)
    slope_over, slope_under = over * (1 - over) / likelihood, under * (1 - under) / likelihood
    by_sum = -weight * (slope_over - slope_under)
    by_bound = np.bincount(codes, weight * slope_over, minlength=len(bounds))
    by_bound -= np.bincount(codes + 1, weight * slope_under, minlength=len(bounds))
    by_threshold = by_bound[1:-1]
    tail = np.cumsum(by_threshold[::-1])[::-1]
    by_free = np.concatenate([tail[:1], tail[1:] * np.exp(free[1:])])
    loss = -float(weight @ np.log(likelihood)) + penalty / 2 * float(coef @ coef)
    return loss, np.concatenate([features.T @ by_sum + penalty * coef, by_free])
