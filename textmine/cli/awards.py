"""``textmine awards``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from textmine.cli.groups import LazyGroup
from textmine.cli.output import Format, emit, format_option, printable, say

if TYPE_CHECKING:
    from textmine.ranking import AwardDefinition, Problem

awards = LazyGroup(
    name="awards",
    lazy={
        "list": ("textmine.cli.awards:list_presets", "List the definitions that ship with textmine."),
        "show": ("textmine.cli.awards:show", "Show the awards of a definition, and what of it is inferred."),
        "measures": ("textmine.cli.awards:list_measures", "List the measures that a definition may name."),
        "check": ("textmine.cli.awards:check", "Say what is wrong with a definition, with line numbers."),
        "new": ("textmine.cli.awards:new", "Write a definition to start from."),
    },
    help="""Show, check and start definitions of awards.

    \b
    Examples:
      textmine awards list
      textmine awards show gsm2020
      textmine awards new awards.toml --from gsm2020
      textmine awards check awards.toml
    """,
)


@click.command("list")
@format_option
def list_presets(format_: Format) -> None:
    """List the definitions that ship with textmine.

    \b
    Examples:
      textmine awards list
      textmine awards list --format json
    """
    from textmine.ranking import presets_table

    emit(presets_table(), format_)


@click.command()
@click.argument("award", metavar="NAME|FILE")
@format_option
def show(award: str, format_: Format) -> None:
    """Show the awards of a definition: a name of textmine awards list, or a file.

    What is not public knowledge about the real award is said below the table, category by category.

    \b
    Examples:
      textmine awards show gsm2020
      textmine awards show awards.toml --format csv
    """
    from textmine.ranking import awards_table, load_awards

    definition = load_awards(award)
    table = awards_table(definition)
    if format_ != "table":
        emit(table, format_)
        return
    _introduce(definition)
    shown = ("award", "title_en", "measure", "direction", "min_posts", "nominees_min", "nominees_max")
    emit(table.select(shown), "table")
    click.echo("\nWhat is inferred:")
    for category in definition.categories:
        click.echo(f"  {category.id}: {printable(' '.join(category.inferred.split()) or 'nothing')}")


def _introduce(definition: AwardDefinition) -> None:
    period = definition.period
    click.echo(f"{printable(definition.title.en)} ({printable(definition.title.id)})")
    click.echo(f"Period: {f'{period.first} to {period.last}' if period else 'all posts of the workspace'}")
    click.echo(f"Clusters: {printable(', '.join(cluster.name for cluster in definition.clusters))}")
    if definition.inferred:
        click.echo(printable(" ".join(definition.inferred.split())))
    click.echo()


@click.command("measures")
@format_option
def list_measures(format_: Format) -> None:
    """List the measures that a definition may name: unit, meaning and source.

    On a terminal the variants for images and videos are left out: image_quality is the quality of posts with images.

    \b
    Examples:
      textmine awards measures
      textmine awards measures --format csv > measures.csv
    """
    import polars as pl

    from textmine.ranking import measures_table

    table = measures_table()
    if format_ == "table":
        table = table.filter(pl.col("of").is_null()).select("measure", "unit", "meaning")
    emit(table, format_)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--carets", is_flag=True, help="Show the line under each problem, with a caret at the place.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["lines", "table", "json", "csv", "parquet"]),
    default="lines",
    show_default=True,
    help="How the problems are printed: FILE:LINE:COLUMN and the problem, or a table.",
)
def check(file: Path, carets: bool, format_: str) -> None:
    """Say everything that is wrong with a definition, a line a problem.

    Exit code 0: it can be followed (warnings may be shown); 1: it cannot.

    \b
    Examples:
      textmine awards check awards.toml
      textmine awards check awards.toml --carets
      textmine awards check awards.toml --format json
    """
    from textmine.ranking import check_awards, find_awards, problems_table, read_awards

    path = find_awards(file)
    problems = check_awards(path)
    if format_ == "lines":
        _print_lines(path, problems, carets)
    else:
        emit(problems_table(problems), format_)  # type: ignore[arg-type]  # "lines" is dealt with above
    if any(problem.severity == "error" for problem in problems):
        click.get_current_context().exit(1)
    definition = read_awards(path)
    counts = f"{len(definition.categories)} categories, {len(definition.clusters)} clusters"
    say(f"{path}: can be followed; {len(definition.awards)} awards: {counts}")


def _print_lines(path: Path, problems: list[Problem], carets: bool) -> None:
    lines = path.read_text(encoding="utf-8-sig").split("\n") if carets and problems else []
    for problem in problems:
        key = f"{problem.key}: " if problem.key else ""
        place = f"{path}:{problem.line}:{problem.column}"
        click.echo(printable(f"{place}: {problem.severity}: {key}{' '.join(problem.message.split())}"))
        if carets and problem.line <= len(lines):
            line = printable(lines[problem.line - 1])
            click.echo(f"    {line}\n    {' ' * (problem.column - 1)}^")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--from", "source", required=True, metavar="NAME|FILE", help="A name of textmine awards list, or another file."
)
def new(file: Path, source: str) -> None:
    """Write a definition to start from, with its comments; a file that exists is left alone.

    \b
    Examples:
      textmine awards new awards.toml --from gsm2020
    """
    from textmine.ranking import write_new

    say(f"{write_new(file, source=source)} written; change it, and check it with: textmine awards check {file}")
