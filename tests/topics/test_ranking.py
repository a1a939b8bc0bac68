import numpy as np
import pytest
import scipy.sparse as sp

from textmine.topics.coherence import CoOccurrence
from textmine.topics.description import top_terms
from textmine.topics.pairs import attraction
from textmine.topics.ranking import leading_terms, term_scores


@pytest.fixture
def counts() -> sp.csr_array:
    """Twelve terms that keep company in posts of six, and thirteen that come singly."""
    random = np.random.default_rng(8)
    posts = np.zeros((400, 25), np.int32)
    for row in range(200):
        posts[row, random.choice(12, 6, replace=False)] = 1
    posts[np.arange(200, 400), 12 + np.arange(200) % 13] = 1
    return sp.csr_array(posts)


def test_the_ten_that_keep_company_come_first_and_no_term_is_lost(counts):
    weights = np.linspace(1.0, 2.0, 25)[None]  # the single ones are the heaviest

    shown = top_terms(term_scores(counts, weights), 25)[0]

    assert set(shown[:10]) <= set(range(12))
    assert sorted(shown) == list(range(25))
    assert shown[:10] == sorted(shown[:10], reverse=True)  # among themselves by weight
    assert shown[10:] == sorted(shown[10:], reverse=True)


def test_a_topic_of_few_terms_stays_as_it_is(counts):
    together = CoOccurrence(np.arange(25))
    together.add(counts)

    assert leading_terms(together, [20, 3, 7]) == [20, 3, 7]
    assert leading_terms(together, []) == []


def test_pairs_seen_in_few_posts_bring_no_term_to_the_front(counts):
    # Two terms meet once and only once: NPMI is 1, support is next to nothing.
    posts = counts.toarray()
    posts[:, [23, 24]] = 0
    posts[0, [23, 24]] = 1

    shown = top_terms(term_scores(sp.csr_array(posts), np.linspace(1.0, 2.0, 25)[None]), 10)[0]

    assert not {23, 24} & set(shown)


def test_scores_are_weights_of_the_largest_and_one_more_for_the_leading(counts):
    scores = term_scores(counts, np.array([np.linspace(0.5, 2.0, 25), np.zeros(25)]))

    assert scores.dtype == np.float32
    assert (scores[0] > 1).sum() == 10
    np.testing.assert_allclose(scores[0] % 1.0 % 1.0, (np.linspace(0.25, 1.0, 25) % 1.0), atol=1e-5)
    assert not scores[1].any()


def test_attraction_is_the_npmi_of_cautious_counts():
    posts = np.array([[1, 1, 0, 0]] * 9 + [[0, 1, 1, 0]] * 1 + [[0, 0, 3, 1]] * 4 + [[0, 0, 0, 1]] * 6)

    found = attraction(sp.csr_array(posts)).toarray()

    joint = (9 - 3) / 20
    assert found[0, 1] == pytest.approx(np.log(joint / (9 / 20 * 10 / 20)) / -np.log(joint))
    assert found[1, 2] == 0.0  # seen once
    assert found[2, 3] == 0.0  # four posts less two are no more than chance
    np.testing.assert_array_equal(found, found.T)
    assert not found.diagonal().any()
