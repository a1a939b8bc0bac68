"""``textmine report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from textmine.cli.options import LANG
from textmine.cli.output import NO_TOPICS, say, say_simulated
from textmine.cli.progress import counting
from textmine.locales import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textmine.report import Format


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("-o", "--output", "directory", required=True, type=click.Path(path_type=Path), help="Folder to make.")
@click.option("--lang", type=LANG, default="id", show_default=True, help="Language.")
@click.option(
    "--format",
    "formats",
    type=click.Choice(["html", "xlsx", "csv", "md"]),
    multiple=True,
    default=("html", "xlsx", "csv"),
    show_default=True,
    help="What is written (may be given again).",
)
@click.option("--agency", "agencies", multiple=True, help="Report this agency only (may be given again).")
def report(workspace: Path, directory: Path, lang: Language, formats: Sequence[str], agencies: tuple[str, ...]) -> None:
    """Write a report for each agency, pages of the awards that were ranked, and an index over all of them.

    Missing or outdated keywords and topics are made first. The HTML opens offline. Awards are shown as textmine rank
    left them; nothing is ranked here.

    \b
    Examples:
      textmine report season -o reports
      textmine report season -o reports-en --lang en --format html
      textmine report season -o one --agency kemenkes
      textmine report season -o wiki --format md
    """
    from textmine.store import Workspace
    from textmine.workflow import report_stage

    opened = Workspace.open(workspace)
    with opened.lock(), counting("Writing reports") as update:
        report_stage(
            opened,
            directory,
            lang=lang,
            formats=cast("tuple[Format, ...]", formats),
            agencies=agencies or None,
            progress=update,
        )
    if not opened.inputs_unchanged("topics", "ingest"):
        say(NO_TOPICS)
    say_simulated(opened.simulated)
    index = "index.html" if "html" in formats else "index.md" if "md" in formats else ""
    click.echo(str(directory / index))
