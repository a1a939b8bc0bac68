"""Lift of a campaign: by hand, against a regression with dummies, and as often right as its intervals say."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from textmine.ranking.lift import AROUND_DAYS, lift_cells, lifts
from textmine.ranking.normal_means import PRIOR, normal_means

DAY = dt.date(2020, 3, 4)


def posts(rows):
    """Posts of (agency, platform, medium, days after the first day, in campaign, likes)."""
    table = pl.DataFrame(
        rows, schema=["agency", "platform", "media_type", "after", "in_campaign", "likes"], orient="row"
    )
    noon = dt.datetime(DAY.year, DAY.month, DAY.day, 5, tzinfo=dt.UTC)
    return table.select(
        "agency",
        pl.col("platform").cast(pl.Enum(["facebook", "x", "instagram", "youtube"])),
        "media_type",
        "in_campaign",
        (pl.lit(noon) + pl.duration(days="after")).alias("published_at"),
        pl.col("likes").cast(pl.UInt64),
        *(pl.lit(0 if name in ("comments", "shares") else None, pl.UInt64).alias(name)
          for name in ("comments", "shares", "saves", "views", "reach", "impressions")),
        pl.lit([], pl.List(pl.String)).alias("hidden"),
        pl.lit([], pl.List(pl.String)).alias("rounded"),
        pl.lit(None, pl.UInt64).alias("followers"),
        pl.lit("original").alias("post_kind"),
    ).lazy()  # fmt: skip


def spans(*agencies, start=0, end=0):
    days = {"start": DAY + dt.timedelta(days=start), "end": DAY + dt.timedelta(days=end)}
    return pl.DataFrame({"agency": agencies}).with_columns(**{name: pl.lit(day) for name, day in days.items()})


def test_only_posts_of_the_same_platform_and_medium_are_compared():
    rows = [
        ("a", "x", "image", 0, True, 7),
        ("a", "x", "carousel", 1, False, 1),  # an image, too
        ("a", "x", "video", 1, False, 500),  # no campaign's video: says nothing
        ("a", "instagram", "image", 1, False, 500),
        ("b", "x", "image", 0, True, 7),  # nothing to compare with
    ]
    lift, error = lifts(lift_cells(posts(rows), spans("a", "b")), ["a", "b", "c"])
    assert np.exp(lift[0]) == pytest.approx(4, rel=1e-4)  # (1 + 7) / (1 + 1)
    assert error[0] >= 0 and np.isnan(lift[1:]).all() and np.isnan(error[1:]).all()


def test_platforms_count_by_how_much_they_can_say():
    rows = [("a", "x", "image", 0, True, 7)] * 3 + [("a", "x", "image", 0, False, 1)] * 3  # says 3 * 3 / 6
    rows += [("a", "facebook", "text", 0, True, 0), ("a", "facebook", "text", 0, False, 1)]  # says 1 * 1 / 2
    lift, _ = lifts(lift_cells(posts(rows), spans("a")), ["a"])
    assert lift[0] == pytest.approx((1.5 * np.log(4) + 0.5 * np.log(1 / 2)) / 2, rel=1e-4)


def test_posts_long_before_or_after_do_not_count_and_hidden_figures_are_not_nought():
    rows = [("a", "x", "image", 0, True, 7), ("a", "x", "image", AROUND_DAYS, False, 1)]
    far = [("a", "x", "image", AROUND_DAYS + 1, False, 999), ("a", "x", "image", -AROUND_DAYS - 1, False, 999)]
    table = posts([*rows, *far]).collect()
    hidden = table.tail(1).with_columns(
        pl.lit(["likes"], pl.List(pl.String)).alias("hidden"), published_at=table["published_at"][0]
    )
    cells = lift_cells(pl.concat([table, hidden]).lazy(), spans("a"))
    assert np.exp(lifts(cells, ["a"])[0][0]) == pytest.approx(4, rel=1e-4)


def drawn_posts(generator, *, n_agencies=20, lift=0.3, weeks_differ=0.0):
    """Posts with known lifts, and the lifts."""
    true = generator.normal(lift, 0.2, n_agencies)
    rows = []
    for number in range(n_agencies):
        n = int(generator.integers(60, 250))
        after = generator.integers(-50, 70, n)
        inside = (generator.random(n) < 0.4) & (after >= 0) & (after <= 20)
        of_week = generator.normal(0, weeks_differ, 40)[(after + 60) // 7]
        platform = generator.integers(0, 2, n)
        level = 4 + platform + true[number] * inside + of_week + generator.normal(0, 0.8, n)
        names = np.array(["x", "instagram"])[platform]
        rows += [(f"a{number:02}", names[i], "image", int(after[i]), bool(inside[i]), round(np.exp(level[i])))
                 for i in range(n)]  # fmt: skip
    return rows, true


def test_the_estimate_is_that_of_a_regression_with_dummies_and_its_error_no_smaller():
    rows, _ = drawn_posts(np.random.default_rng(1), n_agencies=1)
    lift, error = lifts(lift_cells(posts(rows), spans("a00", end=20)), ["a00"])
    y = np.log1p([row[5] for row in rows])
    x = np.array([[row[4], row[1] == "x", row[1] == "instagram"] for row in rows], dtype=float)
    beta, rest, *_ = np.linalg.lstsq(x, y)
    expected = np.sqrt(rest[0] / (len(y) - 3) * np.linalg.inv(x.T @ x)[0, 0])
    assert lift[0] == pytest.approx(beta[0], abs=1e-4)
    assert error[0] >= expected * 0.999


def test_any_order_of_posts_gives_the_same_numbers():
    rows, _ = drawn_posts(np.random.default_rng(2), n_agencies=3)
    names = ["a00", "a01", "a02"]
    once, again = (lifts(lift_cells(posts(part), spans(*names, end=20)), names) for part in (rows, rows[::-1]))
    assert np.array_equal(once[0], again[0]) and np.array_equal(once[1], again[1])


@pytest.mark.parametrize("weeks_differ", [0.0, 0.3])
def test_intervals_hold_the_truth_about_as_often_as_they_say(weeks_differ):
    inside, n = 0, 0
    for seed in range(12):
        generator = np.random.default_rng(seed)
        rows, true = drawn_posts(generator, weeks_differ=weeks_differ)
        names = sorted({row[0] for row in rows})
        model = normal_means(*lifts(lift_cells(posts(rows), spans(*names, end=20)), names))
        low, high = np.quantile(model.draws(2000, seed=seed), [0.05, 0.95], axis=0)
        inside += ((low <= true) & (true <= high)).sum()
        n += len(true)
    assert 0.85 <= inside / n <= 0.97


def test_posterior_means_are_those_of_the_draws_and_lie_between_the_estimate_and_the_centre():
    estimate, error = np.array([0.9, 0.1, np.nan, 0.2, 0.15]), np.array([0.5, 0.05, 0.1, 0.05, np.nan])
    model = normal_means(estimate, error)
    mean, draws = model.mean(), model.draws(40_000, seed=1)
    assert np.isnan(mean[[2, 4]]).all() and np.isnan(draws[:, [2, 4]]).all()
    assert draws[:, [0, 1, 3]].mean(axis=0) == pytest.approx(mean[[0, 1, 3]], abs=0.01)
    assert 0.1 < mean[0] < 0.5  # little is known of it: the lucky one does not stay far ahead
    assert abs(mean[1] - 0.1) < 0.03


def test_posterior_equals_integration_by_brute_force():
    estimate, error = np.array([0.8, -0.1, 0.3]), np.array([0.3, 0.2, 0.4])
    centre, spread = np.meshgrid(np.linspace(-3, 3, 1201), np.linspace(0, 4 * PRIOR, 801))
    variance = error[:, None, None] ** 2 + spread**2
    log_density = -0.5 * (np.log(variance) + (estimate[:, None, None] - centre) ** 2 / variance).sum(axis=0)
    log_density -= 0.5 * (centre / PRIOR) ** 2 + 0.5 * (spread / PRIOR) ** 2
    weight = np.exp(log_density - log_density.max())
    pull = error[:, None, None] ** 2 / variance
    expected = (weight * (estimate[:, None, None] + pull * (centre - estimate[:, None, None]))).sum(axis=(1, 2))
    assert normal_means(estimate, error).mean() == pytest.approx(expected / weight.sum(), abs=2e-3)


def test_who_is_picked_as_the_largest_is_not_flattered():
    generator, bias, raw = np.random.default_rng(5), [], []
    for _ in range(300):
        true = generator.normal(0.2, 0.2, 30)
        error = generator.uniform(0.1, 0.6, 30)
        estimate = generator.normal(true, error)
        mean = normal_means(estimate, error).mean()
        bias.append(mean.max() - true[mean.argmax()])
        raw.append(estimate.max() - true[estimate.argmax()])
    assert abs(np.mean(bias)) < 0.05 < 0.4 < np.mean(raw)
