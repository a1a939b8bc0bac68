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
from typing import TYPE_CHECKING

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
    """

    counts: sp.csr_array
    hashes: npt.NDArray[np.uint64]
    complete: bool

    @property
    def digest(self) -> str:
        """SHA-256 over the hashes: tells whether a model was fitted on these posts."""
        return hashlib.sha256(self.hashes.astype("<u8").tobytes()).hexdigest()


def sample_distinct(
    blocks: Iterable[sp.csr_array], terms: Sequence[str], *, limit: int, seed: int = 0
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

    Returns
    -------
    DistinctPosts
        Shape (at most ``limit``, n_terms).
    """
    import scipy.sparse as sp

    hashed = _hash_terms(terms, seed)
    kept, hashes, complete = sp.csr_array((0, len(terms)), dtype=np.int32), np.zeros(0, np.uint64), True
    waiting: list[tuple[sp.csr_array, npt.NDArray[np.uint64]]] = []
    for block in blocks:
        filled = block[np.flatnonzero(np.diff(block.indptr))]
        new = _hash_posts(filled, hashed)
        if len(hashes) == limit:
            # A post beyond the largest kept hash can no longer enter the sample.
            inside = np.flatnonzero(new <= hashes[-1])
            complete = complete and len(inside) == len(new)
            filled, new = filled[inside], new[inside]
        waiting.append((filled, new))
        if sum(len(part) for _, part in waiting) >= max(limit, 1):
            kept, hashes, whole = _smallest([(kept, hashes), *waiting], limit)
            complete, waiting = complete and whole, []
    kept, hashes, whole = _smallest([(kept, hashes), *waiting], limit)
    return DistinctPosts(kept, hashes, complete and whole)


def _smallest(
    parts: list[tuple[sp.csr_array, npt.NDArray[np.uint64]]], limit: int
) -> tuple[sp.csr_array, npt.NDArray[np.uint64], bool]:
    """Distinct posts with the smallest hashes, and whether none was left out."""
    import scipy.sparse as sp

    distinct, first = np.unique(np.concatenate([hashes for _, hashes in parts]), return_index=True)
    counts = sp.vstack([block for block, _ in parts], format="csr")[first[:limit]]
    return sp.csr_array(counts), distinct[:limit], len(distinct) <= limit


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
