"""How a list of nominees changes with the definition of engagement and the period, and how far two lists agree.

References
----------
Kendall, M. G. (1938). A New Measure of Rank Correlation. Biometrika 30, 81-93.
Kendall, M. G. (1945). The Treatment of Ties in Ranking Problems. Biometrika 33, 239-251.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

import numpy as np
import polars as pl
from scipy.stats import kendalltau

from textmine.platforms import PLATFORMS
from textmine.ranking.awards import Award, AwardDefinition, Selection
from textmine.ranking.contest import Contest, Tables, contest
from textmine.ranking.expressions import MeasureTable
from textmine.ranking.measures import measures
from textmine.ranking.nominate import Nomination
from textmine.ranking.standings import before_the_cut, needed_categories

AS_DEFINED: Final = "as defined"
CAMPAIGN: Final = "campaign_"
"""Before the name of a measure or definition: over the posts of a campaign alone."""

VARIANT_SCHEMA: Final = pl.Schema(
    {
        "variant": pl.String(),
        "agency": pl.String(),
        "score": pl.Float64(),
        "rank": pl.UInt32(),
        "nominee": pl.Boolean(),
    }
)
"""A row for each variant of the list and each agency that competes; variants in the order in which they were asked."""

AGREEMENT_SCHEMA: Final = pl.Schema(
    {
        "variant": pl.String(),
        "other": pl.String(),
        "tau": pl.Float64(),
        "agencies": pl.UInt32(),
        "nominees_in_both": pl.UInt32(),
        "nominees_in_one": pl.UInt32(),
        "same_first": pl.Boolean(),
    }
)
"""``tau`` is Kendall's tau-b over the agencies that have a rank in both; null where it is not defined."""

DIFFERENCE_SCHEMA: Final = pl.Schema(
    {
        "variant": pl.String(),
        "first": pl.List(pl.String()),
        "entered": pl.List(pl.String()),
        "left": pl.List(pl.String()),
    }
)
"""Against the first variant: who is first, who became a nominee, who no longer is."""

BUMP_SCHEMA: Final = pl.Schema(
    {
        "place": pl.UInt32(),
        "variant": pl.String(),
        "agency": pl.String(),
        "rank": pl.UInt32(),
        "nominee": pl.Boolean(),
    }
)
"""A line an agency from variant to variant; ``place`` is that of the variant along the axis, from 0."""


def engagement_definitions() -> tuple[str, ...]:
    """Measures that are definitions of engagement for its audience or a post, in the order of the documentation."""
    known = measures().values()
    names = [each.name for each in known if each.group in ("engagement", "published rates") and each.base is None]
    return tuple(name for name in names if not name.endswith("_total") and not name.startswith("views"))


def by_definition(
    contest: Contest,
    nomination: Nomination,
    definitions: Sequence[str] | None = None,
    *,
    of: str = "engagement_rate",
) -> pl.DataFrame:
    """Rank again with another definition in the place of a measure, everywhere where the score reads it.

    Parameters
    ----------
    contest, nomination
        The award, and who is nominated: the number of nominees is kept.
    definitions
        Measures that take its place; by default those of :func:`engagement_definitions` that the tables have.
    of
        The measure that is replaced; ``campaign_`` before its name is, too, by ``campaign_`` before the definition's.

    Returns
    -------
    polars.DataFrame
        Rows of ``VARIANT_SCHEMA``, ``as defined`` first; that alone where the score does not read the measure.

    Raises
    ------
    ValueError
        A definition that was asked for is not in the tables.
    """
    frames = [variant(contest, AS_DEFINED, nomination.n)]
    # What a campaign's posts got is told by the same definitions, over these posts alone.
    reading = [
        (selection, prefix)
        for prefix in ("", CAMPAIGN)
        for selection in sorted(_selections_reading(contest, prefix + of), key=str)
    ]
    for name in engagement_definitions() if definitions is None else definitions:
        missing = [each for each, prefix in reading if prefix + name not in contest.figures[each].table.columns]
        if missing and definitions is not None:
            raise ValueError(f"no measure {name!r} in the table of agencies")
        if reading and not missing and name != of:
            figures = dict(contest.figures)
            for each, prefix in reading:
                figures[each] = _swapped(figures[each], prefix + of, prefix + name)
            frames.append(variant(replace(contest, figures=figures), name, nomination.n))
    return pl.concat(frames)


def by_period(definition: AwardDefinition, award: Award, tables: Mapping[str, Tables], *, n: int) -> pl.DataFrame:
    """Rank for each of several periods.

    Parameters
    ----------
    definition, award
        The award, and the edition that it is of.
    tables
        By name of the period, tables as :func:`contest` takes them, in the order of time. Agencies may differ.
    n
        Number of nominees.

    Returns
    -------
    polars.DataFrame
        Rows of ``VARIANT_SCHEMA``.
    """
    frames = [variant(contest(definition, award, each), name, n) for name, each in tables.items()]
    return pl.concat(frames) if frames else pl.DataFrame(schema=VARIANT_SCHEMA)


def agreement(variants: pl.DataFrame, *, with_first: bool = False) -> pl.DataFrame:
    """How far each two variants agree, or each with the first only, rows of ``AGREEMENT_SCHEMA``."""
    names = variants["variant"].unique(maintain_order=True).to_list()
    pairs = [(names[0], other) for other in names[1:]] if with_first else combinations(names, 2)
    rows = [_agreement_of(variants, one, other) for one, other in pairs]
    return pl.DataFrame(rows, schema=AGREEMENT_SCHEMA, orient="row")


