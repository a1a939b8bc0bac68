"""Quality in a workspace: trains on its features, applies a model to every post, explains one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from textmine.atomic import hash_path
from textmine.batches import iter_batches
from textmine.errors import InputError
from textmine.features import FEATURES_TABLE, features_of, features_stage
from textmine.quality.columns import KEYS
from textmine.quality.labels import read_labels
from textmine.quality.model import QualityModel, quality_schema
from textmine.quality.persistence import load_model, load_reference, save_model
from textmine.quality.settings import QualitySettings
from textmine.quality.training import train
from textmine.quality.unlike import DriftCounter, warning
from textmine.store import StageResult, Workspace, write_json

TRAINING: Final = "quality_model"
"""The stage that trains, and the folder that holds its model."""
STAGE: Final = "quality"
QUALITY: Final = "quality.parquet"
DRIFT: Final = "quality_drift.parquet"
SUMMARY: Final = "quality.json"


def training_stage(
    workspace: Workspace,
    *,
    labels: Path | None = None,
    settings: QualitySettings | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> StageResult:
    """Train a model on the features of the workspace, which are made first where they are missing or out of date.

    The caller holds the workspace's lock.

    Parameters
    ----------
    workspace
        With posts.
    labels
        A file for :func:`textmine.quality.labels.read_labels`; without it the model is engagement-derived.
    settings
        How to train.
    progress
        Called with folds done and all folds of the test.
    """
    features_stage(workspace)
    settings = settings or QualitySettings()
    inputs = workspace.output_hashes("ingest", "features")
    wanted = {name: made for name, made in inputs.items() if name in (FEATURES_TABLE, "posts.parquet")}
    given = None
    if labels is not None:
        given = read_labels(labels, settings.classes)
        wanted["labels"] = hash_path(labels)

    def build(staging: Path) -> Mapping[str, int]:
        captions = workspace.scan("posts.parquet", made_by="ingest")
        trained = train(features_of(workspace), labels=given, captions=captions, settings=settings, progress=progress)
        report = trained.model.report | {"simulated": workspace.simulated}
        save_model(replace(trained.model, report=report), trained.posts, staging / TRAINING)
        return {"posts": report["posts"], "agencies": report["agencies"]}

    return workspace.run_stage(TRAINING, build, outputs=[TRAINING], inputs=wanted, settings=settings.as_dict())


def quality_stage(
    workspace: Workspace, *, model: Path | None = None, progress: Callable[[int], None] | None = None
) -> StageResult:
    """Write the class of every post into ``quality.parquet``, and what is unlike the training posts beside it.

    The caller holds the workspace's lock.

    Parameters
    ----------
    workspace
        With posts; features are made first where they are missing or out of date.
    model
        Folder of a model; that of :func:`training_stage` if None.
    progress
        Called with the number of posts done.
    """
    features_stage(workspace)
    folder = model_folder(workspace, model)
    loaded, counter = load_model(folder), DriftCounter(load_reference(folder))
    inputs = {FEATURES_TABLE: workspace.output_hashes("features")[FEATURES_TABLE], "model": hash_path(folder)}

    def build(staging: Path) -> Mapping[str, int]:
        target = staging / QUALITY
        target.mkdir()
        posts = abstained = 0
        table = features_of(workspace).select(list(dict.fromkeys((*KEYS, *loaded.columns.used))))
        for number, batch in enumerate(iter_batches(table)):
            classes = loaded.predict(batch)
            classes.write_parquet(target / f"part-{number:05d}.parquet", compression="zstd")
            counter.add(batch)
            posts, abstained = posts + len(batch), abstained + int(classes["abstained"].sum())
            if progress is not None:
                progress(posts)
        if not posts:
            empty = quality_schema(loaded.settings.classes, table.collect_schema()).to_frame()
            empty.write_parquet(target / "part-00000.parquet")
        drift = counter.table()
        drift.write_parquet(staging / DRIFT, compression="zstd")
        write_json(staging / SUMMARY, _summary(loaded, drift if posts else drift.clear()))
        verdicts = drift["verdict"].cast(pl.String)
        return {
            "posts": posts,
            "abstained": abstained,
            "features_drifted": int((verdicts == "drifted").sum()),
            "features_moved": int((verdicts == "moved").sum()),
        }

    return workspace.run_stage(
        STAGE, build, outputs=[QUALITY, DRIFT, SUMMARY], inputs=inputs, settings={"kind": loaded.kind}
    )


def model_folder(workspace: Workspace, model: Path | None) -> Path:
    """Folder of the model given, or of the workspace's own."""
    return workspace.file(TRAINING) if model is None else model


def post_features(workspace: Workspace, post_id: str, *, platform: str | None = None) -> pl.DataFrame:
    """Features of one post.

    Raises
    ------
    InputError
        There is no such post, or two platforms have one of this id.
    """
    chosen = features_of(workspace).filter(pl.col("post_id") == post_id)
    if platform is not None:
        chosen = chosen.filter(pl.col("platform").cast(pl.String) == platform)
    found = chosen.collect(engine="streaming")
    if found.is_empty():
        raise InputError(f"no post {post_id} in the workspace", path=workspace.path)
    if len(found) > 1:
        names = ", ".join(found["platform"].cast(pl.String))
        raise InputError(f"{names} each have a post {post_id}; choose one with --platform", path=workspace.path)
    return found


def _summary(model: QualityModel, drift: pl.DataFrame) -> dict[str, Any]:
    return {
        "kind": model.kind,
        "classes": list(model.settings.classes),
        "learner": model.learner,
        "simulated": bool(model.report.get("simulated", False)),
        "warning": warning(drift),
    }
