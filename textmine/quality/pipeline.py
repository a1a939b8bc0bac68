"""One learner with all that it learned: scales, the leaning towards engagement, weights or trees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

from textmine.quality.columns import FeatureColumns
from textmine.quality.design import Design
from textmine.quality.ordinal import OrdinalLogistic, class_probabilities
from textmine.quality.settings import Learner
from textmine.quality.trees import DEPTH, Trees

Floats = npt.NDArray[np.float64]

PROMINENT: Final = 10.0
"""Columns that sum up much (engagement, the leaning) are stretched by this, so that the penalty hardly touches them."""
PENALTIES: Final = (100.0, 1_000.0, 10_000.0)
"""Ridge penalties among which cross-validation chooses: with 200 labels, single features must be held close to 0."""
_LEANING_PENALTY: Final = 30.0
_TREES: Final = 80
_BACKGROUND: Final = 64


@dataclass(frozen=True)
class Candidate:
    """A learner with its penalty (logistic only)."""

    learner: Learner
    penalty: float = 0.0

    @property
    def name(self) -> str:
        """Name in tables."""
        return f"logistic, penalty {self.penalty:g}" if self.learner == "logistic" else "boosting"


CANDIDATES: Final = (*(Candidate("logistic", penalty) for penalty in PENALTIES), Candidate("boosting"))


@dataclass(frozen=True)
class Pipeline:
    """A fitted learner.

    Attributes
    ----------
    design
        Makes the matrix.
    stretch
        Factor of each column, shape (n_columns,).
    leaning
        Weights of a ridge regression of the percentile of engagement on the columns without engagement, shape
        (n_columns,), zeros for the others; all zeros where it is not used. Its sum is one more column.
    coef, thresholds
        Of the logistic model, shapes (n_columns + 1,) and (n_classes - 1,); None for trees.
    trees
        None for the logistic model.
    background
        Scaled values that posts have, each feature drawn by itself so that no row is a post, for reasons; shape
        (n_rows, n_columns), no rows for the logistic model.
    """

    design: Design
    stretch: Floats
    leaning: Floats
    coef: Floats | None
    thresholds: Floats | None
    trees: Trees | None
    background: Floats

    @classmethod
    def fit(
        cls,
        labelled: pl.DataFrame,
        labels: Floats,
        others: pl.DataFrame | None,
        columns: FeatureColumns,
        candidate: Candidate,
        *,
        seed: int,
    ) -> Self:
        """Fit on training posts.

        Parameters
        ----------
        labelled
            Posts with labels.
        labels
            Weight of each class, shape (n_labelled, n_classes); a row sums to the weight of the post.
        others
            Posts without labels of the agencies to learn from, for the scales and the leaning; None for neither.
        columns
            What to use.
        candidate
            Learner.
        seed
            Of the trees.
        """
        everyone = labelled if others is None else others
        design = Design.fit(everyone, columns.used)
        prominent = np.array([each.feature in columns.engagement for each in design.columns], dtype=bool)
        stretch = np.where(prominent, PROMINENT, 1.0)
        with threadpool_limits(limits=1):  # sums in another order would give other last digits
            leaning, nothing = np.zeros(len(design.columns)), np.zeros((0, len(design.columns)))
            if others is not None and columns.target is not None:
                leaning = _leaning(design.transform(others), others[columns.target], ~prominent)
            empty = cls(design, stretch, leaning, None, None, None, nothing)
            rows = empty.matrix(labelled)
            place, codes = np.nonzero(labels > 0)
            weight = labels[place, codes]
            if candidate.learner == "logistic":
                model = OrdinalLogistic(candidate.penalty).fit(rows[place], codes, weight)
                return cls(design, stretch, leaning, model.coef_, model.thresholds_, None, nothing)
            grown = HistGradientBoostingClassifier(
                max_iter=_TREES,
                max_depth=DEPTH,
                learning_rate=0.08,
                l2_regularization=5.0,
                min_samples_leaf=max(5, min(50, len(labelled) // 20)),
                early_stopping=False,
                random_state=seed,
            ).fit(rows[place], codes, sample_weight=weight)
        background = _background(design, everyone, seed)
        return cls(design, stretch, leaning, None, None, Trees.of(grown), background)

    def matrix(self, table: pl.DataFrame) -> Floats:
        """Columns as the learner takes them, shape (n_posts, n_columns + 1), the leaning last."""
        return self._stretched(self.design.transform(table))

    def _stretched(self, values: Floats) -> Floats:
        return np.concatenate([values * self.stretch, (values @ self.leaning)[:, None] * PROMINENT], axis=1)

    def log_probabilities(self, table: pl.DataFrame) -> Floats:
        """Logarithms of the uncalibrated class probabilities, shape (n_posts, n_classes)."""
        return self.of_matrix(self.matrix(table))

    def of_scaled(self, values: Floats) -> Floats:
        """As :meth:`log_probabilities`, of rows that the design has scaled."""
        return self.of_matrix(self._stretched(values))

    def of_matrix(self, rows: Floats) -> Floats:
        """As :meth:`log_probabilities`, of rows of :meth:`matrix`."""
        if self.trees is not None:
            return self.trees.log_probabilities(rows)
        assert self.coef is not None and self.thresholds is not None  # noqa: S101 - one of both is fitted
        return np.asarray(np.log(class_probabilities(rows @ self.coef, self.thresholds)))

    def weights(self) -> Floats:
        """Weight of each scaled column in the log-odds of a higher class, the leaning spread over its columns.

        Only the logistic model has them; shape (n_columns,).
        """
        assert self.coef is not None  # noqa: S101 - the caller asks the logistic model
        return np.asarray(self.coef[:-1] * self.stretch + self.coef[-1] * PROMINENT * self.leaning)


def _background(design: Design, posts: pl.DataFrame, seed: int) -> Floats:
    generator = np.random.default_rng([seed, 3])
    values = design.transform(posts)
    drawn = np.zeros((_BACKGROUND, len(design.columns)))
    for feature in design.features:
        places = design.places(feature)
        drawn[:, places] = values[generator.integers(0, len(values), _BACKGROUND)][:, places]
    return drawn


def _leaning(values: Floats, target: pl.Series, allowed: npt.NDArray[np.bool_]) -> Floats:
    """Weights of the ridge regression, scaled so that the sum has a standard deviation of 1."""
    known = target.is_not_null().to_numpy()
    if known.sum() < 2 or not allowed.any():
        return np.zeros(values.shape[1])
    inside = values[known][:, allowed]
    ridge = Ridge(alpha=_LEANING_PENALTY, solver="cholesky").fit(inside, target.filter(target.is_not_null()).to_numpy())
    weights = np.zeros(values.shape[1])
    weights[allowed] = ridge.coef_
    spread = float((values @ weights).std())
    return weights / spread if spread > 1e-9 else np.zeros(values.shape[1])
