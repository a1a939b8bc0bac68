"""The page of a ranking: what its charts show, that each has words and a table, and that hostile names stay text."""

import re
import shutil
from importlib.resources import files
from itertools import pairwise
from xml.etree import ElementTree

import polars as pl
import pytest

from textmine.errors import WorkspaceError
from textmine.ranking.sensitivity_stage import sensitivity_stage
from textmine.ranking.stage import rank_workspace
from textmine.ranking.stored import stored_rankings
from textmine.report.messages import translations
from textmine.report.rank_charts import across, bump, range_ticks, rank_position
from textmine.report.ranking_page import render, write_ranking_page
from textmine.store import Workspace

STRICT = """
name = "strict"
title = { id = "Ketat", en = "Str\\u202eict" }

[clusters.semua]
title = { id = "Semua", en = "All" }
register = ["bumn"]

[[categories]]
id = "busy"
title = { id = "Rajin", en = "Busy" }
measure = "engagement_rate"
eligibility = { min_posts = 1000000 }
"""

LONG = "Kementerian Pendayagunaan Aparatur Negara dan Reformasi Birokrasi"
HOSTILE = '<script>alert(1)</script>" onload=x \u202e\x1b[31m {{ 7*7 }}'


@pytest.fixture(scope="module")
def workspace(ranked_workspace, tmp_path_factory) -> Workspace:
    path = tmp_path_factory.mktemp("page") / "ws"
    shutil.copytree(ranked_workspace, path)
    return Workspace.open(path)


@pytest.fixture(scope="module")
def pages(workspace, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    with workspace.lock():
        return {
            lang: write_ranking_page(workspace, "gsm2020", folder / f"{lang}.html", lang=lang).read_text("utf-8")
            for lang in ("id", "en")
        }


def charts(page):
    return [ElementTree.fromstring(svg) for svg in re.findall(r'<svg class="dots.*?</svg>', page, flags=re.S)]


def test_each_category_has_its_charts_with_words_and_tables(pages):
    page = pages["en"]
    assert page.count('<section class="category"') == 17  # and how to read it
    found = charts(page)
    assert len(found) >= 16 * 2
    ids = []
    for chart in found:
        assert chart.get("role") == "img"
        title, description = chart.find("title"), chart.find("desc")
        assert title.text and description.text
        assert chart.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        ids += [title.get("id"), description.get("id")]
    assert len(set(ids)) == len(ids)
    assert page.count("<summary>Data of this chart</summary>") == len(found)


def test_the_chart_of_scores_has_the_figures_of_the_ranking(pages, workspace):
    kept = stored_rankings(workspace, "gsm2020")
    rows = kept.ranking.filter((pl.col("category") == "most_engaging/bumn") & pl.col("rank").is_not_null()).head(10)
    chart = next(
        each for each in charts(pages["en"]) if each.find("title").get("id").startswith("most_engaging-bumn-s")
    )
    dots = [float(dot.get("cx").rstrip("%")) for dot in chart.findall("circle")]
    spans = [
        (float(line.get("x1").rstrip("%")), float(line.get("x2").rstrip("%")))
        for line in chart.findall("line")
        if line.get("class").startswith("span")
    ]
    ticks = range_ticks(rows["low"].min(), rows["high"].max())
    assert dots == [across(score, ticks) for score in rows["score"]]
    assert spans == [(across(low, ticks), across(high, ticks)) for low, high in rows.select("low", "high").iter_rows()]
    filled = [dot.get("class") == "value" for dot in chart.findall("circle")]
    assert filled == rows["nominee"].to_list()
    register = dict(workspace.register().select("agency", "name").unique().iter_rows())
    labels = [text.text for text in chart.findall("text") if text.get("class", "").startswith("label")]
    assert labels[0] == f"1 · {register[rows['agency'][0]]}"


def test_the_chart_of_ranks_has_the_lists_of_the_what_ifs(pages, workspace):
    with workspace.lock():
        variants = sensitivity_stage(workspace, "gsm2020").variants
    mine = variants.filter((pl.col("category") == "most_engaging/bumn") & (pl.col("kind") == "definition"))
    chart = next(
        each for each in charts(pages["en"]) if each.find("title").get("id") == "most_engaging-bumn-definitions-title"
    )
    names = [text.text for text in chart.findall("text") if text.get("class", "").startswith("list")]
    assert len(names) == mine["variant"].n_unique()
    assert names[0] == "As the award defines it" and "Rival IQ" in names
    ever = mine.filter("nominee")["agency"].n_unique()
    assert len(chart.findall("g")) == ever * len(names)
    said = [group.find("title").text for group in chart.findall("g")]
    firsts = mine.filter(pl.col("rank") == 1)
    assert sum(text.endswith(": 1") for text in said) == firsts.height


def test_the_page_speaks_indonesian_and_leaves_nothing_untranslated(pages):
    page = pages["id"]
    assert '<html lang="id">' in page and "Batasnya lemah: peluang" in page and "DATA SIMULASI" in page
    report = files("textmine.report")
    sources = ("templates/ranking_page.html.j2", "templates/ranking_charts.html.j2", "ranking_page.py")
    messages = [
        message
        for name in sources
        for message in re.findall(r'_\("((?:[^"\\]|\\.)*)"', (report / name).read_text("utf-8"))
    ]
    assert len(messages) > 50
    assert [message for message in messages if translations("id").gettext(message) == message] == []


def test_the_page_says_what_flagged_posts_do(pages, workspace):
    kept = stored_rankings(workspace, "gsm2020")
    assert kept.changed.height > 1 and f"{kept.flagged_posts} flagged posts count." in pages["en"]
    assert f"Without them the nominees of {kept.changed.height} categories are others." in pages["en"]
    assert f"Tanpanya nomine pada {kept.changed.height} kategori berubah." in pages["id"]


def test_the_page_needs_nothing_but_itself(pages):
    for page in pages.values():
        assert not re.search(r'(?:src|href)="(?!#|data:)', page)
        assert "script-src 'none'" in page and "<script" not in page


def test_the_same_ranking_gives_the_same_bytes(pages, workspace, tmp_path):
    with workspace.lock():
        again = write_ranking_page(workspace, "gsm2020", tmp_path / "again.html", lang="en")
    assert again.read_text("utf-8") == pages["en"]


def test_hostile_names_stay_text(ranked_workspace, tmp_path):
    shutil.copytree(ranked_workspace, tmp_path / "ws")
    workspace = Workspace.open(tmp_path / "ws")
    with workspace.lock():
        hangs_on = sensitivity_stage(workspace, "gsm2020")
    register = workspace.register().with_columns(name=pl.lit(HOSTILE))
    register.write_parquet(workspace.file("agencies.parquet"))
    page = render(stored_rankings(workspace, "gsm2020"), hangs_on, lang="en")
    assert "<script" not in page and "&lt;script&gt;" in page and "{{ 7*7 }}" in page
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)


