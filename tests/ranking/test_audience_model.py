import numpy as np
import pytest
from scipy.stats import multivariate_normal

from textmine.errors import NotEnoughDataError
from textmine.platforms import PLATFORMS
from textmine.ranking.audience_model import Z90, fit_audience_model
from textmine.ranking.equations import SLOPE_SD, USUAL_SLOPE, SlopePrior
from textmine.ranking.mixed_model import MixedModel


def small_model(seed: int = 0, n_agencies: int = 7) -> MixedModel:
    """Seven agencies, some on few platforms, two slopes groups."""
    generator = np.random.default_rng(seed)
    pairs = [(a, p) for a in range(n_agencies) for p in range(3) if generator.random() < 0.75 or p == 0]
    agency, platform = (np.array(part) for part in zip(*pairs, strict=True))
    size = generator.normal(0, 2, len(pairs))
    quality = generator.normal(0, 0.5, n_agencies)
    noise = generator.uniform(0.005, 0.1, len(pairs))
    level = 1.0 + platform + 0.7 * size + quality[agency] + generator.normal(0, np.sqrt(noise))
    return MixedModel(level, noise, size, agency, platform, (platform > 0) * 1, np.zeros(n_agencies, dtype=int))


def dense(model: MixedModel, sds: tuple[float, float], prior: SlopePrior, shared: float):
    """The same model written out: covariance of the accounts, and of scores with them."""
    agency_sd, account_sd = sds
    n = len(model.level)
    same = (model.agency[:, None] == model.agency[None, :]).astype(float)
    slopes = (model.slope[:, None] == model.slope[None, :]) * np.outer(model.size, model.size)
    covariance = (agency_sd**2 + shared) * same + np.diag(model.noise + account_sd**2)
    covariance += prior.spread**2 * slopes + prior.sd**2 * np.outer(model.size, model.size)
    intercepts = (model.intercept[:, None] == np.arange(model.intercept.max() + 1)).astype(float)
    response = model.level - prior.mean * model.size
    counts = np.bincount(model.agency)
    member = (np.arange(len(counts))[:, None] == model.agency[None, :]).astype(float)
    with_score = agency_sd**2 * member + account_sd**2 * member / counts[:, None]
    of_score = np.diag(agency_sd**2 + account_sd**2 / counts)
    assert covariance.shape == (n, n)
    return covariance, intercepts, response, with_score, of_score


@pytest.mark.parametrize("shared", [0.0, 0.02])
def test_restricted_likelihood_is_that_of_the_covariance_written_out(shared):
    model = small_model()
    points = [
        (0.3, 0.1, SlopePrior(spread=0.05)),
        (0.8, 0.02, SlopePrior(spread=0.2)),
        (0.1, 0.5, SlopePrior(mean=0.7, sd=0.1)),
        (0.3, 0.1, SlopePrior(mean=1.0, sd=1e-3, spread=1e-3)),
    ]
    ours, by_hand = [], []
    for *sds, slope in points:
        covariance, intercepts, response, *_ = dense(model, sds, slope, shared)
        # REML: the density of contrasts that do not see the intercepts.
        contrasts = np.linalg.svd(intercepts)[0][:, intercepts.shape[1] :].T
        by_hand.append(multivariate_normal.logpdf(contrasts @ response, cov=contrasts @ covariance @ contrasts.T))
        grid = model.grid(*(np.array([sd]) for sd in sds), [slope], shared)
        prior = sum(np.log(sd) - (sd / scale) ** 2 / 2 for sd, scale in zip(sds, (1.0, 0.5), strict=True))
        ours.append(grid.log_weight[0] - prior)
    assert np.diff(ours) == pytest.approx(np.diff(by_hand), abs=1e-6)


