"""From bands to clusters: pairs that share one are compared in full, and each text joins the one it is most like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    Ids = npt.NDArray[np.int64]
    Codes = npt.NDArray[np.uint64]
    _Numbers = TypeVar("_Numbers", Ids, Codes)

_NEAR: Final = 12
_NEAR_IN_CROWD: Final = 2
_LEADERS: Final = 8
_PAIRS_AT_ONCE: Final = 1 << 18


def candidate_pairs(bands: Iterable[npt.NDArray[np.uint32]]) -> Codes:
    """Pairs of texts that share a band.

    In a bucket of up to 13 texts all pairs count. In a larger one, a text is paired with the eight that rank first and
    its two neighbours in rank: a campaign of ten thousand versions would have fifty million pairs.

    Parameters
    ----------
    bands
        For each band, the hash of every text; texts in the order of their rank.

    Returns
    -------
    numpy.ndarray
        Each pair once, sorted, shape (n_pairs,): the text that ranks first in the high 32 bits, the other in the low.
    """
    found, waiting, n_waiting = np.zeros(0, np.uint64), [np.zeros(0, np.uint64)], 0
    for hashes in bands:
        waiting.append(_pairs_of_band(hashes))
        n_waiting += len(waiting[-1])
        if n_waiting > max(len(found), _PAIRS_AT_ONCE):
            found, waiting, n_waiting = distinct(np.concatenate([found, *waiting])), [], 0
    return distinct(np.concatenate([found, *waiting]))


def _pairs_of_band(hashes: npt.NDArray[np.uint32]) -> Codes:
    order = np.argsort(hashes, kind="stable")  # stable: within a bucket by rank
    edges = np.flatnonzero(np.diff(hashes[order].astype(np.int64), prepend=-1, append=1 << 33))
    size = np.repeat(np.diff(edges), np.diff(edges))
    shared = np.flatnonzero(size > 1)
    first, size = np.repeat(edges[:-1], np.diff(edges))[shared], size[shared]
    end, crowded = first + size, size > _NEAR + 1
    parts = []
    for distance in range(1, _NEAR + 1):
        near = (shared + distance < end) & (~crowded | (distance <= _NEAR_IN_CROWD))
        parts.append(_coded(order[shared[near]], order[shared[near] + distance]))
    crowd, lead = shared[crowded], first[crowded]
    for leader in range(_LEADERS):
        after = crowd > lead + leader
        parts.append(_coded(order[lead[after] + leader], order[crowd[after]]))
    return np.concatenate(parts)


def halves(codes: Codes) -> tuple[Ids, Ids]:
    """Left and right texts of pairs."""
    return (codes >> np.uint64(32)).astype(np.int64), (codes & np.uint64(0xFFFFFFFF)).astype(np.int64)


def distinct(values: _Numbers) -> _Numbers:
    """Sorted values, each once. ``numpy.unique`` hashes these, which took ten times as long."""
    values = np.sort(values)
    first = np.append(True, values[1:] != values[:-1])[: len(values)]
    return np.asarray(values[first])


def _coded(left: Ids, right: Ids) -> Codes:
    return left.astype(np.uint64) << np.uint64(32) | right.astype(np.uint64)


def jaccard(sets: sp.csr_array, left: Ids, right: Ids) -> npt.NDArray[np.float64]:
    """Jaccard similarity of pairs of sets: elements in both over elements in either.

    Parameters
    ----------
    sets
        A row a set; stored entries are its elements, each once and sorted.
    left, right
        Rows, shape (n_pairs,).

    Returns
    -------
    numpy.ndarray
        Shape (n_pairs,).
    """
    size = np.diff(sets.indptr)
    both = np.diff(sets[left].multiply(sets[right]).indptr)
    return np.asarray(both / (size[left] + size[right] - both))


def alike(codes: Codes, used: Ids, sets: sp.csr_array, threshold: float) -> tuple[Codes, npt.NDArray[np.float64]]:
    """Compare pairs in full, and keep those that are alike enough.

    Parameters
    ----------
    codes
        Output of :func:`candidate_pairs`.
    used
        The texts in them, sorted.
    sets
        Elements of these texts, a row a text.
    threshold
        Least Jaccard similarity.

    Returns
    -------
    codes, similarity
        Of the pairs that are kept.
    """
    kept, similarities = [codes[:0]], [np.zeros(0)]
    for start in range(0, len(codes), _PAIRS_AT_ONCE):
        some = codes[start : start + _PAIRS_AT_ONCE]
        left, right = halves(some)
        similarity = jaccard(sets, np.searchsorted(used, left), np.searchsorted(used, right))
        kept.append(some[similarity >= threshold])
        similarities.append(similarity[similarity >= threshold])
    return np.concatenate(kept), np.concatenate(similarities)


@dataclass(frozen=True)
class Stars:
    """Clusters as stars: every text is alike enough to the one in the middle.

    ``middle`` is the text that each text belongs to, itself for those in the middle or alone; ``similarity`` to it.
    """

    middle: Ids
    similarity: npt.NDArray[np.float64]


def stars(n_posts: Ids, codes: Codes, similarity: npt.NDArray[np.float64]) -> Stars:
    """Group texts: one after the other, a text that is like no earlier middle becomes one itself.

    The text goes first that most posts are like, itself counted: the first version of a campaign is nearer to all
    others than they are to each other.

    Parameters
    ----------
    n_posts
        Posts of each text; texts are numbered by rank, which decides between equals. Shape (n_texts,).
    codes
        Pairs that are alike enough, as :func:`candidate_pairs` gives them.
    similarity
        Of the pairs.
    """
    n_texts, (left, right) = len(n_posts), halves(codes)
    reach = n_posts.copy()
    np.add.at(reach, left, n_posts[right])
    np.add.at(reach, right, n_posts[left])
    order = np.argsort(-reach, kind="stable")
    turn = np.empty(n_texts, np.int64)
    turn[order] = np.arange(n_texts)
    left, right = np.sort([turn[left], turn[right]], axis=0)
    is_middle = _middles(n_texts, left, right)
    joined = is_middle[left] & ~is_middle[right]
    left, right, similarity = left[joined], right[joined], similarity[joined]
    middle, best = np.arange(n_texts), np.ones(n_texts)
    last = np.lexsort((left, -similarity))[::-1]  # the last one written stays: the most alike, then the first in turn
    middle[order[right[last]]], best[order[right[last]]] = order[left[last]], similarity[last]
    return Stars(middle, best)


def _middles(n_texts: int, left: Ids, right: Ids) -> npt.NDArray[np.bool_]:
    """Which texts have no middle before them, taken in turn; in few rounds, since most texts decide at once."""
    is_middle = np.ones(n_texts, bool)
    is_middle[right] = False
    undecided = ~is_middle
    while undecided.any():
        undecided[right[is_middle[left]]] = False
        # of those still undecided, the ones whose earlier neighbours all belong to others
        waits = np.zeros(n_texts, bool)
        waits[right[undecided[left]]] = True
        new = undecided & ~waits
        is_middle |= new
        undecided &= ~new
    return is_middle
