"""Traits of posts that are compared: few, fixed, and told by everybody who sees the post.

References
----------
Kruikemeier 2014, Bonson, Royo and Ratkai 2015, Mergel 2013: medium, time, length, tags and questions are what studies
of public bodies' posts compare.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

import polars as pl

from textmine.features.zones import local_time
from textmine.posts import MEDIA_TYPES

Trait = Literal["medium", "hour", "weekday", "length", "hashtags", "question", "topic"]
TRAITS: Final[tuple[Trait, ...]] = get_args(Trait)

HOURS: Final = (0, 6, 9, 12, 15, 18, 21, 24)
"""Bounds of the bands of hours, where the agency is."""
LENGTHS: Final = (0, 100, 300, 800)
"""Least characters of each band of lengths."""
HASHTAGS: Final = (0, 1, 4, 10)
"""Least hashtags of each band."""

ONE_SIDED: Final[frozenset[Trait]] = frozenset({"question"})
"""Traits that a post has or does not have: only having it is compared."""

_QUESTION: Final = r"\?(?:[^\w=&%/#]|$)"
"""A question mark that ends something: those of web addresses are followed by letters."""

_UNKNOWN: Final = MEDIA_TYPES.index("unknown")


def with_traits(posts: pl.DataFrame, zones: pl.DataFrame) -> pl.DataFrame:
    """Posts with the level of each trait as a number, null where it is not known.

    Parameters
    ----------
    posts
        ``agency``, ``published_at``, ``media_type``, ``caption``, ``hashtags`` and ``topic`` (number of the topic that
        a post is mainly about, or null), shape (n_posts, any).
    zones
        From :func:`textmine.features.zones.time_zones`.

    Returns
    -------
    polars.DataFrame
        The posts with a column for each of :data:`TRAITS`, Int32: position in ``MEDIA_TYPES``, in the bands of
        :data:`HOURS`, :data:`LENGTHS` and :data:`HASHTAGS`, 0 Monday to 6 Sunday, 1 with a question, number of the
        topic.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> post = {"agency": "a", "published_at": [datetime(2025, 3, 3, 5, tzinfo=UTC)], "media_type": "video",
    ...         "caption": "Sudah vaksin?", "hashtags": [["Sehat"]], "topic": None}
    >>> zones = pl.DataFrame(schema={"agency": pl.String, "time_zone": pl.String})
    >>> with_traits(pl.DataFrame(post), zones).select(TRAITS).row(0)
    (2, 3, 0, 0, 1, 1, None)
    """
    local, medium = pl.col("local"), pl.col("media_type").cast(pl.Enum(MEDIA_TYPES)).to_physical()
    timed = local_time(posts, zones)
    return timed.with_columns(
        pl.when(medium != _UNKNOWN).then(medium).cast(pl.Int32).alias("medium"),
        _band(local.dt.hour(), HOURS[:-1]).alias("hour"),
        (local.dt.weekday().cast(pl.Int32) - 1).alias("weekday"),
        _band(pl.col("caption").str.len_chars(), LENGTHS).alias("length"),
        _band(pl.col("hashtags").list.len(), HASHTAGS).alias("hashtags"),
        pl.col("caption").str.contains(_QUESTION).cast(pl.Int32).alias("question"),
        pl.col("topic").cast(pl.Int32),
    ).drop("local", "time_zone")


def _band(value: pl.Expr, least: tuple[int, ...]) -> pl.Expr:
    """Position of the band in which a value lies."""
    return pl.sum_horizontal((value >= bound).cast(pl.Int32) for bound in least[1:]).cast(pl.Int32)
