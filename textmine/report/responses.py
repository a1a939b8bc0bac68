"""What is answered more and less: typical figures, best and weakest posts, and comparisons, for the reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from textmine.contrasts import (
    COMMON_SCHEMA,
    CONTRAST_SCHEMA,
    EXTREME_SCHEMA,
    TYPICAL_SCHEMA,
    contrasts,
    extremes,
    in_common,
    tally,
    typical_engagement,
    usual_of,
)
from textmine.features.zones import time_zones
from textmine.posts import KEY
from textmine.report.content import Common, Comparison, Extreme, Quote, Responses, Typical
from textmine.store import Workspace
from textmine.topics.workspace import topics_in_order

N_SHOWN: Final = 5
"""Best posts, and weakest posts, of an agency."""

N_COMMON: Final = 3
"""Traits named as common to them."""

MAINLY: Final = 0.5
"""Weight above which a post is mainly about a topic; no post is mainly about two."""


@dataclass(frozen=True)
class ResponseTables:
    """Of all agencies: the tables of :mod:`textmine.contrasts`."""

    typical: pl.DataFrame = field(default_factory=TYPICAL_SCHEMA.to_frame)
    extremes: pl.DataFrame = field(default_factory=EXTREME_SCHEMA.to_frame)
    common: pl.DataFrame = field(default_factory=COMMON_SCHEMA.to_frame)
    comparisons: pl.DataFrame = field(default_factory=CONTRAST_SCHEMA.to_frame)

    @property
    def shown(self) -> pl.DataFrame:
        """Posts that reports quote."""
        return self.extremes.filter(pl.col("rank") <= N_SHOWN)


def gather_responses(workspace: Workspace) -> ResponseTables:
    """Compare the posts of all agencies of a workspace."""
    posts = workspace.scan("posts.parquet", made_by="ingest")
    zones, topics = time_zones(workspace.register()), main_topics(workspace)
    tallied = tally(posts, zones, topics=None if topics is None else topics_in_order(workspace, MAINLY))
    usual = usual_of(tallied)
    chosen = extremes(posts, tallied.coding, usual)
    return ResponseTables(
        typical=typical_engagement(tallied),
        extremes=chosen,
        common=in_common(chosen, posts, zones, tallied, topics=topics),
        comparisons=contrasts(tallied, usual),
    )


def main_topics(workspace: Workspace) -> pl.LazyFrame | None:
    """``platform``, ``post_id`` and the ``topic`` that a post is mainly about; None without topics of these posts."""
    if not workspace.inputs_unchanged("topics", "ingest"):
        return None
    rows = workspace.scan("post_topics.parquet", made_by="topics")
    return rows.filter(pl.col("weight") > MAINLY).select(*KEY, "topic")


def responses_of(
    rows: Mapping[str, list[dict[str, Any]]], quote_of: Callable[[str, str], Quote | None], labels: Mapping[int, str]
) -> Responses:
    """Content of one agency's report.

    Parameters
    ----------
    rows
        Rows of the agency, by name of the table in :class:`ResponseTables`.
    quote_of
        Post of a platform and id.
    labels
        Of topics.
    """
    sides: dict[str, list[Extreme]] = {"best": [], "weakest": []}
    for row in rows["extremes"]:
        quote = quote_of(row["platform"], row["post_id"])
        if quote is not None and row["rank"] <= N_SHOWN:
            sides[row["side"]].append(Extreme(quote, row["times"], row["alike"], row["same_medium"]))
    common: dict[str, list[Common]] = {"best": [], "weakest": []}
    for row in rows["common"]:
        told = common[row["side"]]
        if len(told) < N_COMMON:
            named = (row["trait"], row["level"], _label(row, labels))
            told.append(Common(*named, row["posts"], row["of"], row["share_of_all"]))
    return Responses(
        typical=tuple(Typical(**{k: v for k, v in row.items() if k != "group"}) for row in rows["typical"]),
        best=tuple(sides["best"]),
        weakest=tuple(sides["weakest"]),
        best_common=tuple(common["best"]),
        weakest_common=tuple(common["weakest"]),
        looked_at=max((row["rank"] for row in rows["extremes"]), default=0),
        comparisons=tuple(_comparison(row, labels) for row in rows["comparisons"]),
    )


def _comparison(row: dict[str, Any], labels: Mapping[int, str]) -> Comparison:
    figures = (row[name] for name in ("times", "low", "high", "posts", "others", "finding"))
    return Comparison(row["trait"], row["level"], _label(row, labels), *figures)


def _label(row: dict[str, Any], labels: Mapping[int, str]) -> str:
    return labels.get(row["level"], str(row["level"])) if row["trait"] == "topic" else ""
