"""Many tests at once: a bound on the share of false ones among those that are flagged, as a score.

References
----------
Benjamini, Y. and Hochberg, Y. (1995). Controlling the False Discovery Rate. JRSS B 57, 289-300.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

FALSE_SHARE: Final = 0.05
"""Share of false ones that is borne among those that are flagged at a score of one half."""


def adjusted(p: Floats) -> Floats:
    """Benjamini and Hochberg's adjusted p-values (q), in the order of ``p``, shape (n_tests,).

    Examples
    --------
    >>> adjusted(np.array([0.01, 0.5, 0.02, 0.03])).tolist()
    [0.04, 0.5, 0.04, 0.04]
    """
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q


def score_of(q: Floats) -> Floats:
    """Score between 0 and 1: one half where q is :data:`FALSE_SHARE`, the nearer to 1 the smaller q is.

    Examples
    --------
    >>> score_of(np.array([0.0, 0.05, 0.95])).round(2).tolist()
    [1.0, 0.5, 0.05]
    """
    return np.asarray(FALSE_SHARE / (FALSE_SHARE + q))
