"""Draws by weeks: influences are what they claim, weeks are shared, intervals hold the truth about as often as said."""

import numpy as np
import pytest
from scipy.stats import invgamma

from textmine.ranking.week_draws import (
    deviations,
    effective_blocks,
    in_blocks,
    moderated,
    of_leaving_out,
    of_ratio,
    week_resamples,
)


def test_the_influence_of_a_week_is_what_a_little_more_of_it_changes():
    generator = np.random.default_rng(0)
    counts = generator.integers(1, 20, (3, 30)).astype(float)
    sums = counts * generator.uniform(0.2, 0.8, (3, 30))
    for share in (False, True):
        found = of_ratio(sums, counts, 1, share=share)
        for week in (0, 17):
            more = np.ones(30)
            more[week] += 1e-6
            ratios = [(sums @ weights) / (counts @ weights) for weights in (np.ones(30), more)]
            scale = (lambda r: np.log(r / (1 - r))) if share else np.log
            changed = (scale(ratios[1]) - scale(ratios[0])) / 1e-6 * 30
            assert found[:, week] == pytest.approx(changed, rel=1e-3)


def test_leaving_blocks_out_tells_of_a_mean_what_its_influence_tells():
    generator = np.random.default_rng(1)
    sums, counts = generator.normal(10, 1, (2, 52)), np.ones((2, 52))
    found = of_leaving_out(lambda weights: np.log(sums @ weights / (counts @ weights)), 52, 4)
    assert found == pytest.approx(of_ratio(sums, counts, 4), abs=2e-3)


def test_what_two_figures_have_in_common_moves_both():
    generator = np.random.default_rng(2)
    month = np.repeat(generator.normal(0, 1, (20, 14)), 4, axis=1)
    counts = np.full((20, 56), 10.0)
    one, two, apart = (counts * np.exp(part + generator.normal(0, 0.1, (20, 56))) for part in (month, month, 0 * month))
    drawn = week_resamples(56, 2000, seed=3)
    moved = [deviations(of_ratio(sums, counts, 4), counts, drawn) for sums in (one, two, apart)]
    together = [np.corrcoef(moved[0][:, k], moved[1][:, k])[0, 1] for k in range(20)]
    unrelated = [np.corrcoef(moved[0][:, k], moved[2][:, k])[0, 1] for k in range(20)]
    assert np.mean(together) > 0.9 and abs(np.mean(unrelated)) < 0.3


def test_intervals_hold_the_truth_about_nine_times_in_ten_with_fourteen_blocks_or_six():
    generator = np.random.default_rng(4)
    for weeks in (56, 24):
        held = []
        for seed in range(30):
            counts = generator.poisson(6, (30, weeks)).astype(float)
            sums = counts * 0.3 + generator.normal(0, 0.4, (30, weeks)) * np.sqrt(counts)
            drawn = week_resamples(weeks, 1000, seed=seed)
            value = sums.sum(axis=1) / counts.sum(axis=1)
            off = deviations(of_ratio(sums, counts, drawn.block_weeks), counts, drawn)
            low, high = np.quantile(value * np.exp(off), [0.05, 0.95], axis=0)
            held.append((low <= 0.3) & (0.3 <= high))
        assert 0.87 < np.mean(held) < 0.95


def test_an_agency_of_one_month_gets_the_spread_of_the_others_and_not_none():
    generator = np.random.default_rng(5)
    counts = generator.poisson(6, (20, 56)).astype(float)
    counts[0] = 0
    counts[0, 10:12] = 20
    sums = counts * 0.3 + generator.normal(0, 0.4, (20, 56)) * np.sqrt(counts)
    sd = deviations(of_ratio(sums, counts, 4), counts, week_resamples(56, 2000)).std(axis=0)
    assert sd[0] > sd[1:].min() / 2


def test_variances_are_shrunk_as_far_as_they_differ_by_chance_alone():
    generator = np.random.default_rng(6)
    posts = np.full(400, 100.0)
    freedom = np.full(400, 12.0)
    alike = generator.chisquare(12, 400) / 12
    found, certain = moderated(alike, freedom, posts)
    assert found == pytest.approx(np.ones(400), abs=0.15) and certain.min() > 60
    different = invgamma.rvs(4, scale=4, size=400, random_state=7)  # 8 degrees of freedom
    found, some = moderated(different * alike, freedom, posts)
    assert some[0] == pytest.approx(12 + 8, abs=4)
    error = np.abs(np.log(found / different)).mean()
    assert error < np.abs(np.log(alike)).mean()


def test_blocks_count_by_how_evenly_posts_are_spread_over_them():
    even, spring = np.ones((1, 56)), np.zeros((1, 56))
    spring[0, 8:12] = 5
    assert effective_blocks(even, 4) == pytest.approx(14)
    assert effective_blocks(spring, 4) < 2


def test_weeks_are_drawn_in_blocks_and_short_seasons_in_shorter_ones():
    assert week_resamples(57, 10).block_weeks == 4 and week_resamples(13, 10).block_weeks == 2
    assert week_resamples(3, 10).block_weeks == 1
    assert (week_resamples(57, 10, seed=1).starts == week_resamples(57, 10, seed=1).starts).all()
    weekly = np.arange(6.0)[None]
    assert in_blocks(weekly, 2).tolist() == [[0.5, 1.5, 2.5, 3.5, 4.5, 2.5]]


def test_without_others_to_compare_a_variance_stays_and_draws_are_finite():
    counts = np.array([[5.0, 3.0, 0.0, 4.0, 2.0, 6.0]])
    drawn = week_resamples(6, 200)
    assert np.isfinite(deviations(of_ratio(counts * 0.5, counts, 1), counts, drawn)).all()
