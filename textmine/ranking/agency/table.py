"""Joins what is known of agencies into one row each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from textmine.groups import UNREGISTERED
from textmine.platforms import PLATFORMS
from textmine.plugins import award_measures
from textmine.ranking.agency.activity import NOUGHT_WITHOUT_POSTS, activity
from textmine.ranking.agency.cells import PREFIXES, wide
from textmine.ranking.agency.dictionary import agency_dictionary
from textmine.ranking.agency.plugged import columns_asked, plugged_measures
from textmine.ranking.agency.published import published_rates, rate_measures
from textmine.rates.combination import with_cluster
from textmine.rates.ledger import period_of
from textmine.rates.posts import PORTION, portions, registered


def agency_table(
    posts: pl.LazyFrame,
    *,
    register: pl.DataFrame | None = None,
    content: pl.DataFrame | None = None,
    first: date | None = None,
    last: date | None = None,
    portion: int = PORTION,
    progress: Callable[[int], None] | None = None,
) -> pl.DataFrame:
    """Everything of the dictionary, a row an agency.

    Parameters
    ----------
    posts
        Canonical posts.
    register
        All its agencies have a row, also without posts; without it the agencies and accounts that posts name.
    content
        Output of :mod:`textmine.ranking.agency.content`: a row a cell; None where no stage was run.
    first, last
        Days of the period, both included; those of the posts if None.
    portion
        Posts in memory at once.
    progress
        Called with the number of posts done.

    Raises
    ------
    NotEnoughDataError
        No post counts.
    """
    own = registered(posts, register, first=first, last=last)
    start, end = period_of(own, first=first, last=last)
    weeks = (_monday(end) - _monday(start)).days // 7 + 1
    active, rated, plugged, done = [], [], [], 0
    added = award_measures()
    for part in portions(own, also=columns_asked(added), portion=portion):
        active.append(activity(part, weeks=weeks))
        rated.append(published_rates(part, days=(end - start).days + 1))
        if added:
            plugged.append(plugged_measures(part, added))
        done += len(part)
        if progress is not None:
            progress(done)
    known = [wide(pl.concat(active)), wide(rate_measures(rated))]
    if plugged:
        known.append(wide(pl.concat(plugged)))
    if content is not None:
        known.append(wide(content))
    return _shaped(known, register)


def _shaped(known: list[pl.DataFrame], register: pl.DataFrame | None) -> pl.DataFrame:
    """All agencies and columns in order; what nothing has made is null, numbers of posts are 0."""
    names = pl.concat([table.select("agency") for table in known])
    if register is not None:
        names = register.select("agency")
    table = names.unique().sort("agency")
    for each in known:
        table = table.join(each, on="agency", how="left", maintain_order="left")
    table = with_cluster(table, register).with_columns(
        pl.when(pl.col("cluster") != UNREGISTERED).then("cluster").alias("cluster")
    )
    noughts = {f"{prefix}{name}{end}" for prefix in PREFIXES for name in NOUGHT_WITHOUT_POSTS for end in _ends()}
    there = set(table.columns)
    chosen = []
    for feature in agency_dictionary():
        name = feature.name
        column = (pl.col(name) if name in there else pl.lit(None).alias(name)).cast(feature.dtype)
        chosen.append(column.fill_null(0.0) if name in noughts else column)
    shaped = table.select(chosen)
    # Somebody who posts, but no pictures, has a share of pictures of 0.
    shares = [f"{medium}media_share{end}" for medium in PREFIXES if medium for end in _ends()]
    return shaped.with_columns(
        pl.when(pl.col(f"n_posts{_end_of(name)}") > 0).then(pl.col(name).fill_null(0.0)).alias(name) for name in shares
    )


def _ends() -> tuple[str, ...]:
    return ("", *(f"@{platform}" for platform in PLATFORMS))


def _end_of(column: str) -> str:
    platform = column.partition("@")[2]
    return f"@{platform}" if platform else ""


def _monday(day: date) -> date:
    return date.fromordinal(day.toordinal() - day.weekday())
