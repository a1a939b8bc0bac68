"""How many times as much posts with a trait are answered as the agency's other posts, with an interval.

Within strata (platform, figures and, but for the medium itself, medium), the mean logarithm of engagement of posts with
a trait is compared with that of the others: a regression with an intercept for each stratum, of which only sums are
needed. Posts of a week stand together, so the error is that of weeks left out in turn (the jackknife CV3), with the
degrees of freedom of an effective number of weeks. The comparisons of all agencies are tested together: those below a
false discovery rate are findings, and their intervals are widened for having been selected.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from textmine.contrasts.jackknife import LEVEL, MIN_FREEDOM, jackknifed, selected
from textmine.contrasts.tally import SCALE, Tally
from textmine.contrasts.traits import ONE_SIDED, TRAITS, Trait
from textmine.contrasts.usual import Usual, account_of
from textmine.posts import MEDIA_TYPES

MIN_POSTS: Final = 10
"""Posts with the trait, and without it, that a comparison needs."""

CONTRAST_SCHEMA: Final = pl.Schema(
    {
        "group": pl.String(),
        "trait": pl.Enum(TRAITS),
        "level": pl.Int32(),
        "times": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "posts": pl.UInt32(),
        "others": pl.UInt32(),
        "weeks": pl.UInt32(),
        "p_value": pl.Float64(),
        "q_value": pl.Float64(),
        "finding": pl.Boolean(),
        "tests": pl.UInt32(),
    }
)
"""``times`` is the ratio of geometric means, ``low`` and ``high`` bound it: for findings at the level that is left
after selection, for all others at 1 - ``LEVEL``. ``posts`` have the trait, ``others`` do not; ``weeks`` are those of
the posts with it. ``tests`` are the comparisons of the agency."""


def contrasts(tally: Tally, usual: Usual, *, level: float = LEVEL, min_posts: int = MIN_POSTS) -> pl.DataFrame:
    """Compare each agency's posts with and without each trait.

    Parameters
    ----------
    tally
        Sums over posts.
    usual
        What is usual in each week.
    level
        False discovery rate over all agencies.
    min_posts
        Posts with and without the trait that a comparison needs.

    Returns
    -------
    polars.DataFrame
        Rows of :data:`CONTRAST_SCHEMA`: every comparison that could be made, by group, then the surest first.
    """
    found = [_compared(trait, tally, usual, min_posts) for trait in TRAITS]
    table = pl.concat(found).with_columns(tally.coding.name_of("group"))
    return _exponential(selected(table, level)).select(CONTRAST_SCHEMA.names()).cast(CONTRAST_SCHEMA)


def _strata_of(trait: Trait) -> pl.Expr:
    """Posts that are compared with each other: of one medium, unless media are compared."""
    return pl.col("stratum") // len(MEDIA_TYPES) if trait == "medium" else pl.col("stratum")


def _at_equal_weeks(table: pl.DataFrame, tally: Tally, usual: Usual) -> pl.DataFrame:
    """Sums of logarithms less the effects of weeks.

    The effect on a post is (above - lifted) / (others + prior), linear in the post's own logarithm, so that sums of
    posts are enough.
    """
    levels = usual.strata.select("stratum", (pl.col("total") / pl.col("n")).alias("typical"))
    joined = (
        table.with_columns(account_of())
        .join(levels, on="stratum", how="left", maintain_order="left")
        .join(usual.weeks, on=["account", "week"], how="left", maintain_order="left")
    )
    share = 1 / (pl.col("week_n") - 1 + usual.prior)
    lifted = pl.col("total") / SCALE - pl.col("n") * pl.col("typical")
    equal = pl.col("total") / SCALE - share * (pl.col("n") * pl.col("above") - lifted)
    return joined.with_columns(equal.alias("height"))


def _compared(trait: Trait, tally: Tally, usual: Usual, min_posts: int) -> pl.DataFrame:
    """Estimate, error and degrees of freedom of every level of a trait in every agency."""
    rows = _at_equal_weeks(tally.levels[trait], tally, usual).with_columns(_strata_of(trait).alias("stratum"))
    by_level = _summed(rows, ["stratum", "week", "level"])
    by_week = _summed(rows, ["stratum", "week"])
    strata = _summed(by_week, ["stratum"]).rename({"n": "all_n", "height": "all_height"})
    shares = (
        _summed(by_level, ["stratum", "level"])
        .join(strata, on="stratum", how="left", maintain_order="left")
        .filter(pl.col("n") < pl.col("all_n"))
        .select("stratum", "level", "all_n", pl.col("n").alias("with_n"), (pl.col("n") / pl.col("all_n")).alias("p"),
                (pl.col("all_height") / pl.col("all_n")).alias("mean"))
    )  # fmt: skip
    if trait in ONE_SIDED:
        shares = shares.filter(pl.col("level") == 1)
    n, height, p, mean = (pl.col(name) for name in ("n", "height", "p", "mean"))
    having = by_level.join(shares, on=["stratum", "level"], how="inner", maintain_order="left").select(
        "stratum", "week", "level", (height - mean * n).alias("xy"), (n * (1 - 2 * p)).alias("xx"), n.alias("having")
    )
    everything = by_week.join(shares, on="stratum", how="inner", maintain_order="left").select(
        "stratum", "week", "level", (-p * (height - mean * n)).alias("xy"), (n * p**2).alias("xx"),
        pl.lit(0, pl.Int64).alias("having"),
    )  # fmt: skip
    group = pl.col("stratum") // (len(MEDIA_TYPES) if trait != "medium" else 1) // 2 // 4
    weeks = (
        pl.concat([having, everything])
        .with_columns(group.alias("group"))
        .sort("group", "level", "week", "stratum", maintain_order=True)
        .group_by("group", "level", "week", maintain_order=True)
        .agg(pl.col("xy", "xx", "having").sum())
    )
    sizes = (
        shares.with_columns(group.alias("group"))
        .group_by("group", "level", maintain_order=True)
        .agg(pl.col("with_n").sum().alias("posts"), (pl.col("all_n") - pl.col("with_n")).sum().alias("others"),
             pl.len().alias("strata"))
    )  # fmt: skip
    found = jackknifed(weeks).join(sizes, on=["group", "level"], how="left", maintain_order="left")
    enough = (pl.col("posts") >= min_posts) & (pl.col("others") >= min_posts) & (pl.col("freedom") >= MIN_FREEDOM)
    kept = _without_mirrors(found.filter(enough & pl.col("error").is_finite() & (pl.col("error") > 0)))
    return kept.with_columns(pl.lit(trait).alias("trait")).sort("group", "level")


def _summed(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return rows.sort(by).group_by(by, maintain_order=True).agg(pl.col("n").sum(), pl.col("height").sum())


def _without_mirrors(found: pl.DataFrame) -> pl.DataFrame:
    """Where an agency has two levels of a trait only, one says all: the rarer."""
    rarest = pl.col("level").sort_by("posts", "level").first().over("group")
    mirrored = (pl.len().over("group") == 2) & (pl.col("estimate").sum().over("group").abs() < 1e-6)
    return found.filter(~mirrored | (pl.col("level") == rarest))


def _exponential(table: pl.DataFrame) -> pl.DataFrame:
    """Ratios instead of differences of logarithms."""
    found = table.with_columns(pl.col("estimate").exp().alias("times"), pl.col("low", "high").exp())
    return found.sort("group", "p_value", "trait", "level")
