"""Reads the figures of known posts again at chosen ages: growth curves.

A post is due when it has passed an age since its last reading. One reading serves every age that has passed: a run that
comes late asks once, not once an age, and the curve has the true age of each reading.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

import polars as pl

from textmine.collect.accounts import platforms_of
from textmine.collect.client import Client
from textmine.collect.clock import Clock, SystemClock, as_text
from textmine.collect.export import parts_of
from textmine.collect.journal import FILE, Journal
from textmine.collect.keys import Keys, read_keys
from textmine.collect.platform import Account, Platform
from textmine.collect.record import account_in, mark_unlisted
from textmine.collect.result import CollectResult
from textmine.collect.run import publish
from textmine.collect.runner import Progress, Runner, each_account
from textmine.errors import CollectError, ConfigError, WorkspaceError
from textmine.platforms import Platform as Name

AGES: Final = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""Ages at which figures are read again unless told otherwise."""
_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
DUE_SCHEMA: Final = pl.Schema(
    {
        "platform": pl.String(),
        "account": pl.String(),
        "post_id": pl.String(),
        "published_at": pl.String(),
        "last_read": pl.String(),
        "age": pl.Int64(),
    }
)
"""Columns of :func:`due_posts`; ``age`` is the age that is due, in seconds."""


def ages_of(text: str) -> tuple[timedelta, ...]:
    """Ages in the order of time.

    Raises
    ------
    ConfigError
        One of them is no number with h, d or w behind it.

    Examples
    --------
    >>> [str(age) for age in ages_of("1d,1h")]
    ['1:00:00', '1 day, 0:00:00']
    """
    ages = []
    for part in text.split(","):
        found = re.fullmatch(r"(\d{1,5})([hdw])", part.strip().lower())
        if found is None or not int(found[1]):
            raise ConfigError(f"{part.strip()!r} is no age; write 1h, 1d or 1w", key="ages", value=part)
        ages.append(int(found[1]) * _UNITS[found[2]])
    return tuple(sorted(set(ages)))


def due_posts(journal: Journal, now: str, ages: Sequence[timedelta]) -> pl.DataFrame:
    """Posts whose figures are to be read again, the youngest ages first: growth is quickest there.

    Parameters
    ----------
    journal
        With posts.
    now
        The time, as :func:`textmine.collect.clock.as_text` writes it.
    ages
        At which figures are wanted.

    Returns
    -------
    polars.DataFrame
        Columns of :data:`DUE_SCHEMA`.
    """
    seconds = sorted((int(age.total_seconds()) for age in ages), reverse=True)
    passed = " ".join(f"WHEN old >= {age} THEN {age}" for age in seconds)
    rows = journal.rows(
        f"""WITH aged AS (
              SELECT *, CASE {passed} END AS age FROM (
                SELECT *, strftime('%s', ?) - strftime('%s', published_at) AS old FROM posts
                WHERE state='read' AND published_at IS NOT NULL))
            SELECT platform, account, post_id, published_at, read_at, age FROM aged
            WHERE age IS NOT NULL
              AND (read_at IS NULL OR strftime('%s', read_at) - strftime('%s', published_at) < age)
            ORDER BY age, published_at DESC, platform, post_id""",  # noqa: S608 - numbers of our own
        now,
    )
    return pl.DataFrame([tuple(row) for row in rows], DUE_SCHEMA, orient="row")


