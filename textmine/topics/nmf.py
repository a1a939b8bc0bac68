"""Topics by non-negative matrix factorisation (NMF) of TF-IDF weights.

Weights are ``(1 + ln count) * (ln((1 + n) / (1 + df)) + 1) ** 1.5``. The sub-linear count keeps a post that repeats a
hashtag ten times from counting ten times, and the power keeps words of all subjects from leading several topics. For
fitting, a post counts by its length, up to the median: a post of two words tells little about which words go together,
and a long one shall not take over. The product of NPMI and diversity on held-out documents (k = 5, 20, 50, terms by
weight) is 0.10, 0.04, -0.02 on 5,800 Indonesian short posts and 0.19, 0.12, -0.02 on BBC News; with power 1 it is 0.12,
0.03, -0.04 and 0.17, 0.13, 0.02; with every post scaled to length 1 and power 1, as is usual, 0.13, 0.01, -0.06 and
0.17, 0.11, 0.02. Which terms are shown first is another matter, see :mod:`textmine.topics.ranking`.

Coordinate descent with an NNDSVDa start was chosen over scikit-learn's MiniBatchNMF: as good, and 10 to 30 times as
fast on BBC News. On 100,000 made-up posts (20,000 terms, k = 20) mini-batches are faster, 2 s against 5 s, but follow
the true topics less (NMI 0.67 against 0.75).

References
----------
Lee, D. D., and Seung, H. S. (1999). Learning the parts of objects by non-negative matrix factorization. Nature 401.
Cichocki, A., and Phan, A.-H. (2009). Fast local algorithms for large scale nonnegative matrix and tensor
factorizations. IEICE Transactions E92-A (3), 708-721.
Boutsidis, C., and Gallopoulos, E. (2008). SVD based initialization: a head start for nonnegative matrix
factorization. Pattern Recognition 41 (4), 1350-1362.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from textmine.blas import one_blas_thread

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

_IDF_POWER: Final = 1.5
_LENGTH_CAP: Final = 1.0
"""In median lengths."""

_SEED_WEIGHT: Final = 0.5
"""Squared weight of a row of seed words, by that of a topic's posts on average. With 0.3 and less, a topic of 8 posts
among 120 goes to the words of larger ones."""

_START_SWEEPS: Final = 5

_DECIMALS: Final = 6
"""Components are rounded, so that float noise of another BLAS does not reach the saved model."""


def inverse_document_frequency(counts: sp.csr_array) -> npt.NDArray[np.float64]:
    """``ln((1 + n) / (1 + df)) + 1`` of every column, as scikit-learn's ``TfidfTransformer`` has it; (n_terms,)."""
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    weights: npt.NDArray[np.float64] = np.log((1 + counts.shape[0]) / (1 + frequency)) + 1
    return weights


def tfidf(counts: sp.csr_array, idf: npt.NDArray[np.float64]) -> sp.csr_array:
    """TF-IDF weights with sub-linear counts.

    Parameters
    ----------
    counts
        Shape (n_posts, n_terms).
    idf
        Shape (n_terms,).

    Returns
    -------
    scipy.sparse.csr_array
        float64, shape (n_posts, n_terms); rows are not scaled.
    """
    import scipy.sparse as sp

    data = (1 + np.log(counts.data)) * idf[counts.indices]
    return sp.csr_array((data, counts.indices, counts.indptr), shape=counts.shape)


