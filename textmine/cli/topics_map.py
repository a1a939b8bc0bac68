"""``textmine topics map``."""

from __future__ import annotations

from pathlib import Path

import click

from textmine.cli.options import LANG
from textmine.cli.output import say_simulated
from textmine.cli.progress import counting
from textmine.locales import Language


@click.command("map")
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--html", "path", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@click.option("--lang", type=LANG, default="id", show_default=True, help="Language.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the intervals.")
def topic_map(workspace: Path, path: Path, lang: Language, seed: int) -> None:
    """Draw the topics: a map to choose from, their words, and heat maps by month and institution.

    One HTML file that opens offline, works without a script, and prints.

    \b
    Examples:
      textmine topics map season --html topics.html
      textmine topics map season --html topics-en.html --lang en
    """
    from textmine.report.topics_page import write_topics_page
    from textmine.store import Workspace

    opened = Workspace.open(workspace)
    with counting("Drawing topics"):
        write_topics_page(opened, path, lang=lang, seed=seed)
    say_simulated(opened.simulated)
    click.echo(str(path))
