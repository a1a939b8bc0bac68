"""Which model tells sentiment: the shipped classifier, one of the user's own, or another library's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from textmine.atomic import hash_path
from textmine.resources import find
from textmine.sentiment.confusion import Confusion
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
    fingerprint
        Changes with the model.
    """

    model: SentimentModel
    confusion: Confusion | None
    spec: str | None
    fingerprint: str


def load_model(spec: str | None = None) -> LoadedModel:
    """Load a model by name.

    Parameters
    ----------
    spec
        A folder that ``save_classifier`` wrote; None or ``shipped`` for the shipped one.

    Raises
    ------
    ModelError
        It cannot be used.
    """
    if spec in (None, SHIPPED_NAME):
        folder = find(SHIPPED)
        return LoadedModel(load_classifier(), load_confusion(), None, hash_path(folder / "model.json"))
    folder = Path(str(spec))
    model, confusion = load_classifier(folder), load_confusion(folder)
    return LoadedModel(model, confusion, str(spec), hash_path(folder / "model.json"))


def known_confusion(spec: str | None) -> Confusion | None:
    """The mistakes that are saved with a model, without loading it; None where they are not known."""
    return load_confusion(None if spec in (None, SHIPPED_NAME) else Path(str(spec)))


def absolute_spec(spec: str | None, base: Path) -> str | None:
    """A model's name with its path taken from a folder, as configurations give it."""
    if spec is None or spec == SHIPPED_NAME:
        return spec
    return str(base / spec)
