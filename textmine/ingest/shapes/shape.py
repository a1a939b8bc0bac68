"""What a tool's JSON looks like where its posts are not plain objects in a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shape:
    """A way in which a tool packs posts into JSON.

    Parameters
    ----------
    name
        The tool and the kind of its file.
    fits
        Whether an object, a line of NDJSON or a whole document, is of this shape. It must not raise, whatever the
        object holds.
    unfold
        The posts in the object, each as an object that is then flattened with dots: unpacked from its wrapper, joined
        with what stands apart (authors, media), lists turned into keys where their content is needed. The keys are
        the tool's own where possible, so that a layout can name them. It must not raise either: an odd value is
        passed on for the mapping to refuse.
    """

    name: str
    fits: Callable[[dict[str, Any]], bool]
    unfold: Callable[[dict[str, Any]], Iterator[dict[str, Any]]]
