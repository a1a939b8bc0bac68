"""How far topics have moved: their words in old and in new posts, their shares, and what of it is chance.

The words of a topic in two sets of posts always differ a little. What chance brings is measured by dealing the same
posts out to the two sets at random; only what goes beyond it counts as drift.

References
----------
Lin, J. (1991). Divergence measures based on the Shannon entropy. IEEE Transactions on Information Theory 37 (1),
145-151.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.topics.hierarchy import term_distributions
from textmine.topics.map import entropy

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

CHANGED: Final = 0.10
SHIFTED: Final = 0.03
"""Divergence in bits beyond chance, from which a topic has changed or shifted."""

_DOUBLED: Final = 2.0
_LEAST_SHARE: Final = 0.01
_ERRORS: Final = 3.0
"""Standard errors of a difference of two shares, taken as if posts were independent."""
_N_WORDS: Final = 5
_DEALS: Final = 20
_LEAST_EXPECTED: Final = 5.0
"""Posts that a topic would have among the new ones at its old share, for its absence to mean anything."""

DRIFT_SCHEMA: Final = pl.Schema(
    {
        "topic": pl.UInt32(),
        "label": pl.String(),
        "label_before": pl.String(),
        "verdict": pl.String(),
        "cosine": pl.Float64(),
        "divergence": pl.Float64(),
        "by_chance": pl.Float64(),
        "share_before": pl.Float64(),
        "share_after": pl.Float64(),
        "n_main_before": pl.UInt32(),
        "n_main_after": pl.UInt32(),
        "new_terms": pl.Float64(),
        "gained": pl.List(pl.String()),
        "lost": pl.List(pl.String()),
    }
)
"""Columns of ``topic_drift.parquet``.

``cosine`` compares the topic's components before and after the update (null for new topics), ``divergence`` (Jensen-
Shannon, bits) its words in old and new posts, ``by_chance`` what random halves would give; ``new_terms`` is the share
of its words in new posts that the model did not know.
"""


def divergences(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Jensen-Shannon divergence in bits of rows of counts with the same rows of others; NaN where one is empty.

    Examples
    --------
    >>> divergences(np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([[0.0, 2.0], [3.0, 3.0]])).tolist()
    [1.0, 0.0]
    """
    p, q = term_distributions(first), term_distributions(second)
    apart = np.clip(entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2, 0.0, 1.0)
    empty = ~(first.any(axis=1) & second.any(axis=1))
    found: npt.NDArray[np.float64] = np.where(empty, np.nan, apart)
    return found


def word_drift(
    counts: sp.csr_array, shares: npt.NDArray[np.float64], is_new: npt.NDArray[np.bool_], *, seed: int = 0
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Words of topics in old and new posts.

    Parameters
    ----------
    counts, shares
        Posts, shape (n_posts, n_terms) and (n_posts, n_topics).
    is_new
        Shape (n_posts,).
    seed
        Of the random deals.

    Returns
    -------
    divergence, by_chance : numpy.ndarray
        Shape (n_topics,); the second is the mean over random deals, NaN where posts lack.
    before, after : numpy.ndarray
        Counts of terms, shape (n_topics, n_terms).
    """
    whole = (counts.T @ shares).T

    def dealt(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        rows = np.flatnonzero(flags)
        part: npt.NDArray[np.float64] = (counts[rows].T @ shares[rows]).T
        return part

    after = dealt(is_new)
    random = np.random.default_rng(seed)
    deals = []
    for _ in range(_DEALS):
        part = dealt(random.permutation(is_new))
        deals.append(divergences(np.clip(whole - part, 0.0, None), part))
    return divergences(np.clip(whole - after, 0.0, None), after), np.mean(deals, axis=0), whole - after, after


def verdict(row: dict[str, float | None], *, is_new: bool, n_before: int, n_after: int) -> str:
    """What became of a topic, in a word.

    Parameters
    ----------
    row
        excess (divergence beyond chance, or None), share_before, share_after, n_main_after.
    is_new
        Whether the topic was found by the update.
    n_before, n_after
        Posts that are old and new: a share has grown or shrunk only if that many posts can tell.

    Returns
    -------
    str
        ``new``, ``vanished`` (no new post is mainly about it), ``changed`` (other words), ``shifted`` (some other
        words), ``grew``, ``shrank`` or ``stable``.

    Examples
    --------
    >>> row = {"excess": 0.2, "share_before": 0.1, "share_after": 0.1, "n_main_after": 9}
    >>> verdict(row, is_new=False, n_before=500, n_after=90)
    'changed'
    """
    before, after, excess = row["share_before"] or 0.0, row["share_after"] or 0.0, row["excess"]
    if is_new:
        return "new"
    if not row["n_main_after"] and before * n_after >= _LEAST_EXPECTED:
        return "vanished"
    if excess is not None and excess >= SHIFTED:
        return "changed" if excess >= CHANGED else "shifted"
    pooled = (n_before * before + n_after * after) / max(n_before + n_after, 1)
    error = np.sqrt(pooled * (1 - pooled) * (1 / max(n_before, 1) + 1 / max(n_after, 1)))
    certain = abs(after - before) >= max(_LEAST_SHARE, _ERRORS * error)
    if certain and max(after, before) >= _DOUBLED * min(after, before):
        return "grew" if after > before else "shrank"
    return "stable"


def moved_words(
    before: npt.NDArray[np.float64], after: npt.NDArray[np.float64], surfaces: Sequence[str]
) -> tuple[list[list[str]], list[list[str]]]:
    """Words whose share of a topic rose and fell most: five a topic each."""
    change = term_distributions(after) - term_distributions(before)
    gained, lost = [], []
    for row, was, now in zip(change, before, after, strict=True):
        comparable = bool(was.any() and now.any())
        order = np.argsort(-row, kind="stable")
        gained.append([surfaces[i] for i in order[:_N_WORDS] if comparable and row[i] > 0])
        lost.append([surfaces[i] for i in order[::-1][:_N_WORDS] if comparable and row[i] < 0])
    return gained, lost


def overall(drift: pl.DataFrame) -> tuple[float, str]:
    """Mean divergence beyond chance, weighted by the shares among new posts, and what to do, in words.

    New topics are left out: there is nothing that they could have drifted from.

    Examples
    --------
    >>> table = pl.DataFrame({"divergence": [0.3], "by_chance": [0.05], "share_after": [1.0], "verdict": ["changed"]})
    >>> overall(table)
    (0.25, 'the topics have drifted: read them again, or fit them anew with: textmine topics')
    """
    known = pl.col("divergence").is_not_null() & pl.col("by_chance").is_not_null()
    judged = drift.filter(known & (pl.col("verdict") != "new"))
    weight = judged["share_after"].to_numpy()
    excess = np.clip((judged["divergence"] - judged["by_chance"]).to_numpy(), 0.0, None)
    mean = float((weight * excess).sum() / weight.sum()) if weight.sum() > 0 else 0.0
    odd = drift.filter(pl.col("verdict").is_in(["changed", "shifted", "new", "vanished"]))
    if mean >= CHANGED:
        return mean, "the topics have drifted: read them again, or fit them anew with: textmine topics"
    if mean >= SHIFTED or len(odd):
        return mean, "the topics still hold; read those again that are named below"
    return mean, "the topics still hold"
