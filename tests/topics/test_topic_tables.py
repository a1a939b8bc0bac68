import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from textmine.topics import TopicModel, apply
from textmine.topics.description import TOPICS_SCHEMA, label_topics
from textmine.topics.exemplars import ExemplarSearch, exemplars
from textmine.topics.tables import POST_TOPICS_SCHEMA, TOPIC_GROUPS_SCHEMA, GroupTally, post_topics, topic_groups


def test_small_shares_are_dropped_and_the_rest_sums_to_one(posts_of):
    shares = np.array([[0.9, 0.06, 0.04], [0.0, 0.0, 0.0], [0.5, 0.5, 0.0]])

    table = post_topics(posts_of(["a", "b", "c"]), shares)

    assert table.schema == POST_TOPICS_SCHEMA
    assert table["post_id"].to_list() == ["0", "0", "2", "2"]
    assert table["topic"].to_list() == [0, 1, 0, 1]
    assert table["weight"].to_list() == pytest.approx([0.9 / 0.96, 0.06 / 0.96, 0.5, 0.5])


@given(arrays(np.float64, (6, 30), elements=st.floats(0, 1)))
@settings(max_examples=50, deadline=None)
def test_a_post_with_any_topic_keeps_its_largest(weights):
    total = weights.sum(axis=1, keepdims=True)
    shares = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    posts = pl.DataFrame({"platform": ["x"] * 6, "post_id": [str(i) for i in range(6)]})

    table = post_topics(posts, shares)

    assert set(table["post_id"]) == {str(i) for i in range(6) if weights[i].any()}
    sums = table.group_by("post_id").agg(pl.col("weight").sum())["weight"]
    assert sums.to_list() == pytest.approx([1.0] * len(sums))


def test_share_of_a_group_is_the_mean_over_its_posts_and_reposts_do_not_count(posts_of):
    posts = posts_of(
        ["a", "b", "c", "d"],
        agency=["bkn", "bkn", None, "bkn"],
        account=["bkn_id", "bkn_id", "warga", "bkn_id"],
        post_kind=["original", "quote", "original", "repost"],
    )
    table = pl.DataFrame(
        {"platform": ["x"] * 4, "post_id": ["0", "0", "2", "3"], "topic": [0, 1, 1, 0], "weight": [0.6, 0.4, 1.0, 1.0]}
    ).cast(POST_TOPICS_SCHEMA)

    groups = topic_groups(posts, table, by="agency")

    assert groups.schema == TOPIC_GROUPS_SCHEMA
    assert groups.rows() == [
        ("agency", "bkn", 0, pytest.approx(0.3), 1),
        ("agency", "bkn", 1, pytest.approx(0.2), 0),
        ("agency", "warga", 1, 1.0, 1),
    ]


def test_group_tables_do_not_depend_on_the_blocks(posts_of):
    random = np.random.default_rng(0)
    posts = posts_of([f"post {i}" for i in range(50)], platform=random.choice(["x", "facebook"], 50))
    shares = random.dirichlet([0.3] * 4, 50)
    whole, parts = (GroupTally(("account", "platform", "month")) for _ in range(2))

    whole.add(posts, shares)
    for start, length in ((0, 7), (7, 1), (8, 42)):
        parts.add(posts.slice(start, length), shares[start : start + length])

    one, other = whole.table(), parts.table()
    assert one.drop("share").equals(other.drop("share"))
    assert one["by"].unique(maintain_order=True).to_list() == ["account", "platform", "month"]
    np.testing.assert_allclose(one["share"], other["share"])
    assert one.filter(by="platform").group_by("group").agg(pl.col("share").sum())["share"].to_list() == pytest.approx(
        [1.0, 1.0]
    )


def test_clusters_come_from_the_register(posts_of):
    posts = posts_of(["a", "b"], agency=["bkn", "pln"])
    agencies = pl.DataFrame({"agency": ["bkn", "pln"], "cluster": ["lembaga", "bumn"]})
    table = post_topics(posts, np.array([[1.0, 0.0], [0.0, 1.0]]))

    groups = topic_groups(posts, table, by="cluster", agencies=agencies)

    assert groups.select("group", "topic").rows() == [("bumn", 1), ("lembaga", 0)]


