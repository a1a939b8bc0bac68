"""The network of hashtags used together: counts, NPMI weights and Leiden communities.

References
----------
G. Bouma, "Normalized (pointwise) mutual information in collocation extraction", 2009; V. A. Traag, L. Waltman and
N. J. van Eck, "From Louvain to Leiden: guaranteeing well-connected communities", *Scientific Reports* 9, 2019.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.hashtags.uses import MIN_POSTS, HashtagUses

if TYPE_CHECKING:
    import igraph
    import numpy.typing as npt

MIN_TOGETHER: Final = 3
"""Posts that two hashtags must share to be joined: two posts may be chance, whatever their NPMI."""

MIN_NPMI: Final = 0.1
"""Weaker ties are left out: half of all pairs that meet by chance have an NPMI just above 0."""

RESOLUTION: Final = 1.0
_LABEL_HASHTAGS: Final = 3

NODES_SCHEMA: Final = pl.Schema(
    {
        "hashtag": pl.String(),
        "spelling": pl.String(),
        "posts": pl.UInt32(),
        "community": pl.UInt32(),
        "neighbours": pl.UInt32(),
        "strength": pl.Float64(),
    }
)
PAIRS_SCHEMA: Final = pl.Schema(
    {
        "hashtag": pl.String(),
        "other": pl.String(),
        "spelling": pl.String(),
        "other_spelling": pl.String(),
        "posts": pl.UInt32(),
        "npmi": pl.Float64(),
        "community": pl.UInt32(),
    }
)
COMMUNITIES_SCHEMA: Final = pl.Schema(
    {
        "community": pl.UInt32(),
        "label": pl.String(),
        "n_hashtags": pl.UInt32(),
        "hashtags": pl.List(pl.String()),
        "posts": pl.UInt32(),
        "accounts": pl.UInt32(),
        "agencies": pl.UInt32(),
        "inner_npmi": pl.Float64(),
    }
)


@dataclass(frozen=True)
class HashtagNetwork:
    """Hashtags that are used together.

    Parameters
    ----------
    nodes
        ``NODES_SCHEMA``, every hashtag with enough posts, the most frequent first. ``community`` is null for a hashtag
        that is joined to no other; ``neighbours`` counts its edges, ``strength`` adds their NPMI.
    pairs
        ``PAIRS_SCHEMA``, a row an edge, the strongest first; ``community`` is that of both, null where they differ.
    communities
        ``COMMUNITIES_SCHEMA``, numbered from 1 by their posts; ``label`` is made of the hashtags with the most posts,
        ``inner_npmi`` is the mean NPMI of the edges inside.
    resolution
        That the communities were found with.
    """

    nodes: pl.DataFrame
    pairs: pl.DataFrame
    communities: pl.DataFrame
    resolution: float = RESOLUTION

    @property
    def edges(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Rows of ``nodes`` that each pair joins, both of shape (n_pairs,)."""
        place = {hashtag: number for number, hashtag in enumerate(self.nodes["hashtag"])}
        first, second = (
            self.pairs[name].replace_strict(place, return_dtype=pl.Int64).to_numpy()
            if len(self.pairs)
            else np.zeros(0, np.int64)
            for name in ("hashtag", "other")
        )
        return first, second

    @property
    def modularity(self) -> float:
        """Modularity of the communities with NPMI weights; NaN without edges."""
        if self.pairs.is_empty():
            return float("nan")
        graph = graph_of(len(self.nodes), *self.edges)
        alone = pl.int_range(pl.len()) + len(self.communities) + 1
        membership = self.nodes.select(pl.coalesce("community", alone.cast(pl.UInt32))).to_series().to_list()
        weights = self.pairs["npmi"].to_list()
        return float(graph.modularity(membership, weights=weights, resolution=self.resolution))


