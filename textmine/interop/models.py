"""A topic model of textmine made of the components of another toolkit's."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from textmine.errors import InputError
from textmine.matrix import DocumentTermMatrix
from textmine.topics import nmf
from textmine.topics.coherence import COHERENCE_TERMS, DIVERSITY_TERMS, diversity
from textmine.topics.description import describe_topics
from textmine.topics.model import TopicModel
from textmine.topics.ranking import term_scores
from textmine.topics.tally import TopicTally

if TYPE_CHECKING:
    import numpy.typing as npt

    from textmine.topics.methods import FixedMethod


def model_of_components(
    components: npt.NDArray[np.floating],
    matrix: DocumentTermMatrix,
    *,
    method: FixedMethod,
    alpha: npt.NDArray[np.floating] | None = None,
) -> TopicModel:
    """Fitted model with given topics, in their order; the matrix says how prevalent they are.

    Parameters
    ----------
    components
        Shape (n_topics, n_terms), one column for each of the matrix. ``nmf``: rows are scaled to length 1; ``lda``:
        Dirichlet parameters.
    matrix
        Posts, shape (n_posts, n_terms).
    method
        How posts get their shares.
    alpha
        Prior of a post's topics, shape (n_topics,); ``lda`` only.

    Raises
    ------
    InputError
        Shapes do not fit, or a component is negative.
    """
    components = np.asarray(components, np.float64)
    if components.ndim != 2 or components.shape[1] != len(matrix.vocabulary):
        raise InputError(f"components have shape {components.shape}, but there are {len(matrix.vocabulary)} terms")
    if not (components >= 0).all():
        raise InputError("components hold negative values; only non-negative factors are topics")
    model = TopicModel(len(components), method=method)
    if method == "lda":
        model.components_ = components.astype(np.float32)
        model.alpha_ = np.asarray(alpha, np.float64)
    else:
        length = np.linalg.norm(components, axis=1, keepdims=True)
        scaled = np.divide(components, length, out=np.zeros_like(components), where=length > 0)
        model.components_, model.alpha_ = scaled.astype(np.float32), None
    frequency = np.bincount(matrix.counts.indices, minlength=len(matrix.vocabulary))
    model.method_ = method
    model.vocabulary_ = matrix.vocabulary.select("term", "kind", "surface").with_columns(
        pl.Series("document_frequency", frequency, dtype=pl.UInt32),
        pl.Series("idf", nmf.inverse_document_frequency(matrix.counts)),
    )
    _describe(model, matrix)
    return model


def _describe(model: TopicModel, matrix: DocumentTermMatrix) -> None:
    model.outlier_topic_, model.seed_names_, model.unknown_seed_words_ = None, (None,) * len(model.components_), ()
    model.term_scores_ = term_scores(matrix.counts, model.components_)
    tally = TopicTally(model.top_terms(COHERENCE_TERMS), len(model.components_))
    for counts in matrix.batches():
        tally.add(counts, model.shares_of(counts))
    model.n_posts_ = model.n_fit_posts_ = matrix.n_posts
    model.topics_ = describe_topics(
        model.term_scores_,
        model.vocabulary_,
        prevalence=tally.prevalence,
        npmi=tally.npmi,
        n_posts=tally.n_largest,
    )
    model.n_without_topic_ = tally.n_without
    model.coherence_ = tally.coherence
    model.diversity_ = diversity(model.top_terms(DIVERSITY_TERMS))
    model.data_hash_ = hashlib.sha256(matrix.counts.indices.tobytes() + matrix.counts.data.tobytes()).hexdigest()
