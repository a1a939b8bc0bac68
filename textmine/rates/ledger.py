"""The ledger: all definitions side by side, what each was computed from, and whom each would crown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from textmine.errors import AgencyError, NotEnoughDataError
from textmine.platforms import PLATFORMS
from textmine.posts import local_day
from textmine.rates.combination import (
    COLUMN_OF,
    Combining,
    Statistic,
    agreement,
    crowns,
    standardised,
    together,
    with_cluster,
)
from textmine.rates.definitions import AudienceReading, RateDefinition
from textmine.rates.figures import RATES_SCHEMA, rates
from textmine.rates.posts import PORTION, portions, registered
from textmine.rates.registry import choose_definitions

TOGETHER: Final = "together"
"""What stands in the column ``platform`` for all platforms of an agency."""

LEDGER_SCHEMA: Final = pl.Schema(
    {
        "cluster": pl.String(),
        "agency": pl.String(),
        "definition": pl.String(),
        "platform": pl.String(),
        "rank": pl.UInt32(),
        "standardised": pl.Float64(),
        **{name: dtype for name, dtype in RATES_SCHEMA.items() if name not in ("agency", "platform", "definition")},
    }
)
"""One row an agency, definition and platform, and one for all platforms ``together``, whose ``standardised`` is the
mean of its platforms and which has no rate of its own: rates of different platforms are not averaged. ``rank`` is that
within the cluster, 1 the best."""


@dataclass(frozen=True)
class Ledger:
    """What :func:`ledger` finds.

    Attributes
    ----------
    rows
        ``LEDGER_SCHEMA``.
    crowns
        ``CROWNS_SCHEMA`` of :mod:`textmine.rates.combination`.
    agreement
        ``AGREEMENT_SCHEMA``.
    definitions
        Those that were asked for, in order.
    first, last
        Days of the period, both included.
    """

    rows: pl.DataFrame
    crowns: pl.DataFrame
    agreement: pl.DataFrame
    definitions: tuple[RateDefinition, ...]
    first: date
    last: date


def ledger(
    posts: pl.LazyFrame | pl.DataFrame,
    *,
    register: pl.DataFrame | None = None,
    definitions: Sequence[RateDefinition] | None = None,
    clusters: Sequence[str] = (),
    audience: AudienceReading | None = None,
    combining: Combining = "z",
    statistic: Statistic = "own",
    first: date | None = None,
    last: date | None = None,
    replies: bool = True,
    portion: int = PORTION,
    progress: Callable[[int], None] | None = None,
) -> Ledger:
    """Compute definitions for all agencies of the register, or of all posts without one.

    Parameters
    ----------
    posts
        Canonical posts.
    register
        The agency register.
    definitions
        All that are published if None.
    clusters
        Show these only, capitals aside. Agencies are standardised among all, so figures are the same.
    audience
        Reading of the followers for all definitions; each one's own if None.
    combining, statistic
        See :func:`textmine.rates.combination.standardised`.
    first, last
        Days of the period, both included, in Asia/Jakarta; those of the first and last post if None.
    replies
        Whether an agency's own replies count: they speak to one person and get little, so answering lowers a mean.
    portion
        Posts in memory at once.
    progress
        Called with the number of posts done.

    Raises
    ------
    NotEnoughDataError
        No post counts.
    AgencyError
        A cluster is unknown.
    """
    chosen = tuple(definitions if definitions is not None else choose_definitions(()))
    own = registered(posts.lazy(), register, first=first, last=last)
    if not replies:
        own = own.filter(pl.col("post_kind").cast(pl.String) != "reply")
    start, end = period_of(own, first=first, last=last)
    parts, done = [], 0
    for part in portions(own, portion=portion):
        parts.append(rates(part, chosen, days=(end - start).days + 1, audience=audience))
        done += len(part)
        if progress is not None:
            progress(done)
    order = pl.Enum([each.name for each in chosen])
    found = pl.concat(parts).sort(pl.col("definition").cast(order), "agency", "platform")
    standing = standardised(found, combining=combining, statistic=statistic)
    combined = with_cluster(together(standing), register)
    combined = combined.sort(pl.col("definition").cast(order), "agency")
    kept = _kept(combined, clusters)
    return Ledger(
        rows=_rows(standing, kept, register, order, statistic),
        crowns=crowns(kept),
        agreement=agreement(kept),
        definitions=chosen,
        first=start,
        last=end,
    )


def period_of(posts: pl.LazyFrame, *, first: date | None = None, last: date | None = None) -> tuple[date, date]:
    """First and last day: as given, else those of the posts.

    Raises
    ------
    NotEnoughDataError
        There are no posts.
    """
    bounds = posts.select(local_day().min().alias("first"), local_day().max().alias("last"))
    start, end = bounds.collect(engine="streaming").row(0)
    if start is None:
        raise NotEnoughDataError(
            "no post of a registered agency lies in the period; nothing can be rated", needed=1, got=0
        )
    return first or start, last or end


def _kept(combined: pl.DataFrame, clusters: Sequence[str]) -> pl.DataFrame:
    if not clusters:
        return combined
    known = combined["cluster"].unique().sort().to_list()
    asked = {name.strip().lower() for name in clusters}
    kept = combined.filter(pl.col("cluster").str.to_lowercase().is_in(list(asked)))
    if unknown := sorted(asked - {name.lower() for name in known}):
        raise AgencyError(unknown[0], candidates=known, problem="is no cluster of the register with posts")
    return kept


def _rows(
    standing: pl.DataFrame, kept: pl.DataFrame, register: pl.DataFrame | None, order: pl.Enum, statistic: Statistic
) -> pl.DataFrame:
    """Platforms and all together, ranked within the cluster."""
    single = with_cluster(standing, register).filter(pl.col("agency").is_in(kept["agency"].unique().to_list()))
    all_four = kept.rename({"together": "standardised"}).select(
        "cluster", "agency", "definition", pl.lit(TOGETHER).alias("platform"), "standardised", "posts", "known", "used"
    )
    by = ["cluster", "definition", "platform"]
    ranked_by = pl.col(COLUMN_OF[statistic])
    single = single.with_columns(
        pl.col("platform").cast(pl.String), ranked_by.rank("min", descending=True).over(by).alias("rank")
    )
    all_four = all_four.with_columns(pl.col("standardised").rank("min", descending=True).over(by).alias("rank"))
    table = pl.concat([all_four, single], how="diagonal_relaxed")
    place = pl.col("platform").cast(pl.Enum([TOGETHER, *PLATFORMS]))
    shaped = table.select(pl.col(name).cast(dtype) for name, dtype in LEDGER_SCHEMA.items())
    return shaped.sort("cluster", "agency", pl.col("definition").cast(order), place)
