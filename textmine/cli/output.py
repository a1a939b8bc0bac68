"""Prints tables: for people on a terminal, as JSON, CSV or Parquet for machines."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import click

if TYPE_CHECKING:
    import polars as pl

Format = Literal["table", "json", "csv", "parquet"]
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_WRAPPED: Final = tuple(
    "words hashtags label days accounts caption source detail subject remedy"
    " votes group measure meaning formula adds problem".split()
)
_Command = TypeVar("_Command", bound=Callable[..., Any])


def format_option(command: _Command) -> _Command:
    """Add ``--format``: a table on a terminal and CSV in a pipe unless told otherwise."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(["table", "json", "csv", "parquet"]),
        default=lambda: "table" if sys.stdout.isatty() else "csv",
        show_default="table on a terminal, csv in a pipe",
        help="How the table is printed.",
    )(command)


def emit(table: pl.DataFrame, format_: Format, *, title: str = "") -> None:
    """Print a table on standard output."""
    if format_ == "parquet":
        table.write_parquet(sys.stdout.buffer, compression="zstd")
    elif format_ == "json":
        click.echo(table.write_json())
    elif format_ == "csv":
        click.echo(_flat(table).write_csv(), nl=False)
    else:
        _print_table(table, title)


def printable(text: object) -> str:
    """Text of a post without the control codes that could drive a terminal."""
    return _CONTROL.sub("", str(text)).replace("\n", " ").replace("\t", " ")


NO_TOPICS: Final = "note: the reports have no topics: the posts are too few or too alike"


def say(message: str) -> None:
    """Say something to the person on standard error, so that standard output stays clean."""
    click.echo(message, err=True)


def say_simulated(simulated: bool) -> None:
    """Say on standard error that the figures come from the simulator, if they do."""
    if simulated:
        click.secho("SIMULATED DATA: the posts and figures describe no real agency.", err=True, fg="yellow")


def _flat(table: pl.DataFrame) -> pl.DataFrame:
    """Write lists as text: CSV has no lists."""
    import polars as pl
    import polars.selectors as cs

    return table.with_columns(cs.list().cast(pl.List(pl.String)).list.join(" "))


def _print_table(table: pl.DataFrame, title: str) -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=title or None, title_justify="left", header_style="bold", show_edge=False, pad_edge=False)
    numeric = [dtype.is_numeric() for dtype in table.dtypes]
    for name, is_number in zip(table.columns, numeric, strict=True):
        shown.add_column(
            name.replace("_", " "),
            justify="right" if is_number else "left",
            no_wrap=name not in _WRAPPED,
            overflow="ellipsis",
        )
    for row in table.iter_rows():
        shown.add_row(*(_cell(value) for value in row))
    Console(highlight=False, markup=False).print(shown)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, list):
        return printable(" ".join(str(item) for item in value))
    return printable(value)
