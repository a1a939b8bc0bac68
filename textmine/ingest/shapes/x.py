"""JSON of X (Twitter): API pages, browser captures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from textmine.ingest.shapes.shape import Shape


def _is_v2_page(item: dict[str, Any]) -> bool:
    includes = item.get("includes")
    return isinstance(item.get("data"), list) and isinstance(includes, dict) and isinstance(includes.get("users"), list)


def _tweets_of_page(page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Tweets of a page, each with its author, whom the page lists apart."""
    by_id = {user.get("id"): user for user in page["includes"]["users"] if isinstance(user, dict)}
    for tweet in page["data"]:
        if isinstance(tweet, dict) and "author" not in tweet and tweet.get("author_id") in by_id:
            yield {**tweet, "author": by_id[tweet["author_id"]]}
        else:
            yield tweet


SHAPES: Final[tuple[Shape, ...]] = (Shape("X API v2, pages", _is_v2_page, _tweets_of_page),)
