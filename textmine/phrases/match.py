"""Finds given sequences in a stream of words: the longest first, from left to right, without overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_GAP_SHIFT: Final = np.uint64(32)
_NODE_SHIFT: Final = np.uint64(40)


class Pattern(NamedTuple):
    """Symbols of a phrase, and the gaps between them (one fewer)."""

    symbols: tuple[int, ...]
    gaps: tuple[int, ...]


class Matches(NamedTuple):
    """Where patterns stand, without overlap, in order: first word, number of words, and pattern; all (n_matches,)."""

    start: npt.NDArray[np.int64]
    length: npt.NDArray[np.int64]
    pattern: npt.NDArray[np.int64]


class Matcher:
    """Patterns as a trie whose edges are one sorted array, looked up for all words of a batch at once.

    Parameters
    ----------
    patterns
        Each of two symbols at least; none of their gaps is a break.

    Examples
    --------
    >>> matcher = Matcher([Pattern((1, 2), (0,)), Pattern((1, 2, 3), (0, 0))])
    >>> found = matcher.find(np.array([1, 2, 1, 2, 3], np.uint32), np.array([255, 0, 0, 0, 0], np.uint8))
    >>> found.start.tolist(), found.length.tolist(), found.pattern.tolist()
    ([0, 2], [2, 3], [0, 1])
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        roots: dict[int, int] = {}
        edges: dict[int, int] = {}
        ends: dict[int, int] = {}
        n_nodes = 1  # node 0: no pattern begins with this word
        for number, pattern in enumerate(patterns):
            node = roots.setdefault(pattern.symbols[0], n_nodes)
            n_nodes += node == n_nodes
            for gap, symbol in zip(pattern.gaps, pattern.symbols[1:], strict=True):
                node = edges.setdefault(node << 40 | gap << 32 | symbol, n_nodes)
                n_nodes += node == n_nodes
            ends[node] = number
        self._depth = max((len(pattern.symbols) for pattern in patterns), default=0)
        self._roots = np.zeros(max(roots, default=-1) + 2, np.int64)  # the last one stands for all symbols above
        self._roots[list(roots)] = list(roots.values())
        keys = np.array(sorted(edges), np.uint64)
        self._keys = np.append(keys, np.uint64(2**64 - 1))
        self._targets = np.array([*(edges[int(key)] for key in keys), 0], np.int64)
        self._ends = np.full(n_nodes, -1, np.int64)
        self._ends[list(ends)] = list(ends.values())

    def find(self, symbol: npt.NDArray[np.uint32], gap: npt.NDArray[np.uint8]) -> Matches:
        """Patterns in a stream of words, both of shape (n_words,)."""
        nodes = self._roots[np.minimum(symbol, np.uint32(len(self._roots) - 1))]
        start = np.flatnonzero(nodes)
        length = np.zeros(len(start), np.int64)
        pattern = np.full(len(start), -1, np.int64)
        alive, node = np.arange(len(start)), nodes[start]
        for depth in range(1, self._depth):
            place = start[alive] + depth
            inside = place < len(symbol)
            alive, node, place = alive[inside], node[inside], place[inside]
            key = node.astype(np.uint64) << _NODE_SHIFT | gap[place].astype(np.uint64) << _GAP_SHIFT | symbol[place]
            edge = np.searchsorted(self._keys, key)
            hit = self._keys[edge] == key
            alive, node = alive[hit], self._targets[edge[hit]]
            ended = self._ends[node] >= 0
            length[alive[ended]] = depth + 1
            pattern[alive[ended]] = self._ends[node[ended]]
        matched = np.flatnonzero(length)
        chosen = matched[_without_overlap(start[matched], length[matched])]
        return Matches(start[chosen], length[chosen], pattern[chosen])


def _without_overlap(start: npt.NDArray[np.int64], length: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Places of the matches that a reader from left to right takes.

    Matches that no earlier one reaches are taken at once; from each of them the reader goes on in step with all
    others, so there are as many steps as the longest run of overlapping matches has takes, not as there are matches.
    """
    end = start + length
    reached = np.concatenate([[-1], np.maximum.accumulate(end)[:-1]]) if len(end) else end
    heads = np.flatnonzero(start >= reached)
    run_end = np.append(heads[1:], len(start))
    following = np.searchsorted(start, end)
    taken = np.zeros(len(start), bool)
    here = heads
    while len(here):
        taken[here] = True
        ahead = following[here]
        going = ahead < run_end
        here, run_end = ahead[going], run_end[going]
    return np.flatnonzero(taken)


def strongest_pairs(
    start: npt.NDArray[np.int64], pair: npt.NDArray[np.int64], rank: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Places of the pairs that are taken where neighbouring pairs share a word: the one with the higher rank wins.

    Parameters
    ----------
    start, pair
        Where each pair stands (ascending), and which it is; shape (n_found,).
    rank
        Strength of each kind of pair, all different; shape (n_kinds,).

    Examples
    --------
    >>> strongest_pairs(np.array([0, 1, 5]), np.array([0, 1, 0]), np.array([3, 7])).tolist()
    [1, 2]
    """
    same_run = (np.diff(start, prepend=-2) == 1) & (np.diff(pair, prepend=-1) == 0)
    run_start = np.maximum.accumulate(np.where(same_run, 0, np.arange(len(start))))
    # In a row of one word every second pair is a little stronger, so that no two neighbours are equal.
    strength = np.append(2 * rank[pair] + (np.arange(len(start)) - run_start + 1) % 2, -1)
    left = np.where(np.diff(start, prepend=-2) == 1, np.arange(len(start)) - 1, len(start))
    right = np.append(np.where(np.diff(start) == 1, np.arange(1, len(start)), len(start)), len(start))[: len(start)]
    taken = np.zeros(len(start), bool)
    open_ = np.arange(len(start))
    while len(open_):
        wins = (strength[open_] > strength[left[open_]]) & (strength[open_] > strength[right[open_]])
        won = open_[wins]
        taken[won] = True
        strength[won] = strength[left[won]] = strength[right[won]] = -1
        open_ = open_[strength[open_] >= 0]
    return np.flatnonzero(taken)


def inside_of(matches: Matches, n_words: int) -> npt.NDArray[np.bool_]:
    """Whether a word stands in a match, but not first in it; shape (n_words,)."""
    inside = np.zeros(n_words, bool)
    for offset in range(1, int(matches.length.max(initial=1))):
        inside[matches.start[matches.length > offset] + offset] = True
    return inside
