"""``textmine ingest``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from textmine.cli.output import say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    from textmine.ingest import IngestResult


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("-o", "--output", "workspace", required=True, type=click.Path(path_type=Path), help="The workspace.")
@click.option("--agencies", type=click.Path(path_type=Path), help="The agency register (CSV).")
@click.option("--map", "mapping", metavar="COLUMN=NAME,...", help="Columns of the post table and their names here.")
@click.option("--platform", type=click.Choice(["facebook", "x", "instagram", "youtube"]), help="For files without.")
@click.option("--account", help="For files that name no account.")
@click.option(
    "--zeros",
    type=click.Choice(["auto", "keep"]),
    default="auto",
    show_default=True,
    help="auto: a figure that is 0 on every row was not collected; keep: every 0 is a figure.",
)
@click.option("--replace", is_flag=True, help="Forget what the workspace held.")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
def ingest(
    sources: tuple[str, ...],
    workspace: Path,
    agencies: Path | None,
    mapping: str | None,
    platform: str | None,
    account: str | None,
    zeros: str,
    replace: bool,
    format_: str,
) -> None:
    """Read exports of Facebook, X, Instagram and YouTube into a workspace.

    CSV, TSV, XLSX, JSON, NDJSON and Parquet are recognised by content; a SOURCE is a file, a folder or a pattern.
    Every row read is a post, a duplicate or rejected with its reason in rejects.parquet.

    \b
    Examples:
      textmine ingest exports/*.csv --agencies agencies.csv -o season
      textmine ingest posts.xlsx --platform instagram --account kemenkes_ri -o season
      textmine ingest dump.ndjson --map caption=full_text,likes=favorite_count -o season
    """
    import textmine.ingest
    from textmine.store import Workspace

    opened = Workspace.create(workspace)
    with opened.lock(), counting("Reading rows") as update:
        result = textmine.ingest.ingest(
            sources,
            opened,
            agencies=agencies,
            mapping=parse_mapping(mapping),
            platform=platform,  # type: ignore[arg-type]
            account=account,
            zeros=zeros,  # type: ignore[arg-type]
            replace=replace,
            progress=update,
        )
    say_simulated(opened.simulated)
    _print(result, opened.path, format_)


def parse_mapping(text: str | None) -> dict[str, str] | None:
    """Read ``caption=full_text,likes=favorite_count``.

    Raises
    ------
    click.BadParameter
        A part has no ``=``.
    """
    if not text:
        return None
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    for column, equals, name in pairs:
        if not equals or not column.strip() or not name.strip():
            raise click.BadParameter(f"{column!r} is not COLUMN=NAME", param_hint="--map")
    return {column.strip(): name.strip() for column, _, name in pairs}


def _print(result: IngestResult, path: Path, format_: str) -> None:
    import json

    if format_ == "json":
        click.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
        return
    for file in result.files:
        click.echo(
            f"{file.path}: {file.format}, read {file.read:,} = {file.posts:,} posts"
            f" + {file.duplicates:,} duplicates + {file.rejected:,} rejected"
        )
        for note in file.notes:
            say(f"  note: {note}")
    click.echo(
        f"read {result.read:,} = {result.posts:,} posts + {result.duplicates:,} duplicates"
        f" + {result.rejected:,} rejected"
    )
    if result.rejected:
        say(f"Rejected rows and reasons: {path / 'rejects.parquet'}")
