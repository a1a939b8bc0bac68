"""What classifiers say of an agency's captions, added up batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.batches import iter_batches
from textmine.groups import group_of
from textmine.inorder import InOrder
from textmine.posts import KEY
from textmine.ranking.agency.cells import CELL, cells
from textmine.sentiment.cells import N_CELLS
from textmine.sentiment.confusion import Confusion
from textmine.sentiment.labels import CLASSES
from textmine.sentiment.shares import corrected_shares
from textmine.sentiment.tables import cell_column

HIGH: Final = "p_tinggi"
"""Column of ``quality.parquet``: the calibrated probability of the highest class."""

_BY: Final = ["agency", "platform", "media_type"]


def sentiment_measures(posts: pl.LazyFrame, said: InOrder, confusion: Confusion | None) -> pl.DataFrame:
    """Number and corrected share of positive, neutral and negative captions.

    Parameters
    ----------
    posts
        Canonical posts in the order of the workspace; ``counts`` says which of them count.
    said
        ``sentiment.parquet``: label and probabilities.
    confusion
        The classifier's known mistakes; without them shares are those of the probabilities.

    Returns
    -------
    polars.DataFrame
        ``CELL``, ``positive_posts`` and so on and ``positive_share`` and so on; null without a caption that has words.
    """
    by = ["cell", *_BY]
    parts: list[pl.DataFrame] = []
    for batch in _batches(posts):
        told = _of_batch(said, batch)
        table = batch.with_columns(told.select(pl.col(name).cast(pl.Float64) for name in CLASSES))
        table = table.with_columns(cell_column(told).cast(pl.Int64).alias("cell"))
        kept = table.filter(pl.col("counts") & (pl.col("cell") >= 0)).with_columns(pl.lit(1.0).alias("n"))
        parts = [_added([*parts, _added([kept.select(*by, "n", *CLASSES)], by)], by)]
    said.finish()
    counted = _added(list(cells(parts[0])), [*CELL, "cell"], "n", *CLASSES)
    sums = _added([counted], CELL, "n", *CLASSES)
    shares = _shares(counted, sums, confusion)
    return sums.select(
        *CELL,
        *(pl.col(name).alias(f"{name}_posts") for name in CLASSES),
        *(pl.Series(f"{name}_share", shares[:, place]) for place, name in enumerate(CLASSES)),
    )


def _shares(counted: pl.DataFrame, sums: pl.DataFrame, confusion: Confusion | None) -> npt.NDArray[np.float64]:
    if confusion is None or sums.is_empty():
        return sums.select(pl.col(name) / pl.col("n") for name in CLASSES).to_numpy()
    placed = counted.join(sums.select(CELL).with_row_index("row"), on=CELL, how="left", maintain_order="left")
    counts = np.zeros((len(sums), N_CELLS))
    counts[placed["row"].to_numpy(), placed["cell"].to_numpy()] = placed["n"].to_numpy()
    return corrected_shares(counts, confusion)


def quality_measures(posts: pl.LazyFrame, said: InOrder) -> pl.DataFrame:
    """Expected share of posts of high quality: the mean of calibrated probabilities.

    Parameters
    ----------
    posts
        As for :func:`sentiment_measures`.
    said
        ``quality.parquet``: ``p_tinggi``.
    """
    parts: list[pl.DataFrame] = []
    for batch in _batches(posts):
        told = _of_batch(said, batch)
        table = batch.with_columns(told[HIGH].cast(pl.Float64).alias("p"))
        kept = table.filter(pl.col("counts") & pl.col("p").is_not_null()).with_columns(pl.lit(1.0).alias("n"))
        parts = [_added([*parts, _added([kept.select(*_BY, "n", "p")], _BY)], _BY)]
    said.finish()
    counted = _added(list(cells(parts[0])), CELL, "n", "p")
    return counted.select(*CELL, (pl.col("p") / pl.col("n")).alias("quality"))


def _of_batch(said: InOrder, batch: pl.DataFrame) -> pl.DataFrame:
    """What is said of each post of a batch, a row each; null where nothing is."""
    rows = batch.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"))
    return rows.join(said.take(batch), on="row", how="left", maintain_order="left")


def _batches(posts: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    return iter_batches(posts.select(*KEY, group_of("agency").alias("agency"), "media_type", "counts"))


def _added(tables: list[pl.DataFrame], by: list[str], *columns: str) -> pl.DataFrame:
    """Sums over some keys, of all other columns or those named, sorted.

    Groups are added up in their order: the same bytes on any number of threads.
    """
    names = columns or [name for name in tables[0].columns if name not in by]
    summed = [pl.col(name).drop_nulls().sum() for name in names]
    return pl.concat(tables).group_by(by, maintain_order=True).agg(summed).sort(by)
