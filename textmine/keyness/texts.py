"""Which posts hold the same text, and which of its copies is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.platforms import PLATFORMS
from textmine.posts import KEY

if TYPE_CHECKING:
    import numpy.typing as npt

    from textmine.keyness.groupings import KeynessGroups
    from textmine.matrix import MatrixSource

    Hashes = npt.NDArray[np.uint64]

MIN_WORDS: Final = 5
"""Texts of fewer different words are the same only if their hashtags and emoji are, too."""

_TERM: Final = np.uint64(0x9E3779B97F4A7C15)
_COUNT: Final = np.uint64(0xD6E8FEB86659FD93)
_CLUSTER: Final = np.uint64(0x8EBC6AF09C88C6E3)
_ACCOUNT: Final = np.uint64(0xA0761D6478BD642F)


def text_keys(source: MatrixSource) -> Hashes:
    """Hash of each post's text: equal where the same words stand equally often.

    Links, mentions, punctuation, stopwords and the order of the words make no difference, nor do hashtags where there
    are :data:`MIN_WORDS` words: campaign texts are posted again with other hashtags and links.

    Returns
    -------
    numpy.ndarray
        uint64, shape (n_posts,); 0 for posts without terms.
    """
    is_word = (source.vocabulary["kind"] == "word").to_numpy()
    keys = []
    for block in source.batches():
        of_word = is_word[block.indices]
        value = _mixed(_mixed(block.indices.astype(np.uint64) * _TERM) + block.data.astype(np.uint64) * _COUNT)
        words = _row_sums(np.where(of_word, value, np.uint64(0)), block.indptr)
        others = _row_sums(np.where(of_word, np.uint64(0), value), block.indptr)
        is_long = _row_sums(of_word.astype(np.uint64), block.indptr) >= MIN_WORDS
        keys.append(np.where(is_long, words, words + others))
    return np.concatenate(keys) if keys else np.zeros(0, np.uint64)


def with_near_duplicates(keys: Hashes, posts: pl.DataFrame | pl.LazyFrame, near_duplicates: pl.DataFrame) -> Hashes:
    """Give all posts of a cluster one key.

    Parameters
    ----------
    keys
        Of :func:`text_keys`, shape (n_posts,).
    posts
        Canonical posts, row by row.
    near_duplicates
        ``platform``, ``post_id`` and ``cluster``, as :func:`textmine.near_duplicates` gives them.
    """
    clusters = near_duplicates.lazy().select(
        pl.col("platform").cast(pl.Enum(PLATFORMS)), "post_id", pl.col("cluster").cast(pl.Int64)
    )
    cluster = (
        posts.lazy()
        .select(pl.col("platform").cast(pl.Enum(PLATFORMS)), "post_id")
        .join(clusters.unique(list(KEY)), on=list(KEY), how="left", maintain_order="left")
        .select(pl.col("cluster").fill_null(-1))
        .collect()
        .to_series()
        .to_numpy()
    )
    # Posts without terms stay without text.
    return np.where((cluster >= 0) & (keys != 0), _mixed(cluster.astype(np.uint64) * _CLUSTER + _TERM), keys)


def counted_copies(texts: Hashes, groups: KeynessGroups) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which post stands for all copies of its text.

    The copy is drawn by a hash of time, account and text, so that neither the order of the rows nor the group decides:
    whatever the groups are, the copy that counts is in one of them as likely as its copies are.

    Returns
    -------
    in_corpus : shape (n_posts,), bool
        One post a text.
    in_group : shape (n_posts,), bool
        One post a text and group.
    """
    ticket = _mixed(groups.published.astype(np.uint64) ^ _mixed(groups.account.astype(np.uint64) * _ACCOUNT ^ texts))
    taking_part = np.flatnonzero((groups.group >= 0) & (texts != 0))
    order = taking_part[np.lexsort((groups.account[taking_part], ticket[taking_part], texts[taking_part]))]
    in_corpus, in_group = np.zeros(len(texts), bool), np.zeros(len(texts), bool)
    in_corpus[order[np.append(True, np.diff(texts[order]) != 0)[: len(order)]]] = True
    by_group = order[np.lexsort((np.arange(len(order)), groups.group[order], texts[order]))]
    new = (np.diff(texts[by_group]) != 0) | (np.diff(groups.group[by_group]) != 0)
    in_group[by_group[np.append(True, new)[: len(by_group)]]] = True
    return in_corpus, in_group


def _row_sums(values: Hashes, indptr: npt.NDArray[np.int32]) -> Hashes:
    """Sums of each row, modulo 2 to the 64; empty rows are 0."""
    ends = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])
    return np.asarray(ends[indptr[1:]] - ends[indptr[:-1]])


def _mixed(values: Hashes) -> Hashes:
    """Spread every bit over all (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
