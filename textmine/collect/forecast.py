"""What a run will cost, before it starts.

What is known is counted: accounts to ask, listings to finish, figures to read. How many posts a period holds is not
known beforehand: it is estimated from the posts a day that were seen before, of the account, else of the platform's
other accounts, else assumed.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from textmine.collect.accounts import accounts_of, platforms_of, register_of
from textmine.collect.clock import Clock, SystemClock, as_text, from_text
from textmine.collect.journal import FILE, Journal
from textmine.collect.keys import Keys, read_keys
from textmine.collect.platform import Platform
from textmine.collect.quotas import Quotas
from textmine.collect.run import period
from textmine.collect.windows import Span, uncovered
from textmine.platforms import Platform as Name

ASSUMED: Final = 3.0
"""Posts a day of an account where nothing was seen yet."""
SCHEMA: Final = pl.Schema(
    {
        "platform": pl.String(),
        "accounts": pl.Int64(),
        "open": pl.Int64(),
        "posts": pl.Int64(),
        "requests": pl.Int64(),
        "left": pl.Int64(),
        "of": pl.Int64(),
        "unit": pl.String(),
        "days": pl.Int64(),
        "detail": pl.String(),
    }
)
"""Columns of :func:`forecast`: accounts of the register and those still open, posts and requests to come (estimated),
what is left of the quota and of how much, and on how many days of quota the run will end."""


def forecast(
    agencies: str | Path | pl.DataFrame,
    folder: str | Path,
    *,
    begin: date,
    end: date,
    keys: Keys | None = None,
    platforms: Collection[Name] = (),
    only: Collection[str] = (),
    clock: Clock | None = None,
    shared: bool = False,
) -> pl.DataFrame:
    """Estimate what :func:`textmine.collect.collect` with the same arguments will ask; nothing is asked.

    Parameters
    ----------
    agencies, folder, begin, end, keys, platforms, only, clock
        As for :func:`textmine.collect.collect`.
    shared
        Look at the journal while another process may be collecting.

    Returns
    -------
    polars.DataFrame
        Columns of :data:`SCHEMA`, a row a platform with accounts.
    """
    held = keys or read_keys()
    register, _ = register_of(agencies)
    wanted = accounts_of(register, begin, end, only=only)
    where = Path(folder)
    if not (where / FILE).is_file():
        return _rows(None, held, wanted, platforms, period(begin, end), clock or SystemClock())
    with Journal(where, reads_only=shared) as journal:
        return _rows(journal, held, wanted, platforms, period(begin, end), clock or SystemClock())


def _rows(
    journal: Journal | None,
    keys: Keys,
    wanted: Mapping[Name, Sequence[str]],
    platforms: Collection[Name],
    span: Span,
    clock: Clock,
) -> pl.DataFrame:
    rows = []
    for name, platform in platforms_of(keys).items():
        if not wanted[name] or (platforms and name not in platforms):
            continue
        seen = _Seen(journal, platform, as_text(clock.now()))
        costs = [seen.cost(account, span) for account in wanted[name]]
        n_requests, n_posts = sum(c.requests for c in costs), sum(c.posts for c in costs)
        left = Quotas(journal, keys).left(name, clock.now()) if journal is not None else None
        quota = (left.left, left.of, left.unit) if left is not None else _whole(name, keys)
        need = n_posts if quota is not None and quota[2] == "posts" else n_requests
        days = 1 + math.ceil(max(need - quota[0], 0) / quota[1]) if quota is not None else None
        lacks = keys.missing(name)
        detail = f"no key: {lacks}" if lacks else seen.basis
        n_open = sum(c.requests > 0 for c in costs)
        rows.append(
            (name, len(wanted[name]), n_open, n_posts, n_requests, *(quota or (None, None, None)), days, detail)
        )
    return pl.DataFrame(rows, SCHEMA, orient="row")


def _whole(name: Name, keys: Keys) -> tuple[int, int, str] | None:
    if name == "youtube":
        return keys.youtube.daily_quota, keys.youtube.daily_quota, "units"
    if name == "x" and keys.x.monthly_posts:
        return keys.x.monthly_posts, keys.x.monthly_posts, "posts"
    return None


@dataclass(frozen=True)
class _Cost:
    requests: int
    posts: int


class _Seen:
    """What a journal knows of a platform's accounts."""

    def __init__(self, journal: Journal | None, platform: Platform, now: str) -> None:
        self._journal = journal
        self._platform = platform
        self._now = now
        self._rates = self._measure()
        mean = sum(self._rates.values()) / len(self._rates) if self._rates else None
        self._usual = ASSUMED if mean is None else mean
        said = f"{self._usual:.1f} posts a day and account"
        self.basis = f"assumed {said}" if mean is None else f"measured: {said} on average"

    def _measure(self) -> dict[str, float]:
        """Posts a day of each account that was listed over at least a week."""
        if self._journal is None:
            return {}
        days: dict[str, float] = {}
        for row in self._journal.rows(
            "SELECT account, begins, covers FROM listings WHERE platform=? AND state='done' AND purpose='collect'",
            self._platform.name,
        ):
            days[row["account"]] = days.get(row["account"], 0.0) + _days((row["begins"], row["covers"]))
        posts = {
            row["account"]: row["n"]
            for row in self._journal.rows(
                "SELECT account, count(*) AS n FROM posts WHERE platform=? GROUP BY account", self._platform.name
            )
        }
        return {name: posts.get(name, 0) / length for name, length in days.items() if length >= 7}

    def cost(self, name: str, span: Span) -> _Cost:
        """Requests and posts that an account still costs."""
        state, n_posts, n_listed, covered = self._known(name)
        wanted = span[0], min(span[1], self._now)
        lacking = uncovered(wanted, covered) if wanted[0] < wanted[1] else []
        # the last hours are listed again by every run and cost a page; without them nothing is open
        if state == "there" and all(_days(part) * 24 < 2 for part in lacking) and not n_listed:
            return _Cost(len(lacking), 0)
        posts = sum(_days(part) for part in lacking) * self._rates.get(name, self._usual)
        if n_posts is not None:
            posts = min(posts, n_posts)
        pages = sum(self._pages(name, part, n_posts) for part in lacking)
        asked = 0 if self._platform.figures_listed else math.ceil((posts + n_listed) / self._platform.lookup)
        return _Cost(1 + pages + asked, round(posts) + n_listed)

    def _pages(self, name: str, part: Span, n_posts: int | None) -> int:
        size = self._platform.page_size
        # without dates in the question the listing begins at the newest post
        length = _days(part) if self._platform.dated else _days((part[0], self._now))
        listed = length * self._rates.get(name, self._usual)
        if n_posts is not None:
            listed = min(listed, n_posts)
        pages = max(math.ceil(listed / size), 1) + (0 if self._platform.dated else 1)
        return pages + (1 if self._platform.positions and pages > 1 else 0)

    def _known(self, name: str) -> tuple[str, int | None, int, list[Span]]:
        if self._journal is None:
            return "", None, 0, []
        mine = (self._platform.name, name)
        row = self._journal.row("SELECT state, n_posts FROM accounts WHERE platform=? AND account=?", *mine)
        listed = self._journal.row(
            "SELECT count(*) AS n FROM posts WHERE platform=? AND account=? AND state='listed'", *mine
        )
        done = self._journal.rows(
            "SELECT begins, covers FROM listings WHERE platform=? AND account=? AND state='done'"
            " AND purpose='collect'", *mine,
        )  # fmt: skip
        return (
            row["state"] if row is not None else "",
            row["n_posts"] if row is not None else None,
            listed["n"] if listed is not None else 0,
            [(entry["begins"], entry["covers"]) for entry in done],
        )


def _days(span: Span) -> float:
    return max((from_text(span[1]) - from_text(span[0])) / timedelta(days=1), 0.0)
