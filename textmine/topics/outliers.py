"""Posts that fit no topic: how well a post's mix of topics gives back its own words.

The measure is the cosine between a post's TF-IDF weights and the weights that its topics would give it. 1 is a post
that its topics explain wholly, 0 one that shares no word with them. Short posts about anything else lie near 0, so a
post below the threshold is put into a topic of its own, *outliers*, instead of the least bad of the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from textmine.topics.nmf import weigh

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

OUTLIER_LABEL: Final = "(lain-lain)"


def topic_fit(
    weights: sp.csr_array, shares: npt.NDArray[np.float64], components: npt.NDArray[np.floating]
) -> npt.NDArray[np.float64]:
    """Cosine of posts and what their topics make of them.

    Parameters
    ----------
    weights
        TF-IDF of the posts, shape (n_posts, n_terms).
    shares
        Loadings or shares of the posts, shape (n_posts, n_topics).
    components
        Topics in the same weights, shape (n_topics, n_terms).

    Returns
    -------
    numpy.ndarray
        float64, shape (n_posts,), from 0 to 1; 0 where a post has no term or no topic.
    """
    fixed = components.astype(np.float64)
    common = np.einsum("ij,ij->i", weights @ fixed.T, shares)
    made = np.sqrt(np.maximum(np.einsum("ij,ij->i", shares @ (fixed @ fixed.T), shares), 0.0))
    length = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    size = made * length
    cosine: npt.NDArray[np.float64] = np.divide(common, size, out=np.zeros_like(common), where=size > 0)
    return cosine


def without_outliers(
    counts: sp.csr_array,
    idf: npt.NDArray[np.float64],
    shares: npt.NDArray[np.float64],
    components: npt.NDArray[np.float64],
    *,
    threshold: float,
) -> npt.NDArray[np.float64]:
    """Shares with one more topic, to which posts belong wholly that fit the others too little.

    Parameters
    ----------
    counts, idf
        Counts of the posts, shape (n_posts, n_terms), and weights of the terms.
    shares, components
        Of the topics, shapes (n_posts, n_topics) and (n_topics, n_terms). Topics of probabilities are weighted by
        ``idf`` first, so that both sides are in the same weights.
    threshold
        Least cosine of a post that is no outlier.

    Returns
    -------
    numpy.ndarray
        Shape (n_posts, n_topics + 1). A post without any known term stays without topic.
    """
    fit = topic_fit(weigh(counts, idf), shares, components)
    outlier = (fit < threshold) & (np.diff(counts.indptr) > 0)
    return np.column_stack([np.where(outlier[:, None], 0.0, shares), outlier.astype(np.float64)])


class OutlierTally:
    """Adds up the weights of the outliers, so that their terms can be shown."""

    def __init__(self, idf: npt.NDArray[np.float64]) -> None:
        self._idf = idf
        self._total = np.zeros(len(idf))

    def add(self, counts: sp.csr_array, shares: npt.NDArray[np.float64]) -> None:
        """Count posts; the last column of ``shares`` is the outliers'."""
        rows = np.flatnonzero(shares[:, -1] == 1.0)
        self._total += weigh(counts[rows], self._idf).sum(axis=0)

    def weights(self) -> npt.NDArray[np.float32]:
        """Mean weights of the outliers, of length 1; shape (n_terms,)."""
        length = float(np.linalg.norm(self._total))
        return np.round(self._total / length if length else self._total, 6).astype(np.float32)
