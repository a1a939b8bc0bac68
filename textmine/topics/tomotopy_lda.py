"""Topics by latent Dirichlet allocation with collapsed Gibbs sampling: tomotopy, an optional extra.

On one thread, over posts in a fixed order, so that the same seed gives the same bytes. Posts are given their shares by
:func:`textmine.topics.lda.topic_shares`, the topics held fixed: sampling them would give equal posts other shares.

References
----------
Griffiths, T. L., and Steyvers, M. (2004). Finding scientific topics. PNAS 101 (suppl. 1), 5228-5235.
"""

from __future__ import annotations

import warnings
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from textmine.errors import MissingExtraError
from textmine.topics.lda import LdaComponents

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

_ALPHA: Final = 0.1
_ETA: Final = 0.01
_DECIMALS: Final = 6


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
        Seed of the sampler.
    max_iterations
        Sweeps over all words.
    boost
        Added to the prior of seed words, shape (n_topics, n_terms).

    Returns
    -------
    LdaComponents
        Shape (n_topics, n_terms).

    Raises
    ------
    MissingExtraError
        tomotopy is not installed.
    """
    tomotopy = _tomotopy()
    model = tomotopy.LDAModel(k=n_topics, alpha=_ALPHA, eta=_ETA, seed=seed, min_cf=0, rm_top=0)
    names = np.array([str(column) for column in range(counts.shape[1])], dtype=object)
    if boost is not None:
        for column in np.flatnonzero(boost.any(axis=0)):
            model.set_word_prior(names[column], (_ETA + boost[:, column]).tolist())
    words = np.repeat(names[counts.indices], counts.data)
    ends = np.concatenate([[0], np.cumsum(counts.data)])[counts.indptr]
    for start, end in pairwise(ends.tolist()):
        model.add_doc(words[start:end].tolist())
    model.train(max_iterations, workers=1)
    columns = np.array([int(name) for name in model.used_vocabs], np.int64)
    components = np.full((n_topics, counts.shape[1]), _ETA)
    total = model.get_count_by_topics()
    for topic in range(n_topics):
        # As parameters of a Dirichlet distribution: how often the topic has each word, plus the prior.
        size = float(total[topic]) + _ETA * len(columns)
        components[topic, columns] = np.asarray(model.get_topic_word_dist(topic), np.float64) * size
    rounded = np.round(components, _DECIMALS).astype(np.float32)
    return LdaComponents(rounded, np.array(model.alpha, dtype=np.float64).round(_DECIMALS))


def _tomotopy() -> Any:  # noqa: ANN401 -- tomotopy has no types
    try:
        with warnings.catch_warnings():
            # Its compiled part warns of itself; where warnings are errors it would seem not to be installed.
            warnings.simplefilter("ignore", DeprecationWarning)
            import tomotopy
    except ImportError as error:
        raise MissingExtraError("tomotopy", package="tomotopy") from error
    return tomotopy
