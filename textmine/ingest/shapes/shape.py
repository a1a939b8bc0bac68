"""What a tool's JSON looks like where its posts are not plain objects in a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NotAPost:
    """An object of a known shape that is no post: its row is refused with ``reason``, and kept as ``raw``."""

    reason: str
    raw: object


Found = dict[str, Any] | NotAPost
"""What a shape finds: a post as an object, or something that is none."""


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
        passed on for the mapping to refuse, and what is known to be no post as :class:`NotAPost`.
    """

    name: str
    fits: Callable[[dict[str, Any]], bool]
    unfold: Callable[[dict[str, Any]], Iterator[Found]]


def at(item: object, *keys: str) -> Any:  # noqa: ANN401  # a JSON value
    """Return the value under a path of keys, or None where the path ends early.

    Examples
    --------
    >>> at({"a": {"b": 1}}, "a", "b"), at({"a": 3}, "a", "b")
    (1, None)
    """
    for key in keys:
        if not isinstance(item, dict):
            return None
        item = item.get(key)
    return item


def objects(items: object) -> list[dict[str, Any]]:
    """Objects of a list; none where it is no list."""
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def scalars(item: object) -> dict[str, Any]:
    """What an object holds apart from objects and lists."""
    return {k: v for k, v in item.items() if not isinstance(v, dict | list)} if isinstance(item, dict) else {}


def joined(words: Iterable[object]) -> str | None:
    """Words with bars between, or None where there are none."""
    return "|".join(str(word) for word in words if word is not None) or None
