"""The page of topics: what it says, that hostile text stays text, and that it needs nothing but itself."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from textmine.counting import store_document_term_matrix
from textmine.language.settings import LanguageSettings
from textmine.posts import POLARS_SCHEMA
from textmine.report.messages import translations
from textmine.report.topics_page import _neutral, gather_topics, render, write_topics_page
from textmine.store import Workspace
from textmine.topics import topics_stage
from textmine.topics.evolution import TrendTally
from textmine.topics.overview import FOLDER, TopicOverview
from textmine.topics.term_counts import term_counts
from textmine.topics.workspace import WorkspaceTopics

THEMES = [
    ["banjir", "sungai", "hujan", "pompa"],
    ["vaksin", "dosis", "dokter", "imun"],
    ["pajak", "lapor", "npwp", "denda"],
]


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    """Ninety posts of two agencies over three months; one agency has a hostile name."""
    random = np.random.default_rng(0)
    rows = [
        {
            "platform": "x",
            "post_id": str(i),
            "account": f"akun{i % 2}",
            "agency": f"k{i % 2}",
            "published_at": datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=i),
            "caption": " ".join([*random.permutation(THEMES[i % 3])[:3], random.choice(["warga", "kota", "desa"])]),
            "hashtags": [],
            "media_type": "text",
            "post_kind": "original" if i < 88 else "ad",
            "coauthors": [],
            "hidden": [],
            "rounded": [],
            "followers_kind": "unknown",
            "source": "posts.csv",
            "source_row": i + 1,
        }
        for i in range(90)
    ]
    posts = pl.DataFrame([{name: row.get(name) for name in POLARS_SCHEMA} for row in rows], schema=POLARS_SCHEMA)
    workspace = Workspace.create(tmp_path_factory.mktemp("season"))

    def ingest(staging):
        posts.write_parquet(staging / "posts.parquet")
        register = {"agency": ["k0"], "name": ["<b>Kementerian</b> \u202eA"], "cluster": ["K"]}
        pl.DataFrame(register).write_parquet(staging / "agencies.parquet")
        return {}

    def matrix(staging):
        store_document_term_matrix(posts.lazy(), staging / "matrix", language=LanguageSettings())
        return {}

    workspace.run_stage("ingest", ingest, outputs=["posts.parquet", "agencies.parquet"], inputs={}, settings={})
    hashes = workspace.output_hashes("ingest")
    workspace.run_stage("matrix", matrix, outputs=["matrix"], inputs=hashes, settings=LanguageSettings().as_dict())
    topics_stage(workspace, n_topics=3)
    return workspace


@pytest.fixture(scope="module")
def page(season, tmp_path_factory):
    return write_topics_page(season, tmp_path_factory.mktemp("out") / "topics.html", lang="en").read_text("utf-8")


def test_every_topic_has_a_circle_a_line_in_the_list_and_a_panel(page, season):
    labels = season.scan("topics.parquet", made_by="topics").collect()["label"].to_list()
    for topic, label in enumerate(labels):
        assert page.count(f'href="#topic-{topic}"') == 2
        assert page.count(f'id="topic-{topic}"') == 1
        assert page.count(label) >= 5
    assert len(re.findall(r"<circle ", page)) == 3


def test_shares_by_month_and_agency_are_those_of_the_tables(season):
    data = gather_topics(season)
    groups = season.scan("topic_groups.parquet", made_by="topics").collect().filter(by="agency")
    assert data.agencies.sort("group", "topic")["share"].to_list() == groups.sort("group", "topic")["share"].to_list()
    assert (data.n_posts, data.n_without) == (88, 0), "ads are not counted"
    assert data.months.group_by("period").agg(pl.col("share").sum())["share"].to_list() == pytest.approx([1.0] * 3)
    text = render(data, lang="en")
    first = data.months.sort("period", "topic").row(0, named=True)
    assert f"{100 * first['share']:.1f}%" in text
    assert f"n = {data.agencies['size'][0]}" in text


def test_the_page_loads_nothing_and_allows_its_own_script_and_style_only(page):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy.startswith("default-src 'none'")
    for tag, source in (("script", "script-src"), ("style", "style-src")):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        allowed = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{source} 'sha256-{allowed}'" in policy
    assert not re.search(r"""(?:src|href)=["'](?!#|data:)""", page)
    assert not re.search(r"\sstyle=|\son\w+=|url\(|@import|fetch\(|https?://", page)


