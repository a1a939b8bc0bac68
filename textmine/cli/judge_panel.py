"""``textmine judge panel``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textmine.cli.groups import LazyGroup
from textmine.cli.judge import database_option, opened, panel_option
from textmine.cli.options import LANG
from textmine.cli.output import Format, emit, format_option, printable, say, say_simulated
from textmine.locales import Language

if TYPE_CHECKING:
    import polars as pl

    from textmine.judging.panels import PanelView, Scale
    from textmine.judging.rubrics import Rubric
    from textmine.ranking import AwardDefinition
    from textmine.store import Workspace

panel = LazyGroup(
    name="panel",
    lazy={
        "create": ("textmine.cli.judge_panel:create", "Make a panel from a ranking or from a table of nominees."),
        "list": ("textmine.cli.judge_panel:list_panels", "List panels and their states."),
        "open": ("textmine.cli.judge_panel:open_", "Let judges score."),
        "close": ("textmine.cli.judge_panel:close", "Take no more scores, and write down the evidence's hash."),
        "reopen": ("textmine.cli.judge_panel:reopen", "Take scores again, with a reason."),
    },
    help="""Make, list, open and close panels.

    \b
    Examples:
      textmine judge panel create season --awards gsm2022 --title "Juri 2022"
      textmine judge panel list season
      textmine judge panel close season --allow-missing
    """,
)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--awards", "award", metavar="NAME", help="An award that textmine rank has ranked here.")
@click.option("--nominees", type=click.Path(path_type=Path), metavar="FILE",
              help="Or CSV or Parquet with category and agency, and what else is known.")  # fmt: skip
@click.option("--title", required=True, help="Of the panel.")
@click.option("--category", "categories", multiple=True, metavar="ID",
              help="Only this one: best_account, or best_account/bumn (again: more).")  # fmt: skip
@click.option("--rubric", "rubrics", multiple=True, metavar="[CATEGORY=]NAME|FILE",
              help="image, video, campaign, account, permenpanrb or a file; else what fits.")  # fmt: skip
@click.option("--scale", default="1-10", show_default=True, metavar="LOW-HIGH[/STEP]", help="Of the scores.")
@click.option("--posts", "n_posts", type=click.IntRange(0, 50), default=6, show_default=True,
              help="Posts that are drawn for each nominee; 0 for no dossiers.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Of the lots.")
@click.option("--show-figures", is_flag=True, help="Show figures to judges before they have scored, too.")
@click.option("--lang", type=LANG, default="id", show_default=True, help="Of the minutes.")
@database_option
@format_option
def create(
    workspace: Path,
    award: str | None,
    nominees: Path | None,
    title: str,
    categories: tuple[str, ...],
    rubrics: tuple[str, ...],
    scale: str,
    n_posts: int,
    seed: int,
    show_figures: bool,
    lang: Any,
    database: str | None,
    format_: Format,
) -> None:
    """Make a panel, as a draft: judges see nothing of it before it is opened.

    The nominees are those of a ranking or of a table. Posts for their dossiers are drawn by lot, the same number for
    each nominee of a category; how is said in each dossier.

    \b
    Examples:
      textmine judge panel create season --awards gsm2022 --title "Juri 2022"
      textmine judge panel create season --awards gsm2022 --title Video --category best_use_of_video --rubric video
      textmine judge panel create season --nominees nominees.csv --title Akun --rubric permenpanrb --scale 0-100/5
    """
    from textmine.judging.dossier import draw_dossiers
    from textmine.judging.panels import PanelSettings, create_panel
    from textmine.store import Workspace

    found = Workspace.open(workspace)
    table, definition = _nominees(found, award, nominees, lang, categories)
    name = award or (nominees.stem if nominees is not None else "")
    award_title = getattr(definition.title, lang) if definition is not None else ""
    settings = PanelSettings(
        title, name, lang, not show_figures, _scale(scale), seed, n_posts, found.simulated, award_title
    )
    with opened(workspace, database) as (jury, actor):
        with jury.writing(actor) as session:
            made = create_panel(session, actor, settings, table, _rubrics(rubrics))
        if n_posts and found.manifest("ingest") is not None:
            draw_dossiers(jury, actor, made.id, found, definition=definition)
        else:
            say("no dossiers: no posts are asked for" if not n_posts else "no dossiers: the workspace has no posts")
        say_simulated(found.simulated)
        say(f"panel {made.id[:8]} is a draft; next: textmine judge invite, then textmine judge panel open")
        _print([made], {made.id: table.height}, format_)


@click.command("list")
@click.argument("workspace", type=click.Path(path_type=Path))
@database_option
@format_option
def list_panels(workspace: Path, database: str | None, format_: Format) -> None:
    """List panels, the newest first.

    \b
    Examples:
      textmine judge panel list season
      textmine judge panel list season --format json
    """
    from textmine.judging.nominees import nominees_of
    from textmine.judging.panels import panels_of

    with opened(workspace, database) as (jury, actor), jury.reading(actor) as session:
        found = panels_of(session, actor)
        _print(found, {each.id: len(nominees_of(session, actor, each.id)) for each in found}, format_)


@click.command("open")
@click.argument("workspace", type=click.Path(path_type=Path))
@panel_option
@database_option
def open_(workspace: Path, named: str | None, database: str | None) -> None:
    """Let judges score. Criteria, settings and dossiers are fixed from then on.

    \b
    Examples:
      textmine judge panel open season
      textmine judge panel open season --panel "Juri 2022"
    """
    from textmine.judging.panels import panel_named
    from textmine.judging.states import open_panel

    with opened(workspace, database) as (jury, actor), jury.writing(actor) as session:
        done = open_panel(session, actor, panel_named(session, actor, named).id)
    say(f"{printable(done.settings.title)} is open")


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@panel_option
@click.option("--allow-missing", is_flag=True, help="Close although scores are missing.")
@database_option
def close(workspace: Path, named: str | None, allow_missing: bool, database: str | None) -> None:
    """Take no more scores. The SHA-256 of the evidence is printed: note it down where nobody can change it.

    \b
    Examples:
      textmine judge panel close season
      textmine judge panel close season --allow-missing
    """
    from textmine.judging.panels import panel_named
    from textmine.judging.states import close_panel

    with opened(workspace, database) as (jury, actor), jury.writing(actor) as session:
        done = close_panel(session, actor, panel_named(session, actor, named).id, allow_missing=allow_missing)
    say(f"{printable(done.settings.title)} is closed; the SHA-256 of its evidence is")
    click.echo(done.evidence_sha256)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@panel_option
@click.option("--reason", required=True, help="Why; it is logged.")
@database_option
def reopen(workspace: Path, named: str | None, reason: str, database: str | None) -> None:
    """Take scores again. The closing before stays on record.

    \b
    Examples:
      textmine judge panel reopen season --reason "Pak Budi belum selesai"
    """
    from textmine.judging.panels import panel_named
    from textmine.judging.states import reopen_panel

    with opened(workspace, database) as (jury, actor), jury.writing(actor) as session:
        done = reopen_panel(session, actor, panel_named(session, actor, named).id, reason)
    say(f"{printable(done.settings.title)} is open again")


def _nominees(
    workspace: Workspace, award: str | None, file: Path | None, lang: Language, categories: tuple[str, ...]
) -> tuple[pl.DataFrame, AwardDefinition | None]:
    import polars as pl

    from textmine.judging.nominations import nominees_from, ranked_nominees, with_names

    if (award is None) == (file is None):
        raise click.UsageError("give --awards or --nominees, one of them")
    definition = None
    if award is not None:
        table, definition = ranked_nominees(workspace, award, language=lang)
    else:
        assert file is not None  # noqa: S101 - one of the two is given
        table = nominees_from(file)
        table = table if "name" in table.columns else with_names(table, workspace)
    for asked in categories:
        if table.filter(_is_of(asked)).is_empty():
            known = ", ".join(table["category"].unique(maintain_order=True))
            raise click.UsageError(f"nobody is nominated in {asked!r}; there are {known}")
    if categories:
        table = table.filter(pl.any_horizontal(_is_of(asked) for asked in categories))
    return table, definition


def _is_of(asked: str) -> pl.Expr:
    import polars as pl

    return (pl.col("category") == asked) | pl.col("category").str.starts_with(f"{asked}/")


def _rubrics(given: tuple[str, ...]) -> Rubric | dict[str, Rubric] | None:
    from textmine.judging.rubrics import load_rubric

    by_category = {}
    for each in given:
        category, sign, name = each.rpartition("=")
        if not sign and len(given) == 1:
            return load_rubric(each)
        if not sign:
            raise click.UsageError(f"of several rubrics each needs its category: CATEGORY={each}")
        by_category[category] = load_rubric(name)
    return by_category or None


def _scale(text: str) -> Scale:
    from textmine.judging.panels import Scale

    number = r"(\d+(?:\.\d+)?)"
    found = re.fullmatch(rf"{number}-{number}(?:/{number})?", text.strip())
    if found is None:
        raise click.UsageError(f"--scale {text!r}: write LOW-HIGH or LOW-HIGH/STEP, such as 1-10 or 0-100/5")
    return Scale(float(found[1]), float(found[2]), float(found[3] or 1))


def _print(found: list[PanelView], n_nominees: dict[str, int], format_: Format) -> None:
    import polars as pl

    rows = [
        {
            "panel": each.id,
            "title": each.settings.title,
            "award": each.settings.award,
            "state": each.state,
            "categories": len(each.categories),
            "nominees": n_nominees[each.id],
            "blind": each.settings.blind,
            "evidence_sha256": each.evidence_sha256,
        }
        for each in found
    ]
    types = {"categories": pl.UInt32, "nominees": pl.UInt32, "blind": pl.Boolean}
    names = ("panel", "title", "award", "state", "categories", "nominees", "blind", "evidence_sha256")
    table = pl.DataFrame(rows, schema={name: types.get(name, pl.String) for name in names})
    if format_ == "table":
        short = [pl.col(name).str.slice(0, 8) for name in ("panel", "evidence_sha256")]
        table = table.with_columns(short)
    emit(table, format_)
