"""Chooses a learner in cross-validation over agencies, and calibrates it on the same held-out predictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.errors import NotEnoughDataError
from textmine.quality.calibration import Calibration, grades
from textmine.quality.columns import FeatureColumns
from textmine.quality.folds import Rows, agency_folds
from textmine.quality.pipeline import CANDIDATES, Candidate, Pipeline
from textmine.quality.scores import macro_f1, spearman
from textmine.quality.settings import QualitySettings

Floats = npt.NDArray[np.float64]

MIN_POSTS = 30
"""Labelled posts that a training needs at least."""


@dataclass(frozen=True)
class TrainingPosts:
    """Posts to learn from.

    Attributes
    ----------
    labelled
        Features, agency and published_at of the posts with labels.
    labels
        Weight of each class, shape (n_labelled, n_classes).
    others
        Posts without labels, or None; of their agencies only those are used that are learned from.
    """

    labelled: pl.DataFrame
    labels: Floats
    others: pl.DataFrame | None

    def part(self, rows: Rows) -> TrainingPosts:
        """Some labelled posts, and the other posts of their agencies and not later than them."""
        labelled = self.labelled[rows]
        others = self.others
        if others is not None:
            last = labelled["published_at"].max()
            agencies = labelled["agency"].unique()
            others = others.filter(pl.col("agency").is_in(agencies.implode()), pl.col("published_at") <= last)
        return TrainingPosts(labelled, self.labels[rows], others)


@dataclass(frozen=True)
class Selected:
    """The better learner, fitted on all posts given, calibrated on posts of agencies that it had not seen.

    ``table`` has a row a candidate: log_loss, macro_f1 and rank_correlation in cross-validation over agencies.
    """

    candidate: Candidate
    pipeline: Pipeline
    calibration: Calibration
    table: pl.DataFrame


def select(posts: TrainingPosts, columns: FeatureColumns, settings: QualitySettings) -> Selected:
    """Choose, fit and calibrate a learner.

    Raises
    ------
    NotEnoughDataError
        There are fewer than :data:`MIN_POSTS` posts, or fewer than two agencies or classes.
    """
    if len(posts.labelled) < MIN_POSTS:
        raise NotEnoughDataError("too few labelled posts to learn from", needed=MIN_POSTS, got=len(posts.labelled))
    candidates = [each for each in CANDIDATES if settings.learner in ("auto", each.learner)]

    def learn(candidate: Candidate) -> Callable[[TrainingPosts, pl.DataFrame], Floats]:
        return lambda part, test: fitted(part, columns, candidate, settings).log_probabilities(test)

    held_out = {each: out_of_agency(posts, learn(each), settings) for each in candidates}
    table = pl.DataFrame([_compared(each, held_out[each], posts.labels) for each in candidates])
    best = min(zip(candidates, table["log_loss"], strict=True), key=lambda pair: pair[1])[0]
    calibration = Calibration.fit(held_out[best], posts.labels, coverage=settings.coverage)
    return Selected(best, fitted(posts, columns, best, settings), calibration, table)


def fitted(posts: TrainingPosts, columns: FeatureColumns, candidate: Candidate, settings: QualitySettings) -> Pipeline:
    """Fit a learner on posts."""
    labels = without_gaps(posts.labels)
    return Pipeline.fit(posts.labelled, labels, posts.others, columns, candidate, seed=settings.seed)


def without_gaps(labels: Floats) -> Floats:
    """Give a class that no post has a little of each: agencies that lack it do not make it impossible."""
    if (labels.sum(axis=0) > 0).all():
        return labels
    return np.asarray(labels + 0.01 / labels.shape[1])


def out_of_agency(
    posts: TrainingPosts, learn: Callable[[TrainingPosts, pl.DataFrame], Floats], settings: QualitySettings
) -> Floats:
    """Log-probabilities of each labelled post by a learner that saw no post of its agency.

    Parameters
    ----------
    posts
        Labelled posts.
    learn
        Called with the posts to learn from and those to predict; returns shape (n_test, n_classes).
    settings
        Folds and seed.
    """
    logs = np.zeros(posts.labels.shape)
    for learned, test in agency_folds(posts.labelled["agency"], folds=settings.folds, seed=settings.seed):
        logs[test] = learn(posts.part(learned), posts.labelled[test])
    return logs


def _compared(candidate: Candidate, logs: Floats, labels: Floats) -> dict[str, object]:
    # Calibrated first: the choice must not hang on a learner's overconfidence.
    calibration = Calibration.fit(logs, labels, coverage=1.0)
    probabilities = calibration.probabilities(logs)
    truth = labels.argmax(axis=1)
    return {
        "learner": candidate.name,
        "log_loss": float(-(labels * np.log(np.maximum(probabilities, 1e-12))).sum() / labels.sum()),
        "macro_f1": macro_f1(truth, calibration.classes(probabilities), labels.shape[1]),
        "rank_correlation": spearman(grades(probabilities), grades(labels / labels.sum(axis=1, keepdims=True))),
    }
