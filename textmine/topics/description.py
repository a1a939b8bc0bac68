"""What a person reads of a topic: its words, hashtags and label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    import numpy.typing as npt

N_WORDS: Final = 10
N_HASHTAGS: Final = 5
_LABEL_WORDS: Final = 3
_NOISE: Final = 0.02
"""Terms below this share of the topic's heaviest term are not shown."""
_EMPTY_LABEL: Final = "–"

TOPICS_SCHEMA: Final = pl.Schema(
    {
        "topic": pl.UInt32(),
        "label": pl.String(),
        "words": pl.List(pl.String()),
        "hashtags": pl.List(pl.String()),
        "prevalence": pl.Float64(),
        "npmi": pl.Float64(),
        "n_posts": pl.UInt32(),
    }
)
"""Columns of ``topics.parquet``, by falling prevalence.

``prevalence`` is the mean share of the topic over the posts (0 to 1; the sum falls short of 1 by the share of posts
without a topic), ``n_posts`` how many posts have it as their largest, ``npmi`` null for a topic of fewer than
two terms.
"""


def top_terms(components: npt.NDArray[np.floating], n_terms: int) -> list[list[int]]:
    """Columns of each topic's heaviest terms, best first; ties in column order, terms of no weight left out."""
    tops = []
    for weights in components:
        order = np.argsort(-weights, kind="stable")[:n_terms]
        tops.append([int(column) for column in order if weights[column] > _NOISE * weights.max()])
    return tops


def label_topics(components: npt.NDArray[np.floating], vocabulary: pl.DataFrame) -> list[str]:
    """Give each topic a label of three surface words, of more where two would be equal.

    Words are ranked by ``weight * (weight in this topic / weight in all topics)``, which prefers words that tell the
    topic from the others. Hashtags stand in where words are lacking.

    Parameters
    ----------
    components
        Shape (n_topics, n_terms), rows of equal scale.
    vocabulary
        ``kind`` and ``surface`` of the columns.

    Returns
    -------
    list of str
        Shape (n_topics,), all different.
    """
    total = components.sum(axis=0)
    own = np.divide(components, total, out=np.zeros_like(components), where=total > 0)
    words_first = (vocabulary["kind"].cast(pl.String) == "word").to_numpy()
    surfaces = vocabulary["surface"].to_list()
    ranked = [_ranked_surfaces(row, words_first, surfaces) for row in components * own]
    length = [_LABEL_WORDS] * len(ranked)
    while clashes := _clashes([" · ".join(names[:n]) for names, n in zip(ranked, length, strict=True)]):
        longer = [i for i in clashes if length[i] < len(ranked[i])]
        if not longer:
            break
        for i in longer:
            length[i] += 1
    labels = [" · ".join(names[:n]) or _EMPTY_LABEL for names, n in zip(ranked, length, strict=True)]
    return [f"{label} ({i})" if i in set(_clashes(labels)) else label for i, label in enumerate(labels)]


def _ranked_surfaces(scores: npt.NDArray[np.floating], words: npt.NDArray[np.bool_], surfaces: list[str]) -> list[str]:
    order = np.lexsort((-scores, ~words))
    strong = [column for column in order if scores[column] > _NOISE * scores.max()]
    return list(dict.fromkeys(surfaces[column] for column in strong))


def _clashes(labels: Sequence[str]) -> list[int]:
    """Places of labels that stand there before."""
    return [i for i, label in enumerate(labels) if label in labels[:i]]


def shown_terms(
    components: npt.NDArray[np.floating], vocabulary: pl.DataFrame, kind: str, n_terms: int
) -> list[list[str]]:
    """Surface forms of each topic's heaviest terms of one kind; may be empty."""
    of_kind = (vocabulary["kind"].cast(pl.String) == kind).to_numpy()
    surfaces = vocabulary["surface"].to_list()
    shown = []
    for weights in components:
        order = np.argsort(-np.where(of_kind, weights, 0.0), kind="stable")[:n_terms]
        keep = [column for column in order if of_kind[column] and weights[column] > _NOISE * weights.max()]
        shown.append([surfaces[column] for column in keep])
    return shown


def describe_topics(
    components: npt.NDArray[np.floating],
    vocabulary: pl.DataFrame,
    *,
    prevalence: npt.NDArray[np.float64],
    npmi: Sequence[float | None],
    n_posts: npt.NDArray[np.int64],
    names: Sequence[str | None] = (),
) -> pl.DataFrame:
    """Topics as a table.

    Parameters
    ----------
    components
        Shape (n_topics, n_terms), rows of equal scale.
    vocabulary
        ``kind`` and ``surface`` of the columns.
    prevalence, npmi, n_posts
        Figures of each topic, shape (n_topics,).
    names
        Labels of topics that have one already, shape (n_topics,).

    Returns
    -------
    polars.DataFrame
        Columns of ``TOPICS_SCHEMA``, shape (n_topics, 7).
    """
    labels = label_topics(components, vocabulary)
    given = names or [None] * len(labels)
    return pl.DataFrame(
        {
            "topic": np.arange(len(components)),
            "label": [name or label for name, label in zip(given, labels, strict=True)],
            "words": shown_terms(components, vocabulary, "word", N_WORDS),
            "hashtags": shown_terms(components, vocabulary, "hashtag", N_HASHTAGS),
            "prevalence": prevalence,
            "npmi": list(npmi),
            "n_posts": n_posts,
        },
        schema=TOPICS_SCHEMA,
    )
