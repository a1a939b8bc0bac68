"""JSON of Instagram: instaloader's structures, Zeeschuimer's captures, gallery-dl's messages, the Graph API's pages.

Instagram's own media objects come in several shapes (item list, Graph, Polaris, and instaloader's mixtures of them).
:func:`media` keeps what a post needs and leaves the keys as they are; what makes an object heavy, the addresses of
its pictures in every size, goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from textmine.ingest.shapes.facebook import insights, objects_in
from textmine.ingest.shapes.shape import Shape

_KEPT: Final = frozenset(
    "pk id code shortcode __typename media_type product_type is_video taken_at taken_at_timestamp date caption title"
    " like_count comment_count play_count ig_play_count view_count video_play_count video_view_count"
    " like_and_view_counts_disabled edge_media_preview_like edge_liked_by edge_media_to_comment"
    " edge_media_to_parent_comment edge_media_preview_comment likes comments link ad_action is_paid_partnership"
    " username accessibility_caption _zs_partial _zs_instagram_view".split()
)
_OF_USER: Final = ("pk", "id", "username", "full_name", "is_verified", "edge_followed_by", "follower_count")
_ADS: Final = "https://www.facebook.com/ads/"


def media(node: dict[str, Any]) -> dict[str, Any]:
    """Lay one of Instagram's media objects flat, whichever shape it has."""
    flat = {key: _count_alone(value) if key != "caption" else value for key, value in node.items() if key in _KEPT}
    flat["code"] = node.get("code") or node.get("shortcode")
    for owner in ("user", "owner"):
        if isinstance(node.get(owner), dict):
            flat[owner] = {key: _count_alone(node[owner][key]) for key in _OF_USER if key in node[owner]}
    caption = node.get("caption")
    flat["caption"] = {"text": caption.get("text")} if isinstance(caption, dict) else caption
    text = [entry.get("text") for entry in _nodes(node.get("edge_media_to_caption"))]
    if text:
        flat["edge_media_to_caption"] = {"edges": {"0": {"node": {"text": text[0]}}}}
    flat["coauthor_producers"] = _usernames(node.get("coauthor_producers"))
    link = node.get("link")
    if isinstance(link, str) and link.startswith(_ADS):
        flat["product_type"] = "ad"
    return flat


def _count_alone(value: object) -> object:
    """An edge without the objects behind it, which are other people's; a list is none of the figures."""
    if isinstance(value, dict):
        return {"count": value["count"]} if "count" in value else None
    return None if isinstance(value, list) else value


def _nodes(edge: object) -> list[dict[str, Any]]:
    edges = edge.get("edges") if isinstance(edge, dict) else None
    nodes = [entry.get("node") for entry in edges if isinstance(entry, dict)] if isinstance(edges, list) else []
    return [node for node in nodes if isinstance(node, dict)]


def _usernames(users: object) -> list[str]:
    names = [user.get("username") for user in users if isinstance(user, dict)] if isinstance(users, list) else []
    return [name for name in names if isinstance(name, str)]


def _is_instaloader(item: dict[str, Any]) -> bool:
    about = item.get("instaloader")
    return isinstance(about, dict) and "node_type" in about and isinstance(item.get("node"), dict)


def _of_instaloader(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    node = media(item["node"])
    if isinstance(inner := item["node"].get("iphone_struct"), dict):
        node["iphone_struct"] = media(inner)
    # a profile lacks what a post has: the row is there to be refused, not to break the file off
    yield {"instaloader": item["instaloader"], "node": {"taken_at": None, "owner": {"username": None}, **node}}


def _is_zeeschuimer(item: dict[str, Any]) -> bool:
    return item.get("source_platform") == "instagram.com" and isinstance(item.get("data"), dict)


def _of_zeeschuimer(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    about = {key: item.get(key) for key in ("source_platform", "timestamp_collected", "item_id", "source_platform_url")}
    yield {**about, "data": media(item["data"])}


def _is_4cat(item: dict[str, Any]) -> bool:
    about = item.get("__import_meta")
    return isinstance(about, dict) and about.get("source_platform") == "instagram.com"


def _of_4cat(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Objects as 4CAT stores a capture: the media object, with the envelope inside."""
    return _of_zeeschuimer({**item["__import_meta"], "data": item})


def _is_media(item: dict[str, Any]) -> bool:
    return "timestamp" in item and bool(item.keys() & {"permalink", "shortcode", "media_product_type", "media_type"})


def _is_graph_page(item: dict[str, Any]) -> bool:
    return any(map(_is_media, objects_in(item)[:20]))


def _graph_media(item: dict[str, Any], account: dict[str, Any] | None = None) -> dict[str, Any]:
    flat = {"caption": None, "permalink": None, "media_type": None, **item}
    flat.pop("children", None)
    if "insights" in item:
        flat["insights"] = insights(item)
    for key in ("username", "followers_count"):
        if account is not None and flat.get(key) is None:
            flat[key] = account.get(key)
    return flat


def _of_graph_page(item: dict[str, Any]) -> Iterator[Any]:
    return (_graph_media(entry) if isinstance(entry, dict) else entry for entry in item["data"])


def _account_in(item: dict[str, Any]) -> dict[str, Any] | None:
    """An account with its media, as ``business_discovery`` or ``?fields=username,media{…}`` answers."""
    for account in (item.get("business_discovery"), item):
        if isinstance(account, dict) and isinstance(account.get("media"), dict) and _is_graph_page(account["media"]):
            return account
    return None


def _of_account(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    account = _account_in(item) or {}
    return (_graph_media(entry, account) for entry in objects_in(account.get("media")))


def _is_gallery_dl(item: dict[str, Any]) -> bool:
    return "post_shortcode" in item and "post_url" in item


def _of_gallery_dl(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**item, "coauthors": _usernames(item.get("coauthors"))}


def unfold_message(message: list[Any]) -> Iterator[dict[str, Any]] | None:
    """Objects in a message of ``gallery-dl --dump-json``: that of a file has one, that of a folder none.

    ``[2, {…}]`` announces a folder, ``[3, "address", {…}]`` a file. None for any other list.
    """
    if not (2 <= len(message) <= 3 and str(message[0]) in ("2", "3", "6") and isinstance(message[-1], dict)):
        return None
    of_file = str(message[0]) == "3" and len(message) == 3
    return (_of_gallery_dl(message[2]) if _is_gallery_dl(message[2]) else iter((message[2],))) if of_file else iter(())


SHAPES: Final[tuple[Shape, ...]] = (
    Shape("instaloader", _is_instaloader, _of_instaloader),
    Shape("Zeeschuimer Instagram", _is_zeeschuimer, _of_zeeschuimer),
    Shape("4CAT Instagram, captures", _is_4cat, _of_4cat),
    Shape("gallery-dl metadata", _is_gallery_dl, _of_gallery_dl),
    Shape("Graph API Instagram, account with its media", lambda item: _account_in(item) is not None, _of_account),
    Shape("Graph API Instagram, pages of media", _is_graph_page, _of_graph_page),
    Shape(
        "Graph API Instagram, media one by one",
        lambda item: _is_media(item) and "permalink" in item,
        lambda item: iter((_graph_media(item),)),
    ),
)
