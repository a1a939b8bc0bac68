import numpy as np
import pytest
from gensim.corpora import Dictionary
from gensim.models.coherencemodel import CoherenceModel
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.topics.coherence import CoOccurrence, diversity

TERMS = ["a", "b", "c", "d", "e"]


def co_occurrence(matrix):
    together = CoOccurrence(np.arange(len(matrix.vocabulary)))
    together.add(matrix.counts)
    return together


@given(posts=st.lists(st.lists(st.sampled_from(TERMS), min_size=1, max_size=8), min_size=3, max_size=30))
@settings(max_examples=40, deadline=None)
def test_npmi_equals_gensims_with_the_post_as_window(posts):
    from polars import Series

    from textmine.counting import token_matrix

    counts, terms = token_matrix(Series([*posts, TERMS, ["z"]]))
    together = CoOccurrence(np.arange(len(terms)))
    together.add(counts)
    texts = [*posts, TERMS, ["z"]]
    peer = CoherenceModel(
        topics=[TERMS], texts=texts, dictionary=Dictionary(texts), coherence="c_npmi", window_size=100, processes=1
    )

    assert together.npmi([0, 1, 2, 3, 4]) == pytest.approx(peer.get_coherence(), abs=1e-9)


def test_npmi_is_one_for_terms_that_always_meet_and_low_for_terms_that_never_do(matrix_of):
    together = co_occurrence(matrix_of([["a", "b"]] * 5 + [["c"], ["d"]] * 5))

    assert together.npmi([0, 1]) == pytest.approx(1.0)
    assert together.npmi([2, 3]) < -0.8


def test_terms_in_every_post_tell_nothing(matrix_of):
    assert co_occurrence(matrix_of([["a", "b"]] * 4)).npmi([0, 1]) == 0.0


def test_one_term_has_no_coherence(matrix_of):
    assert co_occurrence(matrix_of([["a"]])).npmi([0]) is None


def test_blocks_add_up(matrix_of):
    matrix = matrix_of([["a", "b"], ["a"], ["b", "c"], ["a", "c"]])
    whole, parts = co_occurrence(matrix), CoOccurrence(np.arange(3))
    for row in range(4):
        parts.add(matrix.counts[[row]])

    assert parts.npmi([0, 1, 2]) == whole.npmi([0, 1, 2])


def test_diversity_counts_the_first_twenty_five_terms_only():
    assert diversity([list(range(40)), list(range(25, 65))]) == 1.0
    assert diversity([[1, 2], [1, 2]]) == 0.5
    assert diversity([]) == 0.0


@given(posts=st.lists(st.lists(st.sampled_from(TERMS), min_size=1, max_size=8), min_size=3, max_size=30))
@settings(max_examples=25, deadline=None)
def test_c_v_equals_gensims_with_the_post_as_window(posts):
    from polars import Series

    from textmine.counting import token_matrix

    texts = [*posts, TERMS, ["z"]]
    counts, terms = token_matrix(Series(texts))
    together = CoOccurrence(np.arange(len(terms)))
    together.add(counts)
    peer = CoherenceModel(
        topics=[TERMS], texts=texts, dictionary=Dictionary(texts), coherence="c_v", window_size=100, processes=1
    )

    assert together.c_v([0, 1, 2, 3, 4]) == pytest.approx(peer.get_coherence(), abs=1e-6)


def test_terms_that_no_post_holds_tell_nothing(matrix_of):
    matrix = matrix_of([["a", "b"], ["a"], ["c"]])
    together = CoOccurrence(np.arange(3))
    together.add(matrix.counts[[0, 1]])

    assert together.npmi([0, 2]) == 0.0
    assert np.isfinite(together.c_v([0, 1, 2]))
    assert together.c_v([0]) is None
