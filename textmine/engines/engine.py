"""The interface of engines: a map step does each part of the posts, and sums over the parts are merged.

A step is the analysis, the same on every engine; an engine only says where steps run and adds up what they give. Sums
are whole numbers, so the parts and their order never show in a result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

import polars as pl

NOTHING: Final = pl.Schema()

Step = Callable[[range], Iterator[pl.DataFrame]]
"""Map step: is given the numbers of consecutive blocks and yields a partial result for each, empty where it has none.

It is pickled where an engine has other processes. It may be done more than once, at the same time too: what it writes
must be whole or not there, and the same each time.
"""


class Engine(Protocol):
    """Runs map steps and merges what they give."""

    elsewhere: bool
    """Whether other processes do the steps: then what is dear to find is found there, left in files and read back."""

    def split(self, n_blocks: int) -> list[range]:
        """Cut blocks into consecutive parts, one a task; together they hold every block once."""
        ...

    def each(self, step: Step, parts: Sequence[range], *, progress: Callable[[int], None] | None = None) -> None:
        """Do a step that leaves its results in files; ``progress`` is called with the number of blocks done."""
        ...

    def add_up(
        self,
        step: Step,
        parts: Sequence[range],
        *,
        keys: pl.Schema,
        sums: pl.Schema,
        largest: pl.Schema = NOTHING,
        progress: Callable[[int], None] | None = None,
    ) -> pl.DataFrame:
        """Do a step and merge the rows of equal keys of all parts.

        Parameters
        ----------
        step
            Yields frames of ``keys``, ``sums`` and ``largest``, with one row at most for the same keys.
        parts
            As :meth:`split` cuts them.
        keys
            Strings and Int64; null is a key of its own.
        sums
            Int64, added up.
        largest
            Int64, of which the largest is kept.
        progress
            Called with the number of blocks done, where an engine can tell.

        Returns
        -------
        polars.DataFrame
            Columns of ``keys``, ``sums`` and ``largest``, a row for the same keys; sorted by keys, nulls first.
        """
        ...
