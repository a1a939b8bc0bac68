"""Topics by latent Dirichlet allocation (LDA): gensim's online variational Bayes over term counts.

gensim starts each post's inference from a random draw, so that its figures depend on the posts before it. Here the
draw is used for fitting only (posts in a fixed order); :func:`topic_shares` starts every post alike and works on a
whole block at once.

References
----------
Blei, D. M., Ng, A. Y., and Jordan, M. I. (2003). Latent Dirichlet allocation. JMLR 3, 993-1022.
Hoffman, M. D., Blei, D. M., and Bach, F. (2010). Online learning for latent Dirichlet allocation. NIPS 23.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

_VISITS: Final = 200_000
_MAX_PASSES: Final = 20
_UPDATE: Final = 1_024
"""Posts between two updates of the topics."""

_ETA: Final = 0.01
"""Prior of a topic's terms. On BBC News (k = 5, 20) NPMI is 0.22 and 0.21 with it and the update above, against 0.20
and 0.17 with gensim's 1 / k and updates after 2,048 posts."""

_BLOCK: Final = 2_048
_DECIMALS: Final = 6


@dataclass(frozen=True)
class LdaComponents:
    """What a fitted LDA is.

    Parameters
    ----------
    components
        Variational Dirichlet parameters of the topics, float32, shape (n_topics, n_terms).
    alpha
        Dirichlet prior of a post's topics, float64, shape (n_topics,).
    """

    components: npt.NDArray[np.float32]
    alpha: npt.NDArray[np.float64]


class _Corpus:
    """Posts as gensim reads them: (column, count) pairs, post by post."""

    def __init__(self, counts: sp.csr_array) -> None:
        self._counts = counts

    def __len__(self) -> int:
        return int(self._counts.shape[0])

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        counts = self._counts
        for start, end in zip(counts.indptr[:-1], counts.indptr[1:], strict=True):
            yield list(zip(counts.indices[start:end].tolist(), counts.data[start:end].tolist(), strict=True))


def default_passes(n_posts: int) -> int:
    """Passes over the posts: about 200,000 visits in all, at most 20 passes and at least 2.

    Examples
    --------
    >>> [default_passes(n) for n in (1_000, 50_000, 200_000)]
    [20, 4, 2]
    """
    return max(2, min(_MAX_PASSES, _VISITS // max(n_posts, 1)))


def fit_components(
    counts: sp.csr_array,
    n_topics: int,
    *,
    seed: int,
    max_iterations: int,
    boost: npt.NDArray[np.float64] | None = None,
) -> LdaComponents:
    """Topics of posts by their term counts.

    Parameters
    ----------
    counts
        Shape (n_posts, n_terms).
    n_topics
        Number of topics.
    seed
        Seed of gensim's random state.
    max_iterations
        Iterations of a post's inference at most, in each pass.
    boost
        Added to the prior of seed words, shape (n_topics, n_terms).

    Returns
    -------
    LdaComponents
        Shape (n_topics, n_terms).
    """
    from gensim.models import LdaModel
    from gensim.utils import FakeDict
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):  # the same seed gives the same bytes on any machine
        model = LdaModel(
            num_topics=n_topics,
            id2word=FakeDict(counts.shape[1]),
            passes=default_passes(counts.shape[0]),
            chunksize=_UPDATE,
            iterations=max_iterations,
            alpha="auto",
            eta=_ETA if boost is None else _ETA + boost,
            eval_every=None,
            random_state=seed,
        )
        if boost is not None:
            _start_at_seeds(model, counts, boost)
        model.update(_Corpus(counts))
    components = np.round(model.state.get_lambda(), _DECIMALS).astype(np.float32)
    return LdaComponents(components, np.round(model.alpha.astype(np.float64), _DECIMALS))


def _start_at_seeds(model: Any, counts: sp.csr_array, boost: npt.NDArray[np.float64]) -> None:  # noqa: ANN401
    """Let a named topic start as the posts that hold its words: its prior alone would be lost in a random start."""
    named = np.flatnonzero(boost.any(axis=1))
    held = (counts @ (boost[named] > 0).astype(np.int64).T > 0).astype(np.float64)
    start = held.T @ counts + boost[named]
    start *= model.state.sstats.sum(axis=1)[named, None] / start.sum(axis=1, keepdims=True)
    model.state.sstats[named] = start
    model.sync_state()


def topic_shares(
    counts: sp.csr_array, fitted: LdaComponents, *, max_iterations: int = 100, tolerance: float = 1e-3
) -> npt.NDArray[np.float64]:
    """Expected topic shares of each post, the topics held fixed (the E step).

    Parameters
    ----------
    counts
        Shape (n_posts, n_terms).
    fitted
        Topics and prior.
    max_iterations
        Iterations at most.
    tolerance
        A post is done when its parameters change by less than this on average (gensim's ``gamma_threshold``).

    Returns
    -------
    numpy.ndarray
        float64, shape (n_posts, n_topics); rows sum to 1, all zero for a post without terms.
    """
    shares = np.zeros((counts.shape[0], len(fitted.alpha)))
    weights = np.exp(_expected_log(fitted.components.astype(np.float64))).T
    for start in range(0, counts.shape[0], _BLOCK):
        block = counts[start : start + _BLOCK]
        filled = np.flatnonzero(np.diff(block.indptr))
        if len(filled):
            gamma = _infer(block[filled], weights, fitted.alpha, max_iterations, tolerance)
            shares[start + filled] = gamma / gamma.sum(axis=1, keepdims=True)
    return shares


def _infer(
    counts: sp.csr_array,
    weights: npt.NDArray[np.float64],
    alpha: npt.NDArray[np.float64],
    max_iterations: int,
    tolerance: float,
) -> npt.NDArray[np.float64]:
    """Dirichlet parameters of each post; each stops by its own change, whatever stands beside it in the block."""
    gamma = np.ones((counts.shape[0], len(alpha)))
    running = np.arange(counts.shape[0])
    for _ in range(max_iterations):
        block, before = counts[running], gamma[running]
        post = np.repeat(np.arange(len(running)), np.diff(block.indptr))
        theta = np.exp(_expected_log(before))
        terms = weights[block.indices]
        ratio = block.data / (np.einsum("ij,ij->i", theta[post], terms) + np.finfo(np.float32).eps)
        after = alpha + theta * np.add.reduceat(ratio[:, None] * terms, block.indptr[:-1])
        gamma[running] = after
        running = running[np.abs(after - before).mean(axis=1) >= tolerance]
        if not len(running):
            break
    return gamma


def _expected_log(parameters: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Expectation of log probabilities under Dirichlet distributions, one a row."""
    from scipy.special import psi

    expected: npt.NDArray[np.float64] = psi(parameters) - psi(parameters.sum(axis=1, keepdims=True))
    return expected
