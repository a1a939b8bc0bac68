"""Tables of shares of sentiment, for posts (what agencies say) or comments (what the public says), never for both.

Groups are counted batch by batch in cells (:mod:`textmine.sentiment.cells`), so memory grows with the groups.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
import polars as pl

from textmine.sentiment.cells import N_CELLS, cell_labels, cells_of
from textmine.sentiment.confusion import Confusion
from textmine.sentiment.labels import CLASSES
from textmine.sentiment.shares import DEFAULT_METHOD, ShareMethod, estimate_shares

if TYPE_CHECKING:
    import numpy.typing as npt

Voice = Literal["agency", "public"]
"""Whose sentiment it is: captions are what an agency says, comments what the public says."""

VOICES: Final[tuple[Voice, ...]] = get_args(Voice)

SHARES_SCHEMA: Final = pl.Schema(
    {
        "voice": pl.Enum(VOICES),
        "by": pl.String(),
        "group": pl.String(),
        "name": pl.String(),
        "label": pl.Enum(CLASSES),
        "share": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "raw": pl.Float64(),
        "n": pl.Float64(),
        "without_text": pl.Float64(),
        "misfit": pl.Float64(),
        "fits": pl.Boolean(),
    }
)
"""Three rows a group: corrected share with its interval, share of the labels as counted, texts (or the sum of their
weights), those without text, which are in no share, and whether the correction is to be believed. Where the
classifier's mistakes are not known, ``share``, ``low``, ``high``, ``misfit`` and ``fits`` are null."""

_NO_CELL: Final = -1


class CellCounts:
    """Counts texts by group and cell, batch by batch."""

    def __init__(self) -> None:
        self._counts = pl.DataFrame(
            schema={"group": pl.String, "cell": pl.Int32, "weight": pl.Float64, "squared": pl.Float64}
        )

    def add(self, groups: pl.DataFrame) -> None:
        """Count texts.

        Parameters
        ----------
        groups
            Columns ``group`` (string), ``cell`` (-1 without text) and ``weight``, a row a text and group.
        """
        new = groups.group_by("group", "cell").agg(
            pl.col("weight").sum(), (pl.col("weight") ** 2).sum().alias("squared")
        )
        both = pl.concat([self._counts, new.cast(self._counts.schema)])
        # Sorted sums: the same bytes on any number of threads.
        self._counts = both.group_by("group", "cell").agg(pl.col("weight", "squared").sum()).sort("group", "cell")

    def shares(
        self,
        *,
        voice: Voice,
        by: str,
        confusion: Confusion | None,
        method: ShareMethod = DEFAULT_METHOD,
        names: pl.DataFrame | None = None,
        seed: int = 0,
    ) -> pl.DataFrame:
        """Table of shares.

        Parameters
        ----------
        voice, by
            What the table says of itself.
        confusion
            The classifier's mistakes; None gives shares of the labels alone.
        method, seed
            As for :func:`~textmine.sentiment.shares.estimate_shares`.
        names
            Columns ``group`` and ``name``: how groups are shown.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`SHARES_SCHEMA`, three rows a group, groups in the order of their texts, most first.
        """
        groups = (
            self._counts.group_by("group")
            .agg(
                pl.col("weight").filter(pl.col("cell") != _NO_CELL).sum().alias("n"),
                pl.col("weight").filter(pl.col("cell") == _NO_CELL).sum().alias("without_text"),
                pl.col("squared").filter(pl.col("cell") != _NO_CELL).sum().alias("squared"),
            )
            .sort("n", "group", descending=[True, False])
        )
        if groups.is_empty():
            return pl.DataFrame(schema=SHARES_SCHEMA)
        counts = self._dense(groups["group"])
        figures = _figures(counts, groups["squared"].to_numpy(), confusion, method, seed)
        table = groups.select("group", "n", "without_text")[np.repeat(np.arange(len(groups)), len(CLASSES))]
        labels = pl.Series("label", list(CLASSES) * len(groups), pl.Enum(CLASSES))
        table = table.with_columns(labels, pl.lit(voice).alias("voice"), pl.lit(by).alias("by"), **figures)
        shown = table.with_columns(pl.col("group").alias("name")) if names is None else _named(table, names)
        return shown.select(pl.col(name).cast(dtype) for name, dtype in SHARES_SCHEMA.items())

    def _dense(self, groups: pl.Series) -> npt.NDArray[np.float64]:
        known = self._counts.filter(pl.col("cell") != _NO_CELL)
        places = dict(zip(groups, range(len(groups)), strict=True))
        rows = known["group"].replace_strict(places, return_dtype=pl.Int64).to_numpy()
        counts = np.zeros((len(groups), N_CELLS))
        counts[rows, known["cell"].to_numpy()] = known["weight"].to_numpy()
        return counts


def cell_column(table: pl.DataFrame) -> pl.Series:
    """Cell of each row of a table with label and probabilities; -1 where there is no text."""
    probabilities = table.select(CLASSES).to_numpy().astype(np.float64)
    silent = table["label"].is_null().to_numpy()
    cells = np.full(len(table), _NO_CELL, np.int32)
    cells[~silent] = cells_of(probabilities[~silent])
    return pl.Series("cell", cells)


def _figures(
    counts: npt.NDArray[np.float64],
    squared: npt.NDArray[np.float64],
    confusion: Confusion | None,
    method: ShareMethod,
    seed: int,
) -> dict[str, pl.Series]:
    """Columns of figures, three rows a group."""
    if confusion is None:
        raw = counts @ np.eye(len(CLASSES))[cell_labels()] / np.maximum(counts.sum(axis=1, keepdims=True), 1e-12)
        raw[counts.sum(axis=1) == 0] = np.nan
        empty = [None] * raw.size
        unknown = {name: pl.Series(name, empty, pl.Float64) for name in ("share", "low", "high", "misfit")}
        return {
            "raw": pl.Series("raw", raw.ravel()).fill_nan(None),
            **unknown,
            "fits": pl.Series("fits", empty, pl.Boolean),
        }
    found = estimate_shares(counts, confusion, method=method, squared=squared, seed=seed)
    columns: dict[str, Iterable[float]] = {
        "raw": found.raw.ravel(),
        "share": found.corrected.ravel(),
        "low": found.low.ravel(),
        "high": found.high.ravel(),
        "misfit": np.repeat(found.misfit, len(CLASSES)),
    }
    series = {name: pl.Series(name, values).fill_nan(None).round(6) for name, values in columns.items()}
    fits = pl.Series("fits", np.repeat(found.fits, len(CLASSES)))
    return series | {
        "fits": fits.zip_with(series["misfit"].is_not_null(), pl.Series([None] * len(fits), dtype=pl.Boolean))
    }


def _named(table: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    joined = table.join(names.select("group", "name"), on="group", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("name", "group").alias("name"))
