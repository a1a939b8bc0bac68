"""What the posts of each agency add up to: sums that every engine makes, and medians from counts of equal values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from textmine.batches import BATCH_ROWS
from textmine.engines import Engine
from textmine.groups import group_of
from textmine.posts import FIGURES, INTERACTIONS, REPORT_TIME_ZONE, interactions_of_post, is_credited, local_day

_MARKS: Final = ("hidden", "rounded")
_KEYS: Final = pl.Schema(
    {
        "group": pl.String(),
        "platform": pl.String(),
        "account": pl.String(),
        "kind": pl.String(),
        "day": pl.Int64(),
        "value": pl.Int64(),
    }
)
"""Rows of a day add up its posts; rows without a day count the credited posts of one number of interactions."""

_REPORTED: Final = ("interactions", *INTERACTIONS)
_SUMS: Final = pl.Schema(
    {
        "posts": pl.Int64(),
        "credited": pl.Int64(),
        **{f"{name}_{what}": pl.Int64() for name in _REPORTED for what in ("reported", "total")},
        **{f"{name}_{mark}": pl.Int64() for name in INTERACTIONS for mark in _MARKS},
    }
)
_LARGEST: Final = pl.Schema({"last": pl.Int64(), "minus_first": pl.Int64()})
"""Microseconds since 1970 of the last post, and minus those of the first."""


@dataclass(frozen=True)
class SumFigures:
    """Map step: posts, figures and times of each account, kind of post and day."""

    posts: pl.LazyFrame
    batch_rows: int

    def __call__(self, blocks: range) -> Iterator[pl.DataFrame]:
        """Sums of the part, after an empty frame for each block but the last."""
        sums = _sums(self.posts.slice(blocks.start * self.batch_rows, len(blocks) * self.batch_rows))
        yield from (pl.DataFrame() for _ in blocks[:-1])
        yield sums


def _sums(posts: pl.LazyFrame) -> pl.DataFrame:
    table = posts.select(
        group_of("agency").alias("group"),
        pl.col("platform").cast(pl.String),
        "account",
        pl.col("post_kind").cast(pl.String).alias("kind"),
        local_day().cast(pl.Int32).cast(pl.Int64).alias("day"),
        pl.col("published_at").to_physical().alias("at"),
        is_credited().alias("is_credited"),
        interactions_of_post().cast(pl.Int64).alias("interactions"),
        *(pl.col(name).cast(pl.Int64) for name in INTERACTIONS),
        *(_is_marked(mark, name) for name in INTERACTIONS for mark in _MARKS),
    )
    of_days = table.group_by("group", "platform", "account", "kind", "day").agg(
        pl.len().alias("posts"),
        pl.col("is_credited").sum().alias("credited"),
        *(pl.col(name).count().alias(f"{name}_reported") for name in _REPORTED),
        *(pl.col(name).sum().alias(f"{name}_total") for name in _REPORTED),
        *(pl.col(f"{name}_{mark}").sum() for name in INTERACTIONS for mark in _MARKS),
        pl.col("at").max().alias("last"),
        (-pl.col("at")).max().alias("minus_first"),
    )
    known = table.filter(pl.col("is_credited") & pl.col("interactions").is_not_null())
    of_values = known.group_by("group", "platform", pl.col("interactions").alias("value")).agg(pl.len().alias("posts"))
    parts = pl.collect_all([of_days, of_values], engine="streaming")
    schema = pl.Schema({**_KEYS, **_SUMS, **_LARGEST})
    stacked = pl.concat([schema.to_frame(), *(_cast(part, schema) for part in parts)], how="diagonal")
    return stacked.with_columns(pl.col(_SUMS.names()).fill_null(0))


def _cast(table: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return table.cast({name: schema[name] for name in table.columns})


def _is_marked(mark: str, figure: str) -> pl.Expr:
    """Whether the platform hid or rounded a figure of the post."""
    name = pl.lit(figure, dtype=pl.Enum(FIGURES))
    return pl.col(mark).list.contains(name).fill_null(False).alias(f"{figure}_{mark}")


def report_figures(posts: pl.LazyFrame, engine: Engine, *, batch_rows: int = BATCH_ROWS) -> dict[str, pl.DataFrame]:
    """Every aggregate over the posts, in one pass.

    Parameters
    ----------
    posts
        Canonical posts.
    engine
        Where they are added up.
    batch_rows
        Posts a block, of which parts are made; it never shows in a figure.

    Returns
    -------
    dict
        ``totals``, ``platforms``, ``accounts``, ``uncredited`` and ``days`` as :class:`textmine.report.tables.Tables`
        describes them, sorted; ``accounts`` without the audience.
    """
    n_posts = int(posts.select(pl.len()).collect().item())
    parts = engine.split(-(-n_posts // batch_rows))
    table = engine.add_up(SumFigures(posts, batch_rows), parts, keys=_KEYS, sums=_SUMS, largest=_LARGEST)
    by_day, by_value = table.filter(pl.col("day").is_not_null()), table.filter(pl.col("day").is_null())
    own = by_day.filter(pl.col("credited") > 0)
    kinds = {"reposts": "repost", "ads": "ad"}
    days = own.with_columns(pl.col("day").cast(pl.Int32).cast(pl.Date)).group_by("group", "platform", "day")
    return {
        "totals": _totals(own, by_value, ["group"]),
        "platforms": _totals(own, by_value, ["group", "platform"], figures=INTERACTIONS),
        "accounts": _sorted(own.group_by("group", "platform", "account").agg(_count("posts")), 3),
        "uncredited": _sorted(
            by_day.group_by("group").agg(
                pl.col("posts").filter(pl.col("kind") == kind).sum().cast(pl.UInt32).alias(name)
                for name, kind in kinds.items()
            ),
            1,
        ),
        "days": _sorted(
            days.agg(
                _count("posts"), _count("interactions_reported"), pl.col("interactions_total").sum().cast(pl.UInt64)
            ),
            3,
        ),
    }


def _totals(own: pl.DataFrame, by_value: pl.DataFrame, by: list[str], *, figures: Sequence[str] = ()) -> pl.DataFrame:
    """Posts, times, reported figures and the median of interactions; the sum over no report is null, never 0."""
    summed = own.group_by(by).agg(
        _count("posts"),
        _time(-pl.col("minus_first").max()).alias("first"),
        _time(pl.col("last").max()).alias("last"),
        *_reported("interactions"),
    )
    told = [own.group_by(by).agg(*_reported(name), *_marked(name)) for name in figures]
    joined = summed.join(_medians(by_value, by), on=by, how="left")
    for each in told:
        joined = joined.join(each, on=by)
    return _sorted(joined, len(by))


def _count(name: str) -> pl.Expr:
    return pl.col(name).sum().cast(pl.UInt32)


def _time(microseconds: pl.Expr) -> pl.Expr:
    return microseconds.cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(REPORT_TIME_ZONE)


def _reported(figure: str) -> tuple[pl.Expr, pl.Expr]:
    reported, total = _count(f"{figure}_reported"), pl.col(f"{figure}_total").sum().cast(pl.UInt64)
    return reported, pl.when(reported > 0).then(total).alias(f"{figure}_total")


def _marked(figure: str) -> list[pl.Expr]:
    return [_count(f"{figure}_{mark}") for mark in _MARKS]


def _medians(by_value: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Median of each group: the middle value, or the mean of the middle two."""
    ordered = by_value.group_by(*by, "value").agg(pl.col("posts").sum()).sort(*by, "value")
    up_to, n = pl.col("posts").cum_sum(), pl.col("posts").sum()
    middle = [pl.col("value").filter(up_to > rank).first() for rank in ((n - 1) // 2, n // 2)]
    return ordered.group_by(by, maintain_order=True).agg(((middle[0] + middle[1]) / 2).alias("interactions_median"))


def _sorted(table: pl.DataFrame, n_keys: int) -> pl.DataFrame:
    return table.sort(table.columns[:n_keys])
