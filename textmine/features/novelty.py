"""Novelty of posts in words and topics, from what :mod:`textmine.features.past` adds up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from textmine.csr import unit_tfidf
from textmine.features.past import Past, Timeline
from textmine.matrix import StoredMatrix

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    Floats = npt.NDArray[np.float64]
    Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Novelty:
    """Novelty of all posts; NaN where there is nothing to compare.

    Parameters
    ----------
    value
        0 (said before) to 1 (nothing of it), shape (n_posts,).
    past_posts
        Credited posts of the agency on earlier days, shape (n_posts,).
    """

    value: npt.NDArray[np.float32]
    past_posts: npt.NDArray[np.uint32]


def word_novelty(matrix: StoredMatrix, timeline: Timeline) -> Novelty:
    """1 - cosine between each post's TF-IDF vector and the sum of its agency's vectors on earlier days.

    Parameters
    ----------
    matrix
        Counts of words, hashtags and emoji; rows in the order of the posts.
    timeline
        Of the same posts.
    """
    idf = np.log((1 + matrix.n_posts) / (1 + matrix.vocabulary["document_frequency"].to_numpy())) + 1
    past = Past(np.square)
    result = _empty(len(timeline.day))
    for rows in timeline.chunks():
        vectors = unit_tfidf(_rows_of(matrix, rows), idf)
        before = past.add(vectors, owner=timeline.owner[rows], day=timeline.day[rows], counts=timeline.credited[rows])
        entry_rows = np.repeat(np.arange(len(rows)), np.diff(vectors.indptr))
        along = np.bincount(entry_rows, vectors.data * before.sums, len(rows))
        known = (before.posts > 0) & (before.curve > 0) & (np.diff(vectors.indptr) > 0)
        length = np.sqrt(np.where(known, before.curve, 1.0))
        result.value[rows] = np.where(known, np.clip(1 - along / length, 0.0, 1.0), np.nan)
        result.past_posts[rows] = before.posts
    return result


def topic_novelty(shares: sp.csr_array, timeline: Timeline) -> Novelty:
    """Jensen-Shannon divergence in bits between each post's topics and the mean of its agency's on earlier days.

    Parameters
    ----------
    shares
        Topic weights, rows in the order of the posts and with a sum of 1 or 0, shape (n_posts, n_topics).
    timeline
        Of the same posts.
    """
    past = Past(_times_log)
    result = _empty(len(timeline.day))
    for rows in timeline.chunks():
        own = shares[rows]
        has_topics = np.diff(own.indptr) > 0
        counts = timeline.credited[rows] & has_topics
        before = past.add(own, owner=timeline.owner[rows], day=timeline.day[rows], counts=counts)
        known = (before.posts > 0) & has_topics
        value = _jensen_shannon(own, before.sums, before.curve, np.where(known, before.posts, 1))
        result.value[rows] = np.where(known, np.clip(value, 0.0, 1.0), np.nan)
        result.past_posts[rows] = before.posts
    return result


def _jensen_shannon(own: sp.csr_array, sums: Floats, curve: Floats, total: Codes) -> Floats:
    """Divergence of p, the rows of ``own``, and q, what was added up over its total; topics of q alone included.

    With m = (p + q) / 2 it is H(m) - H(p) / 2 - H(q) / 2. Where p is 0, m is q / 2, so H(m) needs q only where p is
    not 0 and as a whole.
    """
    n = own.shape[0]
    rows = np.repeat(np.arange(n), np.diff(own.indptr))
    p, q = own.data, sums / total[rows]
    entropy_q = np.log2(total) - curve / total
    entropy_p = -np.bincount(rows, _times_log(p), n)
    shared = np.bincount(rows, q, n)
    elsewhere = (entropy_q + np.bincount(rows, _times_log(q), n) + (1 - shared)) / 2
    entropy_m = elsewhere - np.bincount(rows, _times_log((p + q) / 2), n)
    divergence: Floats = entropy_m - entropy_p / 2 - entropy_q / 2
    return divergence


def _times_log(x: Floats) -> Floats:
    positive = np.maximum(x, 0.0)
    product: Floats = positive * np.log2(np.where(positive > 0, positive, 1.0))
    return product


def _empty(n_posts: int) -> Novelty:
    return Novelty(np.full(n_posts, np.nan, np.float32), np.zeros(n_posts, np.uint32))


def _rows_of(matrix: StoredMatrix, rows: Codes) -> sp.csr_array:
    """Some rows of the matrix, ascending; only the parts that hold them are read."""
    import scipy.sparse as sp

    return sp.vstack(list(_blocks_of(matrix, rows)), format="csr")


def _blocks_of(matrix: StoredMatrix, rows: Codes) -> Iterator[sp.csr_array]:
    part = rows // matrix.batch_rows
    for number in np.unique(part):
        yield matrix.block(int(number))[rows[part == number] - number * matrix.batch_rows]