def differences(variants: pl.DataFrame) -> pl.DataFrame:
    """Who becomes a nominee and who no longer is one, against the first variant; rows of ``DIFFERENCE_SCHEMA``."""
    names = variants["variant"].unique(maintain_order=True).to_list()
    nominees = {name: _agencies(variants, name, pl.col("nominee")) for name in names}
    rows = []
    for name in names:
        before, after = nominees[names[0]], nominees[name]
        entered, left = [each for each in after if each not in before], [each for each in before if each not in after]
        rows.append((name, _agencies(variants, name, pl.col("rank") == 1), entered, left))
    return pl.DataFrame(rows, schema=DIFFERENCE_SCHEMA, orient="row")


def bump_chart(variants: pl.DataFrame) -> pl.DataFrame:
    """Ranks of all who are a nominee in any variant, rows of ``BUMP_SCHEMA``, a line after the other.

    Lines come in the order of their best rank.
    """
    names = variants["variant"].unique(maintain_order=True).to_list()
    places = pl.DataFrame({"variant": names, "place": range(len(names))}, schema_overrides={"place": pl.UInt32()})
    ever = variants.filter("nominee")["agency"].unique()
    lines = variants.join(places, on="variant", how="left").filter(pl.col("agency").is_in(ever.implode()))
    best = pl.col("rank").min().over("agency")
    return lines.sort(best, "agency", "place").select(BUMP_SCHEMA.names()).cast(BUMP_SCHEMA)


def with_nominations(left_out: pl.DataFrame, nomination: Nomination) -> pl.DataFrame:
    """Put the small-audience test beside the nominations.

    Parameters
    ----------
    left_out
        From :func:`textmine.ranking.leave_out.leave_out`: ranks are those of its own score within its own groups.
    nomination
        Who is nominated.

    Returns
    -------
    polars.DataFrame
        The rows of those who compete, and ``nominee``, ``within_without`` (whether the rank that is left is among as
        many as are nominated) and ``falls`` (whether it was among them before and is not any more).
    """
    n = nomination.n
    listed = nomination.table.select("agency", "nominee")
    within, without = pl.col("rank") <= n, (pl.col("rank_without") <= n).fill_null(False)
    return (
        left_out.join(listed, on="agency", how="inner", maintain_order="left")
        .with_columns(without.alias("within_without"))
        .with_columns((within.fill_null(False) & ~pl.col("within_without")).alias("falls"))
    )


def variant(contest: Contest, name: str, n: int) -> pl.DataFrame:
    """One list, rows of ``VARIANT_SCHEMA``, best first."""
    scores = contest.scores()
    ranks = contest.ranks(scores)
    columns = {
        "variant": [name] * len(scores),
        "agency": contest.agencies,
        "score": scores,
        "rank": ranks,
        "nominee": before_the_cut(ranks, n, contest.award.category.ties.at_the_cut),
    }
    frame = pl.DataFrame(columns).filter(pl.Series(contest.competing)).with_columns(pl.col(pl.Float64).fill_nan(None))
    return frame.cast(VARIANT_SCHEMA).sort("rank", "agency", nulls_last=True)


def _selections_reading(contest: Contest, measure: str) -> set[Selection]:
    """Selections of posts on which the score reads a measure, on any platform, through other categories too."""
    definition = contest.definition
    needed = [definition.category(id) for id in needed_categories(definition, contest.award.category)]
    return {each.selection for each in needed if measure in each.measure.names}


def _swapped(figures: MeasureTable, of: str, name: str) -> MeasureTable:
    """Figures in which one measure stands in the place of another, on each platform too."""
    table = figures.table
    suffixes = ("", *(f"@{platform}" for platform in PLATFORMS))
    swapped = [pl.col(name + each).alias(of + each) for each in suffixes if name + each in table.columns]
    gone = [of + each for each in suffixes if of + each in table.columns and name + each not in table.columns]
    return MeasureTable(table.drop(gone).with_columns(swapped))


def _agreement_of(variants: pl.DataFrame, one: str, other: str) -> tuple[object, ...]:
    """Row of ``AGREEMENT_SCHEMA``."""
    columns = pl.col("agency", "rank", "nominee")
    left, right = (variants.filter(pl.col("variant") == name).select(columns) for name in (one, other))
    both = left.join(right, on="agency", how="inner", suffix="_other").drop_nulls()
    tau = np.nan
    if both.height > 1:
        tau = float(kendalltau(both["rank"].to_numpy(), both["rank_other"].to_numpy(), variant="b").statistic)
    nominees = [set(frame.filter("nominee")["agency"]) for frame in (left, right)]
    first = [set(frame.filter(pl.col("rank") == 1)["agency"]) for frame in (left, right)]
    return (
        one,
        other,
        None if np.isnan(tau) else tau,
        both.height,
        len(nominees[0] & nominees[1]),
        len(nominees[0] ^ nominees[1]),
        first[0] == first[1],
    )


def _agencies(variants: pl.DataFrame, name: str, which: pl.Expr) -> list[str]:
    return variants.filter((pl.col("variant") == name) & which)["agency"].to_list()
