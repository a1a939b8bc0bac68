"""How new a post is beside the past of its own agency, in words and in topics.

The past of a post is what its agency was credited with on earlier days, on all platforms: the same news on the same
day elsewhere is not old news. Words: 1 minus the cosine between the post's TF-IDF vector and the sum of those of the
past, each of length 1. Topics: the Jensen-Shannon divergence, in bits, between the post's topic weights and the mean
of the past's.

Both need, at each day, what has been added up of every term of every agency. That is kept as sparse sums of (agency,
term) that grow with what agencies say, and moved forward by chunks of days; nothing is approximated.

References
----------
Allan, J., Lavrenko, V. and Jin, H. (2000). First story detection in TDT is hard. CIKM (cosine to what came before).
Barron, A. T. J., Huang, J., Spang, R. L. and DeDeo, S. (2018). Individuals, institutions, and innovation in the
debates of the French Revolution. PNAS 115(18), 4607-4612 (novelty as divergence from the past's topics).
Lin, J. (1991). Divergence measures based on the Shannon entropy. IEEE Transactions on Information Theory 37(1),
145-151.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    Floats = npt.NDArray[np.float64]
    Codes = npt.NDArray[np.int64]

CHUNK_POSTS: Final = 65_536
"""Posts a chunk of days, roughly; a chunk is at least a day."""


@dataclass(frozen=True)
class Timeline:
    """Whose each post is, when it was published, and whether it counts.

    Parameters
    ----------
    owner
        Code of the agency, shape (n_posts,).
    day
        Day since 1970, shape (n_posts,).
    credited
        Whether the post becomes part of the past of later ones, shape (n_posts,).
    """

    owner: npt.NDArray[np.int32]
    day: npt.NDArray[np.int32]
    credited: npt.NDArray[np.bool_]

    def chunks(self, size: int = CHUNK_POSTS) -> Iterator[Codes]:
        """Rows of consecutive days, ascending within a chunk."""
        if not len(self.day):
            return
        order = np.argsort(self.day, kind="stable")
        days = self.day[order]
        starts = np.flatnonzero(np.diff(days, prepend=days[0] - 1))
        chunk_of_day = starts // size
        first = starts[np.flatnonzero(np.diff(chunk_of_day, prepend=-1))]
        for start, end in zip(first, [*first[1:], len(order)], strict=True):
            yield np.sort(order[start:end])


@dataclass(frozen=True)
class Before:
    """What the agencies of some posts had said on earlier days.

    Parameters
    ----------
    sums
        For each stored entry of the posts' matrix, what had been added up of the same column: shape (n_entries,).
    curve
        Sum over all columns of the curve of what had been added up: shape (n_rows,).
    posts
        Posts that had been added up, shape (n_rows,).
    """

    sums: Floats
    curve: Floats
    posts: Codes


class Past:
    """Adds up the vectors of agencies day by day.

    Parameters
    ----------
    curve
        Function of the sum of a column, 0 at 0, whose total over the columns is wanted (squares for a length).

    Examples
    --------
    >>> import scipy.sparse as sp
    >>> past = Past(np.square)
    >>> said = sp.csr_array(np.array([[1.0, 0.0], [2.0, 1.0]]))
    >>> before = past.add(said, owner=np.array([0, 0]), day=np.array([1, 2]), counts=np.array([True, True]))
    >>> before.sums.tolist(), before.curve.tolist(), before.posts.tolist()
    ([0.0, 1.0, 0.0], [0.0, 1.0], [0, 1])
    """

    def __init__(self, curve: Callable[[Floats], Floats]) -> None:
        self._curve = curve
        self._keys = np.zeros(0, np.int64)
        self._sums = np.zeros(0)
        self._owners = np.zeros(0, np.int64)
        self._curves = np.zeros(0)
        self._posts = np.zeros(0)

    def add(
        self,
        vectors: sp.csr_array,
        *,
        owner: npt.NDArray[np.integer],
        day: npt.NDArray[np.integer],
        counts: npt.NDArray[np.bool_],
    ) -> Before:
        """Say what was there before each post, then add the posts; days must come in order from call to call.

        Parameters
        ----------
        vectors
            Shape (n_rows, n_columns).
        owner, day, counts
            Agency and day of each row, and whether it becomes part of the past, shape (n_rows,).
        """
        n_rows, n_columns = vectors.shape
        rows = np.repeat(np.arange(n_rows), np.diff(vectors.indptr))
        weight = np.where(counts[rows], vectors.data, 0.0)
        key = owner.astype(np.int64)[rows] * n_columns + vectors.indices
        held = _Steps(key, day[rows])
        added = _sums(held.place, weight, held.n)
        carried = _look_up(self._keys, self._sums, held.key)
        before = carried + held.so_far(added)
        grown = self._curve(before + added) - self._curve(before)
        of_owner = _Steps(owner.astype(np.int64), day)
        # The owner's step in which each (owner, column, day) lies.
        step = np.zeros(held.n, np.int64)
        step[held.place] = of_owner.place[rows]
        growth = _sums(step, grown, of_owner.n)
        posts = _sums(of_owner.place, counts.astype(np.float64), of_owner.n)
        curve = _look_up(self._owners, self._curves, of_owner.key) + of_owner.so_far(growth)
        seen = _look_up(self._owners, self._posts, of_owner.key) + of_owner.so_far(posts)
        self._keys, (self._sums,) = _merge(self._keys, held.key, [(self._sums, added)])
        self._owners, (self._curves, self._posts) = _merge(
            self._owners, of_owner.key, [(self._curves, growth), (self._posts, posts)]
        )
        return Before(before[held.place], curve[of_owner.place], seen[of_owner.place].astype(np.int64))


class _Steps:
    """Distinct pairs of a key and a day, in order.

    ``place`` is the pair of each entry, ``key`` the key of each pair.
    """

    def __init__(self, key: Codes, day: npt.NDArray[np.integer]) -> None:
        since = day.astype(np.int64) - (int(day.min()) if len(day) else 0)
        n_days = int(since.max()) + 1 if len(since) else 1
        pairs, self.place = np.unique(key * n_days + since, return_inverse=True)
        self.key = pairs // n_days
        self.n = len(pairs)

    def so_far(self, added: Floats) -> Floats:
        """What earlier days of the same key have added, shape (n_pairs,)."""
        total = np.cumsum(added) - added
        first = np.flatnonzero(np.diff(self.key, prepend=-1))
        start = np.repeat(total[first], np.diff([*first, self.n]))
        behind: Floats = total - start
        return behind


def _look_up(keys: Codes, values: Floats, wanted: Codes) -> Floats:
    """Values of keys, 0 where there is none; ``keys`` ascend."""
    if not len(keys):
        return np.zeros(len(wanted))
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found: Floats = np.where(keys[place] == wanted, values[place], 0.0)
    return found


def _merge(keys: Codes, more: Codes, values: list[tuple[Floats, Floats]]) -> tuple[Codes, list[Floats]]:
    """Add values to those of the same key."""
    joined, place = np.unique(np.concatenate([keys, more]), return_inverse=True)
    return joined, [_sums(place, np.concatenate(both), len(joined)) for both in values]


def _sums(codes: Codes, weights: Floats, n: int) -> Floats:
    return np.bincount(codes, weights, n).astype(np.float64)
