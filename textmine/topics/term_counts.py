"""How often each topic uses each term: counts of the posts, each post's terms divided by its topic shares.

Works for any method, because it looks at shares and counts only: NMF's components are weights, not frequencies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp


class TopicTermCounts:
    """Adds up term counts of topics over blocks of posts.

    Parameters
    ----------
    n_ids, n_terms
        Columns of the shares, and of the counts.

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> counts = TopicTermCounts(2, 2)
    >>> counts.add(sp.csr_array([[2, 0], [1, 1]]), np.array([[1.0, 0.0], [0.5, 0.5]]))
    >>> counts.counts.tolist()
    [[2.5, 0.5], [0.5, 0.5]]
    """

    def __init__(self, n_ids: int, n_terms: int) -> None:
        self.counts: npt.NDArray[np.float64] = np.zeros((n_ids, n_terms))

    def add(self, counts: sp.csr_array, shares: npt.NDArray[np.float64]) -> None:
        """Add posts: counts of shape (n_posts, n_terms), shares of shape (n_posts, n_ids)."""
        import scipy.sparse as sp

        # Most shares are 0: a sparse product does a tenth of the work.
        self.counts += (sp.csr_array(shares).T @ counts).toarray()
