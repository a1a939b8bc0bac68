"""YouTube Data API v3: a channel's list of uploads, then the videos by fifty.

``playlistItems.list`` of the list of uploads costs one unit a page; ``search.list``, which would find the same videos,
costs a hundred and leaves some out.

References
----------
developers.google.com/youtube/v3: /docs/channels/list, /docs/playlistItems/list, /docs/videos/list, /docs/errors,
/determine_quota_cost. Keys in a header: cloud.google.com/docs/authentication/api-keys-use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from textmine.collect.clock import moment_of
from textmine.collect.platform import Account, Figures, Listed, Page, Window, drift, text_of, whole
from textmine.collect.request import Answer, Request
from textmine.collect.verdicts import BROKEN, DONE, Outcome, Verdict, fault
from textmine.ingest.shapes.shape import at, objects
from textmine.platforms import Platform as Name

QUOTA_ZONE: Final = ZoneInfo("America/Los_Angeles")
"""Daily quotas begin anew at midnight Pacific Time."""
_NOT_SHOWN: Final = {"Private video": "private", "Deleted video": "deleted"}
_USED_UP: Final = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
_TOO_FAST: Final = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "backendError"})
_CLOSED: Final = {
    "channelClosed": "channel closed",
    "channelSuspended": "channel suspended",
    "channelNotFound": "no such channel",
    "playlistNotFound": "no list of uploads",
    "playlistItemsNotAccessible": "uploads not accessible",
    "channelForbidden": "channel not accessible",
    "videoNotFound": "deleted or private",
}


def next_midnight(now: datetime) -> datetime:
    """When the quota of the day begins anew.

    Examples
    --------
    >>> from datetime import UTC
    >>> next_midnight(datetime(2026, 3, 1, 7, 59, tzinfo=UTC)).astimezone(UTC).isoformat()
    '2026-03-01T08:00:00+00:00'
    """
    day = now.astimezone(QUOTA_ZONE).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=QUOTA_ZONE)


class YouTube:
    """The Data API.

    Parameters
    ----------
    channel_ids
        Channel ids as the register writes them, by their lower-case form: handles are the same in any case, ids
        are not.
    """

    name: Name = "youtube"
    host = "https://www.googleapis.com"
    positions = True
    dated = False
    figures_listed = False
    lookup = 50
    mixed = True
    page_size = 50
    most_listed: int | None = None

    def __init__(self, channel_ids: Mapping[str, str] | None = None) -> None:
        self._ids = dict(channel_ids or {})

    def _ask(self, kind: str, method: str, parameters: dict[str, str], **about: Any) -> Request:  # noqa: ANN401
        return Request(
            "youtube", kind, f"/youtube/v3/{method}", tuple(parameters.items()), method, **about  # type: ignore[arg-type]
        )  # fmt: skip

    def account_request(self, name: str) -> Request:
        """``channels.list`` by id or handle."""
        by = {"id": self._ids[name]} if name in self._ids else {"forHandle": f"@{name}"}
        parameters = {"part": "snippet,contentDetails,statistics", "maxResults": "1", **by}
        return self._ask("account", "channels", parameters, account=name)

    def page_request(self, account: Account, window: Window, listing: int, cursor: str | None) -> Request:
        """``playlistItems.list`` of the uploads."""
        parameters = {"part": "snippet,contentDetails,status", "playlistId": account.place}
        parameters["maxResults"] = str(window.size)
        if cursor:
            parameters["pageToken"] = cursor
        return self._ask("page", "playlistItems", parameters, account=account.name, listing=listing, cursor=cursor)

    def figures_request(self, account: Account, ids: tuple[str, ...]) -> Request:
        """``videos.list`` of up to fifty ids."""
        parts = "snippet,contentDetails,statistics,status,liveStreamingDetails"
        return self._ask("figures", "videos", {"part": parts, "id": ",".join(ids)}, account=account.name, ids=ids)

    def judge(self, answer: Answer) -> Verdict:
        """Errors by the reason that the API gives, not by the status alone."""
        content = answer.content()
        if answer.status == 200:
            return DONE if isinstance(content, dict) else BROKEN
        if answer.status >= 500:
            return fault(answer.status)
        reasons = [text_of(error.get("reason")) for error in objects(at(content, "error", "errors"))]
        said = text_of(at(content, "error", "message"))
        return _refusal(answer, frozenset(reasons), said)

    def read_account(self, answer: Answer) -> Account | None:
        """Id, list of uploads and subscribers of a channel."""
        items = _items(answer)
        if not items:
            return None
        channel = items[0]
        uploads = text_of(at(channel, "contentDetails", "relatedPlaylists", "uploads"))
        if not (text_of(channel.get("id")) and uploads):
            raise drift(answer, "id or contentDetails.relatedPlaylists.uploads")
        hidden = at(channel, "statistics", "hiddenSubscriberCount") is True
        return Account(
            answer.request.account,
            text_of(channel["id"]),
            uploads,
            text_of(at(channel, "snippet", "title")),
            None if hidden else whole(at(channel, "statistics", "subscriberCount")),
            whole(at(channel, "statistics", "videoCount")),
        )

    def read_page(self, answer: Answer) -> Page:
        """Videos of a page, those that are not shown any more among them."""
        items = _items(answer)
        posts = [_listed(item) for item in items]
        known = tuple(post for post in posts if post.id)
        content = answer.content()
        total = text_of(at(content, "pageInfo", "totalResults"))
        return Page(known, text_of(content.get("nextPageToken")) or None, total, len(posts) - len(known))

    def read_figures(self, answer: Answer) -> Figures:
        """Videos that came; the API leaves out the others without a word."""
        found = tuple(identity for identity, _ in self.items(answer))
        lost = [identity for identity in answer.request.ids if identity not in set(found)]
        return Figures(found, dict.fromkeys(lost, "deleted or private"))

    def items(self, answer: Answer) -> Iterator[tuple[str, dict[str, Any]]]:
        """Videos with their ids."""
        for item in _items(answer):
            if identity := text_of(item.get("id")):
                yield identity, item


def _items(answer: Answer) -> list[dict[str, Any]]:
    content = answer.content()
    if isinstance(content, dict) and isinstance(content.get("items"), list):
        return objects(content["items"])
    if whole(at(content, "pageInfo", "totalResults")) == 0:  # the API leaves the list out when nothing is found
        return []
    raise drift(answer, "items")


def _listed(item: dict[str, Any]) -> Listed:
    identity = text_of(at(item, "contentDetails", "videoId")) or text_of(at(item, "snippet", "resourceId", "videoId"))
    published = moment_of(at(item, "contentDetails", "videoPublishedAt"))
    if published is not None:
        return Listed(identity, published)
    # without a time of publication a video is not shown; the time at which it came into the list is still there
    gone = _NOT_SHOWN.get(text_of(at(item, "snippet", "title")), "")
    return Listed(identity, moment_of(at(item, "snippet", "publishedAt")), gone)


def _refusal(answer: Answer, reasons: frozenset[str], said: str) -> Verdict:
    if reasons & _USED_UP:
        return Verdict(Outcome.WAIT, "the daily quota is used up", next_midnight(answer.asked_at))
    if reasons & _TOO_FAST or answer.status == 429:
        return Verdict(Outcome.AGAIN, "too many requests at once")
    if "invalidPageToken" in reasons:
        return Verdict(Outcome.LOST, "the page token is not valid any more")
    if closed := [_CLOSED[reason] for reason in sorted(reasons) if reason in _CLOSED]:
        return Verdict(Outcome.GONE, closed[0])
    if answer.status == 404 and answer.request.kind != "account":
        return Verdict(Outcome.GONE, "not found")
    remedy = "check the key and that the YouTube Data API v3 is enabled for its project (textmine doctor)"
    return Verdict(Outcome.STOP, f"refused ({answer.status}): {said or 'no reason given'}", remedy=remedy)
