"""JSON of Facebook: CrowdTangle's API, pages of the Graph API with insights and attachments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from textmine.ingest.shapes.shape import Shape

_EDGES: Final = ("posts", "published_posts", "feed")
_SIGNS: Final = frozenset(
    "permalink_url status_type full_picture attachments shares insights story is_published message_tags reactions"
    " parent_id promotable_id is_hidden".split()
)
"""Fields of which a post's object has at least one and a comment's none."""


def insights(item: dict[str, Any]) -> dict[str, Any]:
    """Metrics of an ``insights`` edge by their names, each with its latest value."""
    edge = item.get("insights")
    metrics = edge.get("data") if isinstance(edge, dict) else None
    found: dict[str, Any] = {}
    for metric in metrics if isinstance(metrics, list) else ():
        if not isinstance(metric, dict) or not isinstance(name := metric.get("name"), str):
            continue
        values, total = metric.get("values"), metric.get("total_value")
        last = total if isinstance(total, dict) else values[-1] if isinstance(values, list) and values else None
        found[name] = last.get("value") if isinstance(last, dict) else None
    return found


def objects_in(edge: object) -> list[dict[str, Any]]:
    """Objects in the ``data`` of a Graph API page; empty when it is none."""
    data = edge.get("data") if isinstance(edge, dict) else None
    return [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []


def _is_post(item: dict[str, Any]) -> bool:
    return "created_time" in item and "id" in item and bool(_SIGNS & item.keys())


def _is_graph_page(item: dict[str, Any]) -> bool:
    return any(map(_is_post, objects_in(item)[:20]))


def _is_page_node(item: dict[str, Any]) -> bool:
    return any(_is_graph_page(item[edge]) for edge in _EDGES if isinstance(item.get(edge), dict))


def _post(item: dict[str, Any], page: dict[str, Any] | None = None) -> dict[str, Any]:
    """Lay a post flat: metrics by name, the first attachment by number, the page as its author.

    ``message`` and ``permalink_url`` are always there, because the API leaves out what is empty.
    """
    flat = {"message": None, "permalink_url": None, **item}
    if "insights" in item:
        flat["insights"] = insights(item)
    attached = objects_in(item.get("attachments"))
    if "attachments" in item:
        kept = {key: attached[0].get(key) for key in ("media_type", "type", "url")} if attached else {}
        flat["attachments"] = {"data": {"0": kept}}
    if page is not None:
        author = {key: value for key, value in page.items() if not isinstance(value, dict | list)}
        own = item.get("from")
        flat["from"] = author if not isinstance(own, dict) else {**own} | (
            {key: value for key, value in author.items() if key not in own} if own.get("id") == page.get("id") else {}
        )  # fmt: skip
    for edge in ("comments", "likes", "reactions"):  # the objects themselves are other people's
        if isinstance(flat.get(edge), dict):
            flat[edge] = {"summary": flat[edge].get("summary")}
    return flat


def _of_graph_page(item: dict[str, Any]) -> Iterator[Any]:
    data = item["data"]
    return (_post(entry) if isinstance(entry, dict) else entry for entry in data)


def _of_page_node(item: dict[str, Any]) -> Iterator[Any]:
    for edge in _EDGES:
        for entry in objects_in(item.get(edge)):
            yield _post(entry, item)


def _crowdtangle_posts(item: dict[str, Any]) -> list[Any] | None:
    result = item.get("result")
    posts = result.get("posts") if isinstance(result, dict) else None
    known = isinstance(posts, list) and any(isinstance(post, dict) and "platformId" in post for post in posts)
    return posts if known else None


SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "CrowdTangle API, pages",
        lambda item: _crowdtangle_posts(item) is not None,
        lambda item: iter(_crowdtangle_posts(item) or ()),
    ),
    Shape("Graph API Facebook, page with its posts", _is_page_node, _of_page_node),
    Shape("Graph API Facebook, pages of posts", _is_graph_page, _of_graph_page),
    Shape("Graph API Facebook, posts one by one", _is_post, lambda item: iter((_post(item),))),
)
