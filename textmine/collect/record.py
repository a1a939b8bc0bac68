"""Writes an answer and all that follows from it into the journal, in one transaction.

Re-parsing calls the same functions on the kept answers, so that a mended adapter mends what was read before.
"""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import Final

from textmine.collect.clock import as_text
from textmine.collect.journal import Journal
from textmine.collect.platform import Account, Listed, Page, Platform
from textmine.collect.quotas import Quotas
from textmine.collect.request import Answer
from textmine.collect.verdicts import Outcome, Verdict
from textmine.errors import CollectError

MOST_RESTARTS: Final = 4
"""How often a listing begins anew before what was read of it counts, with a note."""
SETTLED: Final = timedelta(hours=1)
"""Posts of the last hour before a listing may come into it late: the next run lists that hour again."""


class Recorder:
    """Applies answers to a journal."""

    def __init__(self, journal: Journal, quotas: Quotas) -> None:
        self._journal = journal
        self._quotas = quotas

    def apply(self, platform: Platform, answer: Answer, verdict: Verdict) -> None:
        """Keep an answer and apply it.

        Raises
        ------
        CollectError
            It is not as the platform documents it. It is kept all the same, marked as not applied.
        """
        try:
            with self._journal.transaction():
                self._quotas.learn(answer)
                number = self._journal.keep(answer, verdict.outcome, applied=True)
                self.replay(platform, answer, verdict, number)
        except CollectError:
            with self._journal.transaction():
                self._quotas.learn(answer)
                self._journal.keep(answer, verdict.outcome, applied=False)
            raise

    def replay(
        self, platform: Platform, answer: Answer, verdict: Verdict, number: int, *, moves_on: bool = True
    ) -> None:
        """Apply an answer that is kept under ``number``; within a transaction.

        ``moves_on``: a page may bring its listing to the next page.
        """
        kind = answer.request.kind
        if kind == "account":
            self._account(platform, answer, verdict)
        elif kind == "page":
            self._page(platform, answer, verdict, number, moves_on=moves_on)
        else:
            self._figures(platform, answer, verdict, number)

    # Accounts

    def deny(self, platform: Platform, name: str, reason: str, seen_at: str) -> None:
        """Record that an account cannot be asked about."""
        with self._journal.transaction():
            self._not_there(platform, name, "denied", reason, seen_at)

    def _not_there(self, platform: Platform, name: str, state: str, reason: str, seen_at: str) -> None:
        self._journal.db.execute(
            "INSERT INTO accounts VALUES(?,?,'','','',NULL,NULL,?,?,?) ON CONFLICT(platform, account) DO UPDATE"
            " SET state=excluded.state, reason=excluded.reason, seen_at=excluded.seen_at",
            (platform.name, name, state, reason, seen_at),
        )

    def _account(self, platform: Platform, answer: Answer, verdict: Verdict) -> None:
        name = answer.request.account
        account = platform.read_account(answer) if verdict.outcome is Outcome.DONE else None
        if account is None:
            state = "denied" if verdict.outcome is Outcome.DENIED else "gone"
            reason = verdict.reason or "no such account"
            self._not_there(platform, name, state, reason, as_text(answer.asked_at))
            return
        self._journal.db.execute(
            "INSERT OR REPLACE INTO accounts VALUES(?,?,?,?,?,?,?,'there','',?)",
            (
                platform.name, name, account.id, account.place, account.title, account.followers, account.n_posts,
                as_text(answer.asked_at),
            ),
        )  # fmt: skip

    # Pages

    def _page(self, platform: Platform, answer: Answer, verdict: Verdict, number: int, *, moves_on: bool) -> None:
        listing = self._journal.row("SELECT * FROM listings WHERE number=?", answer.request.listing)
        if listing is None:
            return
        current = moves_on and listing["state"] == "open" and listing["cursor"] == answer.request.cursor
        if verdict.outcome in (Outcome.LOST, Outcome.SMALLER):
            if current and verdict.outcome is Outcome.LOST:
                self._restart(listing["number"], listing["restarts"], verdict.reason)
            elif current:
                self._halve(listing)
            return
        if verdict.outcome in (Outcome.GONE, Outcome.DENIED):
            self._refused(platform, answer, verdict, listing)
            return
        page = platform.read_page(answer)
        for post in page.posts:
            if post.published_at is None or listing["begins"] <= post.published_at < listing["ends"]:
                self._post(platform, answer, post, listing, number)
        self._quotas.count_posts(platform.name, answer.asked_at, len(page.posts))
        if current:
            self._go_on(platform, page, listing["number"])

    def _refused(self, platform: Platform, answer: Answer, verdict: Verdict, listing: sqlite3.Row) -> None:
        self._journal.db.execute(
            "UPDATE listings SET state='refused', note=? WHERE number=?", (verdict.reason, listing["number"])
        )
        state = "denied" if verdict.outcome is Outcome.DENIED else "gone"
        self._not_there(platform, listing["account"], state, verdict.reason, as_text(answer.asked_at))

    def _post(self, platform: Platform, answer: Answer, post: Listed, listing: sqlite3.Row, number: int) -> None:
        """Write a post of a page that is within the window."""
        asked = as_text(answer.asked_at)
        state = "gone" if post.gone else "read" if platform.figures_listed else "listed"
        fresh = self._journal.db.execute(
            # a post that is shown again is like a new one
            "INSERT INTO posts VALUES(?,?,?,?,?,?,?,NULL) ON CONFLICT(platform, post_id) DO UPDATE"
            " SET state=excluded.state, reason='', seen_at=excluded.seen_at"
            " WHERE posts.state='gone' AND excluded.state<>'gone'",
            (platform.name, post.id, answer.request.account, post.published_at, state, post.gone, asked),
        ).rowcount
        if post.gone:
            self._lost(platform, post.id, post.gone, asked)
        elif platform.figures_listed and (fresh > 0 or self._is_due(platform, post.id, listing)):
            self._read(platform, post.id, number, asked)

    def _is_due(self, platform: Platform, identity: str, listing: sqlite3.Row) -> bool:
        """Whether a known post is read anew: by a refresh, and once only where it stands on two of its pages."""
        if listing["purpose"] != "refresh":
            return False
        row = self._journal.row("SELECT read_at FROM posts WHERE platform=? AND post_id=?", platform.name, identity)
        return row is not None and (row["read_at"] is None or row["read_at"] < listing["opened_at"])

    def _go_on(self, platform: Platform, page: Page, listing: int) -> None:
        row = self._journal.row("SELECT * FROM listings WHERE number=?", listing)
        if row is None:
            return
        seen = f"{page.total} " + " ".join(post.id for post in page.posts)
        first = seen if row["pages"] == 0 else row["first"]
        dates = [post.published_at for post in page.posts]
        older = bool(dates) and all(date is not None and date < row["begins"] for date in dates)
        over = page.cursor is None or (older and not platform.dated)
        n_listed = row["listed"] + len(page.posts)
        state = "open" if not over else "check" if platform.positions and row["pages"] else "done"
        note = row["note"]
        if over and platform.most_listed is not None and n_listed >= platform.most_listed - platform.page_size:
            note = f"the platform lists the newest {platform.most_listed:,} posts only: older ones may be missing"
        if page.odd:
            note = f"{page.odd} entries of a page have no id"
        self._journal.db.execute(
            "UPDATE listings SET cursor=?, pages=pages+1, first=?, state=?, listed=?, note=? WHERE number=?",
            (None if over else page.cursor, first, state, n_listed, note, listing),
        )

    def check(self, platform: Platform, answer: Answer) -> None:
        """Compare the first page as it is now with what it was: a list that moved meanwhile is read again."""
        page = platform.read_page(answer)
        with self._journal.transaction():
            self._quotas.learn(answer)
            self._journal.keep(answer, Outcome.DONE, applied=True)
            row = self._journal.row("SELECT * FROM listings WHERE number=?", answer.request.listing)
            if row is None:
                return
            if row["first"] == f"{page.total} " + " ".join(post.id for post in page.posts):
                self._journal.db.execute("UPDATE listings SET state='done' WHERE number=?", (row["number"],))
            else:
                self._restart(row["number"], row["restarts"], "the list changed while it was read")

    def _halve(self, listing: sqlite3.Row) -> None:
        self._journal.db.execute(
            "UPDATE listings SET size=?, state=?, note=? WHERE number=?",
            (
                listing["size"] // 2,
                "open" if listing["size"] > 1 else "unsettled",
                "" if listing["size"] > 1 else "one of its posts is too much for the platform; try again later",
                listing["number"],
            ),
        )

    def _restart(self, listing: int, restarts: int, reason: str) -> None:
        if restarts + 1 < MOST_RESTARTS:
            self._journal.db.execute(
                "UPDATE listings SET state='open', cursor=NULL, pages=0, listed=0, restarts=restarts+1 WHERE number=?",
                (listing,),
            )
            return
        note = f"{reason}, {MOST_RESTARTS} times: a post may be missing; run the same command again"
        self._journal.db.execute("UPDATE listings SET state='unsettled', note=? WHERE number=?", (note, listing))

    # Figures

    def _figures(self, platform: Platform, answer: Answer, verdict: Verdict, number: int) -> None:
        asked = as_text(answer.asked_at)
        if verdict.outcome in (Outcome.GONE, Outcome.DENIED):
            for identity in answer.request.ids:
                self._lost(platform, identity, verdict.reason, asked)
            return
        if verdict.outcome is not Outcome.DONE:
            return
        figures = platform.read_figures(answer)
        for identity in figures.found:
            self._read(platform, identity, number, asked)
        for identity, reason in figures.gone.items():
            self._lost(platform, identity, reason, asked)
        if platform.figures_listed:
            self._quotas.count_posts(platform.name, answer.asked_at, len(figures.found))

    def _read(self, platform: Platform, identity: str, number: int, asked: str) -> None:
        self._journal.db.execute(
            "INSERT OR IGNORE INTO readings SELECT platform, post_id, ?, ?, (SELECT followers FROM accounts a"
            " WHERE a.platform=posts.platform AND a.account=posts.account) FROM posts WHERE platform=? AND post_id=?",
            (number, asked, platform.name, identity),
        )
        self._journal.db.execute(
            "UPDATE posts SET state='read', reason='', seen_at=?, read_at=? WHERE platform=? AND post_id=?",
            (asked, asked, platform.name, identity),
        )

    def _lost(self, platform: Platform, identity: str, reason: str, asked: str) -> None:
        self._journal.db.execute(
            "UPDATE posts SET state='gone', reason=?, seen_at=? WHERE platform=? AND post_id=?",
            (reason, asked, platform.name, identity),
        )


def mark_unlisted(journal: Journal, listing: int) -> None:
    """Record posts that a finished listing did not show though it went over their time: deleted, or not public."""
    journal.db.execute(
        "UPDATE posts SET state='gone', reason='not listed any more', seen_at=l.opened_at"
        " FROM listings l WHERE l.number=? AND l.state='done' AND posts.platform=l.platform"
        " AND posts.account=l.account AND posts.state='read'"
        " AND posts.published_at>=l.begins AND posts.published_at<l.ends"
        " AND (posts.read_at IS NULL OR posts.read_at<l.opened_at)",
        (listing,),
    )


def account_in(journal: Journal, platform: Platform, name: str) -> Account | None:
    """An account as the journal knows it, or None where it is not known to be there."""
    row = journal.row("SELECT * FROM accounts WHERE platform=? AND account=?", platform.name, name)
    if row is None or row["state"] != "there":
        return None
    return Account(name, row["id"], row["place"], row["title"], row["followers"], row["n_posts"])
