"""What an attacker tries at the services: each try is refused, logged and harmless."""

import threading
from datetime import timedelta

import polars as pl
import pytest
from sqlalchemy import text

from textmine.judging import audit, conflicts, dossier, invitations, nominees, panels, people, progress, scoring, states
from textmine.judging.errors import (
    InvalidError,
    JudgingError,
    LinkError,
    NotAllowedError,
    NotFoundError,
    SignedOutError,
)
from textmine.judging.roles import Actor
from textmine.judging.rubrics import Rubric, RubricCriterion
from textmine.judging.schema import Base

SQL = (
    "'; DROP TABLE score_event; --",
    '" OR ""="',
    "1) OR (1=1",
    "x' UNION SELECT token_sha256 FROM invitation --",
    "\\'; DELETE FROM panel; --",
    "%s %(x)s :x ? $1 {0}",
)


def state_of(database):
    """All rows but those of the log."""
    with database.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(table.select())))
            for table in Base.metadata.sorted_tables
            if table.name not in ("audit_event", "chain")
        }


def refusals(database):
    with database.reading() as session:
        return session.execute(
            text("SELECT person_id, action, detail, address FROM audit_event WHERE refused ORDER BY scope, seq")
        ).all()


def refused(database, error, service, actor, *args, **kwargs):
    """The service refuses, nothing but the log changes, and the log says who tried what."""
    before, told = state_of(database), len(refusals(database))
    with pytest.raises(error), database.writing(actor) as session:
        service(session, actor, *args, **kwargs)
    assert state_of(database) == before
    after = refusals(database)
    assert len(after) == told + 1
    assert actor.person_id in {row.person_id for row in after}


@pytest.fixture
def elsewhere(database, make):
    """A second panel with judges of its own."""
    return make(database, judges=("Dewi",))


def test_ids_of_another_panel_are_as_if_they_were_not_there(season, elsewhere):
    ani, theirs = season.judges["Ani"], elsewhere.nominee("pln")
    criterion = elsewhere.criteria(theirs.category_id)[0].id
    own = season.nominee("pln")
    tries = [
        (panels.panel_of, elsewhere.panel.id),
        (nominees.nominees_of, elsewhere.panel.id),
        (nominees.nominee_of, theirs.id),
        (dossier.dossier_of, theirs.id),
        (scoring.my_scores, elsewhere.panel.id),
        (scoring.my_history, theirs.id),
        (conflicts.declare_conflict, theirs.id, "alasan"),
        (progress.progress, elsewhere.panel.id),
        (progress.scores, elsewhere.panel.id),
    ]
    for service, *args in tries:
        refused(season.database, NotFoundError, service, ani, *args)
    refused(season.database, NotFoundError, scoring.save_score, ani, theirs.id, criterion, 5, key="some-key-1")
    refused(season.database, NotFoundError, scoring.save_score, ani, own.id, criterion, 5, key="some-key-1")
    refused(season.database, NotFoundError, scoring.save_note, ani, theirs.id, "x", key="some-key-1")
    assert [panel.id for panel in season.do(panels.panels_of, actor=ani)] == [season.panel.id]


def test_what_an_organiser_does_is_refused_to_judges_and_observers(season, table):
    observer = season.do(people.add_person, "Oka", "observer")
    season.do(people.add_member, season.panel.id, observer.id)
    panel, person = season.panel.id, season.judges["Budi"].person_id
    rubric = Rubric("r", "r", "r", "", (RubricCriterion("a", "a", "a", "", "", 1.0),))
    tries = [
        (panels.create_panel, panels.PanelSettings("x", "x"), table),
        (panels.change_settings, panel, panels.PanelSettings("x", "x")),
        (panels.set_rubric, season.panel.categories[0].id, rubric),
        (states.open_panel, panel),
        (states.close_panel, panel),
        (states.reopen_panel, panel, "x"),
        (people.add_person, "x", "organiser"),
        (people.add_member, panel, person),
        (people.remove_member, panel, person),
        (people.members_of, panel),
        (people.people,),
        (invitations.invite, person, panel),
        (invitations.revoke_links, person),
        (invitations.sign_out_everywhere, person),
        (conflicts.lift_conflict, season.nominee("pln").id, person, "x"),
        (audit.entries, panel),
        (audit.verify, panel),
        (dossier.store_dossiers, panel, {}),
    ]
    for actor in (season.judges["Ani"], Actor(observer.id, "Oka", "observer")):
        for service, *args in tries:
            refused(season.database, NotAllowedError, service, actor, *args)


