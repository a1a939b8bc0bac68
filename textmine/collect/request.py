"""A question to a platform, without its key, and the answer as it came."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from urllib.parse import urlencode

from textmine.platforms import Platform

Kind = Literal["account", "page", "figures"]
"""What is asked for: who an account is, a page of its posts, figures of known posts."""

HEADERS_KEPT: Final = (
    "date content-type etag retry-after x-rate-limit-limit x-rate-limit-remaining x-rate-limit-reset x-app-usage"
    " x-business-use-case-usage x-page-usage x-fb-trace-id x-fb-request-id facebook-api-version x-transaction-id"
).split()
"""Headers of an answer that matter later; the others are not kept."""


@dataclass(frozen=True)
class Request:
    """One question.

    Parameters
    ----------
    platform, kind
        Whom, and what for.
    path
        Path on the platform's host.
    parameters
        The query, without any key: keys go into a header, when the request is sent.
    bucket
        The platform counts requests of one bucket together.
    cost
        Units of the daily quota.
    account, listing, cursor, ids
        What the answer belongs to: the register's account, the number of the listing, the cursor of the page, the
        posts asked for.
    """

    platform: Platform
    kind: Kind
    path: str
    parameters: tuple[tuple[str, str], ...]
    bucket: str
    cost: int = 1
    account: str = ""
    listing: int | None = None
    cursor: str | None = None
    ids: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Path and query."""
        return f"{self.path}?{urlencode(self.parameters)}"


@dataclass(frozen=True)
class Answer:
    """What came back, without keys; ``number`` is its place in the journal once it is kept there."""

    request: Request
    status: int
    headers: dict[str, str]
    body: bytes
    asked_at: datetime
    number: int = 0

    def content(self) -> Any:  # noqa: ANN401  # a JSON value
        """Return the JSON of the body, or None where it is none: cut off, or a page for people."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None
