"""What an agency posted, how regularly, to how many followers, and what came back.

References
----------
Gini, C. (1912). Variabilita e mutabilita. Bologna.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from textmine.engagement import engagement_of_post
from textmine.ranking.agency.cells import CELL, TOGETHER, cells

NOUGHT_WITHOUT_POSTS: Final = ("n_posts", "posts_per_week", "active_weeks_share")
"""What is 0, and known to be, where an agency has no post."""


def activity(posts: pl.DataFrame, *, weeks: int) -> pl.DataFrame:
    """Measures of activity and engagement.

    Parameters
    ----------
    posts
        From :func:`textmine.rates.posts.portions`: all posts of an agency or none; ``views`` among the columns.
    weeks
        Weeks of the period, Monday to Sunday; those at its ends count whole.

    Returns
    -------
    polars.DataFrame
        ``CELL`` and a column a measure, a row a cell with at least one credited post.
    """
    views_hidden = pl.col("hidden").cast(pl.List(pl.String)).list.contains("views").fill_null(False)
    own = posts.filter("credited").select(
        "agency", "platform", "media_type", "week",
        engagement_of_post().alias("engagement"),
        pl.when(~views_hidden).then(pl.col("views").cast(pl.Float64)).alias("views"),
    )  # fmt: skip
    table = pl.concat([_measures(part, weeks) for part in cells(own)])
    share = (pl.col("n_posts") / pl.col("n_posts").filter(pl.col("prefix") == "").first()).over("agency", "platform")
    shared = table.with_columns(pl.when(pl.col("prefix") != "").then(share).alias("media_share"))
    whole = shared.join(_audience(posts), on=CELL, how="left", maintain_order="left")
    return whole.with_columns(pl.col("agency").cast(pl.String))


def _measures(posts: pl.DataFrame, weeks: int) -> pl.DataFrame:
    engagement, views = pl.col("engagement").drop_nulls(), pl.col("views").drop_nulls()
    return (
        posts.group_by(CELL, maintain_order=True)
        .agg(
            pl.len().cast(pl.Float64).alias("n_posts"),
            (pl.len() / weeks).alias("posts_per_week"),
            (pl.col("week").n_unique() / weeks).alias("active_weeks_share"),
            (engagement.len() / pl.len()).alias("engagement_coverage"),
            pl.when(engagement.len() > 0).then(engagement.sum()).alias("engagement_total"),
            engagement.mean().alias("engagement_per_post"),
            engagement.median().alias("engagement_median"),
            pl.when(views.len() > 0).then(views.sum()).alias("views_total"),
            views.mean().alias("views_per_post"),
        )
        .join(_consistency(posts, weeks), on=CELL, how="left", maintain_order="left")
    )


def _consistency(posts: pl.DataFrame, weeks: int) -> pl.DataFrame:
    """1 less the Gini coefficient of posts by week; weeks without posts are the lowest ranks and add nothing."""
    counts = posts.group_by(*CELL, "week").agg(pl.len().cast(pl.Float64).alias("n")).sort(*CELL, "n")
    rank = weeks - pl.len() + pl.int_range(1, pl.len() + 1)
    gini = 2 * (rank * pl.col("n")).sum() / (weeks * pl.col("n").sum()) - (weeks + 1) / weeks
    return counts.group_by(CELL, maintain_order=True).agg((1 - gini).alias("consistency"))


def _audience(posts: pl.DataFrame) -> pl.DataFrame:
    """Average followers of the accounts, added up; accounts count from any of their posts, credited or not."""
    accounts = posts.group_by("agency", "platform", "account").agg(pl.col("followers_average").first())
    known = accounts.drop_nulls("followers_average").sort("agency", "platform", "account")
    added = pl.col("followers_average").drop_nulls().sum().alias("audience")
    single = known.with_columns(pl.col("platform").cast(pl.String))
    both = pl.concat([single, single.with_columns(pl.lit(TOGETHER).alias("platform"))])
    summed = both.group_by("agency", "platform", maintain_order=True).agg(added)
    return summed.select("agency", "platform", pl.lit("").alias("prefix"), "audience")
