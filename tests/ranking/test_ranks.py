import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from textmine.ranking.ranks import rank_uncertainty, ranks


@given(arrays(float, st.integers(1, 12), elements=st.integers(-3, 3).map(float)))
def test_rank_is_one_more_than_the_number_of_those_above(scores):
    assert ranks(scores).tolist() == [1 + (scores > each).sum() for each in scores]


def test_ranks_are_counted_within_groups_and_nobody_without_score_has_one():
    scores = np.array([3.0, np.nan, 1.0, 2.0, 5.0])
    assert ranks(scores, np.array([0, 0, 0, 1, 1])).tolist() == pytest.approx([1, np.nan, 2, 2, 1], nan_ok=True)


def test_probabilities_are_shares_of_draws():
    draws = np.array([[3.0, 2, 1, 0], [2, 3, 1, 0], [3, 2, 0, 1], [3, 2, 1, 0]])
    found = rank_uncertainty(draws)
    assert found.first.tolist() == [0.75, 0.25, 0, 0]
    assert found.top3.tolist() == [1, 1, 0.75, 0.25]
    assert found.top5.tolist() == [1, 1, 1, 1]
    assert found.first.sum() == 1 and found.top3.sum() == 3


def test_sure_ranks_have_intervals_of_one_rank():
    found = rank_uncertainty(np.tile([5.0, 4.0, 3.0], (100, 1)))
    assert found.low.tolist() == found.high.tolist() == [1, 2, 3]


def test_rank_intervals_hold_nine_tenths_of_the_draws_as_nearly_as_whole_ranks_can():
    generator = np.random.default_rng(0)
    draws = generator.normal(np.linspace(1, 0, 30), 0.3, (4000, 30))
    found, drawn = rank_uncertainty(draws), ranks(draws)
    held = ((drawn >= found.low) & (drawn <= found.high)).mean(axis=0)
    assert np.abs(held - 0.9).max() < 0.05
    assert held.mean() == pytest.approx(0.9, abs=0.01)
