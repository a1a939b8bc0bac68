"""Says when the posts that a model is applied to are unlike those that it learned from, counting batch by batch."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from textmine.drift import DriftReference, drift_of_counts

_SHOWN: Final = 5


class DriftCounter:
    """Counts the features of posts batch by batch in the bins of a reference.

    Parameters
    ----------
    reference
        Of the posts that a model learned from.
    """

    def __init__(self, reference: DriftReference) -> None:
        self._reference = reference
        self._counts = [np.zeros(len(each.counts), np.int64) for each in reference.features]

    def add(self, table: pl.DataFrame) -> None:
        """Count the posts of a batch."""
        for counts, feature in zip(self._counts, self._reference.features, strict=True):
            counts += feature.count(table[feature.name])

    def table(self) -> pl.DataFrame:
        """Columns of :data:`textmine.drift.DRIFT_SCHEMA`, the largest stability index first."""
        return drift_of_counts(self._reference, self._counts)


def warning(table: pl.DataFrame) -> str | None:
    """One line on the features that drifted or moved, or None where all are stable."""
    drifted = table.filter(pl.col("verdict") == "drifted")
    moved = table.filter(pl.col("verdict") == "moved")
    if not len(drifted) and not len(moved):
        return None
    worst = ", ".join(f"{name} {psi:.2f}" for name, psi in table.select("feature", "psi").head(_SHOWN).rows())
    return (
        f"the posts are unlike those that the model learned from: {len(drifted)} of {len(table)} features drifted, "
        f"{len(moved)} moved (PSI: {worst}); trust its classes less, or train it anew"
    )
