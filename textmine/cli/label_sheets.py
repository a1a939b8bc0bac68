"""``textmine label sheet`` and ``textmine label collect``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

import click

from textmine.cli.options import LANG
from textmine.cli.output import Format, emit, format_option, say
from textmine.locales import Language


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", "directory", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder."
)
@click.option("--as", "judges", multiple=True, metavar="NAME", help="Only this judge's sheet; may be repeated.")
@click.option("--kind", type=click.Choice(["xlsx", "csv"]), default="xlsx", show_default=True)
@click.option("--lang", type=LANG, default="id", show_default=True, help="Language of the sheet.")
def sheet(workspace: Path, directory: Path, judges: tuple[str, ...], kind: str, lang: Language) -> None:
    """Write a sheet for each judge, in an order of their own, with an empty column for the label.

    \b
    Examples:
      textmine label sheet season -o sheets
      textmine label sheet season -o sheets --as ani --kind csv
    """
    from textmine.labels import LabelTasks
    from textmine.report.label_sheet import write_label_sheets
    from textmine.store import Workspace

    paths = write_label_sheets(
        LabelTasks.open(Workspace.open(workspace)),
        directory,
        judges=judges or None,
        ending=cast("Literal['csv', 'xlsx']", kind),
        lang=lang,
    )
    for path in paths:
        click.echo(str(path))


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.argument("sheets", nargs=-1, required=True, type=click.Path(path_type=Path))
@format_option
def collect(workspace: Path, sheets: tuple[Path, ...], format_: Format) -> None:
    """Read filled sheets into the workspace; a sheet that was collected before adds only what has changed.

    \b
    Examples:
      textmine label collect season sheets/*.xlsx
      textmine label collect season ani.csv budi.xlsx
    """
    from textmine.labels import LabelTasks, add_votes, label_status
    from textmine.labels.votes import read_votes
    from textmine.report.label_sheet import read_label_sheets
    from textmine.store import Workspace

    opened = Workspace.open(workspace)
    tasks = LabelTasks.open(opened)
    votes = read_label_sheets(sheets, tasks)
    say(f"{len(votes):,} labels read, {add_votes(opened, votes):,} of them new")
    emit(label_status(tasks, read_votes(opened)), format_)
