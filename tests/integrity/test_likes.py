import numpy as np
import polars as pl
import pytest
from scipy.stats import nbinom

from tests.integrity.seasons import posts
from textmine.integrity.discovery import adjusted
from textmine.integrity.likes import _DISPERSIONS, _TAILS, _dispersion, _lower_tail, _Tails, likes_without_comments


def flagged(table):
    return set(likes_without_comments(table.lazy()).filter(pl.col("score") >= 0.5)["row"])


def with_bought(table, rows, likes):
    return table.with_columns(
        (pl.col("likes") + pl.when(pl.int_range(pl.len()).is_in(rows)).then(likes).otherwise(0)).cast(pl.UInt64)
    )


def test_bought_likes_are_flagged_and_no_other():
    rows = [5, 70, 133]
    assert flagged(with_bought(posts(), rows, 6000)) == set(rows)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_flagged_where_nothing_was_bought(seed):
    assert not flagged(posts(seed=seed))


def test_a_post_that_goes_round_with_its_comments_is_not_flagged():
    table = posts()
    viral = pl.int_range(pl.len()) == 7
    loud = table.with_columns(
        *(pl.when(viral).then(pl.col(name) * 60 + 60).otherwise(name).alias(name) for name in ("likes", "comments"))
    )
    assert 7 not in flagged(loud)


def test_an_account_with_few_posts_is_not_told_about():
    assert not flagged(with_bought(posts(accounts=1, each=8), [3], 50_000))


def test_an_account_on_which_nobody_comments_is_not_told_about():
    silent = with_bought(posts().with_columns(pl.lit(0, pl.UInt64).alias("comments")), [3], 50_000)
    assert not flagged(silent)


def test_hidden_and_rounded_figures_are_not_tested():
    blurred = with_bought(posts(), [5], 6000).with_columns(
        pl.when(pl.int_range(pl.len()) == 5).then(pl.lit(["likes"], pl.List(pl.String)))
        .otherwise(pl.lit([], pl.List(pl.String))).cast(posts().schema["rounded"]).alias("rounded")
    )  # fmt: skip
    assert not flagged(blurred)


def test_the_tail_is_that_of_scipys_negative_binomial():
    comments, mean = np.array([0.0, 2.0, 9.0]), np.array([3.0, 3.0, 5.0])
    size = 1 / 0.4
    assert np.allclose(_lower_tail(comments, mean, 0.4), nbinom.cdf(comments, size, size / (size + mean)))


@pytest.mark.parametrize("dispersion", [0.005, 0.4, 4.0])
@pytest.mark.parametrize("tail", [0.001, 0.02, 0.1])
def test_the_least_mean_of_a_number_of_comments_has_just_this_tail(dispersion, tail):
    comments = np.array([400_000.0, 0.0, 3.0, 3.0, 71.0])
    tails = _Tails(comments)
    mean, size = tails.least_mean(dispersion, tail)[tails.number], 1 / dispersion
    assert np.allclose(nbinom.cdf(comments, size, size / (size + mean)), tail)
    before = tails.least_mean(dispersion, tail, before=1)[tails.number]
    assert before[1] == 0
    assert np.allclose(nbinom.cdf(comments - 1, size, size / (size + before))[[0, 2, 3, 4]], tail)


def test_adjusted_p_values_are_those_of_the_textbook():
    assert np.allclose(adjusted(np.array([0.03, 0.01, 0.04, 0.9])), [0.16 / 3, 0.04, 0.16 / 3, 0.9])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("start", [_DISPERSIONS[0], 0.3, _DISPERSIONS[-1]])
def test_the_dispersion_is_the_first_of_all_at_which_the_tails_hold(seed, start):
    generator = np.random.default_rng(seed)
    mean = generator.lognormal(seed / 2, 1.5, 400)
    comments = generator.poisson(mean * generator.gamma(2 / (seed + 1), (seed + 1) / 2, 400)).astype(float)
    told = mean >= 3

    def holds(dispersion):
        below, upto = (_lower_tail(comments[told] - less, mean[told], dispersion) for less in (1, 0))
        return all(((below + upto) / 2 <= tail).mean() <= tail for tail in _TAILS)

    wanted = next((value for value in _DISPERSIONS if holds(value)), _DISPERSIONS[-1])
    assert _dispersion(_Tails(comments), mean, start) == wanted


def test_each_platform_is_fitted_by_itself():
    one, other = with_bought(posts(), [5], 6000), posts(platform="facebook", seed=9)
    alone, both = (likes_without_comments(table.lazy()) for table in (one, pl.concat([one, other])))
    row = pl.col("row") == 5
    figures = ["likes", "usual_likes", "comments", "expected_comments"]
    assert both.filter(row).select(figures).equals(alone.filter(row).select(figures))
