"""The hashtag network as inline SVG: shapes with the number of their community, labels beside them, lines between.

A community is told by the number in the shape and by the shape itself; colour only helps. Labels keep their size: the
picture is as wide as its labels need, and a narrow screen scrolls it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from typing import Final

import numpy as np
import polars as pl

from textmine.hashtags import HashtagNetwork
from textmine.hashtags.layout import network_layout

N_NODES: Final = 48
"""Hashtags that a reader can still tell apart; the table holds the rest."""

N_EDGES: Final = 3
"""Lines that each hashtag may have of its own, its strongest."""

WIDTH: Final = 1000
"""Pixels: the width of a page's text on a desk."""

SHAPES: Final = ("circle", "square", "diamond", "triangle", "hexagon", "pentagon", "kite", "octagon")
_CORNERS: Final = {"square": (4, pi / 4), "diamond": (4, 0.0), "triangle": (3, -pi / 2), "hexagon": (6, 0.0),
                   "pentagon": (5, -pi / 2), "kite": (3, pi / 2), "octagon": (8, pi / 8)}  # fmt: skip
_LARGER: Final = {"square": 1.15, "diamond": 1.25, "triangle": 1.4, "kite": 1.4, "pentagon": 1.1}
"""Shapes with sharp corners are drawn larger, so that the number fits."""

_CHARACTER: Final = 7.9
_LINE: Final = 20.0
_PAD: Final = 5.0
_MAX_LABEL: Final = 26
_RADIUS: Final = (10.0, 19.0)


@dataclass(frozen=True)
class Node:
    """A hashtag: centre of its shape, the shape's outline, its number, and where its label starts; in pixels."""

    x: float
    y: float
    radius: float
    shape: str
    points: str
    tint: int
    badge: str
    label: str
    label_x: float
    posts: int


@dataclass(frozen=True)
class Edge:
    """A line between two shapes; ``inside`` joins hashtags of one community, the others are dashed."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    inside: bool


@dataclass(frozen=True)
class Community:
    """Legend: number, shape and hashtags of a community."""

    number: int
    shape: str
    points: str
    tint: int
    label: str
    n_hashtags: int
    posts: int


@dataclass(frozen=True)
class NetworkPicture:
    """Everything that the template draws, in pixels; ``hidden`` counts hashtags with neighbours that are not shown."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    communities: tuple[Community, ...]
    hidden: int


def network_picture(network: HashtagNetwork, *, n_nodes: int = N_NODES, seed: int = 0) -> NetworkPicture:
    """Lay out the most frequent hashtags that are joined to others.

    Parameters
    ----------
    network
        From :func:`textmine.hashtags.hashtag_network`.
    n_nodes
        Most hashtags that are drawn.
    seed
        Of the layout.

    Returns
    -------
    NetworkPicture
        The same for the same network. No two hashtags with their labels overlap.
    """
    joined = network.nodes.filter(pl.col("community").is_not_null())
    shown, pairs = _chosen(joined, network.pairs, n_nodes)
    place = {hashtag: number for number, hashtag in enumerate(shown["hashtag"])}
    first = np.array([place[name] for name in pairs["hashtag"]], np.int64)
    second = np.array([place[name] for name in pairs["other"]], np.int64)
    npmi = pairs["npmi"].to_numpy().astype(np.float64)
    community = shown["community"].to_numpy().astype(np.int64)
    labels = [_cut(text) for text in shown["spelling"]]
    radius = _radii(shown["posts"].to_numpy().astype(np.float64))
    reach = np.array([r * _LARGER.get(_shape(c), 1.0) for r, c in zip(radius, community, strict=True)])
    boxes = (
        np.column_stack(
            [2 * reach + 6 + _CHARACTER * np.array([len(text) for text in labels]), np.maximum(2 * reach, _LINE)]
        ).reshape(-1, 2)
        + 2 * _PAD
    )
    corners = network_layout(first, second, npmi, community, boxes, width=WIDTH - 2 * _PAD, seed=seed) + _PAD
    x, y = corners[:, 0] + _PAD + reach, corners[:, 1] + boxes[:, 1] / 2
    nodes = tuple(
        Node(
            x=_rounded(x[i]),
            y=_rounded(y[i]),
            radius=_rounded(reach[i]),
            shape=_shape(community[i]),
            points=_outline(_shape(community[i]), x[i], y[i], reach[i]),
            tint=_tint(community[i]),
            badge=str(community[i]),
            label=labels[i],
            label_x=_rounded(x[i] + reach[i] + 5),
            posts=int(shown["posts"][i]),
        )
        for i in range(len(shown))
    )
    return NetworkPicture(
        width=int(np.ceil((corners + boxes)[:, 0].max(initial=0) + _PAD)),
        height=int(np.ceil((corners + boxes)[:, 1].max(initial=0) + _PAD)),
        nodes=nodes,
        edges=_edges(x, y, first, second, npmi, community),
        communities=_legend(network, set(community.tolist())),
        hidden=len(joined) - len(shown),
    )


