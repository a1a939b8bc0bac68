"""What the run must know of a platform: what to ask, what an answer means, what it holds.

An adapter reads ids, times and cursors and nothing else of a post: the fields are read by :mod:`textmine.ingest`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from textmine.collect.request import Answer, Request
from textmine.collect.verdicts import Verdict
from textmine.errors import CollectError
from textmine.platforms import Platform as Name


@dataclass(frozen=True)
class Account:
    """An account of the register, and what the platform says of it.

    ``id`` is the platform's own number, ``place`` what its posts are listed by where that is something else, and
    ``n_posts`` how many posts it says the account has.
    """

    name: str
    id: str = ""
    place: str = ""
    title: str = ""
    followers: int | None = None
    n_posts: int | None = None


@dataclass(frozen=True)
class Listed:
    """A post in a listing; ``gone`` says why it is not shown, if it is not."""

    id: str
    published_at: str | None
    gone: str = ""


@dataclass(frozen=True)
class Page:
    """A page of a listing.

    ``total`` is the length of the whole listing where the platform tells it. ``odd`` counts entries without an id.
    """

    posts: tuple[Listed, ...]
    cursor: str | None
    total: str = ""
    odd: int = 0


@dataclass(frozen=True)
class Figures:
    """Posts whose figures came, and why the others did not."""

    found: tuple[str, ...]
    gone: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Window:
    """The part of an account's posts that a listing is for; ``begins`` is in it and ``ends`` is not.

    ``size`` is how many posts a page may hold.
    """

    begins: datetime
    ends: datetime
    size: int


class Platform(Protocol):
    """A platform.

    ``host`` is where it is asked. ``positions``: cursors of a listing are places in it, so that a listing that changes
    while it is read may hide posts. ``dated``: the platform itself keeps to the window; where not, a listing is read
    until a whole page is older. ``figures_listed``: pages of a listing have the figures. ``lookup``: how many posts can
    be asked for at once by id; 0 where they cannot. ``mixed``: posts of several accounts can be asked for together.
    ``page_size``: posts on a page. ``most_listed``: posts behind which the platform lists no more.
    """

    name: Name
    host: str
    positions: bool
    dated: bool
    figures_listed: bool
    lookup: int
    mixed: bool
    page_size: int
    most_listed: int | None

    def account_request(self, name: str) -> Request:
        """Ask who an account is."""

    def page_request(self, account: Account, window: Window, listing: int, cursor: str | None) -> Request:
        """Ask for a page of an account's posts."""

    def figures_request(self, account: Account, ids: tuple[str, ...]) -> Request:
        """Ask for posts by id."""

    def judge(self, answer: Answer) -> Verdict:
        """Say what an answer means."""

    def read_account(self, answer: Answer) -> Account | None:
        """Read who an account is; None where there is no such account."""

    def read_page(self, answer: Answer) -> Page:
        """Read a page of a listing."""

    def read_figures(self, answer: Answer) -> Figures:
        """Read which of the posts asked for came."""

    def items(self, answer: Answer) -> Iterator[tuple[str, dict[str, Any]]]:
        """Posts of an answer with their ids, as an export holds them."""


def drift(answer: Answer, missing: str) -> CollectError:
    """The error for an answer that is not as the platform documents it; the answer is kept in the journal."""
    request = answer.request
    return CollectError(
        f"the answer about {request.kind} has no {missing}: the platform has changed its answers. The answer is kept;"
        " update textmine and run: textmine collect parse",
        platform=request.platform,
        account=request.account or None,
        about_account=True,
    )


def whole(value: object) -> int | None:
    """Whole number of a JSON value, which may be text, or None.

    Examples
    --------
    >>> whole("1200"), whole(3), whole("many"), whole(None), whole(True)
    (1200, 3, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def text_of(value: object) -> str:
    """Text of an id, which may be a number in JSON; nothing for what is neither.

    Examples
    --------
    >>> text_of(12), text_of("12"), text_of(None), text_of({})
    ('12', '12', '', '')
    """
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
