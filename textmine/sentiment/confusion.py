"""What a classifier makes of texts whose class is known: the mistakes that shares of its labels are corrected for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import textmine
from textmine.atomic import write_json
from textmine.errors import ModelError, NotEnoughDataError
from textmine.sentiment.cells import N_CELLS, N_LABELS, cell_labels, cell_probabilities, cells_of
from textmine.sentiment.labels import CLASSES

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

CONFUSION: Final = "confusion.json"
"""File of a saved classifier that holds its mistakes."""

LEAST: Final = 20
"""Texts of each class that mistakes are counted on at least: of fewer, their rates are guesses."""

_FORMAT: Final = 1


@dataclass(frozen=True)
class Confusion:
    """Texts of each class by what the classifier said of them.

    Parameters
    ----------
    cells : shape (3, N_CELLS)
        Counts; row c is the texts that are of class c in truth.
    source
        Which texts they are, in words.
    """

    cells: Floats
    source: str = ""

    @classmethod
    def of(cls, probabilities: Floats, labels: Sequence[str] | npt.NDArray[Any], *, source: str = "") -> Confusion:
        """Count the mistakes on texts that the classifier has not learned from.

        Parameters
        ----------
        probabilities
            Shape (n_texts, 3), as ``predict_proba`` gives them.
        labels
            (n_texts,) true labels.
        source
            Which texts they are, in words.

        Raises
        ------
        NotEnoughDataError
            A class has fewer than :data:`LEAST` texts.
        ValueError
            There are other labels than the three.
        """
        found, truth = cells_of(probabilities), np.asarray(labels)
        unknown = sorted(set(truth.tolist()) - set(CLASSES))
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no label; the labels are {', '.join(CLASSES)}")
        cells = np.stack([np.bincount(found[truth == label], minlength=N_CELLS) for label in CLASSES]).astype(float)
        for label, n_texts in zip(CLASSES, cells.sum(axis=1).astype(int).tolist(), strict=True):
            if n_texts < LEAST:
                raise NotEnoughDataError(f"{label} texts to count mistakes on", needed=LEAST, got=n_texts)
        return cls(cells, source)

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Texts by true class (rows) and label (columns), shape (3, 3)."""
        return (self.cells @ np.eye(N_LABELS)[cell_labels()]).astype(np.int64)

    @property
    def mean_probabilities(self) -> Floats:
        """Mean probabilities of the texts of each true class (rows), shape (3, 3)."""
        means: Floats = (self.cells @ cell_probabilities()) / self.cells.sum(axis=1, keepdims=True)
        return means

    def as_dict(self) -> dict[str, Any]:
        """Content of ``confusion.json``; cells in use are written as ``cell:texts``, a line a class."""
        return {
            "format": _FORMAT,
            "textmine": textmine.__version__,
            "source": self.source,
            "labels": list(CLASSES),
            "counts": self.counts.tolist(),
            "mean_probabilities": self.mean_probabilities.round(6).tolist(),
            "cells": [" ".join(f"{cell}:{int(row[cell])}" for cell in np.flatnonzero(row)) for row in self.cells],
        }

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Confusion:
        """Reverse of :meth:`as_dict`."""
        if content["labels"] != list(CLASSES) or int(content["format"]) > _FORMAT:
            raise ValueError("it is of another kind of classifier or of a newer textmine")
        cells = np.zeros((N_LABELS, N_CELLS))
        for row, counted in zip(cells, content["cells"], strict=True):
            for cell, n_texts in (pair.split(":") for pair in counted.split()):
                row[int(cell)] = int(n_texts)
        if not (cells >= 0).all() or not (cells.sum(axis=1) > 0).all():
            raise ValueError("its counts are not those of three classes")
        return cls(cells, str(content["source"]))

    def save(self, path: str | Path) -> None:
        """Write it as JSON."""
        write_json(Path(path), self.as_dict())

    @classmethod
    def load(cls, path: str | Path) -> Confusion:
        """Read what :meth:`save` wrote.

        Raises
        ------
        ModelError
            There is none or it cannot be read.
        """
        try:
            return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise ModelError("no counted mistakes here; make them with Confusion.of(...).save", path=path) from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise ModelError(f"the counted mistakes cannot be read: {error}", path=path) from error
