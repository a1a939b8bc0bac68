"""Engagement with what it is made of: published rates with their coverage, and the score at equal audience."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from textmine.errors import NotEnoughDataError
from textmine.ranking.account_weeks import account_weeks
from textmine.ranking.audience_model import fit_audience_model
from textmine.ranking.league_table import LEAGUE_SCHEMA, league_table
from textmine.rates import choose_definitions, ledger
from textmine.rates.ledger import LEDGER_SCHEMA, TOGETHER
from textmine.report.content import EqualAudience, Rate
from textmine.store import Workspace

SHOWN: Final = ("rivaliq", "socialinsider", "crowdtangle_account", "hootsuite_reach", "hootsuite_impressions")
"""Definitions that a report shows where it has figures for them; textmine engagement has all."""


@dataclass(frozen=True)
class EngagementTables:
    """Of all registered agencies: ``rates``, rows of the ledger, and ``league``, scores within their clusters.

    ``titles`` are names of the definitions, and what each is held against.
    """

    rates: pl.DataFrame = field(default_factory=LEDGER_SCHEMA.to_frame)
    league: pl.DataFrame = field(default_factory=LEAGUE_SCHEMA.to_frame)
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def gather_engagement(workspace: Workspace) -> EngagementTables:
    """Rates and scores of the register's agencies; no rows without a register, or without figures."""
    register = workspace.register()
    if register is None:
        return EngagementTables()
    posts = workspace.scan("posts.parquet", made_by="ingest")
    definitions = choose_definitions(SHOWN)
    titles = {each.name: (each.title, each.denominator) for each in definitions}
    try:
        rates = ledger(posts, register=register, definitions=definitions).rows
        league = league_table(fit_audience_model(account_weeks(posts, agencies=register)))
    except NotEnoughDataError:
        return EngagementTables()
    shown = rates.filter((pl.col("platform") != TOGETHER) & pl.col("value").is_not_null())
    return EngagementTables(shown, league, titles)


def rates_of(rows: list[dict[str, Any]], titles: Mapping[str, tuple[str, str]]) -> tuple[Rate, ...]:
    """What a report says of an agency's rates."""
    figures = ("platform", "value", "used", "posts", "rank")
    return tuple(Rate(*titles[row["definition"]], *(row[name] for name in figures)) for row in rows)


def equal_audience(cluster: list[dict[str, Any]], agency: str, names: Mapping[str, str]) -> tuple[EqualAudience, ...]:
    """Scores of an agency's cluster, the best first; nothing where the agency has none.

    Parameters
    ----------
    cluster
        Rows of the league of its cluster.
    agency
        Whose report it is.
    names
        Of agencies.
    """
    ranked = [row for row in cluster if row["rank"] is not None]
    if agency not in {row["agency"] for row in ranked}:
        return ()
    figures = ("rank", "rank_low", "rank_high", "posts")
    return tuple(
        EqualAudience(
            names.get(row["agency"], row["agency"]),
            row["agency"] == agency,
            row["times"],
            math.exp(row["low"]),
            math.exp(row["high"]),
            *(row[name] for name in figures),
        )
        for row in ranked
    )
