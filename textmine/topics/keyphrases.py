r"""Labels of topics from their own posts: expressions as people write them, not stems.

Expressions of two and three words are found in the captions by NPMI (:mod:`textmine.phrases`) and ranked for each topic
by what they add to the divergence of its posts from all posts, :math:`p(e, t) \ln \frac{p(e, t)}{p(e) p(t)}`: frequent
in the topic and rare elsewhere. A label is the best expression and the best words that it does not hold: *bantuan
sosial tunai · kartu · warga*. Words stand alone where a topic has no expression of its own. No language model is
needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.batches import detached
from textmine.counting import document_term_matrix
from textmine.language.phrases import Phrases
from textmine.phrases import find_phrases
from textmine.posts import KEY, is_credited

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from textmine.topics.model import TopicModel

LABEL_POSTS: Final = 20_000
"""Posts that expressions are searched in at most."""

_THRESHOLD: Final = 0.5
_MIN_COUNT: Final = 5
_LABEL_WORDS: Final = 2
_LIFT: Final = 2.0
"""An expression of a topic comes with it at least so many times as often as chance would have it."""
_SHARE: Final = 0.02
"""Share of the topic's posts that hold the expression, at least."""


def keyphrase_labels(model: TopicModel, posts: pl.DataFrame | pl.LazyFrame) -> list[str]:
    """Labels of a fitted model's topics.

    Parameters
    ----------
    model
        Fitted or loaded.
    posts
        Canonical posts; of many, those with the smallest hashes of their keys are looked at, whatever their order.

    Returns
    -------
    list of str
        Shape (n_topics,), all different. Topics that were named beforehand, and outliers, keep their names.
    """
    chosen = _some(posts)
    found = find_phrases(chosen, language=model.language, threshold=_THRESHOLD, min_count=_MIN_COUNT)["phrase"]
    labels: list[str] = model.topics_["label"].to_list()
    if found.is_empty():
        return labels
    # The model's own phrases stay terms, so that posts get the same shares.
    own = () if model.language is None or model.language.phrases is None else tuple(model.language.phrases)
    both = Phrases((*own, *found), keep_words=True)
    matrix = document_term_matrix(chosen, language=model.language, phrases=both)
    shares = model.transform(matrix)
    phrases = np.flatnonzero(matrix.vocabulary["term"].is_in(set(found.to_list())).to_numpy())
    if not len(phrases):
        return labels
    surfaces = matrix.vocabulary["surface"].gather(phrases).to_list()
    words = model.topics_["words"].to_list()
    for topic, column in enumerate(_best(matrix.counts[:, phrases], shares)):
        if column >= 0 and model.seed_names_[topic] is None:
            labels[topic] = _label(surfaces[column], words[topic])
    return _distinct(labels, words)


def _best(counts: sp.csr_array, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Column of each topic's best expression, -1 where it has none; shape (n_topics,)."""
    n_posts = counts.shape[0]
    joint = (counts.astype(bool).astype(np.float64).T @ shares) / n_posts
    expression = (np.bincount(counts.indices, minlength=counts.shape[1]) / n_posts)[:, None]
    topic = shares.sum(axis=0) / n_posts
    chance = np.maximum(expression * topic, np.finfo(np.float64).tiny)
    lift = joint / chance
    own = (lift >= _LIFT) & (joint >= _SHARE * topic) & (joint > 0)
    scores = np.where(own, joint * np.log(np.where(own, lift, 1.0)), 0.0).round(9)
    return np.where(scores.max(axis=0) > 0, scores.argmax(axis=0), -1)


def _some(posts: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    frame = posts.lazy().filter(is_credited()) if "post_kind" in posts.lazy().collect_schema().names() else posts.lazy()
    drawn = frame.with_columns(pl.struct(KEY).hash(seed=0).alias("drawn"))
    # Numbers first: captions of all posts never stand in memory.
    last = drawn.select(pl.col("drawn").bottom_k(LABEL_POSTS).max()).collect(engine="streaming").item()
    chosen = detached(drawn.filter(pl.col("drawn") <= last)).collect(engine="streaming")
    return chosen.sort("drawn", *KEY).head(LABEL_POSTS).drop("drawn")


def _label(phrase: str, words: Sequence[str]) -> str:
    parts = set(phrase.split())
    others = [word for word in words if not parts & set(word.split())]
    return " · ".join([phrase, *others[:_LABEL_WORDS]])


def _distinct(labels: list[str], words: Sequence[Sequence[str]]) -> list[str]:
    """Tell equal labels apart by the topic's further words, and by its number where they do not."""
    seen: set[str] = set()
    for topic, label in enumerate(labels):
        more = iter(word for word in words[topic] if word not in label)
        while label in seen:
            word = next(more, None)
            label = f"{label} · {word}" if word else f"{label} ({topic})"
        seen.add(label)
        labels[topic] = label
    return labels
