"""Trends of hashtags: posts, share of all posts, and growth against the period before, by day, week and month.

References
----------
W. G. Cochran, *Sampling Techniques*, 3rd edition 1977, section 3.12: the share of a class when whole clusters (here:
accounts) are drawn.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import polars as pl

from textmine.hashtags.uses import MIN_POSTS, HashtagUses

Step = Literal["day", "week", "month"]
STEPS: Final[tuple[Step, ...]] = get_args(Step)
_EVERY: Final[dict[Step, str]] = {"day": "1d", "week": "1w", "month": "1mo"}
_NORMAL_95: Final = 1.959964

TRENDS_SCHEMA: Final = pl.Schema(
    {
        "hashtag": pl.String(),
        "spelling": pl.String(),
        "step": pl.Enum(STEPS),
        "start": pl.Date(),
        "posts": pl.UInt32(),
        "accounts": pl.UInt32(),
        "all_posts": pl.UInt32(),
        "share": pl.Float64(),
        "growth": pl.Float64(),
        "growth_low": pl.Float64(),
        "growth_high": pl.Float64(),
    }
)


def hashtag_trends(uses: HashtagUses, *, min_posts: int = MIN_POSTS) -> pl.DataFrame:
    """Count hashtags by day, week (from Monday) and month in Asia/Jakarta.

    Parameters
    ----------
    uses
        From :func:`textmine.hashtags.hashtag_uses`.
    min_posts
        Hashtags with fewer posts are left out.

    Returns
    -------
    polars.DataFrame
        Columns of ``TRENDS_SCHEMA``, a row for each hashtag and period in which it was used; periods without it have
        no row. ``share`` is that of ``all_posts``, the credited posts of the period, so a first or last week that is
        cut short compares with a whole one. ``growth`` is the share over the share of the period before: 2 is twice
        as much; null where the period before has none. ``growth_low`` and ``growth_high`` bound it with 95 %
        confidence over accounts: what would change had other accounts of this kind been collected. A hashtag of one
        account therefore has a wide interval, whatever the number of its posts. The overlap of the accounts of both
        periods is not used, which makes the interval rather too wide than too narrow.
    """
    used = uses.with_posts(uses.frequent(min_posts), "day", "account")
    by_step = [_by_step(uses.posts, used, step) for step in STEPS]
    table = uses.named(pl.concat(by_step)).select(pl.col(name).cast(dtype) for name, dtype in TRENDS_SCHEMA.items())
    return table.sort("hashtag", "step", "start")


def _by_step(posts: pl.DataFrame, used: pl.DataFrame, step: Step) -> pl.DataFrame:
    every = _EVERY[step]
    start = pl.col("day").dt.truncate(every).alias("start")
    of_account = posts.group_by(start, "account").agg(pl.len().cast(pl.Float64).alias("n"))
    of_all = of_account.group_by("start").agg(
        pl.col("n").sum().alias("all_posts"), (pl.col("n") ** 2).sum().alias("squares"), pl.len().alias("all_accounts")
    )
    counted = (
        used.group_by("tag", start, "account")
        .agg(pl.len().cast(pl.Float64).alias("a"))
        .join(of_account, on=["start", "account"])
        .group_by("tag", "start")
        .agg(
            pl.col("a").sum().alias("posts"),
            pl.len().alias("accounts"),
            (pl.col("a") ** 2).sum().alias("aa"),
            (pl.col("a") * pl.col("n")).sum().alias("an"),
        )
        .join(of_all, on="start")
        .with_columns((pl.col("posts") / pl.col("all_posts")).alias("share"))
    )
    share, clusters = pl.col("share"), pl.col("all_accounts")
    # Sum over all accounts of (a - share n)², those that do not use the hashtag included.
    spread = pl.col("aa") - 2 * share * pl.col("an") + share**2 * pl.col("squares")
    relative = spread * clusters / (clusters - 1) / pl.col("posts") ** 2
    counted = counted.with_columns(pl.when(clusters > 1).then(relative.clip(0)).alias("variance"))
    before = counted.select(
        "tag",
        pl.col("start").dt.offset_by(every),
        pl.col("share").alias("share_before"),
        pl.col("variance").alias("variance_before"),
    )
    compared = counted.join(before, on=["tag", "start"], how="left")
    growth = share / pl.col("share_before")
    factor = (_NORMAL_95 * (pl.col("variance") + pl.col("variance_before")).sqrt()).exp()
    return compared.select(
        "tag",
        pl.lit(step, pl.Enum(STEPS)).alias("step"),
        "start",
        "posts",
        "accounts",
        "all_posts",
        "share",
        growth.alias("growth"),
        (growth / factor).alias("growth_low"),
        (growth * factor).alias("growth_high"),
    )
