"""Vocabularies of other toolkits: lists of strings, to which kinds, counts and frequencies are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from textmine.errors import InputError
from textmine.language.tokens import emoji_tokens
from textmine.matrix import DocumentTermMatrix
from textmine.vocabulary import VOCABULARY_SCHEMA

if TYPE_CHECKING:
    import scipy.sparse as sp


def whole_matrix(counts: sp.csr_array, terms: Sequence[str], vocabulary: pl.DataFrame | None) -> DocumentTermMatrix:
    """Matrix of foreign counts.

    Parameters
    ----------
    counts
        Shape (n_posts, n_terms).
    terms
        Names of the columns, all different.
    vocabulary
        Their kinds and written forms, if known: a vocabulary of textmine with the same terms in the same order.

    Returns
    -------
    DocumentTermMatrix
        int32, shape (n_posts, n_terms), columns in the same order.

    Raises
    ------
    InputError
        Counts are no whole numbers from 0, names are missing or stand twice, or the vocabulary is another one.
    """
    import scipy.sparse as sp

    if counts.shape[1] != len(terms):
        raise InputError(f"the matrix has {counts.shape[1]} columns, but there are {len(terms)} terms")
    if len(set(terms)) < len(terms):
        raise InputError("a term stands twice in the vocabulary")
    if counts.nnz and (counts.data.min() < 0 or (counts.data != np.rint(counts.data)).any()):
        raise InputError("the matrix holds values that are no counts; give whole numbers, not weights such as TF-IDF")
    whole = sp.csr_array(counts, dtype=np.int32)
    whole.sum_duplicates()
    whole.eliminate_zeros()
    described = _described(whole, terms)
    if vocabulary is not None:
        if vocabulary["term"].to_list() != list(terms):
            raise InputError("the vocabulary does not name the columns of the matrix in their order")
        described = described.with_columns(vocabulary.select("kind", "surface")).cast(VOCABULARY_SCHEMA)
    return DocumentTermMatrix(whole, described)


def _described(counts: sp.csr_array, terms: Sequence[str]) -> pl.DataFrame:
    """Vocabulary of the columns: hashtags begin with ``#``, emoji are told by their characters, the rest are words."""
    names = pl.Series("term", list(terms), dtype=pl.String)
    emoji = (
        pl.DataFrame({"term": names}).select(emoji_tokens(pl.col("term")).list.first() == pl.col("term")).to_series()
    )
    kind = pl.when(names.str.starts_with("#")).then(pl.lit("hashtag")).when(emoji).then(pl.lit("emoji"))
    return pl.select(
        names.alias("term"),
        kind.otherwise(pl.lit("word")).alias("kind"),
        names.alias("surface"),
        pl.Series("count", np.asarray(counts.sum(axis=0)).ravel()),
        pl.Series("document_frequency", np.bincount(counts.indices, minlength=len(terms))),
    ).cast(VOCABULARY_SCHEMA)
