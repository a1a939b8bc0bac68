"""A tree of topics: which are alike in their words and stand together in posts, and what merging them would give.

Topics are alike by the Hellinger affinity of their term distributions, ``1 - H**2 = sum(sqrt(p * q))``, and go together
by the cosine of their shares over the posts. The distance of two topics is one minus the mean of both; the tree is made
by average linkage.

References
----------
Sokal, R. R., and Michener, C. D. (1958). A statistical method for evaluating systematic relationships. University of
Kansas Science Bulletin 38, 1409-1438.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    import numpy.typing as npt

    from textmine.topics.revised import AnyTopics

TREE_SCHEMA: Final = pl.Schema(
    {
        "step": pl.UInt32(),
        "n_topics": pl.UInt32(),
        "distance": pl.Float64(),
        "left": pl.List(pl.UInt32()),
        "right": pl.List(pl.UInt32()),
        "left_label": pl.String(),
        "right_label": pl.String(),
    }
)


class TopicOverlap:
    """Cosine of the shares of every two topics over posts, added up block by block."""

    def __init__(self, n_ids: int) -> None:
        self._together = np.zeros((n_ids, n_ids))

    def add(self, shares: npt.NDArray[np.float64]) -> None:
        """Add posts, shape (n_posts, n_ids)."""
        self._together += shares.T @ shares

    def cosines(self) -> npt.NDArray[np.float64]:
        """Shape (n_ids, n_ids), 0 to 1; 0 for topics that no post has."""
        length = np.sqrt(np.diag(self._together))
        scale = np.outer(length, length)
        cosines: npt.NDArray[np.float64] = np.divide(self._together, scale, out=np.zeros_like(scale), where=scale > 0)
        return cosines


def topic_distances(
    model: AnyTopics, shares: Iterable[npt.NDArray[np.float64]], *, words: float = 0.5
) -> npt.NDArray[np.float64]:
    """Distances of the topics, in the order of ``model.topics_``.

    Parameters
    ----------
    model
        Fitted or revised.
    shares
        Shares of posts, block by block, each of shape (n_posts, n_ids).
    words
        Weight of the words against that of the posts, 0 to 1.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_topics, n_topics), 0 to 1, symmetric, 0 on the diagonal.
    """
    if not 0 <= words <= 1:
        raise ValueError(f"words is {words}; it lies between 0 and 1")
    ids = model.topics_["topic"].to_numpy()
    components = model.scaled_components()
    overlap = TopicOverlap(len(components))
    for block in shares:
        overlap.add(block)
    roots = np.sqrt(term_distributions(components[ids]))
    likeness = words * (roots @ roots.T) + (1 - words) * overlap.cosines()[np.ix_(ids, ids)]
    distances: npt.NDArray[np.float64] = np.clip(1 - (likeness + likeness.T) / 2, 0.0, 1.0).round(12)
    np.fill_diagonal(distances, 0.0)
    return distances


def term_distributions(components: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Rows scaled to sum 1; a row of nothing stays 0."""
    total = components.sum(axis=1, keepdims=True)
    scaled: npt.NDArray[np.float64] = np.divide(components, total, out=np.zeros_like(components), where=total > 0)
    return scaled


def topic_tree(topics: pl.DataFrame, distances: npt.NDArray[np.float64]) -> pl.DataFrame:
    """Merges in the order of their distance.

    Parameters
    ----------
    topics
        Columns of ``topics.parquet``, shape (n_topics, 7).
    distances
        Shape (n_topics, n_topics), in the order of ``topics``.

    Returns
    -------
    polars.DataFrame
        Shape (n_topics - 1, 7): step (from 1), n_topics (left after it), distance, left and right (ids that are
        merged, the side with the smaller id first), left_label and right_label (of the most prevalent topic of each
        side).

    Examples
    --------
    >>> topics = pl.DataFrame({"topic": [0, 1, 2], "label": ["a", "b", "c"], "prevalence": [0.5, 0.3, 0.2]})
    >>> apart = np.array([[0, 0.9, 0.2], [0.9, 0, 0.7], [0.2, 0.7, 0]])
    >>> topic_tree(topics, apart).select("n_topics", "distance", "left", "right").rows()
    [(2, 0.2, [0], [2]), (1, 0.8, [0, 2], [1])]
    """
    if len(topics) < 2:
        return TREE_SCHEMA.to_frame()
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    ids, labels = topics["topic"].to_list(), topics["label"].to_list()
    by_prevalence = np.argsort(-topics["prevalence"].to_numpy(), kind="stable")
    rank = {ids[place]: position for position, place in enumerate(by_prevalence)}
    label_of = dict(zip(ids, labels, strict=True))
    members = [[topic] for topic in ids]
    rows = []
    for step, (first, second, distance, _) in enumerate(linkage(squareform(distances), method="average"), start=1):
        sides = sorted((members[int(first)], members[int(second)]), key=min)
        names = [label_of[min(side, key=rank.__getitem__)] for side in sides]
        rows.append((step, len(ids) - step, float(distance), *sides, *names))
        members.append(sorted(sides[0] + sides[1]))
    return pl.DataFrame(rows, schema=TREE_SCHEMA, orient="row")


def cut_tree(tree: pl.DataFrame, n_topics: int) -> list[list[int]]:
    """Groups of two or more topics that become one when the tree is cut to ``n_topics``; each sorted, in id order.

    Examples
    --------
    >>> tree = pl.DataFrame({"step": [1, 2], "left": [[0], [0, 2]], "right": [[2], [1]]})
    >>> cut_tree(tree, 2), cut_tree(tree, 1), cut_tree(tree, 3)
    ([[0, 2]], [[0, 1, 2]], [])
    """
    if n_topics < 1:
        raise ValueError(f"n_topics is {n_topics}; at least 1 is needed")
    groups: dict[int, list[int]] = {}
    for left, right in tree.sort("step").head(max(len(tree) + 1 - n_topics, 0)).select("left", "right").iter_rows():
        together = sorted([*left, *right])
        groups = {first: group for first, group in groups.items() if first not in together}
        groups[together[0]] = together
    return [groups[first] for first in sorted(groups)]