def test_no_posts_give_an_empty_table_of_the_same_columns(posts_of):
    posts = posts_of([])

    assert post_topics(posts, np.zeros((0, 3))).schema == POST_TOPICS_SCHEMA
    assert topic_groups(posts, POST_TOPICS_SCHEMA.to_frame()).schema == TOPIC_GROUPS_SCHEMA
    assert GroupTally(("agency",)).table().schema == TOPIC_GROUPS_SCHEMA


def search_of(posts, shares, n_terms, n=3):
    search = ExemplarSearch(n)
    search.add(posts, np.asarray(shares), np.asarray(n_terms))
    return search.table()


def test_exemplary_posts_come_from_different_agencies_with_different_captions(posts_of):
    captions = ["vaksin satu", "VAKSIN  satu https://t.co/x", "vaksin dua", "vaksin tiga", "iklan vaksin"]
    posts = posts_of(
        captions, account=["a", "b", "a", "c", "d"], post_kind=["original", "original", "original", "reply", "ad"]
    )

    table = search_of(posts, [[1.0], [0.99], [0.98], [0.6], [1.0]], [9, 9, 9, 9, 9])

    assert table["post_id"].to_list() == ["0", "3", "2"]
    assert table["rank"].to_list() == [1, 2, 3]
    assert table["group"].to_list() == ["a", "c", "a"]


def test_a_post_of_one_word_is_not_the_best_example(posts_of):
    table = search_of(posts_of(["vaksin", "vaksin dosis kedua untuk lansia"]), [[1.0], [0.9]], [1, 8])

    assert table["post_id"].to_list() == ["1", "0"]


def test_exemplary_posts_do_not_depend_on_the_blocks(posts_of):
    random = np.random.default_rng(0)
    posts = posts_of([f"post {i // 2}" for i in range(200)])
    shares, n_terms = random.dirichlet([0.3] * 4, 200), random.integers(1, 20, 200)
    search = ExemplarSearch(3)
    for start in range(0, 200, 33):
        search.add(posts.slice(start, 33), shares[start : start + 33], n_terms[start : start + 33])

    assert search.table().equals(search_of(posts, shares, n_terms))


def test_labels_grow_until_they_differ():
    vocabulary = pl.DataFrame({"kind": ["word"] * 5, "surface": ["dana", "desa", "warga", "bantuan", "pasar"]})
    components = np.array([[9, 8, 7, 2, 0], [9, 8, 7, 0, 2.0]])

    labels = label_topics(components, vocabulary)

    assert labels[0] == "dana · desa · warga"
    assert labels[1] == "dana · desa · warga · pasar"


def test_hashtags_stand_in_where_words_are_lacking():
    vocabulary = pl.DataFrame({"kind": ["hashtag", "word"], "surface": ["#AyoVaksin", "vaksin"]})

    assert label_topics(np.array([[0.9, 0.1]]), vocabulary) == ["vaksin · #AyoVaksin"]


@pytest.fixture
def model(posts_of, themed_tokens):
    return TopicModel(3).fit(posts_of([" ".join(tokens) for tokens in themed_tokens]))


def test_new_posts_get_the_topics_of_the_model_and_the_rest_is_counted(model, posts_of):
    new = posts_of(["hujan deras dan banjir di sungai", "kata asing", "", "suntik vaksin #AyoVaksin"])

    applied = apply(model, new.lazy())

    assert (applied.n_posts, applied.n_without_topic) == (4, 2)
    largest = applied.post_topics.sort("weight", descending=True).unique("post_id", keep="first", maintain_order=True)
    assert dict(largest.select("post_id", "topic").rows()) == {"0": 0, "3": 1}


def test_exemplars_of_a_model_hold_its_words(model, posts_of, themed_tokens):
    posts = posts_of([" ".join(tokens) for tokens in themed_tokens])

    table = exemplars(model, posts, n=2)

    assert table.group_by("topic").len()["len"].to_list() == [2, 2, 2]
    best = posts.filter(pl.col("post_id") == table["post_id"][0])["caption"].item()
    assert set(best.split()) & set(model.topics_["words"][0])
    assert model.topics_.schema == TOPICS_SCHEMA
