"""``textmine plugins``."""

from __future__ import annotations

import click

from textmine.cli.output import Format, emit, format_option, say


@click.command()
@format_option
@click.pass_context
def plugins(context: click.Context, format_: Format) -> None:
    """List what other packages add: formats, measures of awards, steps of a word, sections of reports.

    Each one is loaded and checked. Leaves with 3 if one of them cannot be used.

    \b
    Examples:
      textmine plugins
      textmine plugins --format json
    """
    from textmine.plugins import overview, table_of

    found = overview()
    if found or format_ != "table":
        emit(table_of(found), format_)
    broken = sum(each.problem is not None for each in found)
    said = f"{len(found)} plug-ins" if found else "no plug-ins; docs/plugins.md says how to make one"
    say(f"{said}, {broken} of them cannot be used" if broken else said)
    if broken:
        context.exit(3)
