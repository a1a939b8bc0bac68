"""How stable topics are: the same topics should come back from other draws of the same posts.

Each run is fitted on 80 % of the posts, drawn anew, with a start of its own. Its topics are matched one to one with
those of the reference model so that the overlap of their first terms is largest (Hungarian assignment). The overlap of
a topic is the share of its ten first terms that its partner has among its own ten, averaged over the runs: 1 when the
words are always the same, near 0 for a topic that other draws do not have. Other seeds alone would not do, since
non-negative matrix factorisation starts from the posts, not from chance.

References
----------
Greene, D., O'Callaghan, D., and Cunningham, P. (2014). How many topics? Stability analysis for topic models. ECML
PKDD 2014, 498-513.
Kuhn, H. W. (1955). The Hungarian method for the assignment problem. Naval Research Logistics Quarterly 2, 83-97.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

SUBSAMPLE: Final = 0.8
STABILITY_TERMS: Final = 10


def match_topics(
    first: Sequence[Sequence[int]], second: Sequence[Sequence[int]]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Match topics one to one by their first ten terms.

    Parameters
    ----------
    first, second
        Columns of each topic's terms, best first; as many topics in both.

    Returns
    -------
    partner : numpy.ndarray
        Topic of ``second`` for each of ``first``, int64, shape (n_topics,).
    overlap : numpy.ndarray
        Share of common terms, 0 to 1, shape (n_topics,).

    Examples
    --------
    >>> partner, overlap = match_topics([[1, 2], [3, 4]], [[3, 5], [2, 1]])
    >>> partner.tolist(), overlap.tolist()
    ([1, 0], [1.0, 0.5])
    """
    from scipy.optimize import linear_sum_assignment

    sets = [[set(topic[:STABILITY_TERMS]) for topic in topics] for topics in (first, second)]
    table = np.array([[len(a & b) / max(len(a), len(b), 1) for b in sets[1]] for a in sets[0]])
    rows, columns = linear_sum_assignment(-table.reshape(len(first), len(second)))
    partner = np.zeros(len(first), np.int64)
    partner[rows] = columns
    return partner, table[np.arange(len(first)), partner]


def subsample(n_posts: int, *, seed: int) -> npt.NDArray[np.int64]:
    """Rows of a random 80 % of the posts, rising; int64, shape (about 0.8 n_posts,)."""
    kept = np.random.default_rng(seed).permutation(n_posts)[: max(round(SUBSAMPLE * n_posts), 1)]
    return np.sort(kept)