def refresh(
    folder: str | Path,
    *,
    ages: Sequence[timedelta] = AGES,
    keys: Keys | None = None,
    platforms: Collection[Name] = (),
    dry_run: bool = False,
    max_wait: timedelta = timedelta(minutes=16),
    clock: Clock | None = None,
    seed: int | None = None,
    hosts: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> tuple[pl.DataFrame, CollectResult | None]:
    """Read the figures of the posts that are due.

    Parameters
    ----------
    folder
        Of an earlier :func:`textmine.collect.collect`.
    ages
        At which figures are wanted.
    dry_run
        Say what is due and ask nothing.
    keys, platforms, max_wait, clock, seed, hosts, progress
        As for :func:`textmine.collect.collect`.

    Returns
    -------
    due : polars.DataFrame
        Platform, due (posts), requests, read, gone.
    result : CollectResult or None
        Problems and files; None after a dry run.

    Raises
    ------
    WorkspaceError
        Nothing was collected into the folder.
    """
    where = Path(folder)
    if not (where / FILE).is_file():
        raise WorkspaceError("nothing was collected here; run: textmine collect AGENCIES -o FOLDER", path=where)
    held = keys or read_keys()
    moment = clock or SystemClock()
    with Journal(where) as journal:
        due = due_posts(journal, as_text(moment.now()), ages)
        if platforms:
            due = due.filter(pl.col("platform").is_in(list(platforms)))
        adapters = platforms_of(held)
        if dry_run:
            return _counted(journal, due, adapters, None), None
        names: list[Name] = [name for name in adapters if name in set(due["platform"])]
        skipped = {name: lacks for name in names if (lacks := held.missing(name)) is not None}
        with Client(journal, held, clock=clock, seed=seed, max_wait=max_wait, hosts=hosts) as client:
            started = as_text(moment.now())
            work = _Work(journal, Runner(journal, client), due, progress)
            problems: list[CollectError] = []
            for name in names:
                if name not in skipped:
                    problems += work.platform(adapters[name])
        files = publish(journal, adapters) if due.height else [part.path for part in parts_of(journal)]
        table = _counted(journal, due, adapters, started)
        return table, CollectResult(pl.DataFrame({"state": []}, {"state": pl.String}), problems, skipped, files)


class _Work:
    def __init__(self, journal: Journal, runner: Runner, due: pl.DataFrame, progress: Progress | None) -> None:
        self._journal = journal
        self._runner = runner
        self._due = due
        self._progress = progress
        self._done = 0

    def platform(self, platform: Platform) -> list[CollectError]:
        """Read the posts of a platform that are due."""
        due = self._due.filter(pl.col("platform") == platform.name)
        if platform.lookup and platform.mixed:
            groups = {"": due}
        else:
            groups = {str(key[0]): part for key, part in due.group_by("account", maintain_order=True)}

        def work(name: str) -> None:
            if platform.lookup:
                account = account_in(self._journal, platform, name) or Account(name)
                self._runner.figures(platform, account, groups[name]["post_id"])
            else:
                self._by_listing(platform, name, groups[name])
            self._done += groups[name].height

        def told() -> None:
            if self._progress is not None:
                self._progress(self._done, self._due.height)

        return each_account(platform, groups, work, told)

    def _by_listing(self, platform: Platform, name: str, due: pl.DataFrame) -> None:
        """Where posts cannot be asked for by id, the account is listed again from its newest to the oldest due post."""
        account = self._runner.account(platform, name)
        if account is None:
            return
        with self._journal.transaction():
            self._journal.db.execute(
                "UPDATE listings SET state='dropped' WHERE platform=? AND account=? AND purpose='refresh'"
                " AND state='open'", (platform.name, name),
            )  # fmt: skip
        oldest, newest = str(due["published_at"].min()), str(due["published_at"].max())
        number = self._runner.open_listing(platform, name, (oldest, newest), "refresh", closed=True)
        self._runner.finish(platform, account, number)
        with self._journal.transaction():
            mark_unlisted(self._journal, number)


def _counted(
    journal: Journal, due: pl.DataFrame, adapters: Mapping[Name, Platform], started: str | None
) -> pl.DataFrame:
    rows = []
    for name, platform in adapters.items():
        mine = due.filter(pl.col("platform") == name)
        if not mine.height:
            continue
        size = platform.lookup or platform.page_size
        groups = [mine.height] if platform.mixed else mine.group_by("account").len()["len"].to_list()
        n_requests = sum(-(-height // size) for height in groups)
        rows.append((name, mine.height, n_requests, *_since(journal, name, mine, started)))
    schema = {"platform": pl.String, "due": pl.Int64, "requests": pl.Int64, "read": pl.Int64, "gone": pl.Int64}
    return pl.DataFrame(rows, schema, orient="row")


def _since(journal: Journal, name: Name, due: pl.DataFrame, started: str | None) -> tuple[int | None, int | None]:
    """How many of the due posts were read, and how many were found gone."""
    if started is None:
        return None, None
    read = "SELECT DISTINCT post_id FROM readings WHERE platform=? AND read_at>=?"
    gone = "SELECT post_id FROM posts WHERE platform=? AND state='gone' AND seen_at>=?"
    ids = set(due["post_id"])
    return (
        len(ids & {row["post_id"] for row in journal.rows(read, name, started)}),
        len(ids & {row["post_id"] for row in journal.rows(gone, name, started)}),
    )
