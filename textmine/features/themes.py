"""Topics of posts as columns: the weight of each, the largest, how many there are, and how new they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from textmine.batches import iter_batches
from textmine.features.novelty import topic_novelty
from textmine.inorder import InOrder
from textmine.posts import KEY

if TYPE_CHECKING:
    import scipy.sparse as sp

    from textmine.features.past import Timeline


@dataclass(frozen=True)
class PostTopics:
    """Topic weights of all posts, about ten bytes for each weight.

    Parameters
    ----------
    shares
        Rows in the order of the posts, a column for each of ``topics``; rows sum to 1, or to 0 where there are none.
    topics
        Numbers of the topics, ascending.
    """

    shares: sp.csr_array
    topics: Sequence[int]

    def maker(self, timeline: Timeline) -> Callable[[pl.DataFrame, int], pl.DataFrame]:
        """Make the columns of topics for a batch, given the row of its first post."""
        novelty = topic_novelty(self.shares, timeline).value

        def make(batch: pl.DataFrame, first: int) -> pl.DataFrame:
            rows = slice(first, first + len(batch))
            return self.columns(first, len(batch)).with_columns(
                pl.Series("topic_novelty", novelty[rows].astype(np.float64)).fill_nan(None)
            )

        return make

    def columns(self, first: int, n_posts: int) -> pl.DataFrame:
        """Columns of topics for rows ``first`` and after, null for a post without a topic."""
        weights = self.shares[first : first + n_posts].toarray()
        numbers = np.asarray(self.topics, np.uint32)
        positive = np.where(weights > 0, weights, 1.0)
        entropy = -(positive * np.log2(positive)).sum(axis=1)
        has = pl.Series("has", weights.any(axis=1))
        largest = weights.argmax(axis=1) if len(numbers) else np.zeros(n_posts, np.int64)
        table = pl.DataFrame(
            {
                "has": has,
                "topic": numbers[largest] if len(numbers) else np.zeros(n_posts, np.uint32),
                "topic_weight": weights.max(axis=1, initial=0.0),
                "topic_entropy": np.maximum(entropy, 0.0),
            }
            | {f"topic_{number}": weights[:, column] for column, number in enumerate(self.topics)}
        )
        return table.select(pl.when("has").then(pl.exclude("has")))


def read_topics(posts: pl.LazyFrame, post_topics: InOrder, topics: Sequence[int]) -> PostTopics:
    """Read the weights of all posts.

    Parameters
    ----------
    posts
        Canonical posts in order.
    post_topics
        Columns of ``post_topics.parquet``.
    topics
        Numbers of the topics.

    Raises
    ------
    WorkspaceError
        The weights do not fit the posts.
    """
    import scipy.sparse as sp

    column = {number: place for place, number in enumerate(topics)}
    lengths, columns, weights = [np.zeros(1, np.int64)], [], []
    for batch in iter_batches(posts.select(KEY)):
        found = post_topics.take(batch)
        rows = found["row"].to_numpy()
        lengths.append(np.bincount(rows, minlength=len(batch)))
        if len(found):
            columns.append(found["topic"].replace_strict(column, return_dtype=pl.Int32).to_numpy())
            weights.append(found["weight"].to_numpy())
    post_topics.finish()
    indptr = np.cumsum(np.concatenate(lengths))
    data = np.concatenate(weights) if weights else np.zeros(0)
    indices = np.concatenate(columns) if columns else np.zeros(0, np.int32)
    return PostTopics(sp.csr_array((data, indices, indptr), shape=(len(indptr) - 1, len(topics))), topics)
