"""X API v2: a user's posts, a hundred a page, with figures, author and media.

References
----------
docs.x.com: /x-api/posts/timelines, /x-api/posts/lookup, /x-api/users/lookup, /x-api/fundamentals/rate-limits,
/x-api/fundamentals/response-codes-and-errors, /x-api/fundamentals/pagination.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from textmine.collect.clock import as_text, moment_of
from textmine.collect.platform import Account, Figures, Listed, Page, Window, drift, text_of, whole
from textmine.collect.request import Answer, Request
from textmine.collect.verdicts import BROKEN, DONE, Outcome, Verdict, fault
from textmine.ingest.shapes.shape import at, objects
from textmine.platforms import Platform as Name

_TWEET: Final = (
    "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,in_reply_to_user_id,lang,"
    "note_tweet,possibly_sensitive,public_metrics,referenced_tweets"
)
_EXPANDED: Final = {
    "tweet.fields": _TWEET,
    "expansions": "author_id,attachments.media_keys",
    "user.fields": "created_at,public_metrics,username,verified",
    "media.fields": "duration_ms,media_key,type,url",
}
_PRIVATE: Final = "not-authorized-for-resource"
_ABSENT: Final = "resource-not-found"


class X:
    """The API with an app's bearer token."""

    name: Name = "x"
    host = "https://api.x.com"
    positions = False
    dated = True
    figures_listed = True
    lookup = 100
    mixed = True
    page_size = 100
    most_listed: int | None = 3200

    def account_request(self, name: str) -> Request:
        """User by handle."""
        parameters = (("user.fields", "created_at,protected,public_metrics,username,verified"),)
        return Request("x", "account", f"/2/users/by/username/{name}", parameters, "users", account=name)

    def page_request(self, account: Account, window: Window, listing: int, cursor: str | None) -> Request:
        """A user's posts within the window."""
        span = {"start_time": as_text(window.begins), "end_time": as_text(window.ends)}
        parameters = {"max_results": str(window.size), **span, **_EXPANDED}
        if cursor:
            parameters["pagination_token"] = cursor
        return Request(
            "x", "page", f"/2/users/{account.id}/tweets", tuple(parameters.items()), "user posts",
            account=account.name, listing=listing, cursor=cursor,
        )  # fmt: skip

    def figures_request(self, account: Account, ids: tuple[str, ...]) -> Request:
        """Posts by id."""
        parameters = {"ids": ",".join(ids), **_EXPANDED}
        return Request("x", "figures", "/2/tweets", tuple(parameters.items()), "posts", account=account.name, ids=ids)

    def judge(self, answer: Answer) -> Verdict:
        """Errors by status and by the type of the problem; absent and private things come with status 200."""
        content = answer.content()
        if answer.status == 200:
            return _of_whole(answer, content) if isinstance(content, dict) else BROKEN
        if answer.status >= 500:
            return fault(answer.status)
        if answer.status == 429:
            return _limited(answer, content)
        said = text_of(at(content, "detail")) or text_of(at(content, "title"))
        parameters = {name for error in objects(at(content, "errors")) for name in at(error, "parameters") or ()}
        if answer.status == 400 and answer.request.cursor and (not parameters or "pagination_token" in parameters):
            return Verdict(Outcome.LOST, "the pagination token is not valid any more")
        if answer.status == 404 and answer.request.kind != "figures":
            return Verdict(Outcome.GONE, "no such account")
        remedies = {
            401: "the bearer token is wrong or was revoked: make a new one in the developer console",
            402: "the plan's credits are used up: buy more in the developer console",
            403: "the app's plan or project does not include this endpoint: see the developer console",
        }
        remedy = remedies.get(answer.status, "see docs/collect.md")
        return Verdict(Outcome.STOP, f"refused ({answer.status}): {said or 'no reason given'}", remedy=remedy)

    def read_account(self, answer: Answer) -> Account | None:
        """Id and followers of a user."""
        user = at(answer.content(), "data")
        if not text_of(at(user, "id")):
            raise drift(answer, "data.id")
        metrics = user.get("public_metrics")
        return Account(
            answer.request.account,
            text_of(user["id"]),
            "",
            text_of(user.get("name")),
            whole(at(metrics, "followers_count")),
            whole(at(metrics, "tweet_count")),
        )

    def read_page(self, answer: Answer) -> Page:
        """Posts of a page."""
        content = answer.content()
        tweets = _tweets(answer)
        posts = tuple(Listed(text_of(t.get("id")), moment_of(t.get("created_at"))) for t in tweets)
        known = tuple(post for post in posts if post.id)
        token = text_of(at(content, "meta", "next_token"))
        return Page(known, token or None, odd=len(posts) - len(known))

    def read_figures(self, answer: Answer) -> Figures:
        """Posts that came, and why the others did not."""
        found = tuple(identity for identity, _ in self.items(answer))
        said = {
            text_of(error.get("resource_id")) or text_of(error.get("value")): _why(error)
            for error in objects(at(answer.content(), "errors"))
        }
        lost = [identity for identity in answer.request.ids if identity not in set(found)]
        return Figures(found, {identity: said.get(identity, "not shown") for identity in lost})

    def items(self, answer: Answer) -> Iterator[tuple[str, dict[str, Any]]]:
        """Posts, each with its author and media, which a page lists apart."""
        content = answer.content()
        users = {text_of(user.get("id")): user for user in objects(at(content, "includes", "users"))}
        media = {text_of(medium.get("media_key")): medium for medium in objects(at(content, "includes", "media"))}
        for tweet in _tweets(answer):
            whole_tweet = dict(tweet)
            if author := users.get(text_of(tweet.get("author_id"))):
                whole_tweet["author"] = author
            keys = at(tweet, "attachments", "media_keys")
            if isinstance(keys, list):
                listed = [media[text_of(key)] for key in keys if text_of(key) in media]
                whole_tweet["attachments"] = {**tweet["attachments"], "media": listed}
            if identity := text_of(tweet.get("id")):
                yield identity, whole_tweet


