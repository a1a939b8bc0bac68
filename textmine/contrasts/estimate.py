"""How many times as much posts with a trait are answered as the agency's other posts, with an interval.

Within strata (platform, figures and, but for the medium itself, medium), the mean logarithm of engagement of posts with
a trait is compared with that of the others: a regression with an intercept for each stratum, of which only sums are
needed. Posts of a week stand together, so the error is that of weeks left out in turn (the jackknife CV3), with the
degrees of freedom of an effective number of weeks. The comparisons of all agencies are tested together: those below a
false discovery rate are findings, and their intervals are widened for having been selected.

References
----------
MacKinnon, Nielsen and Webb 2023, Cluster-robust inference: a guide to empirical practice (CV3).
Carter, Schnepel and Steigerwald 2017 (effective number of clusters).
Benjamini and Hochberg 1995; Benjamini and Yekutieli 2005 (intervals after selection).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from scipy.stats import t as student

from textmine.contrasts.tally import SCALE, Tally
from textmine.contrasts.traits import ONE_SIDED, TRAITS, Trait
from textmine.contrasts.usual import Usual, account_of
from textmine.keyness.statistics import q_values
from textmine.posts import MEDIA_TYPES

LEVEL: Final = 0.05
"""False discovery rate over all agencies; intervals of findings miss as often."""
MIN_POSTS: Final = 10
"""Posts with the trait, and without it, that a comparison needs."""
MIN_FREEDOM: Final = 4.0
"""Degrees of freedom that it needs: about five weeks that tell something."""

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
    return _selected(table, level).select(CONTRAST_SCHEMA.names()).cast(CONTRAST_SCHEMA)


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
    found = _jackknifed(weeks).join(sizes, on=["group", "level"], how="left", maintain_order="left")
    enough = (pl.col("posts") >= min_posts) & (pl.col("others") >= min_posts) & (pl.col("freedom") >= MIN_FREEDOM)
    kept = _without_mirrors(found.filter(enough & pl.col("error").is_finite() & (pl.col("error") > 0)))
    return kept.with_columns(pl.lit(trait).alias("trait")).sort("group", "level")


def _summed(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return rows.sort(by).group_by(by, maintain_order=True).agg(pl.col("n").sum(), pl.col("height").sum())


def _jackknifed(weeks: pl.DataFrame) -> pl.DataFrame:
    """Estimate from all weeks, and its error from each week left out."""
    by = ["group", "level"]
    xy, xx = pl.col("xy"), pl.col("xx")
    whole = weeks.with_columns(
        (xy.sum().over(by) / xx.sum().over(by)).alias("estimate"), (xx / xx.sum().over(by)).alias("leverage")
    )
    # Leaving a week out moves the estimate by its residual over what the other weeks weigh.
    moved = (xy - pl.col("estimate") * xx) / ((1 - pl.col("leverage")) * xx.sum())
    return whole.group_by(by, maintain_order=True).agg(
        pl.col("estimate").first(),
        (((pl.len() - 1) / pl.len()) * (moved**2).sum()).sqrt().alias("error"),
        (1 / (pl.col("leverage") ** 2).sum() - 1).alias("freedom"),
        (pl.col("having") > 0).sum().alias("weeks"),
    )


def _without_mirrors(found: pl.DataFrame) -> pl.DataFrame:
    """Where an agency has two levels of a trait only, one says all: the rarer."""
    rarest = pl.col("level").sort_by("posts", "level").first().over("group")
    mirrored = (pl.len().over("group") == 2) & (pl.col("estimate").sum().over("group").abs() < 1e-6)
    return found.filter(~mirrored | (pl.col("level") == rarest))


def _selected(table: pl.DataFrame, level: float) -> pl.DataFrame:
    """Findings at a false discovery rate over all agencies, and intervals that know of the selection.

    Corrected within each agency alone, a fifth of all findings was false where half of the agencies had none to find.
    """
    middle, error, freedom = (table[name].to_numpy() for name in ("estimate", "error", "freedom"))
    p = 2 * student.sf(np.abs(middle / error), freedom)
    q = q_values(p, n_tests=max(len(p), 1))
    findings = q <= level
    missed = np.where(findings, level * findings.sum() / max(len(p), 1), level)
    reach = student.isf(missed / 2, freedom) * error
    found = table.with_columns(
        pl.len().over("group").alias("tests"),
        pl.Series("times", np.exp(middle)),
        pl.Series("low", np.exp(middle - reach)),
        pl.Series("high", np.exp(middle + reach)),
        pl.Series("p_value", p),
        pl.Series("q_value", q),
        pl.Series("finding", findings),
    )
    return found.sort("group", "p_value", "trait", "level")
