"""How the audience of an account grew before a post, as far as somebody read it."""

from __future__ import annotations

from typing import Final

import polars as pl

from textmine.posts import local_day

SPAN: Final = 28
"""Days that the growth is given for."""
_OLDEST: Final = 2 * SPAN
_FRESH: Final = 7
"""Days for which a reading holds."""

_ACCOUNT: Final = ["platform", "account"]


def audience_growth(posts: pl.LazyFrame, snapshots: pl.LazyFrame | None = None) -> pl.DataFrame:
    """Growth of the audience of each account up to each day on which it posted.

    Parameters
    ----------
    posts
        Canonical posts. Readings are audiences at posting, and those at collection whose time is known; one of the
        register has no history.
    snapshots
        Columns of ``snapshots.parquet`` (:data:`textmine.posts.SNAPSHOT_SCHEMA`), for more readings.

    Returns
    -------
    polars.DataFrame
        ``platform``, ``account``, ``day`` (Asia/Jakarta) and ``followers_growth``: the newest reading of the last
        seven days over one that is 28 to 56 days older, minus 1, scaled to 28 days. Days without both are left out.
    """
    readings = audience_readings(posts, snapshots)
    days = posts.select(*_ACCOUNT, local_day("published_at").alias("day")).unique().collect(engine="streaming")
    now = _nearest(days.sort("day"), readings, "day", _FRESH, "now")
    then_wanted = now.drop_nulls("now").with_columns((pl.col("now_on") - pl.duration(days=SPAN)).alias("wanted"))
    both = _nearest(then_wanted.sort("wanted"), readings, "wanted", _OLDEST - SPAN, "then").drop_nulls("then")
    between = (pl.col("now_on") - pl.col("then_on")).dt.total_days()
    growth = (pl.col("now") / pl.col("then") - 1) * SPAN / between
    return both.select(*_ACCOUNT, "day", growth.alias("followers_growth")).sort(*_ACCOUNT, "day")


def growth_of(posts: pl.DataFrame, growth: pl.DataFrame) -> pl.DataFrame:
    """Growth of the audience of each post's account, shape (n_posts, 1), null where it is not known."""
    keyed = posts.select(*_ACCOUNT, local_day("published_at").alias("day"))
    return keyed.join(growth, on=[*_ACCOUNT, "day"], how="left", maintain_order="left").select("followers_growth")


def audience_readings(posts: pl.LazyFrame, snapshots: pl.LazyFrame | None) -> pl.DataFrame:
    """The last audience that was read of each account on each day.

    Parameters
    ----------
    posts, snapshots
        As for :func:`audience_growth`.

    Returns
    -------
    polars.DataFrame
        ``platform``, ``account``, ``read_on`` (Asia/Jakarta) and ``read``, sorted by day.
    """
    kind = pl.col("followers_kind").cast(pl.String)
    at = pl.when(kind == "at_posting").then("published_at").when(kind == "at_collection").then("collected_at")
    seen = [posts.select(*_ACCOUNT, at.alias("at"), "followers")]
    if snapshots is not None:
        owners = posts.select("platform", "post_id", "account")
        collected = snapshots.filter(kind == "at_collection").select("platform", "post_id", "collected_at", "followers")
        joined = owners.join(collected, on=["platform", "post_id"], how="inner")
        seen.append(joined.select(*_ACCOUNT, pl.col("collected_at").alias("at"), "followers"))
    known = pl.concat(seen).filter(pl.col("at").is_not_null() & (pl.col("followers") > 0))
    last = pl.col("followers").cast(pl.Float64).sort_by("at", "followers").last()
    of_days = known.group_by(*_ACCOUNT, local_day("at").alias("read_on")).agg(last.alias("read"))
    return of_days.collect(engine="streaming").sort("read_on", *_ACCOUNT)


def _nearest(table: pl.DataFrame, readings: pl.DataFrame, on: str, days: int, name: str) -> pl.DataFrame:
    """The newest reading on a day or up to some days before, as ``name`` and its day as ``name_on``."""
    named = readings.rename({"read": name, "read_on": f"{name}_on"})
    joined = table.join_asof(
        named,
        left_on=on,
        right_on=f"{name}_on",
        by=_ACCOUNT,
        tolerance=f"{days}d",
        coalesce=False,
        check_sortedness=False,
    )
    return joined
