"""``textmine ingest``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from textmine.cli.options import PLATFORM
from textmine.cli.output import printable, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    from textmine.ingest import IngestResult, SavedMap

_REASONS, _LONGEST_VALUE = 5, 40
_FORMATS_HELP = "List the tools whose exports are known, and leave."


def _list_formats(context: click.Context, _: click.Parameter, asked: bool) -> None:
    """Print the known formats and leave."""
    if not asked or context.resilient_parsing:
        return
    from textmine.ingest.field_table import known_formats

    for name, platform, note in known_formats():
        click.echo(f"{name:<28} {platform:<22} {note}".rstrip())
    context.exit()


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("-o", "--output", "workspace", required=True, type=click.Path(path_type=Path), help="The workspace.")
@click.option("--agencies", type=click.Path(path_type=Path), help="The agency register (CSV, XLSX).")
@click.option(
    "--map",
    "maps",
    metavar="COLUMN=NAME,... | FILE.toml",
    multiple=True,
    help="Columns of the post table and their names here; may be given again, the last word counts.",
)
@click.option(
    "--save-map",
    metavar="FILE.toml",
    type=click.Path(path_type=Path),
    help="Write to this file how the columns were read. A file that exists is kept.",
)
@click.option("--platform", type=PLATFORM, help="For files without.")
@click.option("--account", help="For files that name no account.")
@click.option(
    "--zeros",
    type=click.Choice(["auto", "keep"]),
    default="auto",
    show_default=True,
    help="auto: a figure that is 0 on every row was not collected; keep: every 0 is a figure.",
)
@click.option(
    "--pseudonymise",
    type=click.Path(path_type=Path),
    metavar="KEYFILE",
    help="Replace personal accounts and mentions by hashes keyed with this file; see docs/privacy.md.",
)
@click.option("--pseudonymise-ids", is_flag=True, help="Replace the ids of personal accounts' posts too.")
@click.option("--replace", is_flag=True, help="Forget what the workspace held.")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--formats", is_flag=True, is_eager=True, expose_value=False, callback=_list_formats, help=_FORMATS_HELP)
def ingest(
    sources: tuple[str, ...],
    workspace: Path,
    agencies: Path | None,
    maps: tuple[str, ...],
    save_map: Path | None,
    platform: str | None,
    account: str | None,
    zeros: str,
    pseudonymise: Path | None,
    pseudonymise_ids: bool,
    replace: bool,
    format_: str,
) -> None:
    """Read exports of Facebook, X, Instagram and YouTube into a workspace.

    CSV, TSV, XLSX, JSON, NDJSON and Parquet are recognised by content, also packed with gzip, xz or zstd; a SOURCE is
    a file, a folder, a pattern or - for standard input. Every row read is a post, a duplicate or rejected with its
    reason in rejects.parquet.

    \b
    Examples:
      textmine ingest exports/*.csv --agencies agencies.csv -o season
      textmine ingest posts.xlsx --platform instagram --account kemenkes_ri -o season
      textmine ingest dump.ndjson --map caption=full_text,likes=favorite_count -o season
      textmine ingest exports/ --agencies agencies.csv --pseudonymise ~/award.key -o season
      textmine ingest march.xlsx --map office.toml -o season
      ssh server cat season.jsonl.zst | textmine ingest - -o season
    """
    import textmine.ingest
    from textmine.ingest.mapfile import used_mapping
    from textmine.ingest.opening import workspace_for_writing
    from textmine.ingest.sources import standard_input
    from textmine.store import REGISTER

    if pseudonymise_ids and pseudonymise is None:
        raise click.UsageError("--pseudonymise-ids needs --pseudonymise KEYFILE")
    said = given_map(maps, platform, account)
    with (
        workspace_for_writing(workspace) as opened,
        standard_input(sources, folder=opened.path) as given,
        counting("Reading rows") as update,
    ):
        if save_map is not None:
            used_mapping(*given, mapping=said.mapping, platform=said.platform, account=said.account).write(save_map)
        result = textmine.ingest.ingest(
            given,
            opened,
            agencies=agencies,
            mapping=said.mapping,
            platform=said.platform,
            account=said.account,
            zeros=zeros,  # type: ignore[arg-type]
            pseudonymise=pseudonymise,
            pseudonymise_ids=pseudonymise_ids,
            replace=replace,
            progress=update,
        )
    if pseudonymise and not opened.file(REGISTER).exists():
        say("no register: every account is taken as a person's")
    say_simulated(opened.simulated)
    _print(result, opened.path, format_)


def given_map(maps: tuple[str, ...], platform: str | None, account: str | None) -> SavedMap:
    """Put together what ``--map``, ``--platform`` and ``--account`` say; options win over files, later over earlier.

    Raises
    ------
    click.BadParameter
        A part has no ``=``.
    ConfigError
        A mapping file cannot be followed.
    """
    from textmine.ingest import SavedMap, read_mapping

    said = SavedMap()
    for text in maps:
        is_file = "=" not in text and (text.lower().endswith(".toml") or Path(text).is_file())
        new = read_mapping(text) if is_file else SavedMap(parse_mapping(text))
        said = SavedMap(said.mapping | new.mapping, new.platform or said.platform, new.account or said.account)
    return SavedMap(said.mapping, platform or said.platform, account or said.account)  # type: ignore[arg-type]


def parse_mapping(text: str) -> dict[str, str]:
    """Read ``caption=full_text,likes=favorite_count``.

    Raises
    ------
    click.BadParameter
        A part has no ``=``.
    """
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    for column, equals, name in pairs:
        if not equals or not column.strip() or not name.strip():
            raise click.BadParameter(f"{column!r} is neither COLUMN=NAME nor a mapping file", param_hint="--map")
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
        _say_rejects(result, path)


def _say_rejects(result: IngestResult, path: Path) -> None:
    """Tell the first reasons: few who keep a table open Parquet."""
    import polars as pl

    stored = path / "rejects.parquet"
    given = {name for file in result.files if file.rejected for name in (file.path, Path(file.path).name)}
    rows = pl.scan_parquet(stored).filter(pl.col("source").is_in(list(given)))
    for reason in rows.head(_REASONS).collect().iter_rows(named=True):
        value = "" if reason["value"] is None else f" {printable(reason['value'])[:_LONGEST_VALUE]!r}"
        column = f", {printable(reason['column'])}{value}" if reason["column"] else ""
        say(f"  rejected: {reason['source']}, data row {reason['source_row']:,}{column}: {reason['reason']}")
    if result.rejected > _REASONS:
        say(f"  and {result.rejected - _REASONS:,} more")
    say("data rows count from 1 below the header, without blank lines: a spreadsheet's own numbers are higher")
    say(f"Rejected rows and reasons: {stored}")
