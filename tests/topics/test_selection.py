import numpy as np
import pytest

from textmine.errors import NotEnoughDataError
from textmine.topics import TopicModel
from textmine.topics.selection import SELECTION_SCHEMA, numbers_between, select_n_topics, topic_stability
from textmine.topics.stability import match_topics, subsample


@pytest.fixture
def matrix(matrix_of, themed_tokens):
    return matrix_of(themed_tokens)


def test_topics_are_matched_one_to_one_so_that_most_terms_are_common():
    first = [list(range(10)), list(range(5, 15))]
    second = [[*range(5, 10), *range(0, 4), 99], list(range(4, 14))]

    partner, overlap = match_topics(first, second)

    assert partner.tolist() == [0, 1]
    assert overlap.tolist() == [0.9, 0.9]


def test_a_draw_is_four_fifths_of_the_posts():
    assert len(np.unique(subsample(120, seed=1))) == 96
    assert subsample(120, seed=1).tolist() != subsample(120, seed=2).tolist()


def test_the_number_of_planted_themes_is_chosen(matrix_of):
    random = np.random.default_rng(4)
    themes = [[f"kata{theme:d}x{i:02d}" for i in range(30)] for theme in range(3)]
    matrix = matrix_of([random.choice(themes[i % 3], 12, replace=False).tolist() for i in range(300)])
    done = []

    table = select_n_topics(TopicModel(), matrix, [2, 3, 5, 8], progress=done.append)

    assert table.schema == SELECTION_SCHEMA
    assert table.filter("chosen")["n_topics"].to_list() == [3]
    assert table["n_topics"].to_list() == [2, 3, 5, 8]
    assert done == [1, 2, 3, 4]
    row = table.row(1, named=True)
    assert row["score"] == pytest.approx(row["npmi"] * row["diversity"] * row["stability"])
    assert 0 < row["stability"] <= 1 and 0 < row["c_v"] <= 1


def test_numbers_that_the_posts_cannot_hold_are_left_out(matrix):
    assert select_n_topics(TopicModel(), matrix, [3, 5_000])["n_topics"].to_list() == [3]
    with pytest.raises(NotEnoughDataError, match="too little for 5000 topics"):
        select_n_topics(TopicModel(), matrix, [5_000])


def test_numbers_do_not_depend_on_the_order_of_the_posts(matrix_of, themed_tokens):
    rows = np.random.default_rng(3).permutation(120)

    tables = [
        select_n_topics(TopicModel(), matrix_of(t), [2, 3]) for t in (themed_tokens, [themed_tokens[r] for r in rows])
    ]

    assert tables[0].equals(tables[1])


def test_planted_themes_are_stable_and_surplus_topics_are_not(matrix):
    planted = topic_stability(TopicModel(3).fit(matrix), matrix, runs=4)
    surplus = topic_stability(TopicModel(9).fit(matrix), matrix, runs=4)

    assert planted["overlap"].min() >= 0.8
    assert (planted["least"] <= planted["overlap"]).all()
    assert surplus["overlap"].mean() < planted["overlap"].mean() - 0.1


def test_stability_leaves_the_outliers_out(matrix):
    model = TopicModel(3, outliers=0.3).fit(matrix)

    assert topic_stability(model, matrix, runs=1)["topic"].to_list() == [0, 1, 2]
    with pytest.raises(ValueError, match="runs is 0"):
        topic_stability(model, matrix, runs=0)


@pytest.mark.parametrize(("least", "most"), [(2, 2), (5, 50), (3, 9), (2, 400)])
def test_numbers_rise_from_the_least_to_the_most(least, most):
    numbers = numbers_between(least, most)

    assert numbers[0] == least and numbers[-1] == most
    assert numbers == sorted(set(numbers)) and len(numbers) <= 8


def test_where_no_number_is_coherent_the_least_incoherent_is_proposed(matrix_of):
    random = np.random.default_rng(0)
    words = [f"kata{i}" for i in range(60)]
    matrix = matrix_of([random.choice(words, 3, replace=False).tolist() for _ in range(90)])

    table = select_n_topics(TopicModel(min_document_frequency=2), matrix, [2, 3, 4], runs=1)

    assert (table["score"] == 0).all()
    assert table.filter("chosen")["npmi"].to_list() == [table["npmi"].max()]
