"""Quotas and limits: what has been spent, what is left, and until when to wait.

YouTube counts units a day, from midnight Pacific Time; X counts requests in windows and posts a month; the Graph API
tells in headers how much of an hour's allowance is used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from textmine.collect.clock import as_text, from_text
from textmine.collect.journal import Journal
from textmine.collect.keys import Keys
from textmine.collect.platform import whole
from textmine.collect.request import Answer, Request
from textmine.collect.youtube import QUOTA_ZONE, next_midnight
from textmine.ingest.shapes.shape import objects
from textmine.platforms import Platform

NEARLY_USED: Final = 95
"""Per cent of an allowance of the Graph API from which on the next request waits: at 100 the platform refuses."""
_PAUSE: Final = timedelta(minutes=5)
"""How long the next request waits then: the allowance is one of a rolling hour and frees itself bit by bit."""


@dataclass(frozen=True)
class Left:
    """What is left of a quota: how much of how much, of what, and until when."""

    left: int
    of: int
    unit: str
    until: datetime


def quota_day(platform: Platform, now: datetime) -> str:
    """Day to which a request counts: Pacific Time for YouTube, UTC for the others."""
    return (now.astimezone(QUOTA_ZONE) if platform == "youtube" else now.astimezone(UTC)).date().isoformat()


class Quotas:
    """The quotas of a journal."""

    def __init__(self, journal: Journal, keys: Keys) -> None:
        self._journal = journal
        self._keys = keys

    def spent(self, platform: Platform, now: datetime) -> int:
        """Units of the day on YouTube, posts of the month on X, requests of the day elsewhere."""
        day = quota_day(platform, now)
        if platform == "x":
            row = self._journal.row(
                "SELECT sum(posts) AS n FROM spending WHERE platform=? AND day LIKE ?", platform, f"{day[:7]}-%"
            )
        else:
            column = "units" if platform == "youtube" else "requests"
            row = self._journal.row(
                f"SELECT sum({column}) AS n FROM spending WHERE platform=? AND day=?", platform, day  # noqa: S608
            )  # fmt: skip
        return int(row["n"] or 0) if row is not None else 0

    def left(self, platform: Platform, now: datetime) -> Left | None:
        """What is left, or None where the platform has no quota that is known beforehand."""
        if platform == "youtube":
            most, unit, until = self._keys.youtube.daily_quota, "units", next_midnight(now)
        elif platform == "x" and self._keys.x.monthly_posts:
            most, unit = self._keys.x.monthly_posts, "posts"
            until = (now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0) + timedelta(days=32)).replace(day=1)
        else:
            return None
        return Left(max(most - self.spent(platform, now), 0), most, unit, until)

    def spend(self, request: Request, now: datetime) -> None:
        """Count a request, before it is sent."""
        self._count(request.platform, now, request.cost, 1, 0)

    def count_posts(self, platform: Platform, now: datetime, n_posts: int) -> None:
        """Count posts that came back; within the transaction of their answer."""
        self._count(platform, now, 0, 0, n_posts)

    def _count(self, platform: Platform, now: datetime, units: int, requests: int, posts: int) -> None:
        self._journal.db.execute(
            "INSERT INTO spending VALUES(?,?,?,?,?) ON CONFLICT(platform, day) DO UPDATE SET"
            " units=units+excluded.units, requests=requests+excluded.requests, posts=posts+excluded.posts",
            (platform, quota_day(platform, now), units, requests, posts),
        )

    def barred(self, request: Request, now: datetime) -> tuple[datetime, str] | None:
        """Until when a request must wait and why, or None where it may be sent."""
        left = self.left(request.platform, now)
        if left is not None and left.left < (request.cost if left.unit == "units" else 1):
            return left.until, f"the quota of {left.of:,} {left.unit} is used up"
        row = self._journal.row(
            "SELECT until, reason FROM limits WHERE platform=? AND bucket IN (?, '') AND until>? ORDER BY until DESC",
            request.platform, request.bucket, as_text(now),
        )  # fmt: skip
        return (from_text(row["until"]), row["reason"]) if row is not None else None

    def bar(self, platform: Platform, bucket: str, until: datetime, reason: str) -> None:
        """Remember that a bucket must wait, also for the next run; an empty bucket is the whole platform."""
        self._journal.db.execute(
            "INSERT OR REPLACE INTO limits VALUES(?,?,?,?)", (platform, bucket, as_text(until), reason)
        )

    def learn(self, answer: Answer) -> None:
        """Take what the headers of an answer say of limits."""
        request, headers = answer.request, answer.headers
        if headers.get("x-rate-limit-remaining") == "0" and (reset := whole(headers.get("x-rate-limit-reset"))):
            until = datetime.fromtimestamp(reset, UTC)
            self.bar(request.platform, request.bucket, until, "the window's requests are used up")
        used, regain = usage(headers)
        if used >= NEARLY_USED or regain:
            until = answer.asked_at + (regain or _PAUSE)
            self.bar(request.platform, request.bucket, until, f"{used} % of the hour's allowance is used")


def usage(headers: dict[str, str]) -> tuple[int, timedelta | None]:
    """Highest share of an allowance that the Graph API says is used, in per cent, and the wait it gives, if any.

    Examples
    --------
    >>> usage({"x-app-usage": '{"call_count": 28, "total_time": 97, "total_cputime": 25}'})
    (97, None)
    >>> usage({"x-business-use-case-usage": '{"1": [{"call_count": 100, "estimated_time_to_regain_access": 19}]}'})
    (100, datetime.timedelta(seconds=1140))
    """
    entries: list[dict[str, object]] = []
    for name in ("x-app-usage", "x-page-usage", "x-business-use-case-usage"):
        try:
            said = json.loads(headers.get(name, "{}"))
        except ValueError:
            continue
        if isinstance(said, dict):
            entries += [said, *(entry for use in said.values() for entry in objects(use))]
    shares = [whole(entry.get(key)) or 0 for entry in entries for key in ("call_count", "total_time", "total_cputime")]
    minutes = [whole(entry.get("estimated_time_to_regain_access")) or 0 for entry in entries]
    longest = max(minutes, default=0)
    return max(shares, default=0), timedelta(minutes=longest) if longest else None
