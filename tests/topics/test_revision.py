import numpy as np
import polars as pl
import pytest

from textmine.errors import ModelError, NotEnoughDataError
from textmine.topics.hierarchy import cut_tree, topic_distances, topic_tree
from textmine.topics.model import TopicModel
from textmine.topics.revised import RevisedTopicModel
from textmine.topics.revised_files import load_topics
from textmine.topics.revision import cut_topics, merge_topics, split_topic
from textmine.topics.workspace import TopicBlock


@pytest.fixture(params=["nmf", "lda", "pairs"])
def fitted(request, matrix_of, themed_tokens):
    return TopicModel(n_topics=3, method=request.param, seed=1).fit(matrix_of(themed_tokens))


@pytest.fixture
def blocks(matrix_of, themed_tokens):
    """Two blocks of posts beside their counts, and the shares of whatever model is asked for."""
    matrix = matrix_of(themed_tokens)
    posts = pl.DataFrame({"post_kind": ["original"] * 120})

    def of(model):
        for counts in model.known_counts(matrix):
            for rows in (slice(0, 50), slice(50, 120)):
                yield TopicBlock(posts[rows], counts[rows], model.shares_of(counts[rows]))

    return of


def shares(model, blocks):
    return np.concatenate([block.shares for block in blocks(model)])


def test_a_merged_topic_has_the_sum_of_the_shares_and_the_others_keep_theirs(fitted, blocks):
    before = shares(fitted, blocks)
    merged = merge_topics(fitted, [2, 1], blocks)
    after = shares(merged, blocks)
    assert merged.topics_["topic"].sort().to_list() == [0, 1]
    np.testing.assert_allclose(after[:, 1], before[:, 1] + before[:, 2], atol=1e-12)
    np.testing.assert_array_equal(after[:, 0], before[:, 0])
    assert not after[:, 2].any()
    prevalence = dict(merged.topics_.select("topic", "prevalence").iter_rows())
    assert prevalence[1] == pytest.approx(fitted.topics_["prevalence"][1:].sum())
    assert fitted.topics_["label"][0] in merged.topics_["label"].to_list(), "an untouched topic keeps its name"
    assert merged.history == (
        {"action": "merge", "into": [1], "topics": [1, 2], "labels": fitted.topics_["label"][1:].to_list()},
    )


def test_the_merged_topic_has_the_words_of_both(fitted, blocks):
    merged = merge_topics(fitted, [1, 2], blocks)
    words = set(merged.topics_.filter(topic=1)["words"][0])
    assert len(words & set(fitted.topics_["words"][1][:4])) >= 3
    assert len(words & set(fitted.topics_["words"][2][:4])) >= 3
    kept = merged.components_[0]
    np.testing.assert_allclose(kept, fitted.components_[0], rtol=1e-5, atol=1e-6)
    assert not merged.components_[2].any()


def test_a_split_topic_falls_into_parts_that_add_up_and_find_the_themes_again(fitted, blocks):
    merged = merge_topics(fitted, [1, 2], blocks)
    split = split_topic(merged, 1, 2, blocks)
    before, whole, after = shares(fitted, blocks), shares(merged, blocks), shares(split, blocks)
    assert split.topics_["topic"].sort().to_list() == [0, 1, 3], "an id that is gone is not given again"
    np.testing.assert_allclose(after[:, 1] + after[:, 3], whole[:, 1], atol=1e-12)
    np.testing.assert_array_equal(after[:, 0], whole[:, 0])
    mine = before[:, 1:].sum(axis=1) > 0.5
    agree = (before[mine, 1] > before[mine, 2]) == (after[mine, 1] > after[mine, 3])
    assert agree.mean() > 0.9
    assert [change["action"] for change in split.history] == ["merge", "split"]
    assert split.components_[[0, 1, 3]].any(axis=1).all()
    assert split.topics_["prevalence"].to_list() == sorted(split.topics_["prevalence"], reverse=True)


def test_revised_topics_are_read_back_as_they_were_saved(fitted, blocks, tmp_path):
    split = split_topic(merge_topics(fitted, [1, 2], blocks), 1, 2, blocks)
    split.save(tmp_path / "model")
    read = load_topics(tmp_path / "model")
    assert isinstance(read, RevisedTopicModel)
    np.testing.assert_array_equal(shares(read, blocks), shares(split, blocks))
    assert read.topics_.equals(split.topics_)
    assert read.history == split.history
    with pytest.raises(ModelError, match="revised since"):
        TopicModel.load(tmp_path / "model")


def test_damage_of_saved_revisions_is_found(fitted, blocks, tmp_path):
    merge_topics(fitted, [1, 2], blocks).save(tmp_path / "model")
    path = tmp_path / "model" / "topics.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match=r"topics\.parquet is damaged"):
        load_topics(tmp_path / "model")


def test_topics_that_are_not_there_or_named_twice_are_refused(fitted, blocks):
    merged = merge_topics(fitted, [1, 2], blocks)
    with pytest.raises(ModelError, match=r"no topic 2 \(it was merged into 1\); there are 0, 1"):
        merge_topics(merged, [0, 2], blocks)
    with pytest.raises(ModelError, match="each named once"):
        merge_topics(merged, [0, 0], blocks)
    with pytest.raises(ModelError, match="at least 2 different"):
        merge_topics(merged, [0], blocks)


def test_a_topic_of_few_posts_is_not_split(matrix_of, blocks, fitted):
    with pytest.raises(NotEnoughDataError, match="different posts"):
        split_topic(fitted, 2, 60, blocks)


def test_the_tree_merges_first_what_is_most_alike_and_a_cut_follows_it(fitted, blocks):
    distances = topic_distances(fitted, (block.shares for block in blocks(fitted)))
    assert distances.shape == (3, 3)
    assert (distances == distances.T).all() and not np.diag(distances).any()
    tree = topic_tree(fitted.topics_, distances)
    upper = {(i, j): distances[i, j] for i in range(3) for j in range(i + 1, 3)}
    closest = min(upper, key=upper.__getitem__)
    assert sorted([*tree["left"][0], *tree["right"][0]]) == list(closest)
    assert tree["distance"][0] == pytest.approx(upper[closest])
    cut = cut_topics(fitted, cut_tree(tree, 2), blocks)
    assert len(cut.topics_) == 2
    everything = cut_topics(fitted, cut_tree(tree, 1), blocks)
    np.testing.assert_allclose(shares(everything, blocks)[:, 0], shares(fitted, blocks).sum(axis=1), atol=1e-12)


def test_distances_are_those_of_hellinger_and_cosine():
    class Two:
        topics_ = pl.DataFrame({"topic": [0, 1]})

        def scaled_components(self):
            return np.array([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5]])

    posts = np.array([[1.0, 0.0], [0.5, 0.5]])
    cosine = 0.25 / (np.sqrt(1.25) * 0.5)
    apart = topic_distances(Two(), [posts])
    assert apart[0, 1] == pytest.approx(1 - (0.5 + cosine) / 2)
    assert topic_distances(Two(), [posts], words=1.0)[0, 1] == pytest.approx(0.5)
