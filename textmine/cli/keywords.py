"""``textmine keywords``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from textmine.cli.output import Format, emit, format_option, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl

    from textmine.groups import Grouping


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option(
    "--by",
    type=click.Choice(["agency", "cluster", "platform", "month", "account"]),
    default="agency",
    show_default=True,
    help="What the keywords are set against each other by.",
)
@click.option("--group", multiple=True, help="Print this group only (may be given again).")
@click.option("--kind", type=click.Choice(["word", "hashtag"]), help="Print words or hashtags only.")
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="Terms a group and kind.")
@format_option
def keywords(workspace: Path, by: str, group: tuple[str, ...], kind: str | None, top: int, format_: Format) -> None:
    """Rank words and hashtags of each group by TF-IDF and class TF-IDF.

    The whole table is kept in WORKSPACE/keywords.parquet; --group, --kind and --top choose what is printed.

    \b
    Examples:
      textmine keywords season
      textmine keywords season --by platform --kind hashtag --top 20
      textmine keywords season --group kemenkes --format csv > kemenkes.csv
    """
    import polars as pl

    from textmine.store import Workspace
    from textmine.workflow import keywords_stage

    opened = Workspace.open(workspace)
    with opened.lock(), counting("Ranking keywords"):
        keywords_stage(opened, by=[cast("Grouping", by)], top=top)
    say_simulated(opened.simulated)
    table = opened.scan("keywords.parquet", made_by="keywords").filter(pl.col("by") == by, pl.col("rank") <= top)
    if kind:
        table = table.filter(pl.col("kind") == kind)
    ranked = table.collect()
    if group:
        _check_known(group, ranked["group"].unique().to_list())
        ranked = ranked.filter(pl.col("group").is_in(list(group)))
    emit(_columns(ranked, format_), format_)


def _check_known(wanted: tuple[str, ...], known: list[str]) -> None:
    """Refuse a group without keywords, and name those that look alike."""
    import difflib

    from textmine.errors import AgencyError

    for group in wanted:
        if group not in known:
            raise AgencyError(group, candidates=difflib.get_close_matches(group, known), problem="has no keywords here")


def _columns(table: pl.DataFrame, format_: Format) -> pl.DataFrame:
    """Everything for machines; what fits a terminal for people."""
    if format_ != "table":
        return table
    shown = table.select("group", "kind", "rank", "surface", "count", "document_frequency", "class_tfidf")
    return shown.rename({"surface": "term", "document_frequency": "posts"})