def test_an_observer_sees_and_does_nothing(season):
    person = season.do(people.add_person, "Oka", "observer")
    season.do(people.add_member, season.panel.id, person.id)
    oka = Actor(person.id, "Oka", "observer")
    season.save_all("Ani")
    assert len(season.do(progress.progress, season.panel.id, actor=oka)) == 3
    pln = season.nominee("pln")
    criterion = season.criteria(pln.category_id)[0].id
    refused(season.database, NotAllowedError, scoring.save_score, oka, pln.id, criterion, 5, key="some-key-1")
    refused(season.database, NotAllowedError, conflicts.declare_conflict, oka, pln.id, "x")
    season.do(states.close_panel, season.panel.id, allow_missing=True)
    assert season.do(progress.scores, season.panel.id, actor=oka).height


def test_a_draft_is_seen_by_its_organiser_alone(database, make):
    season = make(database, opened=False)
    ani = season.judges["Ani"]
    assert season.do(panels.panels_of, actor=ani) == []
    refused(database, NotFoundError, nominees.nominees_of, ani, season.panel.id)


@pytest.mark.parametrize("statement", SQL)
def test_sql_in_every_field_is_stored_as_it_is_or_refused(database, statement, console):
    table = pl.DataFrame(
        {"category": [statement], "agency": [statement], "name": [statement], "reasons": [[statement]]}
    )
    rubric = Rubric(statement, statement, statement, statement, (RubricCriterion(*[statement] * 5, 1.0),))
    with database.writing(console) as session:
        settings = panels.PanelSettings(statement, statement)
        panel = panels.create_panel(session, console, settings, table, rubric)
        person = people.add_person(session, console, statement, "judge")
        people.add_member(session, console, panel.id, person.id)
        states.open_panel(session, console, panel.id)
    judge = Actor(person.id, person.name, "judge", statement)
    assert (panel.settings.title, panel.categories[0].key, person.name) == (statement, statement, statement)
    with database.writing(judge) as session:
        (nominee,) = nominees.nominees_of(session, judge, panel.id)
        criterion = panel.categories[0].criteria[0]
        assert (nominee.name, criterion.title_id) == (statement, statement)
        saved = scoring.save_score(session, judge, nominee.id, criterion.id, 5, key="some-key-1", note=statement)
        assert saved.note == statement
        scoring.save_note(session, judge, nominee.id, statement, key="some-key-2")
        conflicts.declare_conflict(session, judge, nominee.id, statement)
    for service, args in {
        panels.panel_of: (statement,),
        nominees.nominee_of: (statement,),
        conflicts.declare_conflict: (statement, "x"),
        scoring.my_scores: (statement,),
    }.items():
        refused(database, NotFoundError, service, judge, *args)
    refused(database, InvalidError, scoring.save_note, judge, nominee.id, "x", key=statement)
    with pytest.raises(LinkError), database.writing(address=statement) as session:
        invitations.use_link(session, statement, address=statement)
    with pytest.raises(SignedOutError), database.reading(address=statement) as session:
        invitations.actor_of(session, statement)
    with database.writing(console) as session:
        states.close_panel(session, console, panel.id, allow_missing=True)
        assert audit.verify(session, console, panel.id) == audit.verify(session, console) == []


@pytest.mark.parametrize(
    "bad", ["", "   ", "a\x00b", "\ud800", "x" * 5000, "a\x1b[31mb", "\u202etxt.exe", "x" * 10_000_000]
)
def test_texts_that_no_page_should_hold_are_refused(season, console, bad):
    pln, ani = season.nominee("pln"), season.judges["Ani"]
    refused(season.database, InvalidError, people.add_person, console, bad, "judge")
    refused(season.database, InvalidError, conflicts.declare_conflict, ani, pln.id, bad)
    if bad.strip():
        refused(season.database, InvalidError, scoring.save_note, ani, pln.id, bad, key="some-key-1")
    with pytest.raises(JudgingError):
        season.do(panels.panel_of, bad, actor=ani)


def test_a_refusal_with_a_huge_or_hostile_id_leaves_a_small_harmless_line(season):
    ani = season.judges["Ani"]
    for id in ("x" * 10_000_000, "a\x00\ud800\u202e<script>"):
        with pytest.raises(JudgingError), season.database.reading(ani) as session:
            nominees.nominee_of(session, ani, id)
    for row in refusals(season.database):
        assert len(row.detail) < 1000 and row.detail.isascii()


