"""What is left of quotas, what waits, and what a collection still needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from textmine.collect.accounts import platforms_of
from textmine.collect.clock import Clock, as_text
from textmine.collect.forecast import forecast
from textmine.collect.journal import FILE, Journal
from textmine.collect.keys import Keys
from textmine.collect.quotas import Quotas
from textmine.collect.refresh import AGES, due_posts
from textmine.doctor.finding import Finding, State
from textmine.errors import TextmineError
from textmine.platforms import PLATFORMS

_GO_ON: Final = "run the same textmine collect again: it goes on where it was"


def check_quotas(folder: Path, keys: Keys, clock: Clock) -> list[Finding]:
    """Say what was spent today, what waits for a limit, what is due, and what a collection lacks.

    Nothing is written, and a collection that is at work is not disturbed.
    """
    if not (folder / FILE).is_file():
        return [Finding("quota", str(folder), State.NOTE, "nothing was collected here yet, nothing is spent")]
    try:
        with Journal(folder, reads_only=True) as journal:
            return [*_spent(journal, keys, clock), *_waiting(journal, clock), *_lacking(journal)]
    except TextmineError as error:
        return [Finding("quota", str(folder), State.PROBLEM, str(error), "see docs/collect.md")]


def _spent(journal: Journal, keys: Keys, clock: Clock) -> Iterator[Finding]:
    now = clock.now()
    quotas = Quotas(journal, keys)
    due = due_posts(journal, as_text(now), AGES)
    adapters = platforms_of(keys)
    for name in PLATFORMS:
        n_due = due.filter(due["platform"] == name).height
        needs = -(-n_due // (adapters[name].lookup or adapters[name].page_size))
        refresh = f"; a refresh would send {needs:,} requests for {n_due:,} posts" if n_due else ""
        left = quotas.left(name, now)
        spent = quotas.spent(name, now)
        if left is None:
            unit = "posts this month" if name == "x" else "requests today"
            if spent or n_due:
                yield Finding("quota", name, State.OK, f"{spent:,} {unit}{refresh}")
            continue
        detail = f"{left.left:,} of {left.of:,} {left.unit} left until {left.until.astimezone():%Y-%m-%d %H:%M %Z}"
        short = (needs if left.unit == "units" else n_due) > left.left
        remedy = "wait for the next day, or ask the platform for a larger quota" if short or not left.left else ""
        yield Finding("quota", name, State.NOTE if remedy else State.OK, f"{detail}{refresh}", remedy)


def _waiting(journal: Journal, clock: Clock) -> Iterator[Finding]:
    for row in journal.rows("SELECT * FROM limits WHERE until>? ORDER BY platform, until", as_text(clock.now())):
        of = f" of {row['bucket']}" if row["bucket"] else ""
        detail = f"nothing is asked{of} before {row['until']}: {row['reason']}"
        yield Finding("quota", row["platform"], State.NOTE, detail, f"after that, {_GO_ON}")


def _lacking(journal: Journal) -> Iterator[Finding]:
    for row in journal.rows("SELECT * FROM accounts WHERE state='denied' ORDER BY platform, account"):
        yield Finding(
            "collection", f"{row['platform']}, {row['account']}", State.PROBLEM, row["reason"],
            "get the permission, or a token of the page itself; see docs/collect.md",
        )  # fmt: skip
    for row in journal.rows(
        "SELECT platform, count(DISTINCT account) AS n FROM listings WHERE state IN ('open', 'check', 'unsettled')"
        " AND purpose='collect' AND NOT EXISTS (SELECT 1 FROM listings l WHERE l.platform=listings.platform AND"
        " l.account=listings.account AND l.number>listings.number AND l.state='done') GROUP BY platform"
    ):
        detail = f"the posts of {row['n']:,} accounts are not listed to the end"
        yield Finding("collection", row["platform"], State.PROBLEM, detail, _GO_ON)
    for row in journal.rows("SELECT platform, count(*) AS n FROM posts WHERE state='listed' GROUP BY platform"):
        detail = f"{row['n']:,} posts are listed and their figures not read"
        yield Finding("collection", row["platform"], State.PROBLEM, detail, _GO_ON)
    for row in journal.rows(
        "SELECT platform, count(*) AS n FROM answers WHERE applied=0 AND outcome='done' GROUP BY platform"
    ):
        detail = f"{row['n']:,} answers could not be read: the platform has changed them"
        remedy = "pip install -U textmine, then: textmine collect parse " + str(journal.folder)
        yield Finding("collection", row["platform"], State.PROBLEM, detail, remedy)


def check_forecast(agencies: Path, folder: Path, keys: Keys, begin: date, end: date, clock: Clock) -> Iterator[Finding]:
    """Say whether the quota of the day is enough for a period."""
    table = forecast(agencies, folder, begin=begin, end=end, keys=keys, clock=clock, shared=True)
    for row in table.rows(named=True):
        detail = f"{row['requests']:,} requests for about {row['posts']:,} posts, {row['detail']}"
        if (row["days"] or 1) > 1:
            remedy = f"run the same command on {row['days']} days, or ask the platform for a larger quota"
            yield Finding("quota", f"{row['platform']}, forecast", State.NOTE, detail, remedy)
        else:
            yield Finding("quota", f"{row['platform']}, forecast", State.OK, detail)
