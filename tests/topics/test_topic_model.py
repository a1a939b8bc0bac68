import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from textmine.errors import NotEnoughDataError
from textmine.matrix import DocumentTermMatrix
from textmine.topics import TopicModel
from textmine.topics.terms import PostRoles, TermRule, choose_columns

METHODS = ["nmf", "pairs", "lda", "tomotopy"]


def permuted(matrix: DocumentTermMatrix, *, rows=None, columns=None) -> DocumentTermMatrix:
    counts, vocabulary = matrix.counts, matrix.vocabulary
    if rows is not None:
        counts = counts[rows]
    if columns is not None:
        counts, vocabulary = counts[:, columns], vocabulary[columns]
    counts.sort_indices()
    return DocumentTermMatrix(counts, vocabulary)


@pytest.fixture
def matrix(matrix_of, themed_tokens):
    return matrix_of(themed_tokens)


@pytest.mark.parametrize("method", METHODS)
def test_planted_themes_are_found_in_the_order_of_their_prevalence(matrix, method):
    model = TopicModel(3, method=method).fit(matrix)

    found = model.topics_
    assert found["topic"].to_list() == [0, 1, 2]
    assert found["prevalence"].is_sorted(descending=True)
    assert found["n_posts"].to_list() == [60, 36, 24]
    for row, theme, tag in zip(
        found.iter_rows(named=True),
        ({"banjir", "sungai", "hujan", "pompa", "tanggul"}, {"vaksin", "dosis", "dokter", "imun", "suntik"}, {"npwp"}),
        ("#siagabanjir", "#ayovaksin", "#lunaspajak"),
        strict=True,
    ):
        assert theme <= set(row["words"][:5])
        assert row["hashtags"][0] == tag
        assert not any(word.startswith("#") for word in row["words"])


@pytest.mark.parametrize("method", METHODS)
def test_shares_of_a_post_sum_to_one_or_are_all_zero(matrix_of, matrix, themed_tokens, method):
    model = TopicModel(3, method=method).fit(matrix)

    shares = model.transform(matrix_of([*themed_tokens, ["asing"], []]))

    assert shares.dtype == np.float64
    assert shares.shape == (122, 3)
    assert (shares >= 0).all()
    np.testing.assert_allclose(shares[:120].sum(axis=1), 1.0)
    np.testing.assert_array_equal(shares[120:], 0.0)


