import sqlite3
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

import textmine.judging.migrations as migrations
from textmine.judging import conflicts, states
from textmine.judging.canonical import now, sha256
from textmine.judging.database import HEAD, Database
from textmine.judging.errors import DatabaseError
from textmine.judging.schema import APPEND_ONLY, Base, DossierRow


def test_the_migrations_make_the_schema_that_the_code_has(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == HEAD
    assert ScriptDirectory(migrations.__path__[0]).get_current_head() == HEAD


def test_opened_again_all_is_there(address, make):
    with Database.open(address) as database:
        season = make(database)
        season.save("Ani", "pln", 8)
    with Database.open(address) as database, database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM score_event")) == 1


def test_a_newer_schema_is_refused(address):
    with Database.open(address) as database, database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match=r"newer textmine.*upgrade"):
        Database.open(address)


@pytest.mark.parametrize("bad", ["mysql://a/b", "sqlite://", "sqlite:///:memory:", "http://x", "://"])
def test_what_is_no_database_for_a_jury_is_said(bad):
    with pytest.raises(DatabaseError):
        Database.open(bad)


def test_a_server_that_is_not_there_is_one_line_without_the_password(tmp_path):
    with pytest.raises(DatabaseError) as refused:
        Database.open(f"postgresql://me:geheim@/jury?host={tmp_path}")
    assert "geheim" not in str(refused.value) and "\n" not in str(refused.value)


def test_sqlite_waits_for_the_disk_and_keeps_others_out(tmp_path):
    path = tmp_path / "judging" / "judging.sqlite"
    with Database.open(path) as database, database.reading() as session:
        pragmas = {
            name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert path.stat().st_mode & 0o077 == 0


def test_of_many_who_open_an_empty_database_at_once_each_finds_it_ready(address):
    found, ready = [], threading.Barrier(6)

    def open_it():
        ready.wait()
        try:
            with Database.open(address) as database, database.reading() as session:
                found.append(session.scalar(text("SELECT count(*) FROM panel")))
        except Exception as error:
            found.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [0] * 6


def test_a_database_that_is_locked_or_gone_is_one_line(database):
    if database.is_sqlite:
        event.listen(database.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=50"))
        database.engine.dispose()
        other = sqlite3.connect(database.engine.url.database)
        other.execute("BEGIN IMMEDIATE")
        told, statement = "database is locked", "SELECT 1"
    else:
        told, statement = "terminating connection", "SELECT pg_terminate_backend(pg_backend_pid())"
    with pytest.raises(DatabaseError, match=f"{told}.*try again") as refused, database.writing() as session:
        session.execute(text(statement))
    assert "\n" not in str(refused.value)
    if database.is_sqlite:
        other.close()
    with database.writing() as session:
        assert session.scalar(text("SELECT count(*) FROM panel")) == 0


COLUMNS = {"score_event": "value", "conflict_event": "reason", "audit_event": "detail", "closing": "heads"}


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_events_can_be_neither_changed_nor_deleted(season, table):
    nominee = season.nominee("pln")
    season.save("Ani", "pln", 8)
    season.do(conflicts.declare_conflict, nominee.id, "kerabat", actor=season.judges["Budi"])
    season.do(states.close_panel, season.panel.id, allow_missing=True)
    with season.database.writing() as session:
        session.add(DossierRow(nominee_id=nominee.id, version=1, content="{}", sha256=sha256("{}"), created_at=now()))
    before = rows(season, table)
    assert before
    column = COLUMNS.get(table, "content")
    statements = [f"UPDATE {table} SET {column} = NULL", f"DELETE FROM {table}"]
    if season.database.is_sqlite:  # it deletes the old row without calling a trigger for deletion
        statements.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    else:
        statements.append(f"TRUNCATE {table} CASCADE")
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), season.database.engine.begin() as connection:
            connection.execute(text(statement))
    assert rows(season, table) == before


def rows(season, table):
    with season.database.reading() as session:
        return session.execute(text(f"SELECT * FROM {table}")).all()
