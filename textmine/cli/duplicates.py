"""``textmine duplicates``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from textmine.cli.options import Number
from textmine.cli.output import Format, emit, format_option, printable, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl

_SHOWN_LETTERS = 60
_SHOWN_ACCOUNTS = 3


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option(
    "--threshold",
    type=Number(0, 1, min_open=True),
    default=0.6,
    show_default=True,
    help="Least similarity to the text in the middle: 0.6 bears one word in ten changed, 1 only equal words.",
)
@click.option(
    "--min-words",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Texts of fewer words must be equal, hashtags too.",
)
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="Clusters to print.")
@click.option(
    "--min-accounts",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Accounts a cluster must have.",
)
@format_option
def duplicates(workspace: Path, threshold: float, min_words: int, top: int, min_accounts: int, format_: Format) -> None:
    """Find nearly the same text posted again, and print the largest campaigns with accounts and dates.

    Posts are marked in WORKSPACE/near_duplicates.parquet with their cluster and similarity; none is removed. Links,
    mentions, hashtags, emoji and punctuation are not compared. Reposts are left out.

    \b
    Examples:
      textmine duplicates season
      textmine duplicates season --threshold 0.8 --min-accounts 10
      textmine duplicates season --top 100 --format csv > campaigns.csv
    """
    from textmine.duplicates import duplicates_stage, largest_clusters
    from textmine.store import Workspace

    opened = Workspace.open(workspace)
    with opened.lock(), counting("Comparing texts") as update:
        rows = duplicates_stage(opened, threshold=threshold, min_words=min_words, progress=update).manifest.rows
    say(f"{rows['near_duplicates']:,} of {rows['posts']:,} posts are in {rows['clusters']:,} clusters of the same text")
    say_simulated(opened.simulated)
    emit(_shown(largest_clusters(opened, top=top, min_accounts=min_accounts), format_), format_)


def _shown(table: pl.DataFrame, format_: Format) -> pl.DataFrame:
    """Everything for machines; for people what fits a terminal."""
    import polars as pl

    if format_ != "table":
        return table
    names = pl.col("accounts").list.head(_SHOWN_ACCOUNTS).list.join(" ")
    more = pl.when(pl.col("n_accounts") > _SHOWN_ACCOUNTS).then(pl.lit(" …")).otherwise(pl.lit(""))
    return table.select(
        "cluster",
        pl.col("size").alias("posts"),
        pl.format("{} {}", "first", "last").alias("days"),
        pl.format("{}: {}{}", "n_accounts", names, more).alias("accounts"),
        pl.col("caption").map_elements(lambda text: printable(text)[:_SHOWN_LETTERS], return_dtype=pl.String),
    )
