"""Matrices and posts with topics that are known beforehand."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from textmine.counting import token_matrix
from textmine.matrix import DocumentTermMatrix
from textmine.posts import POLARS_SCHEMA
from textmine.vocabulary import VOCABULARY_SCHEMA

MatrixOf = Callable[[Sequence[Sequence[str]]], DocumentTermMatrix]

THEMES = {
    "banjir": ["banjir", "sungai", "hujan", "pompa", "tanggul", "#siagabanjir"],
    "vaksin": ["vaksin", "dosis", "dokter", "imun", "suntik", "#ayovaksin"],
    "pajak": ["pajak", "lapor", "npwp", "denda", "kantor", "#lunaspajak"],
}


@pytest.fixture
def matrix_of() -> MatrixOf:
    """Build a matrix of token lists; tokens with a leading # are hashtags."""

    def build(posts: Sequence[Sequence[str]]) -> DocumentTermMatrix:
        counts, terms = token_matrix(pl.Series("tokens", [list(post) for post in posts], dtype=pl.List(pl.String)))
        vocabulary = pl.DataFrame(
            {
                "term": terms,
                "kind": ["hashtag" if term.startswith("#") else "word" for term in terms],
                "surface": terms,
                "count": counts.sum(axis=0),
                "document_frequency": np.bincount(counts.indices, minlength=len(terms)),
            }
        ).cast(VOCABULARY_SCHEMA)
        return DocumentTermMatrix(counts.astype(np.int32), vocabulary)

    return build


@pytest.fixture
def themed_tokens() -> list[list[str]]:
    """120 posts of three themes, 60, 36 and 24, four or five of the theme's six terms and one word of all themes."""
    random = np.random.default_rng(7)
    posts = []
    for theme, n in zip(THEMES.values(), (60, 36, 24), strict=True):
        for _ in range(n):
            chosen = random.permutation(theme)[: random.integers(4, 6)].tolist()
            posts.append([*chosen, str(random.choice(["warga", "kota", "hari", "kami"]))])
    return posts


@pytest.fixture
def posts_of() -> Callable[..., pl.DataFrame]:
    """Build canonical posts; columns not given have plain values."""

    def build(captions: Sequence[str], **columns: Sequence[object]) -> pl.DataFrame:
        n = len(captions)
        start = datetime(2020, 1, 15, tzinfo=UTC)
        plain: dict[str, Sequence[object]] = {
            "platform": ["x"] * n,
            "post_id": [str(i) for i in range(n)],
            "account": [f"akun{i % 5}" for i in range(n)],
            "agency": [None] * n,
            "published_at": [start + timedelta(days=i % 60) for i in range(n)],
            "caption": captions,
            "hashtags": [[word[1:] for word in caption.split() if word.startswith("#")] for caption in captions],
            "media_type": ["text"] * n,
            "post_kind": ["original"] * n,
            "coauthors": [[]] * n,
            "hidden": [[]] * n,
            "rounded": [[]] * n,
            "followers_kind": ["unknown"] * n,
            "source": ["posts.csv"] * n,
            "source_row": list(range(1, n + 1)),
        } | columns
        return pl.DataFrame(
            {name: pl.Series(name, plain.get(name, [None] * n), dtype=dtype) for name, dtype in POLARS_SCHEMA.items()}
        )

    return build
