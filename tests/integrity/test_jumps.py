import datetime as dt

import numpy as np
import polars as pl

from tests.integrity.seasons import START, posts
from textmine.integrity import follower_jumps

DAY = START.date()


def readings(*, jump=None, gain=1.5, days=200, noise=0.002, start=20_000.0, every=3, seed=0):
    generator = np.random.default_rng(seed)
    on = np.arange(0, days, every)
    level = np.log(start) + 0.0005 * on + np.cumsum(generator.normal(0, noise, len(on)))
    if jump is not None:
        level += np.where(on >= jump, np.log(gain), 0.0)
    return pl.DataFrame(
        {
            "platform": ["instagram"] * len(on),
            "account": ["akun0"] * len(on),
            "read_on": [DAY + dt.timedelta(days=int(d)) for d in on],
            "read": np.round(np.exp(level)),
        }
    )


def jumps(table, season=None):
    return follower_jumps(table, (posts(accounts=1, each=100) if season is None else season).lazy())


def test_a_jump_is_found_with_its_days():
    row = jumps(readings(jump=101)).row(0, named=True)
    assert row["score"] > 0.5
    assert row["since"] <= DAY + dt.timedelta(days=101) <= row["until"]
    assert row["followers_after"] / row["followers_before"] > 1.45


def test_growth_alone_is_no_jump():
    for seed in range(20):
        assert jumps(readings(seed=seed)).is_empty()


def test_a_jump_within_the_noise_of_the_account_is_none():
    assert (jumps(readings(jump=101, gain=1.15, noise=0.05))["score"] < 0.5).all()


def test_small_numbers_are_no_jump():
    assert jumps(readings(jump=101, start=60.0)).is_empty()


def test_few_readings_say_nothing():
    assert jumps(readings(jump=101, every=40)).is_empty()


def test_a_jump_that_engagement_follows_scores_less():
    season = posts(accounts=1, each=100)
    later = pl.col("published_at") > START + dt.timedelta(days=101)
    risen = season.with_columns((pl.when(later).then(4).otherwise(1) * pl.col("likes")).cast(pl.UInt64).alias("likes"))
    bought = jumps(readings(jump=101)).row(0, named=True)
    earned = jumps(readings(jump=101), risen).row(0, named=True)
    assert earned["score"] < 0.5 < bought["score"]


def test_a_delivery_over_some_days_is_one_jump():
    steps = readings(every=1, jump=100, gain=1.2)
    more = pl.col("read_on") >= DAY + dt.timedelta(days=102)
    table = steps.with_columns(pl.when(more).then(pl.col("read") * 1.2).otherwise("read").round().alias("read"))
    row = jumps(table).row(0, named=True)
    assert row["followers_after"] / row["followers_before"] > 1.4
