"""Boosted trees as plain arrays: saved without pickle, applied without the library that grew them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from textmine.errors import ModelError

Floats = npt.NDArray[np.float64]
DEPTH: Final = 3
"""Depth of the trees: each is laid out as a full one of seven questions and eight answers."""

_QUESTIONS: Final = 2**DEPTH - 1


@dataclass(frozen=True)
class Trees:
    """Questions "is this feature above that number?" and answers, tree by tree.

    Shapes: ``feature`` and ``threshold`` (n_trees, 7), ``answer`` (n_trees, 8), ``start`` (n_classes,). Tree t adds to
    the class t modulo the number of classes; two classes have one sum, that of the higher.
    """

    feature: npt.NDArray[np.int64]
    threshold: Floats
    answer: Floats
    start: Floats

    @classmethod
    def of(cls, model: HistGradientBoostingClassifier) -> Self:
        """Trees of a fitted model that was grown to :data:`DEPTH` on numbers without gaps."""
        grown = [each.nodes for step in model._predictors for each in step]
        shape = (len(grown), _QUESTIONS)
        feature, threshold = np.zeros(shape, np.int64), np.full(shape, np.inf)
        answer = np.zeros((len(grown), _QUESTIONS + 1))
        for place, nodes in enumerate(grown):
            _lay_out(nodes, 0, 0, feature[place], threshold[place], answer[place])
        return cls(feature, threshold, answer, np.asarray(model._baseline_prediction, np.float64).reshape(-1))

    def check(self, n_features: int) -> None:
        """Raise a :class:`~textmine.errors.ModelError` unless the shapes fit each other and the features."""
        n_trees = len(self.feature)
        shapes = (self.feature.shape, self.threshold.shape, self.answer.shape)
        if shapes != ((n_trees, _QUESTIONS), (n_trees, _QUESTIONS), (n_trees, _QUESTIONS + 1)):
            raise ModelError(f"the trees have the shapes {shapes}")
        if n_trees and not 0 <= self.feature.min() <= self.feature.max() < n_features:
            raise ModelError(f"a tree asks for feature {self.feature.max()} of {n_features}")

    def log_probabilities(self, rows: Floats) -> Floats:
        """Logarithms of the class probabilities, shape (n_rows, n_classes)."""
        columns = np.ascontiguousarray(rows.T).reshape(-1)
        places = np.arange(len(rows))
        sums = np.repeat(self.start[None, :], len(rows), axis=0)
        for tree in range(len(self.feature)):
            offsets, threshold = self.feature[tree] * len(rows), self.threshold[tree]
            node = np.zeros(len(rows), dtype=np.int64)
            for _ in range(DEPTH):
                node = 2 * node + 1 + (columns[offsets[node] + places] > threshold[node])
            sums[:, tree % sums.shape[1]] += self.answer[tree][node - _QUESTIONS]
        if sums.shape[1] == 1:
            sums = np.concatenate([np.zeros_like(sums), sums], axis=1)
        sums -= sums.max(axis=1, keepdims=True)
        return np.asarray(sums - np.log(np.exp(sums).sum(axis=1, keepdims=True)))


def _lay_out(
    nodes: npt.NDArray[np.void],
    node: int,
    place: int,
    feature: npt.NDArray[np.int64],
    threshold: Floats,
    answer: Floats,
) -> None:
    """Copy a tree into the full layout; an early answer is repeated below it."""
    if place >= _QUESTIONS:
        answer[place - _QUESTIONS] = nodes[node]["value"]
        return
    here = nodes[node]
    if here["is_leaf"]:
        below = [node, node]
    else:
        feature[place], threshold[place] = here["feature_idx"], here["num_threshold"]
        below = [int(here["left"]), int(here["right"])]
    for side, child in enumerate(below):
        _lay_out(nodes, child, 2 * place + 1 + side, feature, threshold, answer)
