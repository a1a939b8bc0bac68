"""``textmine judge invite`` and ``status``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from textmine.cli.judge import database_option, opened, panel_option
from textmine.cli.output import Format, emit, format_option, printable, say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from textmine.judging.roles import Actor

HOST: Final = "127.0.0.1"
PORT: Final = 8000
ADDRESS: Final = f"http://{HOST}:{PORT}"
"""Where ``textmine judge serve`` is reached when it is given no name and no port."""


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--role", type=click.Choice(["judge", "observer", "organiser"]), default="judge", show_default=True)
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How long links can be used.")
@click.option(
    "--address",
    default=ADDRESS,
    show_default=True,
    metavar="URL",
    help="Where people reach the page: the address that judge serve prints.",
)
@panel_option
@database_option
@format_option
def invite(
    workspace: Path,
    names: tuple[str, ...],
    role: Any,
    days: int,
    address: str,
    named: str | None,
    database: str | None,
    format_: Format,
) -> None:
    """Make a one-time link for each person. It is printed once and kept nowhere: only its SHA-256 is stored.

    Who is a member already gets a new link, and the old one can no longer be used. Organisers see all panels. A page
    with a --port or --name of its own needs its --address here.

    \b
    Examples:
      textmine judge invite season "Ibu Ani" "Pak Budi" "Ibu Citra"
      textmine judge invite season "Pak Eka" --role observer --days 2
      textmine judge invite season "Bu Oni" --role organiser --address https://juri.example.go.id
      textmine judge invite season "Ibu Ani" --address http://127.0.0.1:9000
    """
    import polars as pl

    from textmine.judging.invitations import LINK_PATH
    from textmine.judging.invitations import invite as make_link
    from textmine.judging.panels import panel_named

    if len(set(names)) < len(names):
        raise click.UsageError("a name stands twice; people are told apart by name")
    rows = []
    with opened(workspace, database) as (jury, actor), jury.writing(actor) as session:
        panel_id = None if role == "organiser" else panel_named(session, actor, named).id
        for name in names:
            person_id = _person(session, actor, name, role, panel_id)
            link = make_link(session, actor, person_id, panel_id, lasts=timedelta(days=days))
            until = link.expires_at.strftime("%Y-%m-%d %H:%M UTC")
            rows.append((link.name, role, f"{address.rstrip('/')}{LINK_PATH}{link.token}", until))
    say("each link opens once; send it to its person alone")
    if address == ADDRESS:
        say(
            f"links lead to {ADDRESS}, on this machine only; for a page elsewhere or on another port give --address URL"
        )
    if format_ == "table":  # a table would cut the links on a narrow terminal, and nothing shows them again
        for who, _, shown, until in rows:
            click.echo(f"{printable(who)} ({role}, until {until})\n  {shown}")
        return
    emit(pl.DataFrame(rows, schema=["name", "role", "link", "until"], orient="row"), format_)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@panel_option
@database_option
@format_option
def status(workspace: Path, named: str | None, database: str | None, format_: Format) -> None:
    """Show how many scores of each judge are due, done and missing. No score is told before the panel is closed.

    \b
    Examples:
      textmine judge status season
      textmine judge status season --format json
    """
    import polars as pl

    from textmine.judging.panels import panel_named
    from textmine.judging.progress import progress

    with opened(workspace, database) as (jury, actor), jury.reading(actor) as session:
        panel = panel_named(session, actor, named)
        found = progress(session, actor, panel.id)
    say(f"{panel.settings.title}: {panel.state}")
    rows = [(each.name, each.due, each.done, each.missing, each.conflicts, each.last_saved_at) for each in found]
    numbers = {name: pl.UInt32() for name in ("due", "done", "missing", "conflicts")}
    schema = pl.Schema({"judge": pl.String(), **numbers, "last_saved_at": pl.Datetime("us", "UTC")})
    emit(pl.DataFrame(rows, schema=schema, orient="row"), format_)


def _person(session: Session, actor: Actor, name: str, role: Any, panel_id: str | None) -> str:
    """Id of a member of this name, or of a new one."""
    from textmine.judging.people import add_member, add_person, members_of, people

    known = people(session, actor) if panel_id is None else members_of(session, actor, panel_id)
    for each in known:
        if (each.name, each.role) == (name.strip(), role):
            return each.id
    person = add_person(session, actor, name, role)
    if panel_id is not None:
        add_member(session, actor, panel_id, person.id)
    return person.id
