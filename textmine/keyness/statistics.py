"""Keyness statistics of 2 x 2 tables, whole arrays at once.

A term was seen ``a`` times among the ``n`` of a group and ``b`` times among the ``m`` of all others; what is counted
(posts, distinct texts or occurrences) is the caller's choice. All functions broadcast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


def log_odds(a: Floats, n: Floats, b: Floats, m: Floats, *, prior: Floats, prior_total: Floats | float) -> Floats:
    """Log-odds ratio with an informative Dirichlet prior, in standard deviations (z).

    Parameters
    ----------
    a, n, b, m
        The table; any shapes that broadcast.
    prior
        What the prior saw of each term; above 0.
    prior_total
        What the prior saw in all.

    Returns
    -------
    numpy.ndarray
        z; above 0 where the group uses the term more.

    References
    ----------
    Monroe, Colaresi and Quinn 2008, Fightin' Words, Political Analysis 16, equations 16, 19 and 22.

    Examples
    --------
    >>> z = log_odds(*(np.array([x]) for x in (10.0, 100.0, 5.0, 200.0)), prior=np.array([1.5]), prior_total=30.0)
    >>> round(float(z[0]), 3)
    2.392
    """
    # A term that stands in every post leaves no rest; half a one keeps its odds finite.
    seen, rest = a + prior, np.maximum(n + prior_total - a - prior, 0.5)
    other, other_rest = b + prior, np.maximum(m + prior_total - b - prior, 0.5)
    delta = np.log(seen / rest) - np.log(other / other_rest)
    return np.asarray(delta / np.sqrt(1 / seen + 1 / rest + 1 / other + 1 / other_rest))


def log_likelihood(a: Floats, n: Floats, b: Floats, m: Floats) -> Floats:
    """G2 over the four cells of the table, at least 0.

    References
    ----------
    Dunning 1993, Accurate methods for the statistics of surprise and coincidence. Rayson and Garside 2000 leave two of
    the four cells out; the difference shows where a term is common.
    """
    total = n + m
    seen, unseen = a + b, total - a - b
    cells = ((a, n * seen / total), (b, m * seen / total), (n - a, n * unseen / total), (m - b, m * unseen / total))
    sum_of_cells = sum(_entropy_term(observed, expected) for observed, expected in cells)
    return np.maximum(2 * sum_of_cells, 0.0)


def _entropy_term(observed: Floats, expected: Floats) -> Floats:
    """``o * ln(o / e)``, 0 where nothing was seen."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(observed > 0, observed * np.log(observed / expected), 0.0)


def chi_squared(a: Floats, n: Floats, b: Floats, m: Floats) -> Floats:
    """Pearson's chi-squared of the table, without a continuity correction; 0 where a margin is empty."""
    total = n + m
    seen = a + b
    margins = n * m * seen * (total - seen)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(margins > 0, total * (a * (m - b) - b * (n - a)) ** 2 / margins, 0.0)


def log_ratio(a: Floats, n: Floats, b: Floats, m: Floats) -> Floats:
    """Binary logarithm of the ratio of the two rates: 1 is twice as often, -1 half as often.

    A term that one side lacks counts there as half a time.

    References
    ----------
    Hardie 2014, Log Ratio: an informal introduction.
    """
    mine, other = np.where(a > 0, a, 0.5) / n, np.where(b > 0, b, 0.5) / m
    return np.asarray(np.log2(mine / other))


def percent_difference(a: Floats, n: Floats, b: Floats, m: Floats) -> Floats:
    """%DIFF: by how many percent of the others' rate the group's differs; NaN where the others lack the term.

    References
    ----------
    Gabrielatos and Marchi 2012, Keyness: appropriate metrics and practical issues.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(b > 0, 100 * (a / n - b / m) / (b / m), np.nan)


def class_tfidf(a: Floats, n: Floats, total: Floats, mean_size: Floats | float) -> Floats:
    """``a / n * ln(1 + mean_size / total)``, as in :func:`textmine.keywords`.

    Parameters
    ----------
    a, n
        Of the group.
    total
        How often all groups use the term.
    mean_size
        Mean of ``n`` over the groups.
    """
    return np.asarray(a / n * np.log1p(mean_size / total))


def q_values(p: Floats, *, n_tests: int, method: str = "bh") -> Floats:
    """Smallest false discovery rate at which each test is a discovery.

    Parameters
    ----------
    p
        The smallest p-values, shape (n,); those left out must not be smaller.
    n_tests
        How many tests there were, at least n.
    method
        ``bh`` (Benjamini and Hochberg) or ``by`` (Benjamini and Yekutieli: proven for any dependence, and sterner by
        ``1 + 1/2 + … + 1/n_tests``).

    Returns
    -------
    numpy.ndarray
        Shape (n,), at most 1.

    References
    ----------
    Benjamini and Hochberg 1995; Benjamini and Yekutieli 2001.

    Examples
    --------
    >>> q_values(np.array([0.01, 0.04, 0.03]), n_tests=4).round(3).tolist()
    [0.04, 0.053, 0.053]
    """
    if method not in ("bh", "by"):
        raise ValueError(f"method must be 'bh' or 'by', not {method!r}")
    factor = float(n_tests) * (float(np.sum(1 / np.arange(1, n_tests + 1))) if method == "by" else 1.0)
    order = np.argsort(p, kind="stable")
    raised = p[order] * factor / np.arange(1, len(p) + 1)
    found = np.empty(len(p))
    found[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return found
