"""Saves quality models without pickle, and reads them back only as they were written.

A saved model is a folder: ``model.json`` (settings, columns, scales, scores, checksums), ``arrays.npz`` (weights or
trees, calibration), ``reference.json`` (how the features were spread, for drift) and ``CARD.md``. The same model gives
the same bytes.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

import textmine
from textmine.atomic import digest, hash_path, translated_os_errors, write_file, write_json
from textmine.drift import DriftReference
from textmine.errors import ConfigError, ModelError
from textmine.modelfile import check_files, read_description
from textmine.quality.calibration import Calibration
from textmine.quality.card import card
from textmine.quality.columns import FeatureColumns
from textmine.quality.design import Design
from textmine.quality.model import KINDS, QualityModel
from textmine.quality.pipeline import Pipeline
from textmine.quality.settings import QualitySettings
from textmine.quality.trees import Trees

MODEL_FORMAT: Final = 1
"""Version of the layout; raised when an older textmine could not read it."""

DESCRIPTION: Final = "model.json"
ARRAYS: Final = "arrays.npz"
REFERENCE: Final = "reference.json"
CARD: Final = "CARD.md"
_KIND: Final = "quality model"


def save_model(model: QualityModel, posts: pl.DataFrame, directory: str | Path) -> None:
    """Write a model into a folder.

    Parameters
    ----------
    model
        A trained model.
    posts
        Features of the posts that it learned from: their spread is kept, no post is.
    directory
        Made where there is none; files of an earlier model are replaced.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(directory / ARRAYS, allow_pickle=False, **_arrays(model))
    DriftReference.of(posts, features=list(model.columns.used)).save(directory / REFERENCE)
    write_file(directory / CARD, card(model), durable=True)
    content = {
        "format": MODEL_FORMAT,
        "textmine": textmine.__version__,
        "kind": model.kind,
        "settings": model.settings.as_dict(),
        "columns": model.columns.as_json(),
        "design": model.pipeline.design.as_json(),
        "report": model.report,
        "checksums": {name: hash_path(directory / name) for name in (ARRAYS, REFERENCE)},
    }
    write_json(directory / DESCRIPTION, content | {"checksum": digest(content)})


def load_model(directory: str | Path) -> QualityModel:
    """Read a saved model.

    Raises
    ------
    ModelError
        There is none, a file was changed since it was saved, or a newer textmine wrote it.
    """
    folder = Path(directory)
    missing = f"no {_KIND} here; make one with: textmine quality train"
    content = read_description(folder, DESCRIPTION, kind=_KIND, newest=MODEL_FORMAT, missing=missing)
    if content.pop("checksum", None) != digest(content):
        raise ModelError(f"{DESCRIPTION} was changed since it was saved; train the model anew", path=folder)
    try:
        check_files(folder, content["checksums"], kind=_KIND)
        return _restored(content, folder)
    except (KeyError, TypeError, OSError, ValueError, ConfigError, zipfile.BadZipFile) as error:
        raise ModelError(f"the saved {_KIND} cannot be read: {error}", path=folder) from error


def copy_model(source: Path, target: Path) -> None:
    """Copy a saved model into another folder; other files there stay.

    Raises
    ------
    WorkspaceError
        The folder cannot be written.
    """
    with translated_os_errors(target):
        target.mkdir(parents=True, exist_ok=True)
        for name in (ARRAYS, REFERENCE, CARD, DESCRIPTION):
            write_file(target / name, (source / name).read_bytes(), durable=True)


def load_reference(directory: str | Path) -> DriftReference:
    """Read how the features were spread where a saved model learned; call :func:`load_model` first, which checks it."""
    return DriftReference.load(Path(directory) / REFERENCE)


def _arrays(model: QualityModel) -> dict[str, npt.NDArray[Any]]:
    pipeline, calibration = model.pipeline, model.calibration
    arrays: dict[str, npt.NDArray[Any]] = {
        "stretch": pipeline.stretch,
        "leaning": pipeline.leaning,
        "bias": calibration.bias,
        "cuts": calibration.cuts,
        "slope": np.array(calibration.slope),
        "least": calibration.least,
    }
    if pipeline.trees is not None:
        trees = pipeline.trees
        return arrays | {
            "feature": trees.feature,
            "threshold": trees.threshold,
            "answer": trees.answer,
            "start": trees.start,
            "background": pipeline.background,
        }
    assert pipeline.coef is not None and pipeline.thresholds is not None  # noqa: S101 - one of both is fitted
    return arrays | {"coef": pipeline.coef, "thresholds": pipeline.thresholds}


def _restored(content: dict[str, Any], folder: Path) -> QualityModel:
    if content["kind"] not in KINDS:
        raise ModelError(f"{content['kind']!r} is no kind of {_KIND}", path=folder)
    with np.load(folder / ARRAYS, allow_pickle=False) as stored:
        arrays: dict[str, npt.NDArray[Any]] = {name: stored[name] for name in stored.files}
    design = Design.from_json(content["design"])
    n_columns = len(design.columns)
    trees = None
    if "feature" in arrays:
        trees = Trees(arrays["feature"], arrays["threshold"], arrays["answer"], arrays["start"])
        trees.check(n_columns + 1)
    elif arrays["coef"].shape != (n_columns + 1,):
        raise ModelError(f"{arrays['coef'].shape[0]} weights do not fit {n_columns + 1} columns", path=folder)
    coef, thresholds = arrays.get("coef"), arrays.get("thresholds")
    background = arrays.get("background", np.zeros((0, n_columns)))
    pipeline = Pipeline(design, arrays["stretch"], arrays["leaning"], coef, thresholds, trees, background)
    calibration = Calibration(float(arrays["slope"]), arrays["bias"], arrays["cuts"], arrays["least"])
    settings = QualitySettings.from_dict(content["settings"])
    n_classes = len(settings.classes)
    for name, length in (("bias", n_classes), ("least", n_classes), ("cuts", n_classes - 1), ("stretch", n_columns)):
        if arrays[name].shape != (length,):
            raise ModelError(f"{name} has the shape {arrays[name].shape}, not ({length},)", path=folder)
    columns = FeatureColumns.from_json(content["columns"])
    return QualityModel(content["kind"], settings, columns, pipeline, calibration, content["report"])
