"""``textmine label judge``: one judge at a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textmine.cli.output import printable, say

if TYPE_CHECKING:
    from textmine.labels.session import JudgeSession

_UNDO, _SKIP, _QUIT = ("u", "z", "\x7f", "\x08"), ("s", "-"), ("q", "\x1b", "\x04", "")


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--as", "name", required=True, metavar="NAME", help="Who judges.")
@click.option("--again", is_flag=True, help="Show skipped posts once more.")
def judge(workspace: Path, name: str, again: bool) -> None:
    """Judge posts, one key a post: 1 is the best class; u takes back, s skips, q ends.

    Every vote is on disk before the next post is shown: stop at any time and go on later.

    \b
    Examples:
      textmine label judge season --as ani
      textmine label judge season --as ani --again
    """
    from textmine.labels.session import JudgeSession
    from textmine.store import Workspace

    session = JudgeSession(Workspace.open(workspace), name, again=again)
    before = session.n_done
    try:
        while (post := session.current()) is not None and _asked(session, post):
            pass
    finally:
        say(
            f"{printable(name)}: {session.n_done - before:+,} posts now, {session.n_done:,} of {session.n_posts:,} done"
        )


def _asked(session: JudgeSession, post: dict[str, Any]) -> bool:
    """Show a post and do what the keys say; whether to go on."""
    _show(session, post)
    while True:
        key = click.getchar().lower()
        if key in _QUIT:
            return False
        if key in _UNDO:
            click.echo("taken back" if session.undo() else "nothing to take back")
            return True
        if key in _SKIP:
            session.skip()
            click.echo("skipped")
            return True
        if key.isdecimal() and 1 <= int(key) <= len(session.tasks.classes):
            label = session.tasks.classes[int(key) - 1]
            session.vote(label)
            click.echo(printable(label))
            return True


def _show(session: JudgeSession, post: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    # a caption may hold what drives a terminal
    text = "\n".join(printable(line) for line in post["text"].splitlines())
    keys = "  ".join(f"{place} {printable(name)}" for place, name in enumerate(session.tasks.classes, start=1))
    medium = "" if post["media_type"] == "unknown" else f", {post['media_type']}"
    title = f"{session.n_done + 1} / {session.n_posts}   {post['platform']}{medium}"
    console = Console(highlight=False, markup=False)
    console.print(Panel(Text(text), title=Text(title), title_align="left", padding=(1, 2)))
    console.print(Text(f"{keys}   u back  s skip  q quit"))
