import numpy as np
import pytest
import scipy.sparse as sp

from textmine.topics import TopicModel
from textmine.topics.pooling import pool_by_hashtag, pool_by_key
from textmine.topics.terms import PostRoles


def test_posts_under_a_hashtag_are_added_up_and_others_stay_alone():
    counts = sp.csr_array(np.array([[1, 0, 1, 0], [0, 2, 1, 1], [3, 0, 0, 0]], np.int32))

    pooled = pool_by_hashtag(counts, np.array([False, False, True, True]))

    assert pooled.toarray().tolist() == [[1, 2, 2, 1], [0, 2, 1, 1], [3, 0, 0, 0]]


def test_posts_with_a_key_are_added_up():
    counts = sp.csr_array(np.array([[1, 0], [0, 2], [3, 0]], np.int32))

    assert pool_by_key(counts, np.array([7, -1, 7])).toarray().tolist() == [[0, 2], [4, 0]]


@pytest.mark.parametrize("pool", ["hashtag", "agency-day"])
def test_pooled_fits_find_the_themes_whatever_the_order(matrix_of, themed_tokens, pool):
    matrix = matrix_of(themed_tokens)
    theme = np.arange(120) % 4
    roles = PostRoles(np.ones(120, bool), theme, np.arange(120) % 9)
    rows = np.random.default_rng(1).permutation(120)

    model = TopicModel(3, pool=pool).fit(matrix, roles=roles)
    shuffled = TopicModel(3, pool=pool).fit(
        matrix_of([themed_tokens[row] for row in rows]), roles=PostRoles(roles.counts, theme[rows], roles.day[rows])
    )

    assert model.topics_["n_posts"].to_list() == [60, 36, 24]
    assert shuffled.components_.tobytes() == model.components_.tobytes()
    assert model.components_.tobytes() != TopicModel(3).fit(matrix, roles=roles).components_.tobytes()


def test_equal_posts_of_two_agencies_go_into_one_pool_whatever_their_order(matrix_of, themed_tokens):
    tokens = [*themed_tokens, themed_tokens[0]]
    author = np.append(np.repeat([1, 2, 3], (60, 36, 24)), 0)
    roles = PostRoles(np.ones(121, bool), author, np.zeros(121, np.int64))
    turned = PostRoles(roles.counts, author[::-1].copy(), roles.day)

    model = TopicModel(3, pool="agency-day").fit(matrix_of(tokens), roles=roles)
    again = TopicModel(3, pool="agency-day").fit(matrix_of(tokens[::-1]), roles=turned)

    assert again.components_.tobytes() == model.components_.tobytes()


def test_an_unknown_pool_is_a_value_error(matrix_of, themed_tokens):
    with pytest.raises(ValueError, match="pool is 'week'"):
        TopicModel(3, pool="week").fit(matrix_of(themed_tokens))


def test_days_are_those_of_jakarta(posts_of):
    from datetime import UTC, datetime

    evening = [datetime(2020, 1, 1, 16, 59, tzinfo=UTC), datetime(2020, 1, 1, 17, 0, tzinfo=UTC)]

    roles = PostRoles.of(posts_of(["a", "b"], published_at=evening))

    assert np.diff(roles.day).tolist() == [1]
    assert len(set(roles.agency_days().tolist())) == 2
