"""Instagram business accounts through ``business_discovery``: what one's own account may see of the others.

References
----------
developers.facebook.com/docs/instagram-platform: /instagram-api-with-facebook-login/business-discovery,
/instagram-graph-api/reference/ig-user/business_discovery, /reference/instagram-media.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from textmine.collect import graph
from textmine.collect.clock import moment_of
from textmine.collect.platform import Account, Figures, Listed, Page, Window, drift, text_of, whole
from textmine.collect.request import Answer, Request
from textmine.collect.verdicts import Outcome, Verdict
from textmine.ingest.shapes.shape import at, objects
from textmine.platforms import Platform as Name

_OWNER: Final = "id,username,name,followers_count,media_count"
_MEDIA: Final = "id,caption,media_type,media_product_type,permalink,timestamp,username,like_count,comments_count"
_VIEWS: Final = ",view_count"
"""Views of reels: given through business discovery alone, and not by every version of the API."""


class Instagram:
    """Business and creator accounts.

    Parameters
    ----------
    user_id
        Number of the own business account, which asks.
    """

    name: Name = "instagram"
    host = graph.HOST
    positions = False
    dated = False
    figures_listed = True
    lookup = 0
    mixed = False
    page_size = 50
    most_listed: int | None = None

    def __init__(self, user_id: str) -> None:
        self._path = f"/{graph.VERSION}/{user_id}"
        self._fields = _MEDIA + _VIEWS

    def account_request(self, name: str) -> Request:
        """An account by handle."""
        parameters = (("fields", f"business_discovery.username({name}){{{_OWNER}}}"),)
        return Request("instagram", "account", self._path, parameters, "instagram", account=name)

    def page_request(self, account: Account, window: Window, listing: int, cursor: str | None) -> Request:
        """A page of an account's media."""
        place = f".after({cursor})" if cursor else ""
        media = f"media{place}.limit({window.size}){{{self._fields}}}"
        parameters = (("fields", f"business_discovery.username({account.name}){{{_OWNER},{media}}}"),)
        return Request(
            "instagram", "page", self._path, parameters, "instagram",
            account=account.name, listing=listing, cursor=cursor,
        )  # fmt: skip

    def figures_request(self, account: Account, ids: tuple[str, ...]) -> Request:
        """Media of others cannot be asked for by id."""
        raise NotImplementedError

    def judge(self, answer: Answer) -> Verdict:
        """See :func:`textmine.collect.graph.judge`; where views are no field of media, they are not asked for again."""
        said = text_of(at(answer.content(), "error", "message"))
        if "nonexisting field" in said and "view_count" in said:
            self._fields = _MEDIA
            return Verdict(Outcome.LOST, "views are not given")
        return graph.judge(answer)

    def read_account(self, answer: Answer) -> Account | None:
        """Number and followers of an account."""
        owner = at(answer.content(), "business_discovery")
        if not text_of(at(owner, "id")):
            raise drift(answer, "business_discovery.id")
        return Account(
            answer.request.account, text_of(owner["id"]), "", text_of(owner.get("name")),
            whole(owner.get("followers_count")), whole(owner.get("media_count")),
        )  # fmt: skip

    def read_page(self, answer: Answer) -> Page:
        """Media of a page."""
        edge = at(answer.content(), "business_discovery", "media")
        if edge is None and at(answer.content(), "business_discovery", "media_count") == 0:
            return Page((), None)
        if (data := graph.entries(edge)) is None:
            raise drift(answer, "business_discovery.media.data")
        posts = [Listed(text_of(post.get("id")), moment_of(post.get("timestamp"))) for post in objects(data)]
        known = tuple(post for post in posts if post.id)
        cursor = graph.after(edge, insist_on_next=False) if data else None
        return Page(known, cursor, odd=len(data) - len(known))

    def read_figures(self, answer: Answer) -> Figures:
        """Media of others cannot be asked for by id."""
        raise NotImplementedError

    def items(self, answer: Answer) -> Iterator[tuple[str, dict[str, Any]]]:
        """Media with their ids and their account's followers."""
        owner = at(answer.content(), "business_discovery")
        for post in objects(at(owner, "media", "data")):
            if identity := text_of(post.get("id")):
                about = {key: at(owner, key) for key in ("username", "followers_count") if post.get(key) is None}
                yield identity, post | about
