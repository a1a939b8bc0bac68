"""``textmine judge``: panels, invitations, progress, tally, minutes, and the record of a jury."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from textmine.cli.groups import LazyGroup

if TYPE_CHECKING:
    from textmine.judging.database import Database
    from textmine.judging.roles import Actor

_Command = TypeVar("_Command", bound=Callable[..., Any])

judge = LazyGroup(
    name="judge",
    lazy={
        "panel": ("textmine.cli.judge_panel:panel", "Make, list, open and close panels."),
        "invite": ("textmine.cli.judge_people:invite", "Make one-time links for judges, observers and organisers."),
        "status": ("textmine.cli.judge_people:status", "Show how far each judge is."),
        "serve": ("textmine.cli.judge_serve:serve", "Serve the page where organisers make panels and judges score."),
        "scores": ("textmine.cli.judge_record:scores", "Print the scores of a closed panel, for the tally."),
        "tally": ("textmine.cli.judge_tally:tally", "Count the scores of a jury by seven methods, side by side."),
        "minutes": ("textmine.cli.judge_minutes:minutes", "Write the minutes of the decision as PDF and Markdown."),
        "audit": ("textmine.cli.judge_record:audit", "Show who did what, and check that nothing was changed."),
        "export": ("textmine.cli.judge_record:export", "Write a panel into one file."),
        "import": ("textmine.cli.judge_record:import_", "Take a panel in from such a file."),
    },
    help="""Let a jury score the nominees of an award, and keep its record.

    \b
    Examples:
      textmine judge panel create season --awards gsm2022 --title "Juri 2022"
      textmine judge invite season "Ibu Ani" "Pak Budi" "Ibu Citra"
      textmine judge panel open season
      textmine judge status season
      textmine judge panel close season
      textmine judge serve season
      textmine judge scores season > scores.csv
      textmine judge tally scores.csv
    """,
)


def database_option(command: _Command) -> _Command:
    """Add ``--database``."""
    return click.option(
        "--database", metavar="URL", envvar="TEXTMINE_JUDGING_DATABASE", show_envvar=True,
        help="postgresql://USER:PASSWORD@HOST/NAME or sqlite:///FILE instead of the workspace's own file.",
    )(command)  # fmt: skip


def panel_option(command: _Command) -> _Command:
    """Add ``--panel``."""
    return click.option(
        "--panel", "named", metavar="ID|TITLE", help="Which panel; needed only where there are several."
    )(command)


@contextlib.contextmanager
def opened(workspace: Path, url: str | None) -> Iterator[tuple[Database, Actor]]:
    """The database of a workspace, and who acts: who holds the machine is an organiser."""
    from textmine.judging.database import Database
    from textmine.judging.roles import Actor
    from textmine.store import Workspace

    Workspace.open(workspace)
    with Database.of_workspace(workspace, url) as database:
        yield database, Actor.console()
