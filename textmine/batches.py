"""Reads a table of any size in batches of an exact number of rows, in bounded memory, and works on some at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

import polars as pl

BATCH_ROWS: Final = 65_536
"""Rows a batch. The batch changes no count and no keyword, only memory, speed and the last digits of mean shares."""

_AT_ONCE: Final = 2
"""Items that are worked on at the same time: Polars uses all cores within one where it can."""

_In = TypeVar("_In")
_Table = TypeVar("_Table", pl.DataFrame, pl.LazyFrame)
_Out = TypeVar("_Out")


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


def detached(table: _Table) -> _Table:
    """The same table with texts of its own.

    Polars keeps chosen rows as views of the texts they were chosen from: a hundred posts of a million hold the captions
    of all the million in memory. For few rows of large tables that are kept.

    Examples
    --------
    >>> detached(pl.DataFrame({"caption": ["Banjir", None], "hashtags": [["surabaya"], []]})).rows()
    [('Banjir', ['surabaya']), (None, [])]
    """
    own = pl.col(pl.List(pl.String)).list.eval(pl.element() + pl.lit(""))
    return table.with_columns(pl.col(pl.String) + pl.lit(""), own)


def in_order(step: Callable[[_In], _Out], items: Iterable[_In], *, at_once: int = _AT_ONCE) -> Iterator[_Out]:
    """Do a step for each item, a few items at once in threads, and yield the results in the items' order.

    Examples
    --------
    >>> list(in_order(abs, [-2, 1, -3]))
    [2, 1, 3]
    """
    waiting: deque[Future[_Out]] = deque()
    with ThreadPoolExecutor(at_once) as threads:
        for item in items:
            waiting.append(threads.submit(step, item))
            if len(waiting) > at_once:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
