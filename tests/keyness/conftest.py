import itertools
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp

from textmine.matrix import DocumentTermMatrix
from textmine.platforms import PLATFORMS
from textmine.vocabulary import VOCABULARY_SCHEMA


@pytest.fixture
def post_table():
    """Makes a post table of as many columns as keyness reads."""

    def make(accounts, agencies=None, *, days=None, platform="x", kinds=None):
        n = len(accounts)
        start = datetime(2024, 1, 1, tzinfo=UTC)
        days = range(n) if days is None else days
        return pl.DataFrame(
            {
                "platform": [platform] * n if isinstance(platform, str) else platform,
                "post_id": [str(i) for i in range(n)],
                "account": list(accounts),
                "agency": list(agencies if agencies is not None else accounts),
                "published_at": [start + timedelta(days=float(day)) for day in days],
                "caption": [""] * n,
                "hashtags": [[]] * n,
                "post_kind": kinds or ["original"] * n,
            },
            schema_overrides={"hashtags": pl.List(pl.String), "platform": pl.Enum(PLATFORMS)},
        )

    return make


@pytest.fixture
def matrix_of():
    """Makes a matrix of lists of terms, one a post; a term that begins with # is a hashtag."""

    def make(posts):
        terms = sorted(set(itertools.chain.from_iterable(posts)), key=lambda term: (term.startswith("#"), term))
        place = {term: i for i, term in enumerate(terms)}
        rows = np.repeat(np.arange(len(posts)), [len(post) for post in posts])
        columns = np.array([place[term] for post in posts for term in post], dtype=np.int64)
        ones = np.ones(len(rows), np.int32)
        counts = sp.csr_array(sp.coo_array((ones, (rows, columns)), shape=(len(posts), len(terms))))
        counts.sum_duplicates()
        return DocumentTermMatrix(counts, _vocabulary_of(terms, counts))

    return make


@pytest.fixture
def vocabulary_of():
    """Makes the vocabulary of a matrix, so that simulations need not go through lists of terms."""
    return _vocabulary_of


def _vocabulary_of(terms, counts):
    present = sp.csr_array((np.ones_like(counts.data), counts.indices, counts.indptr), shape=counts.shape)
    frame = pl.DataFrame(
        {
            "term": terms,
            "kind": ["hashtag" if term.startswith("#") else "word" for term in terms],
            "surface": terms,
            "count": np.asarray(counts.sum(axis=0)).ravel(),
            "document_frequency": np.asarray(present.sum(axis=0)).ravel(),
        }
    )
    return frame.select(pl.col(name).cast(dtype) for name, dtype in VOCABULARY_SCHEMA.items())
