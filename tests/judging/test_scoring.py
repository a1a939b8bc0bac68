import threading

import pytest

from textmine.judging import audit, conflicts, nominees, people, progress, scoring, states
from textmine.judging.errors import (
    ClosedError,
    ConflictError,
    IncompleteError,
    InvalidError,
    KeyReusedError,
    NotAllowedError,
    NotFoundError,
    StateError,
)
from textmine.judging.evidence import evidence_sha256
from textmine.judging.roles import Actor


def counted(season):
    """Scores that count, by judge's name, agency and criterion."""
    season.do(states.close_panel, season.panel.id, allow_missing=True)
    rows = season.do(progress.scores, season.panel.id).select("judge_name", "agency", "criterion", "value").rows()
    return {row[:3]: row[3] for row in rows}


def test_the_last_score_counts_and_all_are_kept(season):
    for value in (3, 9, 6):
        season.save("Ani", "pln", value)
    nominee = season.nominee("pln")
    history = season.do(scoring.my_history, nominee.id, actor=season.judges["Ani"])
    assert [(saved.seq, saved.value) for saved in history] == [(1, 3.0), (2, 9.0), (3, 6.0)]
    criterion = season.criteria(nominee.category_id)[0]
    assert counted(season) == {("Ani", "pln", criterion.key): 6.0}


def test_a_score_that_is_taken_back_does_not_count(season):
    season.save("Ani", "pln", 3)
    season.save("Ani", "pln", None)
    assert counted(season) == {}


def test_the_same_request_twice_is_stored_once(season):
    first = season.save("Ani", "pln", 3, key="the-same-key")
    again = season.save("Ani", "pln", 3, key="the-same-key")
    assert (first.again, again.again) == (False, True)
    assert (again.seq, again.saved_at) == (first.seq, first.saved_at)
    with pytest.raises(KeyReusedError):
        season.save("Ani", "pln", 4, key="the-same-key")
    season.save("Budi", "pln", 4, key="the-same-key")  # another judge's keys are its own


def test_a_request_that_is_repeated_after_closing_is_still_acknowledged(season):
    season.save("Ani", "pln", 3, key="the-same-key")
    season.do(states.close_panel, season.panel.id, allow_missing=True)
    assert season.save("Ani", "pln", 3, key="the-same-key").again
    with pytest.raises(ClosedError):
        season.save("Ani", "pln", 3)


def test_the_same_request_at_once_from_many_threads_is_stored_once(season):
    found, errors = [], []
    ready = threading.Barrier(8)

    def save():
        ready.wait()
        try:
            found.append(season.save("Ani", "pln", 3, key="the-same-key"))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=save) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len({saved.seq for saved in found}) == 1 and sum(not saved.again for saved in found) == 1


def test_judges_who_score_at_once_lose_nothing(season):
    errors = []

    def work(name):
        try:
            season.save_all(name, value=5)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in season.judges for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert all(each.missing == 0 for each in season.do(progress.progress, season.panel.id))


@pytest.mark.parametrize("value", [0, 11, 5.5, float("nan"), float("inf"), -1, 1e300, True, "7", "7; DROP TABLE panel"])
def test_what_is_not_on_the_scale_is_refused(season, value):
    with pytest.raises(InvalidError, match="value"):
        season.save("Ani", "pln", value)


@pytest.mark.parametrize("key", ["", "short", "a" * 65, "with space", "quote'quote", "nul\x00nulnul"])
def test_what_is_no_key_is_refused(season, key):
    nominee = season.nominee("pln")
    criterion = season.criteria(nominee.category_id)[0]
    with pytest.raises(InvalidError, match="client_key"):
        season.do(scoring.save_score, nominee.id, criterion.id, 5, key=key, actor=season.judges["Ani"])


def test_a_judge_with_a_conflict_is_left_out_before_and_after_scoring(season):
    season.save_all("Ani", agencies=["pln"], value=9)
    season.save_all("Budi", agencies=["pln"], value=4)
    pln, kominfo = season.nominee("pln"), season.nominee("kominfo")
    season.do(conflicts.declare_conflict, pln.id, "saudara direktur", actor=season.judges["Ani"])
    season.do(conflicts.declare_conflict, kominfo.id, "pernah bekerja di sana", actor=season.judges["Ani"])
    for agency in ("pln", "kominfo"):
        with pytest.raises(ConflictError):
            season.save("Ani", agency, 5)
    (ani, *_) = season.do(progress.progress, season.panel.id)
    n_criteria = sum(len(season.criteria(each.category_id)) for each in season.nominees() if each not in (pln, kominfo))
    assert (ani.name, ani.conflicts, ani.due, ani.done) == ("Ani", 2, n_criteria, 0)
    own = {each.agency: each.conflict for each in season.nominees(season.judges["Ani"])}
    assert own["pln"] == "saudara direktur" and own["pertamina"] is None
    assert not any(each.conflict for each in season.nominees(season.judges["Budi"]))
    assert len(season.do(scoring.my_history, pln.id, actor=season.judges["Ani"])) == len(
        season.criteria(pln.category_id)
    )
    assert {judge for judge, _, _ in counted(season)} == {"Budi"}


