"""What classifiers say of an agency's captions, added up batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.batches import iter_batches
from textmine.features.stored import InOrder
from textmine.groups import group_of
from textmine.posts import KEY
from textmine.ranking.agency.cells import CELL, cells
from textmine.sentiment.cells import N_CELLS
from textmine.sentiment.confusion import Confusion
from textmine.sentiment.labels import CLASSES
from textmine.sentiment.shares import corrected_shares
from textmine.sentiment.tables import cell_column

HIGH: Final = "p_tinggi"
"""Column of ``quality.parquet``: the calibrated probability of the highest class."""

_KEYS: Final = dict.fromkeys(CELL, pl.String())
_SUMS: Final = dict.fromkeys(CLASSES, pl.Float64())


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
    counted = pl.DataFrame(schema={**_KEYS, "cell": pl.Int64(), "n": pl.Float64(), **_SUMS})
    for batch in _batches(posts):
        told = _of_batch(said, batch)
        table = batch.with_columns(told.select(pl.col(name).cast(pl.Float64) for name in CLASSES))
        table = table.with_columns(cell_column(told).cast(pl.Int64).alias("cell"))
        every = pl.concat(list(cells(table.filter(pl.col("counts") & (pl.col("cell") >= 0)))))
        counted = _added(counted, every.with_columns(pl.lit(1.0).alias("n")), [*CELL, "cell"])
    said.finish()
    sums = counted.group_by(CELL, maintain_order=True).agg(pl.col("n", *CLASSES).sum()).sort(CELL)
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
    counted = pl.DataFrame(schema={**_KEYS, "n": pl.Float64(), "p": pl.Float64()})
    for batch in _batches(posts):
        told = _of_batch(said, batch)
        table = batch.with_columns(told[HIGH].cast(pl.Float64).alias("p"))
        every = pl.concat(list(cells(table.filter(pl.col("counts") & pl.col("p").is_not_null()))))
        counted = _added(counted, every.with_columns(pl.lit(1.0).alias("n")), CELL)
    said.finish()
    return counted.select(*CELL, (pl.col("p") / pl.col("n")).alias("quality"))


def _of_batch(said: InOrder, batch: pl.DataFrame) -> pl.DataFrame:
    """What is said of each post of a batch, a row each; null where nothing is."""
    rows = batch.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"))
    return rows.join(said.take(batch), on="row", how="left", maintain_order="left")


def _batches(posts: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    return iter_batches(posts.select(*KEY, group_of("agency").alias("agency"), "media_type", "counts"))


def _added(counted: pl.DataFrame, new: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Sums so far and new ones; groups are added up in their order: the same bytes on any number of threads."""
    summed = pl.exclude(by).drop_nulls().sum()
    of_batch = new.select(counted.columns).group_by(by, maintain_order=True).agg(summed)
    return pl.concat([counted, of_batch]).group_by(by, maintain_order=True).agg(summed).sort(by)
