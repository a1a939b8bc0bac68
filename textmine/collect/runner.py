"""Works through the accounts of a platform: who it is, its posts page by page, figures of posts listed without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from textmine.collect.client import Client
from textmine.collect.clock import as_text, from_text
from textmine.collect.journal import Journal
from textmine.collect.platform import Account, Platform, Window
from textmine.collect.record import SETTLED, Recorder, account_in
from textmine.collect.verdicts import Outcome
from textmine.collect.windows import Span, uncovered
from textmine.errors import CollectError

_ASKED_LATELY: Final = timedelta(hours=20)
"""An account that was asked about within this time is not asked about again."""
_BEHIND: Final = timedelta(minutes=1)
"""A listing ends this much before now: X refuses an end within the last ten seconds."""
_MOST_FAULTS: Final = 3
"""Accounts in a row that fail before the platform is left for this run."""

Progress = Callable[[int, int | None], None]


class Runner:
    """Asks and records.

    Parameters
    ----------
    journal, client
        Where it is kept, and who asks.
    """

    def __init__(self, journal: Journal, client: Client) -> None:
        self._journal = journal
        self._client = client
        self._recorder = Recorder(journal, client.quotas)

    def account(self, platform: Platform, name: str) -> Account | None:
        """Who an account is; None where it is not there or may not be seen, which is recorded."""
        now = as_text(self._client.clock.now())
        if not self._client.may_ask(platform.name, name):
            self._recorder.deny(platform, name, "there is no token for this page", now)
            return None
        row = self._journal.row("SELECT * FROM accounts WHERE platform=? AND account=?", platform.name, name)
        lately = as_text(self._client.clock.now() - _ASKED_LATELY)
        if row is None or row["state"] != "there" or row["seen_at"] < lately:
            answer, verdict = self._client.send(platform, platform.account_request(name))
            self._recorder.apply(platform, answer, verdict)
        return account_in(self._journal, platform, name)

    def listings(self, platform: Platform, account: Account, span: Span) -> None:
        """Finish the listings that were begun, and make those that a period still lacks."""
        for row in self._journal.rows(
            "SELECT number FROM listings WHERE platform=? AND account=? AND purpose='collect'"
            " AND state IN ('open', 'check')",
            platform.name, account.name,
        ):  # fmt: skip
            self.finish(platform, account, row["number"])
        for begins, ends in self.lacking(platform, account.name, span):
            self.finish(platform, account, self.open_listing(platform, account.name, (begins, ends), "collect"))

    def lacking(self, platform: Platform, name: str, span: Span) -> list[Span]:
        """Parts of a period that can be listed by now and were not."""
        last = as_text(self._client.clock.now() - _BEHIND)
        done = self._journal.rows(
            "SELECT begins, covers FROM listings WHERE platform=? AND account=? AND state='done'"
            " AND purpose='collect'", platform.name, name,
        )  # fmt: skip
        wanted = (span[0], min(span[1], last))
        return uncovered(wanted, [(row["begins"], row["covers"]) for row in done]) if wanted[0] < wanted[1] else []

    def is_recent(self, span: Span) -> bool:
        """Whether a part of a period is the last hours, which the next run lists again anyway."""
        return span[0] >= as_text(self._client.clock.now() - 2 * SETTLED)

    def open_listing(self, platform: Platform, name: str, span: Span, purpose: str, *, closed: bool = False) -> int:
        """Begin a listing and return its number; ``closed``: the end is in it."""
        now = self._client.clock.now()
        if closed:
            span = span[0], as_text(from_text(span[1]) + timedelta(seconds=1))
        # what came in just before may come into the list late: that hour is not taken as covered
        covers = max(min(span[1], as_text(now - SETTLED)), span[0])
        with self._journal.transaction():
            cursor = self._journal.db.execute(
                "INSERT INTO listings VALUES(NULL,?,?,?,?,?,?,'open',NULL,?,0,'',0,0,'',?)",
                (platform.name, name, *span, covers, purpose, platform.page_size, as_text(now)),
            )
        return int(cursor.lastrowid or 0)

    def finish(self, platform: Platform, account: Account, number: int) -> None:
        """Read the pages of a listing that are still to be read."""
        while True:
            row = self._journal.row("SELECT * FROM listings WHERE number=?", number)
            if row is None or row["state"] not in ("open", "check"):
                return
            window = Window(from_text(row["begins"]), from_text(row["ends"]), row["size"])
            cursor = row["cursor"] if row["state"] == "open" else None
            answer, verdict = self._client.send(platform, platform.page_request(account, window, number, cursor))
            if row["state"] == "check" and verdict.outcome is Outcome.DONE:
                self._recorder.check(platform, answer)
            else:
                self._recorder.apply(platform, answer, verdict)

    def figures(self, platform: Platform, account: Account, ids: Iterable[str] | None = None) -> None:
        """Ask for the figures of posts; by default of those that were listed without."""
        if ids is None:
            ids = [
                row["post_id"]
                for row in self._journal.rows(
                    "SELECT post_id FROM posts WHERE platform=? AND account=? AND state='listed'"
                    " ORDER BY published_at DESC, post_id",
                    platform.name,
                    account.name,
                )
            ]
        for several in batches(ids, platform.lookup):
            self._ask_figures(platform, account, several)

    def _ask_figures(self, platform: Platform, account: Account, ids: tuple[str, ...]) -> None:
        answer, verdict = self._client.send(platform, platform.figures_request(account, ids))
        self._recorder.apply(platform, answer, verdict)
        if verdict.outcome is Outcome.SPLIT:
            for identity in ids:
                self._ask_figures(platform, account, (identity,))


def batches(ids: Iterable[str], size: int) -> Iterator[tuple[str, ...]]:
    """Ids in groups of at most ``size``."""
    rest = iter(ids)
    while several := tuple(islice(rest, max(size, 1))):
        yield several


def each_account(
    platform: Platform, names: Iterable[str], work: Callable[[str], None], told: Callable[[], None]
) -> list[CollectError]:
    """Do the work for each account; what stops it for one, or for the platform, is returned."""
    problems: list[CollectError] = []
    in_a_row = 0
    for name in names:
        try:
            work(name)
            in_a_row = 0
        except CollectError as error:
            problems.append(error)
            in_a_row += 1
            if not error.about_account or in_a_row >= _MOST_FAULTS:
                break
        told()
    return problems


def span_of(begin: datetime, end: datetime) -> Span:
    """A period as the journal holds it."""
    return as_text(begin), as_text(end)
