"""Reads tables of other stages in step with the posts, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from textmine.batches import iter_batches
from textmine.errors import WorkspaceError
from textmine.posts import KEY


class InOrder:
    """Reads a table that has rows for the posts in their order, none, one or several for each.

    Parameters
    ----------
    table
        With ``platform`` and ``post_id``.
    path, stage
        Where the table stands and which stage makes it, for errors.
    """

    def __init__(self, table: pl.LazyFrame, *, path: Path, stage: str) -> None:
        self._batches: Iterator[pl.DataFrame] = iter_batches(table.with_columns(pl.col("platform").cast(pl.String)))
        self._waiting: pl.DataFrame | None = None
        self._path, self._stage = path, stage

    def take(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Rows of some posts.

        Parameters
        ----------
        keys
            ``platform`` and ``post_id`` of the next posts, shape (n_posts, any).

        Returns
        -------
        polars.DataFrame
            ``row`` (of ``keys``, UInt32, ascending) and the columns of the table without its key.
        """
        places = keys.select(pl.col("platform").cast(pl.String), "post_id").with_row_index("row")
        found: list[pl.DataFrame] = []
        while True:
            if self._waiting is None or self._waiting.is_empty():
                self._waiting = next(self._batches, None)
            if self._waiting is None:
                break
            placed = self._waiting.join(places, on=KEY, how="left", maintain_order="left")
            known = int(placed["row"].is_null().cum_sum().eq(0).sum())
            found.append(placed.head(known))
            self._waiting = self._waiting.slice(known)
            if not self._waiting.is_empty():
                break
        columns = pl.concat(found) if found else None
        if columns is None:
            return places.head(0).select("row")
        return columns.select("row", pl.exclude("row", *KEY)).sort("row", maintain_order=True)

    def finish(self) -> None:
        """Check that every row was taken.

        Raises
        ------
        WorkspaceError
            Rows are left: the table does not fit the posts.
        """
        if self._waiting is not None and self._waiting.is_empty():
            self._waiting = next(self._batches, None)
        if self._waiting is not None:
            raise WorkspaceError(
                f"does not fit the posts; run again: textmine {self._stage}", path=self._path, stage=self._stage
            )
