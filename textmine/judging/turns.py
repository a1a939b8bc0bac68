"""Who writes into SQLite next: one at a time, in this process without polling, and several to one flush of the disk.

SQLite has one writer, and a commit waits for the disk. Where others wait already, a writer leaves its changes in the
open transaction and the last of them commits for all; nobody goes on before that commit. Under load the disk is then
flushed once for many (DeWitt et al., "Implementation techniques for main memory database systems", SIGMOD 1984).
PostgreSQL does the same itself.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from textmine.judging.errors import DatabaseError

MOST_TOGETHER: Final = 64
"""Writers that one commit serves at most, so that the first of them does not wait for long."""

_LOOK_AGAIN_SECONDS: Final = 0.05


@dataclass
class _Batch:
    """An open transaction and who takes part in it."""

    connection: Connection
    size: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None


class Turns:
    """Gives sessions to writers of one SQLite database, in turn.

    Parameters
    ----------
    writer
        Engine whose transactions begin with the write lock.
    """

    def __init__(self, writer: Engine) -> None:
        self._writer = writer
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._waiting = 0
        self._batch: _Batch | None = None

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """A session whose changes are on the disk when the block ends; an error in it takes back its own alone.

        Raises
        ------
        sqlalchemy.exc.DBAPIError, DatabaseError
            The commit failed; then nobody's changes of this transaction are acknowledged.
        """
        self._take()
        try:
            batch = self._open()
            try:
                with (
                    Session(
                        batch.connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
                    ) as session,
                    session.begin(),
                ):
                    yield session
            finally:
                # also after an error: others of the batch may wait for the commit
                if not self._waiting or batch.size >= MOST_TOGETHER:
                    self._commit(batch)
        finally:
            self._turn.release()
        self._await(batch)

    def _take(self) -> None:
        with self._count:
            self._waiting += 1
        try:
            self._turn.acquire()
        finally:
            with self._count:
                self._waiting -= 1

    def _open(self) -> _Batch:
        if self._batch is not None and not _is_open(self._batch.connection):
            self._commit(self._batch)
        if self._batch is None:
            connection = self._writer.connect()
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
            self._batch = _Batch(connection)
        self._batch.size += 1
        return self._batch

    def _commit(self, batch: _Batch) -> None:
        """Commit for all of a batch; the turn is held."""
        if batch.done.is_set():
            return
        try:
            if not _is_open(batch.connection):
                raise DatabaseError("SQLite took a transaction back; what it held is not stored: send it again")
            batch.connection.commit()
        except BaseException as error:
            batch.error = error
            batch.connection.rollback()
        finally:
            batch.connection.close()
            self._batch = None
            batch.done.set()

    def _await(self, batch: _Batch) -> None:
        """Wait for the commit; where whoever should have made it is gone, make it."""
        while not batch.done.wait(_LOOK_AGAIN_SECONDS):
            if self._turn.acquire(blocking=False):
                try:
                    self._commit(batch)
                finally:
                    self._turn.release()
        if batch.error is not None:
            raise batch.error


def _is_open(connection: Connection) -> bool:
    """Whether the transaction is there: on a full disk SQLite may end it by itself, and a commit then says nothing."""
    return bool(getattr(connection.connection.dbapi_connection, "in_transaction", True))
