import polars as pl
import pytest

from textmine.counting import store_document_term_matrix
from textmine.errors import NotEnoughDataError, WorkspaceError
from textmine.language.settings import LanguageSettings
from textmine.store import Workspace
from textmine.topics import TopicModel, apply, topics_stage
from textmine.topics.description import TOPICS_SCHEMA
from textmine.topics.exemplars import EXEMPLARS_SCHEMA
from textmine.topics.tables import POST_TOPICS_SCHEMA, TOPIC_GROUPS_SCHEMA


def ingested(path, posts, *, batch_rows=50) -> Workspace:
    workspace = Workspace.create(path)

    def write_posts(staging):
        posts.write_parquet(staging / "posts.parquet")
        return {"posts": len(posts)}

    def write_matrix(staging):
        settings = LanguageSettings()
        store_document_term_matrix(posts.lazy(), staging / "matrix", language=settings, batch_rows=batch_rows)
        return {}

    workspace.run_stage("ingest", write_posts, outputs=["posts.parquet"], inputs={}, settings={})
    hashes = workspace.output_hashes("ingest")
    settings = LanguageSettings().as_dict()
    workspace.run_stage("matrix", write_matrix, outputs=["matrix"], inputs=hashes, settings=settings)
    return workspace


@pytest.fixture
def posts(posts_of, themed_tokens):
    captions = [" ".join(tokens) for tokens in themed_tokens]
    return posts_of([*captions, "", "iklan #banjir"], post_kind=["original"] * 121 + ["ad"])


def test_stage_writes_the_tables_that_reports_read(posts, tmp_path):
    workspace = ingested(tmp_path, posts)
    done = []

    result = topics_stage(workspace, n_topics=3, by=["platform"], progress=done.append)

    assert result.manifest.rows == {"posts": 122, "topics": 3, "posts_without_topic": 2}
    assert done == [50, 100, 122]
    topics = workspace.scan("topics.parquet", made_by="topics").collect()
    weights = workspace.scan("post_topics.parquet", made_by="topics").collect()
    groups = workspace.scan("topic_groups.parquet", made_by="topics").collect()
    examples = workspace.scan("topic_exemplars.parquet", made_by="topics").collect()
    assert [frame.schema for frame in (topics, weights, groups, examples)] == [
        TOPICS_SCHEMA,
        POST_TOPICS_SCHEMA,
        TOPIC_GROUPS_SCHEMA,
        EXEMPLARS_SCHEMA,
    ]
    assert weights["post_id"].n_unique() == 120
    assert groups["by"].unique().sort().to_list() == ["agency", "platform"]
    shares = groups.filter(by="platform").sort("topic")["share"].to_list()
    assert shares == pytest.approx(topics["prevalence"].to_list())
    assert examples["rank"].max() == 3


def test_the_saved_model_gives_the_posts_the_same_topics(posts, tmp_path):
    workspace = ingested(tmp_path, posts)
    topics_stage(workspace, n_topics=3)

    again = apply(TopicModel.load(workspace.file("topic_model")), posts).post_topics

    stored = workspace.scan("post_topics.parquet", made_by="topics").collect()
    assert again.drop("weight").equals(stored.drop("weight"))
    assert again["weight"].to_list() == pytest.approx(stored["weight"].to_list(), abs=1e-6)


def test_a_second_run_does_nothing_and_a_fresh_one_gives_the_same_bytes(posts, tmp_path):
    first = topics_stage(ingested(tmp_path / "one", posts), n_topics=3)
    second = topics_stage(Workspace.open(tmp_path / "one"), n_topics=3)
    fresh = topics_stage(ingested(tmp_path / "two", posts), n_topics=3)

    assert (first.ran, second.ran, fresh.ran) == (True, False, True)
    assert fresh.manifest.outputs == first.manifest.outputs


def test_groupings_of_an_earlier_run_are_kept(posts, tmp_path):
    workspace = ingested(tmp_path, posts)
    topics_stage(workspace, n_topics=3, by=["month"])

    topics_stage(workspace, n_topics=4, by=["account"])

    groups = workspace.scan("topic_groups.parquet", made_by="topics").collect()
    assert groups["by"].unique().sort().to_list() == ["account", "agency", "month"]


def test_more_topics_than_posts_leaves_the_workspace_as_it_was(posts, tmp_path):
    workspace = ingested(tmp_path, posts)
    topics_stage(workspace, n_topics=3)

    with pytest.raises(NotEnoughDataError, match="500 topics are more than"):
        topics_stage(workspace, n_topics=500)

    assert workspace.scan("topics.parquet", made_by="topics").select(pl.len()).collect().item() == 3


def test_without_a_matrix_the_stage_says_what_to_run(tmp_path):
    with pytest.raises(WorkspaceError, match="textmine ingest"):
        topics_stage(Workspace.create(tmp_path))
