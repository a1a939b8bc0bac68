"""``textmine judge`` from a table of nominees to a closed panel in another database."""

import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.judging import scoring
from textmine.judging.database import Database
from textmine.judging.invitations import LINK_PATH, use_link
from textmine.judging.nominees import nominees_of
from textmine.judging.outcome import outcome
from textmine.judging.panels import panel_of
from textmine.judging.paperjury import paper_proceedings, paper_tally
from textmine.judging.roles import Actor


def textmine_(*arguments, **kwargs):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine", **kwargs)


def done(*arguments):
    result = textmine_(*arguments)
    assert result.exit_code == 0, result.output
    return result


POSTS = "id,username,created_at,text,likes,url\n" + "".join(
    f"{n},kemen_{'ab'[n % 2]},2020-03-{1 + n % 28:02d} 08:00,Kabar nomor {n} untuk warga,{n},https://x.com/k/status/{n}\n"
    for n in range(40)
)


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "posts.csv").write_text(POSTS)
    done("ingest", tmp_path / "posts.csv", "-o", tmp_path / "ws")
    return tmp_path / "ws"


@pytest.fixture
def nominees(tmp_path):
    path = tmp_path / "akun.csv"
    path.write_text(
        "category,agency,rank,score\nbest_account,kemen_a,1,0.9\nbest_account,kemen_b,2,0.8\nvideo,kemen_a,1,1\n"
    )
    return path


@pytest.fixture
def panel(workspace, nominees):
    made = done("judge", "panel", "create", workspace, "--nominees", nominees, "--title", "Juri", "--format", "json")
    (row,) = json.loads(made.stdout)
    return row["panel"]


def links(workspace, *names, **options):
    result = done("judge", "invite", workspace, *names, "--format", "json")
    return {row["name"]: row["link"] for row in json.loads(result.stdout)}


def score_all(workspace, link, value, step=0.0):
    """What a judge's browser does; with a step scores differ by criterion, so that weights matter."""
    with Database.of_workspace(workspace) as database:
        with database.writing() as session:
            signed_in = use_link(session, link.rpartition(LINK_PATH)[2])
        judge = signed_in.actor
        with database.writing(judge) as session:
            criteria = {each.id: each.criteria for each in panel_of(session, judge, signed_in.panel_id).categories}
            for nominee in nominees_of(session, judge, signed_in.panel_id):
                for place, criterion in enumerate(criteria[nominee.category_id]):
                    key = f"{nominee.id[:16]}-{criterion.id[:16]}"
                    scoring.save_score(session, judge, nominee.id, criterion.id, value + step * place, key=key)


def test_a_season_from_nominees_to_a_closed_panel(workspace, panel, tmp_path):
    found = links(workspace, "Ibu Ani", "Pak Budi")
    assert all(link.startswith(f"http://127.0.0.1:8000{LINK_PATH}") for link in found.values())
    done("judge", "panel", "open", workspace)
    score_all(workspace, found["Ibu Ani"], 8)
    status = pl.read_csv(io.StringIO(done("judge", "status", workspace, "--format", "csv").stdout))
    assert status.select("judge", "missing").rows() == [("Ibu Ani", 0), ("Pak Budi", 15)]
    early = textmine_("judge", "panel", "close", workspace)
    assert early.exit_code == 1 and "Pak Budi 15" in early.stderr
    score_all(workspace, found["Pak Budi"], 6)
    evidence = done("judge", "panel", "close", workspace).stdout.strip()
    assert re.fullmatch("[0-9a-f]{64}", evidence)
    table = pl.read_csv(io.StringIO(done("judge", "scores", workspace).stdout))
    assert table.columns == ["category", "judge", "nominee", "criterion", "value", "note"]
    assert (table.height, set(table["judge"]), table["value"].sum()) == (30, {"Ibu Ani", "Pak Budi"}, 15 * 8 + 15 * 6)
    (tmp_path / "scores.csv").write_text(done("judge", "scores", workspace).stdout)
    counted = done("judge", "tally", tmp_path / "scores.csv", "--category", "best_account", "--format", "json")
    assert {row["nominee"] for row in json.loads(counted.stdout)} == {"kemen_a", "kemen_b"}
    exported = done("judge", "export", workspace, "-o", tmp_path / "jury.jsonl").stdout.strip()
    assert re.fullmatch("[0-9a-f]{64}", exported)
    elsewhere = f"sqlite:///{tmp_path / 'other.sqlite'}"
    done("judge", "import", workspace, tmp_path / "jury.jsonl", "--database", elsewhere)
    (there,) = json.loads(done("judge", "panel", "list", workspace, "--database", elsewhere, "--format", "json").stdout)
    assert (there["panel"], there["state"], there["evidence_sha256"]) == (panel, "closed", evidence)
    assert "every chain holds" in done("judge", "audit", workspace, "--verify", "--database", elsewhere).stderr
    done("judge", "panel", "reopen", workspace, "--reason", "lanjut")
    assert done("judge", "panel", "close", workspace).stdout.strip() == evidence


