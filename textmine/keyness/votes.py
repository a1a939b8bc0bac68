"""A test of each term in each group that bursts and repeated texts cannot fool: blocks vote.

A block votes for a term when it holds it in more of its texts than all blocks do on average. If a group used the term
like the others, its blocks would vote as often as theirs, whatever goes on inside a block: the votes of the group are
then hypergeometric, and the p-values are exact; what lasts longer than a block is allowed for by
:mod:`textmine.keyness.persistence`. Where votes depend on how large a block is (rare terms), a group with
larger blocks has more of them; the p-value is the larger of the one that allows for it and the one that does not.

References
----------
Mood 1950 (the median test, of which this is one-sided tails with another threshold). That texts, not words, are the
unit of a keyness test: Lijffijt, Nevalainen, Säily, Papapetrou, Puolamäki and Mannila 2016, Significance testing of
word frequencies in corpora, Digital Scholarship in the Humanities 31.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from textmine.csr import membership
from textmine.keyness.persistence import design_effects

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from textmine.keyness.blocks import Blocks
    from textmine.keyness.observed import Observed

    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Votes:
    """Votes of the blocks.

    Attributes
    ----------
    by_group
        int64 CSR of shape (n_groups, n_terms).
    total
        Votes of all groups, shape (n_terms,).
    n_blocks
        Blocks with texts, of each group, shape (n_groups,).
    sized_share
        Share of the votes that the sizes of its blocks let a group expect, shape (n_groups, n_frequencies).
    frequency
        Column of ``sized_share`` of each term, shape (n_terms,).
    effect
        How many votes are worth one, shape (n_terms,): see :mod:`textmine.keyness.persistence`.
    """

    by_group: sp.csr_array
    total: Integers
    n_blocks: Integers
    sized_share: Floats
    frequency: Integers
    effect: Floats

    def p_values(self, groups: slice, *, more: npt.NDArray[np.bool_]) -> Floats:
        """Two-sided p-values, each for the direction that is asked for.

        Parameters
        ----------
        groups
            Some groups.
        more
            Whether the group seems to use the term more than the others, shape (groups, n_terms).

        Returns
        -------
        numpy.ndarray
            Shape (groups, n_terms): twice the tail in that direction, at most 1.
        """
        votes = self.by_group[groups].toarray()
        all_blocks = max(int(self.n_blocks.sum()), 1)
        flat = self.n_blocks[groups, None] / all_blocks
        sized = self.sized_share[groups][:, self.frequency]
        # Rounded against the finding.
        upper = np.minimum(np.ceil(all_blocks * np.maximum(flat, sized) - 1e-9), all_blocks).astype(np.int64)
        lower = np.floor(all_blocks * np.minimum(flat, sized) + 1e-9).astype(np.int64)
        total = np.broadcast_to(self.total, votes.shape)
        # The median of a hypergeometric variable is its mean, rounded down or up: on the near side of it both tails
        # together are 1, and at 0 they are where the mean is a half or less.
        far = more & (votes > np.floor(upper * total / all_blocks))
        near_zero = (votes == 0) & (lower * total <= all_blocks / 2)
        few = ~more & (votes < np.ceil(lower * total / all_blocks)) & ~near_zero
        p = np.ones(votes.shape)
        p[far] = _tails(votes[far], all_blocks, upper[far], total[far], upper_tail=True)
        p[few] = _tails(votes[few], all_blocks, lower[few], total[few], upper_tail=False)
        return np.asarray(np.minimum(2 * p ** (1 / self.effect), 1.0))


def _tails(votes: Integers, n_blocks: int, of_group: Integers, total: Integers, *, upper_tail: bool) -> Floats:
    """Hypergeometric tails, votes included; each different one is computed once."""
    from scipy.stats import hypergeom

    bits = int(n_blocks).bit_length()
    if bits > 21:
        different, at = np.unique(np.stack([votes, of_group, total]), axis=1, return_inverse=True)
    else:
        codes, at = np.unique((votes << 2 * bits) | (of_group << bits) | total, return_inverse=True)
        mask = (1 << bits) - 1
        different = np.stack([codes >> 2 * bits, codes >> bits & mask, codes & mask])
    k, n, drawn = different
    tails = hypergeom.sf(k - 1, n_blocks, n, drawn) if upper_tail else hypergeom.cdf(k, n_blocks, n, drawn)
    return np.asarray(tails[at.ravel()])


def count_votes(observed: Observed, blocks: Blocks, n_groups: int) -> Votes:
    """Let the blocks vote.

    Parameters
    ----------
    observed
        Counts of the blocks.
    blocks
        Their groups.
    n_groups
        How many groups there are.
    """
    import scipy.sparse as sp

    texts, sizes = observed.block_texts, observed.block_n_texts
    seen = np.asarray(texts.sum(axis=0)).ravel()
    row = np.repeat(np.arange(texts.shape[0]), np.diff(texts.indptr))
    # In whole numbers, so that a block that is exactly like the average does not vote on one machine only.
    votes_for = texts.data * sizes.sum() > seen[texts.indices] * sizes[row]
    ends = np.concatenate([[0], np.cumsum(votes_for)])
    votes = sp.csr_array(
        (np.ones(int(ends[-1]), np.int64), texts.indices[votes_for], ends[texts.indptr]), shape=texts.shape
    )
    by_group = sp.csr_array(membership(blocks.group, n_groups) @ votes)
    frequencies, frequency = np.unique(seen, return_inverse=True)
    return Votes(
        by_group,
        np.asarray(by_group.sum(axis=0)).ravel(),
        np.bincount(blocks.group[sizes > 0], minlength=n_groups),
        _sized_shares(frequencies, sizes, blocks.group, n_groups),
        frequency,
        design_effects(votes, blocks, sizes > 0),
    )


def _sized_shares(frequencies: Integers, sizes: Integers, group: Integers, n_groups: int) -> Floats:
    """Expected share of each group when texts are independent draws, shape (n_groups, n_frequencies)."""
    from scipy.special import bdtrc

    different, size_of = np.unique(sizes, return_inverse=True)
    histogram = np.zeros((n_groups, len(different)))
    np.add.at(histogram, (group, size_of), 1.0)
    rate = frequencies / sizes.sum()
    most = frequencies[None, :] * different[:, None] // sizes.sum()  # the most texts that are no vote
    voting = bdtrc(most, different[:, None], np.broadcast_to(rate, most.shape))
    expected = histogram @ np.where(different[:, None] > most, voting, 0.0)
    return np.asarray(expected / np.maximum(expected.sum(axis=0), np.finfo(float).tiny))
