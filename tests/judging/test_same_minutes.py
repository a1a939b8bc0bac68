"""One panel, two ways to its minutes: the page, and the files of ``textmine judge scores --save-jury``."""

import polars as pl
import pytest

from textmine.judging import conflicts, invitations, people, scoring, states
from textmine.judging.juryfile import jury_text
from textmine.judging.minutes import minutes_markdown
from textmine.judging.nominees import nominees_of
from textmine.judging.outcome import outcome, proceedings_of
from textmine.judging.panels import PanelSettings, create_panel, panel_of
from textmine.judging.paperjury import paper_proceedings, paper_tally
from textmine.judging.progress import named_scores
from textmine.judging.tally import Rules

SAME = "Dinas Kesehatan"
NOMINEES = pl.DataFrame(
    {
        "category": ["aktif/kota"] * 3 + ["aktif/provinsi"] * 2 + ["foto"] * 2,
        "category_title": ["Paling Aktif"] * 5 + ["Foto Terbaik"] * 2,
        "agency": ["dinkes-bogor", "dinkes-depok", "dinkes-bekasi", "jabar", "jateng", "bnpb", "bmkg"],
        "name": [SAME, SAME, SAME, "Jawa Barat", "Jawa Tengah", "BNPB", "BMKG"],
    }
)
"""Three of one name, two categories of one title, and a category that nobody scores."""


@pytest.fixture
def panel(database, console):
    """Closed: all scores are level, all judges have a conflict with Jawa Tengah, nobody scored one criterion."""
    with database.writing(console) as session:
        made = create_panel(session, console, PanelSettings("Juri", "kota", seed=3, n_posts=0), NOMINEES)
        judges = {}
        for number, name in enumerate(("Ani", "Ani", "Ani (2)")):
            person = people.add_person(session, console, name, "judge")
            people.add_member(session, console, made.id, person.id)
            judges[number] = invitations.invite(session, console, person.id, made.id)
        observer = people.add_person(session, console, "Oka", "observer")
        people.add_member(session, console, made.id, observer.id)
        states.open_panel(session, console, made.id)
    for number, link in judges.items():
        with database.writing(address="192.0.2.1") as session:
            actor = invitations.use_link(session, link.token, address="192.0.2.1").actor
        with database.writing(actor) as session:
            categories = {each.id: each for each in panel_of(session, actor, made.id).categories}
            for nominee in nominees_of(session, actor, made.id):
                category = categories[nominee.category_id]
                if nominee.agency == "jateng":
                    conflicts.declare_conflict(session, actor, nominee.id, "kerabat")
                elif category.key != "foto":
                    for criterion in category.criteria[1:]:
                        key = f"key-{number}-{nominee.agency}-{criterion.key}"
                        scoring.save_score(session, actor, nominee.id, criterion.id, 7, key=key)
    with database.writing(console) as session:
        return states.close_panel(session, console, made.id, allow_missing=True)


@pytest.mark.parametrize("last", ["shared", "lot"])
@pytest.mark.parametrize("seed", [2, 3])
def test_the_page_and_the_files_tell_the_same(database, console, panel, tmp_path, last, seed):
    rules = Rules(last=last, seed=seed)
    with database.reading(console) as session:
        page = proceedings_of(session, console, outcome(session, console, panel.id, rules=rules))
        named_scores(session, console, panel.id).write_csv(tmp_path / "scores.csv")
        (tmp_path / "jury.toml").write_text(jury_text(session, console, panel.id), encoding="utf-8")
    counted = paper_tally(tmp_path / "scores.csv", tmp_path / "jury.toml", rules={"last": last, "seed": seed})
    files = paper_proceedings(counted, page.version, place=None, day=None)
    assert files.scores_sha256 == page.scores_sha256
    assert (files.members, files.conflicts) == (page.members, page.conflicts)
    assert minutes_markdown(files) == minutes_markdown(page)
    assert [each.title for each in page.categories] == ["Paling Aktif", "Paling Aktif", "Foto Terbaik"]
    first = page.categories[0].tally.nominees["nominee"]
    assert sorted(first) == [f"{SAME} (dinkes-{city})" for city in ("bekasi", "bogor", "depok")]
    assert sorted(page.categories[0].tally.judges["judge"]) == ["Ani", "Ani (2)", "Ani (3)"]


def test_the_hash_covers_categories_of_one_title(database, console, panel):
    with database.reading(console) as session:
        found = outcome(session, console, panel.id)
        whole = proceedings_of(session, console, found).scores_sha256
        first = panel.categories[0].id
        fewer = {id: table.clear() if id == first else table for id, table in found.scores.items()}
        changed = type(found)(found.panel, found.tallies, fewer, found.judges, found.nominees)
        assert proceedings_of(session, console, changed).scores_sha256 != whole
