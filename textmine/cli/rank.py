"""``textmine rank``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textmine.cli.output import Format, emit, format_option, printable, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl

    from textmine.ranking import AwardDefinition
    from textmine.ranking.season import Season


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--awards", "award", required=True, metavar="NAME|FILE",
              help="A name of textmine awards list, or a file.")  # fmt: skip
@click.option("--category", "categories", multiple=True, metavar="ID",
              help="Only this one: most_active, or most_active/kementerian (again: more).")  # fmt: skip
@click.option("--explain", "agency", metavar="AGENCY", help="Say why an agency is or is not a nominee.")
@click.option("--sensitivity", is_flag=True, help="Print what each list hangs on instead of the ranking.")
@click.option("--without-flagged", is_flag=True, help="Rank without the posts that textmine integrity flags.")
@click.option("--all", "everybody", is_flag=True, help="Also print who competes but is not eligible.")
@click.option("--draws", type=click.IntRange(min=100), default=2000, show_default=True, help="Draws of scores.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--lang", type=click.Choice(["id", "en"]), default="id", show_default=True, help="Of explanations.")
@format_option
def rank(
    workspace: Path,
    award: str,
    categories: tuple[str, ...],
    agency: str | None,
    sensitivity: bool,
    without_flagged: bool,
    everybody: bool,
    draws: int,
    seed: int,
    lang: Any,
    format_: Format,
) -> None:
    """Rank the agencies of a workspace for the categories of an award, and nominate.

    Scores come with 90 % intervals and the probability of being in the top five; how many are nominated follows where
    the uncertainty leaves a gap. Features of agencies and flags of posts are made first where they are missing. What
    the award's file infers, what is not known and what flagged posts do to a list is said on standard error.

    \b
    Examples:
      textmine rank season --awards gsm2020
      textmine rank season --awards gsm2020 --category most_engaging --explain kominfo --lang en
      textmine rank season --awards awards.toml --sensitivity --format csv > sensitivity.csv
      textmine rank season --awards gsm2020 --without-flagged --format json
    """
    from textmine.ranking import load_awards, nominate
    from textmine.ranking.flag_effect import changed_lists, changes_in_words
    from textmine.ranking.season import agency_named, registered_clusters
    from textmine.ranking.season_tables import explanation_table, ranking_table, sensitivity_table
    from textmine.ranking.stage import rank_workspace
    from textmine.ranking.stored import stored_rankings
    from textmine.store import Workspace

    if agency and sensitivity:
        raise click.UsageError("--explain and --sensitivity print different tables; give one of them")
    opened = Workspace.open(workspace)
    definition = load_awards(award)
    opened.scan("posts.parquet", made_by="ingest")
    registered_clusters(opened, definition)
    asked = agency_named(opened, agency) if agency else None
    with opened.lock(), counting("Ranking") as update:
        ranked, stage = rank_workspace(
            opened,
            award,
            categories=categories,
            without_flagged=without_flagged,
            decides=not (agency or sensitivity),
            n_draws=draws,
            seed=seed,
            progress=update,
        )
    shown, other = ranked.shown, ranked.other
    nominations = {id: nominate(contest) for id, contest in shown.contests.items()}
    say_simulated(opened.simulated)
    _say_notes(definition, shown, workspace)
    if without_flagged:
        say(f"{ranked.flagged_posts:,} flagged posts of the period are left out")
    elif other is None:
        say("no post of the period is flagged")
    else:
        beside = {id: nominate(contest) for id, contest in other.contests.items()}
        told = changes_in_words(changed_lists(nominations, beside))
        say(f"{ranked.flagged_posts:,} flagged posts count; without them "
            f"{'these lists change' if told else 'no list changes'}")  # fmt: skip
        for line in told:
            say(f"  {line}")
    if stage is not None and stage.ran:
        say(f"kept for reports and the jury in {stored_rankings(opened, definition.name).path}")
    if asked is not None:
        _print_explanation(explanation_table(shown.contests, nominations, asked, language=lang), asked, format_)
    elif sensitivity:
        others = other.contests if other is not None and not without_flagged else {}
        _print_sensitivity(sensitivity_table(shown.contests, nominations, others), format_)
    else:
        _print_ranking(ranking_table(shown.contests, nominations, ranked.flagged), everybody, format_)


def _say_notes(definition: AwardDefinition, shown: Season, workspace: Path) -> None:
    if definition.inferred or any(category.inferred for category in definition.categories):
        say(f"measures of {definition.name} are inferred, not the award's own; see: textmine awards show "
            f"{definition.name}")  # fmt: skip
    for note in shown.notes:
        say(f"note: {note}")
    for id, gone in shown.unknown.items():
        measure = shown.definition.category(id).measure.text
        say(f"note: {id}: {', '.join(gone)} is not known, so it is ranked by {measure} alone")
    if any("quality" in gone for gone in shown.unknown.values()):
        say(f"note: quality needs a model: textmine quality train {workspace}, then textmine quality apply {workspace}")


def _print_explanation(table: pl.DataFrame, agency: str, format_: Format) -> None:
    if table.is_empty():
        say(f"{agency} competes in none of these categories: its cluster in the register is another")
    if format_ != "table":
        emit(table.rename({"detail": "explanation"}), format_)
        return
    for row in table.iter_rows(named=True):
        click.echo(printable(row["category"]))
        click.echo(f"  {printable(row['detail'])}\n")


def _print_ranking(table: pl.DataFrame, everybody: bool, format_: Format) -> None:
    import polars as pl

    competing, eligible = table.height, table.filter("eligible")
    if eligible.height < competing:
        say(f"{competing - eligible.height:,} of {competing:,} places are not eligible; --explain AGENCY says why,"
            " --all prints them")  # fmt: skip
    if format_ != "table":
        emit(table if everybody else eligible, format_)
        return
    for (id,), rows in table.group_by("category", maintain_order=True):
        kept = rows if everybody else rows.filter("nominee")
        click.echo(printable(f"{id}: {rows['measure'][0]}"))
        if kept.is_empty():
            click.echo("  nobody is nominated\n")
            continue
        interval = pl.format("{}–{}", _short("low"), _short("high"))
        percents = {"first": "p_first", "top 5": "p_top5"}
        shown = kept.select(
            "agency",
            pl.col("rank").cast(pl.String),
            _short("score"),
            pl.when("uncertain").then(interval).otherwise(pl.lit("certain")).alias("90 %"),
            *(_percent(column).alias(title) for title, column in percents.items()),
            *(_won(kept) if kept["winner"].count() else []),
            *([pl.col("reasons").list.join(", ").alias("detail")] if everybody else []),
        )
        emit(shown, "table")
        click.echo()


def _print_sensitivity(table: pl.DataFrame, format_: Format) -> None:
    import polars as pl

    if format_ != "table":
        emit(table, format_)
        return
    texts = {"first": "first", "in": "entered", "out": "left"}
    told = [
        pl.when(pl.col(name).list.len() > 0).then(pl.lit(f"{title}: ") + pl.col(name).list.join(", "))
        for title, name in texts.items()
    ]
    share = pl.format("first under {} of all weights", _percent("share"))
    for (id,), rows in table.group_by("category", maintain_order=True):
        click.echo(printable(id))
        detail = pl.concat_str(told, separator="; ", ignore_nulls=True)
        shown = rows.select(
            "kind",
            "variant",
            pl.col("tau").round(2).cast(pl.String).alias("tau"),
            pl.when(pl.col("kind") == "weights").then(share).otherwise(detail).alias("detail"),
        )
        emit(shown, "table")
        click.echo()


def _short(name: str) -> pl.Expr:
    import polars as pl

    def written(value: float) -> str:
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

    return pl.col(name).map_elements(written, return_dtype=pl.String).alias(name)


def _won(kept: pl.DataFrame) -> list[pl.Expr]:
    """Who meets the conditions that the award's file sets for a winner, and how surely."""
    import polars as pl

    word = pl.when("winner").then(pl.lit("yes")).otherwise(pl.lit("no"))
    return [pl.format("{} {}", word, _percent("p_winner")).alias("winner")]


def _percent(name: str) -> pl.Expr:
    import polars as pl

    return (pl.col(name) * 100).round(0).cast(pl.Int32).cast(pl.String) + "%"