@pytest.mark.parametrize("shared", [0.0, 0.02])
def test_scores_are_best_linear_unbiased_predictions(shared):
    model, sds, prior = small_model(3), (0.5, 0.1), SlopePrior(mean=0.9, sd=0.2, spread=0.05)
    covariance, intercepts, response, with_score, of_score = dense(model, sds, prior, shared)
    inverse = np.linalg.inv(covariance)
    normal = np.linalg.inv(intercepts.T @ inverse @ intercepts)
    projector = inverse - inverse @ intercepts @ normal @ intercepts.T @ inverse
    n = len(of_score)
    centre = np.eye(n) - 1 / n
    found = model.posterior_at(*sds, prior, shared)
    assert found.mean == pytest.approx(centre @ with_score @ projector @ response, abs=1e-9)
    left = centre @ (of_score - with_score @ projector @ with_score.T) @ centre
    assert found.sd == pytest.approx(np.sqrt(np.diag(left)), abs=1e-9)
    draws = found.draw(40_000, np.random.default_rng(0))
    assert draws.mean(axis=0) == pytest.approx(found.mean, abs=0.01)
    assert np.cov(draws.T) == pytest.approx(left, abs=0.006)
    assert model.smooth(model.level[None, :], *sds, prior, shared)[0] == pytest.approx(found.mean, abs=1e-9)


def test_deletion_residual_is_the_distance_from_a_fit_without_the_account():
    model, sds, prior = small_model(1), (0.5, 0.1), SlopePrior(mean=0.9, sd=0.2, spread=0.05)
    distance, variance = model.deletion(*sds, prior, 0.0)
    covariance, intercepts, response, *_ = dense(model, sds, prior, 0.0)
    for gone in range(len(response)):
        kept = np.arange(len(response)) != gone
        inverse = np.linalg.inv(covariance[np.ix_(kept, kept)])
        design, seen = intercepts[kept], response[kept]
        if np.linalg.matrix_rank(design) < design.shape[1]:
            assert distance[gone] == 0
            continue
        normal = np.linalg.inv(design.T @ inverse @ design)
        fixed = normal @ design.T @ inverse @ seen
        across = covariance[gone, kept] @ inverse
        predicted = intercepts[gone] @ fixed + across @ (seen - design @ fixed)
        along = intercepts[gone] - across @ design
        expected = covariance[gone, gone] - across @ covariance[kept, gone] + along @ normal @ along
        assert distance[gone] == pytest.approx(response[gone] - predicted, abs=1e-8)
        assert variance[gone] == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("b", [1.0, 0.8, 0.6])
def test_the_exponent_is_found_whatever_the_qualities(season, b):
    slopes = fit_audience_model(season(60, b=b, seed=1).weeks()).slopes
    assert slopes["low"][0] < b < slopes["high"][0]
    assert slopes["sd"][0] < 0.04
    assert slopes["platform"].to_list() == [None, *PLATFORMS]


@pytest.mark.parametrize(("b", "fair"), [(1.0, True), (0.8, False), (0.6, False)])
def test_rates_by_followers_are_called_fair_only_where_they_are(season, b, fair):
    model = fit_audience_model(season(34, b=b, seed=2).weeks())
    assert (model.posterior.fair > 0.5) is fair
    if not fair:
        assert model.posterior.fair < 0.001
    assert fit_audience_model(season(34, b=b, seed=2).weeks(), fair=0.0).posterior.fair == 0


def test_slopes_that_differ_by_platform_are_told_apart(season):
    many = season(120, posts=60, seed=2)
    many.followers[:, 0] **= 0.75  # an audience of which only a part is there: b is 0.6 of what is shown
    weeks = many.weeks()
    weeks.figures.followers[:, 0] **= 1 / 0.75
    slopes = fit_audience_model(weeks).slopes
    by_platform = dict(zip(slopes["platform"], slopes["b"], strict=True))
    assert by_platform["facebook"] == pytest.approx(0.6, abs=0.05)
    assert by_platform["x"] == pytest.approx(0.8, abs=0.05)


