"""From posts and tokens to a vocabulary and a document-term matrix."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.batches import BATCH_ROWS, in_order, iter_batches
from textmine.codes import types_of
from textmine.csr import take_columns
from textmine.engines import Engine, LocalEngine
from textmine.errors import InputError
from textmine.language.phrases import Phrases
from textmine.language.settings import LanguageSettings
from textmine.matrix import COUNTS, SHAPE, VOCABULARY, DocumentTermMatrix, StoredMatrix, long_counts, part_name
from textmine.vocabulary import PARTIAL_KEYS, PARTIAL_SUMS, VocabularyBuilder, columns_of, merge_vocabulary

if TYPE_CHECKING:
    import scipy.sparse as sp

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
    placed = [take_columns(block, column, len(column)) for block in blocks]
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
    for folder in (draft, directory / COUNTS):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    parts = engine.split(-(-n_posts // batch_rows))
    count = CountTerms(posts.select("caption", "hashtags"), draft, language, batch_rows)
    report = None if progress is None else lambda blocks: progress(min(blocks * batch_rows, n_posts))
    partial = engine.add_up(count, parts, keys=PARTIAL_KEYS, sums=PARTIAL_SUMS, progress=report)
    vocabulary = merge_vocabulary(partial)
    vocabulary.write_parquet(directory / VOCABULARY, compression="zstd")
    engine.each(PlaceTerms(directory), parts)
    others = sum(json.loads((draft / _folder(part) / SHAPE).read_text())["n_other_languages"] for part in parts)
    shutil.rmtree(draft)
    shape = {"n_posts": n_posts, "batch_rows": batch_rows, "n_other_languages": others}
    (directory / SHAPE).write_text(json.dumps(shape) + "\n", encoding="utf-8")
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
            long = long_counts(counts, number * self.batch_rows)
            long.write_parquet(attempt / part_name(number), compression="uncompressed")
            return number

        # New types are analysed in Python while Polars finds the tokens of the next batch and writes the last one.
        lists = in_order(builder.token_lists, batches, at_once=1)
        for number in in_order(written, zip(blocks, map(builder.count, lists), strict=True), at_once=1):
            if number != blocks[-1]:
                yield pl.DataFrame()
        pl.DataFrame({"term": builder.terms}, schema={"term": pl.String}).write_parquet(attempt / _TERMS)
        (attempt / SHAPE).write_text(json.dumps({"n_other_languages": builder.n_other_languages}))
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
        column = columns_of(terms, pl.read_parquet(self.directory / VOCABULARY))

        def place(number: int) -> pl.DataFrame:
            counts = pl.read_parquet(part / part_name(number))
            placed = counts.with_columns(pl.Series("term", column[counts["term"].to_numpy()], dtype=pl.UInt32))
            whole = draft / f".{uuid.uuid4().hex}"
            placed.sort("post", "term").write_parquet(whole, compression="zstd")
            whole.replace(self.directory / COUNTS / part_name(number))
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