def hashtag_network(
    uses: HashtagUses,
    *,
    min_posts: int = MIN_POSTS,
    min_together: int = MIN_TOGETHER,
    min_npmi: float = MIN_NPMI,
    resolution: float = RESOLUTION,
    seed: int = 0,
) -> HashtagNetwork:
    """Join hashtags that stand in the same posts more often than chance would have it.

    Parameters
    ----------
    uses
        From :func:`textmine.hashtags.hashtag_uses`.
    min_posts
        Hashtags with fewer posts are no nodes.
    min_together
        Hashtags with fewer posts in common are not joined.
    min_npmi
        Hashtags with a lower NPMI are not joined; 0 or more.
    resolution
        Of the communities: above 1 gives more and smaller ones.
    seed
        Of the Leiden algorithm. The order of the posts changes nothing.

    Returns
    -------
    HashtagNetwork
        NPMI is taken over the posts that carry a hashtag: -1 never together, 0 as chance
        has it, 1 never apart.
    """
    frequent = uses.frequent(min_posts)
    tags = frequent["tag"].unique().sort()
    first, second, together = _pairs(frequent, tags)
    posts = uses.frequency["posts"].gather(tags).to_numpy().astype(np.float64)
    npmi = _npmi(together, posts[first], posts[second], uses.n_posts_with_hashtags)
    kept = (together >= min_together) & (npmi >= min_npmi) & (npmi > 0)
    first, second, together, npmi = first[kept], second[kept], together[kept], npmi[kept]
    membership = communities_of(len(tags), first, second, npmi, resolution=resolution, seed=seed)
    community = _numbered(membership, frequent, tags)
    nodes = _nodes(uses, tags, posts, community, first, second, npmi)
    pairs = _pair_table(uses, tags, community, first, second, together, npmi)
    return HashtagNetwork(nodes, pairs, _communities(uses, frequent, tags, community, pairs), resolution)