@pytest.mark.parametrize("method", METHODS)
def test_swapped_posts_and_columns_do_not_change_a_bit_of_the_topics(matrix, method):
    random = np.random.default_rng(1)
    rows, columns = random.permutation(matrix.n_posts), random.permutation(len(matrix.vocabulary))

    model = TopicModel(4, method=method).fit(matrix)
    shuffled = TopicModel(4, method=method).fit(permuted(matrix, rows=rows, columns=columns))

    assert shuffled.components_.tobytes() == model.components_.tobytes()
    assert shuffled.topics_["label"].to_list() == model.topics_["label"].to_list()
    np.testing.assert_allclose(shuffled.transform(matrix), model.transform(matrix), atol=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_same_seed_gives_the_same_bytes(matrix, method):
    first, second = (TopicModel(4, method=method, seed=3).fit(matrix) for _ in range(2))

    assert first.components_.tobytes() == second.components_.tobytes()
    assert first.topics_.equals(second.topics_)
    assert first.data_hash_ == second.data_hash_


def test_a_text_posted_three_hundred_times_makes_no_topic(matrix_of, themed_tokens):
    campaign = [["warga", "kota", "hari", "#satukata"]] * 300

    once = TopicModel(3, min_document_frequency=3).fit(matrix_of(themed_tokens + campaign[:1]))
    often = TopicModel(3, min_document_frequency=3, max_document_share=1.0).fit(matrix_of(themed_tokens + campaign))

    assert sorted(often.topics_["label"]) == sorted(once.topics_["label"])
    assert "#satukata" not in often.vocabulary_["term"].to_list()


def test_equal_texts_get_equal_topics_in_any_batch(matrix_of, themed_tokens):
    model = TopicModel(3).fit(matrix_of(themed_tokens))
    text = ["banjir", "vaksin", "lapor"]

    alone = model.transform(matrix_of([text]))
    beside = model.transform(matrix_of([text, *themed_tokens, text]))

    np.testing.assert_allclose(beside[[0, -1]], np.repeat(alone, 2, axis=0), atol=1e-8)


def test_signature_hashtag_of_one_agency_is_left_out_and_shared_hashtags_stay(matrix_of, themed_tokens):
    tokens = [[*post, "#kamihadir"] if i % 3 == 0 else post for i, post in enumerate(themed_tokens)]
    roles = PostRoles(np.ones(120, bool), (np.arange(120) % 3).astype(np.int64))

    with_roles = TopicModel(3).fit(matrix_of(tokens), roles=roles).vocabulary_["term"].to_list()
    without = TopicModel(3).fit(matrix_of(tokens)).vocabulary_["term"].to_list()

    assert "#kamihadir" in without
    assert set(without) - set(with_roles) == {"#kamihadir"}


def test_reposts_and_ads_do_not_count(matrix_of, themed_tokens):
    tokens = themed_tokens + [["iklan", "diskon", "promo", "murah"]] * 10 + [["iklan", "diskon", "promo", "cepat"]] * 10
    roles = PostRoles(np.arange(140) < 120, np.zeros(140, np.int64))

    model = TopicModel(3).fit(matrix_of(tokens), roles=roles)

    assert model.n_posts_ == 120
    assert model.data_hash_ == TopicModel(3).fit(matrix_of(themed_tokens)).data_hash_
    assert "iklan" not in model.vocabulary_["term"].to_list()


def test_roles_come_from_the_posts(posts_of):
    posts = posts_of(
        ["a", "b", "c", "d"],
        post_kind=["original", "repost", "ad", "reply"],
        account=["satu", "dua", "tiga", "satu"],
        agency=["bkn", None, "bkn", "bkn"],
    )

    roles = PostRoles.of(posts)

    assert roles.counts.tolist() == [True, False, False, True]
    assert roles.author[0] == roles.author[2] == roles.author[3] != roles.author[1]
    assert PostRoles.of(posts.drop("agency")).author[0] != roles.author[2]
    assert PostRoles.of(posts.select("caption")).counts.tolist() == [True] * 4


def test_prevalence_falls_short_of_one_by_the_posts_without_topic(matrix_of, themed_tokens):
    model = TopicModel(3).fit(matrix_of([*themed_tokens, ["langka1"], ["langka2"], []]))

    assert model.n_without_topic_ == 3
    assert model.topics_["prevalence"].sum() == pytest.approx(120 / 123)


def test_sample_is_bounded_and_follows_the_seed_not_the_order(matrix):
    model = TopicModel(3, max_fit_posts=50).fit(matrix)
    swapped = TopicModel(3, max_fit_posts=50).fit(permuted(matrix, rows=np.arange(119, -1, -1)))
    other = TopicModel(3, max_fit_posts=50, seed=1).fit(matrix)

    assert model.n_fit_posts_ <= 50
    assert model.n_posts_ == 120
    assert swapped.components_.tobytes() == model.components_.tobytes()
    assert other.data_hash_ != model.data_hash_


def test_vocabulary_is_cut_by_frequency_share_kind_and_size(matrix_of):
    tokens = [["semua", "jarang" if i < 2 else "sering", f"#tag{i % 2}"] for i in range(10)]
    matrix = matrix_of(tokens)

    def chosen(**options):
        rule = {"kinds": ("word", "hashtag"), "min_document_frequency": 3, "max_document_share": 0.9, "max_terms": 99}
        return matrix.vocabulary[choose_columns(matrix, TermRule(**rule | options), None)]["term"].to_list()

    assert chosen() == ["#tag0", "#tag1", "sering"]
    assert chosen(kinds=("word",)) == ["sering"]
    assert chosen(min_document_frequency=2, kinds=("word",)) == ["jarang", "sering"]
    assert chosen(max_document_share=1.0) == ["#tag0", "#tag1", "semua", "sering"]
    assert chosen(max_terms=1) == ["sering"]


def test_labels_are_all_different_even_when_topics_look_alike(matrix):
    labels = TopicModel(12, min_document_frequency=2).fit(matrix).topics_["label"]

    assert labels.n_unique() == 12


@pytest.mark.parametrize("tokens", [[], [[], []], [["a"], ["b"]]])
def test_no_term_frequent_enough_is_said(matrix_of, tokens):
    with pytest.raises(NotEnoughDataError, match="no term is in at least 2"):
        TopicModel(2).fit(matrix_of(tokens))


@pytest.mark.parametrize(
    "options", [{"method": "plsa"}, {"n_topics": 0}, {"max_document_share": 0.0}, {"max_fit_posts": 0}]
)
def test_impossible_option_is_a_value_error(matrix, options):
    with pytest.raises(ValueError, match=next(iter(options))):
        TopicModel(**options).fit(matrix)


def test_estimator_conventions_hold(matrix):
    model = TopicModel(3, method="lda", seed=5, max_terms=99)

    assert clone(model).get_params() == model.get_params()
    assert clone(model).set_params(n_topics=7).n_topics == 7
    assert model.fit(matrix) is model
    assert model.get_params()["max_terms"] == 99
    with pytest.raises(NotFittedError):
        TopicModel(3).transform(matrix)
    with pytest.raises(NotFittedError):
        next(TopicModel(3).transform_batches(matrix))


def test_posts_can_be_given_as_a_frame(posts_of, themed_tokens):
    captions = [" ".join(tokens) for tokens in themed_tokens]
    posts = posts_of(captions)

    model = TopicModel(3).fit(posts)

    assert model.topics_["n_posts"].sum() == 120
    np.testing.assert_allclose(model.transform(posts.lazy()), model.transform(posts))
    assert model.fit_transform(posts).shape == (120, 3)


def test_a_topic_that_holds_nothing_stays_empty(matrix_of):
    # Rank two at most: the third topic has no terms of its own, but the table keeps its shape.
    matrix = matrix_of([["a", "b"], ["c", "d"], ["a", "b", "c", "d"]] * 4)
    model = TopicModel(3, max_document_share=1.0).fit(matrix)

    assert len(model.topics_) == 3
    assert np.isfinite(model.transform(matrix)).all()
    assert model.topics_["label"].n_unique() == 3
    assert isinstance(model.topics_, pl.DataFrame)
