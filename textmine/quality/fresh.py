"""Tests a saved model on labels that it was not trained on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.errors import NotEnoughDataError
from textmine.quality.calibration import grades
from textmine.quality.columns import KEYS, TARGETS
from textmine.quality.model import QualityModel
from textmine.quality.scores import Predictions, scores, spearman

UNSEEN, SEEN = "model (new agencies)", "model (agencies learned from)"
Floats = npt.NDArray[np.float64]


def fresh_scores(model: QualityModel, features: pl.LazyFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Scores of a model on labelled posts, those of agencies that it learned from apart: there scores flatter.

    Parameters
    ----------
    model
        A saved model.
    features
        One row a post.
    labels
        As :func:`textmine.quality.labels.read_labels` returns them.

    Returns
    -------
    polars.DataFrame
        ``of`` and the figures of :func:`textmine.quality.scores.scores`; single figures of the posts follow, on all
        labelled posts, with their rank correlation alone, since nothing cuts them into classes.

    Raises
    ------
    NotEnoughDataError
        No labelled post is among the features.
    """
    keyed = features.with_columns(pl.col(name).cast(pl.String).alias(f"_{name}") for name in KEYS)
    joined = keyed.join(labels.lazy(), left_on=[f"_{name}" for name in KEYS], right_on=list(KEYS))
    table = joined.collect(engine="streaming")
    if table.is_empty():
        raise NotEnoughDataError("none of the labelled posts is in the workspace", needed=1, got=0)
    weights = table.select(model.settings.classes).to_numpy().astype(np.float64)
    agencies = table["agency"].cast(pl.String).fill_null("")
    seen = agencies.is_in(model.report["agency_keys"]).to_numpy()
    probabilities = model.probabilities(table)
    codes = model.calibration.classes(probabilities)
    unsure = model.calibration.abstains(probabilities, codes)
    found = Predictions(weights, probabilities, codes, unsure, agencies.to_numpy(), np.zeros(len(table), bool))
    rows = [{"of": name} | scores(found.part(part)) for name, part in ((UNSEEN, ~seen), (SEEN, seen)) if part.any()]
    truth = grades(weights / weights.sum(axis=1, keepdims=True))
    rows += [_figure(name, table, truth) for name in ("followers", "engagement", *TARGETS) if name in table.columns]
    return pl.DataFrame(rows, infer_schema_length=None)


def _figure(name: str, table: pl.DataFrame, truth: Floats) -> dict[str, object]:
    values = table[name].cast(pl.Float64)
    known = values.is_not_null().to_numpy()
    rank = spearman(values.drop_nulls().to_numpy(), truth[known])
    return {"of": name, "n": int(known.sum()), "rank_correlation": rank}
