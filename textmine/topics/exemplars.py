"""Exemplary posts: what a person reads to see what a topic is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.batches import detached, iter_batches
from textmine.counting import document_term_matrix
from textmine.groups import post_groups
from textmine.platforms import PLATFORMS
from textmine.posts import KEY

if TYPE_CHECKING:
    import numpy.typing as npt

    from textmine.topics.model import TopicModel

N_EXEMPLARS: Final = 3
_MIN_EXEMPLAR_WEIGHT: Final = 0.3
_SHRINKAGE: Final = 5.0
_CANDIDATES: Final = 50

EXEMPLARS_SCHEMA: Final = pl.Schema(
    {
        "topic": pl.UInt32(),
        "rank": pl.UInt32(),
        "platform": pl.Enum(PLATFORMS),
        "post_id": pl.String(),
        "group": pl.String(),
        "weight": pl.Float64(),
        "n_terms": pl.UInt32(),
    }
)


class ExemplarSearch:
    """Finds posts that show what a topic is about, over blocks of posts.

    A post's weight is shrunk by its length, ``weight * n_terms / (n_terms + 5)``: a post of two words belongs to its
    topic wholly and shows little of it. Equal captions are taken once, and an agency a second time only when there
    are no others. Reposts of others and ads are left out.

    Parameters
    ----------
    n
        Posts a topic.
    """

    def __init__(self, n: int = N_EXEMPLARS) -> None:
        self._n = n
        self._best: pl.DataFrame | None = None

    def add(self, posts: pl.DataFrame, shares: npt.NDArray[np.float64], n_terms: npt.NDArray[np.int64]) -> None:
        """Look at canonical posts with their shares, shape (n_posts, n_topics), and number of known terms."""
        codes, groups = post_groups(posts, "agency")
        code = codes.to_numpy()
        row, topic = np.nonzero((shares >= _MIN_EXEMPLAR_WEIGHT) & (code >= 0)[:, None])
        weight, length = shares[row, topic], n_terms[row]
        score = weight * length / (length + _SHRINKAGE)
        hopeful = np.flatnonzero(score >= self._bar(shares.shape[1])[topic])
        row, topic, score = row[hopeful], topic[hopeful], score[hopeful]
        found = posts.select(*KEY, "caption")[row].with_columns(
            pl.Series("topic", topic.astype(np.uint32)),
            pl.Series("weight", weight[hopeful]),
            pl.Series("n_terms", length[hopeful].astype(np.uint32)),
            pl.Series("score", score),
            groups.gather(code[row]),
        )
        parts = [found] if self._best is None else [self._best, found]
        self._best = detached(self._choose(pl.concat(parts), max(_CANDIDATES, self._n)))

    def _bar(self, n_topics: int) -> npt.NDArray[np.float64]:
        """Score below which a post is not among the candidates of a topic: all of them are of different groups."""
        bar = np.zeros(n_topics)
        if self._best is not None:
            full = self._best.group_by("topic").agg(pl.col("group").n_unique().alias("n"), pl.col("score").min())
            full = full.filter(pl.col("n") >= max(_CANDIDATES, self._n))
            bar[full["topic"].to_numpy()] = full["score"].to_numpy()
        return bar

    def _choose(self, found: pl.DataFrame, n: int) -> pl.DataFrame:
        """Best ``n`` posts a topic: every group's best first, then every group's second; captions distinct."""
        text = pl.col("caption").str.to_lowercase().str.replace_all(r"(https?://\S+|\s+)", " ").str.strip_chars()
        ranked = found.sort("topic", "score", *KEY, descending=[False, True, False, False]).filter(
            pl.struct("topic", text).is_first_distinct()
        )
        turn = pl.int_range(pl.len()).over("topic", "group").alias("turn")
        ordered = ranked.with_columns(turn).sort(
            "topic", "turn", "score", *KEY, descending=[False, False, True, False, False]
        )
        return ordered.filter(pl.int_range(pl.len()).over("topic") < n).drop("turn")

    def table(self) -> pl.DataFrame:
        """Columns of ``topic_exemplars.parquet``: up to n rows a topic, ``rank`` 1 is the best."""
        if self._best is None:
            return EXEMPLARS_SCHEMA.to_frame()
        rank = (pl.int_range(pl.len()).over("topic") + 1).alias("rank")
        chosen = self._choose(self._best, self._n).with_columns(rank)
        return chosen.select(EXEMPLARS_SCHEMA.names()).cast(EXEMPLARS_SCHEMA)


def exemplars(model: TopicModel, posts: pl.DataFrame | pl.LazyFrame, *, n: int = N_EXEMPLARS) -> pl.DataFrame:
    """Exemplary posts of each topic.

    Parameters
    ----------
    model
        Fitted or loaded.
    posts
        Canonical posts.
    n
        Posts a topic at most.

    Returns
    -------
    polars.DataFrame
        topic, rank, platform, post_id, group (agency or account), weight, n_terms; see :class:`ExemplarSearch`.
    """
    search = ExemplarSearch(n)
    for batch in iter_batches(posts):
        source = document_term_matrix(batch, language=model.language)
        counts = [(model.shares_of(block), np.diff(block.indptr)) for block in model.known_counts(source)]
        search.add(batch, np.concatenate([s for s, _ in counts]), np.concatenate([n for _, n in counts]))
    return search.table()
