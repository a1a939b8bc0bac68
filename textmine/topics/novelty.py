"""New topics among posts that the known ones explain badly.

A post is badly explained when less of its TF-IDF weight lies in the span of the topics than in nine of ten old posts.
Where there are more such posts among the new ones than chance would bring, topics are fitted to them, and those are
kept that hold together, have posts of their own, are unlike the known ones and were not there before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from textmine.topics import nmf
from textmine.topics.coherence import CoOccurrence
from textmine.topics.description import top_terms
from textmine.topics.sample import sample_distinct

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

_BADLY: Final = 0.1
"""Share of old posts that count as badly explained."""

_LEAST_POSTS: Final = 10
_LEAST_SHARE: Final = 0.005
"""Of the new posts, that a new topic must have as its own."""

_LEAST_NPMI: Final = 0.1
_UNLIKE: Final = 0.5
"""Largest cosine of a new topic to a known one."""

_NEWER: Final = 3.0
"""How many times as frequent the words of a new topic must be among the new posts."""

_LEADING: Final = 5
_KNOWN: Final = 10
_PIECE: Final = 0.6
"""Of what words do among themselves: how nearly they must hold together with those of a topic to be part of it."""

_SWEEPS: Final = 200


@dataclass(frozen=True)
class NewTopics:
    """Topics that were found.

    Parameters
    ----------
    components
        float64, shape (n_new, n_terms), rows of length 1.
    badly_before, badly_after
        Share of badly explained posts among the old and the new ones.
    """

    components: npt.NDArray[np.float64]
    badly_before: float
    badly_after: float


def new_topics(
    old: sp.csr_array,
    new: sp.csr_array,
    components: npt.NDArray[np.float64],
    idf: npt.NDArray[np.float64],
    terms: Sequence[str],
    *,
    limit: int = 5,
    seed: int = 0,
) -> NewTopics:
    """Look for topics that the new posts have and the known topics do not cover.

    Parameters
    ----------
    old, new
        Distinct posts that the topics have seen, and that they have not: counts, shape (n, n_terms).
    components
        Known topics, rows of length 1, shape (n_topics, n_terms).
    idf
        Shape (n_terms,).
    terms
        Name of each column.
    limit
        Topics at most.
    seed
        Of the start.

    Returns
    -------
    NewTopics
        None, one or more.
    """
    nothing = np.zeros((0, len(idf)))
    if old.shape[0] == 0 or new.shape[0] == 0:
        return NewTopics(nothing, 0.0, 0.0)
    before, after = explained(old, components, idf), explained(new, components, idf)
    bound = float(np.quantile(before, _BADLY))
    bound -= 1e-9  # of many posts explained alike, none is explained badly
    badly = np.flatnonzero(after < bound)
    shares = float((before < bound).mean()), len(badly) / new.shape[0]
    least = max(_LEAST_POSTS, round(_LEAST_SHARE * new.shape[0]))
    if len(badly) - _BADLY * new.shape[0] < least:
        return NewTopics(nothing, *shares)
    candidates = sample_distinct([new[badly]], terms, limit=len(badly), seed=seed).counts
    judge = _Judge(old, new, components, least)
    best = nothing
    for n_topics in range(1, min(limit, candidates.shape[0] // least) + 1):
        fitted = nmf.fit_components(nmf.weigh(candidates, idf), n_topics, seed=seed, max_iterations=_SWEEPS)
        kept = judge.kept(fitted.astype(np.float64), candidates, idf)
        if len(kept) > len(best):
            best = kept
    return NewTopics(best, *shares)


def explained(
    counts: sp.csr_array, components: npt.NDArray[np.float64], idf: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Share of each post's squared TF-IDF weight that topics explain, held fixed: shape (n_posts,), 0 to 1."""
    weights = nmf.to_unit_length(nmf.weigh(counts, idf))
    loadings = nmf.loadings(weights, components.astype(np.float32))
    along = (loadings * (weights @ components.T)).sum(axis=1)
    length = ((loadings @ (components @ components.T)) * loadings).sum(axis=1)
    share: npt.NDArray[np.float64] = np.clip(2 * along - length, 0.0, 1.0)
    return share


class _Judge:
    """Tells topics that are there, and new, from leftovers."""

    def __init__(self, old: sp.csr_array, new: sp.csr_array, components: npt.NDArray[np.float64], least: int) -> None:
        self._old, self._new, self._components, self._least = old, new, components, least

    def kept(
        self, fitted: npt.NDArray[np.float64], candidates: sp.csr_array, idf: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Rows that pass, those of most posts first; none that is a piece of another."""
        loadings = nmf.loadings(nmf.to_unit_length(nmf.weigh(candidates, idf)), fitted.astype(np.float32))
        own = np.bincount(loadings[loadings.any(axis=1)].argmax(axis=1), minlength=len(fitted))
        tops = top_terms(fitted, _LEADING)
        together = CoOccurrence.of_topics(tops)
        together.add(self._new)
        kept: list[int] = []
        for i in np.argsort(-own, kind="stable"):
            npmi = together.npmi(tops[i]) or 0.0
            passes = own[i] >= self._least and npmi >= _LEAST_NPMI and self._is_new(fitted[i], tops[i], npmi)
            if passes and not any(_is_piece(together, tops[i], tops[j], npmi) for j in kept):
                kept.append(int(i))
        return fitted[kept]

    def _is_new(self, row: npt.NDArray[np.float64], top: list[int], npmi: float) -> bool:
        if len(top) < 2 or (len(self._components) and float((self._components @ row).max()) >= _UNLIKE):
            return False
        if any(_goes_with(self._new, top, known, npmi) for known in self._components):
            return False
        before, after = (_share_about(counts, top) for counts in (self._old, self._new))
        return after >= _NEWER * before and after > 0


def _share_about(counts: sp.csr_array, columns: list[int]) -> float:
    """Share of posts that hold at least two of the terms."""
    held = np.asarray((counts[:, columns] > 0).sum(axis=1)).ravel()
    return float((held >= 2).mean())


def _goes_with(counts: sp.csr_array, top: list[int], known: npt.NDArray[np.float64], npmi: float) -> bool:
    """Whether words stand in the posts of a known topic: then that topic has taken up new words.

    Only words of the known topic that the new posts still use can tell, by their squared weight; it takes two.
    """
    still = [column for column in top_terms(known[None], _KNOWN)[0] if counts[:, [column]].nnz]
    own = [column for column in top if column not in still]
    if len(still) < 2 or not own:
        return len(still) >= 2
    together = CoOccurrence.of_topics([still, own])
    together.add(counts)
    pairs = [np.mean([together.npmi([column, word]) or 0.0 for word in own]) for column in still]
    return float(np.average(pairs, weights=known[still] ** 2)) > _PIECE * max(npmi, 1e-9)


def _is_piece(together: CoOccurrence, top: list[int], other: list[int], npmi: float) -> bool:
    """Whether two lists of words hold together nearly as well as one of them alone: then they are one topic."""
    both = list(dict.fromkeys([*top, *other]))
    joined = together.npmi(both)
    return joined is not None and joined > _PIECE * max(npmi, 1e-9)