def _of_whole(answer: Answer, content: dict[str, Any]) -> Verdict:
    """A whole answer may say that what was asked for is absent or private, and nothing else."""
    errors = objects(content.get("errors"))
    if "data" not in content and errors and answer.request.kind != "figures":
        return Verdict(Outcome.GONE, _why(errors[0]))
    return DONE


def _why(error: dict[str, Any]) -> str:
    kind, detail = text_of(error.get("type")), text_of(error.get("detail"))
    if "suspended" in detail.lower():
        return "suspended"
    if kind.endswith(_PRIVATE):
        return "private"
    return "deleted" if kind.endswith(_ABSENT) else detail[:120] or "not shown"


def _limited(answer: Answer, content: object) -> Verdict:
    if text_of(at(content, "type")).endswith("usage-capped") or "UsageCap" in text_of(at(content, "title")):
        said = text_of(at(content, "detail")) or "the plan's posts of this period are used up"
        return Verdict(Outcome.STOP, said, remedy="wait for the next period of the plan, or take a larger one")
    reset = whole(answer.headers.get("x-rate-limit-reset"))
    until = datetime.fromtimestamp(reset, UTC) if reset is not None else None
    if until is not None and until <= answer.asked_at:  # the clocks differ: the window is over, or nearly so
        until = None
    return Verdict(Outcome.WAIT, "the requests of this window are used up", until)


def _tweets(answer: Answer) -> list[dict[str, Any]]:
    content = answer.content()
    if isinstance(content, dict) and isinstance(content.get("data"), list):
        return objects(content["data"])
    # an empty page has no data, but says so; of posts asked for by id each may be missing, and has its error then
    if whole(at(content, "meta", "result_count")) == 0 or objects(at(content, "errors")):
        return []
    raise drift(answer, "data")
