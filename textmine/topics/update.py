"""Lets topics learn from new posts without losing who they are.

The topics begin from what they were (a warm start), over the old vocabulary and the terms that have become frequent;
new topics found among badly explained posts (:mod:`textmine.topics.novelty`) are put beside them. A topic that would
end nearer to another one than to itself is held where it was.

References
----------
AlSumait, L., Barbará, D., and Domeniconi, C. (2008). On-line LDA: adaptive topic models for mining text streams. ICDM
2008, 3-12.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.csr import take_columns
from textmine.errors import ModelError
from textmine.topics import lda, nmf, pairs
from textmine.topics.novelty import NewTopics, new_topics
from textmine.topics.ranking import term_scores
from textmine.topics.sample import DistinctPosts, hash_digest, sample_distinct
from textmine.topics.terms import (
    PostRoles,
    TermRule,
    choose_columns,
    default_min_document_frequency,
    match_columns,
    term_keys,
)

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from textmine.matrix import MatrixSource
    from textmine.topics.model import TopicModel
    from textmine.topics.revised import RevisedTopicModel

_SWEEPS: Final = 30
_STEPS: Final = 10
"""Steps of expectation and maximisation for ``lda``."""

_ETA: Final = 0.01
_SAME: Final = 0.5
"""Least cosine of a topic to what it was."""

_SAME_NEW: Final = 0.8
"""The same for topics that were just found: with all posts before them they must not turn into something else."""


@dataclass(frozen=True)
class Grown:
    """A model after it has learned.

    Parameters
    ----------
    model
        Topics in the order of ``ids``; ``topics_`` is not described yet.
    ids
        Old ids, then those of new topics.
    before
        What the old topics were, over the new vocabulary, rows of length 1, shape (n_old, n_terms).
    held
        Ids of topics that were held where they were.
    sample
        Distinct posts, old and new, over the new vocabulary.
    is_new
        Which of them are new, bool, shape (n_sample,).
    known
        Which terms the old model knew, bool, shape (n_terms,).
    """

    model: TopicModel
    ids: npt.NDArray[np.int64]
    before: npt.NDArray[np.float64]
    held: tuple[int, ...]
    sample: sp.csr_array
    is_new: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]


def grow(
    before: RevisedTopicModel,
    source: MatrixSource,
    roles: PostRoles,
    is_new: npt.NDArray[np.bool_],
    *,
    max_new_topics: int = 5,
) -> Grown:
    """Fit the topics further, over all posts as they are now.

    Parameters
    ----------
    before
        The topics as they were.
    source
        Matrix with old and new posts.
    roles
        Which posts count, and who wrote them.
    is_new
        Which posts the topics have not seen, shape (n_posts,).
    max_new_topics
        New topics at most.

    Raises
    ------
    ModelError
        The method cannot learn on.
    """
    base = before.base
    if base.outlier_topic_ is not None:
        raise ModelError("topics with one of outliers cannot be updated; fit them anew with: textmine topics")
    vocabulary = _vocabulary(base, source, roles)
    old = _sample(source, vocabulary, base, roles.counts & ~is_new)
    new = _sample(source, vocabulary, base, roles.counts & is_new)
    counts, flags = _together(old, new)
    idf = nmf.inverse_document_frequency(counts)
    live = np.sort(before.topics_["topic"].to_numpy().astype(np.int64))
    place = match_columns(vocabulary, before.vocabulary_)
    rows = _placed(before, live, place, idf)
    found = new_topics(old.counts, new.counts, rows, idf, term_keys(vocabulary), limit=max_new_topics, seed=base.seed)
    ids = np.concatenate([live, before.n_ids + np.arange(len(found.components))])
    model = copy.copy(base)
    model.n_topics = len(ids)
    model.topics_ = pl.DataFrame({"prevalence": np.zeros(len(ids))})
    held = _learn(model, before, live, place, counts, idf, rows, found)
    model.vocabulary_ = vocabulary.select("term", "kind", "surface").with_columns(
        pl.Series("document_frequency", np.bincount(counts.indices, minlength=len(vocabulary)), dtype=pl.UInt32),
        pl.Series("idf", idf),
    )
    model.n_posts_, model.n_fit_posts_ = roles.n_posts, counts.shape[0]
    model.seed_names_, model.term_scores_ = (None,) * len(ids), term_scores(counts, model.components_)
    model.data_hash_ = hash_digest(np.concatenate([old.hashes, new.hashes]))
    return Grown(model, ids, rows, tuple(live[held].tolist()), counts, flags, place >= 0)


def _vocabulary(base: TopicModel, source: MatrixSource, roles: PostRoles) -> pl.DataFrame:
    """Old terms, and those of the posts as they are now that the model's own rule would choose."""
    least = base.min_document_frequency
    rule = TermRule(
        tuple(base.kinds),
        default_min_document_frequency(roles.n_posts) if least is None else least,
        base.max_document_share,
        base.max_terms,
    )
    columns = choose_columns(source, rule, roles)
    names = [pl.col("term"), pl.col("kind").cast(pl.String), pl.col("surface")]
    both = pl.concat([base.vocabulary_.select(names), source.vocabulary[columns].select(names)])
    return both.unique(["term", "kind"], keep="first", maintain_order=True).sort("kind", "term")


