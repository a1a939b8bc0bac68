"""Tables of topics: shares of posts and shares of groups, made block by block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.batches import iter_batches
from textmine.counting import document_term_matrix
from textmine.csr import membership
from textmine.groups import Grouping, post_groups
from textmine.platforms import PLATFORMS
from textmine.posts import KEY

if TYPE_CHECKING:
    import numpy.typing as npt

    from textmine.topics.revised import AnyTopics

MIN_WEIGHT: Final = 0.05
"""Smaller shares of a post are dropped from ``post_topics``, and the others scaled up to a sum of 1."""

POST_TOPICS_SCHEMA: Final = pl.Schema(
    {"platform": pl.Enum(PLATFORMS), "post_id": pl.String(), "topic": pl.UInt32(), "weight": pl.Float64()}
)
TOPIC_GROUPS_SCHEMA: Final = pl.Schema(
    {"by": pl.String(), "group": pl.String(), "topic": pl.UInt32(), "share": pl.Float64(), "n_posts": pl.UInt32()}
)


@dataclass(frozen=True)
class AppliedTopics:
    """Topics of new posts.

    Parameters
    ----------
    post_topics
        Columns of ``post_topics.parquet``.
    n_posts, n_without_topic
        Posts that were read, and those among them that hold no term of any topic.
    """

    post_topics: pl.DataFrame
    n_posts: int
    n_without_topic: int


def apply(model: AnyTopics, posts: pl.DataFrame | pl.LazyFrame) -> AppliedTopics:
    """Give new posts their shares of a model's topics; terms that the model does not know are ignored.

    Parameters
    ----------
    model
        Fitted, loaded or revised; its own language settings are used.
    posts
        Canonical posts, shape (n_posts, any).

    Returns
    -------
    AppliedTopics
        With a table of shape (n_posts with a topic * a few, 4).
    """
    tables, n_posts, without = [POST_TOPICS_SCHEMA.to_frame()], 0, 0
    for batch in iter_batches(posts.select(*KEY, "caption", "hashtags")):
        shares = model.transform(document_term_matrix(batch, language=model.language))
        tables.append(post_topics(batch, shares))
        n_posts += len(batch)
        without += int((~shares.any(axis=1)).sum())
    return AppliedTopics(pl.concat(tables), n_posts, without)


def post_topics(
    posts: pl.DataFrame, shares: npt.NDArray[np.float64], *, min_weight: float = MIN_WEIGHT
) -> pl.DataFrame:
    """Shares as a table, one row a post and topic.

    Parameters
    ----------
    posts
        Columns ``platform`` and ``post_id``, shape (n_posts, any).
    shares
        Shape (n_posts, n_topics).
    min_weight
        Smaller shares are dropped, but never a post's largest; the weights of a post sum to 1.

    Returns
    -------
    polars.DataFrame
        platform, post_id, topic, weight; in the order of the posts, topics ascending. A post without any topic is
        absent.
    """
    largest = shares.max(axis=1, initial=0.0)[:, None]
    kept = np.where((shares > 0) & (shares >= np.minimum(min_weight, largest)), shares, 0.0)
    total = kept.sum(axis=1, keepdims=True)
    row, topic = np.nonzero(kept)
    weights = (kept / np.where(total > 0, total, 1.0))[row, topic]
    keys = posts.select(KEY)[row]
    return keys.with_columns(pl.Series("topic", topic), pl.Series("weight", weights)).cast(POST_TOPICS_SCHEMA)


def topic_groups(
    posts: pl.DataFrame, post_topics: pl.DataFrame, *, by: Grouping = "agency", agencies: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Topic shares of groups of posts; reposts of others and ads are left out.

    Parameters
    ----------
    posts
        Canonical posts, shape (n_posts, any).
    post_topics
        platform, post_id, topic, weight.
    by
        ``agency``, ``cluster``, ``platform``, ``month`` or ``account``.
    agencies
        The register; needed for ``cluster``.

    Returns
    -------
    polars.DataFrame
        by, group, topic, share (mean over the group's posts, 0 to 1; posts without a topic count as 0), n_posts (posts
        of the group with the topic as their largest); sorted by group and topic, topics of share 0 left out.
    """
    placed = post_topics.with_columns(pl.col("platform").cast(pl.String)).join(
        posts.select(pl.col("platform").cast(pl.String), "post_id").with_row_index("row"), on=KEY
    )
    topic = placed["topic"].to_numpy()
    shares = np.zeros((len(posts), int(topic.max(initial=0)) + 1))
    shares[placed["row"].to_numpy(), topic] = placed["weight"].to_numpy()
    tally = GroupTally((by,), agencies=agencies)
    tally.add(posts, shares)
    return tally.table()


class GroupTally:
    """Adds up topic shares of groups over blocks of posts.

    Parameters
    ----------
    by
        Groupings.
    agencies
        The register; needed for ``cluster``.
    """

    def __init__(self, by: Sequence[Grouping], *, agencies: pl.DataFrame | None = None) -> None:
        self._by = tuple(by)
        self._agencies = agencies
        self._shares: list[pl.DataFrame] = []
        self._sizes: list[pl.DataFrame] = []

    def add(self, posts: pl.DataFrame, shares: npt.NDArray[np.float64]) -> None:
        """Add canonical posts with their shares, shape (n_posts, n_topics)."""
        for by in self._by:
            codes, groups = post_groups(posts, by, agencies=self._agencies)
            self._add(by, codes.to_numpy(), groups, shares)

    def _add(
        self, by: Grouping, codes: npt.NDArray[np.int32], groups: pl.Series, shares: npt.NDArray[np.float64]
    ) -> None:
        rows = np.flatnonzero(codes >= 0)
        member = membership(codes[rows], len(groups), np.float64)
        sums = member @ shares[rows]
        first = np.zeros_like(shares[rows])
        found = np.flatnonzero(shares[rows].any(axis=1))
        first[found, shares[rows[found]].argmax(axis=1)] = 1.0
        group, topic = np.nonzero(sums)
        name = groups.gather(group)
        self._shares.append(
            pl.DataFrame(
                {"group": name, "topic": topic, "sum": sums[group, topic], "n": (member @ first)[group, topic]}
            ).with_columns(pl.lit(by).alias("by"), pl.col("topic").cast(pl.UInt32))
        )
        sizes = np.bincount(codes[rows], minlength=len(groups))
        self._sizes.append(pl.DataFrame({"group": groups, "size": sizes}).with_columns(pl.lit(by).alias("by")))

    def table(self) -> pl.DataFrame:
        """Columns of ``topic_groups.parquet``, sorted by grouping (in the order asked for), group and topic."""
        if not self._shares:
            return TOPIC_GROUPS_SCHEMA.to_frame()
        keys = ["by", "group"]
        sums = pl.concat(self._shares).group_by(*keys, "topic", maintain_order=True).agg(pl.col("sum", "n").sum())
        sizes = pl.concat(self._sizes).group_by(keys, maintain_order=True).agg(pl.col("size").sum())
        table = sums.join(sizes, on=keys).with_columns(
            (pl.col("sum") / pl.col("size")).alias("share"),
            pl.col("n").alias("n_posts"),
            pl.col("by").replace_strict({by: i for i, by in enumerate(self._by)}, return_dtype=pl.UInt8).alias("order"),
        )
        return table.sort("order", "group", "topic").select(TOPIC_GROUPS_SCHEMA.names()).cast(TOPIC_GROUPS_SCHEMA)
