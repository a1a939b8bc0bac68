import numpy as np
import pytest
import scipy.sparse as sp

from textmine.topics import TopicModel
from textmine.topics.outliers import OUTLIER_LABEL, topic_fit

METHODS = ["nmf", "pairs", "lda", "tomotopy"]
ODD = [
    ["resep", "masak", "dapur"],
    ["masak", "garam", "resep"],
    ["dapur", "garam", "masak"],
    ["garam", "dapur", "resep"],
]


def test_fit_is_the_cosine_of_a_post_and_what_its_topics_make_of_it():
    random = np.random.default_rng(2)
    weights, shares, components = random.random((20, 8)), random.random((20, 3)), random.random((3, 8))
    made = shares @ components
    expected = (weights * made).sum(axis=1) / np.linalg.norm(weights, axis=1) / np.linalg.norm(made, axis=1)

    np.testing.assert_allclose(topic_fit(sp.csr_array(weights), shares, components), expected)
    assert topic_fit(sp.csr_array((1, 8)), np.zeros((1, 3)), components).tolist() == [0.0]


@pytest.mark.parametrize("method", METHODS)
def test_posts_that_fit_no_topic_have_a_topic_of_their_own(matrix_of, themed_tokens, method, tmp_path):
    matrix = matrix_of([*themed_tokens, *ODD])

    model = TopicModel(3, method=method, outliers=0.35, min_document_frequency=2).fit(matrix)

    assert model.outlier_topic_ == 3
    assert model.topics_["label"].to_list()[-1] == OUTLIER_LABEL
    shares = model.transform(matrix)
    assert shares.shape == (124, 4)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert (shares[120:, 3] == 1.0).all()
    assert (shares[:120, 3] == 0.0).all()
    assert set(model.topics_["words"][3]) == {"resep", "masak", "dapur", "garam"}
    assert model.topics_["n_posts"].to_list()[3] == shares[:, 3].sum()
    model.save(tmp_path / "model")
    np.testing.assert_array_equal(TopicModel.load(tmp_path / "model").transform(matrix), shares)


def test_without_a_threshold_every_post_has_a_topic(matrix_of, themed_tokens):
    model = TopicModel(3).fit(matrix_of([*themed_tokens, *ODD]))

    assert model.outlier_topic_ is None
    assert len(model.topics_) == 3


@pytest.mark.parametrize("threshold", [0.0, 1.0, -2])
def test_an_impossible_threshold_is_a_value_error(matrix_of, themed_tokens, threshold):
    with pytest.raises(ValueError, match="outliers is"):
        TopicModel(3, outliers=threshold).fit(matrix_of(themed_tokens))
