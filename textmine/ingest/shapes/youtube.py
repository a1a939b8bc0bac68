"""JSON of YouTube: pages of the Data API, yt-dlp's records of videos and playlists.

References
----------
YouTube Data API v3, reference: videos, search, playlistItems (developers.google.com/youtube/v3/docs). yt-dlp/yt-dlp,
README.md, "Output template".
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any, Final

from textmine.ingest.shapes.shape import Found, NotAPost, Shape, at, joined, objects, scalars

_RESOURCES: Final = ("youtube#video", "youtube#searchResult", "youtube#playlistItem")
_NOT_SHOWN: Final = ("Private video", "Deleted video")
_HIDEABLE: Final = {"likes": "likeCount", "comments": "commentCount", "views": "viewCount"}
"""Figures that the API leaves out of ``statistics`` when the owner hides them or turns them off."""


# The Data API


def _is_resource(item: dict[str, Any]) -> bool:
    # a client may ask for parts of an answer only, and leave out the kind
    return item.get("kind") in (*_RESOURCES, None) and at(item, "snippet", "channelTitle") is not None


def _is_page(item: dict[str, Any]) -> bool:
    kind = item.get("kind")
    is_answer = isinstance(kind, str) and kind.startswith("youtube#") and isinstance(item.get("items"), list)
    return is_answer and all(_is_resource(each) or _is_hidden(each) for each in objects(item["items"]))


def _is_hidden(item: dict[str, Any]) -> bool:
    return item.get("kind") == "youtube#playlistItem" and at(item, "snippet", "title") in _NOT_SHOWN


def _page(page: dict[str, Any]) -> Iterator[Found]:
    for item in objects(page["items"]):
        yield from _resource(item)


def _resource(item: dict[str, Any]) -> Iterator[Found]:
    found = at(item, "id", "kind")
    if found not in (None, "youtube#video"):
        yield NotAPost(f"a {str(found).removeprefix('youtube#')} among the search results, no video", item)
        return
    snippet = scalars(item["snippet"]) | {"resourceId": scalars(at(item, "snippet", "resourceId"))}
    if snippet.get("title") in _NOT_SHOWN and at(item, "contentDetails", "videoPublishedAt") is None:
        yield NotAPost("a video that YouTube does not show any more", item)
        return
    if item.get("kind") == "youtube#searchResult":  # the one answer whose texts are escaped for web pages
        snippet = {key: html.unescape(held) if isinstance(held, str) else held for key, held in snippet.items()}
    post = {key: scalars(held) if isinstance(held, dict) else held for key, held in item.items()}
    post["snippet"] = snippet
    statistics = item.get("statistics")
    if isinstance(statistics, dict):
        post["statistics.hidden"] = joined(name for name, key in _HIDEABLE.items() if statistics.get(key) is None)
    # an ended broadcast says "none" like any video, but keeps its times
    post["broadcast"] = "live" if isinstance(item.get("liveStreamingDetails"), dict) else None
    yield post


# yt-dlp


def _is_record(item: dict[str, Any]) -> bool:
    return "extractor_key" in item and "id" in item and ("webpage_url" in item or "_type" in item)


def _records(item: dict[str, Any]) -> Iterator[Found]:
    """Videos of a record; a playlist's entries may be playlists again: a channel's tabs."""
    waiting: list[Any] = [item]
    while waiting:
        record = waiting.pop(0)
        if isinstance(record, dict) and record.get("_type") in ("playlist", "multi_video"):
            entries = record.get("entries")
            # not its channel: a playlist may hold the videos of others
            about = {name: record.get(name) for name in ("epoch", "extractor_key")}
            waiting[:0] = [_with(entry, about) for entry in entries] if isinstance(entries, list) else []
        elif isinstance(record, dict):
            yield _record(record)
        else:
            yield NotAPost("an entry of the playlist that yt-dlp could not read", record)


def _with(entry: object, about: dict[str, Any]) -> object:
    """Entry with what its playlist says in its stead."""
    if not isinstance(entry, dict):
        return entry
    return entry | {name: value for name, value in about.items() if entry.get(name) is None}


def _record(record: dict[str, Any]) -> Found:
    source = str(record.get("ie_key") or record.get("extractor_key"))
    if not source.startswith("Youtube"):
        return NotAPost(f"yt-dlp's record of {source}; textmine reads those of YouTube", scalars(record))
    # formats, captions and thumbnails would make thousands of columns
    return scalars(record)


SHAPES: Final[tuple[Shape, ...]] = (
    Shape("YouTube Data API, pages", _is_page, _page),
    Shape("YouTube Data API", _is_resource, _resource),
    Shape("yt-dlp", _is_record, _records),
)
