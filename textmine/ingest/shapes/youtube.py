"""JSON of YouTube: API pages, playlists."""

from __future__ import annotations

from typing import Final

from textmine.ingest.shapes.shape import Shape

SHAPES: Final[tuple[Shape, ...]] = ()
