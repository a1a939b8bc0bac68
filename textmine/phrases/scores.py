"""How strongly two neighbours belong together: normalised pointwise mutual information, and the likelihood ratio.

References
----------
Bouma 2009, Normalized (pointwise) mutual information in collocation extraction.
Dunning 1993, Accurate methods for the statistics of surprise and coincidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


def npmi(
    together: npt.NDArray[np.int64], first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], n_words: int
) -> npt.NDArray[np.float64]:
    """Normalised pointwise mutual information of pairs: -1 never, 0 by chance, 1 always together.

    ``ln(p(ab) / (p(a) p(b))) / -ln p(ab)``, with the counts over ``n_words`` as probabilities, as in gensim.

    Parameters
    ----------
    together, first, second
        Occurrences of the pair and of its two words, at least 1, shape (n_pairs,).
    n_words
        Words of the corpus.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_pairs,).

    Examples
    --------
    >>> npmi(np.array([10, 5]), np.array([10, 10]), np.array([10, 10]), 100).round(3).tolist()
    [1.0, 0.537]
    """
    n = float(n_words)
    pair = together / n
    return np.log(pair / ((first / n) * (second / n))) / -np.log(pair)


def log_likelihood(
    together: npt.NDArray[np.int64], first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], n_words: int
) -> npt.NDArray[np.float64]:
    """Likelihood ratio G2 of pairs against independence, negative for pairs that shun each other.

    Above 10.83, chance would do it once in a thousand pairs.

    Parameters
    ----------
    together, first, second
        As for :func:`npmi`.
    n_words
        Words of the corpus.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_pairs,).

    Examples
    --------
    >>> log_likelihood(np.array([10, 1]), np.array([10, 10]), np.array([10, 10]), 100).round(2).tolist()
    [65.02, 0.0]
    """
    n = float(n_words)
    a, b = first.astype(np.float64), second.astype(np.float64)
    cells = (together, a - together, b - together, n - a - b + together)
    expected = (a * b / n, a * (n - b) / n, (n - a) * b / n, (n - a) * (n - b) / n)
    total = np.zeros(len(together))
    for observed, chance in zip(cells, expected, strict=True):
        positive = (observed > 0) & (chance > 0)
        total[positive] += observed[positive] * np.log(observed[positive] / chance[positive])
    return np.where(together >= expected[0], 2.0, -2.0) * np.maximum(total, 0.0)
