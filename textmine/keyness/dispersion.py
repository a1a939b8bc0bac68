"""How evenly a group's posts that hold a term are spread over its blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from textmine.keyness.blocks import Blocks
    from textmine.keyness.observed import Observed

    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int64]


def deviation_of_proportions(observed: Observed, blocks: Blocks, group: Integers, term: Integers) -> Floats:
    """Gries' DP of pairs of group and term, normalised: 0 is spread like all posts of the group, 1 all in one block.

    ``1 - sum over blocks of min(share of the term's posts, share of all posts)``, divided by the most that this can be.

    Parameters
    ----------
    observed, blocks
        Counts of the blocks.
    group, term
        Pairs, both of shape (n_pairs,).

    Returns
    -------
    numpy.ndarray
        Shape (n_pairs,); NaN where the group does not hold the term or has one block only.

    References
    ----------
    Gries 2008, Dispersions and adjusted frequencies in corpora; Lijffijt and Gries 2012 (normalisation).
    """
    counts, sizes = observed.block_posts, observed.block_n_posts
    share = sizes / observed.n_posts[blocks.group]
    least = np.full(len(observed.n_posts), np.inf)
    np.minimum.at(least, blocks.group, share)
    row, pair = _pairs_of_entries(observed, blocks, group, term)
    kept = pair >= 0
    row, pair, data = row[kept], pair[kept], counts.data[kept]
    total = np.bincount(pair, data, minlength=len(group))
    overlap = np.bincount(pair, np.minimum(data / total[pair], share[row]), minlength=len(group))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (1 - overlap) / (1 - least[group])
    return np.where((total > 0) & (least[group] < 1), np.clip(found, 0, 1), np.nan)


def _pairs_of_entries(observed: Observed, blocks: Blocks, group: Integers, term: Integers) -> tuple[Integers, Integers]:
    """Block of each entry of the blocks' counts, and which pair it belongs to, -1 for none."""
    import scipy.sparse as sp

    counts = observed.block_posts
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    if not len(row):  # asked for no place, scipy answers with another kind of array
        return row, row
    place = sp.csr_array((np.arange(1, len(group) + 1), (group, term)), shape=(len(observed.n_posts), counts.shape[1]))
    pair = np.asarray(place[blocks.group[row], counts.indices]).ravel()
    return row, pair - 1
