import hashlib
import json

import pytest
from sqlalchemy import text

from textmine.judging import audit, conflicts, exchange, people, scoring, states
from textmine.judging.database import Database
from textmine.judging.errors import DatabaseError, NotAllowedError, StateError
from textmine.judging.schema import Base

LEFT_BEHIND = {"invitation", "sign_in"}


@pytest.fixture
def other(request, database, tmp_path):
    """A database of the other kind."""
    address = request.getfixturevalue("postgres").new_database() if database.is_sqlite else tmp_path / "other.sqlite"
    with Database.open(address) as opened:
        yield opened


def contents(database, panel_id):
    found = {}
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            if table.name not in LEFT_BEHIND:
                found[table.name] = sorted(map(tuple, session.execute(table.select())), key=repr)
    found["audit_event"] = [row for row in found["audit_event"] if row[0] == panel_id]
    found["chain"] = [row for row in found["chain"] if row[0] != "audit/"]
    return found


def used(season):
    season.save_all("Ani", value=7.0)
    season.save("Budi", "pln", 10, note="'); DROP TABLE panel; --\n“bagus” 👍")
    season.save("Budi", "pln", None)
    season.do(scoring.save_note, season.nominee("pln").id, "Catatan", key="note-key-1", actor=season.judges["Budi"])
    season.do(conflicts.declare_conflict, season.nominee("kominfo").id, "kerabat", actor=season.judges["Ani"])
    season.do(people.remove_member, season.panel.id, season.judges["Citra"].person_id)


def test_from_one_database_to_the_other_and_back_nothing_is_lost(season, other, tmp_path, console):
    used(season)
    season.do(states.close_panel, season.panel.id, allow_missing=True)
    first = season.do(exchange.export_panel, season.panel.id, tmp_path / "panel.jsonl")
    before = contents(season.database, season.panel.id)
    with other.writing(console) as session:
        panel = exchange.import_panel(session, console, tmp_path / "panel.jsonl")
    after = contents(other, season.panel.id)
    (arrived,) = set(after["audit_event"]) - set(before["audit_event"])
    assert arrived[5] == "panel.import" and json.loads(arrived[7]) == {"sha256": first.sha256}
    after["audit_event"].remove(arrived)
    before.pop("chain"), after.pop("chain")
    assert after == before
    assert panel.evidence_sha256 is not None
    with other.reading(console) as session:
        assert audit.verify(session, console, panel.id) == []
        assert {name: head for name, head in states.heads(session, panel.id).items() if "scores" in name} == {
            name: head for name, head in season.do(lambda s, _: states.heads(s, panel.id)).items() if "scores" in name
        }
    back = tmp_path / "back.sqlite"
    with other.writing(console) as session:
        exchange.export_panel(session, console, panel.id, tmp_path / "again.jsonl")
    with Database.open(back) as third:
        with third.writing(console) as session:
            exchange.import_panel(session, console, tmp_path / "again.jsonl")
        third_time = contents(third, panel.id)
        assert third_time["score_event"] == before["score_event"]
        assert len(third_time["audit_event"]) == len(before["audit_event"]) + 3


def test_work_goes_on_where_a_panel_arrived(season, other, tmp_path, console):
    used(season)
    season.do(exchange.export_panel, season.panel.id, tmp_path / "panel.jsonl")
    with other.writing(console) as session:
        exchange.import_panel(session, console, tmp_path / "panel.jsonl")
    nominee = season.nominee("pertamina")
    criterion = season.criteria(nominee.category_id)[0]
    ani = season.judges["Ani"]
    with other.writing(ani) as session:
        saved = scoring.save_score(session, ani, nominee.id, criterion.id, 9.0, key="another-key")
    with other.reading(console) as session:
        assert saved.seq == session.scalar(text("SELECT max(seq) FROM score_event"))
        assert audit.verify(session, console, season.panel.id) == []


def test_the_same_panel_is_not_taken_in_twice(season, tmp_path):
    season.do(exchange.export_panel, season.panel.id, tmp_path / "panel.jsonl")
    with pytest.raises(DatabaseError, match="here already"):
        season.do(exchange.import_panel, tmp_path / "panel.jsonl")


