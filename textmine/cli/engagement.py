"""``textmine engagement``."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from textmine.cli.groups import LazyGroup
from textmine.cli.options import DAY, LANG, check_days
from textmine.cli.output import Format, emit, format_option, say, say_simulated
from textmine.cli.progress import counting
from textmine.locales import Language

if TYPE_CHECKING:
    from textmine.rates import Ledger, RateDefinition
    from textmine.rates.combination import Combining, Statistic
    from textmine.rates.definitions import AudienceReading

Part = Literal["ledger", "crowns", "agreement"]

engagement = LazyGroup(
    name="engagement",
    lazy={
        "ledger": (
            "textmine.cli.engagement:show_ledger",
            "Put all rates side by side: who is first by which?",
        ),
        "definitions": ("textmine.cli.engagement:list_definitions", "List the definitions of an engagement rate."),
    },
    help="""Compare the published definitions of an engagement rate.

    \b
    Examples:
      textmine engagement ledger season
      textmine engagement definitions
    """,
)


@click.command("definitions")
@click.option("--weights", type=click.Path(path_type=Path), help="A file of your own definitions, listed too.")
@format_option
def list_definitions(weights: Path | None, format_: Format) -> None:
    """List the definitions with formula, unit, figures, reading of the followers, averaging and source.

    What a publisher does not tell is in the column not_public of the other formats.

    \b
    Examples:
      textmine engagement definitions
      textmine engagement definitions --format csv
    """
    from textmine.rates import definitions_table

    table = definitions_table(_definitions((), weights))
    shown = ["definition", "formula", "audience"]
    emit(table.select(shown) if format_ == "table" else table, format_)


@click.command("ledger")
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option(
    "--er", "names", multiple=True, metavar="NAME", help="This definition (may be given again).  [default: all]"
)
@click.option("--cluster", "clusters", multiple=True, metavar="C", help="This cluster only (may be given again).")
@click.option(
    "--weights", type=click.Path(path_type=Path), help="TOML file with definitions of your own, added to them."
)
@click.option("--audience", type=click.Choice(["own", "posting", "average", "latest"]), default="own",
              show_default=True, help="Reading of the followers: each definition's own, or one.")  # fmt: skip
@click.option("--statistic", type=click.Choice(["own", "mean", "median", "trimmed", "total"]), default="own",
              show_default=True, help="What is compared: each definition's own averaging, or one for all.")  # fmt: skip
@click.option("--combine", "combining", type=click.Choice(["z", "rank"]), default="z", show_default=True,
              help="How platforms are made comparable: z of the logarithm, or percentiles.")  # fmt: skip
@click.option("--from", "first", type=DAY, help="First day that counts.  [default: of the posts]")
@click.option("--to", "last", type=DAY, help="Last day that counts.  [default: of the posts]")
@click.option("--replies/--no-replies", default=True, show_default=True, help="Whether an agency's own replies count.")
@click.option("--part", type=click.Choice(["ledger", "crowns", "agreement"]), default="ledger", show_default=True,
              help="Which table is printed for machines; a terminal shows a digest of all three.")  # fmt: skip
@click.option("--lang", type=LANG, default="id", show_default=True, help="Language of the digest.")
@format_option
def show_ledger(
    workspace: Path,
    names: tuple[str, ...],
    clusters: tuple[str, ...],
    weights: Path | None,
    audience: str,
    statistic: str,
    combining: str,
    first: date | None,
    last: date | None,
    replies: bool,
    part: Part,
    lang: Language,
    format_: Format,
) -> None:
    """Put all definitions of an engagement rate side by side, and say which agency each would crown.

    Platforms are put together by standardising within each platform first. Beside every rate stands what it was
    computed from: posts, those whose figures are known, hidden, absent, rounded, and when the followers were read.

    \b
    Examples:
      textmine engagement ledger season
      textmine engagement ledger season --er rivaliq --er crowdtangle-account --cluster kementerian
      textmine engagement ledger season --format csv > ledger.csv
      textmine engagement ledger season --part agreement --format json
    """
    from textmine.rates import ledger
    from textmine.store import Workspace

    check_days(first, last)
    chosen = _definitions(names, weights)
    opened = Workspace.open(workspace)
    with counting("Reading posts") as update:
        found = ledger(
            opened.scan("posts.parquet", made_by="ingest"),
            register=opened.register(),
            definitions=chosen,
            clusters=clusters,
            audience=None if audience == "own" else cast("AudienceReading", audience),
            statistic=cast("Statistic", statistic),
            combining=cast("Combining", combining),
            first=first,
            last=last,
            replies=replies,
            progress=update,
        )
    say_simulated(opened.simulated)
    if format_ == "table":
        _print_digest(found, lang)
    else:
        emit({"ledger": found.rows, "crowns": found.crowns, "agreement": found.agreement}[part], format_)


def _definitions(names: tuple[str, ...], weights: Path | None) -> list[RateDefinition]:
    from textmine.rates import choose_definitions, own_definitions

    own = own_definitions(weights) if weights is not None else {}
    try:
        return choose_definitions(names, own)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--er") from error


def _print_digest(found: Ledger, lang: Language) -> None:
    from textmine.report.ledger import ledger_digest

    digest = ledger_digest(found, lang=lang)
    for number, (title, table) in enumerate(digest.tables):
        if number:
            click.echo()
        emit(table, "table", title=title)
    sys.stdout.flush()
    for note in digest.notes:
        say(note)
