"""Sudden jumps of an account's audience that its engagement does not follow, as bought followers make.

Readings of followers over time are compared in logarithms. An account's usual growth is the median of its daily rates,
its noise the median absolute deviation of what is left. A jump is what one step or a few steps within a week add
beyond growth, by more than six times the noise, a tenth of the audience and a hundred people. News may bring a jump
too: then people react afterwards. The score is multiplied by the probability that
engagement stayed, against that it rose with the audience, both equally likely before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from textmine.posts import interactions_of_post, is_credited, local_day

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

JUMPS_SCHEMA: Final = pl.Schema(
    {
        "platform": pl.String(),
        "account": pl.String(),
        "score": pl.Float64(),
        "since": pl.Date(),
        "until": pl.Date(),
        "followers_before": pl.Int64(),
        "followers_after": pl.Int64(),
        "times_noise": pl.Float64(),
        "engagement_rise": pl.Float64(),
    }
)
MIN_READINGS: Final = 8
WEEK: Final = 7
"""Days within which a jump happens; steps over longer gaps between readings cannot be told from growth."""
LONGEST_GAP: Final = 31
NOISES: Final = 6.0
"""Score one half: the jump is so many times the noise of the account."""
LEAST_SHARE: Final = 0.10
LEAST_FOLLOWERS: Final = 100
LEAST_SCORE: Final = 0.2
"""Jumps that score less before engagement is looked at are left out."""
EXPONENT: Final = 0.8
"""Power of the audience with which engagement grows when people come, see :mod:`textmine.ranking.audience_model`."""
AROUND: Final = 120
"""Days before and after in which engagement is compared."""
FEW_POSTS: Final = 5

_STEPS: Final = 4
_FLOOR: Final = 0.005
"""Noise of a step is never taken to be less: many accounts are read rounded."""
_UNKNOWN: Final = 0.8
_LEAST_ERROR: Final = 0.1
_MAD: Final = 1.4826
_ACCOUNT: Final = ("platform", "account")


def follower_jumps(readings: pl.DataFrame, posts: pl.LazyFrame) -> pl.DataFrame:
    """Find the largest jump of each account.

    Parameters
    ----------
    readings
        ``platform``, ``account``, ``read_on`` (day) and ``read`` (followers), as
        :func:`textmine.features.audience.audience_readings` has them.
    posts
        Canonical posts, for the engagement around a jump.

    Returns
    -------
    polars.DataFrame
        Columns of ``JUMPS_SCHEMA``, at most a row an account, sorted by platform and account. ``since`` and ``until``
        are the days of the readings before and after it; ``engagement_rise`` is the difference of mean log engagement
        in the 120 days after and before, null where there are fewer than five posts on either side.
    """
    largest = _largest(_steps(readings))
    if largest.is_empty():
        return JUMPS_SCHEMA.to_frame()
    rise = _rise(posts, largest)
    both = largest.join(rise, on=_ACCOUNT, how="left")
    # Bought followers leave engagement where it was, people take it along: which of the two fits better?
    expected = EXPONENT * pl.col("jump")
    error = pl.max_horizontal("rise_error", pl.lit(_LEAST_ERROR))
    odds = (expected * (expected - 2 * pl.col("engagement_rise")) / (2 * error**2)).clip(-30, 30).exp()
    certainty = pl.when(pl.col("engagement_rise").is_null()).then(_UNKNOWN).otherwise(odds / (1 + odds))
    sudden = pl.col("times_noise") / (pl.col("times_noise") + NOISES)
    score = sudden * certainty
    table = both.with_columns(score.alias("score")).filter(sudden >= LEAST_SCORE).sort(_ACCOUNT)
    return table.select(pl.col(name).cast(dtype) for name, dtype in JUMPS_SCHEMA.items())


def _steps(readings: pl.DataFrame) -> pl.DataFrame:
    """Steps from reading to reading beyond the account's growth, with its noise a step."""
    level, day = pl.col("read").log(), pl.col("read_on")
    ordered = readings.with_columns(pl.col("platform").cast(pl.String)).sort(*_ACCOUNT, "read_on")
    stepped = ordered.filter(pl.len().over(_ACCOUNT) >= MIN_READINGS).with_columns(
        level.diff().over(_ACCOUNT).alias("step"),
        day.diff().over(_ACCOUNT).dt.total_days().alias("gap"),
        pl.col("read").shift().over(_ACCOUNT).alias("before"),
        day.shift().over(_ACCOUNT).alias("since"),
    )
    stepped = stepped.drop_nulls("step").filter(pl.col("gap") <= LONGEST_GAP)
    beyond = pl.col("step") - (pl.col("step") / pl.col("gap")).median().over(_ACCOUNT) * pl.col("gap")
    stepped = stepped.with_columns(beyond.alias("beyond"))
    noise = _MAD * (pl.col("beyond") / pl.col("gap").sqrt()).abs().median().over(_ACCOUNT)
    return stepped.with_columns(noise.alias("noise"))