def test_a_conflict_declared_by_mistake_is_lifted_by_the_organiser_with_a_reason(season):
    season.save("Ani", "pln", 9)
    pln, ani = season.nominee("pln"), season.judges["Ani"]
    season.do(conflicts.declare_conflict, pln.id, "salah tekan", actor=ani)
    with pytest.raises(NotAllowedError):
        season.do(conflicts.lift_conflict, pln.id, ani.person_id, "tidak jadi", actor=ani)
    with pytest.raises(InvalidError):
        season.do(conflicts.lift_conflict, pln.id, ani.person_id, " ")
    season.do(conflicts.lift_conflict, pln.id, ani.person_id, "salah tekan, dikonfirmasi")
    assert [key[0] for key in counted(season)] == ["Ani"]
    with pytest.raises(NotFoundError):
        season.do(conflicts.lift_conflict, pln.id, ani.person_id, "lagi")


def test_a_judge_declares_no_conflict_for_another(season):
    pln, budi = season.nominee("pln"), season.judges["Budi"].person_id
    with pytest.raises(NotAllowedError):
        season.do(conflicts.declare_conflict, pln.id, "dia", person_id=budi, actor=season.judges["Ani"])
    season.do(conflicts.declare_conflict, pln.id, "ia memberi tahu lewat telepon", person_id=budi)
    with pytest.raises(ConflictError):
        season.save("Budi", "pln", 5)


def test_in_blind_mode_figures_show_once_every_criterion_is_scored(season):
    ani = season.judges["Ani"]

    def seen():
        (pln,) = [each for each in season.nominees(ani) if each.agency == "pln"]
        assert (pln.score is None) == (pln.rank is None) == (not pln.reasons) == (not pln.figures_visible)
        return pln.figures_visible

    n = len(season.criteria(season.nominee("pln").category_id))
    for place in range(n):
        assert not seen()
        season.save("Ani", "pln", 5, criterion=place)
    assert seen()
    season.save("Ani", "pln", None)
    assert seen(), "what was seen cannot be unseen"
    season.save("Ani", "pln", 8)
    history = season.do(scoring.my_history, season.nominee("pln").id, actor=ani)
    assert len(history) == n + 2
    season.do(states.close_panel, season.panel.id, allow_missing=True)
    table = season.do(progress.scores, season.panel.id)
    assert table["figures_seen"].to_list().count(True) == 1, (
        "the score that was given after seeing the figures is marked"
    )


def test_figures_show_to_all_where_the_panel_is_not_blind(database, make):
    season = make(database, blind=False)
    assert all(each.figures_visible and each.score for each in season.nominees(season.judges["Ani"]))


def test_judges_of_a_blind_panel_meet_nominees_in_orders_of_their_own(database, make):
    season = make(database, judges=[f"Juri {number}" for number in range(8)])
    orders = {tuple(each.agency for each in season.nominees(actor)) for actor in season.judges.values()}
    assert len(orders) > 1
    again = {tuple(each.agency for each in season.nominees(actor)) for actor in season.judges.values()}
    assert again == orders


def test_before_closing_nobody_sees_anothers_scores(season, console):
    season.save_all("Ani")
    for actor in (console, season.judges["Ani"], season.judges["Budi"]):
        for service in (progress.scores, progress.notes):
            with pytest.raises(StateError, match="closed"):
                season.do(service, season.panel.id, actor=actor)
    assert season.do(scoring.my_scores, season.panel.id, actor=season.judges["Budi"]) == []
    with pytest.raises(NotAllowedError):
        season.do(scoring.my_scores, season.panel.id)
    own = season.do(progress.progress, season.panel.id, actor=season.judges["Budi"])
    assert [each.name for each in own] == ["Budi"]


