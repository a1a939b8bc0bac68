"""The pages of an award, from a real ranking of simulated posts."""

import csv
import re
import shutil

import polars as pl
import pytest

from textmine.ingest import ingest
from textmine.ranking.flag_effect import CHANGED_SCHEMA
from textmine.ranking.sensitivity_stage import sensitivity_stage
from textmine.ranking.stage import rank_workspace
from textmine.ranking.stored import StoredRanking, stored_rankings
from textmine.report import write_reports
from textmine.report.award_content import FlagEffect
from textmine.report.award_words import AwardWords
from textmine.simulation import simulate
from textmine.store import Workspace
from textmine.workflow import report_stage


def text_of(path):
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", path.read_text(encoding="utf-8"), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    """A workspace with a ranking, and its reports in all formats, in English."""
    folder = tmp_path_factory.mktemp("season")
    simulate(folder / "exports", n_posts=3_000, seed=3)
    workspace = Workspace.create(folder / "workspace")
    with workspace.lock():
        ingest(
            sorted((folder / "exports").glob("[fixy]*.csv")), workspace, agencies=folder / "exports" / "agencies.csv"
        )
        report_stage(workspace, folder / "before", lang="en", formats=["html", "md"])
        rank_workspace(workspace, "gsm2020", n_draws=200)
        report_stage(workspace, folder / "reports", lang="en", formats=["html", "xlsx", "csv", "md"])
    return workspace, folder


def test_without_a_ranking_a_report_says_how_to_make_one(season):
    _, folder = season
    page = next((folder / "before").glob("kem-*/*.html"))
    assert "run: textmine rank WORKSPACE --awards gsm2020" in text_of(page)
    assert not list((folder / "before").glob("award-*"))


def test_the_index_leads_to_the_season_and_from_there_to_every_category_and_report(season):
    _, folder = season
    reports = folder / "reports"
    assert 'href="award-gsm2020.html"' in (reports / "index.html").read_text(encoding="utf-8")
    text = (reports / "award-gsm2020.html").read_text(encoding="utf-8")
    links = set(re.findall(r'<a href="([^"#]+)"', text))
    assert sum(link.startswith("award-gsm2020-") for link in links) == 16
    for page in reports.glob("award-*.html"):
        for link in re.findall(r'<a href="([^"#]+)"', page.read_text(encoding="utf-8")):
            assert link.startswith("https://") or (reports / link).is_file(), (page.name, link)


def test_a_category_shows_its_nominees_with_scores_features_examples_and_reasons(season):
    workspace, folder = season
    kept = stored_rankings(workspace, "gsm2020")
    rows = kept.ranking.filter(pl.col("category") == "most_engaging/bumn")
    names = dict(workspace.register().select("agency", "name").iter_rows())
    page = folder / "reports" / "award-gsm2020-most-engaging-bumn.html"
    text, html = text_of(page), page.read_text(encoding="utf-8")
    for row in rows.filter("nominee").iter_rows(named=True):
        assert names[row["agency"]] in text
        assert f"{row['score']:.2f} ({row['low']:.2f}–{row['high']:.2f})" in text
        assert f"rank {row['rank']} of {rows['rank'].count()}" in text  # the explanation
    assert text.count("A typical post: place") == rows["nominee"].sum()
    assert f"{rows['nominee'].sum()} nominees of {rows['rank'].count()} that are ranked" in text
    assert html.count("<article") == rows["nominee"].sum()
    assert "SIMULATED DATA" in text


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("flagged", "without flagged posts", "Tanpa yang ditandai"),
        ("period", "first half", "Paruh pertama"),
        ("platform", "without facebook", "Tanpa Facebook"),
        ("definition", "crowdtangle_account", "definisi keterlibatan lain: "),
    ],
)
def test_what_a_list_hangs_on_is_told_in_the_language_of_the_page(kind, name, told):
    found = AwardWords("id").variant(kind, name)
    assert found.startswith(told) and "without" not in found and "crowdtangle_account" not in found


@pytest.mark.parametrize(
    ("effect", "told"),
    [
        (
            FlagEffect(True, "A", "B", (), ()),
            ": B would be first instead of A.",
        ),
        (FlagEffect(True, "A", "A", ("C",), ("B",)), "B would drop out. C would come in."),
        (FlagEffect(False, "A", None, (), ()), "Without flagged posts nobody can be ranked here."),
    ],
)
def test_what_flagged_posts_do_to_a_list_is_told_whole(effect, told):
    assert " ".join(AwardWords("en").flag_effect(effect, without_flagged=False)).strip().endswith(told)
    assert AwardWords("id").flag_effect(effect, without_flagged=False)[0].startswith("Tanpa unggahan yang ditandai")


def test_a_change_of_the_first_alone_stands_on_every_page_of_the_category(season, tmp_path, monkeypatch):
    workspace, _ = season
    shutil.copytree(workspace.path, tmp_path / "workspace")
    names = dict(workspace.register().select("agency", "name").iter_rows())
    ranking = stored_rankings(workspace, "gsm2020").ranking
    first, second = ranking.filter(pl.col("category") == "most_active/kementerian")["agency"][:2]
    rows = [("most_active/kementerian", True, first, second, [], []), ("most_active/bumn", False, "pln", None, [], [])]
    table = pl.DataFrame(rows, schema=CHANGED_SCHEMA, orient="row")
    monkeypatch.setattr(StoredRanking, "changed", table)
    write_reports(Workspace.open(tmp_path / "workspace"), tmp_path / "reports", lang="en", formats=["html", "md"])
    told = f"Without flagged posts the list would change: {names[second]} would be first instead of {names[first]}."
    for suffix in ("html", "md"):
        page = tmp_path / "reports" / f"award-gsm2020-most-active-kementerian.{suffix}"
        assert told in text_of(page) and "change nothing about who is nominated" not in text_of(page)
        page = tmp_path / "reports" / f"award-gsm2020-most-active-bumn.{suffix}"
        assert "Without flagged posts nobody can be ranked here." in text_of(page)


def test_a_figure_without_draws_is_called_certain_and_a_missing_part_is_named(season):
    _, folder = season
    assert "This measure has no draws" in text_of(folder / "reports" / "award-gsm2020-most-active-bumn.html")
    image = text_of(folder / "reports" / "award-gsm2020-best-use-of-image-bumn.html")
    assert re.search(r"nobody has a figure for [\w ]*quality", image)


def test_a_report_says_where_its_agency_stands(season):
    workspace, folder = season
    kept = stored_rankings(workspace, "gsm2020").ranking
    rows = kept.filter(pl.col("category") == "most_active/kementerian")
    first = rows.filter(pl.col("rank") == 1)["agency"].item()
    html = next((folder / "reports" / first).glob("*.html")).read_text(encoding="utf-8")
    standing = html[html.index('id="standing"') : html.index('id="best"')]
    assert standing.count("<tr ") == 5  # the head and four categories
    assert 'href="../award-gsm2020-most-active-kementerian.html"' in standing
    assert f"1 of {rows['rank'].count()}" in standing and "certain figure" in standing


def test_the_table_of_an_award_holds_all_who_compete(season):
    workspace, folder = season
    kept = stored_rankings(workspace, "gsm2020").ranking
    with (folder / "reports" / "award-gsm2020.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == kept.height
    assert {row["notice"] for row in rows} == {"SIMULATED DATA"}
    assert [row["agency"] for row in rows] == kept["agency"].to_list()


def test_a_ranking_of_posts_that_have_changed_is_called_out_of_date(season, tmp_path):
    workspace, folder = season
    assert "Out of date" not in text_of(folder / "reports" / "award-gsm2020.html")
    shutil.copytree(workspace.path, tmp_path / "workspace")
    changed = Workspace.open(tmp_path / "workspace")
    exports = [folder / "exports" / f"{platform}.csv" for platform in ("facebook", "x", "instagram")]
    with changed.lock():
        ingest(exports, changed, agencies=folder / "exports" / "agencies.csv", replace=True)
        write_reports(changed, tmp_path / "reports", lang="en", formats=["html"])
    assert "Out of date" in text_of(tmp_path / "reports" / "award-gsm2020.html")


def test_markdown_holds_the_same_places_and_links(season):
    _, folder = season
    reports = folder / "reports"
    assert "](award-gsm2020.md)" in (reports / "index.md").read_text(encoding="utf-8")
    for page in reports.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert "> **SIMULATED DATA**" in text
        for link in re.findall(r"\]\(([^)]+)\)", text):
            assert link.startswith("https://") or (page.parent / link).is_file(), (page.name, link)
        for table in re.findall(r"(?:^\|.*\|\n)+", text, flags=re.M):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(widths) == 1, table


def test_what_lists_hang_on_is_shown_once_it_was_computed(season, tmp_path):
    workspace, folder = season
    assert not (folder / "reports" / "award-gsm2020-charts.html").exists()
    with workspace.lock():
        sensitivity_stage(workspace, "gsm2020")
        write_reports(workspace, tmp_path / "out", lang="en", formats=["html", "md"])
    assert 'href="award-gsm2020-charts.html"' in (tmp_path / "out" / "award-gsm2020.html").read_text(encoding="utf-8")
    assert "Kendall" in text_of(tmp_path / "out" / "award-gsm2020-charts.html")
    text = text_of(tmp_path / "out" / "award-gsm2020-most-engaging-bumn.html")
    ways, same = map(int, re.search(r"Made in (\d+) other ways .* the same nominees in (\d+)\.", text).groups())
    assert ways > 5 and 0 <= same <= ways
    assert "another definition of engagement" in text


def test_the_reports_are_made_anew_when_the_ranking_is_another(season):
    workspace, folder = season
    with workspace.lock():
        report_stage(workspace, folder / "reports", lang="en", formats=["html", "xlsx", "csv", "md"])
        again = report_stage(workspace, folder / "reports", lang="en", formats=["html", "xlsx", "csv", "md"])
        assert not again.ran
        rank_workspace(workspace, "gsm2020", n_draws=150)
        assert report_stage(workspace, folder / "reports", lang="en", formats=["html", "xlsx", "csv", "md"]).ran
