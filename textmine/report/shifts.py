"""How an agency's topics move, for the reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from textmine.contrasts import MONTH_SCHEMA, SHIFT_SCHEMA, topic_shifts
from textmine.report.activity import months_between
from textmine.report.content import Shift, Shifts
from textmine.store import Workspace
from textmine.topics.workspace import topics_in_order


@dataclass(frozen=True)
class ShiftTables:
    """Of all agencies: the tables of :func:`textmine.contrasts.topic_shifts`."""

    months: pl.DataFrame = field(default_factory=MONTH_SCHEMA.to_frame)
    shifts: pl.DataFrame = field(default_factory=SHIFT_SCHEMA.to_frame)


def gather_shifts(workspace: Workspace) -> ShiftTables:
    """Shares of topics over time; no rows without topics of these posts."""
    if not workspace.inputs_unchanged("topics", "ingest"):
        return ShiftTables()
    posts = workspace.scan("posts.parquet", made_by="ingest")
    return ShiftTables(*topic_shifts(posts, topics_in_order(workspace)))


def shifts_of(
    months: list[dict[str, Any]],
    shifts: list[dict[str, Any]],
    *,
    period: tuple[date, date],
    posts: Mapping[date, int],
    labels: Mapping[int, str],
    order: list[int],
) -> Shifts:
    """What a report says of an agency's topics over time.

    Parameters
    ----------
    months, shifts
        Rows of the agency.
    period
        First and last day of its posts.
    posts
        Posts of each month.
    labels
        Of topics.
    order
        Numbers of the topics that are shown, in order.
    """
    starts = months_between(*period)
    shares = {(row["topic"], row["month"]): row["share"] for row in months}
    by_topic = {row["topic"]: row for row in shifts}
    figures = ("first_share", "second_share", "low", "high", "finding")
    topics = tuple(
        Shift(
            labels[topic],
            tuple(shares.get((topic, start), 0.0) for start in starts),
            *(by_topic[topic][name] for name in figures),
        )
        for topic in order
        if topic in by_topic
    )
    return Shifts(starts, tuple(posts.get(start, 0) for start in starts), topics)
