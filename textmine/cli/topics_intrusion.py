"""``textmine topics intrusion``."""

from __future__ import annotations

from pathlib import Path

import click

from textmine.cli.options import LANG
from textmine.cli.output import Format, emit, format_option, printable, say
from textmine.locales import Language


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("-o", "--output", "sheet", type=click.Path(path_type=Path, dir_okay=False), help="Sheet: .csv or .xlsx.")
@click.option(
    "--words", "n_words", type=click.IntRange(2, 10), default=5, show_default=True, help="Words of the topic."
)
@click.option("--per-topic", type=click.IntRange(1, 10), default=1, show_default=True, help="Questions a topic.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--lang", type=LANG, default="id", show_default=True, help="Language of the sheet.")
@click.option("--score", "filled", multiple=True, type=click.Path(path_type=Path), help="A filled sheet; one a person.")
@click.option("--key", type=click.Path(path_type=Path), help="Key of the sheets; the one beside the first if left out.")
@format_option
def intrusion(
    workspace: Path,
    sheet: Path | None,
    n_words: int,
    per_topic: int,
    seed: int,
    lang: Language,
    filled: tuple[Path, ...],
    key: Path | None,
    format_: Format,
) -> None:
    """Ask people whether topics hold together: five words of a topic, one of another, to be found.

    The sheet holds no answers; they are in SHEET.key.json beside it, which stays with you.

    \b
    Examples:
      textmine topics intrusion season -o sheet.xlsx
      textmine topics intrusion season --score ani.xlsx --score budi.csv --key sheet.key.json
    """
    if (sheet is None) == (not filled):
        raise click.UsageError("give -o to write a sheet, or --score to score filled ones")
    if sheet is not None:
        from textmine.report.intrusion_sheet import write_sheet
        from textmine.store import Workspace
        from textmine.topics.intrusion import intrusion_items
        from textmine.topics.workspace import WorkspaceTopics

        opened = WorkspaceTopics.open(Workspace.open(workspace))
        items = intrusion_items(opened.model, n_words=n_words, per_topic=per_topic, seed=seed)
        kept = write_sheet(items, sheet, lang=lang)
        say(f"{len(items)} questions; the answers are in {kept}: keep it to yourself")
        click.echo(str(sheet))
        return
    _score(filled, key, seed, format_)


def _score(filled: tuple[Path, ...], key: Path | None, seed: int, format_: Format) -> None:
    from textmine.report.intrusion_sheet import key_path, read_answers, read_key
    from textmine.topics.intrusion import score_intrusion

    items = read_key(key or key_path(filled[0]))
    found = score_intrusion(items, read_answers(filled, items), seed=seed)
    bounds = "" if found.low is None else f" (95%: {found.low:.2f} to {found.high:.2f})"
    say(f"model precision {found.precision:.2f}{bounds}; guessing gives {found.chance:.2f}")
    if found.agreement is not None:
        say(f"agreement of the raters beyond chance: {found.agreement:.2f}")
    for rater, n, precision, agreement in found.raters.iter_rows():
        agreed = "" if agreement is None else f", {agreement:.0%} as others"
        say(f"{printable(rater)}: {n} answers, {precision:.0%} right{agreed}")
    emit(found.topics, format_)
