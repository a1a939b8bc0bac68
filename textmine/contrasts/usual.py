"""What is usual for a post: the level of its kind, and how its account did in that week.

The level is the mean of log(1 + engagement) over the agency's posts of the same platform, figures and medium, or, where
these are few, of the same platform and figures. The week's effect is the mean by which the account's posts of the week
lie above their levels, shrunken towards 0 as its variance asks for: an account with two posts a week says little about
a week. A post never counts for what is usual for itself.

References
----------
Searle, Casella and McCulloch 1992, Variance Components, 3.6 (the analysis of variance with unequal numbers).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from textmine.contrasts.tally import SCALE, Tally, parts_of_stratum

MIN_ALIKE: Final = 5
"""Other posts of the same kind that a level is made of."""

_MOST_PRIOR: Final = 1e6
"""Where weeks do not differ, their effect is as good as none."""


@dataclass(frozen=True)
class Usual:
    """What posts are held against.

    Parameters
    ----------
    strata
        ``stratum``, ``n``, ``total``, ``wide_n``, ``wide_total``: the posts of each kind, and of its platform.
    weeks
        ``account`` (stratum without its last parts), ``week``, ``week_n``, ``above``: sum by which posts lie above.
    prior
        Posts that count as much as nothing being known of a week.
    """

    strata: pl.DataFrame
    weeks: pl.DataFrame
    prior: float


def usual_of(tally: Tally) -> Usual:
    """What is usual in each stratum and each week of an account."""
    cells = tally.cells.with_columns(pl.col("total") / SCALE, pl.col("squares") / SCALE**2, *parts_of_stratum())
    wide = ["group", "platform", "partial"]
    strata = cells.group_by("stratum", *wide, maintain_order=True).agg(pl.col("n").sum(), pl.col("total").sum())
    strata = strata.with_columns(
        pl.col("n").sum().over(wide).alias("wide_n"), pl.col("total").sum().over(wide).alias("wide_total")
    )
    levels = strata.select("stratum", (pl.col("total") / pl.col("n")).alias("level"))
    n, level = pl.col("n"), pl.col("level")
    lifted = cells.join(levels, on="stratum", how="left", maintain_order="left").with_columns(
        account_of(), (pl.col("total") - n * level).alias("above"),
        (pl.col("squares") - 2 * level * pl.col("total") + n * level**2).alias("squares"),
    )  # fmt: skip
    weeks = (
        lifted.group_by("account", "week", maintain_order=True)
        .agg(n.sum().alias("week_n"), pl.col("above").sum(), pl.col("squares").sum())
        .sort("account", "week")
    )
    return Usual(
        strata.select("stratum", "n", "total", "wide_n", "wide_total"),
        weeks.drop("squares"),
        _prior(weeks),
    )


def account_of() -> pl.Expr:
    """Agency and platform of a stratum as one number, ``account``."""
    group, platform, _, _ = parts_of_stratum()
    return (group * 4 + platform).alias("account")


def week_effect(usual: Usual) -> pl.Expr:
    """Effect of a week on a post that lies ``lifted`` above its level, from the other posts of ``week_n``."""
    others = pl.col("week_n") - 1
    return (pl.col("above") - pl.col("lifted")) / (others + usual.prior)


def with_times(posts: pl.DataFrame, usual: Usual) -> pl.DataFrame:
    """Posts with ``log_times``: the logarithm of how many times the usual engagement each has.

    Parameters
    ----------
    posts
        From :func:`textmine.contrasts.tally.coded_batches`.
    usual
        From :func:`usual_of`.

    Returns
    -------
    polars.DataFrame
        The posts with ``log_times`` and ``alike`` (other posts of its kind that it is held against), null where there
        are fewer than ``MIN_ALIKE``; ``same_medium`` says whether these have the same medium.
    """
    height = pl.col("height") / SCALE
    joined = (
        posts.with_columns(account_of())
        .join(usual.strata, on="stratum", how="left", maintain_order="left")
        .join(usual.weeks, on=["account", "week"], how="left", maintain_order="left")
    )
    same = pl.col("n") > MIN_ALIKE
    n, total = (pl.when(same).then(a).otherwise(b) for a, b in (("n", "wide_n"), ("total", "wide_total")))
    held = joined.with_columns(
        same.alias("same_medium"),
        pl.when(n > MIN_ALIKE).then(n - 1).alias("alike"),
        pl.when(n > MIN_ALIKE).then(height - (total - height) / (n - 1)).alias("over_level"),
        (height - pl.col("total") / pl.col("n")).alias("lifted"),
    )
    found = held.with_columns((pl.col("over_level") - week_effect(usual)).alias("log_times"))
    return found.select(*posts.columns, "log_times", "alike", "same_medium")


def _prior(weeks: pl.DataFrame) -> float:
    """Variance within weeks over variance between them, in posts."""
    n, above, squares = (weeks[name].cast(pl.Float64) for name in ("week_n", "above", "squares"))
    accounts = weeks.group_by("account", maintain_order=True).agg(
        pl.col("week_n").sum().alias("n"), (pl.col("week_n").cast(pl.Float64) ** 2).sum().alias("n2")
    )
    posts, cells = float(n.sum()), len(weeks)
    between_free, within_free = cells - len(accounts), posts - cells
    if between_free <= 0 or within_free <= 0:
        return _MOST_PRIOR
    between = float((above**2 / n).sum())
    within = (float(squares.sum()) - between) / within_free
    size = (posts - float((accounts["n2"] / accounts["n"]).sum())) / between_free
    variance = (between / between_free - within) / size
    return min(within / variance, _MOST_PRIOR) if variance > 0 else _MOST_PRIOR
