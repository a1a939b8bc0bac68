"""Who competes for an award, and why the others do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.errors import MissingColumnError
from textmine.platforms import PLATFORMS
from textmine.ranking.awards import Award, Category

Rule = Literal["excluded", "min_posts", "platforms", "min_platforms", "min_coverage", "min_audience"]

ELIGIBILITY_SCHEMA: Final = pl.Schema(
    {
        "agency": pl.String(),
        "eligible": pl.Boolean(),
        "rule": pl.Enum(get_args(Rule)),
        "figure": pl.Float64(),
        "needed": pl.Float64(),
    }
)
"""``rule`` is the first that an agency does not meet, with its figure and what is needed; null where it meets all."""


def eligible_agencies(table: pl.DataFrame, category: Category) -> pl.DataFrame:
    """Say of each agency whether it is eligible for a category.

    Parameters
    ----------
    table
        A row an agency over the category's posts: ``agency``, ``n_posts`` (``campaign_posts`` where the category names
        a campaign) and, where a rule asks for them, ``n_posts@platform``, ``engagement_coverage`` and ``audience``.
        A figure that is null does not meet a rule.
    category
        The category whose rules are asked.

    Returns
    -------
    polars.DataFrame
        ``ELIGIBILITY_SCHEMA``, in the order of the table.

    Raises
    ------
    MissingColumnError
        A rule asks for a column that the table does not have.
    """
    tests = _tests(table, category)
    failed = pl.coalesce([pl.when(test.fails).then(pl.lit(place)) for place, test in enumerate(tests)])
    found = table.with_columns(failed.cast(pl.Int32).alias("_failed"))
    places, at = range(len(tests)), pl.col("_failed")
    return found.select(
        "agency",
        at.is_null().alias("eligible"),
        at.replace_strict(places, [test.rule for test in tests], default=None).alias("rule"),
        pl.coalesce([pl.when(at == place).then(test.figure) for place, test in enumerate(tests)]).alias("figure"),
        at.replace_strict(places, pl.Series([test.needed for test in tests], dtype=pl.Float64()), default=None).alias(
            "needed"
        ),
    ).cast(ELIGIBILITY_SCHEMA)


class _Test(NamedTuple):
    """A rule: where it fails, the figure that it looks at, and what is needed."""

    rule: Rule
    fails: pl.Expr
    figure: pl.Expr
    needed: float | None


def _tests(table: pl.DataFrame, category: Category) -> list[_Test]:
    """The rules of a category, in the order in which they are told."""
    rules = category.eligibility
    posts = "campaign_posts" if category.selection.campaign else "n_posts"
    found = [
        _Test("excluded", pl.col("agency").is_in(list(rules.exclude)), pl.lit(None), None),
        _Test("min_posts", _below(table, posts, rules.min_posts), _figure(posts), rules.min_posts),
    ]
    if rules.platforms:
        here, needed = _platforms_with_posts(table, posts, rules.platforms), len(rules.platforms)
        found.append(_Test("platforms", here < needed, here, needed))
    if rules.min_platforms > 1:
        here, needed = _platforms_with_posts(table, posts, PLATFORMS), rules.min_platforms
        found.append(_Test("min_platforms", here < needed, here, needed))
    if rules.min_coverage > 0:
        column, least = "engagement_coverage", rules.min_coverage
        found.append(_Test("min_coverage", _below(table, column, least), _figure(column), least))
    if rules.min_audience > 0:
        column, least = "audience", rules.min_audience
        found.append(_Test("min_audience", _below(table, column, least), _figure(column), least))
    return found


def _figure(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Float64)


def _below(table: pl.DataFrame, column: str, least: float) -> pl.Expr:
    _need(table, column)
    return (_figure(column) >= least).fill_null(False).not_() if least > 0 else pl.lit(False)


def _platforms_with_posts(table: pl.DataFrame, posts: str, platforms: Sequence[str]) -> pl.Expr:
    columns = [f"{posts}@{platform}" for platform in platforms]
    for column in columns:
        _need(table, column)
    return pl.sum_horizontal((pl.col(column) > 0).fill_null(False).cast(pl.Int32) for column in columns)


def _need(table: pl.DataFrame, column: str) -> None:
    if column not in table.columns:
        raise MissingColumnError(column, found=table.columns, remedy="the features that were computed do not have it")


def competing(clusters: pl.Series, award: Award) -> npt.NDArray[np.bool_]:
    """Agencies whose cluster in the register competes for an award.

    Parameters
    ----------
    clusters
        Cluster of each agency; capitals do not matter, null competes nowhere.
    award
        The award.

    Examples
    --------
    >>> from textmine.ranking.presets import load_awards
    >>> competing(pl.Series(["BUMN", "kementerian", None]), load_awards("gsm2020").awards[0])
    array([False,  True, False])
    """
    lowered = clusters.cast(pl.String).str.strip_chars().str.to_lowercase()
    return lowered.is_in(list(award.register)).fill_null(False).to_numpy()
