"""``textmine growth``."""

from __future__ import annotations

from pathlib import Path

import click

from textmine.cli.options import PLATFORM
from textmine.cli.output import Format, emit, format_option, say_simulated


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.argument("post_id", metavar="POST_ID")
@click.option(
    "--platform",
    type=PLATFORM,
    help="Needed where two platforms have a post with this id.",
)
@format_option
def growth(workspace: Path, post_id: str, platform: str | None, format_: Format) -> None:
    """Show the figures of one post at every time it was collected, the oldest first.

    States without a time of collection come first, in the order of ingest.

    \b
    Examples:
      textmine growth season 1217366893451563008
      textmine growth season 2611115445282396983 --platform instagram --format csv
    """
    import polars as pl

    from textmine.ingest import growth_curve
    from textmine.posts import FIGURES, REPORT_TIME_ZONE
    from textmine.store import Workspace

    opened = Workspace.open(workspace)
    curve = growth_curve(opened, post_id, platform=platform)  # type: ignore[arg-type]
    say_simulated(opened.simulated)
    if format_ == "table":
        reported = [name for name in (*FIGURES, "followers") if curve[name].null_count() < len(curve)]
        when = pl.col("collected_at").dt.convert_time_zone(REPORT_TIME_ZONE).dt.strftime("%Y-%m-%d %H:%M")
        curve = curve.select(when, *reported, "source")
    emit(curve, format_)