def test_a_long_name_stands_whole_above_its_interval(ranked_workspace, tmp_path):
    shutil.copytree(ranked_workspace, tmp_path / "ws")
    workspace = Workspace.open(tmp_path / "ws")
    with workspace.lock():
        hangs_on = sensitivity_stage(workspace, "gsm2020")
    numbered = pl.format("{} {}", pl.lit(LONG), pl.col("agency").rank("dense"))  # no two of one name
    workspace.register().with_columns(name=numbered).write_parquet(workspace.file("agencies.parquet"))
    for chart in charts(render(stored_rankings(workspace, "gsm2020"), hangs_on, lang="id")):
        if "bump" in chart.get("class"):
            continue
        rows = len(chart.findall("circle"))
        labels = [text for text in chart.findall("text") if text.get("class", "").startswith("label")]
        assert len(labels) == 2 * rows
        names = [f"{first.text} {second.text}" for first, second in zip(labels[::2], labels[1::2], strict=True)]
        assert {name.partition(" · ")[2].rpartition(" ")[0] for name in names} == {LONG}
        heights = [float(text.get("y")) for text in labels]
        assert min(below - above for above, below in pairwise(heights)) == 17
        assert max(float(dot.get("cy")) for dot in chart.findall("circle")) < float(chart.get("height"))


def test_a_category_without_anybody_says_so(ranked_workspace, tmp_path):
    shutil.copytree(ranked_workspace, tmp_path / "ws")
    workspace = Workspace.open(tmp_path / "ws")
    (tmp_path / "strict.toml").write_text(STRICT, encoding="utf-8")
    with workspace.lock():
        rank_workspace(workspace, tmp_path / "strict.toml", n_draws=100)
        page = write_ranking_page(workspace, "strict", tmp_path / "page.html", lang="en").read_text("utf-8")
    assert "Nobody has a score and a right to compete." in page and "Nobody is nominated." in page
    assert "\u202e" not in page and charts(page) == []


def test_a_ranking_of_other_posts_is_not_drawn(ranked_workspace, tmp_path):
    shutil.copytree(ranked_workspace, tmp_path / "ws")
    workspace = Workspace.open(tmp_path / "ws")
    workspace.register().head(20).write_parquet(workspace.file("agencies.parquet"))
    with workspace.lock(), pytest.raises(WorkspaceError, match="out of date; run: textmine rank"):
        write_ranking_page(workspace, "gsm2020", tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_ranks_beyond_the_last_share_its_place_and_lines_skip_gaps():
    chart = bump(
        [
            ("one", [("1", 1, True, "a: 1"), ("2", 14, False, "b: 14")]),
            ("two", [("1", None, False, "a: –"), ("2", 1, True, "b: 1")]),
            ("three", [("1", 2, True, "a: 2"), ("2", 1, True, "b: 1")]),
        ],
        beyond="10+",
    )
    assert [tick.label for tick in chart.ticks] == [*map(str, range(1, 10)), "10+"]
    assert chart.rows[0].places[1].at == rank_position(10, 10) == 95.0
    assert [place.number for place in chart.rows[1].places] == ["2"]
    assert [(each.row, each.line) for each in chart.segments] == [(1, 1), (2, 1)]


@pytest.mark.parametrize(("low", "high"), [(0.1, 0.11), (-3, 7), (56, 303), (1e6, 1.2e6), (5, 5)])
def test_ticks_hold_the_range_and_are_few(low, high):
    ticks = range_ticks(low, high)
    assert ticks[0] <= low and ticks[-1] >= high and 2 <= len(ticks) <= 8
    assert 0 <= across(low, ticks) <= across(high, ticks) <= 100
