"""What has been asked, what came back and what follows: one SQLite file, each answer in one transaction.

An answer, the posts in it and the cursor of the next page are written together or not at all, so that a process that
is killed at any moment leaves a journal from which the next one goes on. Units of quotas are written before a request
is sent: a request whose answer was lost has been paid for too.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import filelock

from textmine.atomic import translated_os_errors
from textmine.collect.clock import as_text, from_text
from textmine.collect.request import Answer, Request
from textmine.errors import WorkspaceError
from textmine.zstd import compress, decompress

FILE: Final = "collect.sqlite"
_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE answers(
  number INTEGER PRIMARY KEY, platform TEXT NOT NULL, kind TEXT NOT NULL, account TEXT NOT NULL, listing INTEGER,
  cursor TEXT, ids TEXT NOT NULL, address TEXT NOT NULL, bucket TEXT NOT NULL, cost INTEGER NOT NULL,
  asked_at TEXT NOT NULL, status INTEGER NOT NULL, headers TEXT NOT NULL, outcome TEXT NOT NULL,
  applied INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE accounts(
  platform TEXT NOT NULL, account TEXT NOT NULL, id TEXT NOT NULL, place TEXT NOT NULL, title TEXT NOT NULL,
  followers INTEGER, n_posts INTEGER, state TEXT NOT NULL, reason TEXT NOT NULL, seen_at TEXT NOT NULL,
  PRIMARY KEY(platform, account));
CREATE TABLE listings(
  number INTEGER PRIMARY KEY, platform TEXT NOT NULL, account TEXT NOT NULL, begins TEXT NOT NULL, ends TEXT NOT NULL,
  covers TEXT NOT NULL, purpose TEXT NOT NULL, state TEXT NOT NULL, cursor TEXT, size INTEGER NOT NULL,
  pages INTEGER NOT NULL, first TEXT NOT NULL, restarts INTEGER NOT NULL, listed INTEGER NOT NULL, note TEXT NOT NULL,
  opened_at TEXT NOT NULL);
CREATE INDEX listings_of ON listings(platform, account);
CREATE TABLE posts(
  platform TEXT NOT NULL, post_id TEXT NOT NULL, account TEXT NOT NULL, published_at TEXT, state TEXT NOT NULL,
  reason TEXT NOT NULL, seen_at TEXT NOT NULL, read_at TEXT, PRIMARY KEY(platform, post_id)) WITHOUT ROWID;
CREATE INDEX posts_of ON posts(platform, account, state);
CREATE TABLE readings(
  platform TEXT NOT NULL, post_id TEXT NOT NULL, answer INTEGER NOT NULL, read_at TEXT NOT NULL, followers INTEGER,
  PRIMARY KEY(platform, post_id, answer)) WITHOUT ROWID;
CREATE INDEX readings_in ON readings(answer);
CREATE INDEX readings_at ON readings(platform, read_at);
CREATE TABLE published(
  platform TEXT NOT NULL, day TEXT NOT NULL, readings INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY(platform, day));
CREATE TABLE spending(
  platform TEXT NOT NULL, day TEXT NOT NULL, units INTEGER NOT NULL, requests INTEGER NOT NULL, posts INTEGER NOT NULL,
  PRIMARY KEY(platform, day));
CREATE TABLE limits(
  platform TEXT NOT NULL, bucket TEXT NOT NULL, until TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY(platform, bucket));
"""


class Journal:
    """The journal of a folder.

    Parameters
    ----------
    folder
        Where ``collect.sqlite`` is or will be.
    reads_only
        Neither locks nor writes: for a look at a collection that may be at work. The file must be there.

    Raises
    ------
    WorkspaceError
        Another process collects into the folder, the file is damaged, or a newer version wrote it.
    """

    def __init__(self, folder: Path, *, reads_only: bool = False) -> None:
        self.folder = folder
        self.path = folder / FILE
        self._lock = filelock.FileLock(folder / ".lock")
        if reads_only:
            self._connect_to_read()
            return
        with translated_os_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire(timeout=0)
            except filelock.Timeout:
                raise WorkspaceError("another textmine collect is at work here; wait for it", path=folder) from None
        try:
            self._connect()
        except sqlite3.DatabaseError as error:
            self._lock.release()
            raise WorkspaceError(f"cannot be opened as a journal: {error}", path=self.path) from error
        except BaseException:
            self._lock.release()
            raise

    def _connect(self) -> None:
        self.db = sqlite3.connect(self.path, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        (version,) = self.db.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            problem = "was written by a newer textmine; run: pip install -U textmine"
            raise WorkspaceError(problem, path=self.path)
        if version == 0:
            with self.transaction():
                for statement in _SCHEMA.split(";"):
                    self.db.execute(statement)
                self.db.execute(f"PRAGMA user_version={_VERSION}")

    def _connect_to_read(self) -> None:
        try:
            self.db = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
            self.db.row_factory = sqlite3.Row
            (version,) = self.db.execute("PRAGMA user_version").fetchone()
        except sqlite3.DatabaseError as error:
            raise WorkspaceError(f"cannot be opened as a journal: {error}", path=self.path) from error
        if version != _VERSION:
            problem = "is of another version; run: pip install -U textmine"
            raise WorkspaceError(problem, path=self.path)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.db.close()
        self._lock.release()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is written together or not at all."""
        try:
            self.db.execute("BEGIN IMMEDIATE")
            yield
            self.db.execute("COMMIT")
        except BaseException as error:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):  # a full disk, a file that became read-only
                problem = f"cannot be written: {error}; mend that and run the same command again"
                raise WorkspaceError(problem, path=self.path) from error
            raise

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:  # noqa: ANN401
        """All rows of a query."""
        return self.db.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> sqlite3.Row | None:  # noqa: ANN401
        """First row of a query, or None."""
        found: sqlite3.Row | None = self.db.execute(query, values).fetchone()
        return found

    # Answers

    def keep(self, answer: Answer, outcome: str, *, applied: bool) -> int:
        """Keep an answer, packed; returns its number."""
        asked = answer.request
        cursor = self.db.execute(
            "INSERT INTO answers VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                asked.platform, asked.kind, asked.account, asked.listing, asked.cursor, json.dumps(asked.ids),
                asked.address, asked.bucket, asked.cost, as_text(answer.asked_at), answer.status,
                json.dumps(answer.headers, sort_keys=True), outcome, applied,
                compress(answer.body, level=9),
            ),
        )  # fmt: skip
        return int(cursor.lastrowid or 0)

    def answers(self, where: str = "1", *values: Any) -> Iterator[Answer]:  # noqa: ANN401
        """Kept answers in the order in which they came, one at a time."""
        numbers = [row["number"] for row in self.rows(f"SELECT number FROM answers WHERE {where}", *values)]  # noqa: S608
        for number in sorted(numbers):
            row = self.row("SELECT * FROM answers WHERE number=?", number)
            if row is not None:
                yield _answer(row)


def _answer(row: sqlite3.Row) -> Answer:
    path, _, _ = row["address"].partition("?")
    request = Request(
        row["platform"], row["kind"], path, (), row["bucket"], row["cost"], row["account"], row["listing"],
        row["cursor"], tuple(json.loads(row["ids"])),
    )  # fmt: skip
    body = decompress(row["body"])
    headers = json.loads(row["headers"])
    return Answer(request, row["status"], headers, body, from_text(row["asked_at"]), row["number"])
