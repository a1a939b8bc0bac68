"""What a topic model is fitted on: the terms that count, and a sample of distinct posts, pooled if so wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from textmine.csr import positions, take_columns
from textmine.topics.nmf import inverse_document_frequency
from textmine.topics.pooling import Pool, pool_by_hashtag, pool_by_key
from textmine.topics.sample import sample_distinct
from textmine.topics.terms import (
    PostRoles,
    TermRule,
    choose_columns,
    chosen_blocks,
    term_keys,
)

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from textmine.matrix import MatrixSource


@dataclass(frozen=True)
class FitSample:
    """Distinct posts in the terms of a model.

    Parameters
    ----------
    counts
        Shape (n_posts, n_terms); no row is empty.
    columns
        Columns of the matrix that the terms are, int64, shape (n_terms,).
    vocabulary
        term, kind, surface, document_frequency (in the sample), idf; shape (n_terms, 5).
    keys
        Agency and day of each post as one number, int64, shape (n_posts,).
    digest
        SHA-256 of the sample.
    """

    counts: sp.csr_array
    columns: npt.NDArray[np.int64]
    vocabulary: pl.DataFrame
    keys: npt.NDArray[np.int64]
    digest: str

    @property
    def n_posts(self) -> int:
        """Number of distinct posts."""
        return int(self.counts.shape[0])

    @property
    def idf(self) -> npt.NDArray[np.float64]:
        """Inverse document frequency of the terms, shape (n_terms,)."""
        return self.vocabulary["idf"].to_numpy()

    def rows(self, rows: npt.NDArray[np.int64]) -> FitSample:
        """Some of the posts, with the same terms."""
        return replace(self, counts=self.counts[rows], keys=self.keys[rows])

    def pooled(self, pool: Pool | None) -> sp.csr_array:
        """Counts of the posts, or of their pools; shape (n_posts or n_pools, n_terms)."""
        if pool == "hashtag":
            return pool_by_hashtag(self.counts, (self.vocabulary["kind"].cast(pl.String) == "hashtag").to_numpy())
        if pool == "agency-day":
            return pool_by_key(self.counts, self.keys)
        return self.counts


def draw_sample(source: MatrixSource, rule: TermRule, roles: PostRoles | None, *, limit: int, seed: int) -> FitSample:
    """Draw distinct posts, and cut the terms to those that are frequent among them too.

    Parameters
    ----------
    source
        The matrix.
    rule
        The cuts.
    roles
        Which posts count, who wrote them and when.
    limit
        Posts at most.
    seed
        Another seed draws another sample.

    Raises
    ------
    NotEnoughDataError
        No term passes the cuts.
    """
    columns = choose_columns(source, rule, roles)
    blocks = chosen_blocks(source, positions(columns, len(source.vocabulary)), len(columns), roles)
    keys = None if roles is None else roles.agency_days()
    sample = sample_distinct(blocks, term_keys(source.vocabulary[columns]), limit=limit, seed=seed, keys=keys)
    # Of a sample, two distinct posts are enough: the whole had enough of them.
    least = rule.min_document_frequency if sample.complete else 2
    frequent = np.flatnonzero(_document_frequency(sample.counts) >= least)
    kept = take_columns(sample.counts, positions(frequent, len(columns)), len(frequent))
    filled = np.flatnonzero(np.diff(kept.indptr))
    kept, columns = kept[filled], columns[frequent]
    vocabulary = (
        source.vocabulary[columns]
        .select("term", "kind", "surface")
        .with_columns(
            pl.Series("document_frequency", _document_frequency(kept), dtype=pl.UInt32),
            pl.Series("idf", inverse_document_frequency(kept)),
        )
    )
    return FitSample(
        kept, columns, vocabulary, sample.keys[filled], replace(sample, hashes=sample.hashes[filled]).digest
    )


def _document_frequency(counts: sp.csr_array) -> npt.NDArray[np.int64]:
    return np.bincount(counts.indices, minlength=counts.shape[1])
