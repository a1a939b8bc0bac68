"""How often each topic uses each term: counts of the posts, each post's terms divided by its topic shares.

Works for any method, because it looks at shares and counts only: NMF's components are weights, not frequencies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp


def term_counts(counts: sp.csr_array, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Term occurrences of each topic in a block of posts; those of blocks are added up.

    Parameters
    ----------
    counts
        Shape (n_posts, n_terms).
    shares
        Shape (n_posts, n_ids).

    Returns
    -------
    numpy.ndarray
        Shape (n_ids, n_terms).

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> term_counts(sp.csr_array([[2, 0], [1, 1]]), np.array([[1.0, 0.0], [0.5, 0.5]])).tolist()
    [[2.5, 0.5], [0.5, 0.5]]
    """
    import scipy.sparse as sp

    # Most shares are 0: a sparse product does a tenth of the work.
    return np.asarray((sp.csr_array(shares).T @ counts).toarray())
