"""Collects the posts of a period."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from textmine.atomic import translated_os_errors
from textmine.collect.accounts import accounts_of, platforms_of, register_of
from textmine.collect.client import Client
from textmine.collect.clock import Clock
from textmine.collect.curves import CURVE, write_curve, write_missing
from textmine.collect.export import mark, parts_of, stale, write_parts
from textmine.collect.journal import Journal
from textmine.collect.keys import Keys, read_keys
from textmine.collect.platform import Platform
from textmine.collect.result import SCHEMA, CollectResult
from textmine.collect.runner import Progress, Runner, each_account, span_of
from textmine.collect.windows import Span
from textmine.errors import CollectError, ConfigError
from textmine.platforms import Platform as Name
from textmine.posts import REPORT_TIME_ZONE


def collect(
    agencies: str | Path | pl.DataFrame,
    folder: str | Path,
    *,
    begin: date,
    end: date,
    keys: Keys | None = None,
    platforms: Collection[Name] = (),
    only: Collection[str] = (),
    max_wait: timedelta = timedelta(minutes=16),
    clock: Clock | None = None,
    seed: int | None = None,
    hosts: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> CollectResult:
    """Collect posts and figures of a period; what an earlier call collected into the folder is not asked for again.

    Parameters
    ----------
    agencies
        The register, or its file.
    folder
        Where the journal and the exports go.
    begin, end
        First and last day, in Asia/Jakarta.
    keys
        Output of :func:`textmine.collect.read_keys`, which is called by default.
    platforms
        All with accounts in the register and a key by default.
    only
        Agencies or accounts; all by default.
    max_wait
        The longest wait for a limit.
    clock, seed, hosts
        For tests: the time, the seed of drawn waits, other hosts.
    progress
        Told the accounts done and all of them.

    Raises
    ------
    ConfigError
        No platform has both accounts and a key.
    AgencyError, InputError
        The register cannot be read or has no such name.
    WorkspaceError
        The folder cannot be used.
    """
    held = keys or read_keys()
    register, ids = register_of(agencies)
    wanted = accounts_of(register, begin, end, only=only)
    chosen, skipped = choose(wanted, held, platforms)
    adapters = platforms_of(held, ids)
    span = period(begin, end)
    with (
        Journal(Path(folder)) as journal,
        Client(journal, held, clock=clock, seed=seed, max_wait=max_wait, hosts=hosts) as client,
    ):
        before = _requests(journal)
        runner = Runner(journal, client)
        problems = _work(runner, {name: adapters[name] for name in chosen}, wanted, span, progress)
        files = publish(journal, adapters)
        table = _table(journal, runner, {name: adapters[name] for name in chosen}, wanted, span)
        return CollectResult(table, problems, skipped, files, _requests(journal) - before)


def _work(
    runner: Runner,
    adapters: Mapping[Name, Platform],
    wanted: Mapping[Name, Sequence[str]],
    span: Span,
    progress: Progress | None,
) -> list[CollectError]:
    total = sum(len(wanted[name]) for name in adapters)
    done = 0

    def told() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    problems: list[CollectError] = []
    for platform in adapters.values():

        def work(name: str, platform: Platform = platform) -> None:
            account = runner.account(platform, name)
            if account is None:
                return
            runner.listings(platform, account, span)
            if not platform.figures_listed:
                runner.figures(platform, account)

        problems += each_account(platform, wanted[platform.name], work, told)
    return problems


def choose(
    wanted: Mapping[Name, Sequence[str]], keys: Keys, platforms: Collection[Name]
) -> tuple[list[Name], dict[Name, str]]:
    """Platforms that can be asked, and what the others lack.

    Raises
    ------
    ConfigError
        A platform that was named lacks its key, or none can be asked.
    """
    with_accounts = [name for name in wanted if wanted[name] and (not platforms or name in platforms)]
    lacking = {name: lacks for name in with_accounts if (lacks := keys.missing(name)) is not None}
    chosen = [name for name in with_accounts if name not in lacking]
    if not with_accounts:
        raise ConfigError("the register has no account of these platforms within the period")
    if lacking and (platforms or not chosen):
        shown = ", ".join(f"{name} ({variable})" for name, variable in lacking.items())
        raise ConfigError(f"no key for {shown}; set the variable or write it into the keys file, see docs/collect.md")
    return chosen, lacking


def period(begin: date, end: date) -> Span:
    """Days of Asia/Jakarta as a span of time."""
    zone = ZoneInfo(REPORT_TIME_ZONE)
    return span_of(datetime.combine(begin, time(), zone), datetime.combine(end + timedelta(days=1), time(), zone))


def publish(journal: Journal, adapters: Mapping[Name, Platform]) -> list[Path]:
    """Bring the exports, the curve and the list of what is missing up to the journal.

    Returns
    -------
    list of Path
        Every file of the export.
    """
    parts = parts_of(journal)
    changed = stale(journal, parts)
    with translated_os_errors(journal.folder):
        if changed or not (journal.folder / CURVE).is_file():
            write_parts(journal, adapters, changed)
            write_curve(journal, changed)
        write_missing(journal)
    mark(journal, parts, changed)  # last: killed before, the next run writes them again
    return [part.path for part in parts]


def _requests(journal: Journal) -> int:
    row = journal.row("SELECT sum(requests) AS n FROM spending")
    return int(row["n"] or 0) if row is not None else 0


def _table(
    journal: Journal,
    runner: Runner,
    adapters: Mapping[Name, Platform],
    wanted: Mapping[Name, Sequence[str]],
    span: Span,
) -> pl.DataFrame:
    rows = []
    for platform in adapters.values():
        for name in wanted[platform.name]:
            counts = {
                row["state"]: row["n"]
                for row in journal.rows(
                    "SELECT state, count(*) AS n FROM posts WHERE platform=? AND account=? GROUP BY state",
                    platform.name,
                    name,
                )
            }
            state, detail = _state(journal, runner, platform, name, span, counts.get("listed", 0))
            rows.append((platform.name, name, state, counts.get("read", 0), counts.get("gone", 0), detail))
    return pl.DataFrame(rows, SCHEMA, orient="row")


def _state(
    journal: Journal, runner: Runner, platform: Platform, name: str, span: Span, n_listed: int
) -> tuple[str, str]:
    account = journal.row("SELECT * FROM accounts WHERE platform=? AND account=?", platform.name, name)
    if account is None:
        return "incomplete", "not asked about yet"
    if account["state"] != "there":
        return account["state"], account["reason"]
    lacking = [part for part in runner.lacking(platform, name, span) if not runner.is_recent(part)]
    if lacking:
        return "incomplete", _note(journal, platform, name, "unsettled") or f"not listed from {lacking[0][0]}"
    if n_listed:
        return "incomplete", f"figures of {n_listed:,} posts are still to be read"
    return "complete", _note(journal, platform, name, "done")


def _note(journal: Journal, platform: Platform, name: str, state: str) -> str:
    row = journal.row(
        "SELECT note FROM listings WHERE platform=? AND account=? AND state=? AND note<>'' ORDER BY number DESC",
        platform.name, name, state,
    )  # fmt: skip
    return str(row["note"]) if row is not None else ""
