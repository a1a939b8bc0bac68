"""``textmine judge minutes``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import click

from textmine.cli.judge_tally import rules_of, rules_options
from textmine.cli.options import DAY, LANG
from textmine.cli.output import say_simulated
from textmine.locales import Language


@click.command()
@click.argument("scores", type=click.Path(path_type=Path))
@rules_options
@click.option("--award", help="Name of the award.")
@click.option("--panel", help="Name of the jury.")
@click.option("--place", help="Where the jury decided.")
@click.option("--date", "day", type=DAY, help="When it decided; a line to fill in if left out.")
@click.option("--lang", type=LANG, default="id", show_default=True, help="Of the minutes.")
@click.option(
    "--kind", type=click.Choice(["pdf", "md", "both"]), default="both", show_default=True, help="What is written."
)
@click.option(
    "--fonts",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    multiple=True,
    help="Folder with fonts for scripts that the system has none for.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=Path("minutes"), show_default=True, help="Folder."
)
def minutes(
    scores: Path,
    jury: Path | None,
    method: str | None,
    ties: str | None,
    last: str | None,
    seed: int | None,
    decimals: int | None,
    trim: float | None,
    award: str | None,
    panel: str | None,
    place: str | None,
    day: date | None,
    lang: Language,
    kind: Literal["pdf", "md", "both"],
    fonts: tuple[Path, ...],
    output: Path,
) -> None:
    """Write the minutes of a jury's decision (berita acara) as PDF and Markdown, with lines to sign.

    SCORES is as for textmine judge tally; --jury names a TOML file with the panel, criteria, rules and conflicts.

    \b
    Examples:
      textmine judge minutes scores.csv --jury jury.toml -o minutes
      textmine judge minutes scores.csv --award "Penghargaan 2026" --place Jakarta --date 2026-11-30 --lang en
    """
    import textmine
    from textmine.judging.minutes import write_minutes
    from textmine.judging.paperjury import paper_proceedings, paper_tally

    rules = rules_of(method, ties, last=last, seed=seed, decimals=decimals, trim=trim)
    found = paper_tally(scores, jury, rules=rules, award=award, panel=panel)
    told = paper_proceedings(found, textmine.__version__, place=place, day=day, lang=lang)
    say_simulated(told.simulated)
    for path in write_minutes(told, output, lang, kind=kind, fonts=fonts):
        click.echo(path)
