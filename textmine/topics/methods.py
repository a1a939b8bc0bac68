"""The methods behind :class:`textmine.topics.TopicModel`: each fits topics, and gives posts their shares of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

import numpy as np

from textmine.topics import lda, nmf, pairs, tomotopy_lda

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

FixedMethod = Literal["nmf", "pairs", "lda", "tomotopy"]
TopicMethod = Literal["auto", "nmf", "pairs", "lda", "tomotopy"]
TOPIC_METHODS: Final[tuple[TopicMethod, ...]] = get_args(TopicMethod)

_DEFAULT_ITERATIONS: Final[dict[FixedMethod, int]] = {"nmf": 200, "lda": 50, "tomotopy": 500, "pairs": 200}
_SHORT: Final = 30
"""Different terms that the median post holds at most where posts are short. Of the corpora of bench/topics the posts
hold 10, and ``pairs`` is better; the news articles hold 74, and ``nmf`` is."""

_MANY: Final = 500
"""Posts from which on pairs of words are seen often enough to be counted."""

_SEED_BOOST: Final = 0.5
"""Uses of a seed word that a named topic is given beforehand, by its uses in the corpus, where words are counted."""


class FittedTopics(NamedTuple):
    """What a method found.

    ``components`` is float32 of shape (n_topics, n_terms): rows of length 1 (``nmf``, ``pairs``) or
    parameters of Dirichlet distributions (``lda``, ``tomotopy``). ``alpha`` is the prior of a post's topics, float64 of
    shape (n_topics,), None for the first two.
    """

    components: npt.NDArray[np.float32]
    alpha: npt.NDArray[np.float64] | None = None


def resolved(method: TopicMethod, counts: sp.csr_array) -> FixedMethod:
    """``pairs`` for many short posts and ``nmf`` for few or long ones where the method is left to the posts."""
    if method != "auto":
        return method
    return "pairs" if counts.shape[0] >= _MANY and np.median(np.diff(counts.indptr)) <= _SHORT else "nmf"


def fit_topics(
    method: FixedMethod,
    counts: sp.csr_array,
    idf: npt.NDArray[np.float64],
    n_topics: int,
    *,
    seed: int,
    max_iterations: int | None = None,
    seeds: Sequence[npt.NDArray[np.int64]] = (),
) -> FittedTopics:
    """Find topics.

    Parameters
    ----------
    method
        As :func:`resolved` gives it.
    counts
        Posts or pools of posts, shape (n_posts, n_terms), none empty.
    idf
        Weight of each term, shape (n_terms,).
    n_topics
        Number of topics.
    seed
        Seed of the method's start.
    max_iterations
        At most; the method's own default if None.
    seeds
        Columns of the words that the first topics are told to hold.

    Returns
    -------
    FittedTopics
        The first topics are those of ``seeds``, in their order.
    """
    iterations = max_iterations or _DEFAULT_ITERATIONS[method]
    if method == "nmf":
        weights = nmf.weigh(counts, idf)
        found = nmf.fit_components(weights, n_topics, seed=seed, max_iterations=iterations, seeds=seeds)
        return FittedTopics(found)
    if method == "pairs":
        found = pairs.fit_components(counts, n_topics, seed=seed, max_iterations=iterations, seeds=seeds)
        return FittedTopics(found)
    boost = _boost(seeds, n_topics, counts)
    module = lda if method == "lda" else tomotopy_lda
    fitted = module.fit_components(counts, n_topics, seed=seed, max_iterations=iterations, boost=boost)
    return FittedTopics(fitted.components, fitted.alpha)


def _boost(
    seeds: Sequence[npt.NDArray[np.int64]], n_topics: int, counts: sp.csr_array
) -> npt.NDArray[np.float64] | None:
    if not seeds:
        return None
    boost, uses = np.zeros((n_topics, counts.shape[1])), counts.sum(axis=0)
    for topic, columns in enumerate(seeds):
        boost[topic, columns] = _SEED_BOOST * uses[columns]
    return boost


def topic_shares(
    method: FixedMethod, counts: sp.csr_array, idf: npt.NDArray[np.float64], fitted: FittedTopics
) -> npt.NDArray[np.float64]:
    """Shares of posts, the topics held fixed.

    Parameters
    ----------
    counts
        Shape (n_posts, n_terms).

    Returns
    -------
    numpy.ndarray
        float64, shape (n_posts, n_topics); rows sum to 1, or are all zero where a post holds no term of a topic.
    """
    if fitted.alpha is not None:
        return lda.topic_shares(counts, lda.LdaComponents(fitted.components, fitted.alpha))
    found = nmf.loadings(nmf.to_unit_length(nmf.weigh(counts, idf)), fitted.components)
    total = found.sum(axis=1, keepdims=True)
    shares: npt.NDArray[np.float64] = np.divide(found, total, out=np.zeros_like(found), where=total > 0)
    return shares


def scaled_components(method: FixedMethod, components: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Components on one scale, to be compared across topics: rows of length 1 or sum 1; same shape."""
    scaled: npt.NDArray[np.float64] = components.astype(np.float64)
    return scaled if method in ("nmf", "pairs") else scaled / scaled.sum(axis=1, keepdims=True)