def _chosen(nodes: pl.DataFrame, pairs: pl.DataFrame, n_nodes: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The most frequent hashtags that are joined to another one of those that are chosen, and their pairs."""
    while True:
        shown = nodes.head(n_nodes)
        names = shown["hashtag"].implode()
        inside = pairs.filter(pl.col("hashtag").is_in(names) & pl.col("other").is_in(names))
        met = pl.concat([inside["hashtag"], inside["other"]]).unique().implode()
        alone = shown.filter(~pl.col("hashtag").is_in(met))
        if alone.is_empty():
            return shown, inside
        nodes = nodes.join(alone, on="hashtag", how="anti", maintain_order="left")


def _edges(
    x: np.ndarray, y: np.ndarray, first: np.ndarray, second: np.ndarray, npmi: np.ndarray, community: np.ndarray
) -> tuple[Edge, ...]:
    """The strongest lines of each hashtag; pairs come the strongest first."""
    used = np.zeros(len(x), np.int64)
    edges = []
    for a, b, weight in zip(first.tolist(), second.tolist(), npmi.tolist(), strict=True):
        if used[a] >= N_EDGES and used[b] >= N_EDGES:
            continue
        used[[a, b]] += 1
        inside = bool(community[a] == community[b])
        ends = (_rounded(x[a]), _rounded(y[a]), _rounded(x[b]), _rounded(y[b]))
        edges.append(Edge(*ends, round(0.8 + 3.2 * weight, 2), inside))
    return tuple(edges)


def _legend(network: HashtagNetwork, shown: set[int]) -> tuple[Community, ...]:
    return tuple(
        Community(
            number=row["community"],
            shape=_shape(row["community"]),
            points=_outline(_shape(row["community"]), 14.0, 14.0, 10.0 * _LARGER.get(_shape(row["community"]), 1.0)),
            tint=_tint(row["community"]),
            label=" ".join(row["hashtags"][:4]) + (" …" if row["n_hashtags"] > 4 else ""),
            n_hashtags=row["n_hashtags"],
            posts=row["posts"],
        )
        for row in network.communities.iter_rows(named=True)
        if row["community"] in shown
    )


def _shape(community: int) -> str:
    return SHAPES[(int(community) - 1) % len(SHAPES)]


def _tint(community: int) -> int:
    """Class of the colour: runs past the shapes by one each round, so that a shape comes back in another colour."""
    number = int(community) - 1
    return (number + number // len(SHAPES)) % len(SHAPES) + 1


def _outline(shape: str, x: float, y: float, radius: float) -> str:
    """Corners of a shape; empty for circles."""
    if shape == "circle":
        return ""
    n, turn = _CORNERS[shape]
    corners = ((x + radius * cos(turn + 2 * pi * i / n), y + radius * sin(turn + 2 * pi * i / n)) for i in range(n))
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)


def _radii(posts: np.ndarray) -> np.ndarray:
    """Area grows with posts, within what is legible."""
    low, high = _RADIUS
    largest = sqrt(float(posts.max(initial=1)))
    return np.asarray(low + (high - low) * np.sqrt(posts) / largest)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_LABEL else text[: _MAX_LABEL - 1] + "…"


def _rounded(value: float) -> float:
    return round(float(value), 1)
