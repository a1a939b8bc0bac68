"""What is counted of topics over all posts, block by block: prevalence, coherence, posts without a topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from textmine.topics.coherence import CoOccurrence

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp


class TopicTally:
    """Adds up blocks of posts.

    Parameters
    ----------
    leading
        Columns of the first terms of each topic: those whose coherence is asked for, or more to choose them from.
    n_topics
        Number of topics, which may be larger: topics without terms of their own have no coherence.
    """

    def __init__(self, leading: Sequence[Sequence[int]], n_topics: int) -> None:
        self._leading = [*leading, *([] for _ in range(n_topics - len(leading)))]
        self.together = CoOccurrence.of_topics(leading)
        self._total = np.zeros(n_topics)
        self.n_largest = np.zeros(n_topics, np.int64)
        self.n_posts = self.n_without = 0

    def add(self, counts: sp.csr_array, shares: npt.NDArray[np.float64]) -> None:
        """Count posts by terms, shape (n_posts, n_terms), and shares, shape (n_posts, n_topics)."""
        self.together.add(counts)
        self._total += shares.sum(axis=0)
        found = shares.any(axis=1)
        self.n_largest += np.bincount(shares[found].argmax(axis=1), minlength=len(self._total))
        self.n_without += int((~found).sum())
        self.n_posts += counts.shape[0]

    @property
    def prevalence(self) -> npt.NDArray[np.float64]:
        """Mean share of each topic, shape (n_topics,)."""
        return self._total / max(self.n_posts, 1)

    @property
    def npmi(self) -> list[float | None]:
        """Coherence of each topic."""
        return [self.together.npmi(top) for top in self._leading]

    @property
    def coherence(self) -> float:
        """Mean coherence of the topics that have one, 0 where none has."""
        known = [value for value in self.npmi if value is not None]
        return float(np.mean(known)) if known else 0.0
