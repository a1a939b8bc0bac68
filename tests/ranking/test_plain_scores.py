import numpy as np
import pytest

from textmine.ranking.account_weeks import AccountFigures
from textmine.ranking.plain_scores import combined, log_residuals, raw_rate, size_residual


def figures(n_posts, total, followers) -> AccountFigures:
    zeros = np.zeros_like(np.array(total, dtype=float))
    parts = (np.array(part, dtype=float) for part in (n_posts, total))
    return AccountFigures(*parts, zeros, np.array(followers, dtype=float), zeros, zeros)


def two_platforms(values) -> np.ndarray:
    return np.column_stack([np.array(values, dtype=float), np.full((len(values), 2), np.nan)])


def test_raw_rate_is_engagement_by_posts_and_followers():
    nan = np.nan
    three = figures(
        [[10, 0, 0, 0], [10, 0, 0, 0], [20, 5, 0, 0]],
        [[999.5, 0, 0, 0], [99.5, 0, 0, 0], [19.5, 50, 0, 0]],
        [[1000, nan, nan, nan], [1000, nan, nan, nan], [1000, 100, nan, nan]],
    )
    rates = np.log([100 / 1000, 10 / 1000, 1 / 1000])
    expected = (rates - rates.mean()) / rates.std()
    assert raw_rate(three) == pytest.approx(expected)  # nobody to compare the account on X with


def test_residual_does_not_know_size():
    size = np.array([1e3, 1e4, 1e5, 1e6])
    quality = np.array([1.0, -1.0, -1.0, 1.0])  # across size: no straight line explains it
    total = np.exp(quality) * size**0.6
    four = figures(two(np.ones(4)), two(total - 0.5), two(size, np.nan))
    assert size_residual(four) == pytest.approx(quality)
    assert raw_rate(four).argmax() == 0


def two(values, other: float = 0.0) -> np.ndarray:
    return np.column_stack([values, np.full((len(values), 3), other)])


def test_a_platform_counts_alike_whatever_its_spread():
    values = two_platforms([[1.0, 10.0], [2.0, 30.0], [3.0, 20.0]])
    step = np.sqrt(1.5)
    assert combined(values) == pytest.approx([-step, step / 2, step / 2])


def test_on_one_platform_the_residual_is_a_log_ratio_and_together_standard_deviations():
    size = np.array([1e3, 1e4, 1e5, 1e6])
    quality = np.array([0.2, -0.2, -0.2, 0.2])
    one = figures(two(np.ones(4)), two(np.exp(quality) * size**0.6 - 0.5), two(size, np.nan))
    assert log_residuals(one)[:, 0] == pytest.approx(quality)
    assert np.isnan(log_residuals(one)[:, 1:]).all()
    assert size_residual(one) == pytest.approx(quality / 0.2)