def _pairs(
    frequent: pl.DataFrame, tags: pl.Series
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Positions of the hashtags that share posts, the smaller first, sorted, and how many posts they share."""
    import scipy.sparse as sp

    column = np.searchsorted(tags.to_numpy(), frequent["tag"].to_numpy())
    row = frequent["post"].to_numpy()
    n_rows = int(row.max()) + 1 if len(row) else 0
    carries = sp.csr_array((np.ones(len(row), np.int32), (row, column)), shape=(n_rows, len(tags)))
    both = sp.triu(carries.T @ carries, k=1).tocsr()
    both.sort_indices()
    found = both.tocoo()
    return found.row.astype(np.int64), found.col.astype(np.int64), found.data.astype(np.int64)


def _npmi(
    together: npt.NDArray[np.int64], one: npt.NDArray[np.float64], other: npt.NDArray[np.float64], n_posts: int
) -> npt.NDArray[np.float64]:
    if not len(together):
        return np.zeros(0)
    joint = together / n_posts
    with np.errstate(divide="ignore", invalid="ignore"):
        npmi = np.log(joint * n_posts * n_posts / (one * other)) / -np.log(joint)
    # In every post together: one of a kind, not a tie worth drawing.
    return np.asarray(np.where(joint < 1, npmi, 0.0))


def communities_of(
    n_nodes: int,
    first: npt.NDArray[np.int64],
    second: npt.NDArray[np.int64],
    weight: npt.NDArray[np.float64],
    *,
    resolution: float = RESOLUTION,
    seed: int = 0,
) -> npt.NDArray[np.int64]:
    """Leiden communities by modularity.

    Parameters
    ----------
    n_nodes
        Number of nodes.
    first, second, weight
        Ends and weights of the edges, shape (n_edges,).
    resolution, seed
        As for :func:`hashtag_network`.

    Returns
    -------
    numpy.ndarray
        Number of each node's community, int64, shape (n_nodes,).
    """
    if not len(first):
        return np.arange(n_nodes)
    graph = graph_of(n_nodes, first, second)
    weights = weight.tolist()
    with seeded(seed):
        found = graph.community_leiden(
            objective_function="modularity", weights=weights, resolution=resolution, n_iterations=-1
        )
    return np.asarray(found.membership, np.int64)


def graph_of(n_nodes: int, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> igraph.Graph:
    """Graph of igraph over nodes 0 to ``n_nodes - 1``."""
    import igraph

    return igraph.Graph(n=n_nodes, edges=np.column_stack([first, second]).tolist())


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Lend igraph a generator of our own: it draws from one for the whole process, which it gets back."""
    import igraph

    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 - no secret
    try:
        yield
    finally:
        igraph.set_random_number_generator(random)


def _numbered(membership: npt.NDArray[np.int64], frequent: pl.DataFrame, tags: pl.Series) -> npt.NDArray[np.int64]:
    """Communities of two or more by their posts, from 1; 0 for hashtags on their own."""
    table = pl.DataFrame({"tag": tags, "found": membership})
    sizes = table.group_by("found").agg(pl.len().alias("size"), pl.col("tag").min().alias("lead"))
    posts = frequent.join(table, on="tag").group_by("found").agg(pl.col("post").n_unique().alias("posts"))
    ranked = (
        sizes.filter(pl.col("size") > 1)
        .join(posts, on="found")
        .sort("posts", "lead", descending=[True, False])
        .with_row_index("community", offset=1)
    )
    number = np.zeros(int(membership.max(initial=0)) + 1, np.int64)
    number[ranked["found"].to_numpy()] = ranked["community"].to_numpy()
    return np.asarray(number[membership])


def _nodes(
    uses: HashtagUses,
    tags: pl.Series,
    posts: npt.NDArray[np.float64],
    community: npt.NDArray[np.int64],
    first: npt.NDArray[np.int64],
    second: npt.NDArray[np.int64],
    npmi: npt.NDArray[np.float64],
) -> pl.DataFrame:
    ends, both = np.concatenate([first, second]), np.concatenate([npmi, npmi])
    table = pl.DataFrame(
        {
            "tag": tags,
            "posts": posts,
            "community": pl.Series(community).replace(0, None),
            "neighbours": np.bincount(ends, minlength=len(tags)),
            "strength": np.bincount(ends, both, minlength=len(tags)),
        }
    )
    named = uses.named(table).select(pl.col(name).cast(dtype) for name, dtype in NODES_SCHEMA.items())
    return named.sort("posts", "hashtag", descending=[True, False])


def _pair_table(
    uses: HashtagUses,
    tags: pl.Series,
    community: npt.NDArray[np.int64],
    first: npt.NDArray[np.int64],
    second: npt.NDArray[np.int64],
    together: npt.NDArray[np.int64],
    npmi: npt.NDArray[np.float64],
) -> pl.DataFrame:
    one, other = uses.hashtags[tags.gather(first)], uses.hashtags[tags.gather(second)]
    same = np.where(community[first] == community[second], community[first], 0)
    table = pl.DataFrame(
        {
            "hashtag": one["hashtag"],
            "other": other["hashtag"],
            "spelling": one["spelling"],
            "other_spelling": other["spelling"],
            "posts": together,
            "npmi": npmi,
            "community": pl.Series(same, dtype=pl.Int64).replace(0, None),
        }
    ).select(pl.col(name).cast(dtype) for name, dtype in PAIRS_SCHEMA.items())
    return table.sort("npmi", "posts", "hashtag", "other", descending=[True, True, False, False])


def _communities(
    uses: HashtagUses,
    frequent: pl.DataFrame,
    tags: pl.Series,
    community: npt.NDArray[np.int64],
    pairs: pl.DataFrame,
) -> pl.DataFrame:
    table = pl.DataFrame({"tag": tags, "community": community}).filter(pl.col("community") > 0)
    names = uses.named(table.join(uses.frequency, on="tag")).sort(
        "community", "posts", "hashtag", descending=[False, True, False]
    )
    described = names.group_by("community", maintain_order=True).agg(
        pl.len().alias("n_hashtags"), pl.col("spelling").alias("hashtags")
    )
    joined = uses.with_posts(frequent.join(table, on="tag"), "account", "agency")
    users = joined.group_by("community").agg(
        pl.col("post").n_unique().alias("posts"),
        pl.col("account").n_unique().alias("accounts"),
        pl.col("agency").n_unique().alias("agencies"),
    )
    inside = pairs.drop_nulls("community")
    # Added up in the order of the pairs: a group-by on several threads would differ in the last digits.
    sums = np.bincount(inside["community"].to_numpy(), inside["npmi"].to_numpy())
    edges = np.bincount(inside["community"].to_numpy(), minlength=len(sums))
    inner = pl.DataFrame({"community": np.arange(len(sums)), "inner_npmi": sums / np.maximum(edges, 1)})
    label = pl.col("hashtags").list.head(_LABEL_HASHTAGS).list.join(" ")
    return (
        described.join(users, on="community")
        .join(inner, on="community", how="left")
        .with_columns(label.alias("label"))
        .select(pl.col(name).cast(dtype) for name, dtype in COMMUNITIES_SCHEMA.items())
        .sort("community")
    )
