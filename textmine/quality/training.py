"""Trains a quality model: on the labels of judges, or, without any, on engagement net of audience."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.errors import MissingColumnError, NotEnoughDataError
from textmine.quality.baselines import CAPTION
from textmine.quality.columns import KEYS, FeatureColumns, refuse_leaks
from textmine.quality.evaluation import Evaluation, evaluate
from textmine.quality.importance import importance
from textmine.quality.model import Kind, QualityModel
from textmine.quality.scores import by_class, confusion, coverage_curve, scores
from textmine.quality.selection import MIN_POSTS, TrainingPosts, select
from textmine.quality.settings import QualitySettings

_NEEDED: Final = (*KEYS, "agency", "published_at")
_FIGURES: Final = {"follower count alone": "followers", "engagement alone": "engagement"}
_NET: Final = "engagement net of audience"


@dataclass(frozen=True)
class Trained:
    """A model, and the posts that it learned from, for the drift reference."""

    model: QualityModel
    posts: pl.DataFrame


def train(
    features: pl.LazyFrame,
    *,
    labels: pl.DataFrame | None = None,
    captions: pl.LazyFrame | None = None,
    settings: QualitySettings | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Trained:
    """Train and test a model.

    Parameters
    ----------
    features
        One row a post, see docs/features.md.
    labels
        Of judges, as :func:`textmine.quality.labels.read_labels` returns them. Without them the classes are cut from
        the percentile of engagement net of audience, and the model is named engagement-derived.
    captions
        platform, post_id and caption, for the baseline of the words alone; left out without them.
    settings
        How to train.
    progress
        Called with folds done and all folds of the test.

    Returns
    -------
    Trained
        The same features, labels and settings give the same model.

    Raises
    ------
    NotEnoughDataError
        There are too few posts, agencies or classes.
    ModelError
        An engagement-derived model would see engagement.
    """
    settings = settings or QualitySettings()
    kind: Kind = "engagement-derived" if labels is None else "judges"
    _check(features)
    columns = FeatureColumns.choose(features, settings, use_engagement=settings.use_engagement and labels is not None)
    posts = _from_engagement(features, columns, settings) if labels is None else _from_labels(
        features, labels, columns, settings
    )  # fmt: skip
    if len(posts.labelled) < MIN_POSTS:
        raise NotEnoughDataError("too few labelled posts to learn from", needed=MIN_POSTS, got=len(posts.labelled))
    if labels is None:
        refuse_leaks(posts.labelled, columns)
    if captions is not None:
        posts = _with_captions(posts, captions)
    figures = {name: column for name, column in _FIGURES.items() if column in posts.labelled.columns}
    if labels is None:
        figures.pop("engagement alone", None)  # it is what the classes are made from
    elif columns.target is not None:
        figures[_NET] = columns.target
    tested = evaluate(posts, columns, settings, figures=figures, text=captions is not None, progress=progress)
    chosen = select(posts, columns, settings)
    report = _report(posts, tested, settings) | {"learners": chosen.table.to_dicts(), "chosen": chosen.candidate.name}
    model = QualityModel(kind, settings, columns, chosen.pipeline, chosen.calibration, report)
    return Trained(model, posts.labelled if posts.others is None else posts.others)


def _check(features: pl.LazyFrame) -> None:
    found = features.collect_schema().names()
    for name in _NEEDED:
        if name not in found:
            raise MissingColumnError(name, found=found, remedy="make the table with: textmine features")


def _sample(features: pl.LazyFrame, names: list[str], settings: QualitySettings, *where: pl.Expr) -> pl.DataFrame:
    """At most ``max_posts`` posts of agencies, drawn by a hash of their key, in the order of the table."""
    schema = features.collect_schema().names()
    credited = [pl.col("credited").fill_null(False)] if "credited" in schema else []
    chosen = features.filter(pl.col("agency").is_not_null(), *credited, *where)
    drawn = pl.concat_str("platform", pl.lit("/"), "post_id").hash(seed=settings.seed)
    keys = chosen.select(drawn.alias("drawn")).collect(engine="streaming")["drawn"]
    if len(keys) > settings.max_posts:
        limit = keys.sort()[settings.max_posts]
        chosen = chosen.filter(drawn < limit)
    return chosen.select(names).sort("published_at", *KEYS).collect(engine="streaming")


def _names(features: pl.LazyFrame, columns: FeatureColumns) -> list[str]:
    target = [columns.target] if columns.target is not None else []
    found = features.collect_schema().names()
    beside = [name for name in ("followers", *columns.engagement) if name in found]
    return list(dict.fromkeys([*_NEEDED, *columns.used, *target, *beside]))


def _from_engagement(features: pl.LazyFrame, columns: FeatureColumns, settings: QualitySettings) -> TrainingPosts:
    if columns.target is None:
        raise NotEnoughDataError("no post has a percentile of engagement to learn from; give --labels", needed=1, got=0)
    names = _names(features, columns)
    posts = _sample(features, names, settings, pl.col(columns.target).is_not_null())
    percentile = posts[columns.target].to_numpy()
    codes = np.searchsorted(np.cumsum(settings.shares)[:-1], percentile, side="right")
    return TrainingPosts(posts, np.eye(len(settings.classes))[codes], None)


def _from_labels(
    features: pl.LazyFrame, labels: pl.DataFrame, columns: FeatureColumns, settings: QualitySettings
) -> TrainingPosts:
    names = _names(features, columns)
    keyed = features.select(*names, *(pl.col(name).cast(pl.String).alias(f"_{name}") for name in KEYS))
    joined = keyed.filter(pl.col("agency").is_not_null()).join(
        labels.lazy(), left_on=[f"_{name}" for name in KEYS], right_on=list(KEYS)
    )
    labelled = joined.sort("published_at", *KEYS).collect(engine="streaming")
    weights = labelled.select(settings.classes).to_numpy().astype(np.float64)
    return TrainingPosts(labelled.select(names), weights, _sample(features, names, settings))


def _with_captions(posts: TrainingPosts, captions: pl.LazyFrame) -> TrainingPosts:
    wanted = posts.labelled.select(KEYS)
    found = captions.select(*KEYS, CAPTION).join(wanted.lazy(), on=list(KEYS), how="semi").collect(engine="streaming")
    labelled = posts.labelled.join(found, on=list(KEYS), how="left", maintain_order="left")
    return TrainingPosts(labelled, posts.labels, posts.others)


def _report(posts: TrainingPosts, tested: Evaluation, settings: QualitySettings) -> dict[str, Any]:
    """Everything that the card tells of the test, as JSON takes it."""
    later = tested.model.later
    found: dict[str, Any] = {
        "posts": len(posts.labelled),
        "agencies": posts.labelled["agency"].n_unique(),
        "agency_keys": sorted(posts.labelled["agency"].cast(pl.String).unique()),
        "first_day": str(posts.labelled["published_at"].min())[:10],
        "last_day": str(posts.labelled["published_at"].max())[:10],
        "class_shares": _shares(posts.labels),
        "tested_learners": list(tested.learners),
        "scores": {"new agencies": scores(tested.model)},
        "baselines": {name: scores(each) for name, each in tested.baselines.items()},
        "by_class": by_class(tested.model, settings.classes).to_dicts(),
        "confusion": confusion(tested.model, settings.classes).to_dicts(),
        "coverage_curve": coverage_curve(tested.model).to_dicts(),
        "importance": importance(tested.losses, seed=settings.seed).to_dicts(),
    }
    if later.sum() >= 10:
        found["scores"]["new agencies, later period"] = scores(tested.model.part(later))
        found["baselines_later"] = {name: scores(each.part(later)) for name, each in tested.baselines.items()}
    return found


def _shares(labels: npt.NDArray[np.float64]) -> list[float]:
    return [float(share) for share in labels.sum(axis=0) / labels.sum()]
