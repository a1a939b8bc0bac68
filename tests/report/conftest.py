"""A workspace as the stages before the report leave it, made of rows in sight."""

import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import polars as pl
import pytest

from textmine.posts import POLARS_SCHEMA
from textmine.store import Workspace

KEYWORDS = {
    "by": pl.String,
    "group": pl.String,
    "kind": pl.String,
    "rank": pl.UInt32,
    "term": pl.String,
    "surface": pl.String,
    "count": pl.UInt64,
    "document_frequency": pl.UInt32,
    "corpus_document_frequency": pl.UInt32,
    "tfidf": pl.Float64,
    "class_tfidf": pl.Float64,
    "example_platform": pl.String,
    "example_post_id": pl.String,
}
TOPICS = {
    "topic": pl.UInt32,
    "label": pl.String,
    "words": pl.List(pl.String),
    "hashtags": pl.List(pl.String),
    "prevalence": pl.Float64,
    "npmi": pl.Float64,
    "n_posts": pl.UInt32,
}
POST_TOPICS = {"platform": pl.String, "post_id": pl.String, "topic": pl.UInt32, "weight": pl.Float64}
TOPIC_GROUPS = {
    "by": pl.String,
    "group": pl.String,
    "topic": pl.UInt32,
    "share": pl.Float64,
    "n_posts": pl.UInt32,
}


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def post_row(post_id, *, agency="kemenkes", **columns):
    """A canonical post with the columns that matter to a test; figures are null unless given."""
    return {
        "platform": "instagram",
        "post_id": post_id,
        "account": "kemenkes_ri",
        "agency": agency,
        "published_at": datetime(2025, 3, 3, 5, tzinfo=UTC),
        "caption": "Vaksinasi gratis di puskesmas terdekat",
        "hashtags": [],
        "media_type": "image",
        "post_kind": "original",
        "coauthors": [],
        "hidden": [],
        "rounded": [],
        "followers_kind": "unknown",
        "source": "posts.csv",
        "source_row": 1,
        **columns,
    }


def keyword_row(surface, example_post_id, *, group="kemenkes", rank=1, kind="word", **columns):
    """A row of keywords.parquet."""
    return {
        "by": "agency",
        "group": group,
        "kind": kind,
        "rank": rank,
        "term": surface.lower(),
        "surface": surface,
        "count": 3,
        "document_frequency": 2,
        "corpus_document_frequency": 5,
        "tfidf": 0.2,
        "class_tfidf": 1.0 / rank,
        "example_platform": "instagram",
        "example_post_id": example_post_id,
        **columns,
    }


def topic_row(number, label, **columns):
    """A row of topics.parquet."""
    return {
        "topic": number,
        "label": label,
        "words": label.split(),
        "hashtags": [],
        "prevalence": 0.5,
        "npmi": 0.1,
        "n_posts": 1,
        **columns,
    }


@pytest.fixture
def post():
    return post_row


@pytest.fixture
def keyword():
    return keyword_row


@pytest.fixture
def topic():
    return topic_row


@pytest.fixture
def make_workspace(tmp_path):
    """Factory of a workspace from rows; stages without rows have not run."""

    def make(posts, keywords=None, *, topics=(), post_topics=(), topic_groups=(), register=None, simulated=False):
        workspace = Workspace.create(tmp_path / "workspace", simulated=simulated)
        counts = {"read": len(posts) + 3, "posts": len(posts), "duplicates": 2, "rejected": 1, "files": []}

        def ingest(folder):
            pl.DataFrame(posts, schema=dict(POLARS_SCHEMA)).write_parquet(folder / "posts.parquet")
            (folder / "ingest.json").write_text(json.dumps(counts))
            if register is not None:
                register.write_parquet(folder / "agencies.parquet")
            return {}

        outputs = ["posts.parquet", "ingest.json", *(["agencies.parquet"] if register is not None else [])]
        workspace.run_stage("ingest", ingest, outputs=outputs, inputs={}, settings={})
        if keywords is None:
            keywords = [keyword_row("Vaksinasi", posts[0]["post_id"], group=posts[0]["agency"] or posts[0]["account"])]
        _table_stage(workspace, "keywords", {"keywords.parquet": (keywords, KEYWORDS)})
        if topics:
            tables = {
                "topics.parquet": (topics, TOPICS),
                "post_topics.parquet": (post_topics, POST_TOPICS),
                "topic_groups.parquet": (topic_groups, TOPIC_GROUPS),
            }
            _table_stage(workspace, "topics", tables)
        return workspace

    return make


def _table_stage(workspace, stage, tables):
    def build(folder):
        for name, (rows, schema) in tables.items():
            pl.DataFrame(list(rows), schema=schema, orient="row").write_parquet(folder / name)
        return {}

    workspace.run_stage(stage, build, outputs=list(tables), inputs={}, settings={})


@pytest.fixture
def cells():
    """Cells of a sheet of an open workbook, by address; text is looked up, numbers are numbers."""
    return _cells


@pytest.fixture
def charts():
    """Charts of an open workbook by title: their ranges by what they are for, and the titles of their axes."""
    return _charts


def _cells(book, number):
    strings = ["".join(s.itertext()) for s in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
    found = {}
    for cell in ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{MAIN}c"):
        value = cell.findtext(f"{MAIN}v")
        if value is not None:
            found[cell.get("r")] = strings[int(value)] if cell.get("t") == "s" else float(value)
    return found


def _charts(book):
    found = {}
    for name in book.namelist():
        if re.fullmatch(r"xl/charts/chart\d+\.xml", name):
            tree = ElementTree.fromstring(book.read(name))
            title = "".join(tree.find(f"{CHART}chart/{CHART}title").itertext())
            axes = ["".join(each.itertext()) for each in tree.iter() if each.tag.endswith("Ax")]
            series = []
            for one in tree.iter(f"{CHART}ser"):
                named = {
                    part.tag.removeprefix(CHART): part.find(f".//{CHART}f")
                    for part in one
                    if not part.tag.endswith("errBars")
                }
                ranges = {part: of.text for part, of in named.items() if of is not None}
                lengths = {side: one.findtext(f"{CHART}errBars/{CHART}{side}//{CHART}f") for side in ("minus", "plus")}
                ranges |= {side: of for side, of in lengths.items() if of is not None}
                series.append(ranges)
            found[title] = {"series": series, "axes": axes, "tree": tree}
    return found