def term_weights(idf: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """What one use of each term weighs in a post: rare words more than usual, ``idf ** 1.5``; shape (n_terms,)."""
    return idf**_IDF_POWER


def weigh(counts: sp.csr_array, idf: npt.NDArray[np.float64]) -> sp.csr_array:
    """TF-IDF that topics are fitted on, by :func:`term_weights`; shape of ``counts``."""
    return tfidf(counts, term_weights(idf))


def to_unit_length(weights: sp.csr_array) -> sp.csr_array:
    """Scale every post to length 1; a post without terms stays empty."""
    return _divide_rows(weights, _lengths(weights))


def to_capped_length(weights: sp.csr_array) -> sp.csr_array:
    """Scale posts longer than the median down to that length; at least one post must hold a term."""
    lengths = _lengths(weights)
    cap = _LENGTH_CAP * float(np.median(lengths[lengths > 0]))
    return _divide_rows(weights, np.maximum(lengths / cap, 1.0))


def _lengths(weights: sp.csr_array) -> npt.NDArray[np.float64]:
    filled = np.diff(weights.indptr) > 0
    squares = np.zeros(weights.shape[0])
    if filled.any():
        squares[filled] = np.add.reduceat(weights.data**2, weights.indptr[:-1][filled])
    lengths: npt.NDArray[np.float64] = np.sqrt(squares)
    return lengths


def _divide_rows(weights: sp.csr_array, divisors: npt.NDArray[np.float64]) -> sp.csr_array:
    import scipy.sparse as sp

    data = weights.data / np.repeat(divisors, np.diff(weights.indptr))
    return sp.csr_array((data, weights.indices, weights.indptr), shape=weights.shape)


def fit_components(
    weights: sp.csr_array,
    n_topics: int,
    *,
    seed: int,
    max_iterations: int,
    seeds: Sequence[npt.NDArray[np.int64]] = (),
) -> npt.NDArray[np.float32]:
    """Topics of weighted posts.

    Parameters
    ----------
    weights
        TF-IDF, shape (n_posts, n_terms), as :func:`tfidf` gives it.
    n_topics
        At most ``min(weights.shape)``.
    seed
        Seed of the randomised SVD that the start is made of.
    max_iterations
        Sweeps of coordinate descent at most; 30 to 120 are usual.
    seeds
        Columns of the words that the first topics are told to hold, one array a topic. Each becomes a row beside the
        posts, heavy as ``_SEED_WEIGHT`` of a topic's posts together: a topic without these words would miss it.

    Returns
    -------
    numpy.ndarray
        float32, shape (n_topics, n_terms); rows of length 1, or 0 for a topic that holds nothing.
    """
    capped = to_capped_length(weights).astype(np.float32)
    return factorise(capped, n_topics, seed=seed, max_iterations=max_iterations, seeds=seeds)


def factorise(
    weights: sp.csr_array,
    n_topics: int,
    *,
    seed: int,
    max_iterations: int,
    seeds: Sequence[npt.NDArray[np.int64]] = (),
) -> npt.NDArray[np.float32]:
    """Factorise weights as they are; see :func:`fit_components`. ``weights`` is float32, (any, n_terms)."""
    from sklearn.decomposition import NMF

    options = {"solver": "cd", "tol": 1e-4, "max_iter": max_iterations, "random_state": seed}
    if seeds:
        guided, start = _guided(weights, n_topics, seeds, seed)
        components = _descend(NMF(n_topics, init="custom", **options), guided, start)
    else:
        model = NMF(n_topics, init="nndsvda", **options)
        components = quietly(model.fit, weights).components_.astype(np.float64)
    lengths = np.linalg.norm(components, axis=1, keepdims=True)
    scaled = np.divide(components, lengths, out=np.zeros_like(components), where=lengths > 0)
    rounded: npt.NDArray[np.float32] = np.round(scaled, _DECIMALS).astype(np.float32)
    return rounded


def _descend(model: Any, weights: sp.csr_array, start: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:  # noqa: ANN401
    """Coordinate descent from given topics; each post starts with what it has of them."""
    begun = np.ascontiguousarray(weights @ start.T, dtype=np.float32)
    quietly(model.fit_transform, weights, W=begun, H=start.copy())
    components: npt.NDArray[np.float64] = model.components_.astype(np.float64)
    return components


def _guided(
    weights: sp.csr_array, n_topics: int, seeds: Sequence[npt.NDArray[np.int64]], seed: int
) -> tuple[sp.csr_array, npt.NDArray[np.float32]]:
    """Posts with a row for each named topic, and topics to start from.

    A named topic starts at its words and the mean of the posts that hold them, and this is its row too; the others
    start where a few sweeps over the other posts lead.
    """
    import scipy.sparse as sp
    from sklearn.decomposition import NMF

    mass = np.sqrt(_SEED_WEIGHT * float((weights.data.astype(np.float64) ** 2).sum()) / n_topics)
    own = np.zeros((len(seeds), weights.shape[1]))
    for row, columns in zip(own, seeds, strict=True):
        row[columns] = 1 / np.sqrt(len(columns))
    held = weights @ (own > 0).astype(np.float32).T
    named = own + to_unit_length(sp.csr_array((held > 0).astype(np.float64).T @ weights)).toarray()
    free = weights[np.flatnonzero(~held.any(axis=1))]
    n_free = n_topics - len(seeds)
    others = np.zeros((0, weights.shape[1]))
    if n_free:
        enough = free if free.shape[0] >= n_free else weights
        others = quietly(NMF(n_free, init="nndsvda", max_iter=_START_SWEEPS, random_state=seed).fit, enough).components_
    start = np.concatenate([named, others])
    start /= np.maximum(np.linalg.norm(start, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    rows = sp.csr_array((mass * start[: len(seeds)]).astype(np.float32))
    return sp.vstack([weights, rows], format="csr"), start.astype(np.float32)


def loadings(weights: sp.csr_array, components: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Non-negative least squares of each post on the topics, which are held fixed.

    Solved so tightly (relative violation 1e-8) that a post's figures do not depend on the batch it stands in:
    about 170,000 posts a second for 20 topics on one core.

    Parameters
    ----------
    weights
        TF-IDF, shape (n_posts, n_terms), best of unit length: the precision is relative to the block.
    components
        Shape (n_topics, n_terms).

    Returns
    -------
    numpy.ndarray
        float64, shape (n_posts, n_topics).
    """
    from sklearn.decomposition import non_negative_factorization

    if weights.shape[0] == 0 or weights.nnz == 0 or not components.any():
        return np.zeros((weights.shape[0], len(components)))
    fixed = components.astype(np.float64)
    solved = quietly(
        non_negative_factorization,
        weights.astype(np.float64),
        H=fixed,
        n_components=len(fixed),
        init=None,
        update_H=False,
        solver="cd",
        tol=1e-8,
        max_iter=1_000,
    )
    found: npt.NDArray[np.float64] = solved[0] * (fixed.max(axis=1) > 0)  # descent leaves empty topics at their start
    found[np.diff(weights.indptr) == 0] = 0.0
    return found


class _Quiet:
    """No warnings of convergence and one BLAS thread while any thread is inside: both settings are the process's own.

    Sums over several threads differ in their last digit: the same seed must give the same bytes on any machine.
    """

    def __init__(self) -> None:
        self._lock, self._inside, self._settings = threading.Lock(), 0, ExitStack()

    def __enter__(self) -> None:
        from sklearn.exceptions import ConvergenceWarning

        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._settings.enter_context(warnings.catch_warnings())
                self._settings.enter_context(one_blas_thread())
                warnings.simplefilter("ignore", ConvergenceWarning)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._settings.close()


_QUIET: Final = _Quiet()


def quietly(function: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 -- scikit-learn is untyped
    """Call without the warning that descent stopped at the last allowed sweep, and on one BLAS thread."""
    # The error of a perfect fit is the root of a rounded zero, which may lie below it.
    with _QUIET, np.errstate(invalid="ignore"):
        return function(*arguments, **options)
