"""``textmine rank``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textmine.cli.options import LANG
from textmine.cli.output import Format, format_option, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textmine.ranking import AwardDefinition, Nomination
    from textmine.ranking.season import Season
    from textmine.ranking.stage import Ranked


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--awards", "award", required=True, metavar="NAME|FILE",
              help="A name of textmine awards list, or a file.")  # fmt: skip
@click.option("--category", "categories", multiple=True, metavar="ID",
              help="Only this one: most_active, or most_active/kementerian (again: more).")  # fmt: skip
@click.option("--explain", "agency", metavar="AGENCY", help="Say why an agency is or is not a nominee.")
@click.option("--sensitivity", is_flag=True, help="Print what each list hangs on instead of the ranking.")
@click.option("--features", is_flag=True, help="Print the figures behind each score instead of the ranking.")
@click.option("--examples", is_flag=True, help="Print example posts of the nominees instead of the ranking.")
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.html",
              help="Also write a page of charts: nominees, and what each list hangs on.")  # fmt: skip
@click.option("--without-flagged", is_flag=True, help="Rank without the posts that textmine integrity flags.")
@click.option("--all", "everybody", is_flag=True, help="Also print who competes but is not eligible.")
@click.option("--draws", type=click.IntRange(min=100), default=2000, show_default=True, help="Draws of scores.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--lang", type=LANG, default="id", show_default=True, help="Of explanations and charts.")
@format_option
def rank(
    workspace: Path,
    award: str,
    categories: tuple[str, ...],
    agency: str | None,
    sensitivity: bool,
    features: bool,
    examples: bool,
    picture: Path | None,
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
      textmine rank season --awards gsm2020 --picture gsm2020.html --lang en
      textmine rank season --awards gsm2020 --without-flagged --format json
    """
    from textmine.cli.rank_tables import (
        print_examples,
        print_explanation,
        print_features,
        print_ranking,
        print_sensitivity,
    )
    from textmine.ranking import load_awards, nominate
    from textmine.ranking.examples import EXAMPLE_SCHEMA
    from textmine.ranking.features_behind import features_behind
    from textmine.ranking.season import agency_named, registered_clusters
    from textmine.ranking.season_tables import explanation_table, ranking_table
    from textmine.ranking.sensitivity_stage import sensitivity_of
    from textmine.ranking.stage import examples_of, rank_workspace
    from textmine.ranking.stored import stored_rankings
    from textmine.report.ranking_page import write_ranking_page
    from textmine.store import Workspace

    asked_for = {"--explain": agency, "--sensitivity": sensitivity, "--features": features, "--examples": examples}
    if len(several := [name for name, given in asked_for.items() if given]) > 1:
        raise click.UsageError(f"{' and '.join(several)} print different tables; give one of them")
    if picture and categories:
        raise click.UsageError("--picture draws all categories of a ranking that is kept; leave out --category")
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
            decides=not several,
            n_draws=draws,
            seed=seed,
            progress=update,
        )
        hangs_on = sensitivity_of(opened, ranked, kept=stage is not None) if sensitivity else None
        if picture is not None:
            say(f"charts: {write_ranking_page(opened, definition.name, picture, lang=lang)}")
    shown = ranked.shown
    nominations = {id: nominate(contest) for id, contest in shown.contests.items()}
    say_simulated(opened.simulated)
    _say_notes(definition, shown, workspace)
    _say_flagged(ranked, nominations)
    if stage is not None and stage.ran:
        say(f"kept for reports and the jury in {stored_rankings(opened, definition.name).path}")
    if asked is not None:
        print_explanation(explanation_table(shown.contests, nominations, asked, language=lang), asked, format_)
    elif hangs_on is not None:
        print_sensitivity(hangs_on.rows, format_)
    elif features:
        print_features(features_behind(shown.contests), format_)
    else:
        table = ranking_table(shown.contests, nominations, ranked.flagged)
        chosen = EXAMPLE_SCHEMA.to_frame()
        if examples or format_ == "json" or len(nominations) == 1:  # posts may be read for them
            found, nominees = examples_of(opened, ranked), table.filter("nominee")
            chosen = found.join(nominees, on=["category", "agency"], how="semi", maintain_order="left")
        if examples:
            print_examples(chosen, format_)
        else:
            print_ranking(table, everybody, format_, features=features_behind(shown.contests), examples=chosen)


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


def _say_flagged(ranked: Ranked, nominations: Mapping[str, Nomination]) -> None:
    """How many posts are flagged, and what they do to the lists."""
    from textmine.ranking import nominate
    from textmine.ranking.flag_effect import changed_lists, changes_in_words

    if ranked.without_flagged:
        say(f"{ranked.flagged_posts:,} flagged posts of the period are left out")
        return
    if ranked.other is None:
        say("no post of the period is flagged")
        return
    beside = {id: nominate(contest) for id, contest in ranked.other.contests.items()}
    told = changes_in_words(changed_lists(nominations, beside))
    change = "these lists change" if told else "no list changes"
    say(f"{ranked.flagged_posts:,} flagged posts count; without them {change}")
    for line in told:
        say(f"  {line}")
