"""Minutes of a panel that was closed more than once, or without all scores."""

import pytest

from textmine.judging import states
from textmine.judging.closings import closings_of
from textmine.judging.juryfile import jury_text
from textmine.judging.minutes import minutes_markdown
from textmine.judging.outcome import outcome, proceedings_of
from textmine.judging.paperjury import paper_proceedings, paper_tally
from textmine.judging.progress import named_scores

UNSEEN = "Juri tidak melihat nilai juri lain sebelum penilaian ditutup."


def told(season, console, lang="id"):
    """What the page's minutes tell."""
    with season.database.reading(console) as session:
        return proceedings_of(session, console, outcome(session, console, season.panel.id), lang=lang)


def told_of_files(season, console, folder):
    """What the minutes of the two files tell that the command line writes."""
    with season.database.reading(console) as session:
        named_scores(session, console, season.panel.id).write_csv(folder / "scores.csv")
        (folder / "jury.toml").write_text(jury_text(session, console, season.panel.id), encoding="utf-8")
    return paper_proceedings(paper_tally(folder / "scores.csv", folder / "jury.toml"), "1", place=None, day=None)


@pytest.fixture
def rescored(season):
    """A panel that Budi saw the result of before scoring again; Citra's last scores are missing throughout."""
    for judge in ("Ani", "Budi"):
        season.save_all(judge)
    season.save_all("Citra", agencies=["kominfo", "kemenkes", "kemdikbud", "pln"])
    first = season.do(states.close_panel, season.panel.id, allow_missing=True)
    season.do(states.reopen_panel, season.panel.id, 'Budi minta mengubah "nilai"\nnya')
    season.save("Budi", "kominfo", 10.0)
    season.do(states.close_panel, season.panel.id, allow_missing=True)
    return season, first


def test_minutes_of_a_panel_that_was_reopened_tell_so_and_claim_no_blindness(rescored, console):
    season, first = rescored
    text = minutes_markdown(told(season, console))
    assert UNSEEN not in text
    assert "Penilaian dibuka kembali: sejak penutupan yang pertama juri dapat melihat semua nilai." in text
    assert "Juri tidak melihat angka suatu nomine sebelum menilainya." in text
    assert "Alasan: Budi minta mengubah" in text
    assert first.evidence_sha256 in text
    assert "Nilai yang belum diberikan saat itu: Citra: 5." in text
    assert "Nilai yang belum diberikan ketika penilaian berakhir: Citra: 5." in text
    english = minutes_markdown(told(season, console, "en"), "en")
    assert "from its first closing on judges could see all scores" in english
    assert "Scores that were missing when the scoring ended: Citra: 5." in english


def test_the_saved_files_tell_the_closings_as_the_page_does(rescored, console, tmp_path):
    season, _ = rescored
    page, files = told(season, console), told_of_files(season, console, tmp_path)
    assert len(page.earlier_closings) == 1
    for name in ("hidden", "earlier_closings", "missing", "evidence_sha256", "day"):
        assert getattr(page, name) == getattr(files, name), name


def test_a_panel_closed_once_with_all_scores_says_nothing_of_closings(season, console, tmp_path):
    for judge in season.judges:
        season.save_all(judge)
    season.do(states.close_panel, season.panel.id)
    page, files = told(season, console), told_of_files(season, console, tmp_path)
    text = minutes_markdown(page)
    assert UNSEEN in text and "Penutupan penilaian" not in text
    assert page.hidden == files.hidden == ("figures", "other_scores")
    assert page.missing == files.missing == {} and page.earlier_closings == files.earlier_closings == ()


def test_missing_scores_of_two_judges_of_one_name_are_added_up(database, console, make):
    season = make(database, judges=("Ani", "Ani "), opened=True)
    season.do(states.close_panel, season.panel.id, allow_missing=True)
    with database.reading(console) as session:
        assert closings_of(session, season.panel.id).missing == {"Ani": 50}
