"""Shapes of JSON that known tools write; what none of them fits is read as a plain list of objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from textmine.ingest.shapes import elsewhere, facebook, instagram, x, youtube
from textmine.ingest.shapes.shape import Found, Shape

SHAPES: Final[tuple[Shape, ...]] = (
    *x.SHAPES,
    *instagram.SHAPES,
    *facebook.SHAPES,
    *youtube.SHAPES,
    *elsewhere.SHAPES,
)


def unfold(item: dict[str, Any]) -> Iterator[Found] | None:
    """Posts in an object of a known shape; None where no shape fits."""
    fitting = next((shape for shape in SHAPES if shape.fits(item)), None)
    return None if fitting is None else fitting.unfold(item)
