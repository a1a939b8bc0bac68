"""Saves sentiment classifiers without pickle, and reads them back with every doubt said aloud.

A saved classifier is a folder: ``model.json`` (settings, versions, checksums), ``weights.npz`` (arrays; terms as one
run of UTF-8 with line feeds between), and ``confusion.json`` where its mistakes are known. The same classifier gives
the same bytes.
"""

from __future__ import annotations

import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sklearn.utils.validation import check_is_fitted

import textmine
from textmine.errors import ModelError
from textmine.modelfile import check_files, read_description
from textmine.resources import find
from textmine.sentiment.classifier import SentimentClassifier
from textmine.sentiment.combination import Weights
from textmine.sentiment.confusion import CONFUSION, Confusion
from textmine.sentiment.ngrams import NgramScorer, TrainingWords, Vocabulary
from textmine.sentiment.scope import FEATURES
from textmine.sentiment.units import lexicon_hash
from textmine.store import hash_path, write_json

if TYPE_CHECKING:
    import numpy.typing as npt

MODEL_FORMAT: Final = 1
"""Version of the layout; raised when an older textmine could not read it."""

SHIPPED: Final = "models/sentiment"
_DESCRIPTION: Final = "model.json"
_KIND: Final = "sentiment classifier"
_ARRAYS: Final = "weights.npz"
_TERMS: Final = ("stems", "pairs", "characters")


def save_classifier(model: SentimentClassifier, directory: str | Path, *, confusion: Confusion | None = None) -> None:
    """Write a fitted classifier into a folder; other files there, such as a card, stay.

    Parameters
    ----------
    model
        The classifier.
    directory
        The folder.
    confusion
        Its mistakes on texts that it has not learned from, so that shares of its labels can be corrected.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        The classifier has not been fitted.
    """
    check_is_fitted(model, "weights_")
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    scorer = model.scorer_
    arrays: dict[str, npt.NDArray[Any]] = {
        "stem_weights": scorer.stem_weights.astype(np.float32),
        "pair_weights": scorer.pair_weights.astype(np.float32),
        "character_weights": scorer.character_weights.astype(np.float32),
        "constants": model.constants_,
    }
    arrays |= {name: np.asarray(value, np.float64) for name, value in asdict(model.weights_).items()}
    for name in _TERMS:
        arrays[name] = np.frombuffer("\n".join(getattr(scorer.vocabulary, name)).encode(), np.uint8)
    np.savez_compressed(directory / _ARRAYS, allow_pickle=False, **arrays)
    files = [_ARRAYS]
    (directory / CONFUSION).unlink(missing_ok=True)  # the mistakes of another classifier
    if confusion is not None:
        confusion.save(directory / CONFUSION)
        files.append(CONFUSION)
    write_json(
        directory / _DESCRIPTION,
        {
            "format": MODEL_FORMAT,
            "textmine": textmine.__version__,
            "settings": model.get_params(deep=False),
            "features": list(FEATURES),
            "lexicon": lexicon_hash(),
            "n_texts": model.n_texts_,
            "training_words": asdict(scorer.training_words),
            "checksums": {name: hash_path(directory / name) for name in files},
        },
    )


def load_classifier(directory: str | Path | None = None) -> SentimentClassifier:
    """Read a saved classifier.

    Parameters
    ----------
    directory
        A folder that :func:`save_classifier` wrote; the shipped one when not given.

    Raises
    ------
    ModelError
        There is none, it is damaged, a newer textmine wrote it, or it was learned with another lexicon.

    Examples
    --------
    >>> load_classifier().predict(["Pelayanannya ramah dan gercep, makasih min", "Udah 3 hari blm dibalas, kecewa!"])
    array(['positive', 'negative'], dtype='<U8')
    """
    folder, description = _described(directory)
    try:
        model = SentimentClassifier(**description["settings"])
        _restore(model, description, folder)
    except (KeyError, TypeError, AttributeError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise ModelError(f"the saved classifier cannot be read: {error}", path=folder) from error
    return model


def load_confusion(directory: str | Path | None = None) -> Confusion | None:
    """Read the mistakes that were saved with a classifier, or None where none were.

    Parameters
    ----------
    directory
        A folder that :func:`save_classifier` wrote; the shipped one when not given.

    Raises
    ------
    ModelError
        There is no classifier, or the file is missing or damaged.

    Examples
    --------
    >>> load_confusion().counts.shape
    (3, 3)
    """
    folder, description = _described(directory)
    checksums = description.get("checksums", {})
    if CONFUSION not in checksums:
        return None
    check_files(folder, {CONFUSION: checksums[CONFUSION]}, kind=_KIND)
    return Confusion.load(folder / CONFUSION)


def _described(directory: str | Path | None) -> tuple[Path, dict[str, Any]]:
    """Folder of a saved classifier and its description."""
    folder = find(SHIPPED) if directory is None else Path(directory)
    missing = f"no {_KIND} here; save one with save_classifier"
    return folder, read_description(folder, _DESCRIPTION, kind=_KIND, newest=MODEL_FORMAT, missing=missing)


def _restore(model: SentimentClassifier, description: dict[str, Any], folder: Path) -> None:
    check_files(folder, {_ARRAYS: description["checksums"][_ARRAYS]}, kind=_KIND)
    if description["features"] != list(FEATURES) or description["lexicon"] != lexicon_hash():
        raise ModelError(
            "it was learned with another sentiment lexicon; fit it anew",
            path=folder,
            saved_with=str(description.get("textmine", "?")),
            running=textmine.__version__,
        )
    with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
        terms = {name: tuple(arrays[name].tobytes().decode().split("\n")) for name in _TERMS}
        by_name = {name: arrays[name].astype(np.float64) for name in arrays.files if name not in _TERMS}
    model.restore(
        Weights(
            centre=by_name["centre"],
            spread=by_name["spread"],
            lexicon=by_name["lexicon"],
            slope=float(by_name["slope"]),
            familiar=by_name["familiar"],
            neutral=by_name["neutral"],
        ),
        lambda reader: NgramScorer(
            reader,
            Vocabulary(**terms),
            by_name["stem_weights"],
            by_name["pair_weights"],
            by_name["character_weights"],
            TrainingWords(**description["training_words"]),
        ),
        by_name["constants"],
        int(description["n_texts"]),
    )
