"""Checks the register against the posts."""

from __future__ import annotations

from typing import Final

import polars as pl

from textmine.audit.suggestions import suggest_agencies
from textmine.posts import local_day

UNASSIGNED: Final = "(none)"
"""Cluster of agencies without one."""

SCHEMA: Final = pl.Schema(
    {
        "finding": pl.String(),
        "platform": pl.String(),
        "account": pl.String(),
        "agency": pl.String(),
        "posts": pl.UInt32(),
        "first_day": pl.Date(),
        "last_day": pl.Date(),
        "interactions": pl.UInt64(),
        "suggestion": pl.String(),
        "score": pl.Float64(),
        "detail": pl.String(),
    }
)
_KEY: Final = ["platform", "account"]
_INTERACTIONS: Final = ("likes", "comments", "shares")


def check_agencies(posts: pl.LazyFrame, register: pl.DataFrame) -> pl.DataFrame:
    """Find what register and posts do not tell alike.

    Parameters
    ----------
    posts
        Canonical posts.
    register
        Rows of :class:`textmine.agencies.AgencySchema`.

    Returns
    -------
    polars.DataFrame
        One row a finding, columns of :data:`SCHEMA`, most posts first in each kind of finding:

        - ``account_without_agency``: posts of an account that the register does not hold; ``suggestion`` is the
          agency that it may belong to, ``score`` (0 to 1) how likely, ``detail`` why, or why the nearest one is
          another body (then without a suggestion).
        - ``outside_validity``: posts of a registered account on days for which it has no agency.
        - ``agency_without_posts``, ``account_without_posts`` (of an agency that has posts elsewhere).
        - ``followers_missing``: neither the register nor the posts know an account's audience.
        - ``cluster_missing``, ``two_clusters``: an agency has none, or more than one.
        - ``two_names``: an agency has more than one; ``agencies_alike``: agencies whose keys or names are the same but
          for capitals, spaces and punctuation; ``clusters_alike``: clusters whose names are. In all three one of them
          may be a slip that parts what belongs together.

        Days are those of Asia/Jakarta; interactions are likes, comments and shares as far as reported.
    """
    day = local_day()
    slim = posts.select(
        pl.col("platform").cast(pl.String), "account", day.alias("day"), "followers", *_INTERACTIONS
    )  # fmt: skip
    accounts = register.with_columns(pl.col("platform").cast(pl.String))
    seen = _tally(slim).collect()
    findings = [
        _without_agency(seen, accounts, register),
        _outside_validity(slim, accounts),
        *_without_posts(seen, accounts),
        _followers_missing(slim, seen, accounts),
        *_clusters(accounts),
        *_slips(accounts),
    ]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *findings])


def _tally(posts: pl.LazyFrame) -> pl.LazyFrame:
    """Posts, days and interactions of each account."""
    return (
        posts.group_by(_KEY)
        .agg(
            pl.len().cast(pl.UInt32).alias("posts"),
            pl.col("day").min().alias("first_day"),
            pl.col("day").max().alias("last_day"),
            pl.sum_horizontal(pl.col(*_INTERACTIONS).sum()).cast(pl.UInt64).alias("interactions"),
        )
        .sort("posts", *_KEY, descending=[True, False, False])
    )