def _sample(
    source: MatrixSource, vocabulary: pl.DataFrame, base: TopicModel, chosen: npt.NDArray[np.bool_]
) -> DistinctPosts:
    position = match_columns(source.vocabulary, vocabulary)

    def blocks() -> Iterator[sp.csr_array]:
        start = 0
        for counts in source.batches():
            rows = np.flatnonzero(chosen[start : start + counts.shape[0]])
            yield take_columns(counts[rows], position, len(vocabulary))
            start += counts.shape[0]

    return sample_distinct(blocks(), term_keys(vocabulary), limit=max(base.max_fit_posts // 2, 1), seed=base.seed)


def _together(old: DistinctPosts, new: DistinctPosts) -> tuple[sp.csr_array, npt.NDArray[np.bool_]]:
    import scipy.sparse as sp

    flags = np.repeat([False, True], [old.counts.shape[0], new.counts.shape[0]])
    return sp.vstack([old.counts, new.counts], format="csr"), flags


def _placed(
    before: RevisedTopicModel, live: npt.NDArray[np.int64], place: npt.NDArray[np.int64], idf: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Old components over the new vocabulary and by its weights, rows of length 1."""
    components = before.scaled_components()[live]
    rows = np.zeros((len(live), len(place)))
    rows[:, place >= 0] = components[:, place[place >= 0]]
    if before.method == "nmf":
        was = np.ones(len(place))
        was[place >= 0] = before.vocabulary_["idf"].to_numpy()[place[place >= 0]]
        rows *= nmf.term_weights(idf / was)
    return _unit(rows)


def _unit(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: npt.NDArray[np.float64] = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
    return unit


def _learn(
    model: TopicModel,
    before: RevisedTopicModel,
    live: npt.NDArray[np.int64],
    place: npt.NDArray[np.int64],
    counts: sp.csr_array,
    idf: npt.NDArray[np.float64],
    rows: npt.NDArray[np.float64],
    found: NewTopics,
) -> npt.NDArray[np.intp]:
    """Give the model its new components; returns places of the topics that were held."""
    prior = before.base.alpha_
    if prior is None:
        start = np.concatenate([rows, found.components])
        is_pairs = before.method == "pairs"
        weights = pairs.attraction(counts) if is_pairs else nmf.to_capped_length(nmf.weigh(counts, idf))
        learned = _descend(weights, start)
        held = _lost(start, learned, len(rows))
        learned[held] = start[held]
        model.components_ = np.round(learned, 6).astype(np.float32)
        return held[held < len(rows)]
    start = np.full((len(live), len(place)), _ETA)
    start[:, place >= 0] = before.components_[live][:, place[place >= 0]]
    mass = float(start.sum()) / max(len(live), 1)
    fresh = _ETA + found.components / np.maximum(found.components.sum(axis=1, keepdims=True), 1e-12) * mass
    start = np.concatenate([start, fresh])
    mean = float(prior.mean())
    by_id = dict(zip(before.base_ids.tolist(), prior.tolist(), strict=True))
    alpha = np.array([by_id.get(topic, mean) for topic in live.tolist()] + [mean] * len(found.components))
    learned = _lda(counts, start, alpha)
    held = _lost(np.concatenate([rows, found.components]), _unit(learned), len(rows))
    learned[held] = start[held]
    model.components_, model.alpha_ = np.round(learned, 6).astype(np.float32), np.round(alpha, 6)
    return held[held < len(rows)]


def _lost(rows: npt.NDArray[np.float64], learned: npt.NDArray[np.float64], n_old: int) -> npt.NDArray[np.intp]:
    """Places of topics that are no longer nearest to themselves, or far from what they were."""
    cosines = rows @ learned.T
    least = np.where(np.arange(len(rows)) < n_old, _SAME, _SAME_NEW)
    return np.flatnonzero((cosines.argmax(axis=1) != np.arange(len(rows))) | (np.diag(cosines) < least))


def _descend(weights: sp.csr_array, start: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Coordinate descent from given topics: shape (n_topics, n_terms), rows of length 1."""
    from sklearn.decomposition import non_negative_factorization

    loadings = nmf.loadings(weights, start.astype(np.float32))
    solved = nmf.quietly(
        non_negative_factorization,
        weights.astype(np.float64),
        W=loadings,
        H=start.copy(),
        n_components=len(start),
        init="custom",
        solver="cd",
        tol=1e-4,
        max_iter=_SWEEPS,
    )
    components: npt.NDArray[np.float64] = solved[1]
    empty = ~components.any(axis=1)
    components[empty] = start[empty]  # a topic that no post has keeps its words, should it come back
    return _unit(components)


def _lda(
    counts: sp.csr_array, start: npt.NDArray[np.float64], alpha: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Batch variational Bayes from given Dirichlet parameters: shape (n_topics, n_terms)."""
    import scipy.sparse as sp
    from scipy.special import psi

    components = start
    length = np.asarray(counts.sum(axis=1)).ravel()
    post = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    for _ in range(_STEPS):
        shares = lda.topic_shares(counts, lda.LdaComponents(components.astype(np.float32), alpha))
        gamma = shares * (alpha.sum() + length)[:, None]
        theta = np.exp(psi(np.maximum(gamma, 1e-12)) - psi(alpha.sum() + length)[:, None])
        beta = np.exp(psi(components) - psi(components.sum(axis=1, keepdims=True)))
        norm = np.einsum("ij,ij->i", theta[post], beta.T[counts.indices]) + 1e-30
        ratio = sp.csr_array((counts.data / norm, counts.indices, counts.indptr), shape=counts.shape)
        components = _ETA + beta * (ratio.T @ theta).T
    return components
