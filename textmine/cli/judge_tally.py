"""``textmine judge tally``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from textmine.cli.options import Number
from textmine.cli.output import Format, emit, format_option, printable, say

if TYPE_CHECKING:
    import polars as pl

    from textmine.judging.tally import Tally

_Command = TypeVar("_Command", bound=Callable[..., Any])
_METHODS = ("mean", "trimmed_mean", "z_score", "borda", "condorcet", "schulze", "adjusted")
_TABLES = ("nominees", "criteria", "judges", "agreement", "pairs", "left-out", "ties")


def rules_options(command: _Command) -> _Command:
    """Options for the rules of an award, which win over those of a file."""
    options = (
        click.option(
            "--jury", type=click.Path(path_type=Path), metavar="FILE", help="TOML: criteria, rules, conflicts."
        ),
        click.option("--method", type=click.Choice(_METHODS), show_default="mean", help="The method that decides."),
        click.option(
            "--ties",
            metavar="RULE,RULE",
            help="For equal scores, in their order: a method, first_places, head_to_head, criterion:KEY, judge:NAME.",
        ),
        click.option(
            "--last",
            type=click.Choice(["shared", "lot"]),
            show_default="shared",
            help="What becomes of those who are still equal.",
        ),
        click.option("--seed", type=click.IntRange(min=0), show_default="0", help="Of the lot, and of drawn p-values."),
        click.option("--decimals", type=click.IntRange(0, 9), help="Scores equal to so many decimals are equal."),
        click.option("--trim", type=Number(0, 0.5, max_open=True), show_default="0.2", help="Of the trimmed mean."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def rules_of(method: str | None, ties: str | None, **others: object) -> dict[str, object]:
    """Rules that were given as options; None for the rest."""
    return {"method": method, "ties": None if ties is None else [rule for rule in ties.split(",") if rule], **others}


@click.command()
@click.argument("scores", type=click.Path(path_type=Path))
@rules_options
@click.option("--category", help="One category of several.")
@click.option("--show", type=click.Choice(_TABLES), default="nominees", show_default=True, help="Which table.")
@format_option
def tally(
    scores: Path,
    jury: Path | None,
    method: str | None,
    ties: str | None,
    last: str | None,
    seed: int | None,
    decimals: int | None,
    trim: float | None,
    category: str | None,
    show: str,
    format_: Format,
) -> None:
    """Count the scores of a jury by seven methods side by side, and say how sure the winner is.

    SCORES is CSV or XLSX with judge, nominee, criterion and value, and category where there are several; an empty
    value was not scored. Standard error says who wins, whether judges agree and what would change the result.

    \b
    Examples:
      textmine judge tally scores.csv
      textmine judge tally scores.csv --method schulze --ties first_places,judge:Ani --last lot --seed 2026
      textmine judge tally scores.xlsx --jury jury.toml --show judges --format csv
    """
    import polars as pl

    from textmine.errors import InputError
    from textmine.judging.paperjury import paper_tally
    from textmine.judging.tally.tables import side_by_side

    rules = rules_of(method, ties, last=last, seed=seed, decimals=decimals, trim=trim)
    tallies = paper_tally(scores, jury, rules=rules).tallies
    if category is not None and category not in tallies:
        raise InputError(f"there is no category {category!r}; there are {', '.join(tallies)}", path=scores)
    chosen = tallies if category is None else {category: tallies[category]}
    for name, found in chosen.items():
        _say(name, found)
    if format_ == "table":
        for name, found in chosen.items():
            table = side_by_side(found) if show == "nominees" else _table(found, show)
            title = f"{name} - points by {found.rules.method}, ranks by each method" if show == "nominees" else name
            emit(table.drop("n_incomplete", "spread", strict=False), format_, title=title.removeprefix(" - "))
        return
    named = [_table(found, show).select(pl.lit(name).alias("category"), pl.all()) for name, found in chosen.items()]
    emit(pl.concat(named).drop("category" if list(chosen) == [""] else []), format_)


def _table(found: Tally, show: str) -> pl.DataFrame:
    from textmine.judging.tally.tables import tie_table

    if show == "ties":
        return tie_table(found)
    if show == "left-out":
        return found.robustness.left_out
    table: pl.DataFrame = getattr(found, show)
    return table


def _say(category: str, found: Tally) -> None:
    from textmine.judging.tally.tables import sentences

    for sentence in sentences(found):
        say(printable(f"{category}: {sentence}" if category else sentence))
