"""``textmine run``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from textmine.cli.output import say, say_simulated

if TYPE_CHECKING:
    from textmine.workflow import RunResult


@click.command()
@click.argument("config", type=click.Path(path_type=Path))
def run(config: Path) -> None:
    """Run all stages that CONFIG.toml asks for; what is done and unchanged is left alone.

    A run that was killed is taken up where it was and ends in the same bytes.

    \b
    Examples:
      textmine run season.toml

    \b
    A configuration:
      workspace = "season"
      [ingest]
      sources = ["exports/*.csv"]
      agencies = "agencies.csv"
      [topics]
      n_topics = 20
      [report]
      directory = "reports"
    """
    import textmine.workflow

    print_run(textmine.workflow.run(config, progress=announce))


def announce(stage: str, ended: bool) -> None:
    """Say which stage has begun."""
    if not ended:
        say(f"{stage} ...")


def print_run(result: RunResult) -> None:
    """Print what each stage did and where the reports are."""
    for stage in result.stages:
        rows = ", ".join(f"{count:,} {what}" for what, count in stage.manifest.rows.items())
        done = f"{stage.manifest.seconds:.1f} s" if stage.ran else "unchanged"
        say(f"{stage.manifest.stage}: {rows} ({done})")
    say_simulated(result.workspace.simulated)
    click.echo(str(result.index))
