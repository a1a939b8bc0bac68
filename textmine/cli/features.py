"""``textmine features``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from textmine.cli.options import DAY, check_days
from textmine.cli.output import Format, emit, format_option, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl

    from textmine.store import Workspace

_SHOWN_LETTERS = 15


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path), required=False)
@click.option("--level", type=click.Choice(["post", "agency"]), default="post", show_default=True,
              help="One row a post, or one an agency.")  # fmt: skip
@click.option("--columns", metavar="A,B", help="Columns to print besides the post's key; * stands for any letters.")
@click.option("--top", type=click.IntRange(min=1), help="Posts to print.  [default: all]")
@click.option("--as-is", is_flag=True, help="Run no other stage first; what is not there gives null columns.")
@click.option("--min-peers", type=click.IntRange(min=2), help="Posts a group of peers needs.  [default: 30]")
@click.option("--min-accounts", type=click.IntRange(min=1), help="Accounts it needs.  [default: 3]")
@click.option("--time-zone", "zones", metavar="AGENCY=ZONE", multiple=True,
              help="WIB, WITA or WIT of an agency whose name does not tell it (may be given again).")  # fmt: skip
@click.option("--dictionary", is_flag=True, help="Print what the columns mean; needs no workspace.")
@click.option("--ltr", type=click.Path(path_type=Path), help="Agencies: also a folder for learning to rank.")
@click.option("--award", metavar="NAME|FILE", help="Agencies: groups of --ltr by award.  [default: by cluster]")
@click.option("--relevance", type=click.Path(path_type=Path), help="Agencies: CSV with agency,relevance for --ltr.")
@click.option("--from", "first", type=DAY, help="Agencies: first day that counts.")
@click.option("--to", "last", type=DAY, help="Agencies: last day that counts.")
@format_option
def features(
    workspace: Path | None,
    level: str,
    columns: str | None,
    top: int | None,
    as_is: bool,
    min_peers: int | None,
    min_accounts: int | None,
    zones: tuple[str, ...],
    dictionary: bool,
    ltr: Path | None,
    award: str | None,
    relevance: Path | None,
    first: date | None,
    last: date | None,
    format_: Format,
) -> None:
    """Write one row a post: text, topics, novelty, sentiment, service, response and engagement among its peers.

    The table is WORKSPACE/features.parquet, its columns are told in features_dictionary.json and .csv. Topics, near
    duplicates and campaigns are found first where they are not there. On a terminal a summary of the columns is
    printed, for machines the posts. With --level agency it is one row an agency, WORKSPACE/agency_features.parquet: the
    measures of textmine awards measures.

    \b
    Examples:
      textmine features season
      textmine features season --columns 'engagement*,topic' --format csv > engagement.csv
      textmine features season --as-is --time-zone bumn-pupuk=WITA
      textmine features --dictionary
      textmine features season --level agency --format csv > agencies.csv
      textmine features season --level agency --ltr ranking --award gsm2020 --relevance winners.csv
    """
    from textmine.features import dictionary_table, features_of
    from textmine.store import Workspace

    check_days(first, last)
    if level == "agency":
        from textmine.cli.features_agency import agency_level

        agency_level(workspace, columns, top, dictionary, ltr, award, relevance, first, last, format_)
        return
    if ltr or award or relevance or first or last:
        raise click.UsageError("--ltr, --award, --relevance, --from and --to need --level agency")
    if dictionary:
        emit(dictionary_table(), format_)
        return
    if workspace is None:
        raise click.UsageError("give a workspace, or --dictionary")
    opened = Workspace.open(workspace)
    _make(opened, as_is, min_peers, min_accounts, _pairs(zones))
    say_simulated(opened.simulated)
    table = features_of(opened)
    chosen = chosen_columns(table.collect_schema().names(), columns)
    if format_ == "table":
        shown = [name for name in chosen if name not in ("platform", "post_id", "published_at")]
        emit(summary(table, shown), format_)
        return
    rows = table.select(chosen) if top is None else table.select(chosen).head(top)
    _print_rows(rows, format_)


def _make(
    workspace: Workspace, as_is: bool, min_peers: int | None, min_accounts: int | None, zones: dict[str, str]
) -> None:
    """Run the stage; options that are not given are as in its last run."""
    from textmine.features import FeatureSettings, missing_stages
    from textmine.features.stage import last_settings
    from textmine.workflow.features import NEEDED, complete_features_stage

    with workspace.lock(), counting("Making features") as update:
        last = last_settings(workspace)
        settings = FeatureSettings(
            min_peers=min_peers or last.min_peers,
            min_accounts=min_accounts or last.min_accounts,
            time_zones={**last.time_zones, **zones},
        )
        first = () if as_is else NEEDED
        rows = complete_features_stage(workspace, settings=settings, first=first, progress=update).manifest.rows
    say(f"{rows['posts']:,} posts, {rows['columns']} columns: {workspace.file('features.parquet')}")
    if missing := missing_stages(workspace):
        why = f"run: textmine features {workspace.path}" if as_is else "there are too few posts for them"
        say(f"note: columns that need {', '.join(missing)} are null; {why}")


def _pairs(zones: tuple[str, ...]) -> dict[str, str]:
    pairs = [zone.partition("=") for zone in zones]
    for agency, equals, zone in pairs:
        if not (agency and equals and zone):
            raise click.BadParameter("write AGENCY=ZONE, such as bumn-pupuk=WITA", param_hint="--time-zone")
    return {agency: zone for agency, _, zone in pairs}


def chosen_columns(known: list[str], asked: str | None, key: tuple[str, ...] = ("platform", "post_id")) -> list[str]:
    """Columns in the order in which they are asked for, the key first."""
    from fnmatch import fnmatchcase

    from textmine.errors import did_you_mean

    if asked is None:
        return known
    chosen = list(key)
    for pattern in (part.strip() for part in asked.split(",")):
        found = [name for name in known if fnmatchcase(name, pattern)]
        if not found:
            hint = did_you_mean(pattern, known, "; textmine features --dictionary names them")
            raise click.BadParameter(f"no column {pattern!r}{hint}", param_hint="--columns")
        chosen += found
    return list(dict.fromkeys(chosen))


def _print_rows(rows: pl.LazyFrame, format_: Format) -> None:
    """Print posts; CSV is written batch by batch, so that a season fits any memory."""
    from textmine.batches import iter_batches

    if format_ != "csv":
        emit(rows.collect(), format_)
        return
    for number, batch in enumerate(iter_batches(rows)):
        click.echo(batch.write_csv(include_header=number == 0), nl=False)


def summary(table: pl.LazyFrame, columns: list[str]) -> pl.DataFrame:
    """How many posts know each column, and its range; of names the most frequent one."""
    import polars as pl

    rows = []
    for name in columns:
        values = table.select(name).collect()[name]
        known = f"{100 * values.count() / max(len(values), 1):.1f} %"
        if values.dtype.is_numeric() or values.dtype == pl.Boolean:
            figures = values.cast(pl.Float64)
            rows.append((name, known, *(_short(part) for part in (figures.min(), figures.median(), figures.max()))))
        else:
            most = values.drop_nulls().value_counts().sort(["count", name], descending=[True, False]).head(1)
            rows.append((name, known, None, None, str(most[name].item())[:_SHOWN_LETTERS] if len(most) else None))
    names = ("column", "known", "least", "median", "most (frequent)")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _short(figure: object) -> str | None:
    """Three digits that count: 0.0123, 45.6, 302,643."""
    if not isinstance(figure, int | float):
        return None
    digits = f"{figure:.3g}"
    return f"{figure:,.0f}" if abs(figure) >= 1000 else digits
