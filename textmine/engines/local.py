"""The engine of one process: one part, the blocks one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from textmine.batches import detached
from textmine.engines.engine import NOTHING, Step


class LocalEngine:
    """Runs every step here.

    Examples
    --------
    >>> def step(blocks):
    ...     for number in blocks:
    ...         yield pl.DataFrame({"parity": [number % 2], "blocks": [1]})
    >>> engine, keys, sums = LocalEngine(), pl.Schema({"parity": pl.Int64()}), pl.Schema({"blocks": pl.Int64()})
    >>> engine.add_up(step, engine.split(5), keys=keys, sums=sums).rows()
    [(0, 3), (1, 2)]
    """

    elsewhere = False

    def split(self, n_blocks: int) -> list[range]:
        """One part: what a step has learned serves all blocks."""
        return [range(n_blocks)] if n_blocks else []

    def each(self, step: Step, parts: Sequence[range], *, progress: Callable[[int], None] | None = None) -> None:
        """Do the parts in order."""
        for _ in _done(step, parts, progress):
            pass

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
        """Do the parts in order and add up."""
        schema = pl.Schema({**keys, **sums, **largest})
        partial = [detached(frame.select(schema.names())) for frame in _done(step, parts, progress) if len(frame)]
        if len(partial) == 1:  # nothing to add up
            return partial[0].sort(keys.names())
        table = pl.concat([schema.to_frame(), *partial])
        return (
            table.group_by(keys.names())
            .agg(pl.col(sums.names()).sum(), pl.col(largest.names()).max())
            .sort(keys.names())
        )


def _done(step: Step, parts: Sequence[range], progress: Callable[[int], None] | None) -> Iterator[pl.DataFrame]:
    done = 0
    for part in parts:
        for frame in step(part):
            done += 1
            if progress is not None:
                progress(done)
            yield frame
