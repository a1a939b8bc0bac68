"""``textmine label``: posts for judges, their votes, agreement, and one label a post."""

from __future__ import annotations

from pathlib import Path

import click

from textmine.cli.groups import LazyGroup
from textmine.cli.options import Number
from textmine.cli.output import Format, emit, format_option, say, say_simulated
from textmine.cli.progress import counting

label = LazyGroup(
    name="label",
    lazy={
        "select": ("textmine.cli.label:select", "Choose the posts most worth a judge's minute."),
        "judge": ("textmine.cli.label_judge:judge", "Judge posts in the terminal, one key a post."),
        "sheet": ("textmine.cli.label_sheets:sheet", "Write sheets for judges who work in a spreadsheet."),
        "collect": ("textmine.cli.label_sheets:collect", "Read filled sheets."),
        "status": ("textmine.cli.label:status", "Show how far each judge is."),
        "agreement": ("textmine.cli.label_merge:agreement", "Measure how far judges agree beyond chance."),
        "merge": ("textmine.cli.label_merge:merge", "Make one label a post, by a model of the judges."),
    },
    help="""Let judges label posts, blind; measure their agreement; merge their labels.

    \b
    Examples:
      textmine label select season --judges ani,budi,citra
      textmine label judge season --as ani
      textmine label agreement season
      textmine label merge season
    """,
)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--judges", required=True, metavar="NAME,NAME", help="Names of the judges.")
@click.option("-n", "--n", type=click.IntRange(min=1), default=200, show_default=True, help="Posts to choose.")
@click.option(
    "--overlap", type=click.IntRange(min=0), show_default="100, or all of fewer", help="Posts that all judges see."
)
@click.option("--classes", metavar="LABEL,LABEL", show_default="tinggi,sedang,rendah", help="Labels, the best first.")
@click.option(
    "--probabilities",
    type=click.Path(path_type=Path),
    help="What a model thinks: Parquet or CSV with platform, post_id and a column a class; unsure posts come first.",
)
@click.option(
    "--random-share",
    type=Number(0, 1),
    default=0.25,
    show_default=True,
    help="Part drawn plainly at random: measure on it what is to hold for all posts.",
)
@click.option("--mask", type=click.Path(path_type=Path), metavar="FILE", help="Further words to hide, one a line.")
@click.option("--add", is_flag=True, help="Choose more posts beside those that were chosen before.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@format_option
def select(
    workspace: Path,
    judges: str,
    n: int,
    overlap: int | None,
    classes: str | None,
    probabilities: Path | None,
    random_share: float,
    mask: Path | None,
    add: bool,
    seed: int,
    format_: Format,
) -> None:
    """Choose posts that a model is unsure about, unlike each other, from all agencies, platforms and media.

    Judges see neither agency nor figures; WORKSPACE/label_posts.parquet says which post is which. Without
    --probabilities posts are chosen by diversity alone.

    \b
    Examples:
      textmine label select season --judges ani,budi,citra
      textmine label select season --judges ani,budi --n 300 --overlap 60 --probabilities quality.parquet
      textmine label select season --judges ani,budi,citra --n 100 --add
    """
    from textmine.labels import LabelTasks, label_status, select_stage
    from textmine.labels.votes import read_votes
    from textmine.store import Workspace
    from textmine.textfile import read_text
    from textmine.workflow import matrix_stage

    opened = Workspace.open(workspace)
    with opened.lock():
        with counting("Reading") as done:
            matrix_stage(opened, progress=done)
        result = select_stage(
            opened,
            judges=judges.split(","),
            n=n,
            overlap=overlap,
            classes=None if classes is None else classes.split(","),
            probabilities=probabilities,
            random_share=random_share,
            also_mask=() if mask is None else read_text(mask).splitlines(),
            add=add,
            seed=seed,
        )
    say_simulated(opened.simulated)
    rows = result.manifest.rows
    say(f"{rows['new']:,} posts chosen, {rows['posts']:,} in all" if result.ran else "these posts were chosen before")
    say("next: textmine label judge, or textmine label sheet")
    emit(label_status(LabelTasks.open(opened), read_votes(opened)), format_)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@format_option
def status(workspace: Path, format_: Format) -> None:
    """Show how many of their posts judges have voted on, skipped and left.

    \b
    Examples:
      textmine label status season
      textmine label status season --format json
    """
    from textmine.labels import LabelTasks, label_status
    from textmine.labels.votes import read_votes
    from textmine.store import Workspace

    opened = Workspace.open(workspace)
    emit(label_status(LabelTasks.open(opened), read_votes(opened)), format_)
