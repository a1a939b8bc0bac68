"""Folds in which no agency stands on both sides, and a later period that is seen at the end only."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.model_selection import GroupKFold

from textmine.errors import NotEnoughDataError

Rows = npt.NDArray[np.int64]


def agency_folds(agencies: pl.Series, *, folds: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Rows to learn from and rows to test on, each agency on one side only.

    Parameters
    ----------
    agencies
        Agency of each row, without nulls.
    folds
        At most; never more than there are agencies.
    seed
        Of the draw of agencies.

    Raises
    ------
    NotEnoughDataError
        There are fewer than two agencies.
    """
    codes = agencies.cast(pl.String).rank("dense").to_numpy().astype(np.int64)
    n_agencies = len(np.unique(codes))
    if n_agencies < 2:
        raise NotEnoughDataError(
            "a model is tested on agencies that it has not seen; the labelled posts are of one",
            needed=2,
            got=n_agencies,
        )
    splitter = GroupKFold(min(folds, n_agencies), shuffle=True, random_state=seed)
    for learn, test in splitter.split(codes, groups=codes):
        yield learn.astype(np.int64), test.astype(np.int64)


def is_later(published: pl.Series, share: float) -> npt.NDArray[np.bool_]:
    """Whether each post lies in the last ``share`` of the period of the posts."""
    seconds = published.dt.epoch("s").to_numpy()
    return np.asarray(seconds > seconds.max() - share * (seconds.max() - seconds.min()))