def test_the_tally_of_the_saved_jury_is_that_of_the_page(workspace, panel, tmp_path):
    found = links(workspace, "Ani", "Budi")
    done("judge", "panel", "open", workspace)
    open_still = textmine_("judge", "scores", workspace, "--save-jury", tmp_path / "jury.toml")
    assert open_still.exit_code == 1 and not (tmp_path / "jury.toml").exists()
    score_all(workspace, found["Ani"], 5.0, step=1.0)
    assert "--allow-missing" in textmine_("judge", "panel", "close", workspace).stderr
    done("judge", "panel", "close", workspace, "--allow-missing")
    printed = done("judge", "scores", workspace)
    assert "--save-jury" in printed.stderr
    (tmp_path / "scores.csv").write_text(printed.stdout)
    assert "--save-jury" not in done("judge", "scores", workspace, "--save-jury", tmp_path / "jury.toml").stderr
    counted = paper_tally(tmp_path / "scores.csv", tmp_path / "jury.toml")
    console = Actor.console()
    with Database.of_workspace(workspace) as database, database.reading(console) as session:
        on_the_page = outcome(session, console, panel)
    for category in on_the_page.panel.categories:
        expected, same = on_the_page.tallies[category.id], counted.tallies[category.key]
        columns = ["nominee", "mean", "rank_mean"]
        assert same.nominees.select(columns).equals(expected.nominees.select(columns))
        assert same.criteria.equals(expected.criteria)
    assert [member.name for member in counted.jury.members] == ["Ani", "Budi"]
    told = paper_proceedings(counted, "1", place=None, day=None)
    assert [each.title for each in told.categories] == [each.title for each in on_the_page.panel.categories]
    done("judge", "scores", workspace, "--save-jury", tmp_path / "jury.toml")  # the same once more
    with (tmp_path / "jury.toml").open("a") as file:
        file.write("# Ruang rapat lantai 3\n")
    again = textmine_("judge", "scores", workspace, "--save-jury", tmp_path / "jury.toml")
    assert again.exit_code == 1 and "is there already" in again.stderr


def test_a_workspace_without_a_panel_says_how_one_is_made(workspace):
    result = textmine_("judge", "status", workspace)
    assert result.exit_code == 1 and "textmine judge panel create" in result.stderr


def test_dossiers_are_drawn_when_the_panel_is_made(workspace, panel):
    database = sqlite3.connect(workspace / "judging" / "judging.sqlite")
    contents = [json.loads(content) for (content,) in database.execute("SELECT content FROM dossier")]
    assert [len(content["posts"]) for content in contents] == [6, 6, 6]


def test_the_log_can_be_read_and_a_change_is_found(workspace, panel):
    done("judge", "invite", workspace, "Ani")
    table = pl.read_csv(io.StringIO(done("judge", "audit", workspace, "--format", "csv").stdout))
    assert table["action"].to_list() == ["link.make", "member.add", "dossier.store", "panel.create"]
    assert "person.add" in done("judge", "audit", workspace, "--general", "--format", "csv").stdout
    database = sqlite3.connect(workspace / "judging" / "judging.sqlite")
    database.execute("DROP TRIGGER audit_event_no_update")
    database.execute("UPDATE audit_event SET action = 'nothing' WHERE seq = 2 AND scope <> ''")
    database.commit()
    result = textmine_("judge", "audit", workspace, "--verify")
    assert result.exit_code == 3
    assert "event 2 was changed" in result.stdout


def test_a_new_link_is_for_the_same_person(workspace, panel):
    first, second = links(workspace, "Ani"), links(workspace, "Ani")
    assert first != second
    done("judge", "panel", "open", workspace)
    status = json.loads(done("judge", "status", workspace, "--format", "json").stdout)
    assert [row["judge"] for row in status] == ["Ani"]
    whole = done("judge", "invite", workspace, "Ani", "--format", "table").stdout
    assert re.search(rf"^  http://127\.0\.0\.1:8000{LINK_PATH}[\w-]{{43}}$", whole, re.M), "no table cuts a link"


