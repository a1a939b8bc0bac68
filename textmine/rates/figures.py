"""Every rate of every agency on every platform, by the definition's own averaging, with what it was computed from.

Null is not zero. A post whose engagement is not known is in no mean. Where a definition sums over a period, the posts
that are not known count as the mean of the account's known ones: a figure that is hidden never lowers a rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import polars as pl

from textmine.engagement import EngagementDefinition, engagement_of_post, is_hidden, is_rounded, lacks_figure
from textmine.platforms import PLATFORMS
from textmine.posts import FOLLOWERS_KINDS
from textmine.rates.definitions import AudienceReading, Averaging, RateDefinition

TRIMMED: Final = 0.1
"""Share of the posts (or days) that a trimmed mean leaves out at each end, as ``scipy.stats.trim_mean``."""

RATES_SCHEMA: Final = pl.Schema(
    {
        "agency": pl.String(),
        "platform": pl.Enum(PLATFORMS),
        "definition": pl.String(),
        "value": pl.Float64(),
        "mean": pl.Float64(),
        "median": pl.Float64(),
        "trimmed_mean": pl.Float64(),
        "total": pl.Float64(),
        "audience": pl.String(),
        "denominator": pl.Float64(),
        "posts": pl.UInt32(),
        "known": pl.UInt32(),
        "used": pl.UInt32(),
        "hidden": pl.UInt32(),
        "absent": pl.UInt32(),
        "partial": pl.UInt32(),
        "rounded": pl.UInt32(),
        "followers_at_posting": pl.UInt32(),
        "followers_at_collection": pl.UInt32(),
        "followers_register": pl.UInt32(),
        "followers_unknown": pl.UInt32(),
    }
)
"""``value`` is the rate by the definition's own averaging; ``mean``, ``median`` and ``trimmed_mean`` are those of the
rates of single posts (of days, where the definition is one of days); ``total`` is the weighted engagement of all known
posts. ``denominator`` is the mean of what the used posts are held against, ``audience`` which reading of the followers
that is. ``posts`` = ``known`` + ``hidden`` + ``absent``; ``used`` are the known ones with a denominator, and the last
four columns say when the followers of those were read. ``partial`` are known posts that report some figures only,
``rounded`` those of which the platform rounded one."""

_CELL: Final = ["agency", "platform"]
_HELD: Final = ("reach", "impressions", "followers_posting", "followers_average", "followers_latest")


def rates(
    posts: pl.DataFrame,
    definitions: Iterable[RateDefinition],
    *,
    days: int,
    audience: AudienceReading | None = None,
) -> pl.DataFrame:
    """Rates of the agencies of a portion.

    Parameters
    ----------
    posts
        From :func:`textmine.rates.posts.portions`: all posts of an agency or none.
    definitions
        Those that are asked for.
    days
        Days of the period.
    audience
        Reading of the followers for all definitions; each one's own if None.

    Returns
    -------
    polars.DataFrame
        ``RATES_SCHEMA``, a row an agency, platform and definition with at least one credited post.
    """
    own = posts.filter("credited")
    chosen = list(definitions)
    alike: dict[object, list[RateDefinition]] = {}
    for definition in chosen:
        alike.setdefault(_identity(definition.engagement), []).append(definition)
    found: dict[str, pl.DataFrame] = {}
    for group in alike.values():
        told = _told(own, group[0].engagement)  # once for all that add the same figures; one at a time in memory
        found |= {each.name: _rate(told, each, days, audience or each.audience) for each in group}
    return pl.concat([pl.DataFrame(schema=RATES_SCHEMA), *(found[each.name] for each in chosen)])


def _identity(counted: EngagementDefinition) -> object:
    return tuple(sorted(counted.figures.items())), tuple(sorted(counted.weights.items()))


def _told(posts: pl.DataFrame, counted: EngagementDefinition) -> pl.DataFrame:
    """Posts with their engagement, and what is known of it."""
    return posts.select(
        *_CELL, "account", "day", "followers_kind", *_HELD,
        *(pl.col(name).cast(pl.Float64) for name in _figures(counted)),
        engagement_of_post(counted).alias("engagement"),
        is_hidden(counted).alias("is_hidden"),
        is_rounded(counted).alias("is_rounded"),
        lacks_figure(counted).alias("is_partial"),
    )  # fmt: skip


def _rate(posts: pl.DataFrame, definition: RateDefinition, days: int, audience: AudienceReading) -> pl.DataFrame:
    by_followers = definition.denominator == "followers"
    against = f"followers_{audience}" if by_followers else definition.denominator
    told = posts.with_columns(
        pl.when(pl.col(against) > 0).then(pl.col(against).cast(pl.Float64)).alias("held")
    ).with_columns(
        (pl.col("engagement").is_not_null() & pl.col("held").is_not_null()).alias("is_used"),
        (pl.col("engagement") / pl.col("held") * definition.scale).alias("each"),
    )
    cells = told.group_by(_CELL, maintain_order=True).agg(*_coverage(by_followers), *_centres("each"))
    value = _AVERAGED[definition.averaging](told, definition, days)
    if definition.averaging == "mean of days":
        cells = cells.drop("mean", "median", "trimmed_mean").join(value, on=_CELL, how="left")
    else:
        cells = cells.join(value.select(*_CELL, "value"), on=_CELL, how="left")
    named = cells.sort(_CELL).with_columns(
        pl.lit(definition.name).alias("definition"), pl.lit(audience if by_followers else None).alias("audience")
    )
    return named.select(pl.col(name).cast(dtype) for name, dtype in RATES_SCHEMA.items())


def _figures(counted: EngagementDefinition) -> Sequence[str]:
    return list(dict.fromkeys(name for figures in counted.figures.values() for name in figures))


def _coverage(by_followers: bool) -> list[pl.Expr]:
    known = pl.col("engagement").is_not_null()
    kinds = [
        (pl.col("is_used") & (pl.col("followers_kind") == kind)).sum().alias(f"followers_{kind}")
        if by_followers
        else pl.lit(None, pl.UInt32).alias(f"followers_{kind}")
        for kind in FOLLOWERS_KINDS
    ]
    return [
        pl.len().alias("posts"),
        known.sum().alias("known"),
        pl.col("is_used").sum().alias("used"),
        pl.col("is_hidden").sum().alias("hidden"),
        (~known & ~pl.col("is_hidden")).sum().alias("absent"),
        (known & pl.col("is_partial")).sum().alias("partial"),
        (known & pl.col("is_rounded")).sum().alias("rounded"),
        pl.when(known.any()).then(_sum("engagement")).alias("total"),
        pl.col("held").filter("is_used").mean().alias("denominator"),
        *kinds,
    ]


def _centres(column: str) -> list[pl.Expr]:
    values = pl.col(column).drop_nulls()
    cut = (values.len() * TRIMMED).floor().cast(pl.Int64)
    return [
        values.mean().alias("mean"),
        values.median().alias("median"),
        values.sort().slice(cut, values.len().cast(pl.Int64) - 2 * cut).mean().alias("trimmed_mean"),
    ]


def _mean(column: str) -> pl.Expr:
    # After drop_nulls() a group is added up in its order, whatever the number of threads: the same bytes everywhere.
    return pl.col(column).drop_nulls().mean()


def _sum(column: str) -> pl.Expr:
    return pl.col(column).drop_nulls().sum()


def _mean_of_posts(told: pl.DataFrame, definition: RateDefinition, days: int) -> pl.DataFrame:
    return told.group_by(_CELL, maintain_order=True).agg(_mean("each").alias("value"))


def _sum_over_sum(told: pl.DataFrame, definition: RateDefinition, days: int) -> pl.DataFrame:
    used = told.filter("is_used").group_by(_CELL, maintain_order=True)
    return used.agg((_sum("engagement") / _sum("held") * definition.scale).alias("value"))


def _mean_over_mean(told: pl.DataFrame, definition: RateDefinition, days: int) -> pl.DataFrame:
    used = told.filter("is_used").group_by(_CELL, maintain_order=True)
    return used.agg((_mean("engagement") / _mean("held") * definition.scale).alias("value"))


def _sum_of_means(told: pl.DataFrame, definition: RateDefinition, days: int) -> pl.DataFrame:
    """Means of single figures, each over the posts that report it."""
    parts = []
    for platform, figures in definition.engagement.figures.items():
        means = [_mean(name) * definition.engagement.weights.get(name, 1) for name in figures]
        known = pl.any_horizontal(_mean(name).is_not_null() for name in figures)
        value = pl.sum_horizontal(means) / _mean("held") * definition.scale
        used = told.filter((pl.col("platform") == platform) & pl.col("is_used"))
        parts.append(used.group_by(_CELL, maintain_order=True).agg(pl.when(known).then(value).alias("value")))
    return pl.concat(parts)


def _of_days(told: pl.DataFrame, definition: RateDefinition, days: int) -> pl.DataFrame:
    """Daily rates: engagement of a day's posts on all accounts over the followers of those accounts."""
    daily = _totals(told, ["day"]).with_columns((pl.col("whole") / pl.col("held") * definition.scale).alias("daily"))
    return daily.group_by(_CELL, maintain_order=True).agg(_mean("daily").alias("value"), *_centres("daily"))


