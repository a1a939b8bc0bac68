"""Tests a way of training on agencies that it has not seen, in a period that it has not seen.

Nested: for each fold of agencies the learner is chosen, fitted and calibrated anew, on the earlier posts of the other
agencies alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.quality.baselines import baselines
from textmine.quality.calibration import Calibration
from textmine.quality.columns import FeatureColumns
from textmine.quality.folds import Rows, agency_folds, is_later
from textmine.quality.importance import Losses, permuted_losses
from textmine.quality.scores import Predictions, together
from textmine.quality.selection import MIN_POSTS, TrainingPosts, out_of_agency, select
from textmine.quality.settings import QualitySettings

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ALL_FOLDS: Final = 2_000
"""Labelled posts up to which every fold of agencies is tested; above, one fold holds enough."""


@dataclass(frozen=True)
class Evaluation:
    """Predictions by the model and by each baseline, for the same posts, and what each feature is worth.

    ``losses`` holds the losses of the posts with each feature shuffled, see
    :func:`textmine.quality.importance.importance`.
    """

    model: Predictions
    baselines: dict[str, Predictions]
    losses: Losses
    learners: tuple[str, ...]


def evaluate(
    posts: TrainingPosts,
    columns: FeatureColumns,
    settings: QualitySettings,
    *,
    figures: Mapping[str, str],
    text: bool,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Train and test fold by fold.

    Parameters
    ----------
    posts, columns, settings
        As for :func:`textmine.quality.selection.select`.
    figures, text
        As for :func:`textmine.quality.baselines.baselines`.
    progress
        Called with folds done and all folds.

    Raises
    ------
    NotEnoughDataError
        There are too few posts, agencies or classes.
    """
    peers = baselines(figures, text=text)
    found: list[Predictions] = []
    beside: dict[str, list[Predictions]] = {name: [] for name in peers}
    losses: list[Losses] = []
    learners: list[str] = []
    later = is_later(posts.labelled["published_at"], settings.later)
    folds = list(agency_folds(posts.labelled["agency"], folds=settings.folds, seed=settings.seed))
    folds = folds if len(posts.labelled) <= ALL_FOLDS else folds[:1]
    for number, (learned, test) in enumerate(folds):
        learned = _earlier(learned, later)
        part, held = posts.part(learned), posts.labelled[test]
        chosen = select(part, columns, settings)
        learners.append(chosen.candidate.name)
        target = posts.labels[test], later[test]
        found.append(_predicted(chosen.pipeline.log_probabilities(held), chosen.calibration, held, *target))
        losses.append(permuted_losses(chosen, held, posts.labels[test], seed=settings.seed + number))
        for name, learn in peers.items():
            calibration = Calibration.fit(out_of_agency(part, learn, settings), part.labels, coverage=settings.coverage)
            beside[name].append(_predicted(learn(part, held), calibration, held, *target))
        if progress is not None:
            progress(number + 1, len(folds))
    merged = {name: together(parts) for name, parts in beside.items()}
    return Evaluation(together(found), merged, Losses.together(losses), tuple(learners))


def _earlier(rows: Rows, later: Flags) -> Rows:
    """Rows of the earlier period, unless too few are left to learn from."""
    kept = rows[~later[rows]]
    return kept if len(kept) >= MIN_POSTS else rows


def _predicted(
    logs: Floats,
    calibration: Calibration,
    held: pl.DataFrame,
    labels: Floats,
    later: Flags,
) -> Predictions:
    probabilities = calibration.probabilities(logs)
    classes = calibration.classes(probabilities)
    abstained = calibration.abstains(probabilities, classes)
    return Predictions(labels, probabilities, classes, abstained, held["agency"].cast(pl.String).to_numpy(), later)
