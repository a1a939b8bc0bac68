"""Charts of the topic map: where every circle and bar stands. The templates draw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import polars as pl

WIDTH: Final = 640
HEIGHT: Final = 460
_LARGEST: Final = 58.0
_SMALLEST: Final = 14.0
_EDGE: Final = 6.0
_FILLED: Final = 0.3
"""Share of the view box that circles may cover: more could not be moved apart."""
_ROUNDS: Final = 400


@dataclass(frozen=True)
class Circle:
    """A topic in the map: its area stands for its share of the posts."""

    topic: int
    label: str
    share: float
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Bubbles:
    """Circles in the order in which they are drawn, the largest first, in a view box of ``width`` by ``height``."""

    circles: tuple[Circle, ...]
    width: int = WIDTH
    height: int = HEIGHT


def bubbles(topics: pl.DataFrame) -> Bubbles:
    """Circles of topics, on one scale for both axes; those that would hide each other are moved apart a little.

    Parameters
    ----------
    topics
        topic, label, prevalence, x, y; shape (n_topics, any).
    """
    if topics.is_empty():
        return Bubbles(())
    share = topics["prevalence"].to_numpy()
    relative = np.sqrt(share / max(float(share.max()), 1e-12))
    largest = np.sqrt(_FILLED * WIDTH * HEIGHT / (np.pi * max(float((relative**2).sum()), 1e-12)))
    radius = np.maximum(min(_LARGEST, float(largest)) * relative, _SMALLEST)
    places = topics.select("x", "y").to_numpy()
    room = np.array([WIDTH, HEIGHT]) / 2 - radius.max() - _EDGE
    reach = np.abs(places - _middle(places)).max(axis=0)
    scale = float(np.min(np.divide(room, reach, out=np.full(2, np.inf), where=reach > 1e-9)))
    scale = scale if np.isfinite(scale) else 0.0
    at = (places - _middle(places)) * scale * np.array([1, -1]) + np.array([WIDTH, HEIGHT]) / 2
    at = _apart(at, radius)
    rows = topics.select("topic", "label", "prevalence").rows()
    circles = [
        Circle(topic, label, held, round(float(x), 1), round(float(y), 1), round(float(wide), 1))
        for (topic, label, held), (x, y), wide in zip(rows, at, radius, strict=True)
    ]
    return Bubbles(tuple(sorted(circles, key=lambda circle: (-circle.radius, circle.topic))))


def _apart(places: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Push overlapping circles away from each other until none is left or no room is; inside the view box."""
    at = places.copy()
    least, most = radius[:, None] + _EDGE, np.array([WIDTH, HEIGHT]) - radius[:, None] - _EDGE
    # Circles on one spot need a direction: around the clock by their number.
    angle = 2 * np.pi * np.arange(len(at)) / max(len(at), 1)
    at += 0.01 * np.column_stack([np.cos(angle), np.sin(angle)])
    for _ in range(_ROUNDS):
        between = at[:, None] - at[None]
        length = np.hypot(between[..., 0], between[..., 1])
        overlap = radius[:, None] + radius[None] + 2 - length
        np.fill_diagonal(overlap, 0.0)
        if not (overlap > 0.5).any():
            break
        push = np.clip(overlap, 0.0, None) / np.maximum(length, 1e-9)
        at = np.clip(at + 0.25 * (push[..., None] * between).sum(axis=1), least, most)
    return at


def _middle(places: np.ndarray) -> np.ndarray:
    """Middle between the outermost points."""
    middle: np.ndarray = (places.max(axis=0) + places.min(axis=0)) / 2
    return middle