def test_where_links_lead_is_said_unless_it_was_asked_for(workspace, panel):
    told = done("judge", "invite", workspace, "Ani").stderr
    assert "links lead to http://127.0.0.1:8000, on this machine only" in told and "--address URL" in told
    asked = done("judge", "invite", workspace, "Ani", "--address", "http://127.0.0.1:9000", "--format", "table")
    assert "links lead to" not in asked.stderr and f"  http://127.0.0.1:9000{LINK_PATH}" in asked.stdout


def test_a_panel_is_named_by_title_or_by_the_beginning_of_its_id(workspace, panel, nominees):
    done("judge", "panel", "create", workspace, "--nominees", nominees, "--title", "Lain", "--rubric", "permenpanrb",
         "--scale", "0-100/5", "--category", "video", "--posts", "0", "--show-figures")  # fmt: skip
    unclear = textmine_("judge", "status", workspace)
    assert unclear.exit_code == 1 and "several panels fit" in unclear.stderr and panel[:8] in unclear.stderr
    assert "Juri: draft" in done("judge", "status", workspace, "--panel", panel[:8]).stderr
    assert "Lain: draft" in done("judge", "status", workspace, "--panel", "Lain").stderr
    (other, _) = json.loads(done("judge", "panel", "list", workspace, "--format", "json").stdout)
    assert (other["categories"], other["nominees"], other["blind"]) == (1, 1, False)


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        ([], 2, "--awards or --nominees"),
        (["--awards", "gsm2020"], 1, "has not been ranked"),
        (["--nominees", "NOMINEES", "--category", "x"], 2, "there are best_account, video"),
        (["--nominees", "NOMINEES", "--scale", "ten"], 2, "LOW-HIGH"),
        (["--nominees", "NOMINEES", "--scale", "5-5"], 1, "scale"),
        (["--nominees", "NOMINEES", "--rubric", "vidio"], 1, "did you mean video"),
        (["--nominees", "NOMINEES", "--rubric", "video", "--rubric", "image"], 2, "CATEGORY=video"),
        (["--nominees", "gone.csv"], 1, "cannot be read"),
        (["--nominees", "NOMINEES", "--database", "mysql://x/y"], 1, "not supported"),
    ],
)
def test_mistakes_are_one_line(workspace, nominees, options, code, told):
    asked = [str(nominees) if option == "NOMINEES" else option for option in options]
    result = textmine_("judge", "panel", "create", workspace, "--title", "Juri", *asked)
    assert result.exit_code == code and told in result.stderr and result.stdout == ""
    assert "Traceback" not in result.stderr


def test_without_the_extra_the_line_that_installs_it_is_said(workspace):
    program = (
        "import sys; sys.modules['alembic'] = None; from textmine.cli import main; "
        f"sys.argv = ['textmine', 'judge', 'panel', 'list', {str(workspace)!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == ""
    assert 'alembic is not installed; run: pip install "textmine[judging]"' in done.stderr


def test_without_a_workspace_it_is_said(tmp_path):
    result = textmine_("judge", "panel", "list", tmp_path / "none")
    assert result.exit_code == 1 and "no workspace here" in result.stderr


def test_a_panel_shows_the_title_of_its_award_and_keeps_its_name(ranked_workspace, tmp_path):
    shutil.copytree(ranked_workspace, tmp_path / "ws")
    chosen = ("--awards", "gsm2020", "--category", "most_active/bumn", "--posts", 0, "--format", "json")
    (made,) = json.loads(done("judge", "panel", "create", tmp_path / "ws", "--title", "Juri", *chosen).stdout)
    (english,) = json.loads(
        done("judge", "panel", "create", tmp_path / "ws", "--title", "Jury", "--lang", "en", *chosen).stdout
    )
    assert made["award"] == english["award"] == "gsm2020"
    with sqlite3.connect(tmp_path / "ws" / "judging" / "judging.sqlite") as database:
        titles = dict(database.execute("SELECT title, award_title FROM panel"))
        chances = database.execute("SELECT p_top5 FROM nominee").fetchall()
    assert chances and not any(chance for (chance,) in chances)  # a number of posts has no draws
    assert titles == {
        "Juri": "Penghargaan Media Sosial Pemerintah 2020",
        "Jury": "Government Social Media Award 2020",
    }
