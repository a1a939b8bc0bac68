"""Work on a batch in another thread while the next is read; results are handed on in order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

import polars as pl

Batch = tuple[pl.DataFrame, pl.DataFrame]


class OneBehind:
    """Hands posts and refused rows on after a step, one batch behind the reader.

    Reading a CSV keeps one core busy, and Polars lets other threads run meanwhile: the step costs little time as long
    as it is shorter than reading.

    Parameters
    ----------
    step
        What is done to each batch; called in order, one batch at a time.
    emit
        Takes what ``step`` returns; called in the caller's thread.
    """

    def __init__(
        self, step: Callable[[pl.DataFrame, pl.DataFrame], Batch], emit: Callable[[pl.DataFrame, pl.DataFrame], None]
    ) -> None:
        self._step = step
        self._emit = emit
        self._thread = ThreadPoolExecutor(1)
        self._pending: Future[Batch] | None = None

    def __call__(self, posts: pl.DataFrame, rejects: pl.DataFrame) -> None:
        """Take a batch, and hand the one before on."""
        before, self._pending = self._pending, self._thread.submit(self._step, posts, rejects)
        if before is not None:
            self._emit(*before.result())

    def __enter__(self) -> OneBehind:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None and self._pending is not None:
                self._emit(*self._pending.result())
        finally:
            self._thread.shutdown()
