import numpy as np
import pytest

from textmine.ranking.audience_model import fit_audience_model
from textmine.ranking.bootstrap import bootstrap_model, bootstrap_score, resampled_totals, shared_weeks, week_weights
from textmine.ranking.dispersion import dispersion
from textmine.ranking.plain_scores import raw_rate
from textmine.ranking.week_draws import week_resamples


@pytest.mark.parametrize(("n_weeks", "block_weeks"), [(57, 4), (52, 1), (10, 4), (3, 8), (1, 4)])
def test_every_resample_has_as_many_weeks_as_the_season_and_no_week_is_favoured(n_weeks, block_weeks):
    weights = week_weights(n_weeks, 6000, block_weeks=block_weeks, seed=1)
    assert (weights.sum(axis=1) == n_weeks).all()
    assert weights.mean(axis=0) == pytest.approx(np.ones(n_weeks), abs=0.12)


def test_weeks_of_a_block_come_together():
    weights = week_weights(40, 4000, block_weeks=4, seed=2)
    correlation = np.corrcoef(weights.T)
    assert correlation[10, 11] == pytest.approx(0.75, abs=0.08)
    assert correlation[10, 20] == pytest.approx(-4 / 36, abs=0.05)  # ten blocks: one more here, one less elsewhere
    with pytest.raises(ValueError, match="at least one week"):
        week_weights(40, 10, block_weeks=0)


def test_totals_are_those_of_the_weeks_written_out(season):
    weeks = season(5, posts=30).weeks(12)
    weights = week_weights(12, 3, seed=3)
    n_posts, total, capped = resampled_totals(weeks, weights)
    for row in range(3):
        drawn = np.repeat(np.arange(12), weights[row].astype(int))
        assert np.allclose(n_posts[row], weeks.n_posts[:, :, drawn].sum(axis=2))
        assert np.allclose(total[row], weeks.total[:, :, drawn].sum(axis=2))
        assert np.allclose(capped[row], weeks.capped[:, :, drawn].sum(axis=2))


def test_bootstrap_varies_as_the_mean_of_a_rate_does(season):
    one = season(12, posts=200, seed=4)
    model = fit_audience_model(one.weeks())
    weights = week_weights(52, 1500, seed=0)
    resampled = bootstrap_model(model, weights)
    assert resampled.mean(axis=0) == pytest.approx(model.scores(), abs=0.03)
    # Weeks are independent here: both describe the same noise, the posterior that of b too.
    assert np.median(resampled.std(axis=0) / model.standard_deviations()) == pytest.approx(0.9, abs=0.25)
    raw = bootstrap_score(model.weeks, raw_rate, weights[:50])
    assert raw.shape == (50, 12)
    assert raw.mean(axis=0) == pytest.approx(raw_rate(model.weeks.figures), abs=0.1)


def test_dispersion_is_that_of_the_posts_and_one_viral_post_does_not_drive_it(season):
    calm = season(30, posts=150, seed=7)
    true = np.exp(0.25) * (1 + 1 / 1.2) - 1
    assert dispersion(calm.weeks()).posts == pytest.approx(np.full(4, true), rel=0.12)
    wild = season(30, posts=150, seed=7, viral={(3, 1): 3000.0})
    assert dispersion(wild.weeks()).posts == pytest.approx(dispersion(calm.weeks()).posts, rel=0.12)


def test_campaigns_of_weeks_are_seen_as_noise_that_posts_do_not_average_out(season):
    weeks = season(30, posts=400, seed=8).weeks(48)
    assert dispersion(weeks).agency_weeks < 0.0005
    boosts = np.repeat(np.random.default_rng(0).lognormal(0, 0.5, (30, 1, 12)), 4, axis=2)
    for part in (weeks.capped, weeks.total):
        part *= boosts
    weeks.figures.capped[:] = weeks.capped.sum(axis=2)
    found = dispersion(weeks)
    # The mean of twelve months, each with coefficient of variation 0.53.
    assert found.agency_weeks == pytest.approx((np.exp(0.25) - 1) / 12, rel=0.4)
    assert found.weeks.max() < 0.01


def test_sharing_the_weeks_leaves_each_score_as_sure_as_it_was_and_ties_two_halves_of_the_posts_together(season):
    weeks = season(30, posts=120).weeks()
    model = fit_audience_model(weeks)
    resamples = week_resamples(weeks.n_weeks, 4000, seed=2)
    numbers, part = shared_weeks(model, resamples)
    assert numbers.mean(axis=0) == pytest.approx(np.zeros(30), abs=0.1)
    assert numbers.std(axis=0) == pytest.approx(np.ones(30), abs=0.1)
    assert (part > 0).all() and (part < 1).all()
    alone, shared = model.draws(4000, seed=5), model.draws(4000, seed=5, common=(numbers, part))
    assert shared.std(axis=0) == pytest.approx(alone.std(axis=0), rel=0.15)
    assert shared.mean(axis=0) == pytest.approx(alone.mean(axis=0), abs=0.05)
    again = model.draws(4000, seed=6, common=(numbers, part))
    together = [np.corrcoef(shared[:, k], again[:, k])[0, 1] for k in range(30)]
    apart = [np.corrcoef(alone[:, k], again[:, k])[0, 1] for k in range(30)]
    assert np.mean(together) > np.mean(apart) + 0.1