def test_only_the_command_line_may_export_an_open_panel_and_judges_nothing(season, tmp_path, console):
    from textmine.judging.roles import Actor

    season.save("Ani", "pln", 8)
    organiser = Actor("0" * 32, "Eka", "organiser")
    with pytest.raises(StateError, match="close the panel first"):
        season.do(exchange.export_panel, season.panel.id, tmp_path / "x.jsonl", actor=organiser)
    with pytest.raises(NotAllowedError):
        season.do(exchange.export_panel, season.panel.id, tmp_path / "x.jsonl", actor=season.judges["Ani"])
    with pytest.raises(NotAllowedError):
        season.do(exchange.import_panel, tmp_path / "x.jsonl", actor=season.judges["Ani"])
    assert not (tmp_path / "x.jsonl").exists()


def resealed(path, change):
    """The file with changed rows and a hash that fits: what a forger would hand in."""
    lines = path.read_text(encoding="utf-8").splitlines()[:-1]
    rows = [lines[0], *(json.dumps(row) for row in change([json.loads(line) for line in lines[1:]]))]
    body = "".join(f"{row}\n" for row in rows).encode()
    path.write_bytes(body + json.dumps({"sha256": hashlib.sha256(body).hexdigest()}).encode() + b"\n")


def changed(table, column, value, *, place=0):
    def change(rows):
        [row for name, row in rows if name == table][place][column] = value
        return rows

    return change


def without(table):
    return lambda rows: [row for row in rows if row[0] != table]


FORGERIES = {
    "a score is another": (changed("score_event", "value", 3.0), "does not hold"),
    "the last score is gone": (lambda rows: _without_last(rows, "score_event"), "does not hold"),
    "a conflict is gone": (without("conflict_event"), "does not hold"),
    "a weight is another": (changed("criterion", "weight", 0.9), "evidence is another"),
    "an organiser comes along": (changed("person", "role", "organiser"), "does not make organisers"),
    "another panel's row": (changed("category", "panel_id", "f" * 32), "of another panel"),
    "another's nominee": (changed("score_event", "nominee_id", "f" * 32), "not of this panel"),
    "a column too many": (lambda rows: [[name, {**row, "x": 1}] for name, row in rows], "do not fit"),
    "a table of its own": (lambda rows: [*rows, ["invitation", {}]], "cannot come here"),
    "a text for a number": (changed("nominee", "rank", "1; DROP TABLE panel"), "not a whole number"),
    "no time": (changed("member", "joined_at", "yesterday"), "does not match"),
    "a nul": (changed("panel", "title", "a\x00b"), "not text"),
    "a log that is no JSON": (changed("audit_event", "detail", "{"), "line"),
    "no panel": (without("panel"), "cannot be stored|cannot come here"),
    "heads that are no heads": (changed("closing", "heads", "[1]"), "cannot be read|does not hold"),
}


def _without_last(rows, table):
    last = [row for row in rows if row[0] == table][-1]
    return [row for row in rows if row is not last]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_file_is_refused_and_leaves_nothing(season, other, tmp_path, console, forgery):
    used(season)
    season.do(states.close_panel, season.panel.id, allow_missing=True)
    path = tmp_path / "panel.jsonl"
    season.do(exchange.export_panel, season.panel.id, path)
    change, told = FORGERIES[forgery]
    resealed(path, change)
    with pytest.raises(DatabaseError, match=told), other.writing(console) as session:
        exchange.import_panel(session, console, path)
    left = contents(other, season.panel.id)
    assert {name: rows for name, rows in left.items() if rows} == {}


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n\n", b"{}\n[]\n{}\n", b'{"format": "textmine-panel", "version": 2}\n1\n2\n', b"\xff\n\xff\n\xff\n"],
)
def test_what_is_no_panel_is_said(database, tmp_path, console, content):
    path = tmp_path / "panel.jsonl"
    path.write_bytes(content)
    with pytest.raises(DatabaseError, match=r"panel\.jsonl"), database.writing(console) as session:
        exchange.import_panel(session, console, path)


def test_a_cut_or_changed_file_is_refused(season, other, tmp_path, console):
    path = tmp_path / "panel.jsonl"
    season.do(exchange.export_panel, season.panel.id, path)
    whole = path.read_bytes()
    for damaged in (whole[:-200], whole.replace(b"Juri 2022", b"Juri 2023"), b"".join(whole.splitlines(True)[:-2])):
        path.write_bytes(damaged)
        with pytest.raises(DatabaseError), other.writing(console) as session:
            exchange.import_panel(session, console, path)
