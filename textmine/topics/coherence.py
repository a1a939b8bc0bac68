"""How good topics are, without a person: coherence (NPMI) and diversity.

Winners by automatic scores are not always winners for people (Hoyle et al., NeurIPS 2021): read the topics too.

References
----------
Bouma, G. (2009). Normalized (pointwise) mutual information in collocation extraction. GSCL 2009.
Röder, M., Both, A., and Hinneburg, A. (2015). Exploring the space of topic coherence measures. WSDM 2015, 399-408.
Dieng, A. B., Ruiz, F. J. R., and Blei, D. M. (2020). Topic modeling in embedding spaces. TACL 8, 439-453.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

_EPSILON: Final = 1e-12
"""Added to joint probabilities as in Röder et al. and gensim; keeps pairs that never meet finite."""

DIVERSITY_TERMS: Final = 25
COHERENCE_TERMS: Final = 10


class CoOccurrence:
    """In how many posts terms stand together, added up over blocks of posts.

    Parameters
    ----------
    columns
        The terms looked at: columns of the matrix, int64, shape (n_terms,), without duplicates.
    """

    def __init__(self, columns: npt.NDArray[np.int64]) -> None:
        self.columns = columns
        self.n_posts = 0
        self.joint = np.zeros((len(columns), len(columns)), np.int64)

    @classmethod
    def of_topics(cls, tops: Sequence[Sequence[int]]) -> CoOccurrence:
        """Look at every term of some topics, given by their columns."""
        return cls(np.array(sorted({int(column) for top in tops for column in top}), np.int64))

    def add(self, counts: sp.csr_array) -> None:
        """Count a block of posts, shape (rows, all terms)."""
        present = counts[:, self.columns].astype(bool).astype(np.int64)
        self.joint += (present.T @ present).toarray()
        self.n_posts += counts.shape[0]

    def npmi(self, topic: Sequence[int]) -> float | None:
        r"""Mean normalised pointwise mutual information over the pairs of a topic's terms.

        For terms i and j in shares :math:`p_i, p_j` of the posts, and together in :math:`p_{ij}`:

        .. math:: \frac{\ln \frac{p_{ij} + \epsilon}{p_i p_j}}{-\ln(p_{ij} + \epsilon)}, \quad \epsilon = 10^{-12}

        1 for terms that always stand together, 0 for independent ones, towards -1 for terms that never meet. The
        post is the window: equal to gensim's ``c_npmi`` with a window no post is longer than.

        Parameters
        ----------
        topic
            Columns of the topic's terms, best first.

        Returns
        -------
        float or None
            None for fewer than two terms.
        """
        if len(topic) < 2:
            return None
        return float(np.mean(self.pairwise_npmi(topic)[np.triu_indices(len(topic), 1)]))

    def c_v(self, topic: Sequence[int]) -> float | None:
        """Coherence C_V: mean cosine of each term's NPMI with all terms of the topic and the sum of these vectors.

        The post is the window, where gensim's ``c_v`` slides one of 110 words: equal for posts that are shorter.
        Its authors now advise against it, since it rewards words that nothing in the corpus supports (Palmetto's
        notes on C_V); it stands beside NPMI only because readers ask for it.

        Parameters
        ----------
        topic
            Columns of the topic's terms, best first.

        Returns
        -------
        float or None
            None for fewer than two terms.
        """
        if len(topic) < 2:
            return None
        vectors = self.pairwise_npmi(topic)
        whole = vectors.sum(axis=0)
        size = np.linalg.norm(vectors, axis=1) * np.linalg.norm(whole)
        return float(np.mean(np.divide(vectors @ whole, size, out=np.zeros(len(topic)), where=size > 0)))

    def counts(self, terms: Sequence[int]) -> npt.NDArray[np.int64]:
        """In how many posts each pair of terms stands together, and each term on the diagonal."""
        order = {int(column): place for place, column in enumerate(self.columns)}
        places = [order[int(column)] for column in terms]
        return self.joint[np.ix_(places, places)]

    def pairwise_npmi(self, terms: Sequence[int]) -> npt.NDArray[np.float64]:
        """NPMI of each pair of terms, shape (n_terms, n_terms); 1 on the diagonal."""
        shares = self.counts(terms) / self.n_posts
        alone = np.diag(shares)
        return _normalised(shares + _EPSILON, np.outer(alone, alone))


def _normalised(joint: npt.NDArray[np.float64], product: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """NPMI of pairs by their joint share (with epsilon) and the product of their single shares."""
    # Terms in every post of the corpus are independent of everything; log(1) below would divide by zero. Nothing is
    # known of terms that no post holds.
    open_ = (joint < 1.0) & (product > 0)
    joint, product = np.where(open_, joint, 0.5), np.where(open_, product, 1.0)
    return np.where(open_, np.log(joint / product) / -np.log(joint), 0.0)


def diversity(topics: Sequence[Sequence[int]]) -> float:
    """Share of unique terms among the first 25 of all topics: 1 when no two topics share a term.

    Examples
    --------
    >>> diversity([[1, 2, 3], [1, 4, 5]])
    0.8333333333333334
    """
    tops = [term for topic in topics for term in list(topic)[:DIVERSITY_TERMS]]
    return len(set(tops)) / len(tops) if tops else 0.0
