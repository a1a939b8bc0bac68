"""Counts of keys over batches in bounded memory, and the posts that were seen before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    import numpy.typing as npt


class PairTally:
    """Occurrences and posts of pairs; the rarest pairs are dropped when there are too many.

    Lossy counting: whenever more than ``limit`` pairs are held, those in the fewest posts are dropped until half
    of them are left. A figure of a pair that is held is too low by :attr:`error` at most, and a pair in more than
    :attr:`error` posts is held. Without a drop the counts are exact, and no batch changes them.

    Parameters
    ----------
    limit
        Pairs that are held between two batches; 24 bytes each.

    References
    ----------
    Manku and Motwani 2002, Approximate frequency counts over data streams.
    """

    def __init__(self, limit: int) -> None:
        self.error = 0
        self._limit = limit
        self._tables: list[pl.DataFrame] = []

    def add(self, keys: npt.NDArray[np.uint64], row: npt.NDArray[np.int64]) -> None:
        """Count pairs of one batch; both of shape (n_pairs,), ``row`` is the post."""
        # One pass with the distinct rows of each key takes two thirds of the time of a group for each key and row.
        counted = pl.DataFrame({"key": keys, "row": row}).group_by("key")
        self._tables.append(
            counted.agg(
                pl.len().cast(pl.Int64).alias("count"),
                pl.col("row").n_unique().cast(pl.Int64).alias("document_frequency"),
            )
        )
        # Merged when the new ones outgrow the old ones: each pair is moved a few times, however many batches there are.
        if sum(map(len, self._tables[1:])) > max(len(self._tables[0]), 100_000):
            self._merge()

    def table(self) -> pl.DataFrame:
        """Key, count and document_frequency of each pair, in order of the keys."""
        if not self._tables:
            return pl.DataFrame(schema={"key": pl.UInt64, "count": pl.Int64, "document_frequency": pl.Int64})
        self._merge()
        return self._tables[0].sort("key")

    def _merge(self) -> None:
        merged = pl.concat(self._tables).lazy().group_by("key").agg(pl.col("count", "document_frequency").sum())
        self._tables = [merged.collect()]
        if len(self._tables[0]) > self._limit:
            self._drop()

    def _drop(self) -> None:
        frequency = self._tables[0]["document_frequency"]
        least = int(np.partition(frequency.to_numpy(), len(frequency) - self._limit // 2)[-(self._limit // 2)])
        dropped = self._tables[0].filter(frequency < max(least, 2))
        # An occurrence more than posts is lost with it, so the bound is that of the occurrences.
        self.error += int(dropped["count"].max() or 0)  # type: ignore[arg-type]
        self._tables = [self._tables[0].filter(frequency >= max(least, 2))]


def sorted_unique(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the distinct values in order; nearly sorted ones are sorted faster than hashed."""
    ordered = np.sort(values)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=-1))]


class SeenHashes:
    """A growing set of hashes, 8 bytes each, as sorted runs of doubling length."""

    def __init__(self) -> None:
        self._runs: list[npt.NDArray[np.uint64]] = []

    def first_seen(self, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        """Whether each hash of a batch is met for the first time; they are all seen from now on. Shape (n,)."""
        distinct, first = np.unique(hashes, return_index=True)
        new = np.ones(len(distinct), bool)
        for run in self._runs:
            place = np.minimum(np.searchsorted(run, distinct), len(run) - 1)
            new &= run[place] != distinct
        is_new = np.zeros(len(hashes), bool)
        is_new[first[new]] = True
        if new.any():
            self._runs.append(distinct[new])
        while len(self._runs) > 1 and len(self._runs[-1]) * 2 > len(self._runs[-2]):
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate([self._runs[-1], last]), kind="stable")
        return is_new
