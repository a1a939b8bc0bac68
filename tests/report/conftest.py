"""A workspace as the stages before the report leave it, made of rows in sight."""

import json
from datetime import UTC, datetime

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
