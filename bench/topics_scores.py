"""How good topics are: coherence on held-out documents, diversity, and purity by labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from topics_corpora import Part

WINDOW = 10  # gensim's for c_npmi
N_COHERENCE, N_DIVERSITY = 10, 25


class HeldOutNpmi:
    """gensim's ``c_npmi`` (sliding windows of ten words) for many models over the same documents, counted once.

    gensim loses a word that stands twice in a window when the first of the two leaves it; here it stays.
    """

    def __init__(self, part: Part, vocabulary: Sequence[str]) -> None:
        column = {term: i for i, term in enumerate(vocabulary)}
        rows, columns, n = [], [], 0
        for document in part.tokens:
            codes = [column[token] for token in document]
            for start in range(max(len(codes) - WINDOW + 1, 1)):
                inside = set(codes[start : start + WINDOW])
                rows.append(np.full(len(inside), n))
                columns.append(np.fromiter(inside, np.int64))
                n += 1
        places = (np.concatenate(rows), np.concatenate(columns))
        self._present = sp.csc_array((np.ones(len(places[0])), places), shape=(n, len(vocabulary)))
        self._n = n

    def __call__(self, tops: Sequence[Sequence[int]]) -> float:
        return float(np.mean([self._topic(list(top)[:N_COHERENCE]) for top in tops]))

    def _topic(self, top: list[int]) -> float:
        present = self._present[:, top]
        together = (present.T @ present).toarray() / self._n
        first, second = np.triu_indices(len(top), 1)
        joint = together[first, second] + 1e-12
        alone = np.diag(together)
        return float(np.mean(np.log(joint / (alone[first] * alone[second])) / -np.log(joint)))


def gensim_coherences(
    measure: str, tops: Sequence[Sequence[int]], part: Part, vocabulary: Sequence[str]
) -> list[float]:
    """Coherence of each topic by gensim's ``CoherenceModel`` with its own settings."""
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    topics = [[vocabulary[column] for column in list(top)[:N_COHERENCE]] for top in tops]
    model = CoherenceModel(
        topics=topics, texts=part.tokens, dictionary=Dictionary(part.tokens), coherence=measure, processes=1
    )
    return [float(value) for value in model.get_coherence_per_topic()]


def diversity(tops: Sequence[Sequence[int]]) -> float:
    """Share of unique words among the first 25 of all topics (Dieng et al. 2020)."""
    shown = [int(column) for top in tops for column in list(top)[:N_DIVERSITY]]
    return len(set(shown)) / (N_DIVERSITY * len(tops))


def purity(labels: np.ndarray, found: np.ndarray) -> float:
    """Share of documents whose label is the most frequent one of their topic."""
    codes = np.unique(labels, return_inverse=True)[1]
    table = np.zeros((int(found.max()) + 1, int(codes.max()) + 1))
    np.add.at(table, (found, codes), 1)
    return float(table.max(axis=1).sum() / len(codes))
