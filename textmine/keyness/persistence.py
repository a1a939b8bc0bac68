"""How long a vote lasts: what one week of an agency says about its next weeks, and how many votes that leaves.

A burst of a month votes in four weeks running. Those are not four votes: with an autocorrelation of r(l) between blocks
that stand l apart, a vote is worth ``1 / effect`` with ``effect = 1 + 2 sum r(l)``, the design effect of a series. The
exponent of a tail probability shrinks by the same factor, so p becomes ``p ** (1 / effect)``: four votes in one burst
weigh like one, in small numbers as in large ones.

References
----------
Kish 1965, Survey Sampling (design effect); Geyer 1992, Practical Markov chain Monte Carlo (sums of autocorrelations).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from textmine.csr import membership

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from textmine.keyness.blocks import Blocks

    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int64]

_LAGS: Final = {"day": 14, "week": 6, "month": 2}
"""Blocks ahead that are looked at: a fashion may last so long."""


def design_effects(votes: sp.csr_array, blocks: Blocks, has_texts: npt.NDArray[np.bool_]) -> Floats:
    """How many votes are worth one, for each term.

    Parameters
    ----------
    votes
        1 where a block votes for a term, CSR of shape (n_blocks, n_terms).
    blocks
        The blocks.
    has_texts
        Whether a block could vote at all, shape (n_blocks,).

    Returns
    -------
    numpy.ndarray
        Shape (n_terms,), at least 1. Agencies' own means are taken out first: what an agency always says is no burst.
    """
    if blocks.evidence not in _LAGS:
        return np.ones(votes.shape[1])
    _, series = np.unique(blocks.group * (int(blocks.agency.max()) + 1) + blocks.agency, return_inverse=True)
    n_series = int(series.max()) + 1
    length = np.bincount(series[has_texts], minlength=n_series)
    mean = _scaled(membership(series, n_series, np.float64) @ votes, 1 / np.maximum(length, 1))
    variance = _total(_scaled(mean - mean.multiply(mean), length))
    effect = np.ones(votes.shape[1])
    for lag in range(1, _LAGS[blocks.evidence] + 1):
        now, later = _pairs(series, blocks.period, has_texts, lag)
        if len(now) == 0:
            continue
        n_pairs = np.bincount(series[now], minlength=n_series)
        both = _total(votes[now].multiply(votes[later]))
        either = membership(series[now], n_series, np.float64) @ (votes[now] + votes[later])
        covariance = both - _total(mean.multiply(either)) + _total(_scaled(mean.multiply(mean), n_pairs))
        with np.errstate(divide="ignore", invalid="ignore"):
            correlation = np.where(variance > 1e-9, covariance / variance, 0.0)
        effect += 2 * np.maximum(correlation, 0.0)
    return effect


def _pairs(series: Integers, period: Integers, has_texts: npt.NDArray[np.bool_], lag: int) -> tuple[Integers, Integers]:
    """Blocks of one series that stand so many periods apart."""
    able = np.flatnonzero(has_texts)
    width = int(period.max()) + lag + 2
    code = series[able] * width + period[able]  # ascending, as blocks are
    at = np.searchsorted(code, code + lag)
    found = (at < len(code)) & (code[np.minimum(at, len(code) - 1)] == code + lag)
    return able[found], able[at[found]]


def _scaled(table: sp.csr_array, by_row: npt.NDArray[np.number]) -> sp.csr_array:
    """Rows of a table, each multiplied by a number."""
    import scipy.sparse as sp

    rows = sp.csr_array(table)
    data = rows.data * np.repeat(by_row, np.diff(rows.indptr))
    return sp.csr_array((data, rows.indices, rows.indptr), shape=rows.shape)


def _total(table: sp.csr_array) -> Floats:
    return np.asarray(table.sum(axis=0), np.float64).ravel()
