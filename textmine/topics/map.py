"""What a topic map shows: how far topics lie apart, how prevalent they are, and which terms matter in each.

Topics lie apart by the square root of the Jensen-Shannon divergence of their terms (a metric; Endres and Schindelin
2003), set out in a plane by classical scaling. Terms are ranked by their relevance (Sievert and Shirley 2014).

References
----------
Sievert, C., and Shirley, K. (2014). LDAvis: a method for visualizing and interpreting topics. ACL Workshop on
Interactive Language Learning, Visualization, and Interfaces, 63-70.
Endres, D. M., and Schindelin, J. E. (2003). A new metric for probability distributions. IEEE Transactions on
Information Theory 49 (7), 1858-1860.
Torgerson, W. S. (1952). Multidimensional scaling: I. Theory and method. Psychometrika 17, 401-419.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.topics.hierarchy import term_distributions

if TYPE_CHECKING:
    import numpy.typing as npt

    from textmine.topics.revised import AnyTopics

RELEVANCE: Final = 0.6
"""Weight of a term's frequency in the topic against its lift; what people found best (Sievert and Shirley 2014)."""

_STEPS: Final = tuple(i / 10 for i in range(11))


@dataclass(frozen=True)
class TopicMap:
    """Topics in the plane and their terms.

    Parameters
    ----------
    topics
        Columns of ``topics.parquet`` and x, y (distances in bits, the centre at 0) and n_terms (term occurrences of
        the topic); shape (n_topics, 10).
    terms
        topic, term (written form), kind, count (occurrences in the topic), total (in all topics), relevance (at weight
        0.6); every term that is among the first of its topic at some weight between 0 and 1. By topic and falling
        relevance.
    n_terms
        Term occurrences in all topics.
    explained
        Share of the squared distances that the plane keeps, 0 to 1.
    """

    topics: pl.DataFrame
    terms: pl.DataFrame
    n_terms: float
    explained: float


def topic_map(model: AnyTopics, counts: npt.NDArray[np.float64], *, n_terms: int = 20) -> TopicMap:
    """Lay out topics and rank their terms.

    Parameters
    ----------
    model
        Fitted or revised.
    counts
        Term occurrences of each topic in the model's own columns (:mod:`textmine.topics.term_counts`), shape
        (n_ids, n_terms).
    n_terms
        Terms a topic at each weight.

    Returns
    -------
    TopicMap
        Topics by falling prevalence.
    """
    topics = model.topics_
    counted = counts[topics["topic"].to_numpy()]
    places, explained = classical_scaling(jensen_shannon_distances(term_distributions(counted)))
    described = topics.with_columns(
        pl.Series("x", places[:, 0]), pl.Series("y", places[:, 1]), pl.Series("n_terms", counted.sum(axis=1))
    )
    terms = _terms(topics["topic"], counted, model.vocabulary_, n_terms)
    return TopicMap(described, terms, float(counted.sum()), explained)


def jensen_shannon_distances(distributions: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Square roots of the Jensen-Shannon divergences in bits of every two rows: shape (n_rows, n_rows), 0 to 1.

    Examples
    --------
    >>> jensen_shannon_distances(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    apart = np.zeros((len(distributions), len(distributions)))
    own = entropy(distributions)
    for i, row in enumerate(distributions):
        apart[i] = entropy((row + distributions) / 2) - (own[i] + own) / 2
    distances: npt.NDArray[np.float64] = np.sqrt(np.clip((apart + apart.T) / 2, 0.0, 1.0)).round(9)
    return distances


def entropy(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Shannon entropy of distributions in bits: shape (n_rows,)."""
    logs = np.log2(rows, out=np.zeros_like(rows), where=rows > 0)
    bits: npt.NDArray[np.float64] = -(rows * logs).sum(axis=1)
    return bits


def classical_scaling(distances: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], float]:
    """Places in the plane whose distances come closest, in Torgerson's sense.

    Parameters
    ----------
    distances
        Shape (n, n).

    Returns
    -------
    places : numpy.ndarray
        Shape (n, 2), centred; the point that is farthest out on each axis lies on its positive side.
    explained : float
        Share of the positive eigenvalues that the two axes hold; 1 when there is nothing to explain.

    Examples
    --------
    >>> places, explained = classical_scaling(np.array([[0.0, 3.0], [3.0, 0.0]]))
    >>> abs(places).tolist(), explained
    ([[1.5, 0.0], [1.5, 0.0]], 1.0)
    """
    n = len(distances)
    centre = np.eye(n) - 1 / max(n, 1)
    values, vectors = np.linalg.eigh(-centre @ distances**2 @ centre / 2)
    values, vectors = values[::-1], vectors[:, ::-1]
    positive = np.clip(values, 0.0, None)
    positive[positive < 1e-12] = 0.0
    places = np.zeros((n, 2))
    axes = min(n, 2)
    places[:, :axes] = vectors[:, :axes] * np.sqrt(positive[:axes])
    for axis in range(2):
        if places[:, axis][np.argmax(np.abs(places[:, axis]).round(9))] < 0:
            places[:, axis] *= -1
    total = float(positive.sum())
    return places.round(6) + 0.0, float(positive[:2].sum()) / total if total else 1.0


def relevance(
    counts: npt.NDArray[np.float64], totals: npt.NDArray[np.float64], weight: float = RELEVANCE
) -> npt.NDArray[np.float64]:
    r"""Relevance of terms in topics: :math:`\lambda \ln p(w \mid t) + (1 - \lambda) \ln \frac{p(w \mid t)}{p(w)}`.

    Parameters
    ----------
    counts
        Occurrences of terms in topics, shape (n_topics, n_terms).
    totals
        Occurrences in all topics, shape (n_terms,).
    weight
        Lambda, 0 (lift only) to 1 (frequency only).

    Returns
    -------
    numpy.ndarray
        Shape (n_topics, n_terms); minus infinity where the topic does not use the term.
    """
    inside = term_distributions(counts)
    outside = totals / max(float(totals.sum()), 1e-300)
    logs = np.log(np.where(inside > 0, inside, 1.0))
    lift = logs - np.log(np.where(outside > 0, outside, 1.0))
    ranked: npt.NDArray[np.float64] = np.where(inside > 0, weight * logs + (1 - weight) * lift, -np.inf)
    return ranked


def _terms(ids: pl.Series, counts: npt.NDArray[np.float64], vocabulary: pl.DataFrame, n_terms: int) -> pl.DataFrame:
    """Terms that some weight puts among the first, each once."""
    totals = counts.sum(axis=0)
    # Less than half an occurrence is noise of the shares: it would lead every list by lift.
    held = np.where(counts >= 0.5, counts, 0.0)
    standard = relevance(held, totals)
    wanted = np.zeros(counts.shape, bool)
    for weight in _STEPS:
        ranks = np.argsort(-relevance(held, totals, weight), axis=1, kind="stable")[:, :n_terms]
        np.put_along_axis(wanted, ranks, values=True, axis=1)
    topic, column = np.nonzero(wanted & (held > 0))
    names = vocabulary[column]
    found = pl.DataFrame(
        {
            "place": topic,
            "topic": ids.gather(topic),
            "term": names["surface"],
            "kind": names["kind"].cast(pl.String),
            "count": counts[topic, column],
            "total": totals[column],
            "relevance": standard[topic, column],
        }
    )
    return found.sort("place", "relevance", "term", descending=[False, True, False]).drop("place")
