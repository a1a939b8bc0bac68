"""Saves topic models without pickle, and reads them back with every doubt said aloud.

A saved model is a folder: ``model.json`` (settings, versions, scores, hash of the data, checksums of the other files),
``components.npy``, ``vocabulary.parquet`` and ``topics.parquet``. The same model gives the same bytes.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from sklearn.utils.validation import check_is_fitted

import textmine
from textmine.errors import ModelError
from textmine.language.settings import LanguageSettings
from textmine.modelfile import check_files, read_description
from textmine.store import hash_path, replace, write_json
from textmine.topics.description import TOPICS_SCHEMA
from textmine.topics.model import TopicModel

if TYPE_CHECKING:
    import numpy.typing as npt

MODEL_FORMAT: Final = 2
"""Version of the layout; raised when an older textmine could not read it."""

_DESCRIPTION: Final = "model.json"
_COMPONENTS: Final = "components.npy"
_SCORES_OF_TERMS: Final = "term_scores.npy"
_VOCABULARY: Final = "vocabulary.parquet"
_TOPICS: Final = "topics.parquet"
_KIND: Final = "topic model"
_COUNTS: Final = ("n_posts", "n_fit_posts", "n_without_topic")
_SCORES: Final = ("coherence", "diversity")


def save_model(model: TopicModel, directory: Path) -> None:
    """Write a fitted model into ``directory``, replacing an earlier model there and nothing else.

    Raises
    ------
    ModelError
        The folder holds something that is not a model.
    sklearn.exceptions.NotFittedError
        The model has not been fitted.
    """
    check_is_fitted(model)
    if (
        directory.exists()
        and not (directory / _DESCRIPTION).exists()
        and (directory.is_file() or any(directory.iterdir()))
    ):
        raise ModelError("exists and is not a topic model; choose another folder", path=directory)
    draft = directory.with_name(f".{directory.name}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    np.save(draft / _COMPONENTS, model.components_, allow_pickle=False)
    np.save(draft / _SCORES_OF_TERMS, model.term_scores_, allow_pickle=False)
    model.vocabulary_.write_parquet(draft / _VOCABULARY, compression="zstd")
    model.topics_.write_parquet(draft / _TOPICS, compression="zstd")
    write_json(draft / _DESCRIPTION, _describe(model, draft))
    replace(draft, directory)


def _describe(model: TopicModel, draft: Path) -> dict[str, Any]:
    settings = model.get_params(deep=False)
    settings["kinds"] = list(settings["kinds"])
    if settings["seed_words"] is not None:
        settings["seed_words"] = {name: list(words) for name, words in settings["seed_words"].items()}
    settings["language"] = (model.language or LanguageSettings()).as_dict()
    return {
        "format": MODEL_FORMAT,
        "textmine": textmine.__version__,
        "settings": settings,
        "alpha": None if model.alpha_ is None else model.alpha_.tolist(),
        "method": model.method_,
        "outlier_topic": model.outlier_topic_,
        "seed_names": list(model.seed_names_),
        "unknown_seed_words": list(model.unknown_seed_words_),
        "shape": list(model.components_.shape),
        "data_hash": model.data_hash_,
        "posts": {name: getattr(model, f"{name}_") for name in _COUNTS},
        "scores": {name: getattr(model, f"{name}_") for name in _SCORES},
        "checksums": {name: hash_path(draft / name) for name in (_COMPONENTS, _SCORES_OF_TERMS, _VOCABULARY, _TOPICS)},
    }


def load_model(directory: Path) -> TopicModel:
    """Read a saved model.

    Raises
    ------
    ModelError
        There is none, it is damaged, or a newer textmine wrote it.
    """
    description = _read_description(directory)
    try:
        settings = dict(description["settings"])
        settings["kinds"] = tuple(settings["kinds"])
        if settings.get("seed_words") is not None:
            settings["seed_words"] = {name: tuple(words) for name, words in settings["seed_words"].items()}
        settings["language"] = LanguageSettings(**settings["language"])
        model = TopicModel(**settings)
        _restore(model, description, directory)
    except (KeyError, TypeError, AttributeError, OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise ModelError(f"the saved topic model cannot be read: {error}", path=directory) from error
    return model


def _read_description(directory: Path) -> dict[str, Any]:
    missing = "no topic model here; make one with: textmine topics"
    if (directory / "revisions.json").is_file():
        missing = "these topics were revised since they were fitted; read them with textmine.topics.load_topics"
    return read_description(directory, _DESCRIPTION, kind=_KIND, newest=MODEL_FORMAT, missing=missing)


def _restore(model: TopicModel, description: dict[str, Any], directory: Path) -> None:
    check_files(directory, description["checksums"], kind=_KIND)
    components: npt.NDArray[np.float32] = np.load(directory / _COMPONENTS, allow_pickle=False)
    model.components_ = components
    model.vocabulary_ = pl.read_parquet(directory / _VOCABULARY)
    model.topics_ = pl.read_parquet(directory / _TOPICS)
    shape = (len(model.topics_), len(model.vocabulary_))
    if components.shape != shape or model.topics_.schema != TOPICS_SCHEMA:
        raise ModelError(f"components have shape {components.shape}, topics and vocabulary {shape}", path=directory)
    alpha = description["alpha"]
    model.alpha_ = None if alpha is None else np.asarray(alpha, np.float64)
    # Format 1 had no scores of its own: terms were shown by their weight.
    scores = directory / _SCORES_OF_TERMS
    has_scores = _SCORES_OF_TERMS in description["checksums"]
    model.term_scores_ = np.load(scores, allow_pickle=False) if has_scores else components
    model.method_ = description.get("method", model.method)
    model.outlier_topic_ = description.get("outlier_topic")
    model.seed_names_ = tuple(description.get("seed_names", [None] * len(components)))
    model.unknown_seed_words_ = tuple(description.get("unknown_seed_words", ()))
    model.data_hash_ = str(description["data_hash"])
    for name in _COUNTS:
        setattr(model, f"{name}_", int(description["posts"][name]))
    for name in _SCORES:
        setattr(model, f"{name}_", float(description["scores"][name]))
