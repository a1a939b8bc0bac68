"""The canonical post: one table for every platform, its columns, types, units and rules.

Null is not zero. A figure that the source does not report is null and never lowers a rate; 0 means that the
source reported none.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import dataframely as dy
import polars as pl

from textmine.platforms import PLATFORMS

MediaType = Literal["text", "image", "video", "carousel", "link", "reel", "story", "live", "unknown"]
PostKind = Literal["original", "repost", "quote", "reply", "ad"]
Figure = Literal["likes", "comments", "shares", "saves", "views", "reach", "impressions"]
FollowersKind = Literal["at_posting", "at_collection", "register", "unknown"]

MEDIA_TYPES: Final[tuple[MediaType, ...]] = get_args(MediaType)
POST_KINDS: Final[tuple[PostKind, ...]] = get_args(PostKind)
FIGURES: Final[tuple[Figure, ...]] = get_args(Figure)
FOLLOWERS_KINDS: Final[tuple[FollowersKind, ...]] = get_args(FollowersKind)

KEY: Final[tuple[str, str]] = ("platform", "post_id")
"""The columns that identify a post."""

REPORT_TIME_ZONE: Final = "Asia/Jakarta"
"""Times are stored in UTC and shown in this zone."""

MOST: Final = 10**12
"""No figure of a post is larger: what is, is an id in the wrong column, and would not add up in 64 bits."""

INTERACTIONS: Final = ("likes", "comments", "shares")
"""What counts as an interaction, in this order. Saves, views and reach are not asked of every reader."""


class PostSchema(dy.Schema):
    """Columns of the canonical post table, in order; one row a post.

    ``platform`` and ``post_id`` are the key. Counts are whole numbers, times are UTC with microseconds. ``hidden``
    and ``rounded`` name the figures that the platform hid or rounded.
    """

    platform = dy.Enum(PLATFORMS, primary_key=True)
    post_id = dy.String(primary_key=True, min_length=1)
    account = dy.String(min_length=1)
    agency = dy.String(nullable=True)
    published_at = dy.Datetime(time_zone="UTC", time_unit="us")
    caption = dy.String()
    hashtags = dy.List(dy.String())
    media_type = dy.Enum(MEDIA_TYPES)
    post_kind = dy.Enum(POST_KINDS)
    coauthors = dy.List(dy.String())
    likes = dy.UInt64(nullable=True)
    comments = dy.UInt64(nullable=True)
    shares = dy.UInt64(nullable=True)
    saves = dy.UInt64(nullable=True)
    views = dy.UInt64(nullable=True)
    reach = dy.UInt64(nullable=True)
    impressions = dy.UInt64(nullable=True)
    hidden = dy.List(dy.Enum(FIGURES))
    rounded = dy.List(dy.Enum(FIGURES))
    followers = dy.UInt64(nullable=True)
    followers_kind = dy.Enum(FOLLOWERS_KINDS)
    url = dy.String(nullable=True)
    collected_at = dy.Datetime(nullable=True, time_zone="UTC", time_unit="us")
    source = dy.String()
    source_row = dy.UInt64()


COLUMNS: Final[tuple[str, ...]] = tuple(PostSchema.column_names())
POLARS_SCHEMA: Final = pl.Schema(PostSchema.create_empty().schema)
"""The Polars types of :class:`PostSchema`, in order."""


REJECT_SCHEMA: Final = pl.Schema(
    {
        "source": pl.String(),
        "source_row": pl.UInt64(),
        "reason": pl.String(),
        "column": pl.String(),
        "value": pl.String(),
        "raw": pl.String(),
    }
)
"""Columns of ``rejects.parquet``: where the row stood, why it was refused, the culprit, and the row itself as JSON."""


SNAPSHOT_SCHEMA: Final = pl.Schema(
    {
        name: POLARS_SCHEMA[name]
        for name in (
            *KEY,
            "collected_at",
            *FIGURES,
            "hidden",
            "rounded",
            "followers",
            "followers_kind",
            "source",
            "source_row",
        )
    }
)
"""Columns of ``snapshots.parquet``: every collected state of the posts that were collected in several states."""


def empty_posts() -> pl.DataFrame:
    """Post table without rows: shape (0, 25), the canonical columns and types."""
    return pl.DataFrame(schema=POLARS_SCHEMA)


def local_day(column: str = "published_at") -> pl.Expr:
    """Day of a time in Asia/Jakarta."""
    return pl.col(column).dt.convert_time_zone(REPORT_TIME_ZONE).dt.date()


def is_credited() -> pl.Expr:
    """Whether a post counts for its agency: reposts of others and ads are kept in the table but never credited."""
    return ~pl.col("post_kind").cast(pl.String).is_in(["repost", "ad"])


def credited(posts: pl.LazyFrame) -> pl.LazyFrame:
    """Posts that count for the agency (see :func:`is_credited`)."""
    return posts.filter(is_credited())


def interactions_of_post() -> pl.Expr:
    """Likes, comments and shares of a post together, of those that its source reports.

    Null when none is reported, and when the platform hides one: what is left would look like a poor post.
    """
    some = pl.any_horizontal(pl.col(f).is_not_null() for f in INTERACTIONS)
    hidden = pl.col("hidden").cast(pl.List(pl.String)).list.set_intersection(pl.lit(list(INTERACTIONS))).list.len() > 0
    return pl.when(some & ~hidden.fill_null(False)).then(pl.sum_horizontal(INTERACTIONS)).cast(pl.UInt64)
