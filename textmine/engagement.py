"""What the audience did with a post: which figures add up on each platform, and what they are held against.

Null is not zero. Only figures that the platform reports are added; a post that reports none of them has no
engagement, and neither has one of whose figures the platform hides one: what is left would look like a poor post.
Which figures were added stands beside the sum, so that posts are compared with posts of the same figures. Reposts
carry the counts of the original, and ads are paid for: neither is credited.

References
----------
The public figures are those that rating services add up (Socialinsider, Rival IQ): Facebook reactions, comments and
shares; X likes, replies, retweets and quotes; Instagram and YouTube likes and comments. Shares and saves on Instagram
are told to the owner alone, so they would make agencies unequal by who exported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import polars as pl

from textmine.platforms import Platform
from textmine.posts import FIGURES, POLARS_SCHEMA, Figure, is_credited

_PUBLIC: Final[Mapping[Platform, tuple[Figure, ...]]] = MappingProxyType(
    {
        "facebook": ("likes", "comments", "shares"),
        "x": ("likes", "comments", "shares"),
        "instagram": ("likes", "comments"),
        "youtube": ("likes", "comments"),
    }
)


@dataclass(frozen=True)
class EngagementDefinition:
    """What engagement is: figures of each platform, and what one of each counts.

    Parameters
    ----------
    name
        How it is called where several stand side by side.
    figures
        Figures that are added on each platform; a platform that is left out has no engagement.
    weights
        What one of a figure counts; 1 where nothing is said.
    """

    name: str
    figures: Mapping[Platform, tuple[Figure, ...]]
    weights: Mapping[Figure, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = {figure for of_platform in self.figures.values() for figure in of_platform}
        if unknown := sorted((named | set(self.weights)) - set(FIGURES)):
            raise ValueError(f"{unknown[0]!r} is no figure; the figures are {', '.join(FIGURES)}")


PUBLIC: Final = EngagementDefinition("public", _PUBLIC)
"""The figures that a platform shows to everybody, each counting once."""

_FIGURE: Final = pl.Enum(FIGURES)

ENGAGEMENT_SCHEMA: Final = pl.Schema(
    {
        "engagement": pl.Float64(),
        "engagement_figures": pl.String(),
        "engagement_hidden": pl.Boolean(),
        "engagement_rounded": pl.Boolean(),
        "engagement_per_follower": pl.Float64(),
        "engagement_per_view": pl.Float64(),
        "comment_share": pl.Float64(),
    }
)


def post_engagement(posts: pl.DataFrame, *, definition: EngagementDefinition = PUBLIC) -> pl.DataFrame:
    """Engagement of each post.

    Parameters
    ----------
    posts
        Canonical posts, shape (n_posts, any).
    definition
        What engagement is.

    Returns
    -------
    polars.DataFrame
        Columns of ``ENGAGEMENT_SCHEMA``, shape (n_posts, 7), in the order of the posts. ``engagement`` is the sum of
        the figures named in ``engagement_figures`` (``likes+comments``); null where none is reported, where the
        platform hides one of the definition's, and where the post is not credited. ``engagement_hidden`` and
        ``engagement_rounded`` say whether the platform hid or rounded one of them. ``engagement_per_follower`` and
        ``engagement_per_view`` are null where the audience or the views are not known or 0. ``comment_share`` is
        comments over engagement, both by the same weights; null where comments are not reported or engagement is 0.

    Examples
    --------
    >>> from textmine.posts import empty_posts
    >>> post_engagement(empty_posts()).shape
    (0, 7)
    """
    engagement = pl.col("engagement")
    with_sum = posts.select(
        engagement_of_post(definition).alias("engagement"),
        _names(definition).alias("engagement_figures"),
        _touches("hidden", definition).alias("engagement_hidden"),
        _touches("rounded", definition).alias("engagement_rounded"),
        pl.when(_counts_comments(definition)).then("comments").alias("comments"),
        "followers",
        "views",
    )
    return with_sum.with_columns(
        pl.when(engagement.is_not_null()).then("engagement_figures"),
        _over(engagement, pl.col("followers")).alias("engagement_per_follower"),
        _over(engagement, pl.col("views")).alias("engagement_per_view"),
        _over(pl.col("comments") * float(definition.weights.get("comments", 1)), engagement).alias("comment_share"),
    ).select(pl.col(name).cast(dtype) for name, dtype in ENGAGEMENT_SCHEMA.items())


def engagement_of_post(definition: EngagementDefinition = PUBLIC) -> pl.Expr:
    """Engagement of a post as in :func:`post_engagement`, float, for queries that are not in memory."""
    return pl.when(is_credited() & ~_touches("hidden", definition)).then(_sum(definition))


def _sum(definition: EngagementDefinition) -> pl.Expr:
    """Weighted sum of the figures that are there; null where none is."""
    per_platform = pl.lit(None, pl.Float64)
    for platform, figures in definition.figures.items():
        weighted = [pl.col(name).cast(pl.Float64) * float(definition.weights.get(name, 1)) for name in figures]
        some = pl.any_horizontal(pl.col(name).is_not_null() for name in figures)
        total = pl.when(some).then(pl.sum_horizontal(weighted))
        per_platform = pl.when(_is(platform)).then(total).otherwise(per_platform)
    return per_platform


def is_hidden(definition: EngagementDefinition = PUBLIC) -> pl.Expr:
    """Whether the platform hid one of the definition's figures of a post."""
    return _touches("hidden", definition)


def is_rounded(definition: EngagementDefinition = PUBLIC) -> pl.Expr:
    """Whether the platform rounded one of the definition's figures of a post."""
    return _touches("rounded", definition)


def lacks_figure(definition: EngagementDefinition = PUBLIC) -> pl.Expr:
    """Whether one of the definition's figures of a post is not reported, so that its engagement adds fewer."""
    lacking = pl.lit(False)
    for platform, figures in definition.figures.items():
        some = pl.any_horizontal(pl.col(name).is_null() for name in figures)
        lacking = pl.when(_is(platform)).then(some).otherwise(lacking)
    return lacking


def _names(definition: EngagementDefinition) -> pl.Expr:
    per_platform = pl.lit(None, pl.String)
    for platform, figures in definition.figures.items():
        given = [pl.when(pl.col(name).is_not_null()).then(pl.lit(name)) for name in figures]
        names = pl.concat_str(given, separator="+", ignore_nulls=True)
        per_platform = pl.when(_is(platform)).then(names).otherwise(per_platform)
    return per_platform


def _touches(mark: str, definition: EngagementDefinition) -> pl.Expr:
    """Whether one of the figures stands in a list of marks (``hidden``, ``rounded``)."""
    marked = pl.lit(False)
    for platform, figures in definition.figures.items():
        named = pl.any_horizontal(pl.col(mark).list.contains(pl.lit(name, _FIGURE)) for name in figures)
        marked = pl.when(_is(platform)).then(named).otherwise(marked)
    return marked.fill_null(False)


def _counts_comments(definition: EngagementDefinition) -> pl.Expr:
    return pl.any_horizontal(_is(name) for name, figures in definition.figures.items() if "comments" in figures)


def _is(platform: Platform) -> pl.Expr:
    return pl.col("platform") == pl.lit(platform, POLARS_SCHEMA["platform"])


def _over(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    return pl.when(denominator > 0).then(numerator / denominator)
