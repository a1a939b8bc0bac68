"""Shapes of JSON that known tools write; what none of them fits is read as a plain list of objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from textmine.ingest.shapes import facebook, instagram, x, youtube
from textmine.ingest.shapes.shape import Shape

SHAPES: Final[tuple[Shape, ...]] = (*x.SHAPES, *instagram.SHAPES, *facebook.SHAPES, *youtube.SHAPES)


def unfold(item: dict[str, Any]) -> Iterator[Any] | None:
    """Posts in an object of a known shape; None where no shape fits."""
    fitting = next((shape for shape in SHAPES if shape.fits(item)), None)
    return None if fitting is None else fitting.unfold(item)
