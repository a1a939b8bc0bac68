"""JSON of X (Twitter): API pages and tweets, snscrape, browser captures.

References
----------
API v2 pages and their flattening: DocNow/twarc, src/twarc/expansions.py. API v1.1: the tweet object of the platform's
data dictionary. snscrape: JustAnotherArchivist/snscrape, snscrape/base.py and snscrape/modules/twitter.py. Captures:
digitalmethodsinitiative/zeeschuimer, modules/twitter.js, and digitalmethodsinitiative/4cat,
datasources/twitter-import/search_twitter.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from textmine.ingest.shapes.shape import Found, NotAPost, Shape, at, joined, objects, scalars

TEXT: Final = "text"
"""Kind of medium of a tweet that could have had pictures and has none."""
_V2_MARKS: Final = ("author_id", "public_metrics", "edit_history_tweet_ids", "conversation_id")


# API v2


def _is_v2_tweet(item: object) -> bool:
    return isinstance(item, dict) and "id" in item and "text" in item and any(mark in item for mark in _V2_MARKS)


def _is_v2_page(page: dict[str, Any]) -> bool:
    """Whether it is an answer of the API: a page of tweets, one tweet of a stream, or a page without any."""
    if "data" not in page:
        says_none = at(page, "meta", "result_count") is not None or ("__twarc" in page and "errors" in page)
        return says_none and not any(isinstance(held, list) for key, held in page.items() if key != "errors")
    data = page["data"]
    return _is_v2_tweet(data[0] if isinstance(data, list) and data else data) or (
        isinstance(data, list) and bool(data) and isinstance(at(page, "includes", "users"), list)
    )


def _tweets_of_page(page: dict[str, Any]) -> Iterator[Found]:
    """Tweets of a page, each with its author and media, which the page lists apart."""
    users = {str(user.get("id")): user for user in objects(at(page, "includes", "users"))}
    media = {str(medium.get("media_key")): medium for medium in objects(at(page, "includes", "media"))}
    told = "__twarc" in page or bool(media)
    data = page.get("data", [])
    for tweet in data if isinstance(data, list) else [data]:
        if not isinstance(tweet, dict):
            yield NotAPost("not a whole JSON object", tweet)
            continue
        whole = {"__twarc": page["__twarc"], **tweet} if "__twarc" in page else dict(tweet)
        if "author" not in tweet and (author := users.get(str(tweet.get("author_id")))):
            whole["author"] = author
        yield _v2_tweet(whole, media, told=told)


def _is_flat_v2_tweet(item: dict[str, Any]) -> bool:
    return _is_v2_tweet(item) and "author_id" in item


def _flat_v2_tweets(tweet: dict[str, Any]) -> Iterator[Found]:
    yield _v2_tweet(tweet, {}, told="__twarc" in tweet or "collected_for" in tweet)


def _v2_tweet(tweet: dict[str, Any], media: dict[str, dict[str, Any]], *, told: bool) -> dict[str, Any]:
    """Name what a tweet refers to as twarc-csv does, and say its media; ``told``: media would be there if any."""
    # annotations, addresses and profiles are most of a file and no part of a post
    author = tweet.get("author")
    post = scalars(tweet) | {
        "author": scalars(author) | {"public_metrics": scalars(at(author, "public_metrics"))},
        "public_metrics": tweet.get("public_metrics"),
        "entities.hashtags": at(tweet, "entities", "hashtags"),
        "note_tweet.text": at(tweet, "note_tweet", "text"),
        "note_tweet.entities.hashtags": at(tweet, "note_tweet", "entities", "hashtags"),
        "__twarc": scalars(tweet.get("__twarc")),
    }
    for reference in objects(tweet.get("referenced_tweets")):
        post[f"referenced_tweets.{reference.get('type')}.id"] = reference.get("id")
    keys = at(tweet, "attachments", "media_keys")
    listed = [media.get(key) for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
    kinds = [at(medium, "type") for medium in objects(at(tweet, "attachments", "media")) or listed]
    post["attachments.media.type"] = joined(kinds) or (TEXT if told and not keys else None)
    return post


# API v1.1


def _is_v1_tweet(item: dict[str, Any]) -> bool:
    has_text = "full_text" in item or "text" in item
    return has_text and "id_str" in item and at(item, "user", "screen_name") is not None


def _v1_tweets(tweet: dict[str, Any]) -> Iterator[Found]:
    post = scalars(tweet) | {
        "user": scalars(tweet.get("user")),
        "entities.hashtags": at(tweet, "entities", "hashtags"),
        "extended_tweet.full_text": at(tweet, "extended_tweet", "full_text"),
        "extended_tweet.entities.hashtags": at(tweet, "extended_tweet", "entities", "hashtags"),
    }
    if isinstance(original := tweet.get("retweeted_status"), dict):
        post["retweeted_status.id_str"] = original.get("id_str")
    whole = at(tweet, "extended_tweet", "extended_entities", "media") or at(tweet, "extended_entities", "media")
    listed = objects(whole) or objects(at(tweet, "entities", "media"))
    post["extended_entities.media.type"] = _kinds(listed) or TEXT
    yield post


def _is_v1_page(item: dict[str, Any]) -> bool:
    return isinstance(item.get("statuses"), list) and isinstance(item.get("search_metadata"), dict)


def _v1_page(page: dict[str, Any]) -> Iterator[Found]:
    for tweet in objects(page["statuses"]):
        yield from _v1_tweets(tweet)


def _kinds(media: Iterable[dict[str, Any]]) -> str | None:
    return joined(medium.get("type") for medium in media)


# snscrape


def _is_sns(item: dict[str, Any]) -> bool:
    kind = item.get("_type")
    return (isinstance(kind, str) and kind.startswith("snscrape.modules.twitter.")) or (
        "renderedContent" in item and "conversationId" in item
    )


def _sns_tweets(item: dict[str, Any]) -> Iterator[Found]:
    kind = str(item.get("_type", "Tweet")).rsplit(".", 1)[-1]
    if kind != "Tweet":
        yield NotAPost(f"snscrape's {kind} is no tweet", item)
        return
    post = scalars(item) | {"user": scalars(item.get("user")), "hashtags": item.get("hashtags")}
    for name in ("retweetedTweet", "quotedTweet"):
        if isinstance(item.get(name), dict):
            post[f"{name}.id"] = item[name].get("id")
    # older files name the class of a medium, the oldest its type
    kinds = [str(m.get("type") or m.get("_type", "")).rsplit(".", 1)[-1] for m in objects(item.get("media"))]
    post["media.type"] = joined(kind.lower() for kind in kinds if kind) or TEXT
    yield post


# Zeeschuimer's captures of the web page, and 4CAT's copies of them


def _is_capture(item: dict[str, Any]) -> bool:
    if isinstance(item.get("data"), dict):
        return item.get("source_platform") in ("twitter.com", "x.com")
    return isinstance(item.get("legacy"), dict) and ("rest_id" in item or item.get("type") == "adaptive")


def _captured_tweets(item: dict[str, Any]) -> Iterator[Found]:
    wrapped = isinstance(item.get("data"), dict)
    tweet = item["data"] if wrapped else item
    about = scalars(item) if wrapped else scalars(at(item, "__import_meta"))
    inner = tweet["tweet"] if isinstance(tweet.get("tweet"), dict) else tweet
    legacy = inner.get("legacy")
    if not isinstance(legacy, dict):
        yield NotAPost("a tweet that X did not show, without any content", item)
        return
    yield _captured(inner, legacy) | {
        "promoted": tweet.get("promoted", inner.get("promoted")),
        "timestamp_collected": about.get("timestamp_collected"),
        "source_platform_url": about.get("source_platform_url"),
    }


def _captured(tweet: dict[str, Any], legacy: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a tweet of the page's own API that a post is made of, under their own names."""
    user = at(tweet, "core", "user_results", "result")
    note = at(tweet, "note_tweet", "note_tweet_results", "result")
    is_longer = len(str(at(note, "text") or "")) > len(str(legacy.get("full_text") or ""))
    media = objects(at(legacy, "extended_entities", "media")) or objects(at(legacy, "entities", "media"))
    entities = at(note, "entity_set", "hashtags") if is_longer else at(legacy, "entities", "hashtags")
    own = str(tweet.get("rest_id") or legacy.get("id_str"))
    return {
        # not `id`: the page's scripts round it
        "rest_id": own,
        "legacy": scalars(legacy),
        "legacy.entities.hashtags": entities,
        "legacy.extended_entities.media.type": _kinds(media) or TEXT,
        "note_tweet.text": at(note, "text") if is_longer else None,
        "legacy.retweeted_status_result.rest_id": _id_of(legacy.get("retweeted_status_result")),
        "quoted_status_result.rest_id": _id_of(tweet.get("quoted_status_result")),
        "core.user_results.result": {
            "core": scalars(at(user, "core")),
            "legacy": scalars(at(user, "legacy")),
            "relationship_counts": scalars(at(user, "relationship_counts")),
        },
        "user": scalars(tweet.get("user")),
        "views": scalars(tweet.get("views")),
        "ext_views": scalars(tweet.get("ext_views")),
        "media_url": _own_address(media, own),
    }


def _id_of(result: object) -> str | None:
    """Id of a tweet that another refers to; ``unknown`` where it is not shown any more."""
    if not isinstance(result, dict):
        return None
    inner = at(result, "result", "tweet") or result.get("result")
    return str(at(inner, "rest_id") or "unknown")


def _own_address(media: Iterable[dict[str, Any]], own: str) -> str | None:
    """Address of the tweet in its pictures' addresses: it names the author where X left the author out."""
    addresses = (str(medium.get("expanded_url")) for medium in media)
    return next((address for address in addresses if f"/status/{own}/" in f"{address}/"), None)


SHAPES: Final[tuple[Shape, ...]] = (
    Shape("X API v2, pages", _is_v2_page, _tweets_of_page),
    Shape("X API v2, flattened", _is_flat_v2_tweet, _flat_v2_tweets),
    Shape("X API v1.1", _is_v1_tweet, _v1_tweets),
    Shape("X API v1.1, pages", _is_v1_page, _v1_page),
    Shape("snscrape", _is_sns, _sns_tweets),
    Shape("Zeeschuimer X", _is_capture, _captured_tweets),
)
