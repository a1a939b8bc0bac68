"""A sample of distinct posts that does not depend on the order of the posts, drawn in one pass.

Each post is hashed by its terms and counts, with the seed; the posts with the smallest hashes are kept (bottom-k
sampling, Cohen and Kaplan 2007). Posts with equal terms have equal hashes and are kept once: a campaign text that is
posted three hundred times is one text, and does not make a topic by repetition. The sample comes out in order of the
hashes, so swapped rows give the same matrix, bit for bit, and so the same topics.

References
----------
Cohen, E., and Kaplan, H. (2007). Summarizing data using bottom-k sketches. PODC 2007, 225-234.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp


@dataclass(frozen=True)
class DistinctPosts:
    """Distinct posts in order of their hashes.

    Parameters
    ----------
    counts
        Term counts, shape (n_distinct, n_terms).
    hashes
        uint64, ascending, shape (n_distinct,).
    complete
        Whether these are all distinct posts, not a sample of them.
    keys
        Smallest key of the posts with these terms, int64, shape (n_distinct,).
    """

    counts: sp.csr_array
    hashes: npt.NDArray[np.uint64]
    complete: bool
    keys: npt.NDArray[np.int64]

    @property
    def digest(self) -> str:
        """SHA-256 over the hashes: tells whether a model was fitted on these posts."""
        return hash_digest(self.hashes)


def hash_digest(hashes: npt.NDArray[np.uint64]) -> str:
    """SHA-256 over the hashes of posts, whatever their order."""
    return hashlib.sha256(np.sort(hashes).astype("<u8").tobytes()).hexdigest()


def sample_distinct(
    blocks: Iterable[sp.csr_array],
    terms: Sequence[str],
    *,
    limit: int,
    seed: int = 0,
    keys: npt.NDArray[np.int64] | None = None,
) -> DistinctPosts:
    """Draw up to ``limit`` distinct posts that hold at least one term.

    Parameters
    ----------
    blocks
        Term counts, each of shape (rows, n_terms).
    terms
        A string for each column; the hash of a post is made of them, not of column numbers.
    limit
        Posts to keep at most.
    seed
        Another seed draws another sample.
    keys
        Key of every post in all blocks, shape (n_posts,); zeros if None.

    Returns
    -------
    DistinctPosts
        Shape (at most ``limit``, n_terms).
    """
    import scipy.sparse as sp

    hashed = _hash_terms(terms, seed)
    empty = _Part(sp.csr_array((0, len(terms)), dtype=np.int32), np.zeros(0, np.uint64), np.zeros(0, np.int64))
    kept, complete, start = empty, True, 0
    waiting: list[_Part] = []
    for block in blocks:
        rows = np.flatnonzero(np.diff(block.indptr))
        filled = block[rows]
        of_rows = np.zeros(len(rows), np.int64) if keys is None else keys[start + rows]
        part = _Part(filled, _hash_posts(filled, hashed), of_rows)
        start += block.shape[0]
        if len(kept.hashes) == limit:
            # A post beyond the largest kept hash can no longer enter the sample.
            inside = np.flatnonzero(part.hashes <= kept.hashes[-1])
            complete = complete and len(inside) == len(rows)
            part = part.rows(inside)
        waiting.append(part)
        if sum(len(each.hashes) for each in waiting) >= max(limit, 1):
            kept, whole = _smallest([kept, *waiting], limit)
            complete, waiting = complete and whole, []
    kept, whole = _smallest([kept, *waiting], limit)
    return DistinctPosts(kept.counts, kept.hashes, complete and whole, kept.keys)


class _Part(NamedTuple):
    """Posts with their hashes and keys."""

    counts: sp.csr_array
    hashes: npt.NDArray[np.uint64]
    keys: npt.NDArray[np.int64]

    def rows(self, rows: npt.NDArray[np.int64]) -> _Part:
        return _Part(self.counts[rows], self.hashes[rows], self.keys[rows])


def _smallest(parts: list[_Part], limit: int) -> tuple[_Part, bool]:
    """Distinct posts with the smallest hashes, and whether none was left out."""
    import scipy.sparse as sp

    hashes, keys = (np.concatenate([getattr(part, name) for part in parts]) for name in ("hashes", "keys"))
    order = np.lexsort((keys, hashes))  # of equal posts the one with the smallest key, whatever their order
    first = order[np.flatnonzero(np.diff(hashes[order], prepend=hashes[order][:1] + np.uint64(1)))]
    kept = first[:limit]
    counts = sp.csr_array(sp.vstack([part.counts for part in parts], format="csr")[kept])
    return _Part(counts, hashes[kept], keys[kept]), len(first) <= limit


def _hash_terms(terms: Sequence[str], seed: int) -> npt.NDArray[np.uint64]:
    digests = b"".join(hashlib.blake2b(f"{seed}\t{term}".encode(), digest_size=8).digest() for term in terms)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def _hash_posts(counts: sp.csr_array, hashed_terms: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Sum of mixed (term, count) pairs modulo 2^64: free of the order of columns; no row may be empty."""
    if counts.shape[0] == 0:
        return np.zeros(0, np.uint64)
    times = counts.data.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    pairs = _mix(hashed_terms[counts.indices] ^ times)
    return _mix(np.add.reduceat(pairs, counts.indptr[:-1].astype(np.int64), dtype=np.uint64))


def _mix(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
