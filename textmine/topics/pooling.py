"""Pools short posts into longer documents before topics are fitted.

A post of ten words says little about which words go together; all posts under one hashtag, or of one agency on one
day, say more. The topics are fitted on the pools and given to single posts. A post with several hashtags goes into
the pool of each, one without any stays by itself.

References
----------
Mehrotra, R., Sanner, S., Buntine, W., and Xie, L. (2013). Improving LDA topic models for microblogs via tweet pooling
and automatic labeling. SIGIR 2013, 889-892.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from textmine.csr import membership

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

Pool = Literal["hashtag", "agency-day"]
POOLS: Final[tuple[Pool, ...]] = get_args(Pool)


def pool_by_hashtag(counts: sp.csr_array, is_hashtag: npt.NDArray[np.bool_]) -> sp.csr_array:
    """Add up the posts under each hashtag.

    Parameters
    ----------
    counts
        Shape (n_posts, n_terms).
    is_hashtag
        Which columns are hashtags, shape (n_terms,).

    Returns
    -------
    scipy.sparse.csr_array
        Shape (n_hashtags + n_posts without a hashtag, n_terms): pools in the order of their columns, then single
        posts in their order.
    """
    import scipy.sparse as sp

    tagged = sp.csr_array(counts[:, np.flatnonzero(is_hashtag)]).astype(bool)
    alone = np.flatnonzero(np.diff(tagged.indptr) == 0)
    pools = sp.csr_array(tagged.T.astype(counts.dtype) @ counts)
    filled = np.flatnonzero(np.diff(pools.indptr))
    return _sorted(sp.vstack([pools[filled], counts[alone]], format="csr"))


def pool_by_key(counts: sp.csr_array, keys: npt.NDArray[np.int64]) -> sp.csr_array:
    """Add up the posts with the same key.

    Parameters
    ----------
    counts
        Shape (n_posts, n_terms).
    keys
        Key of each post, shape (n_posts,).

    Returns
    -------
    scipy.sparse.csr_array
        Shape (n_keys, n_terms), by rising key.
    """
    import scipy.sparse as sp

    _, group = np.unique(keys, return_inverse=True)
    member = membership(group, int(group.max(initial=-1)) + 1, counts.dtype)
    return _sorted(sp.csr_array(member @ counts))


def _sorted(pooled: sp.csr_array) -> sp.csr_array:
    pooled.sort_indices()
    return pooled
