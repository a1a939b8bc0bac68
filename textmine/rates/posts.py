"""Posts as rates need them: each agency's posts together in memory, a bounded number at a time.

Medians and trimmed means need all posts of an agency at once. Agencies are therefore taken in groups of about
``PORTION`` posts. Where there are several groups, the table is read once and parted into temporary files: to read it
for each group would take four times the time for twice the posts.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from textmine.batches import iter_batches
from textmine.groups import group_of
from textmine.platforms import PLATFORMS
from textmine.posts import FIGURES, is_credited, local_day

PORTION: Final = 500_000
"""Posts in memory at once, unless a single agency has more. It never changes a result."""

_READ: Final = (
    "platform", "account", "published_at", "media_type", "post_kind", *FIGURES, "hidden", "rounded",
    "followers", "followers_kind", "collected_at",
)  # fmt: skip
_WAITING: Final = 32_768
"""Posts of a portion that wait to be written together."""
_OF_ACCOUNT: Final = ["agency", "platform", "account"]


def registered(
    posts: pl.LazyFrame, register: pl.DataFrame | None, *, first: date | None = None, last: date | None = None
) -> pl.LazyFrame:
    """Posts of the register's agencies, or of all without one, in a period (both days included, Asia/Jakarta)."""
    if register is not None:
        posts = posts.filter(pl.col("agency").is_in(register["agency"].unique().to_list()))
    if first is not None:
        posts = posts.filter(local_day() >= first)
    if last is not None:
        posts = posts.filter(local_day() <= last)
    return posts


def portions(posts: pl.LazyFrame, *, also: Sequence[str] = (), portion: int = PORTION) -> Iterator[pl.DataFrame]:
    """Posts with their agency, day, week and three readings of the followers, whole agencies at a time.

    Parameters
    ----------
    posts
        Canonical posts.
    also
        More columns to keep.
    portion
        Posts at once.

    Yields
    ------
    polars.DataFrame
        The columns that rates read, and ``agency`` (never null; with ``account`` a code that sorts as the text),
        ``day``, ``week``, ``credited``, ``followers_posting``, ``followers_average`` and ``followers_latest`` (float,
        null where not known or 0).
    """
    columns = dict.fromkeys((*_READ, *also))
    named = posts.select(group_of("agency").alias("agency"), *(name for name in columns if name != "agency"))
    sizes = named.group_by("agency").agg(pl.len().alias("n")).sort("agency").collect(engine="streaming")
    every = pl.Enum(sizes["agency"])
    number = ((sizes["n"].cum_sum() - sizes["n"]) // portion).rank("dense").cast(pl.Int64) - 1
    for part in _parted(named, sizes.select("agency", number.alias("part"))):
        # Codes are grouped several times as fast as texts, and sort alike.
        accounts = pl.Enum(part["account"].unique().sort())
        yield _with_audience(part.with_columns(pl.col("agency").cast(every), pl.col("account").cast(accounts)))


def _parted(posts: pl.LazyFrame, parts: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Posts of the agencies of each part (0, 1, …), in their order; they are read once."""
    n_parts = parts["part"].n_unique()
    if n_parts < 2:
        if n_parts:
            yield posts.collect(engine="streaming")
        return
    with tempfile.TemporaryDirectory() as name:
        waiting: list[list[pl.DataFrame]] = [[] for _ in range(n_parts)]
        written = [0] * n_parts

        def write(part: int) -> None:
            if waiting[part]:
                file = Path(name) / f"{part:05d}-{written[part]:05d}.parquet"
                pl.concat(waiting[part]).write_parquet(file, compression="lz4", statistics=False)
                waiting[part], written[part] = [], written[part] + 1

        for batch in iter_batches(posts):
            placed = batch.join(parts, on="agency", how="left", maintain_order="left")
            for (part,), rows in placed.group_by("part", maintain_order=True):
                waiting[part].append(rows.drop("part"))
                if sum(map(len, waiting[part])) >= _WAITING:
                    write(part)
        for part in range(n_parts):
            write(part)
            yield pl.read_parquet(sorted(Path(name).glob(f"{part:05d}-*.parquet")))


def _with_audience(posts: pl.DataFrame) -> pl.DataFrame:
    """Readings of the followers of each account: of the post, the mean of weekly means, and the last."""
    followers = pl.when(pl.col("followers") > 0).then(pl.col("followers").cast(pl.Float64))
    read_at = pl.when(pl.col("followers_kind").cast(pl.String) == "at_collection").then("collected_at")
    table = posts.with_columns(
        pl.col("platform").cast(pl.Enum(PLATFORMS)),
        local_day().alias("day"),
        local_day().dt.truncate("1w").alias("week"),
        is_credited().alias("credited"),
        followers.alias("followers_posting"),
        pl.coalesce(read_at, "published_at").alias("read_at"),
    )
    known = table.filter(pl.col("followers_posting").is_not_null())
    weekly = known.group_by(*_OF_ACCOUNT, "week", maintain_order=True).agg(
        pl.col("followers_posting").drop_nulls().mean().alias("of_week")
    )
    average = (
        weekly.sort("week")
        .group_by(_OF_ACCOUNT, maintain_order=True)
        .agg(pl.col("of_week").drop_nulls().mean().alias("followers_average"))
    )
    latest = known.group_by(_OF_ACCOUNT, maintain_order=True).agg(
        pl.col("followers_posting").sort_by("read_at", "followers_posting").last().alias("followers_latest")
    )
    for readings in (average, latest):
        table = table.join(readings, on=_OF_ACCOUNT, how="left", maintain_order="left")
    return table.drop("read_at")