def _rows(table: pl.DataFrame, finding: str) -> pl.DataFrame:
    """Findings in the schema; columns that a kind does not have are null."""
    given = table.with_columns(pl.lit(finding).alias("finding"))
    return given.select(
        (pl.col(name) if name in given.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in SCHEMA.items()
    )


def _without_agency(seen: pl.DataFrame, accounts: pl.DataFrame, register: pl.DataFrame) -> pl.DataFrame:
    unknown = seen.join(accounts, on=_KEY, how="anti", maintain_order="left")
    suggested = pl.DataFrame(
        [
            (s.platform, s.account, s.agency, s.score, s.why)
            if s.likely
            else (s.platform, s.account, None, s.score, f"nearest {s.agency}: {s.why}")
            for s in suggest_agencies(unknown, register)
        ],
        schema={"platform": pl.String, "account": pl.String, "suggestion": pl.String, "score": pl.Float64,
                "detail": pl.String},
        orient="row",
    )  # fmt: skip
    return _rows(unknown.join(suggested, on=_KEY, how="left", maintain_order="left"), "account_without_agency")


def _outside_validity(posts: pl.LazyFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    bounded = accounts.filter(pl.col("valid_from").is_not_null() | pl.col("valid_to").is_not_null())
    periods = accounts.join(bounded.select(_KEY).unique(), on=_KEY, how="semi")
    if not periods.height:
        return pl.DataFrame(schema=SCHEMA)
    covered = pl.col("day").is_between(
        pl.col("valid_from").fill_null(pl.date(1, 1, 1)), pl.col("valid_to").fill_null(pl.date(9999, 12, 31))
    )
    # posts are told by their place, for an account may have several periods
    days = posts.join(periods.lazy().select(_KEY).unique(), on=_KEY, how="semi").with_row_index("place")
    inside = days.join(periods.lazy(), on=_KEY).filter(covered).select("place").unique()
    outside = _tally(days.join(inside, on="place", how="anti")).collect()
    spans = periods.group_by(_KEY).agg(
        pl.col("agency").sort_by("valid_from").first(),
        pl.format(
            "{} {} to {}",
            "agency",
            pl.col("valid_from").cast(pl.String).fill_null("…"),
            pl.col("valid_to").cast(pl.String).fill_null("…"),
        ).sort_by("valid_from").str.join("; ").alias("detail"),
    )  # fmt: skip
    told = outside.join(spans, on=_KEY, how="left", maintain_order="left")
    return _rows(told.with_columns(pl.format("registered: {}", "detail").alias("detail")), "outside_validity")


def _without_posts(seen: pl.DataFrame, accounts: pl.DataFrame) -> list[pl.DataFrame]:
    silent = accounts.select(*_KEY, "agency").unique(maintain_order=True).join(seen, on=_KEY, how="anti")
    silent = silent.sort("agency", *_KEY)
    heard = accounts.join(seen, on=_KEY, how="semi")["agency"].unique()
    is_heard = pl.col("agency").is_in(heard.implode())
    agencies = (
        silent.filter(~is_heard)
        .group_by("agency", maintain_order=True)
        .agg(pl.format("{} on {}", "account", "platform").str.join(", ").alias("detail"))
    )
    return [_rows(agencies, "agency_without_posts"), _rows(silent.filter(is_heard), "account_without_posts")]


def _followers_missing(posts: pl.LazyFrame, seen: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    told = posts.filter(pl.col("followers").is_not_null()).select(_KEY).unique().collect()
    unknown = (
        accounts.filter(pl.col("followers").is_null())
        .join(accounts.filter(pl.col("followers").is_not_null()), on=_KEY, how="anti")
        .join(told, on=_KEY, how="anti")
        .unique(_KEY, keep="first", maintain_order=True)
        .select("agency", *_KEY)
    )
    return _rows(seen.join(unknown, on=_KEY, how="inner", maintain_order="left"), "followers_missing")


def _clusters(accounts: pl.DataFrame) -> list[pl.DataFrame]:
    by_agency = accounts.group_by("agency").agg(pl.col("cluster").drop_nulls().unique().sort()).sort("agency")
    none = by_agency.filter(pl.col("cluster").list.len() == 0).drop("cluster")
    several = by_agency.filter(pl.col("cluster").list.len() > 1).with_columns(
        pl.col("cluster").list.join(", ").alias("detail")
    )
    # a register without any cluster is meant so
    missing = none if none.height < by_agency.height else none.clear()
    return [_rows(missing, "cluster_missing"), _rows(several, "two_clusters")]


def _slips(accounts: pl.DataFrame) -> list[pl.DataFrame]:
    """Names and keys that may be one, written in two ways."""
    names = accounts.group_by("agency").agg(pl.col("name").unique().sort()).filter(pl.col("name").list.len() > 1)
    told = names.sort("agency").select("agency", pl.col("name").list.join(", ").alias("detail"))
    clusters = _alike(accounts.select(written="cluster", meant="cluster"))
    keys, by_name = (_alike(accounts.select(written=column, meant="agency")) for column in ("agency", "name"))
    agencies = pl.concat([keys, by_name]).unique(maintain_order=True)
    return [
        _rows(told, "two_names"),
        _rows(agencies.rename({"first": "agency"}), "agencies_alike"),
        _rows(clusters, "clusters_alike"),
    ]


def _alike(table: pl.DataFrame) -> pl.DataFrame:
    """``first`` and ``detail``, all, of what is meant by texts that are the same but for capitals and punctuation."""
    letters = pl.col("written").str.to_lowercase().str.replace_all(r"[\W_]+", "").alias("letters")
    meant = table.drop_nulls().group_by(letters).agg(pl.col("meant").unique().sort())
    several = meant.filter((pl.col("meant").list.len() > 1) & (pl.col("letters") != "")).sort("letters")
    return several.select(pl.col("meant").list.first().alias("first"), pl.col("meant").list.join(", ").alias("detail"))


def cluster_sizes(posts: pl.LazyFrame, register: pl.DataFrame) -> pl.DataFrame:
    """Sizes of the register's clusters beside what has posts.

    Returns
    -------
    polars.DataFrame
        cluster, agencies, agencies_with_posts, accounts, accounts_with_posts, posts; one row a cluster, sorted.
    """
    seen = posts.group_by(pl.col("platform").cast(pl.String), "account").agg(pl.len().alias("posts")).collect()
    accounts = (
        register.with_columns(pl.col("platform").cast(pl.String), pl.col("cluster").fill_null(UNASSIGNED))
        .unique(["agency", *_KEY], keep="first", maintain_order=True)
        .join(seen, on=_KEY, how="left")
    )
    has_posts = pl.col("posts").is_not_null()
    return (
        accounts.group_by("cluster")
        .agg(
            pl.col("agency").n_unique().alias("agencies"),
            pl.col("agency").filter(has_posts).n_unique().alias("agencies_with_posts"),
            pl.struct(_KEY).n_unique().alias("accounts"),
            pl.struct(_KEY).filter(has_posts).n_unique().alias("accounts_with_posts"),
            # an account that passed from one agency to another stands in two rows
            pl.col("posts").filter(pl.struct(_KEY).is_first_distinct()).sum(),
        )
        .sort("cluster")
    )