def test_ninety_per_cent_intervals_hold_the_truth_nine_times_in_ten(season):
    held = []
    for seed in range(40):
        each = season(24, posts=30, seed=seed)
        model = fit_audience_model(each.weeks())
        truth = each.quality - each.quality.mean()
        held.append(np.abs(model.scores() - truth) <= Z90 * model.standard_deviations())
    assert np.mean(held) == pytest.approx(0.90, abs=0.03)


def test_an_agency_on_one_platform_is_scored_less_surely(season):
    one = season(seed=5)
    one.posts[3, 1:] = 0
    model = fit_audience_model(one.weeks())
    assert model.standard_deviations()[3] == model.standard_deviations().max()
    assert abs(model.scores()[3] - one.quality[3] + one.quality.mean()) < 3 * model.standard_deviations()[3]


def test_no_engagement_at_all_is_low_and_finite(season):
    silent = season(12, seed=6)
    weeks = silent.weeks()
    for part in (weeks.total, weeks.capped, weeks.squares, weeks.figures.total, weeks.figures.capped):
        part[4] = 0.0
    scores = fit_audience_model(weeks).scores()
    assert np.isfinite(scores).all()
    assert scores.argmin() == 4


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_agencies_are_no_error_and_no_certainty(season, n):
    model = fit_audience_model(season(n, posts=20).weeks())
    assert np.isfinite(model.scores()).all()
    assert np.isfinite(model.slopes.select("b", "sd").to_numpy()).all()
    if n == 1:
        assert model.scores() == pytest.approx(0)


def test_a_cluster_of_one_has_nobody_to_be_better_than(season):
    model = fit_audience_model(season(10, clusters=["lembaga"] * 9 + ["bumn"]).weeks())
    assert model.scores()[9] == pytest.approx(0, abs=1e-9)
    assert model.group_names == ("bumn", "lembaga")
    together = fit_audience_model(season(10, clusters=["lembaga"] * 9 + ["bumn"]).weeks(), within="all")
    assert abs(together.scores()[9]) > 0.01


def test_agencies_of_unknown_audience_have_no_score(season):
    weeks = season(8).weeks()
    weeks.figures.followers[2] = np.nan
    model = fit_audience_model(weeks)
    assert np.isnan(model.scores()[2]) and np.isfinite(np.delete(model.scores(), 2)).all()
    assert np.isnan(model.draws(5, seed=0)[:, 2]).all()
    weeks.figures.followers[:] = np.nan
    with pytest.raises(NotEnoughDataError, match="known followers"):
        fit_audience_model(weeks)


def test_equal_audiences_leave_b_as_it_was_thought_to_be(season):
    same = season(20)
    same.followers[:] = 5000
    slopes = fit_audience_model(same.weeks(), fair=0.0).slopes
    assert slopes["b"][0] == pytest.approx(USUAL_SLOPE) and slopes["sd"][0] == pytest.approx(SLOPE_SD, rel=0.05)


def test_bought_followers_on_one_platform_do_not_sink_the_agency(season):
    bought = season(seed=8)
    weeks = bought.weeks()
    weeks.figures.followers[5, 2] *= 60
    truth = bought.quality[5] - bought.quality.mean()
    robust, plain = fit_audience_model(weeks), fit_audience_model(weeks, robust=False)
    assert abs(robust.scores()[5] - truth) < abs(plain.scores()[5] - truth)
    assert robust.outlying.row(0)[:2] == ("agency-005", "instagram")


def test_draws_are_the_same_for_the_same_seed(season):
    model = fit_audience_model(season(9).weeks())
    assert np.array_equal(model.draws(50, seed=3), model.draws(50, seed=3))
    assert not np.array_equal(model.draws(50, seed=3), model.draws(50, seed=4))


def test_other_figures_are_scored_as_a_model_of_them_would(season):
    weeks = season(seed=9).weeks()
    model = fit_audience_model(weeks)
    assert model.rescored(weeks.figures) == pytest.approx(model.scores(), abs=0.02)
