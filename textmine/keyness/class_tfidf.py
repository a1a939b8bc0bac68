"""Keywords of groups of posts: TF-IDF and class TF-IDF, words and hashtags apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

from textmine.batches import in_order
from textmine.counting import document_term_matrix
from textmine.csr import Heaviest, RunningSum, membership, presence
from textmine.engines import Engine, LocalEngine
from textmine.errors import NotEnoughDataError
from textmine.groups import Grouping, post_groups
from textmine.language.settings import LanguageSettings
from textmine.matrix import MatrixSource, n_blocks
from textmine.vocabulary import TermKind

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

KEYWORD_SCHEMA: Final = pl.Schema(
    {
        "by": pl.String(),
        "group": pl.String(),
        "kind": pl.String(),
        "rank": pl.UInt32(),
        "term": pl.String(),
        "surface": pl.String(),
        "count": pl.UInt64(),
        "document_frequency": pl.UInt32(),
        "corpus_document_frequency": pl.UInt32(),
        "tfidf": pl.Float64(),
        "class_tfidf": pl.Float64(),
        "example_platform": pl.String(),
        "example_post_id": pl.String(),
    }
)
"""Columns of a keyword table, in order."""

_GROUP_TERM: Final = pl.Schema({"group": pl.Int64(), "term": pl.Int64()})
_GROUP_COUNTS: Final = pl.Schema({"count": pl.Int64(), "document_frequency": pl.Int64()})


def keywords(
    posts: pl.DataFrame | pl.LazyFrame,
    *,
    by: Grouping = "agency",
    top: int = 50,
    kinds: Sequence[TermKind] = ("word", "hashtag"),
    agencies: pl.DataFrame | None = None,
    matrix: MatrixSource | None = None,
    language: LanguageSettings | None = None,
    engine: Engine | None = None,
) -> pl.DataFrame:
    """Rank the terms of each group by class TF-IDF.

    Class TF-IDF of term t in group c is ``count(t, c) / count(c) * ln(1 + A / count(t))``, with ``A`` the mean number
    of occurrences a group; words and hashtags are counted apart. TF-IDF is the mean over the group's posts of
    ``count * (ln((1 + n) / (1 + df)) + 1)``, each post scaled to length 1 over the terms of one kind.

    Parameters
    ----------
    posts
        Canonical posts. Reposts of others and ads are left out.
    by
        What a group is.
    top
        Terms a group and kind at most.
    kinds
        Kinds of terms, each ranked apart.
    agencies
        The register; needed for ``by="cluster"``.
    matrix
        The document-term matrix of ``posts``, row by row; made here if None.
    language
        What the language layer does when the matrix is made here.
    engine
        Where the terms of each group are counted; in this process if None.

    Returns
    -------
    polars.DataFrame
        Columns of ``KEYWORD_SCHEMA``, sorted by group, kind and rank. ``count`` and ``document_frequency`` are the
        group's, ``corpus_document_frequency`` counts all credited posts; the example is the group's post in which
        the term weighs most (the earlier row when several do).

    Raises
    ------
    NotEnoughDataError
        No post is credited to any group.

    References
    ----------
    Grootendorst 2022, BERTopic (class TF-IDF). Salton and Buckley 1988 (TF-IDF); smoothing as in scikit-learn.
    """
    source = matrix if matrix is not None else document_term_matrix(posts, language=language)
    codes, groups = post_groups(posts, by, agencies=agencies)
    if groups.is_empty():
        raise NotEnoughDataError("no post is credited to an agency", needed=1, got=0)
    grouped = _Grouped(codes.to_numpy(), len(groups), source)
    counted = grouped.count(engine or LocalEngine())
    tables = [_rank(counted, source.vocabulary, kind, groups=groups, top=top) for kind in kinds]
    ranked = pl.concat(tables)
    ranked = grouped.weigh(ranked, counted)
    return (
        _with_examples(ranked, posts)
        .with_columns(pl.lit(by).alias("by"))
        .select(pl.col(name).cast(dtype) for name, dtype in KEYWORD_SCHEMA.items())
        .sort("group", "kind", "rank")
    )


class _Counted(NamedTuple):
    """Counts and document frequencies, both int64 CSR of shape (n_groups, n_terms), and posts a group."""

    count: sp.csr_array
    document_frequency: sp.csr_array
    n_posts: npt.NDArray[np.int64]


@dataclass(frozen=True)
class CountTermsByGroup:
    """Map step: how often each group uses each term, and in how many posts.

    Parameters
    ----------
    matrix
        Read block by block.
    codes
        Group of each post, int32, shape (n_posts,); -1 for none.
    n_groups
        Number of groups.
    """

    matrix: MatrixSource
    codes: npt.NDArray[np.int32]
    n_groups: int

    def __call__(self, blocks: range) -> Iterator[pl.DataFrame]:
        """Sums of the part, after an empty frame for each block but the last."""
        shape, rows = (self.n_groups, len(self.matrix.vocabulary)), self.matrix.batch_rows

        def of_block(number: int) -> tuple[sp.csr_array, sp.csr_array]:
            block = self.matrix.block(number)
            member = membership(self.codes[number * rows : number * rows + block.shape[0]], self.n_groups)
            return member @ block, member @ presence(block)

        counts, frequencies = RunningSum(shape), RunningSum(shape)
        for number, (count, frequency) in zip(blocks, in_order(of_block, blocks), strict=True):
            counts.add(count)
            frequencies.add(frequency)
            if number != blocks[-1]:
                yield pl.DataFrame()
        count, frequency = counts.total(), frequencies.total()
        count.sort_indices()
        frequency.sort_indices()
        group = np.repeat(np.arange(self.n_groups), np.diff(count.indptr))
        columns = {"group": group, "term": count.indices, "count": count.data, "document_frequency": frequency.data}
        yield pl.DataFrame(columns, schema_overrides={**_GROUP_TERM, **_GROUP_COUNTS})


class _Grouped:
    """The blocks of a matrix beside the groups of their rows."""

    def __init__(self, codes: npt.NDArray[np.int32], n_groups: int, source: MatrixSource) -> None:
        if len(codes) != source.n_posts:
            raise ValueError(f"the matrix has {source.n_posts} rows, but there are {len(codes)} posts")
        self._codes = codes
        self._n_groups = n_groups
        self._source = source

    def count(self, engine: Engine) -> _Counted:
        """Sum counts and document frequencies by group."""
        import scipy.sparse as sp

        step = CountTermsByGroup(self._source, self._codes, self._n_groups)
        parts = engine.split(n_blocks(self._source))
        table = engine.add_up(step, parts, keys=_GROUP_TERM, sums=_GROUP_COUNTS)
        shape = (self._n_groups, len(self._source.vocabulary))
        indptr = np.searchsorted(table["group"].to_numpy(), np.arange(self._n_groups + 1))
        # The same places are filled in both; sorted, their entries correspond one to one.
        count, frequency = (
            sp.csr_array((table[name].to_numpy(), table["term"].to_numpy(), indptr), shape=shape)
            for name in _GROUP_COUNTS
        )
        n_posts = np.bincount(self._codes[self._codes >= 0], minlength=self._n_groups)
        return _Counted(count, frequency, n_posts)

    def weigh(self, ranked: pl.DataFrame, counted: _Counted) -> pl.DataFrame:
        """Add mean TF-IDF and the row of the heaviest post to each ranked pair of group and term."""
        column = np.full(len(self._source.vocabulary), -1, np.int64)
        terms = ranked["term_id"].unique().to_numpy()
        column[terms] = np.arange(len(terms))
        place = np.full((self._n_groups, len(terms)), -1, np.int64)
        place[ranked["group_id"].to_numpy(), column[ranked["term_id"].to_numpy()]] = np.arange(len(ranked))
        weight_of = _tfidf(counted, self._source.vocabulary)

        def of_block(number: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
            """Row, place and weight of each entry whose pair is ranked."""
            rows, term_ids, weights = weight_of(self._source.block(number))
            rows = rows + number * self._source.batch_rows
            keep = np.flatnonzero((self._codes[rows] >= 0) & (column[term_ids] >= 0))
            pairs = place[self._codes[rows[keep]], column[term_ids[keep]]]
            keep, pairs = keep[pairs >= 0], pairs[pairs >= 0]
            return rows[keep], pairs, weights[keep]

        total, heaviest = np.zeros(len(ranked)), Heaviest(len(ranked))
        for rows, pairs, weights in in_order(of_block, range(n_blocks(self._source))):
            np.add.at(total, pairs, weights)  # one by one, in the order of the posts: blocks never show in the sum
            heaviest.add(pairs, weights, rows)
        mean = total / counted.n_posts[ranked["group_id"].to_numpy()]
        return ranked.with_columns(pl.Series("tfidf", mean), pl.Series("row", heaviest.row, dtype=pl.UInt32))


def _tfidf(counted: _Counted, vocabulary: pl.DataFrame) -> _Weigher:
    n_posts = int(counted.n_posts.sum())
    document_frequency = np.asarray(counted.document_frequency.sum(axis=0)).ravel()
    idf = np.log((1 + n_posts) / (1 + document_frequency)) + 1
    return _Weigher(idf, vocabulary["kind"].to_physical().to_numpy())


class _Weigher(NamedTuple):
    """TF-IDF with every post scaled to length 1 over the terms of one kind."""

    idf: npt.NDArray[np.float64]
    kind: npt.NDArray[np.uint8]

    def __call__(
        self, block: sp.csr_array
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.float64]]:
        """Row, term and weight of every entry of a block, each of shape (nnz,)."""
        posts = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
        raw = block.data * self.idf[block.indices]
        n_kinds = int(self.kind.max(initial=0)) + 1
        cell = posts * n_kinds + self.kind[block.indices]
        length = np.sqrt(np.bincount(cell, raw * raw, minlength=block.shape[0] * n_kinds))
        return posts, block.indices, raw / length[cell]


def _rank(counted: _Counted, vocabulary: pl.DataFrame, kind: TermKind, *, groups: pl.Series, top: int) -> pl.DataFrame:
    """Best terms of each group by class TF-IDF; ties by count, then by term."""
    of_kind = (vocabulary["kind"] == kind).to_numpy().astype(np.int64)
    count = counted.count
    group_id = np.repeat(np.arange(count.shape[0]), np.diff(count.indptr))
    in_group = np.asarray(count @ of_kind, np.float64)
    in_corpus = np.asarray(count.sum(axis=0), np.float64).ravel()
    mean_size = in_group.sum() / len(groups)
    corpus_frequency = np.asarray(counted.document_frequency.sum(axis=0)).ravel()
    keep = of_kind[count.indices] == 1
    group_id, term_id, occurrences = group_id[keep], count.indices[keep], count.data[keep]
    frequency = counted.document_frequency.data[keep]
    scored = pl.DataFrame(
        {
            "group_id": group_id.astype(np.int64),
            "term_id": term_id.astype(np.int64),
            "count": occurrences,
            "document_frequency": frequency,
            "class_tfidf": occurrences / in_group[group_id] * np.log1p(mean_size / in_corpus[term_id]),
        }
    )
    best = (
        scored.sort(["group_id", "class_tfidf", "count", "term_id"], descending=[False, True, True, False])
        .group_by("group_id", maintain_order=True)
        .head(top)
        .with_columns(pl.int_range(1, pl.len() + 1).over("group_id").alias("rank"))
    )
    ids = best["term_id"]
    return best.with_columns(
        groups.gather(best["group_id"]).alias("group"),
        pl.lit(kind).alias("kind"),
        vocabulary["term"].gather(ids),
        vocabulary["surface"].gather(ids),
        pl.Series("corpus_document_frequency", corpus_frequency[ids.to_numpy()]),
    )


def _with_examples(ranked: pl.DataFrame, posts: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """Look up the key of each example row."""
    keys = (
        posts.lazy()
        .select(
            pl.col("platform").cast(pl.String).alias("example_platform"), pl.col("post_id").alias("example_post_id")
        )
        .with_row_index("row")
        .join(ranked.lazy().select(pl.col("row").unique()), on="row", how="semi")
        .collect()
    )
    return ranked.join(keys, on="row", how="left")
