"""Several writers to one flush of the disk: nobody is told "stored" before it is, and one's error is one's own."""

import threading
import time

import pytest
from sqlalchemy import event, text

from textmine.judging.database import Database
from textmine.judging.errors import DatabaseError, NotAllowedError
from textmine.judging.turns import MOST_TOGETHER


@pytest.fixture
def database(tmp_path):
    with Database.open(tmp_path / "judging.sqlite") as opened:
        with opened.writing() as session:
            session.execute(text("CREATE TABLE word (word TEXT PRIMARY KEY)"))
        yield opened


def words(database):
    with database.reading() as session:
        return sorted(session.scalars(text("SELECT word FROM word")))


def at_once(database, *works):
    """Run works so that all the others wait while the first is at work; what each raised, or None."""
    found = [None] * len(works)
    first_is_in = threading.Event()

    def run(place, work):
        try:
            with database.writing() as session:
                if place == 0:
                    first_is_in.set()
                    while database._turns._waiting < len(works) - 1:
                        time.sleep(0.001)
                work(session)
        except Exception as error:
            found[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    threads[0].start()
    first_is_in.wait()
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def add(word):
    return lambda session: session.execute(text("INSERT INTO word VALUES (:word)"), {"word": word})


def commits(database):
    counted = []
    event.listen(database.engine, "commit", lambda _: counted.append(1))
    return counted


def test_those_who_wait_share_one_commit(database):
    counted = commits(database)
    assert at_once(database, *(add(f"{place:02d}") for place in range(12))) == [None] * 12
    assert len(words(database)) == 12
    assert len(counted) == 1


def test_a_commit_serves_no_more_than_so_many(database):
    counted = commits(database)
    n = MOST_TOGETHER + 5
    assert at_once(database, *(add(f"{place:03d}") for place in range(n))) == [None] * n
    assert len(words(database)) == n and len(counted) == 2


def test_nobody_goes_on_before_the_commit(database):
    seen = []

    def note(_):
        seen.append("commit")
        time.sleep(0.2)

    event.listen(database.engine, "commit", note)

    def going_on(word):
        with database.writing() as session:
            add(word)(session)
            while word == "a" and not database._turns._waiting:
                time.sleep(0.001)
        seen.append(word)

    threads = [threading.Thread(target=going_on, args=(word,)) for word in "ab"]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    for thread in threads:
        thread.join()
    assert seen[0] == "commit" and sorted(seen[1:]) == ["a", "b"]


def test_ones_error_is_ones_own(database):
    def refuse(session):
        add("refused")(session)
        raise NotAllowedError("no")

    found = at_once(database, add("a"), refuse, add("a"), add("b"))
    kinds = sorted(type(error).__name__ for error in found)
    assert kinds == ["IntegrityError", "NoneType", "NoneType", "NotAllowedError"]
    assert words(database) == ["a", "b"]


def test_the_last_ones_error_does_not_keep_the_others_from_being_stored(database):
    def refuse(session):
        raise NotAllowedError("no")

    found = at_once(database, add("a"), refuse)
    assert found[0] is None and isinstance(found[1], NotAllowedError)
    assert words(database) == ["a"]


def test_where_the_commit_fails_nobody_is_told_that_it_is_stored(database):
    def fail(_):
        raise OSError("the disk is gone")

    event.listen(database.engine, "commit", fail)
    found = at_once(database, add("a"), add("b"), add("c"))
    assert [str(error) for error in found] == ["the disk is gone"] * 3
    event.remove(database.engine, "commit", fail)
    assert words(database) == []
    assert at_once(database, add("d")) == [None]
    assert words(database) == ["d"]


def test_where_sqlite_took_the_transaction_back_nobody_is_told_that_it_is_stored(database):
    def taken_back(session):
        session.connection().connection.dbapi_connection.execute("ROLLBACK")  # what it does on a full disk

    found = at_once(database, add("a"), taken_back, add("b"))
    assert found[0] is not None
    stored = words(database)
    assert all(error is not None for error, word in zip(found[::2], "ab", strict=True) if word not in stored)
    assert any(isinstance(error, DatabaseError) for error in found)
    assert at_once(database, add("later")) == [None]
    assert "later" in words(database)


def test_readers_do_not_wait_for_writers(database):
    with database.writing() as session:
        add("a")(session)
        assert words(database) == []
    assert words(database) == ["a"]
