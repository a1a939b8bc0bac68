"""Growth curves and what is not shown any more, as tables."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from textmine.atomic import replace, sync
from textmine.collect.export import Part, parts_of
from textmine.collect.journal import Journal
from textmine.ingest.plan import Options
from textmine.ingest.reading import read_file
from textmine.posts import POLARS_SCHEMA

CURVE: Final = "curve.parquet"
MISSING: Final = "missing.csv"
CURVE_SCHEMA: Final = pl.Schema(
    {
        "platform": POLARS_SCHEMA["platform"],
        "post_id": pl.String(),
        "account": pl.String(),
        "published_at": POLARS_SCHEMA["published_at"],
        "read_at": POLARS_SCHEMA["collected_at"],
        "age_hours": pl.Float64(),
        **{name: POLARS_SCHEMA[name] for name in ("likes", "comments", "shares", "views")},
    }
)
"""Columns of ``curve.parquet``: a row for each time that a post's figures were read."""


def curve_of(exports: Sequence[Path]) -> pl.DataFrame:
    """Figures of posts at each time they were read.

    The exports go through the mapping of :mod:`textmine.ingest`: ids and figures are those that the posts will have.

    Returns
    -------
    polars.DataFrame
        Columns of :data:`CURVE_SCHEMA`, sorted by platform, post and time.
    """
    frames = [pl.DataFrame(schema=CURVE_SCHEMA)]

    def take(posts: pl.DataFrame, _: pl.DataFrame) -> None:
        if posts.height:
            age = (pl.col("collected_at") - pl.col("published_at")).dt.total_seconds() / 3600
            states = posts.with_columns(read_at="collected_at", age_hours=age)
            frames.append(states.select(pl.col(name).cast(dtype) for name, dtype in CURVE_SCHEMA.items()))

    with tempfile.TemporaryDirectory(prefix="textmine-") as folder:
        for number, path in enumerate(exports):
            read_file(path, Options(zeros="keep"), Path(folder) / str(number), take)
    return pl.concat(frames).sort("platform", "post_id", "read_at")


def write_curve(journal: Journal, changed: Sequence[Part]) -> None:
    """Bring ``curve.parquet`` up to the parts that changed."""
    path = journal.folder / CURVE
    new = curve_of([part.path for part in changed])
    if path.is_file():
        # days that were written anew, and days that a new parse finds nothing on
        days = [(part.platform, part.day) for part in parts_of(journal)]
        again = [(part.platform, part.day) for part in changed]
        kept = [pair for pair in days if pair not in set(again)]
        of_day = pl.DataFrame(kept, {"platform": pl.String, "day": pl.String}, orient="row")
        old = pl.read_parquet(path).with_columns(
            pl.col("platform").cast(pl.String), day=pl.col("read_at").dt.strftime("%Y-%m-%d")
        )
        old = old.join(of_day, on=["platform", "day"], how="semi")
        new = pl.concat([old.select(pl.col(name).cast(dtype) for name, dtype in CURVE_SCHEMA.items()), new])
    half = path.with_name(f".{path.name}.tmp")
    new.sort("platform", "post_id", "read_at").write_parquet(half, compression="zstd")
    sync(half)
    replace(half, path)


def missing_of(journal: Journal) -> pl.DataFrame:
    """Accounts and posts that are not shown: platform, account, post_id (null for an account), why and when seen."""
    accounts = "SELECT platform, account, NULL AS post_id, state, reason, NULL AS published_at, seen_at FROM accounts"
    posts = "SELECT platform, account, post_id, state, reason, published_at, seen_at FROM posts"
    rows = journal.rows(f"{accounts} WHERE state<>'there'") + journal.rows(f"{posts} WHERE state='gone'")
    columns = ("platform", "account", "post_id", "state", "reason", "published_at", "seen_at")
    frame = pl.DataFrame([tuple(row) for row in rows], dict.fromkeys(columns, pl.String()), orient="row")
    return frame.sort("platform", "account", "post_id", nulls_last=False)


def write_missing(journal: Journal) -> None:
    """Write ``missing.csv`` anew."""
    path = journal.folder / MISSING
    half = path.with_name(f".{path.name}.tmp")
    missing_of(journal).write_csv(half)
    sync(half)
    replace(half, path)
