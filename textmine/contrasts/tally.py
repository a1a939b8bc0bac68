"""Posts added up by agency, kind of post, week and trait: all that comparisons need, independent of how many posts.

Logarithms are added as whole numbers, so that the sums are the same in any order and on any number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from textmine.batches import iter_batches
from textmine.contrasts.traits import TRAITS, Trait, with_traits
from textmine.engagement import engagement_of_post, lacks_figure
from textmine.groups import group_of
from textmine.inorder import InOrder
from textmine.platforms import PLATFORMS
from textmine.posts import KEY, MEDIA_TYPES, local_day

SCALE: Final = 10_000
"""One unit of a stored logarithm is a ten-thousandth: a hundredth of a per cent of engagement."""

_N_PLATFORMS: Final = len(PLATFORMS)
_N_MEDIA: Final = len(MEDIA_TYPES)
_COMPACT: Final = 16
"""Batches whose sums are kept apart before they are added together."""
_READ: Final = ("agency", "published_at", "media_type", "caption", "hashtags")


@dataclass(frozen=True)
class Coding:
    """How agencies and weeks are numbered.

    Parameters
    ----------
    groups
        Keys, sorted; the number of a group is its place.
    first_week, n_weeks
        Number of the first week (Mondays, counted from that of 1969-12-29), and how many there are.
    """

    groups: tuple[str, ...]
    first_week: int
    n_weeks: int

    def name_of(self, column: str) -> pl.Expr:
        """Keys of groups in the place of their numbers."""
        numbers = list(range(len(self.groups)))
        return pl.col(column).replace_strict(numbers, list(self.groups), return_dtype=pl.String).alias(column)


@dataclass(frozen=True)
class Tally:
    """Sums over comparable posts.

    Parameters
    ----------
    coding
        Of groups and weeks.
    cells
        ``stratum``, ``week``, ``n``, ``total``, ``squares``: number, sum and sum of squares of log(1 + engagement).
    levels
        For each trait the same without squares, by ``level`` too.
    """

    coding: Coding
    cells: pl.DataFrame
    levels: dict[Trait, pl.DataFrame]


def comparable(posts: pl.LazyFrame) -> pl.LazyFrame:
    """Original posts with known engagement: group, stratum parts, week and ``height``, log(1 + engagement) as a whole.

    A stratum is agency, platform, which figures were added, and medium.
    """
    return _measured(posts).filter("comparable")


def _measured(posts: pl.LazyFrame) -> pl.LazyFrame:
    """All posts, with ``comparable``: whether what is measured counts."""
    engagement = engagement_of_post()
    return posts.with_columns(
        group_of("agency").alias("group"),
        engagement.alias("engagement"),
        lacks_figure().cast(pl.Int64).alias("partial"),
        # 1970-01-01 was a Thursday: three days on, weeks begin on Mondays.
        ((local_day().to_physical().cast(pl.Int64) + 3) // 7).alias("week"),
    ).with_columns(
        (pl.col("engagement").log1p() * SCALE).round(0).cast(pl.Int64).alias("height"),
        ((pl.col("post_kind").cast(pl.String) == "original") & pl.col("engagement").is_not_null()).alias("comparable"),
    )


def coding_of(posts: pl.LazyFrame) -> Coding:
    """Number the groups and weeks of comparable posts."""
    rows = comparable(posts)
    names = rows.select(pl.col("group").unique().sort())
    bounds = rows.select(pl.col("week").min().alias("first"), pl.col("week").max().alias("last"))
    groups, weeks = pl.collect_all([names, bounds], engine="streaming")
    first, last = weeks.row(0)
    return Coding(tuple(groups["group"]), first or 0, (last - first + 1) if first is not None else 0)


def coded_batches(
    posts: pl.LazyFrame, coding: Coding, columns: tuple[str, ...], *, topics: InOrder | None = None
) -> Iterator[pl.DataFrame]:
    """Comparable posts with ``stratum`` and ``week`` as numbers, ``height``, some columns as they are, and ``topic``.

    ``topics`` is read in step with the posts, so that it never stands in memory.
    """
    # Groups without comparable posts have no number; a look-up in a table would keep the frame from being streamed.
    group = pl.col("group").cast(pl.Enum(coding.groups), strict=False).to_physical().cast(pl.Int64)
    platform = pl.col("platform").cast(pl.Enum(PLATFORMS)).to_physical().cast(pl.Int64)
    medium = pl.col("media_type").cast(pl.Enum(MEDIA_TYPES)).to_physical().cast(pl.Int64)
    stratum = ((group * _N_PLATFORMS + platform) * 2 + pl.col("partial")) * _N_MEDIA + medium
    rows = _measured(posts).select(
        "comparable",
        stratum.alias("stratum"),
        (pl.col("week") - coding.first_week).alias("week"),
        "height",
        *dict.fromkeys((*columns, *(KEY if topics is not None else ()))),
    )
    for batch in iter_batches(rows):
        yield _with_topic(batch, topics).filter("comparable").drop("comparable")
    if topics is not None:
        topics.finish()


def tally(
    posts: pl.LazyFrame,
    zones: pl.DataFrame,
    *,
    topics: InOrder | None = None,
    progress: Callable[[int], None] | None = None,
) -> Tally:
    """Add up the posts of a workspace.

    Parameters
    ----------
    posts
        Canonical posts.
    zones
        Time zones of agencies.
    topics
        ``platform``, ``post_id``, ``topic``: what posts are mainly about, one row a post at most; not compared if
        None.
    progress
        Called with the number of posts done.
    """
    coding = coding_of(posts)
    sums: dict[str, list[pl.DataFrame]] = {name: [] for name in ("", *TRAITS)}
    done = 0
    for number, batch in enumerate(coded_batches(posts, coding, _READ, topics=topics), start=1):
        traits = with_traits(batch, zones)
        sums[""].append(_added(traits.with_columns((pl.col("height") ** 2).alias("squares")), ["stratum", "week"]))
        for trait in TRAITS:
            known = traits.filter(pl.col(trait).is_not_null()).rename({trait: "level"})
            sums[trait].append(_added(known, ["stratum", "week", "level"]))
        if number % _COMPACT == 0:
            sums = {name: [_together(parts)] for name, parts in sums.items()}
        done += len(batch)
        if progress is not None:
            progress(done)
    if not sums[""]:
        empty = pl.DataFrame(schema={"stratum": pl.Int64, "week": pl.Int64, "n": pl.Int64, "total": pl.Int64})
        cells = empty.with_columns(pl.lit(0, pl.Int64).alias("squares"))
        return Tally(coding, cells, {trait: empty.with_columns(pl.lit(0, pl.Int32).alias("level")) for trait in TRAITS})
    return Tally(coding, _together(sums[""]), {trait: _together(sums[trait]) for trait in TRAITS})


def _with_topic(posts: pl.DataFrame, topics: InOrder | None) -> pl.DataFrame:
    """Posts with ``topic``, null where a post is about none mainly."""
    if topics is None:
        return posts.with_columns(pl.lit(None, pl.Int32).alias("topic"))
    told = topics.take(posts)
    if told.is_empty():
        return posts.with_columns(pl.lit(None, pl.Int32).alias("topic"))
    about = told.select("row", pl.col("topic").cast(pl.Int32))
    return posts.with_row_index("row").join(about, on="row", how="left", maintain_order="left").drop("row")


def _added(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    figures = [pl.len().cast(pl.Int64).alias("n"), pl.col("height").sum().alias("total")]
    if "squares" in rows.columns:
        figures.append(pl.col("squares").sum())
    return rows.group_by(by).agg(figures)


def _together(parts: list[pl.DataFrame]) -> pl.DataFrame:
    by = [name for name in ("stratum", "week", "level") if name in parts[0].columns]
    return summed(parts, by).sort(by)


def summed(parts: Sequence[pl.DataFrame], by: Sequence[str]) -> pl.DataFrame:
    """Sums of batches added up: a row for each value of ``by``, every other column a sum."""
    return pl.concat(parts).group_by(by).agg(pl.exclude(by).sum())


def parts_of_stratum() -> list[pl.Expr]:
    """``group`` (its number), ``platform`` (its place), ``partial`` and ``medium`` of a stratum."""
    stratum = pl.col("stratum")
    rest = stratum // _N_MEDIA
    return [
        (rest // 2 // _N_PLATFORMS).alias("group"),
        (rest // 2 % _N_PLATFORMS).alias("platform"),
        (rest % 2).alias("partial"),
        (stratum % _N_MEDIA).alias("medium"),
    ]
