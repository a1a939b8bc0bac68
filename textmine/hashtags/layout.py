"""Where each hashtag of a network picture stands: near those it is used with, and no label on another.

References
----------
T. M. J. Fruchterman and E. M. Reingold, "Graph drawing by force-directed placement", 1991; the boxes are pushed apart
along the shorter overlap, as in T. Dwyer, K. Marriott and P. J. Stuckey, "Fast node overlap removal", 2005.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import numpy as np

from textmine.hashtags.network import graph_of, seeded

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int64]

_ROUNDS: Final = 2_000
_ROOM: Final = 2.4
"""Area of the picture over that of all boxes."""

_BY_RANK: Final = 0.7
_LINK_INSIDE: Final = 0.3
"""Weight that draws the hashtags of a community together beside their own edges, so that each forms a group."""


def network_layout(
    first: Integers, second: Integers, weight: Floats, community: Integers, boxes: Floats, *, width: float, seed: int
) -> Floats:
    """Place the boxes of a network.

    Parameters
    ----------
    first, second, weight
        Edges, each of shape (n_edges,).
    community
        Number of each node's community, shape (n_nodes,).
    boxes
        Width and height of each node with its label, shape (n_nodes, 2).
    width
        Of the whole; no box lies outside of it unless it is wider itself. The height follows.
    seed
        Of the layout.

    Returns
    -------
    numpy.ndarray
        Left and upper edge of each box, shape (n_nodes, 2), from 0 on; no two boxes overlap.
    """
    n_nodes = len(boxes)
    if not n_nodes:
        return np.zeros((0, 2))
    centres = _spring(n_nodes, first, second, weight, community, seed)
    width = max(width, float(boxes[:, 0].max()))
    height = _ROOM * float((boxes[:, 0] * boxes[:, 1]).sum()) / width
    half = boxes / 2
    room = np.array([width, height]) - boxes
    centres = half + _evened(centres) * np.maximum(room, 0)
    corners = _apart(centres, boxes, width) - half
    corners[:, 1] -= corners[:, 1].min()
    return np.asarray(corners)


def _evened(centres: Floats) -> Floats:
    """Places from 0 to 1, mostly by rank: a few far groups would squeeze all others into a corner."""
    spread = np.ptp(centres, axis=0)
    linear = (centres - centres.min(axis=0)) / np.where(spread > 0, spread, 1)
    rank = np.argsort(np.argsort(centres, axis=0, kind="stable"), axis=0) / max(len(centres) - 1, 1)
    return np.asarray((1 - _BY_RANK) * linear + _BY_RANK * rank)


def _spring(n_nodes: int, first: Integers, second: Integers, weight: Floats, community: Integers, seed: int) -> Floats:
    """Centres by Fruchterman and Reingold, with weak ties inside each community and between neighbours in number."""
    order = np.lexsort((np.arange(n_nodes), community))
    same = community[order[:-1]] == community[order[1:]]
    # A chain over all nodes, community by community: without it, parts that are not joined fly apart.
    ends = np.column_stack([order[:-1], order[1:]])
    weights = np.concatenate([weight, np.where(same, _LINK_INSIDE, _LINK_INSIDE / 10)])
    graph = graph_of(n_nodes, np.concatenate([first, ends[:, 0]]), np.concatenate([second, ends[:, 1]]))
    draw = random.Random(seed)  # noqa: S311 - no secret
    start = [[draw.uniform(-1, 1), draw.uniform(-1, 1)] for _ in range(n_nodes)]
    with seeded(seed):
        placed = graph.layout_fruchterman_reingold(weights=weights.tolist(), seed=start, niter=1000, grid="nogrid")
    return np.asarray(placed.coords, np.float64)


def _apart(centres: Floats, boxes: Floats, width: float) -> Floats:
    """Push boxes apart, each pair along the direction in which they overlap least, until none overlaps."""
    centres = centres.copy()
    needed = (boxes[:, None] + boxes[None, :]) / 2
    upper = np.triu_indices(len(boxes), k=1)
    needed = needed[upper]
    for turn in range(_ROUNDS):
        gap = centres[upper[1]] - centres[upper[0]]
        overlap = needed - np.abs(gap)
        hit = np.flatnonzero((overlap > 1e-6).all(axis=1))
        if not len(hit):
            break
        axis = overlap[hit].argmin(axis=1)
        amount = overlap[hit, axis] * 0.5 + 1e-3
        # Equal places are told apart by their order; later rounds push harder, so that crowds come to rest.
        direction = np.where(gap[hit, axis] >= 0, 1.0, -1.0) * amount * (1 + turn / _ROUNDS)
        move = np.zeros_like(centres)
        share = np.zeros(len(centres))
        np.add.at(move, (upper[1][hit], axis), direction)
        np.add.at(move, (upper[0][hit], axis), -direction)
        np.add.at(share, upper[0][hit], 1)
        np.add.at(share, upper[1][hit], 1)
        centres += move / np.maximum(share, 1)[:, None] ** 0.5
        centres[:, 0] = np.clip(centres[:, 0], boxes[:, 0] / 2, width - boxes[:, 0] / 2)
    else:
        centres = _stacked(centres, boxes, width)
    return centres


def _stacked(centres: Floats, boxes: Floats, width: float) -> Floats:
    """Last resort for crowds that never come to rest: rows from top to bottom, each from left to right."""
    placed = np.zeros_like(centres)
    x = y = tall = 0.0
    for node in np.lexsort((centres[:, 0], centres[:, 1])):
        if x > 0 and x + boxes[node, 0] > width:
            x, y, tall = 0.0, y + tall, 0.0
        placed[node] = (x + boxes[node, 0] / 2, y + boxes[node, 1] / 2)
        x, tall = x + boxes[node, 0], max(tall, float(boxes[node, 1]))
    return placed
