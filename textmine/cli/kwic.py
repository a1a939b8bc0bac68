"""``textmine kwic``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast
from zoneinfo import ZoneInfo

import click

from textmine.cli.options import PLATFORM
from textmine.cli.output import Format, emit, format_option, printable, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl

_WHO = 18
"""Characters of the account at most."""
_LEAST = 10
"""Characters of context on either side, however narrow the terminal is."""


@click.command()
@click.argument("word")
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--stem", "how", flag_value="stem", help="Every form of the same stem: layan, pelayanan, melayani.")
@click.option("--regex", "how", flag_value="regex", help="WORD is a regular expression (no look-around).")
@click.option("--agency", multiple=True, help="Posts of this agency only (may be given again).")
@click.option(
    "--platform",
    multiple=True,
    type=PLATFORM,
    help="Posts of this platform only (may be given again).",
)
@click.option("--month", multiple=True, metavar="YYYY-MM", help="Posts of this month only (may be given again).")
@click.option("--limit", type=click.IntRange(min=0), default=50, show_default=True, help="Lines at most; 0 for all.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the draw when there are more."
)
@click.option("--distinct", is_flag=True, help="The same words around the word are shown once.")
@click.option("--sort", type=click.Choice(["time", "left", "right"]), default="time", show_default=True)
@click.option("--width", type=click.IntRange(min=40), help="Characters a line.  [default: the terminal's width]")
@click.option(
    "--context",
    type=click.IntRange(min=0),
    help="Characters on either side.  [default: as fits; 60 in other formats]",
)
@format_option
def kwic(
    word: str,
    workspace: Path,
    how: str | None,
    limit: int,
    width: int | None,
    context: int | None,
    format_: Format,
    **options: Any,
) -> None:
    """Show WORD in its context: every place where it stands, one below the other.

    WORD may be several words ("rumah sakit") or a hashtag (#Vaksin). Reposts of others and ads are left out.

    \b
    Examples:
      textmine kwic vaksin season
      textmine kwic pelayanan season --stem --agency kemenkes --sort right
      textmine kwic "#BanggaBuatanIndonesia" season --month 2020-05 --distinct
      textmine kwic "rp ?[0-9.]+" season --regex --limit 0 --format csv > prices.csv
    """
    from textmine.kwic import concordance
    from textmine.store import Workspace
    from textmine.workflow.stages import last_language_settings

    opened = Workspace.open(workspace)
    columns = width or shutil.get_terminal_size((120, 24)).columns
    with counting("Searching"):
        found = concordance(
            opened.scan("posts.parquet", made_by="ingest"),
            word,
            match=cast("Literal['stem', 'regex'] | None", how),
            context=columns if context is None and format_ == "table" else 60 if context is None else context,
            limit=limit or None,
            language=last_language_settings(opened),
            **options,
        )
    say_simulated(opened.simulated)
    if format_ == "table":
        _print_lines(found.lines, columns, colour=sys.stdout.isatty())
    else:
        emit(found.lines, format_)
    say(_counted(len(found.lines), found.n_posts, found.forms if how == "stem" else ()))


def _counted(n_lines: int, n_posts: int, forms: tuple[str, ...]) -> str:
    said = f"{n_lines:,} lines; {n_posts:,} posts hold it"
    if forms:
        shown = ", ".join(printable(form) for form in forms[:12])
        said += f"; forms: {shown}" + (f" and {len(forms) - 12:,} more" if len(forms) > 12 else "")
    return said


def _print_lines(lines: pl.DataFrame, columns: int, *, colour: bool) -> None:
    """Print places one below the other, the word at the same column everywhere."""
    from rich.cells import cell_len, set_cell_size

    from textmine.posts import REPORT_TIME_ZONE

    zone = ZoneInfo(REPORT_TIME_ZONE)
    who = min(max((cell_len(printable(name)) for name in lines["account"]), default=0), _WHO)
    longest = max((cell_len(printable(hit)) for hit in lines["match"]), default=0)
    side = max((columns - 10 - who - 4 - min(longest, columns // 4)) // 2, _LEAST)
    for row in lines.iter_rows(named=True):
        left, hit, right = (printable(row[name]) for name in ("left", "match", "right"))
        before = _right_aligned(left, side)
        room = max(columns - 10 - who - 3 - side - cell_len(hit), 0)
        after = right if cell_len(right) <= room else set_cell_size(right, max(room - 1, 0)).rstrip() + "…"
        day = row["published_at"].astimezone(zone).date().isoformat()
        account = set_cell_size(printable(row["account"]), who)
        click.echo(f"{day} {account}  {before}{click.style(hit, bold=True) if colour else hit}{after}".rstrip())


def _right_aligned(text: str, width: int) -> str:
    """The end of a text, in so many columns."""
    from rich.cells import cell_len

    if cell_len(text) <= width:
        return " " * (width - cell_len(text)) + text
    while cell_len(text) > width - 1:
        text = text[1:]
    return " " * (width - 1 - cell_len(text)) + "…" + text
