"""The agency register: which account belongs to which institution, in which cluster, with which audience."""

from __future__ import annotations

from typing import Final

import dataframely as dy
import polars as pl

from textmine.errors import AgencyError
from textmine.platforms import PLATFORMS
from textmine.posts import local_day


class AgencySchema(dy.Schema):
    """Columns of the register; one row an account on a platform.

    ``followers`` was read on ``followers_at``. ``valid_from`` and ``valid_to`` bound the days on which the account
    belonged to the agency (both included, null is unbounded): ministries are merged and renamed.
    """

    agency = dy.String(min_length=1)
    name = dy.String(min_length=1)
    cluster = dy.String(nullable=True)
    platform = dy.Enum(PLATFORMS)
    account = dy.String(min_length=1)
    followers = dy.UInt64(nullable=True)
    followers_at = dy.Date(nullable=True)
    valid_from = dy.Date(nullable=True)
    valid_to = dy.Date(nullable=True)


PLATFORM_ALIASES: Final = {"twitter": "x", "ig": "instagram", "fb": "facebook", "yt": "youtube"}


def normalise_account(account: pl.Expr) -> pl.Expr:
    """Handle as the canonical post has it: lower case, without ``@`` and without white space around."""
    return account.str.strip_chars().str.strip_prefix("@").str.to_lowercase()


def normalise_platform(platform: pl.Expr) -> pl.Expr:
    """Platform name as the canonical post has it: ``twitter`` and ``x.com`` are ``x``, ``ig`` is ``instagram``."""
    lowered = platform.str.strip_chars().str.to_lowercase().str.strip_suffix(".com")
    return lowered.replace(PLATFORM_ALIASES)


def refuse_contradictions(register: pl.DataFrame) -> None:
    """Refuse a register that gives an account to two agencies on the same day.

    Parameters
    ----------
    register
        Rows of :class:`AgencySchema`.

    Raises
    ------
    AgencyError
        Names the account and both agencies.
    """
    bounds = register.with_columns(
        pl.col("valid_from").fill_null(pl.date(1, 1, 1)), pl.col("valid_to").fill_null(pl.date(9999, 12, 31))
    )
    pairs = bounds.join(bounds, on=["platform", "account"], suffix="_other").filter(
        (pl.col("agency") < pl.col("agency_other"))
        & (pl.col("valid_from") <= pl.col("valid_to_other"))
        & (pl.col("valid_from_other") <= pl.col("valid_to"))
    )
    if len(pairs):
        first = pairs.row(0, named=True)
        raise AgencyError(
            f"{first['account']} on {first['platform']}",
            candidates=(first["agency"], first["agency_other"]),
            problem="is given to two agencies at the same time",
        )


def join_agencies(posts: pl.LazyFrame, register: pl.DataFrame) -> pl.LazyFrame:
    """Give every post its agency and, where the source reports no audience, the register's.

    Parameters
    ----------
    posts
        Canonical posts; ``agency`` is overwritten.
    register
        Output of :func:`textmine.read_agencies`.

    Returns
    -------
    polars.LazyFrame
        The same posts, same columns and order. Posts of accounts that the register does not hold on their day
        have a null agency.
    """
    columns = posts.collect_schema().names()
    accounts = register.lazy().select(
        "platform",
        "account",
        pl.col("agency").alias("_agency"),
        pl.col("followers").alias("_followers"),
        pl.col("valid_from").alias("_from"),
        pl.col("valid_to").alias("_to"),
    )
    day = local_day()
    matched = (
        posts.select("platform", "post_id", "account", "published_at")
        .join(accounts, on=["platform", "account"], how="inner")
        .filter(
            (pl.col("_from").is_null() | (day >= pl.col("_from"))) & (pl.col("_to").is_null() | (day <= pl.col("_to")))
        )
        .select("platform", "post_id", "_agency", "_followers")
        .unique(["platform", "post_id"], keep="first", maintain_order=True)
    )
    from_register = pl.col("followers").is_null() & pl.col("_followers").is_not_null()
    return (
        posts.join(matched, on=["platform", "post_id"], how="left", maintain_order="left")
        .with_columns(
            pl.col("_agency").alias("agency"),
            pl.when(from_register)
            .then(pl.lit("register").cast(posts.collect_schema()["followers_kind"]))
            .otherwise(pl.col("followers_kind"))
            .alias("followers_kind"),
            pl.coalesce("followers", "_followers").alias("followers"),
        )
        .select(columns)
    )
