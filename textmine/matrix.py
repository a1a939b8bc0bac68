"""A document-term matrix in compressed sparse rows (CSR), in memory or stored; :mod:`textmine.counting` makes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import polars as pl

from textmine.batches import BATCH_ROWS, in_order
from textmine.errors import WorkspaceError
from textmine.notebook import table_html

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

COUNTS: Final = "counts.parquet"
VOCABULARY: Final = "vocabulary.parquet"
SHAPE: Final = "shape.json"
"""What a stored matrix consists of."""


class MatrixSource(Protocol):
    """A document-term matrix, in memory or stored, that is read in blocks of rows."""

    @property
    def vocabulary(self) -> pl.DataFrame:
        """Description of the columns (``VOCABULARY_SCHEMA``), shape (n_terms, 5)."""
        ...

    @property
    def n_posts(self) -> int:
        """Number of rows."""
        ...

    @property
    def batch_rows(self) -> int:
        """Rows a block; the last holds the rest."""
        ...

    def batches(self) -> Iterator[sp.csr_array]:
        """Consecutive blocks of rows, each int32 of shape (rows, n_terms)."""
        ...

    def block(self, number: int) -> sp.csr_array:
        """Block ``number`` of :meth:`batches`: it begins with row ``number * batch_rows``."""
        ...


@dataclass(frozen=True)
class DocumentTermMatrix:
    """A document-term matrix in memory; row i is post i.

    Parameters
    ----------
    counts
        int32, shape (n_posts, n_terms), sorted indices, no duplicates.
    vocabulary
        ``VOCABULARY_SCHEMA``, shape (n_terms, 5).
    """

    counts: sp.csr_array
    vocabulary: pl.DataFrame

    def __post_init__(self) -> None:
        if self.counts.shape[1] != len(self.vocabulary):
            raise ValueError(
                f"counts has {self.counts.shape[1]} columns, but the vocabulary has {len(self.vocabulary)} terms"
            )

    def _repr_html_(self) -> str:
        terms = self.vocabulary.select("term", "surface", "document_frequency").sort(
            "document_frequency", descending=True, maintain_order=True
        )
        return table_html(terms, title=f"{self.n_posts:,} posts, {len(terms):,} terms, {self.counts.nnz:,} counts")

    @property
    def n_posts(self) -> int:
        """Number of rows."""
        return int(self.counts.shape[0])

    @property
    def batch_rows(self) -> int:
        """Rows a block."""
        return BATCH_ROWS

    def batches(self) -> Iterator[sp.csr_array]:
        """Consecutive blocks of rows."""
        yield from map(self.block, range(n_blocks(self)))

    def block(self, number: int) -> sp.csr_array:
        """Block ``number`` of :meth:`batches`."""
        return self.counts[number * BATCH_ROWS : (number + 1) * BATCH_ROWS]


@dataclass(frozen=True)
class StoredMatrix:
    """A document-term matrix in a folder, read part by part.

    The folder holds ``vocabulary.parquet``, ``shape.json`` and ``counts.parquet/part-*.parquet`` with the columns
    ``post`` (row of the post table, from 0), ``term`` (row of the vocabulary) and ``count``.
    """

    directory: Path
    vocabulary: pl.DataFrame
    n_posts: int
    batch_rows: int
    n_other_languages: int = 0
    """Posts without terms because they are in other languages than those that were asked for."""

    @classmethod
    def open(cls, directory: str | Path) -> StoredMatrix:
        """Open a stored matrix; only the vocabulary is read.

        Raises
        ------
        WorkspaceError
            There is no complete matrix in the folder.
        """
        directory = Path(directory)
        try:
            shape = json.loads((directory / SHAPE).read_text(encoding="utf-8"))
            vocabulary = pl.read_parquet(directory / VOCABULARY)
        except (OSError, ValueError) as error:
            raise WorkspaceError("no document-term matrix here; run: textmine matrix", path=directory) from error
        return cls(directory, vocabulary, **{name: int(value) for name, value in shape.items()})

    def batches(self) -> Iterator[sp.csr_array]:
        """Consecutive blocks of rows; while one is worked on the next is read."""
        yield from in_order(self.block, range(n_blocks(self)), at_once=1)

    def block(self, number: int) -> sp.csr_array:
        """Block ``number`` of :meth:`batches`: it begins with row ``number * batch_rows``."""
        start = number * self.batch_rows
        part = pl.read_parquet(self.directory / COUNTS / part_name(number))
        return _to_csr(part, start, min(self.batch_rows, self.n_posts - start), len(self.vocabulary))

    def __reduce__(self) -> tuple[Callable[[Path], StoredMatrix], tuple[Path]]:
        # Other processes read the vocabulary where it is.
        return StoredMatrix.open, (self.directory.absolute(),)

    def load(self) -> DocumentTermMatrix:
        """Read the whole matrix into memory."""
        import scipy.sparse as sp

        blocks = list(self.batches())
        empty = sp.csr_array((0, len(self.vocabulary)), dtype=np.int32)
        return DocumentTermMatrix(sp.vstack(blocks, format="csr") if blocks else empty, self.vocabulary)


def store_by_code(
    matrix: MatrixSource, codes: npt.NDArray[np.integer], directory: Path, *, n_codes: int
) -> list[StoredMatrix]:
    """Copy the rows of each code into a stored matrix of its own, in one pass and with a block of each in memory.

    Parameters
    ----------
    matrix
        Shape (n_posts, n_terms).
    codes
        Code of each row, 0 to n_codes - 1, shape (n_posts,); -1 leaves a row out.
    directory
        Gets a folder a code; deleted by its owner.
    n_codes
        Number of codes.

    Returns
    -------
    list of StoredMatrix
        One a code, all with the whole vocabulary; rows keep their order.
    """
    import scipy.sparse as sp

    waiting: list[list[sp.csr_array]] = [[] for _ in range(n_codes)]
    written = [0] * n_codes
    folders = [directory / f"{code:05d}" for code in range(n_codes)]
    for folder in folders:
        (folder / COUNTS).mkdir(parents=True)

    def write(code: int, *, least: int) -> None:
        """Write whole blocks while ``least`` rows wait."""
        while waiting[code] and sum(rows.shape[0] for rows in waiting[code]) >= least:
            together = sp.vstack(waiting[code], format="csr")
            block, rest = together[: matrix.batch_rows], together[matrix.batch_rows :]
            long = long_counts(block, written[code])
            name = part_name(written[code] // matrix.batch_rows)
            long.write_parquet(folders[code] / COUNTS / name, compression="uncompressed")
            written[code] += block.shape[0]
            waiting[code] = [rest] if rest.shape[0] else []

    start = 0
    for block in matrix.batches():
        mine = codes[start : start + block.shape[0]]
        for code in range(n_codes):
            waiting[code].append(block[np.flatnonzero(mine == code)])
            write(code, least=matrix.batch_rows)
        start += block.shape[0]
    for code in range(n_codes):
        write(code, least=1)
    return [
        StoredMatrix(folder, matrix.vocabulary, n_posts, matrix.batch_rows)
        for folder, n_posts in zip(folders, written, strict=True)
    ]


def n_blocks(matrix: MatrixSource) -> int:
    """Number of blocks of a matrix."""
    return -(-matrix.n_posts // matrix.batch_rows)


def part_name(number: int) -> str:
    """File of a block in the folder of counts."""
    return f"part-{number:05d}.parquet"


def long_counts(counts: sp.csr_array, first_post: int) -> pl.DataFrame:
    """A block as a stored matrix keeps it: ``post``, ``term`` and ``count``, rows in the order of the block."""
    rows = np.repeat(np.arange(first_post, first_post + counts.shape[0], dtype=np.uint32), np.diff(counts.indptr))
    return pl.DataFrame(
        {"post": rows, "term": counts.indices.astype(np.uint32), "count": counts.data.astype(np.uint32)}
    )


def _to_csr(part: pl.DataFrame, first_post: int, n_rows: int, n_terms: int) -> sp.csr_array:
    import scipy.sparse as sp

    per_row = np.bincount(part["post"].to_numpy() - first_post, minlength=n_rows)
    indptr = np.concatenate([[0], np.cumsum(per_row)]).astype(np.int32)
    data, indices = part["count"].to_numpy().astype(np.int32), part["term"].to_numpy().astype(np.int32)
    return sp.csr_array((data, indices, indptr), shape=(n_rows, n_terms))