def test_the_page_is_the_same_bytes_again(page, season, tmp_path):
    again = write_topics_page(season, tmp_path / "again.html", lang="en").read_text("utf-8")
    assert again == page


def test_hostile_labels_words_and_names_stay_text(season):
    hostile = '</script><script>alert(1)</script><img src=x onerror=1>"\u202e\x1b[31m'
    data = gather_topics(season)
    topics = data.map.topics.with_columns(pl.lit(hostile).alias("label"))
    terms = data.map.terms.with_columns(pl.lit(hostile).alias("term"))
    text = render(replace(data, map=_neutral(replace(data.map, topics=topics, terms=terms))))
    assert text.count("<script>") == 1 and "<img" not in text
    assert "&lt;img" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", text)
    assert "&lt;b&gt;Kementerian" in text


def test_both_languages_say_everything(season):
    data = gather_topics(season)
    indonesian, english = render(data, lang="id"), render(data, lang="en")
    assert '<html lang="id">' in indonesian and "Peta topik" in indonesian and "Topic map" in english
    source = Path(__file__).parents[2] / "textmine/report/templates/topics_page.html.j2"
    known = translations("id")
    for message in re.findall(r'\b_\("([^"]+)"', source.read_text(encoding="utf-8")):
        assert known.gettext(message) != message, message


def test_a_single_topic_is_drawn_too(season):
    data = gather_topics(season)
    one = replace(data.map, topics=data.map.topics.head(1), terms=data.map.terms.filter(topic=0))
    text = render(replace(data, map=one, months=data.months.filter(topic=0)), lang="en")
    assert len(re.findall(r"<circle ", text)) == 1
    assert not re.search(r'="(?:nan|inf)', text)


def test_of_many_institutions_those_with_most_posts_are_shown_and_the_rest_is_said(season):
    data = gather_topics(season)
    many = pl.DataFrame(
        {
            "by": "agency",
            "group": [f"g{i:03d}" for i in range(130)],
            "topic": 0,
            "share": 1.0,
            "n_posts": 1,
            "size": list(range(130)),
            "name": [f"Instansi {i:03d}" for i in range(130)],
        }
    )
    text = render(replace(data, agencies=many), lang="en")
    shown = re.findall(r"Instansi (\d{3})", text)
    assert shown == [f"{i:03d}" for i in range(30, 130)]
    assert "100 institutions and accounts with most posts, of 130" in text


def test_kept_sums_are_those_of_a_pass_over_the_posts(season):
    opened = WorkspaceTopics.open(season)
    model = opened.model
    terms, months = np.zeros((len(model.components_), len(model.vocabulary_))), TrendTally(by="month")
    n_posts = n_without = 0
    for block in opened.blocks():
        months.add(block.posts, block.shares)
        kept = np.flatnonzero(block.credited)
        terms += term_counts(block.counts[kept], block.shares[kept])
        n_posts += len(kept)
        n_without += int((~block.shares[kept].any(axis=1)).sum())
    found = TopicOverview.read(season.file(FOLDER), n_ids=len(model.components_), n_terms=len(model.vocabulary_))
    assert np.allclose(found.counts, terms) and found.counts.sum() > 0
    assert_frame_equal(found.months.table(seed=3), months.table(seed=3))
    assert found.groups["n_posts"].sum() == n_posts and found.groups["n_without"].sum() == n_without
    assert found.groups["group"].is_sorted() and found.groups["group"].is_unique().all()


def test_a_tally_that_was_kept_goes_on(season):
    opened = WorkspaceTopics.open(season)
    tally = TrendTally(by="month")
    for block in opened.blocks():
        tally.add(block.posts, block.shares)
    again = TrendTally.read(tally.sums(), by="month")
    twice = TrendTally.read(pl.concat([tally.sums(), tally.sums()]), by="month")
    assert again.table().equals(tally.table())
    assert twice.table()["n_posts"].to_list() == [2 * n for n in tally.table()["n_posts"]]
