"""How good predictions are: by class, by rank, by calibration, and as the model says fewer of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import rankdata
from sklearn.metrics import f1_score, precision_recall_fscore_support

from textmine.quality.calibration import grades

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
_BINS: Final = 10
COVERAGES: Final = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)


@dataclass(frozen=True)
class Predictions:
    """What a model said of posts of agencies that it had not seen.

    Attributes
    ----------
    labels
        Probability of each class by the labels, shape (n_posts, n_classes).
    probabilities
        By the model, same shape.
    classes
        Class that the model says, before it abstains, shape (n_posts,).
    abstained
        Shape (n_posts,).
    agencies
        Shape (n_posts,).
    later
        Whether the post lies in the later period, from which nothing was learned, shape (n_posts,).
    """

    labels: Floats
    probabilities: Floats
    classes: Codes
    abstained: npt.NDArray[np.bool_]
    agencies: npt.NDArray[np.str_]
    later: npt.NDArray[np.bool_]

    def part(self, rows: npt.NDArray[np.bool_]) -> Predictions:
        """Some of the posts."""
        return Predictions(
            self.labels[rows],
            self.probabilities[rows],
            self.classes[rows],
            self.abstained[rows],
            self.agencies[rows],
            self.later[rows],
        )


def together(parts: list[Predictions]) -> Predictions:
    """Predictions of several folds as one."""
    return Predictions(
        np.concatenate([each.labels for each in parts]),
        np.concatenate([each.probabilities for each in parts]),
        np.concatenate([each.classes for each in parts]),
        np.concatenate([each.abstained for each in parts]),
        np.concatenate([each.agencies for each in parts]),
        np.concatenate([each.later for each in parts]),
    )


def scores(found: Predictions) -> dict[str, Any]:
    """Scores of predictions against the likeliest class of the labels.

    Returns
    -------
    dict
        n, agencies, macro_f1, accuracy, rank_correlation (Spearman, of the expected grade with the labels'), ece,
        log_loss, coverage (share of posts that get a class) and accuracy_covered (among them). A rank correlation of a
        constant is None.
    """
    truth = found.labels.argmax(axis=1)
    said = ~found.abstained
    right = found.classes == truth
    shares = found.labels / found.labels.sum(axis=1, keepdims=True)
    return {
        "n": len(truth),
        "agencies": len(np.unique(found.agencies)),
        "macro_f1": macro_f1(truth, found.classes, found.labels.shape[1]),
        "accuracy": float(right.mean()),
        "rank_correlation": spearman(grades(found.probabilities), grades(shares)),
        "ece": calibration_error(found.probabilities, truth),
        "log_loss": float(-(shares * np.log(np.maximum(found.probabilities, 1e-12))).sum(axis=1).mean()),
        "coverage": float(said.mean()),
        "accuracy_covered": float(right[said].mean()) if said.any() else None,
    }


def macro_f1(truth: Codes, said: Codes, n_classes: int) -> float:
    """Mean F1 of the classes."""
    return float(f1_score(truth, said, labels=range(n_classes), average="macro", zero_division=0))


def spearman(first: Floats, second: Floats) -> float | None:
    """Rank correlation, None where one of both is constant."""
    ranks = rankdata(first), rankdata(second)
    if len(first) < 3 or min(each.std() for each in ranks) < 1e-12:
        return None
    return float(np.corrcoef(*ranks)[0, 1])


def calibration_error(probabilities: Floats, truth: Codes) -> float:
    """Expected calibration error of all classes: mean gap between probability and frequency in ten equal bins."""
    gaps = []
    for code in range(probabilities.shape[1]):
        bins = np.minimum((probabilities[:, code] * _BINS).astype(int), _BINS - 1)
        gap = np.bincount(bins, probabilities[:, code] - (truth == code), minlength=_BINS)
        gaps.append(np.abs(gap).sum() / len(truth))
    return float(np.mean(gaps))


def by_class(found: Predictions, classes: tuple[str, ...]) -> pl.DataFrame:
    """Return precision, recall and F1 of each class, before the model abstains: one row a class."""
    truth = found.labels.argmax(axis=1)
    precision, recall, f1, n = precision_recall_fscore_support(
        truth, found.classes, labels=range(len(classes)), zero_division=0
    )
    said = np.bincount(found.classes, minlength=len(classes))
    abstained = np.bincount(found.classes[found.abstained], minlength=len(classes))
    return pl.DataFrame(
        {
            "class": classes,
            "posts": n,
            "said": said,
            "abstained": abstained,
            "precision": precision,
            "recall": recall,
            "f1": f1,
        }
    )


def confusion(found: Predictions, classes: tuple[str, ...]) -> pl.DataFrame:
    """Posts by class of the labels (rows) and class said (columns), with those on which the model abstains."""
    truth = found.labels.argmax(axis=1)
    said = np.where(found.abstained, len(classes), found.classes)
    table = np.zeros((len(classes), len(classes) + 1), dtype=np.int64)
    np.add.at(table, (truth, said), 1)
    names = [*classes, "abstained"]
    return pl.DataFrame({"label": classes} | {name: table[:, place] for place, name in enumerate(names)})


def coverage_curve(found: Predictions) -> pl.DataFrame:
    """Accuracy and macro-F1 as the model says a class for the surest share of the posts of each class only."""
    truth = found.labels.argmax(axis=1)
    sure = np.take_along_axis(found.probabilities, found.classes[:, None], axis=1)[:, 0]
    order = np.argsort(_doubt_within(found.classes, sure), kind="stable")
    rows = []
    for coverage in COVERAGES:
        kept = order[: max(1, round(coverage * len(order)))]
        right = float((found.classes[kept] == truth[kept]).mean())
        rows.append((coverage, len(kept), right, macro_f1(truth[kept], found.classes[kept], found.labels.shape[1])))
    return pl.DataFrame(rows, schema=["coverage", "posts", "accuracy", "macro_f1"], orient="row")


def _doubt_within(classes: Codes, sure: Floats) -> Floats:
    """Rank of each post among those of its class by sureness, from 0 (surest) to 1, shape (n_posts,)."""
    doubt = np.zeros(len(classes))
    for code in np.unique(classes):
        here = np.flatnonzero(classes == code)
        doubt[here] = (rankdata(-sure[here]) - 1) / max(len(here) - 1, 1)
    return doubt