def _largest(steps: pl.DataFrame) -> pl.DataFrame:
    """The jump of each account that is most times its noise, over one step or a few within a week."""
    spans = []
    for n_steps in range(1, _STEPS + 1):
        back = n_steps - 1
        whole = steps.with_columns(
            pl.col("beyond").rolling_sum(n_steps).over(_ACCOUNT).alias("jump"),
            pl.col("gap").rolling_sum(n_steps).over(_ACCOUNT).alias("days"),
            pl.col("since").shift(back).over(_ACCOUNT),
            pl.col("before").shift(back).over(_ACCOUNT),
        )
        within = (pl.col("days") <= WEEK) if n_steps > 1 else pl.lit(value=True)
        spans.append(whole.filter(within & (pl.col("read_on") - pl.col("since")).dt.total_days().eq(pl.col("days"))))
    chance = pl.max_horizontal(pl.col("noise") * pl.col("days").sqrt(), _FLOOR, 1 / pl.col("before").sqrt())
    found = pl.concat(spans).with_columns((pl.col("jump") / chance).alias("times_noise"))
    grown = pl.col("read") - pl.col("before")
    large = (pl.col("jump") >= np.log1p(LEAST_SHARE)) & (grown >= LEAST_FOLLOWERS)
    return (
        found.filter(large)
        .sort(*_ACCOUNT, "times_noise", "days", "since", descending=[False, False, True, False, False])
        .unique(_ACCOUNT, keep="first", maintain_order=True)
        .select(
            *_ACCOUNT,
            "jump",
            "times_noise",
            "since",
            pl.col("read_on").alias("until"),
            pl.col("before").alias("followers_before"),
            pl.col("read").alias("followers_after"),
        )
    )


def _rise(posts: pl.LazyFrame, jumps: pl.DataFrame) -> pl.DataFrame:
    """Difference of mean log engagement after and before, and its standard error."""
    day = local_day()
    known = (
        posts.filter(is_credited())
        .select(pl.col("platform").cast(pl.String), "account", day.alias("day"), interactions_of_post().alias("sum"))
        .drop_nulls("sum")
        .join(jumps.lazy().select(*_ACCOUNT, "since", "until"), on=_ACCOUNT, how="inner")
    )
    after = (pl.col("day") > pl.col("until")) & (pl.col("day") <= pl.col("until") + pl.duration(days=AROUND))
    before = (pl.col("day") <= pl.col("since")) & (pl.col("day") > pl.col("since") - pl.duration(days=AROUND))
    level = pl.col("sum").cast(pl.Float64).log1p()
    sides = known.with_columns(after.alias("after"), before.alias("before"))
    told = sides.group_by(_ACCOUNT).agg(
        (level.filter("after").mean() - level.filter("before").mean()).alias("rise"),
        (level.filter("after").var() / pl.col("after").sum() + level.filter("before").var() / pl.col("before").sum())
        .sqrt()
        .alias("rise_error"),
        (pl.min_horizontal(pl.col("after").sum(), pl.col("before").sum()) >= FEW_POSTS).alias("enough"),
    )
    return (
        told.select(*_ACCOUNT, pl.when("enough").then("rise").alias("engagement_rise"), "rise_error")
        .collect(engine="streaming")
        .sort(_ACCOUNT)
    )
