"""The same post again: its place is that of its first appearance, its figures are the newest.

Only a hash of the key, the time of collection and the place of each row are held in memory (32 bytes a row); the
posts themselves stay in part files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

EARLIER: Final = -1
"""Number of the file of posts that the workspace held before."""


@dataclass(frozen=True)
class Part:
    """A stretch of rows on disk: ``file`` is the position of their source among the sources."""

    path: Path
    file: int
    start: int
    rows: int

    def scan(self) -> pl.LazyFrame:
        """Scan the stretch."""
        whole = pl.scan_ipc(self.path) if self.path.suffix == ".arrow" else pl.scan_parquet(self.path)
        return whole.slice(self.start, self.rows)


@dataclass(frozen=True)
class Choice:
    """Which rows stay.

    ``kept`` holds part, row (where the post first appeared), winner_part and winner_row (where its newest figures
    are), in order of appearance; ``posts`` counts by file the posts that first appear there.
    """

    kept: pl.DataFrame
    posts: dict[int, int]


def choose(parts: Sequence[Part]) -> Choice:
    """Find the first appearance and the newest figures of each post.

    Parameters
    ----------
    parts
        All rows, in order; those of the workspace first.
    """
    keys = pl.concat([_keys(part, number) for number, part in enumerate(parts)]) if parts else _no_keys()
    keys = keys.with_row_index("seq")
    again = pl.struct("hash", "check").is_duplicated()
    single = keys.filter(~again).select(
        "seq", "part", "row", pl.col("part").alias("winner_part"), pl.col("row").alias("winner_row")
    )
    several = keys.filter(again)
    newest = several.sort("collected", "seq", descending=[True, False], nulls_last=True).unique(
        ["hash", "check"], keep="first", maintain_order=True
    )
    first = several.unique(["hash", "check"], keep="first", maintain_order=True)
    joined = first.join(
        newest.select("hash", "check", winner_part="part", winner_row="row"), on=["hash", "check"], how="left"
    )
    kept = pl.concat([single, joined.select(single.columns)]).sort("seq").drop("seq")
    counted = kept.group_by("part").len()
    posts: dict[int, int] = {}
    for number, length in counted.iter_rows():
        posts[parts[number].file] = posts.get(parts[number].file, 0) + length
    return Choice(kept, posts)


def _keys(part: Part, number: int) -> pl.DataFrame:
    post_id, platform = pl.col("post_id"), pl.col("platform").to_physical().cast(pl.UInt64)
    # two hashes of 64 bits: among ten million posts a collision has a chance of 1e-25
    return (
        part.scan()
        .select(
            (post_id.hash(1) ^ (platform + 1).hash(2)).alias("hash"),
            (post_id.hash(3) ^ (platform + 1).hash(4)).alias("check"),
            pl.col("collected_at").to_physical().alias("collected"),
            pl.lit(number, pl.UInt32).alias("part"),
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        )
        .collect()
    )


def _no_keys() -> pl.DataFrame:
    return pl.DataFrame(
        schema={"hash": pl.UInt64, "check": pl.UInt64, "collected": pl.Int64, "part": pl.UInt32, "row": pl.UInt32}
    )


def posts_of(choice: Choice, parts: Sequence[Part]) -> Iterator[pl.DataFrame]:
    """Yield the posts that stay, part by part, each with its newest figures.

    Parameters
    ----------
    choice
        Output of :func:`choose`.
    parts
        The same parts.
    """
    for number, part in enumerate(parts):
        mine = choice.kept.filter(pl.col("part") == number)
        if not mine.height:
            continue
        own = mine["winner_part"] == number
        pieces = [_rows(part, mine.filter(own)["winner_row"], mine.filter(own)["row"])]
        moved = mine.filter(~own)
        for other in moved["winner_part"].unique().sort():
            here = moved.filter(pl.col("winner_part") == other)
            pieces.append(_rows(parts[other], here["winner_row"], here["row"]))
        posts = pl.concat(pieces).sort("\x00place") if len(pieces) > 1 else pieces[0]
        yield posts.drop("\x00place")


def _rows(part: Part, rows: pl.Series, places: pl.Series) -> pl.DataFrame:
    posts = part.scan().collect()
    if len(rows) != posts.height or not (rows == pl.int_range(posts.height, eager=True)).all():
        posts = posts[rows]
    return posts.with_columns(places.alias("\x00place"))
