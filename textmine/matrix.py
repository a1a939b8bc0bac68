"""From tokens to a vocabulary and a document-term matrix in compressed sparse rows (CSR)."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import polars as pl

from textmine.batches import BATCH_ROWS, in_order, iter_batches
from textmine.codes import types_of
from textmine.engines import Engine, LocalEngine
from textmine.errors import InputError, WorkspaceError
from textmine.language.phrases import Phrases
from textmine.language.settings import LanguageSettings
from textmine.notebook import table_html
from textmine.vocabulary import PARTIAL_KEYS, PARTIAL_SUMS, VocabularyBuilder, columns_of, merge_vocabulary

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

_COUNTS: Final = "counts.parquet"
_VOCABULARY: Final = "vocabulary.parquet"
_SHAPE: Final = "shape.json"
_DRAFT: Final = "draft"
_TERMS: Final = "terms.parquet"


def token_matrix(tokens: pl.Series) -> tuple[sp.csr_array, pl.Series]:
    """Count tokens: the same matrix as scikit-learn's ``CountVectorizer`` gives for the same token lists.

    Parameters
    ----------
    tokens
        ``list[str]`` column, shape (n_posts,). A null list counts as empty; null tokens are dropped.

    Returns
    -------
    counts : scipy.sparse.csr_array
        int64, shape (n_posts, n_types), sorted indices, no duplicates.
    vocabulary : polars.Series
        The types in code-point order, shape (n_types,).

    Examples
    --------
    >>> counts, vocabulary = token_matrix(pl.Series([["b", "a", "b"], [], ["a"]]))
    >>> vocabulary.to_list(), counts.toarray().tolist()
    (['a', 'b'], [[1, 2], [0, 0], [1, 0]])
    """
    import scipy.sparse as sp

    lists = tokens.list.drop_nulls() if tokens.explode().null_count() else tokens
    # Casting the lists, not the exploded tokens, leaves strings where they are: categorical codes are what is exploded.
    # The streaming engine casts on all cores.
    dtype = pl.List(pl.Categorical(pl.Categories.random()))
    coded = lists.to_frame("tokens").lazy().select(pl.col("tokens").cast(dtype)).collect(engine="streaming").to_series()
    flat = coded.explode(empty_as_null=False, keep_nulls=False)
    codes, first = types_of(flat)
    used = np.flatnonzero(first >= 0)
    types = flat.gather(first[used]).cast(pl.String)
    order = types.arg_sort().to_numpy()
    column = np.zeros(len(first), np.int32)
    column[used[order]] = np.arange(len(used), dtype=np.int32)
    indptr = np.zeros(len(tokens) + 1, np.int32 if len(codes) < 2**31 else np.int64)
    np.cumsum(lists.list.len().fill_null(0).to_numpy(), out=indptr[1:])
    counts = sp.csr_array((np.ones(len(codes), np.int64), column[codes], indptr), shape=(len(tokens), len(used)))
    counts.sum_duplicates()
    return counts, types.gather(order).rename("term")


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
            shape = json.loads((directory / _SHAPE).read_text(encoding="utf-8"))
            vocabulary = pl.read_parquet(directory / _VOCABULARY)
        except (OSError, ValueError) as error:
            raise WorkspaceError("no document-term matrix here; run: textmine matrix", path=directory) from error
        return cls(directory, vocabulary, **{name: int(value) for name, value in shape.items()})

    def batches(self) -> Iterator[sp.csr_array]:
        """Consecutive blocks of rows; while one is worked on the next is read."""
        yield from in_order(self.block, range(n_blocks(self)), at_once=1)

    def block(self, number: int) -> sp.csr_array:
        """Block ``number`` of :meth:`batches`: it begins with row ``number * batch_rows``."""
        start = number * self.batch_rows
        part = pl.read_parquet(self.directory / _COUNTS / _part_name(number))
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
        (folder / _COUNTS).mkdir(parents=True)

    def write(code: int, *, least: int) -> None:
        """Write whole blocks while ``least`` rows wait."""
        while waiting[code] and sum(rows.shape[0] for rows in waiting[code]) >= least:
            together = sp.vstack(waiting[code], format="csr")
            block, rest = together[: matrix.batch_rows], together[matrix.batch_rows :]
            long = _to_long(block, written[code])
            name = _part_name(written[code] // matrix.batch_rows)
            long.write_parquet(folders[code] / _COUNTS / name, compression="uncompressed")
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


def document_term_matrix(
    posts: pl.DataFrame | pl.LazyFrame,
    *,
    language: LanguageSettings | None = None,
    phrases: Phrases | None = None,
) -> DocumentTermMatrix:
    """Analyse posts into a document-term matrix in memory.

    Parameters
    ----------
    posts
        Canonical posts; ``caption`` and ``hashtags`` are read.
    language
        What the language layer does; the defaults of :class:`LanguageSettings` if None.
    phrases
        Phrases to count as terms, in place of those of ``language``.

    Returns
    -------
    DocumentTermMatrix
        Shape (n_posts, n_terms); rows in the order of ``posts``.
    """
    import scipy.sparse as sp

    settings = language or LanguageSettings()
    builder = VocabularyBuilder(settings if phrases is None else replace(settings, phrases=phrases))
    lists = in_order(builder.token_lists, iter_batches(posts.select("caption", "hashtags")), at_once=1)
    blocks = [builder.count(batch) for batch in lists]
    vocabulary, column = builder.finish()
    empty = sp.csr_array((0, len(vocabulary)), dtype=np.int32)
    placed = [_place(block, column) for block in blocks]
    return DocumentTermMatrix(sp.vstack(placed, format="csr") if placed else empty, vocabulary)


def store_document_term_matrix(
    posts: pl.LazyFrame,
    directory: Path,
    *,
    language: LanguageSettings,
    batch_rows: int = BATCH_ROWS,
    engine: Engine | None = None,
    progress: Callable[[int], None] | None = None,
) -> StoredMatrix:
    """Analyse posts into a stored matrix in bounded memory: a batch and the vocabulary at a time.

    Parameters
    ----------
    posts
        Canonical posts; ``caption`` and ``hashtags`` are read.
    directory
        Made anew.
    language
        What the language layer does.
    batch_rows
        Posts a batch; the parts of the stored matrix are cut accordingly, its figures are not changed by it.
    engine
        Where the steps run, with the same bytes as result; in this process if None.
    progress
        Called with the number of posts done after every batch, or at the end where an engine cannot tell.

    Returns
    -------
    StoredMatrix
        Shape (n_posts, n_terms); rows in the order of ``posts``.

    Raises
    ------
    InputError
        There are no posts.
    """
    engine = engine or LocalEngine()
    n_posts = int(posts.select(pl.len()).collect().item())
    if n_posts == 0:
        raise InputError("there are no posts to analyse")
    draft = directory / _DRAFT
    for folder in (draft, directory / _COUNTS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    parts = engine.split(-(-n_posts // batch_rows))
    count = CountTerms(posts.select("caption", "hashtags"), draft, language, batch_rows)
    report = None if progress is None else lambda blocks: progress(min(blocks * batch_rows, n_posts))
    partial = engine.add_up(count, parts, keys=PARTIAL_KEYS, sums=PARTIAL_SUMS, progress=report)
    vocabulary = merge_vocabulary(partial)
    vocabulary.write_parquet(directory / _VOCABULARY, compression="zstd")
    engine.each(PlaceTerms(directory), parts)
    others = sum(json.loads((draft / _folder(part) / _SHAPE).read_text())["n_other_languages"] for part in parts)
    shutil.rmtree(draft)
    shape = {"n_posts": n_posts, "batch_rows": batch_rows, "n_other_languages": others}
    (directory / _SHAPE).write_text(json.dumps(shape) + "\n", encoding="utf-8")
    return StoredMatrix(directory, vocabulary, **shape)


@dataclass(frozen=True)
class CountTerms:
    """Map step: counts the terms of each post of a part, in columns of the part's own; gives the part's vocabulary.

    The counts stay in ``draft``, a folder a part. Of two attempts at the same part the first to end is kept whole:
    the numbers of its columns are its own.
    """

    posts: pl.LazyFrame
    draft: Path
    language: LanguageSettings
    batch_rows: int

    def __call__(self, blocks: range) -> Iterator[pl.DataFrame]:
        """Partial vocabulary of the part, after an empty frame for each block but the last."""
        builder = VocabularyBuilder(self.language)
        attempt = self.draft / f".{_folder(blocks)}-{uuid.uuid4().hex}"
        attempt.mkdir()
        posts = self.posts.slice(blocks.start * self.batch_rows, len(blocks) * self.batch_rows)
        batches = iter_batches(posts, rows=self.batch_rows)

        def written(numbered: tuple[int, sp.csr_array]) -> int:
            number, counts = numbered
            # Without compression: the draft is read once and deleted.
            long = _to_long(counts, number * self.batch_rows)
            long.write_parquet(attempt / _part_name(number), compression="uncompressed")
            return number

        # New types are analysed in Python while Polars finds the tokens of the next batch and writes the last one.
        lists = in_order(builder.token_lists, batches, at_once=1)
        for number in in_order(written, zip(blocks, map(builder.count, lists), strict=True), at_once=1):
            if number != blocks[-1]:
                yield pl.DataFrame()
        pl.DataFrame({"term": builder.terms}, schema={"term": pl.String}).write_parquet(attempt / _TERMS)
        (attempt / _SHAPE).write_text(json.dumps({"n_other_languages": builder.n_other_languages}))
        _keep_first(attempt, self.draft / _folder(blocks))
        yield builder.partial()


@dataclass(frozen=True)
class PlaceTerms:
    """Map step: moves the counts of a part from the part's columns to those of the vocabulary."""

    directory: Path

    def __call__(self, blocks: range) -> Iterator[pl.DataFrame]:
        """Empty frames."""
        draft = self.directory / _DRAFT
        part = draft / _folder(blocks)
        terms = pl.read_parquet(part / _TERMS)["term"].to_list()
        column = columns_of(terms, pl.read_parquet(self.directory / _VOCABULARY))

        def place(number: int) -> pl.DataFrame:
            counts = pl.read_parquet(part / _part_name(number))
            placed = counts.with_columns(pl.Series("term", column[counts["term"].to_numpy()], dtype=pl.UInt32))
            whole = draft / f".{uuid.uuid4().hex}"
            placed.sort("post", "term").write_parquet(whole, compression="zstd")
            whole.replace(self.directory / _COUNTS / _part_name(number))
            return pl.DataFrame()

        yield from in_order(place, blocks)


def _folder(blocks: range) -> str:
    return f"{blocks.start:05d}"


def _keep_first(attempt: Path, kept: Path) -> None:
    """Rename a folder into place, unless another attempt at the same was faster."""
    try:
        attempt.rename(kept)
    except OSError:
        if not kept.is_dir():
            raise
        shutil.rmtree(attempt)


def _part_name(number: int) -> str:
    return f"part-{number:05d}.parquet"


def _place(counts: sp.csr_array, column: np.ndarray) -> sp.csr_array:
    """Move provisional columns to their final place."""
    import scipy.sparse as sp

    placed = sp.csr_array((counts.data, column[counts.indices], counts.indptr), shape=(counts.shape[0], len(column)))
    placed.sort_indices()
    return placed


def _to_long(counts: sp.csr_array, first_post: int) -> pl.DataFrame:
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
