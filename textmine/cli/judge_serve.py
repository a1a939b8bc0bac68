"""``textmine judge serve``."""

from __future__ import annotations

from pathlib import Path

import click

from textmine.cli.judge import database_option
from textmine.cli.judge_people import ADDRESS, HOST, PORT
from textmine.cli.options import LANG
from textmine.cli.output import printable, say
from textmine.locales import Language


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@database_option
@click.option("--host", default=HOST, show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="Port to listen on.")
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME",
    help="Host name that people use; may be repeated.",
)
@click.option("--https", is_flag=True, help="People reach the page over TLS: cookies are sent over nothing else.")
@click.option(
    "--trust-proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS",
    help="A proxy whose X-Forwarded-* is believed.",
)
@click.option("--lang", type=LANG, default="id", show_default=True, help="Of the pages at first.")
@click.option("--workers", type=click.IntRange(1, 16), default=1, show_default=True, help="Processes that serve.")
@click.option("--organiser", default="Organiser", show_default=True, metavar="NAME", help="Who gets the first link.")
@click.option("--link", "new_link", is_flag=True, help="A new link for the organiser, although one came in before.")
def serve(
    workspace: Path,
    database: str | None,
    host: str,
    port: int,
    names: tuple[str, ...],
    https: bool,
    proxies: tuple[str, ...],
    lang: Language,
    workers: int,
    organiser: str,
    new_link: bool,
) -> None:
    """Serve the jury's page: an organiser makes panels, judges score, all over a browser.

    The first organiser comes in by a one-time link that stands on standard error. Only this machine reaches the page
    unless --host says otherwise; then it needs TLS, see docs/judge_serve.md.

    \b
    Examples:
      textmine judge serve season
      textmine judge serve season --name jury.example.org --https --trust-proxy 127.0.0.1
      textmine judge serve season --database postgresql://jury@localhost/jury --port 9000
    """
    from textmine.judging.database import Database
    from textmine.judging.web.server import has_signed_in_organiser, organiser_link
    from textmine.judging.web.server import serve as serve_page
    from textmine.judging.web.settings import serve_settings
    from textmine.store import Workspace

    Workspace.open(workspace)
    settings = serve_settings(workspace, host=host, names=names, https=https, proxies=proxies, language=lang)
    with Database.of_workspace(workspace, database) as opened:
        base = settings.base(host, port)
        for warning in settings.warnings(host):
            say(warning)
        if new_link or not has_signed_in_organiser(opened):
            link = organiser_link(opened, base, name=organiser)
            say(f"one-time link for {printable(organiser)}, for one hour: {link}")
        say(f"the jury's page is at {base} (end with Ctrl+C)")
        if base != ADDRESS:
            say(f"textmine judge invite makes links to it with --address {base}")
        address = opened.engine.url.render_as_string(hide_password=False)
    serve_page(address, settings, host=host, port=port, workers=workers)
