"""Shapes of JSON that known tools write; what none of them fits is read as a plain list of objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from textmine.ingest.shapes import elsewhere, facebook, instagram, x, youtube
from textmine.ingest.shapes.shape import Found, NotAPost, Shape

SHAPES: Final[tuple[Shape, ...]] = (
    *x.SHAPES,
    *instagram.SHAPES,
    *facebook.SHAPES,
    *youtube.SHAPES,
    *elsewhere.SHAPES,
)


def unfold(item: object) -> Iterator[Found] | None:
    """Posts in an object, or in a tool's message, of a known shape; None where no shape fits."""
    if isinstance(item, list):
        return instagram.unfold_message(item)
    if not isinstance(item, dict):
        return None
    fitting = next((shape for shape in SHAPES if shape.fits(item)), None)
    return None if fitting is None else map(_object, fitting.unfold(item))


def _object(found: object) -> Found:
    return found if isinstance(found, dict | NotAPost) else NotAPost("not a whole JSON object", found)
