"""All that keyness needs of a document-term matrix, summed by group and by block in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from textmine.batches import in_order
from textmine.csr import RunningSum, membership, positions, presence, take_columns
from textmine.keyness.texts import counted_copies
from textmine.matrix import n_blocks
from textmine.vocabulary import TERM_KINDS

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from textmine.keyness.blocks import Blocks
    from textmine.keyness.groupings import KeynessGroups
    from textmine.matrix import MatrixSource

    Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Observed:
    """Counts of the terms that stand in enough posts.

    Attributes
    ----------
    terms
        Rows of the vocabulary, shape (n_terms,).
    occurrences, posts, texts
        int64 CSR of shape (n_groups, n_terms): how often, in how many posts, in how many distinct texts of the group.
    accounts, agencies
        int64 CSR of shape (n_groups, n_terms): accounts and agencies of the group that hold a term; an account without
        agency counts as one.
    n_posts, n_texts
        Posts, and distinct texts, of each group, shape (n_groups,).
    n_occurrences
        Occurrences of all terms of each kind, shape (n_groups, n_kinds) in the order of ``TERM_KINDS``.
    block_posts, block_texts
        int64 CSR of shape (n_blocks, n_terms): posts of a block that hold a term, and texts of the whole collection
        that are counted there.
    block_n_posts, block_n_texts
        The same for all posts and texts, shape (n_blocks,).
    """

    terms: Counts
    occurrences: sp.csr_array
    posts: sp.csr_array
    texts: sp.csr_array
    accounts: sp.csr_array
    agencies: sp.csr_array
    n_posts: Counts
    n_texts: Counts
    n_occurrences: Counts
    block_posts: sp.csr_array
    block_texts: sp.csr_array
    block_n_posts: Counts
    block_n_texts: Counts


def observe(
    source: MatrixSource, groups: KeynessGroups, blocks: Blocks, text: npt.NDArray[np.uint64], *, min_texts: int
) -> Observed:
    """Sum a matrix by group and block.

    Parameters
    ----------
    source
        Row i is post i of ``groups``.
    groups, blocks
        Of the posts.
    text
        Key of each post's text, see :mod:`textmine.keyness.texts`.
    min_texts
        Terms in fewer distinct texts are left out.
    """
    import scipy.sparse as sp

    n_groups = len(groups.names)
    accounts, agencies = _Cells.of(groups.group, groups.account), _Cells.of(blocks.group, blocks.agency)
    in_corpus, in_group = counted_copies(text, groups)
    # No term stands in more texts than posts, so this leaves out most of the vocabulary at once.
    frequent = np.flatnonzero(source.vocabulary["document_frequency"].to_numpy() >= min_texts)
    position = positions(frequent, len(source.vocabulary))
    of_post = {  # what the rows of a table are, for each post; which posts count in it
        "posts_of_account": (accounts.of_post, len(accounts.group)),
        "block_posts": (blocks.of_post, blocks.n_blocks),
        "block_texts": (np.where(in_corpus, blocks.of_post, -1), blocks.n_blocks),
        "texts": (np.where(in_group, groups.group, -1), n_groups),
    }
    sums = {name: RunningSum((n_rows, len(frequent))) for name, (_, n_rows) in of_post.items()}
    sums["occurrences"] = RunningSum((n_groups, len(frequent)))
    of_kind = membership(source.vocabulary["kind"].to_physical().to_numpy().astype(np.int64), len(TERM_KINDS)).T
    n_occurrences = np.zeros((n_groups, len(TERM_KINDS)), np.int64)

    def of_block(number: int) -> tuple[Counts, dict[str, sp.csr_array]]:
        whole = source.block(number)
        rows = slice(number * source.batch_rows, number * source.batch_rows + whole.shape[0])
        counts = take_columns(whole, position, len(frequent)).astype(np.int64)
        present = presence(counts)
        group = membership(groups.group[rows], n_groups)
        added = {name: membership(codes[rows], n_rows) @ present for name, (codes, n_rows) in of_post.items()}
        return (group @ (whole @ of_kind)).toarray(), added | {"occurrences": group @ counts}

    for occurrences, added in in_order(of_block, range(n_blocks(source))):
        n_occurrences += occurrences
        for name, each in added.items():
            sums[name].add(each)
    tables = {name: of_name.total() for name, of_name in sums.items()}
    enough = np.flatnonzero(np.asarray(tables["block_texts"].sum(axis=0)).ravel() >= min_texts)
    tables = {name: sp.csr_array(table[:, enough]) for name, table in tables.items()}
    posts_of_account, block_posts = tables.pop("posts_of_account"), tables["block_posts"]
    return Observed(
        terms=frequent[enough],
        posts=sp.csr_array(membership(blocks.group, n_groups) @ block_posts),
        accounts=accounts.holders(posts_of_account, n_groups),
        agencies=agencies.holders(membership(agencies.of_post, len(agencies.group)) @ block_posts, n_groups),
        n_posts=_sizes(groups.group, n_groups),
        n_texts=_sizes(of_post["texts"][0], n_groups),
        n_occurrences=n_occurrences,
        block_n_posts=_sizes(blocks.of_post, blocks.n_blocks),
        block_n_texts=_sizes(of_post["block_texts"][0], blocks.n_blocks),
        **tables,
    )


class _Cells(NamedTuple):
    """What an account (or agency) posted of a group: the cell of each post, -1 for none, and each cell's group."""

    of_post: Counts
    group: Counts

    @classmethod
    def of(cls, group: npt.NDArray[np.integer], member: npt.NDArray[np.integer]) -> _Cells:
        taking_part = group >= 0
        n_members = int(member.max()) + 1
        codes = group[taking_part].astype(np.int64) * n_members + member[taking_part]
        cells, code = np.unique(codes, return_inverse=True)
        of_post = np.full(len(group), -1, np.int64)
        of_post[taking_part] = code
        return cls(of_post, cells // n_members)

    def holders(self, counts: sp.csr_array, n_groups: int) -> sp.csr_array:
        """How many cells of each group hold a term at all."""
        import scipy.sparse as sp

        return sp.csr_array(membership(self.group, n_groups) @ presence(counts))


def _sizes(codes: npt.NDArray[np.integer], n_codes: int) -> Counts:
    """How many rows have each code; -1 is none."""
    return np.bincount(codes[codes >= 0], minlength=n_codes)
