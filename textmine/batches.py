"""Reads a table of any size in batches of an exact number of rows, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

BATCH_ROWS: Final = 65_536
"""Rows a batch. The batch never changes a result, only memory and speed."""


def iter_batches(table: pl.LazyFrame | pl.DataFrame, *, rows: int = BATCH_ROWS) -> Iterator[pl.DataFrame]:
    """Rows of ``table`` in order, ``rows`` at a time; the last batch holds the rest.

    Parameters
    ----------
    table
        What to read. A lazy frame is streamed.
    rows
        Batch size.

    Yields
    ------
    polars.DataFrame
        Shape (rows, n_columns); an empty table yields nothing.

    Examples
    --------
    >>> [len(batch) for batch in iter_batches(pl.DataFrame({"a": range(5)}), rows=2)]
    [2, 2, 1]
    """
    if isinstance(table, pl.DataFrame):
        yield from table.iter_slices(rows)
        return
    waiting: list[pl.DataFrame] = []
    height = 0
    for chunk in table.collect_batches(chunk_size=rows, maintain_order=True):
        waiting.append(chunk)
        height += len(chunk)
        if height < rows:
            continue
        whole = pl.concat(waiting)
        full = height - height % rows
        yield from whole.head(full).iter_slices(rows)
        waiting, height = [whole.slice(full)], height - full
    if height:
        yield pl.concat(waiting)