def test_closing_waits_for_missing_scores_unless_told(season):
    season.save_all("Ani")
    season.save_all("Budi")
    with pytest.raises(IncompleteError) as refused:
        season.do(states.close_panel, season.panel.id)
    assert set(refused.value.missing) == {"Citra"}
    season.save_all("Citra")
    closed = season.do(states.close_panel, season.panel.id)
    assert closed.state == "closed" and len(closed.evidence_sha256) == 64
    with pytest.raises(ClosedError):
        season.save("Ani", "pln", 3)
    with pytest.raises(StateError):
        season.do(conflicts.declare_conflict, season.nominee("pln").id, "terlambat", actor=season.judges["Ani"])


def test_no_score_slips_in_behind_a_closing(season):
    refused, begun = [], threading.Barrier(4)

    def work(name):
        begun.wait()
        for value in range(1, 11):
            try:
                season.save(name, "pln", value)
            except ClosedError:
                refused.append(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in season.judges]
    for thread in threads:
        thread.start()
    begun.wait()
    closed = season.do(states.close_panel, season.panel.id, allow_missing=True)
    for thread in threads:
        thread.join()
    assert refused, "the closing came too late to be a test"
    with season.database.reading() as session:
        assert evidence_sha256(session, season.panel.id) == closed.evidence_sha256
    assert season.do(audit.verify, season.panel.id) == []


def test_a_reopened_panel_that_is_closed_unchanged_has_the_same_evidence(season):
    season.save_all("Ani")
    first = season.do(states.close_panel, season.panel.id, allow_missing=True)
    with pytest.raises(InvalidError):
        season.do(states.reopen_panel, season.panel.id, "")
    reopened = season.do(states.reopen_panel, season.panel.id, "Budi belum selesai")
    assert (reopened.state, reopened.evidence_sha256) == ("open", None)
    second = season.do(states.close_panel, season.panel.id, allow_missing=True)
    assert second.evidence_sha256 == first.evidence_sha256
    season.do(states.reopen_panel, season.panel.id, "lagi")
    season.save("Budi", "pln", 5)
    third = season.do(states.close_panel, season.panel.id, allow_missing=True)
    assert third.evidence_sha256 != first.evidence_sha256


def test_a_removed_judge_sees_nothing_and_counts_nothing(season):
    season.save_all("Citra")
    citra = season.judges["Citra"]
    season.do(people.remove_member, season.panel.id, citra.person_id)
    with pytest.raises(NotFoundError):
        season.save("Citra", "pln", 4)
    with pytest.raises(NotFoundError):
        season.do(nominees.nominees_of, season.panel.id, actor=citra)
    assert counted(season) == {}


def test_two_of_one_name_are_told_apart(database, make):
    season = make(database, judges=("Ani", "Budi"))
    twin = season.do(people.add_person, "Ani", "judge")
    season.do(people.add_member, season.panel.id, twin.id)
    season.save("Budi", "pln", 4)
    season.save("Ani", "pln", 5)
    other = Actor(twin.id, "Ani", "judge")
    nominee = season.nominee("pln")
    criterion = season.criteria(nominee.category_id)[0].id
    season.do(scoring.save_score, nominee.id, criterion, 6, key="some-key-1", actor=other)
    season.do(states.close_panel, season.panel.id, allow_missing=True)
    table = season.do(progress.named_scores, season.panel.id).drop_nulls("value")
    assert sorted(table["judge"]) == ["Ani", "Ani (2)", "Budi"]
    assert set(table["nominee"]) == {"pln"}


def test_notes_on_a_nominee_are_kept_and_the_last_counts(season):
    ani, pln = season.judges["Ani"], season.nominee("pln")
    for place, note in enumerate(("Baik", "Sangat baik")):
        season.do(scoring.save_note, pln.id, note, key=f"note-key-{place}", actor=ani)
    season.do(states.close_panel, season.panel.id, allow_missing=True)
    assert season.do(progress.notes, season.panel.id) == {(ani.person_id, pln.id): "Sangat baik"}


def test_notes_of_a_judge_with_a_conflict_are_left_out(season):
    ani, budi, pln = season.judges["Ani"], season.judges["Budi"], season.nominee("pln")
    for place, judge in enumerate((ani, budi)):
        season.do(scoring.save_note, pln.id, "Baik", key=f"note-key-{place}", actor=judge)
    season.do(conflicts.declare_conflict, pln.id, "saudara direktur", actor=ani)
    season.do(states.close_panel, season.panel.id, allow_missing=True)
    assert season.do(progress.notes, season.panel.id) == {(budi.person_id, pln.id): "Baik"}
