"""``textmine simulate``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

import click

from textmine.cli.output import say_simulated
from textmine.cli.progress import counting


@click.command()
@click.option("-o", "--output", "directory", required=True, type=click.Path(path_type=Path), help="Folder to make.")
@click.option(
    "--posts", "n_posts", type=click.IntRange(min=1), help="How many posts; the settings' number if left out."
)
@click.option("--settings", type=click.Path(path_type=Path), help="Settings (TOML); the demo corpus if left out.")
@click.option("--seed", type=click.IntRange(min=0), default=2020, show_default=True)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["exports", "parquet"]),
    default="exports",
    show_default=True,
    help="Files as the platforms' tools write them, or the canonical post table.",
)
def simulate(directory: Path, n_posts: int | None, settings: Path | None, seed: int, format_: str) -> None:
    """Write simulated posts of made-up agencies, with the hidden truth beside them.

    \b
    Examples:
      textmine simulate -o corpus --posts 10000
      textmine simulate -o million --posts 1000000 --format parquet --seed 7
    """
    import textmine.simulation

    chosen = textmine.simulation.load_settings(settings) if settings else None
    with counting("Simulating posts", total=n_posts) as update:
        result = textmine.simulation.simulate(
            directory,
            settings=chosen,
            n_posts=n_posts,
            seed=seed,
            format=cast("Literal['exports', 'parquet']", format_),
            progress=update,
        )
    say_simulated(True)
    for path in result.paths:
        click.echo(str(path))
