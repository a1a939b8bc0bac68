"""``textmine topics update``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from textmine.cli.output import Format, emit, format_option, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--max-new", "max_new_topics", type=click.IntRange(0, 50), default=5, show_default=True, help="At most.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the random deals.")
@format_option
def update(workspace: Path, max_new_topics: int, seed: int, format_: Format) -> None:
    """Let topics learn from posts that were ingested since, and say which have moved.

    Ids stay; new topics get new ids; topics without new posts are kept and marked. The drift is kept in
    WORKSPACE/topic_drift.parquet. Without new posts nothing changes.

    \b
    Examples:
      textmine ingest 2025-06/*.csv -o season
      textmine topics update season
    """
    from textmine.store import Workspace
    from textmine.topics.update_stage import update_stage
    from textmine.workflow import matrix_stage

    opened = Workspace.open(workspace)
    with opened.lock(), counting("Updating topics") as progress:
        matrix_stage(opened)
        result = update_stage(opened, max_new_topics=max_new_topics, seed=seed, progress=progress)
    say_simulated(opened.simulated)
    if result.n_new_posts:
        say(f"{result.n_new_posts:,} new posts; drift {result.divergence:.3f} bits beyond chance: {result.words}")
    else:
        say(result.words)
    emit(_columns(result.drift, format_), format_)


def _columns(table: pl.DataFrame, format_: Format) -> pl.DataFrame:
    """Everything for machines; what fits a terminal for people, the topics that moved first."""
    if format_ != "table":
        return table
    import polars as pl

    share = pl.format("{} > {}", *((100 * pl.col(f"share_{when}")).round(1) for when in ("before", "after")))
    moved = (pl.col("divergence") - pl.col("by_chance")).round(3).cast(pl.String).alias("bits")
    gained = pl.when(pl.col("verdict") != "stable").then(pl.col("gained").list.head(4)).alias("words")
    ordered = table.sort(pl.col("verdict") == "stable", "topic", maintain_order=True)
    return ordered.select("topic", "verdict", moved, share.alias("share %"), "label", gained)
