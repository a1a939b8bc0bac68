"""Facebook pages through the Graph API: a page's published posts, with figures.

References
----------
developers.facebook.com/docs/graph-api/reference: /page, /page/published_posts, /pagepost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from textmine.collect import graph
from textmine.collect.clock import moment_of
from textmine.collect.platform import Account, Figures, Listed, Page, Window, drift, text_of, whole
from textmine.collect.request import Answer, Request
from textmine.collect.verdicts import Verdict
from textmine.ingest.shapes.shape import at, objects
from textmine.platforms import Platform as Name

_POST: Final = (
    "id,message,story,created_time,updated_time,permalink_url,status_type,parent_id,from,shares,"
    "attachments{media_type,type,title,url},reactions.summary(total_count).limit(0),"
    "comments.summary(total_count).limit(0)"
)


class Facebook:
    """Pages."""

    name: Name = "facebook"
    host = graph.HOST
    positions = False
    dated = True
    figures_listed = True
    lookup = 50
    mixed = False
    page_size = 100
    most_listed: int | None = None

    def account_request(self, name: str) -> Request:
        """A page by handle or number."""
        parameters = (("fields", "id,name,username,followers_count,fan_count"),)
        return Request("facebook", "account", f"/{graph.VERSION}/{name}", parameters, "pages", account=name)

    def page_request(self, account: Account, window: Window, listing: int, cursor: str | None) -> Request:
        """Published posts within the window, a second wider on both sides: how exact its ends are is not documented."""
        span = {
            "since": str(int(window.begins.timestamp()) - 1),
            "until": str(int(window.ends.timestamp()) + 1),
        }
        parameters = {"fields": _POST, "limit": str(window.size), **span} | ({"after": cursor} if cursor else {})
        return Request(
            "facebook", "page", f"/{graph.VERSION}/{account.id}/published_posts", tuple(parameters.items()), "pages",
            account=account.name, listing=listing, cursor=cursor,
        )  # fmt: skip

    def figures_request(self, account: Account, ids: tuple[str, ...]) -> Request:
        """Posts by id; one that is gone spoils the whole answer, so a single one is asked for by its own address."""
        if len(ids) == 1:
            path, parameters = f"/{graph.VERSION}/{ids[0]}", (("fields", _POST),)
            return Request("facebook", "figures", path, parameters, "pages", account=account.name, ids=ids)
        several = (("ids", ",".join(ids)), ("fields", _POST))
        return Request("facebook", "figures", f"/{graph.VERSION}/", several, "pages", account=account.name, ids=ids)

    def judge(self, answer: Answer) -> Verdict:
        """See :func:`textmine.collect.graph.judge`."""
        return graph.judge(answer)

    def read_account(self, answer: Answer) -> Account | None:
        """Number and followers of a page."""
        page = answer.content()
        if not text_of(at(page, "id")):
            raise drift(answer, "id")
        followers = whole(page.get("followers_count"))
        return Account(
            answer.request.account, text_of(page["id"]), "", text_of(page.get("name")),
            whole(page.get("fan_count")) if followers is None else followers,
        )  # fmt: skip

    def read_page(self, answer: Answer) -> Page:
        """Posts of a page."""
        content = answer.content()
        if (data := graph.entries(content)) is None:
            raise drift(answer, "data")
        posts = [Listed(text_of(post.get("id")), moment_of(post.get("created_time"))) for post in objects(data)]
        known = tuple(post for post in posts if post.id)
        return Page(known, graph.after(content, insist_on_next=True), odd=len(data) - len(known))

    def read_figures(self, answer: Answer) -> Figures:
        """Posts that came."""
        found = tuple(identity for identity, _ in self.items(answer))
        lost = [identity for identity in answer.request.ids if identity not in set(found)]
        return Figures(found, dict.fromkeys(lost, "not shown"))

    def items(self, answer: Answer) -> Iterator[tuple[str, dict[str, Any]]]:
        """Posts with their ids."""
        content = answer.content()
        if answer.request.kind == "page":
            posts = objects(graph.entries(content))
        elif len(answer.request.ids) == 1:
            posts = objects([content])
        else:
            posts = objects(list(content.values())) if isinstance(content, dict) else []
        for post in posts:
            if identity := text_of(post.get("id")):
                yield identity, post
