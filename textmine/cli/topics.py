"""``textmine topics``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from textmine.cli.groups import LazyGroup
from textmine.cli.output import Format, emit, format_option, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl

    from textmine.groups import Grouping

GROUPINGS = click.Choice(["agency", "cluster", "platform", "month", "account"])

topics = LazyGroup(
    name="topics",
    default="fit",
    lazy={
        "fit": ("textmine.cli.topics:fit", "Find topics in a workspace; may be left out: textmine topics WORKSPACE."),
        "apply": ("textmine.cli.topics:apply", "Give new posts the topics of a saved model."),
        "map": ("textmine.cli.topics_map:topic_map", "Draw the topics as a page: map, words, months, institutions."),
        "intrusion": ("textmine.cli.topics_intrusion:intrusion", "Ask people whether topics hold together."),
        "update": ("textmine.cli.topics_update:update", "Let topics learn from new posts; say what has moved."),
        "trend": ("textmine.cli.topics_trend:trend", "Show topics over time, with intervals."),
        "tree": ("textmine.cli.topics_revise:tree", "Show which topics are most alike."),
        "merge": ("textmine.cli.topics_revise:merge", "Merge topics, by hand or to a number."),
        "split": ("textmine.cli.topics_revise:split", "Split a topic into parts."),
    },
    help="""Find topics, or apply saved ones to new posts.

    \b
    Examples:
      textmine topics season -k 20
      textmine topics season --method lda --by agency --format csv
      textmine topics apply season/topic_model new-posts.csv --format csv
    """,
)


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("-k", "--topics", "n_topics", type=click.IntRange(min=2), help="How many; 20, fewer for few posts.")
@click.option("--method", type=click.Choice(["nmf", "lda"]), default="nmf", show_default=True)
@click.option("--by", type=GROUPINGS, help="Print the share of each topic in each group instead of the topics.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@format_option
@click.pass_context
def fit(
    context: click.Context,
    workspace: Path,
    n_topics: int | None,
    method: str,
    by: str | None,
    seed: int,
    format_: Format,
) -> None:
    """Find topics over captions and hashtags.

    The workspace keeps topics.parquet, post_topics.parquet, topic_groups.parquet, topic_exemplars.parquet and
    topic_model/. Topics that were merged, split or updated are kept until other ones are asked for by -k, --method
    or --seed.

    \b
    Examples:
      textmine topics season
      textmine topics season -k 12 --by agency
    """
    import polars as pl

    from textmine.store import Workspace
    from textmine.topics import topics_stage
    from textmine.topics.revision_stage import current_topics_stage, is_revised
    from textmine.workflow import matrix_stage

    opened = Workspace.open(workspace)
    with opened.lock(), counting("Finding topics") as update:
        matrix_stage(opened)
        if is_revised(opened) and not _asked_anew(context):
            current_topics_stage(opened, by=[cast("Grouping", by)] if by else [], progress=update)
        else:
            topics_stage(
                opened,
                n_topics=n_topics,
                method=cast("Literal['nmf', 'lda']", method),
                by=[cast("Grouping", by)] if by else [],
                seed=seed,
                progress=update,
            )
    say_simulated(opened.simulated)
    if by:
        emit(opened.scan("topic_groups.parquet", made_by="topics").filter(pl.col("by") == by).collect(), format_)
    else:
        emit(columns(opened.scan("topics.parquet", made_by="topics").collect(), format_), format_)


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--map", "maps", metavar="COLUMN=NAME,... | FILE.toml", multiple=True, help="As for textmine ingest.")
@click.option("--platform", type=click.Choice(["facebook", "x", "instagram", "youtube"]), help="For files without.")
@click.option("--account", help="For files that name no account.")
@format_option
def apply(
    model: Path,
    sources: tuple[str, ...],
    maps: tuple[str, ...],
    platform: str | None,
    account: str | None,
    format_: Format,
) -> None:
    """Give new posts the topics of the MODEL that `textmine topics` saved.

    \b
    Examples:
      textmine topics apply season/topic_model new-posts.csv --format csv > post_topics.csv
    """
    import textmine
    import textmine.topics
    from textmine.cli.ingest import given_map
    from textmine.topics.revised_files import load_topics

    said = given_map(maps, platform, account)
    with counting("Applying topics"):
        loaded = load_topics(model)
        posts = textmine.read_posts(*sources, mapping=said.mapping, platform=said.platform, account=said.account)
        applied = textmine.topics.apply(loaded, posts)
    say(f"{applied.n_without_topic:,} of {applied.n_posts:,} posts hold no word of any topic and are left out")
    emit(applied.post_topics, format_)


def _asked_anew(context: click.Context) -> bool:
    """Whether any option says what kind of topics are wanted."""
    from click.core import ParameterSource

    given = ("n_topics", "method", "seed")
    return any(context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in given)


def columns(table: pl.DataFrame, format_: Format) -> pl.DataFrame:
    """Everything for machines; what fits a terminal for people."""
    import polars as pl

    if format_ != "table":
        return table
    return table.select("topic", "prevalence", "npmi", pl.col("words").list.head(8), pl.col("hashtags").list.head(4))
