"""``textmine topics trend``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from textmine.cli.options import Number
from textmine.cli.output import Format, emit, format_option, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl

    from textmine.groups import Grouping


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option(
    "--by", type=click.Choice(["month", "week"]), default="month", show_default=True, help="Length of a step."
)
@click.option("--group", type=click.Choice(["agency", "cluster", "platform", "account"]), help="Each group for itself.")
@click.option(
    "--topic", "topics", type=click.IntRange(min=0), multiple=True, help="Print this topic only (again: more)."
)
@click.option("--level", type=Number(0.5, 0.999), default=0.95, show_default=True, help="Of the intervals.")
@click.option("--resamples", "n_resamples", type=click.IntRange(min=100), default=1_000, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@format_option
def trend(
    workspace: Path,
    by: str,
    group: str | None,
    topics: tuple[int, ...],
    level: float,
    n_resamples: int,
    seed: int,
    format_: Format,
) -> None:
    """Show the share of each topic over time, with intervals and counts.

    Intervals come from a bootstrap of blocks: weeks within a month, days within a week.

    \b
    Examples:
      textmine topics trend season
      textmine topics trend season --by week --topic 3
      textmine topics trend season --group cluster --format csv > trend.csv
    """
    import polars as pl

    from textmine.store import Workspace
    from textmine.topics.workspace import WorkspaceTopics

    opened = Workspace.open(workspace)
    found = WorkspaceTopics.open(opened)
    live = sorted(found.model.topics_["topic"])
    if unknown := [topic for topic in topics if topic not in live]:
        there = ", ".join(map(str, live)) or "none"
        raise click.BadParameter(f"there is no topic {unknown[0]}; there are {there}", param_hint="--topic")
    with counting("Following topics"):
        table = found.trends(
            by=cast("Literal['month', 'week']", by),
            group=cast("Grouping | None", group),
            level=level,
            n_resamples=n_resamples,
            seed=seed,
        )
    say_simulated(opened.simulated)
    if topics:
        table = table.filter(pl.col("topic").is_in(topics))
    emit(_columns(table, format_), format_)


def _columns(table: pl.DataFrame, format_: Format) -> pl.DataFrame:
    """Everything for machines; what fits a terminal for people."""
    import polars as pl

    if format_ != "table":
        return table
    period = pl.col("period").dt.strftime("%Y-%m" if table["by"].is_in(["month"]).all() else "%Y-%m-%d")
    share = _percent("share", "share_low", "share_high").alias("share %")
    main = _percent("main_share", "main_low", "main_high").alias("mainly %")
    posts = pl.format("{}/{}", "n_main", "n_posts").alias("posts")
    if table["group"].n_unique() > 1:
        return table.select(period, "group", "topic", share, posts)
    return table.select(period, "topic", "label", share, main, posts)


def _percent(share: str, low: str, high: str) -> pl.Expr:
    """A share with its bounds: 9.8 (9.3-11.1)."""
    import polars as pl

    number, least, most = ((100 * pl.col(name)).round(1) for name in (share, low, high))
    bounds = pl.format("{} ({}-{})", number, least, most)
    return pl.coalesce(bounds, pl.format("{}", number))
