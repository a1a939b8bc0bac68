"""Topic shares of all posts, kept in files between two passes: solving for them is the dearest step of a pass."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from textmine.batches import in_order
from textmine.csr import take_columns
from textmine.matrix import n_blocks
from textmine.topics.terms import match_columns

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from textmine.engines import Engine
    from textmine.matrix import MatrixSource
    from textmine.topics.model import TopicModel


class KeptShares:
    """Shares of consecutive blocks of posts, float64, shape (n_posts of the block, n_topics) each.

    Parameters
    ----------
    directory
        Made anew; its owner deletes it.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True)
        self._directory = directory.absolute()
        self._order: npt.NDArray[np.int64] | slice = slice(None)

    def put(self, number: int, shares: npt.NDArray[np.float64]) -> None:
        """Keep block ``number`` of all; done again, the same bytes replace it."""
        whole = self._file(number).with_name(f".{uuid.uuid4().hex}.npy")
        np.save(whole, shares, allow_pickle=False)
        whole.replace(self._file(number))

    def solve(self, model: TopicModel, matrix: MatrixSource, engine: Engine) -> None:
        """Keep the shares of all blocks, solved for by an engine whose processes see the same files."""
        parts = engine.split(n_blocks(matrix))
        engine.each(ShareTopics(model, matrix, self), parts)

    def reorder(self, order: Sequence[int] | npt.NDArray[np.int64]) -> None:
        """Say which of the columns that were kept is which topic."""
        self._order = np.asarray(order, np.int64)

    def block(self, number: int) -> npt.NDArray[np.float64]:
        """Shares of a block, its columns in the last order that was said."""
        shares: npt.NDArray[np.float64] = np.load(self._file(number), allow_pickle=False)
        return np.ascontiguousarray(shares[:, self._order])

    def _file(self, number: int) -> Path:
        return self._directory / f"part-{number:05d}.npy"


def solved_blocks(
    model: TopicModel, matrix: MatrixSource, keep: KeptShares | None, engine: Engine | None
) -> Iterator[tuple[sp.csr_array, npt.NDArray[np.float64]]]:
    """Counts of each block in the model's columns, and their shares.

    Parameters
    ----------
    keep
        Takes the shares.
    engine
        Where shares that are kept are solved for; in this process, block by block, if None.
    """
    if keep is None or engine is None or not engine.elsewhere:

        def solved(numbered: tuple[int, sp.csr_array]) -> tuple[sp.csr_array, npt.NDArray[np.float64]]:
            number, counts = numbered
            shares = model.shares_of(counts)
            if keep is not None:
                keep.put(number, shares)
            return counts, shares

        yield from in_order(solved, enumerate(model.known_counts(matrix)))
        return
    keep.solve(model, matrix, engine)
    for number, counts in enumerate(model.known_counts(matrix)):
        yield counts, keep.block(number)


@dataclass(frozen=True)
class ShareTopics:
    """Map step: the topics of the posts of each block, put into files."""

    model: TopicModel
    matrix: MatrixSource
    kept: KeptShares

    def __call__(self, blocks: range) -> Iterator[pl.DataFrame]:
        """Empty frames."""
        known = self.model.vocabulary_
        position = match_columns(self.matrix.vocabulary, known)
        for number in blocks:
            counts = take_columns(self.matrix.block(number), position, len(known))
            self.kept.put(number, self.model.shares_of(counts))
            yield pl.DataFrame()
