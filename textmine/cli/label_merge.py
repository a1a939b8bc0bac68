"""``textmine label agreement`` and ``textmine label merge``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from textmine.cli.output import Format, emit, format_option, printable, say, say_simulated

if TYPE_CHECKING:
    from textmine.labels import Agreement


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option(
    "--show",
    type=click.Choice(["overall", "pairs", "judges", "disputed"]),
    default="overall",
    show_default=True,
    help="Which table; disputed are the posts to talk about, the widest apart first.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the interval.")
@format_option
def agreement(workspace: Path, show: str, seed: int, format_: Format) -> None:
    """Measure how far judges agree beyond chance: Krippendorff's alpha with a 95 % interval over posts.

    \b
    Examples:
      textmine label agreement season
      textmine label agreement season --show pairs
      textmine label agreement season --show disputed --format csv
    """
    from textmine.labels import LabelTasks, judge_agreement
    from textmine.labels.session import disputed
    from textmine.labels.stage import standing_votes
    from textmine.store import Workspace

    opened = Workspace.open(workspace)
    tasks = LabelTasks.open(opened)
    votes = standing_votes(opened, tasks)
    found = judge_agreement(votes, tasks.classes, seed=seed)
    say_simulated(opened.simulated)
    _say_meaning(found)
    tables = {"overall": found.overall, "pairs": found.pairs, "judges": found.judges}
    emit(disputed(tasks, votes) if show == "disputed" else tables[show], format_)


def _say_meaning(found: Agreement) -> None:
    from textmine.labels.agreement import RELIABLE, TENTATIVE

    row = found.overall.row(1, named=True)
    if row["alpha"] is None:
        say("all votes are the same: alpha is undefined")
        return
    alpha = row["alpha"]
    if alpha >= RELIABLE:
        meaning = "the judges agree well"
    elif alpha >= TENTATIVE:
        meaning = "enough for tentative conclusions (from .667; .800 is good)"
    else:
        meaning = "below .667: talk about the posts of --show disputed before more are judged"
    interval = "" if row["low"] is None else f" (95%: {row['low']:.2f} to {row['high']:.2f})"
    say(f"ordinal alpha {alpha:.2f}{interval} on {row['n_posts']:,} posts: {meaning}")


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option(
    "--show",
    type=click.Choice(["judges", "confusions", "labels"]),
    default="judges",
    show_default=True,
    help="Which of the tables that are kept.",
)
@format_option
def merge(workspace: Path, show: str, format_: Format) -> None:
    """Make one label a post, by a model of the judges (Dawid and Skene); the majority stands beside it.

    WORKSPACE keeps merged_labels.parquet, label_judges.parquet and label_confusions.parquet.

    \b
    Examples:
      textmine label merge season
      textmine label merge season --show labels --format csv
    """
    from textmine.labels import merge_stage
    from textmine.labels.stage import CONFUSIONS_FILE, JUDGES_FILE, MERGE, MERGED_FILE
    from textmine.store import Workspace

    opened = Workspace.open(workspace)
    with opened.lock():
        rows = merge_stage(opened).manifest.rows
    say_simulated(opened.simulated)
    say(f"{rows['votes']:,} votes of {rows['judges']:,} judges on {rows['posts']:,} posts")
    judges = opened.scan(JUDGES_FILE, made_by=MERGE).collect()
    for judge, manner in judges.select("judge", "manner").iter_rows():
        if manner != "ordinary":
            say(f"{printable(judge)} is {manner}")
    files = {"judges": JUDGES_FILE, "confusions": CONFUSIONS_FILE, "labels": MERGED_FILE}
    emit(opened.scan(files[show], made_by=MERGE).collect(), format_)
