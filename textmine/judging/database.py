"""The database of the jury: SQLite beside the workspace, or PostgreSQL by URL.

What a service refuses is rolled back and written into the audit log in a transaction of its own.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session

from textmine.judging import audit
from textmine.judging.errors import DatabaseError, JudgingError
from textmine.judging.extra import require
from textmine.judging.roles import Actor
from textmine.judging.schema import Panel
from textmine.judging.turns import Turns

HEAD: Final = "0001"
"""Revision of the schema that this textmine works with."""

FILE: Final = Path("judging") / "judging.sqlite"
"""Where a workspace keeps its jury."""

_BUSY_MILLISECONDS: Final = 30_000
_UPGRADE_LOCK: Final = 0x7465_7874  # any number that nobody else locks


class Database:
    """An open database, safe to share between threads.

    Parameters
    ----------
    engine
        To a database whose schema is :data:`HEAD`; :meth:`open` makes one.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(textmine_writes=True)
        self._turns = Turns(self._writer) if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @property
    def shown(self) -> str:
        """Its address without the password."""
        return self.engine.url.render_as_string(hide_password=True)

    @classmethod
    def of_workspace(cls, workspace: Path, url: str | None = None) -> Self:
        """Open the database of a workspace, or the one at ``url`` instead."""
        return cls.open(url if url is not None else workspace / FILE)

    @classmethod
    def open(cls, address: str | Path) -> Self:
        """Open a database and bring its schema up to date; a SQLite file is made where there is none.

        Parameters
        ----------
        address
            A path, ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST/NAME``.

        Raises
        ------
        DatabaseError
            It cannot be reached, is neither of the two, or was written by a newer textmine.
        """
        url = _url(address)
        engine = _engine(url)
        database = cls(engine)
        try:
            database._upgrade()
        except DBAPIError as error:
            engine.dispose()
            raise DatabaseError(f"{database.shown}: cannot be opened: {_first_line(error)}") from error
        except BaseException:
            engine.dispose()
            raise
        return database

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def reading(self, actor: Actor | None = None, *, address: str = "") -> Iterator[Session]:
        """A session that sees one state of the database; nothing is kept of what it changes.

        Parameters
        ----------
        actor
            Who asks, for the log of what is refused.
        address
            Where the request came from, while there is no actor yet.
        """
        with self._refusals(actor, address), Session(self.engine) as session:
            yield session

    @contextlib.contextmanager
    def writing(self, actor: Actor | None = None, *, address: str = "") -> Iterator[Session]:
        """A session whose changes are on disk when the block ends, all or none."""
        with self._refusals(actor, address), self._session() as session:
            yield session

    @contextlib.contextmanager
    def _refusals(self, actor: Actor | None, address: str) -> Iterator[None]:
        """Log what is refused inside, and say in one line what the database could not do."""
        try:
            yield
        except JudgingError as error:
            self._record(error, actor, address)
            raise
        except OperationalError as error:  # locked for long, full, or gone: nothing of the block is stored
            raise DatabaseError(f"{self.shown}: {_first_line(error)}; try again") from error

    @contextlib.contextmanager
    def _session(self) -> Iterator[Session]:
        if self._turns is not None:
            with self._turns.session() as session:
                yield session
        else:
            with Session(self._writer, expire_on_commit=False) as session, session.begin():
                yield session

    def _record(self, error: JudgingError, actor: Actor | None, address: str) -> None:
        detail = {"error": type(error).__name__, **error.target}
        with self._session() as session:
            scope = error.target.get("panel_id", "")
            if scope and session.scalar(select(Panel.id).where(Panel.id == scope)) is None:
                scope = ""
            audit.record(session, actor, error.action or "unknown", scope, detail, refused=True, address=address)

    def _upgrade(self) -> None:
        with self.engine.connect() as connection:
            if _revision(connection) == HEAD:
                return
        with self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
            current = _revision(connection)  # again: another process may have been faster
            if current != HEAD:
                _run_migrations(connection, current, self.shown)


def _url(address: str | Path) -> URL:
    if isinstance(address, Path) or "://" not in address:
        return URL.create("sqlite", database=str(address))
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise DatabaseError(f"not the address of a database: {error}") from error
    kind = url.get_backend_name()
    if kind == "postgres":
        kind = "postgresql"
    if kind not in ("sqlite", "postgresql"):
        raise DatabaseError(f"{kind} is not supported; use a SQLite file or postgresql://USER:PASSWORD@HOST/NAME")
    if kind == "sqlite" and url.database in (None, "", ":memory:"):
        raise DatabaseError("a database in memory would lose every score; give a file: sqlite:///PATH")
    return url.set(drivername="postgresql+psycopg" if kind == "postgresql" else "sqlite")


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        require("psycopg")
        return create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True)
    path = Path(str(url.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # notes and scores are nobody else's business; SQLite gives its -wal and -shm the same mode
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise DatabaseError(f"{path}: cannot be written: {error.strerror}") from error
    engine = create_engine(url, pool_size=10, max_overflow=20)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    connection.isolation_level = None  # the driver's own transactions begin too late, see _begin_sqlite
    for pragma in (f"busy_timeout={_BUSY_MILLISECONDS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock first where something will be written: a lock that is upgraded later can fail."""
    writes = connection.get_execution_options().get("textmine_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _run_migrations(connection: Connection, current: str | None, shown: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        problem = f"written by a newer textmine (schema {current}, this one knows {HEAD})"
        raise DatabaseError(f"{shown}: {problem}; upgrade with: pip install -U textmine")
    command.upgrade(config, HEAD)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().split("\n")[0]