class TestLinks:
    def link(self, season, **kwargs):
        person = season.do(people.add_person, "Juri baru", "judge")
        season.do(people.add_member, season.panel.id, person.id)
        return person, season.do(invitations.invite, person.id, season.panel.id, **kwargs)

    def use(self, season, token):
        with season.database.writing(address="192.0.2.9") as session:
            return invitations.use_link(session, token, address="192.0.2.9")

    def assert_refused(self, season, token, told):
        before, n = state_of(season.database), len(refusals(season.database))
        with pytest.raises(LinkError, match=told):
            self.use(season, token)
        assert state_of(season.database) == before
        assert [row.address for row in refusals(season.database)[n:]] == ["192.0.2.9"]

    def test_the_token_is_nowhere_in_the_database(self, season):
        _, link = self.link(season)
        signed_in = self.use(season, link.token)
        everything = repr(state_of(season.database)) + repr(refusals(season.database))
        with season.database.reading() as session:
            everything += repr(session.execute(text("SELECT * FROM audit_event")).all())
        assert link.token not in everything and signed_in.token not in everything
        assert len(link.token) == 43 and link.token != signed_in.token  # 32 bytes

    def test_used_twice_it_is_refused_and_logged(self, season):
        _, link = self.link(season)
        self.use(season, link.token)
        self.assert_refused(season, link.token, "used already")

    def test_of_many_who_use_it_at_once_one_gets_in(self, season):
        _, link = self.link(season)
        found, ready = [], threading.Barrier(6)

        def use():
            ready.wait()
            try:
                found.append(self.use(season, link.token))
            except LinkError as error:
                found.append(error)

        threads = [threading.Thread(target=use) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 6 and sum(isinstance(each, LinkError) for each in found) == 5

    def test_reading_it_does_not_use_it(self, season):
        _, link = self.link(season)
        for _ in range(2):
            with season.database.reading() as session:
                assert invitations.read_link(session, link.token) == ("Juri baru", "judge")
        assert self.use(season, link.token).panel_id == season.panel.id

    @pytest.mark.parametrize("token", ["", "A" * 43, "A" * 42, "a" * 10_000, "' OR 1=1 --", "é" * 43, "A" * 42 + "\n"])
    def test_forged_it_is_refused(self, season, token):
        self.link(season)
        self.assert_refused(season, token, "no such link")

    def test_a_token_that_is_one_sign_off_is_refused(self, season):
        _, link = self.link(season)
        other = ("B" if link.token[0] != "B" else "C") + link.token[1:]
        self.assert_refused(season, other, "no such link")
        self.assert_refused(season, link.token.swapcase(), "no such link")

    def test_expired_it_is_refused(self, season, monkeypatch):
        _, link = self.link(season, lasts=timedelta(hours=1))
        monkeypatch.setattr(invitations, "now", lambda: link.expires_at)
        self.assert_refused(season, link.token, "expired")

    def test_revoked_it_is_refused_and_a_new_one_revokes_the_old(self, season):
        person, first = self.link(season)
        second = season.do(invitations.invite, person.id, season.panel.id)
        self.assert_refused(season, first.token, "revoked")
        assert season.do(invitations.revoke_links, person.id) == 1
        self.assert_refused(season, second.token, "revoked")

    def test_who_was_removed_gets_no_further_with_an_old_link(self, season):
        person, link = self.link(season)
        season.do(people.remove_member, season.panel.id, person.id)
        self.assert_refused(season, link.token, "revoked")
        refused(season.database, NotFoundError, invitations.invite, Actor.console(), person.id, season.panel.id)

    @pytest.mark.parametrize("lasts", [timedelta(0), timedelta(days=-1), timedelta(days=91)])
    def test_a_link_lasts_no_longer_than_a_season(self, season, lasts):
        with pytest.raises(InvalidError):
            self.link(season, lasts=lasts)


class TestSessions:
    def actor(self, season, token):
        with season.database.reading() as session:
            return invitations.actor_of(session, token, address="192.0.2.9")

    def test_it_says_who_it_is_until_it_ends(self, season):
        assert self.actor(season, season.tokens["Ani"]).name == "Ani"
        with season.database.writing() as session:
            invitations.sign_out(session, season.tokens["Ani"])
        with pytest.raises(SignedOutError):
            self.actor(season, season.tokens["Ani"])
        assert self.actor(season, season.tokens["Budi"]).name == "Budi"

    def test_it_expires(self, season, monkeypatch):
        later = invitations.now() + invitations.SESSION_LASTS
        monkeypatch.setattr(invitations, "now", lambda: later)
        with pytest.raises(SignedOutError):
            self.actor(season, season.tokens["Ani"])

    def test_an_organiser_ends_all_of_a_person(self, season):
        assert season.do(invitations.sign_out_everywhere, season.judges["Ani"].person_id) == 1
        with pytest.raises(SignedOutError):
            self.actor(season, season.tokens["Ani"])

    @pytest.mark.parametrize("token", ["", "A" * 43, "x" * 10_000, "\ud800" * 43])
    def test_forged_it_is_nobodys(self, season, token):
        with pytest.raises(SignedOutError):
            self.actor(season, token)


TAMPERINGS = {
    "a score raised": "UPDATE score_event SET value = 10 WHERE seq = 1",
    "a note changed": "UPDATE score_event SET note = 'lain' WHERE seq = 2",
    "a score given to another nominee": (
        "UPDATE score_event SET nominee_id = (SELECT max(nominee_id) FROM score_event WHERE seq = 1),"
        " note = 'x' WHERE seq = 1"
    ),
    "the first score deleted": "DELETE FROM score_event WHERE seq = 1",
    "the last scores deleted": "DELETE FROM score_event WHERE seq >= 2",
    "all scores deleted": "DELETE FROM score_event",
    "a conflict deleted": "DELETE FROM conflict_event",
    "a conflict turned": "UPDATE conflict_event SET declared = NOT declared",
    "a line of the log deleted": "DELETE FROM audit_event WHERE seq = 2 AND scope <> ''",
    "the end of the log deleted": "DELETE FROM audit_event WHERE seq > 3 AND scope <> ''",
    "a refusal hidden": "UPDATE audit_event SET refused = NOT refused WHERE seq = 1 AND scope <> ''",
    "a chain forgotten": "DELETE FROM chain WHERE id LIKE 'scores/%'",
    "a head turned back": "UPDATE chain SET length = length - 1 WHERE id LIKE 'scores/%'",
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_with_the_triggers_out_of_the_way_is_found(season, tampering, console):
    season.save_all("Ani", agencies=["pln", "kominfo"])
    season.save("Budi", "pln", 4)
    season.do(conflicts.declare_conflict, season.nominee("kominfo").id, "kerabat", actor=season.judges["Budi"])
    assert season.do(audit.verify, season.panel.id) == []
    without_triggers(season.database, TAMPERINGS[tampering])
    assert season.do(audit.verify, season.panel.id)


def test_a_chain_that_was_rewritten_whole_is_found_against_the_closing(season, console):
    from sqlalchemy import select

    from textmine.judging import chain
    from textmine.judging.canonical import GENESIS
    from textmine.judging.schema import ScoreEvent

    season.save_all("Ani")
    season.do(states.close_panel, season.panel.id, allow_missing=True)
    season.do(states.reopen_panel, season.panel.id, "lanjut")
    without_triggers(season.database, "UPDATE score_event SET value = 10")
    with season.database.writing() as session:
        head = GENESIS
        updates = {}
        for event in session.scalars(select(ScoreEvent).order_by(ScoreEvent.seq)):
            head = updates[event.seq] = chain._hash_of(head, event)
    sets = " ".join(f"WHEN {seq} THEN '{hash}'" for seq, hash in updates.items())
    without_triggers(season.database, f"UPDATE score_event SET hash = CASE seq {sets} END")
    without_triggers(season.database, f"UPDATE chain SET head = '{head}' WHERE id LIKE 'scores/%'")
    (fault,) = season.do(audit.verify, season.panel.id)
    assert "closing 1" in fault.problem


def without_triggers(database, statement):
    """What somebody can do who owns the database and not only the page."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _ in triggers:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        assert connection.execute(text(statement)).rowcount
        if database.is_sqlite:
            for _, sql in triggers:
                connection.exec_driver_sql(sql)
        else:
            connection.execute(text("SET session_replication_role = DEFAULT"))


def test_what_is_refused_stands_in_the_log_of_the_panel(season, console):
    ani = season.judges["Ani"]
    refused(season.database, NotAllowedError, states.close_panel, ani, season.panel.id)
    newest = season.do(audit.entries, season.panel.id)[0]
    assert (newest.action, newest.refused, newest.person_id) == ("panel.close", True, ani.person_id)
    assert newest.detail == {"error": "NotAllowedError", "panel_id": season.panel.id}
    assert newest.address == "192.0.2.1"


def test_the_log_tells_of_scores_without_their_values(season):
    season.save("Ani", "pln", 8, note="rahasia")
    told = season.do(audit.entries, season.panel.id)
    (saved,) = [entry for entry in told if entry.action == "score.save"]
    assert saved.person_id == season.judges["Ani"].person_id
    assert "rahasia" not in repr(told) and "8" not in repr(saved.detail.keys())
    assert set(saved.detail) == {"nominee_id", "criterion_id"}
