"""``textmine judge audit``, ``scores``, ``export`` and ``import``."""

from __future__ import annotations

from pathlib import Path

import click

from textmine.cli.judge import database_option, opened, panel_option
from textmine.cli.output import Format, emit, format_option, printable, say


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@panel_option
@click.option("--general", is_flag=True, help="Show what belongs to no panel: people, refused links.")
@click.option("--verify", "check", is_flag=True, help="Check all chains instead; exit code 3 where one does not hold.")
@click.option("--last", type=click.IntRange(min=1), default=200, show_default=True, help="Lines to show.")
@database_option
@format_option
def audit(
    workspace: Path,
    named: str | None,
    general: bool,
    check: bool,
    last: int,
    database: str | None,
    format_: Format,
) -> None:
    """Show who did what, the newest first: also what was refused. Scores are told without their values.

    \b
    Examples:
      textmine judge audit season
      textmine judge audit season --general --last 50
      textmine judge audit season --verify
    """
    import json

    import polars as pl

    from textmine.judging import audit as log
    from textmine.judging.panels import panel_named

    with opened(workspace, database) as (jury, actor), jury.reading(actor) as session:
        panel_id = None if general else panel_named(session, actor, named).id
        if check:
            faults = log.verify(session, actor, panel_id)
        else:
            entries = log.entries(session, actor, panel_id, last=last)
    if not check:
        rows = [
            (each.at, each.person_id, each.role, each.action, each.refused, json.dumps(each.detail), each.address)
            for each in entries
        ]
        texts = {name: pl.String() for name in ("person", "role", "action")}
        more = {"refused": pl.Boolean(), "detail": pl.String(), "address": pl.String()}
        schema = pl.Schema({"at": pl.Datetime("us", "UTC"), **texts, **more})
        table = pl.DataFrame(rows, schema=schema, orient="row")
        if format_ == "table":
            at, who = pl.col("at").dt.strftime("%Y-%m-%d %H:%M:%S"), pl.col("person").str.slice(0, 8)
            refused = pl.when("refused").then(pl.lit("refused"))
            table = table.select(at, who, "action", refused.alias("refused"), "detail")
        emit(table, format_)
        return
    for fault in faults:
        click.echo(printable(f"{fault.chain}, event {fault.seq}: {fault.problem}"))
    say("the record does not hold" if faults else "every chain holds")
    if faults:
        raise SystemExit(3)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@panel_option
@click.option(
    "--save-jury",
    metavar="FILE.toml",
    type=click.Path(path_type=Path),
    help="Also write weights, titles, members and conflicts: --jury of tally and minutes. A file that exists is kept.",
)
@database_option
@format_option
def scores(workspace: Path, named: str | None, save_jury: Path | None, database: str | None, format_: Format) -> None:
    """Print the scores that count, once the panel is closed: what textmine judge tally reads.

    Judges and nominees are told by name; judges of one name are numbered, agencies have their key behind it. What was
    not scored has a row without a value. The table has no weights of criteria; --save-jury writes them into the file
    that tally and minutes take.

    \b
    Examples:
      textmine judge scores season > scores.csv
      textmine judge scores season --save-jury panel.toml > scores.csv
      textmine judge scores season --format parquet > scores.parquet
    """
    from textmine.judging.juryfile import jury_text
    from textmine.judging.panels import panel_named
    from textmine.judging.progress import named_scores
    from textmine.tomlfile import write_new_toml

    with opened(workspace, database) as (jury, actor), jury.reading(actor) as session:
        panel = panel_named(session, actor, named)
        table = named_scores(session, actor, panel.id)
        text = "" if save_jury is None else jury_text(session, actor, panel.id)
    if save_jury is not None:
        write_new_toml(save_jury, text)
    emit(table, format_)
    if save_jury is not None:
        say(f"weights, members and conflicts are in {save_jury}; give it to tally and minutes: --jury {save_jury}")
    elif any(len({one.weight for one in category.criteria}) > 1 for category in panel.categories):
        say("the criteria of this panel differ in weight, which the table does not say: --save-jury jury.toml writes")
        say("the weights for textmine judge tally and minutes; without --jury jury.toml all criteria weigh the same")


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="File to write.")
@panel_option
@database_option
def export(workspace: Path, output: Path, named: str | None, database: str | None) -> None:
    """Write a panel into one file: nominees, dossiers, judges, all scores and the log. It holds no link.

    The SHA-256 of the file's content is printed. Whoever has the file can read every score.

    \b
    Examples:
      textmine judge export season -o jury.jsonl
      textmine judge export season -o jury.jsonl --panel "Juri 2022"
    """
    from textmine.judging.exchange import export_panel
    from textmine.judging.panels import panel_named

    with opened(workspace, database) as (jury, actor), jury.writing(actor) as session:
        written = export_panel(session, actor, panel_named(session, actor, named).id, output)
    say(f"{written.n_rows:,} rows in {output}")
    click.echo(written.sha256)


@click.command("import")
@click.argument("workspace", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@database_option
def import_(workspace: Path, file: Path, database: str | None) -> None:
    """Take a panel in from a file of textmine judge export, into this or another kind of database.

    Chains and evidence are checked first. Judges need new links: no link is in the file.

    \b
    Examples:
      textmine judge import season jury.jsonl
      textmine judge import season jury.jsonl --database postgresql://jury@localhost/jury
    """
    from textmine.judging.exchange import import_panel

    with opened(workspace, database) as (jury, actor), jury.writing(actor) as session:
        done = import_panel(session, actor, file)
    say(f"{printable(done.settings.title)} is here, {done.state}; next: textmine judge invite")
