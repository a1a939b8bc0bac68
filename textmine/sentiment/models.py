"""Which model tells sentiment: the shipped classifier, one of the user's own, or another library's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from textmine.atomic import digest, hash_path
from textmine.errors import ModelError
from textmine.resources import find
from textmine.sentiment.adapters import LOADERS
from textmine.sentiment.confusion import CONFUSION, Confusion
from textmine.sentiment.labels import SentimentModel
from textmine.sentiment.persistence import SHIPPED, load_classifier, load_confusion

SHIPPED_NAME: Final = "shipped"


@dataclass(frozen=True)
class LoadedModel:
    """A model with its known mistakes.

    Parameters
    ----------
    model
        What tells sentiment.
    confusion
        Its mistakes, or None where they are not known: shares then are those of its labels.
    spec
        How the user named it; None is the shipped one.
    labels
        What the user said its labels are.
    fingerprint
        Changes with the model.
    """

    model: SentimentModel
    confusion: Confusion | None
    spec: str | None
    labels: Mapping[str, str]
    fingerprint: str


def load_model(spec: str | None = None, *, labels: Mapping[str, str] | None = None) -> LoadedModel:
    """Load a model by name.

    Parameters
    ----------
    spec
        A folder that ``save_classifier`` wrote; ``spacy:FOLDER``, ``transformers:FOLDER`` or ``sklearn:FILE.skops``;
        None or ``shipped`` for the shipped one.
    labels
        For models of other libraries: which class each of their labels is.

    Raises
    ------
    ModelError
        It cannot be used.
    MissingExtraError
        The library that it needs is not installed.
    """
    said = dict(labels or {})
    if spec is None or spec == SHIPPED_NAME:
        return LoadedModel(load_classifier(), load_confusion(), None, {}, hash_path(find(SHIPPED) / "model.json"))
    kind, path = _kind_and_path(spec)
    if kind is None:
        return LoadedModel(load_classifier(path), load_confusion(path), spec, {}, hash_path(path / "model.json"))
    if not path.exists():
        raise ModelError("there is no such model", path=path)
    model = LOADERS[kind](path, labels=said)
    fingerprint = digest({"model": hash_path(path), "labels": said})
    return LoadedModel(model, known_confusion(spec), spec, said, fingerprint)


def known_confusion(spec: str | None) -> Confusion | None:
    """The mistakes that are saved with a model, without loading it; None where they are not known.

    With a model of another library they lie in its folder as ``confusion.json``, or beside its file as
    ``NAME.confusion.json``, as :meth:`~textmine.sentiment.confusion.Confusion.save` writes them.
    """
    if spec is None or spec == SHIPPED_NAME:
        return load_confusion()
    kind, path = _kind_and_path(spec)
    if kind is None:
        return load_confusion(path)
    file = path / CONFUSION if path.is_dir() else path.with_suffix(f".{CONFUSION}")
    return Confusion.load(file) if file.is_file() else None


def absolute_spec(spec: str | None, base: Path) -> str | None:
    """A model's name with its path taken from a folder, as configurations give it."""
    if spec is None or spec == SHIPPED_NAME:
        return spec
    kind, path = _kind_and_path(spec)
    return str(base / path) if kind is None else f"{kind}:{base / path}"


def _kind_and_path(spec: str) -> tuple[str | None, Path]:
    kind, colon, path = spec.partition(":")
    return (kind, Path(path)) if colon and kind in LOADERS else (None, Path(spec))
