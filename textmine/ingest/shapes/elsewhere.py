"""JSON of platforms that textmine does not read: told by name instead of being read as nonsense.

Asked after all others, so what is refused here is what no other shape takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from textmine.ingest.shapes.shape import NotAPost, Shape

_READ: Final = ("facebook.com", "instagram.com", "twitter.com", "x.com")
_SCRAPED: Final = ("facebook", "instagram", "twitter")
NO_PLATFORM: Final = "textmine reads posts of Facebook, X, Instagram and YouTube, not of {}"


def _is_other_capture(item: dict[str, Any]) -> bool:
    platform = item.get("source_platform")
    return isinstance(platform, str) and "data" in item and platform not in _READ


def _refused_capture(item: dict[str, Any]) -> Iterator[NotAPost]:
    platform = item["source_platform"]
    yield NotAPost(f"{platform} are no posts" if "comment" in platform else NO_PLATFORM.format(platform), item)


def _is_other_scrape(item: dict[str, Any]) -> bool:
    kind = item.get("_type")
    return isinstance(kind, str) and kind.startswith("snscrape.modules.") and kind.split(".")[2] not in _SCRAPED


def _refused_scrape(item: dict[str, Any]) -> Iterator[NotAPost]:
    yield NotAPost(NO_PLATFORM.format(item["_type"].removeprefix("snscrape.modules.")), item)


SHAPES: Final[tuple[Shape, ...]] = (
    Shape("Zeeschuimer, other platforms", _is_other_capture, _refused_capture),
    Shape("snscrape, other platforms", _is_other_scrape, _refused_scrape),
)
