"""``textmine topics tree``, ``merge`` and ``split``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from textmine.cli.output import Format, emit, format_option, printable, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl

    from textmine.store import Workspace


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@format_option
def tree(workspace: Path, format_: Format) -> None:
    """Show which topics are most alike, and what merging them step by step would give.

    \b
    Examples:
      textmine topics tree season
    """
    from textmine.store import Workspace
    from textmine.topics.revision_stage import workspace_tree

    opened = Workspace.open(workspace)
    with counting("Comparing topics"):
        table = workspace_tree(opened)
    say_simulated(opened.simulated)
    emit(_merges(table, format_), format_)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.argument("topics", type=click.IntRange(min=0), nargs=-1, metavar="TOPIC...")
@click.option("--to", "n_topics", type=click.IntRange(min=1), help="Merge along the tree until this many are left.")
@format_option
def merge(workspace: Path, topics: tuple[int, ...], n_topics: int | None, format_: Format) -> None:
    """Merge topics into the most prevalent of them, which keeps its id; all other ids stay.

    \b
    Examples:
      textmine topics merge season 3 7
      textmine topics merge season --to 8
    """
    from textmine.store import Workspace
    from textmine.topics.revision_stage import changes, cut_stage, merge_stage

    if bool(topics) == (n_topics is not None):
        raise click.UsageError("name the topics to merge, or give --to; not both")
    opened = Workspace.open(workspace)
    before = len(changes(opened))
    with opened.lock(), counting("Merging topics"):
        if n_topics is not None:
            cut_stage(opened, n_topics)
        else:
            merge_stage(opened, topics)
    _show(opened, changes(opened)[before:], format_)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.argument("topic", type=click.IntRange(min=0))
@click.option("--into", "n_parts", type=click.IntRange(min=2), default=2, show_default=True, help="How many parts.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@format_option
def split(workspace: Path, topic: int, n_parts: int, seed: int, format_: Format) -> None:
    """Split a topic into parts found among its own posts; the largest part keeps the id, the others get new ones.

    \b
    Examples:
      textmine topics split season 3
      textmine topics split season 3 --into 4
    """
    from textmine.store import Workspace
    from textmine.topics.revision_stage import changes, split_stage

    opened = Workspace.open(workspace)
    before = len(changes(opened))
    with opened.lock(), counting("Splitting a topic"):
        split_stage(opened, topic, n_parts, seed=seed)
    _show(opened, changes(opened)[before:], format_)


def _show(workspace: Workspace, done: list[str], format_: Format) -> None:
    from textmine.cli.topics import columns

    for change in done:
        say(printable(change))
    say_simulated(workspace.simulated)
    table: pl.DataFrame = workspace.scan("topics.parquet", made_by="topics").collect()
    emit(columns(table, format_), format_)


def _merges(tree: pl.DataFrame, format_: Format) -> pl.DataFrame:
    """Everything for machines; what fits a terminal for people."""
    if format_ != "table":
        return tree
    import polars as pl

    sides = [
        pl.format("{}: {}", pl.col(side).cast(pl.List(pl.String)).list.join("+"), f"{side}_label")
        for side in ("left", "right")
    ]
    return tree.select(
        pl.col("n_topics").alias("left"),
        pl.col("distance").round(2).cast(pl.String),
        pl.concat_str(*sides, separator=" & ").alias("label"),
    ).rename({"left": "topics", "label": "detail"})