def _over_days(told: pl.DataFrame, definition: RateDefinition, days: int) -> pl.DataFrame:
    rate = pl.col("whole") / pl.col("held") * definition.scale
    return _totals(told, []).select(*_CELL, (rate / days).alias("value"))


def _over_period(told: pl.DataFrame, definition: RateDefinition, days: int) -> pl.DataFrame:
    return _over_days(told, definition, 1)


def _totals(told: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Engagement of all posts, those that are not known as the mean of the others, and followers of the accounts."""
    known = told.group_by(*_CELL, *by, "account", maintain_order=True).agg(
        (_mean("engagement") * pl.len()).alias("whole"), _mean("held").alias("held")
    )
    both = known.drop_nulls(["whole", "held"]).sort(*_CELL, *by, "account")
    return both.group_by(*_CELL, *by, maintain_order=True).agg(_sum("whole").alias("whole"), _sum("held").alias("held"))


_AVERAGED: Final[dict[Averaging, Callable[[pl.DataFrame, RateDefinition, int], pl.DataFrame]]] = {
    "mean of posts": _mean_of_posts,
    "sum over sum": _sum_over_sum,
    "mean post over mean audience": _mean_over_mean,
    "sum of figure means over mean audience": _sum_of_means,
    "mean of days": _of_days,
    "total over audience and days": _over_days,
    "total over audience": _over_period,
}
