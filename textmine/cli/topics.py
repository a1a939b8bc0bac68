"""``textmine topics``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from textmine.cli.groups import LazyGroup
from textmine.cli.options import PLATFORM, Number, ParamType
from textmine.cli.output import Format, emit, format_option, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl

    from textmine.groups import Grouping
    from textmine.store import Workspace
    from textmine.topics.methods import TopicMethod
    from textmine.topics.pooling import Pool

GROUPINGS = click.Choice(["agency", "cluster", "platform", "month", "account"])


class TopicNumber(ParamType[dict[str, Any]]):
    """``20``, a range ``5..50`` or ``auto``: keyword arguments of the stage."""

    name = "N | LEAST..MOST | auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        """Read the number or the range."""
        if isinstance(value, dict):
            return value
        if value == "auto":
            return {"choose_from": "auto"}
        least, is_range, most = str(value).partition("..")
        try:
            ends = [int(least), int(most)] if is_range else [int(least)]
        except ValueError:
            self.fail(f"{value!r} is no number, no range such as 5..50, and not auto", param, ctx)
        if ends[0] < 2 or ends[-1] < ends[0]:
            self.fail(f"{value!r}: at least 2 topics are needed, and a range runs upwards", param, ctx)
        if not is_range:
            return {"n_topics": ends[0]}
        from textmine.topics.selection import numbers_between

        return {"choose_from": numbers_between(*ends)}


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
@click.option(
    "-k",
    "--topics",
    "number",
    type=TopicNumber(),
    default={},
    help="How many: a number, a range to choose from such as 5..50, or auto; 20, fewer for few posts.",
)
@click.option(
    "--method",
    type=click.Choice(["auto", "nmf", "pairs", "lda", "tomotopy"]),
    default="auto",
    show_default=True,
    help="auto is pairs for short posts and nmf for long ones.",
)
@click.option("--pool", type=click.Choice(["hashtag", "agency-day"]), help="Fit on posts added up, not on single ones.")
@click.option(
    "--seed-words", type=click.Path(path_type=Path), metavar="FILE.toml", help='Named topics: Vaksinasi = ["vaksin"].'
)
@click.option(
    "--outliers",
    type=Number(0, 1, min_open=True, max_open=True),
    metavar="COSINE",
    help="Posts that fit their topics less than this get a topic of their own; 0.1 is a start.",
)
@click.option(
    "--stability", type=click.IntRange(min=0), default=0, metavar="N", help="Match the topics over N draws of posts."
)
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE.html", help="Scores of each number of topics.")
@click.option("--by", type=GROUPINGS, help="Print the share of each topic in each group instead of the topics.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@format_option
@click.pass_context
def fit(
    context: click.Context,
    workspace: Path,
    number: dict[str, Any],
    method: str,
    pool: str | None,
    seed_words: Path | None,
    outliers: float | None,
    stability: int,
    plot: Path | None,
    by: str | None,
    seed: int,
    format_: Format,
) -> None:
    """Find topics over captions and hashtags.

    The workspace keeps topics.parquet, post_topics.parquet, topic_groups.parquet, topic_exemplars.parquet,
    topic_selection.parquet, topic_stability.parquet and topic_model/. Topics that were merged, split or updated are
    kept until other ones are asked for by an option that fits anew.

    \b
    Examples:
      textmine topics season
      textmine topics season -k 12 --by agency
      textmine topics season -k 5..50 --plot numbers.html
      textmine topics season --seed-words topics.toml --outliers 0.1
    """
    from textmine.store import Workspace
    from textmine.topics import topics_stage
    from textmine.topics.revision_stage import current_topics_stage, is_revised
    from textmine.topics.seed_words import load_seed_words
    from textmine.workflow import matrix_stage

    if plot is not None and "choose_from" not in number:
        raise click.UsageError("--plot shows the numbers that were tried: give a range with -k, such as 5..50")
    opened = Workspace.open(workspace)
    named = load_seed_words(seed_words) if seed_words is not None else None
    with opened.lock(), counting("Finding topics") as update:
        matrix_stage(opened)
        if is_revised(opened) and not _asked_anew(context):
            current_topics_stage(opened, by=[cast("Grouping", by)] if by else [], progress=update)
        else:
            topics_stage(
                opened,
                **number,
                method=cast("TopicMethod", method),
                pool=cast("Pool | None", pool),
                seed_words=named,
                outliers=outliers,
                stability=stability,
                by=[cast("Grouping", by)] if by else [],
                seed=seed,
                progress=update,
            )
    say_simulated(opened.simulated)
    _say_choice(opened)
    if plot is not None:
        from textmine.report.topic_numbers import write_topic_numbers

        write_topic_numbers(opened, plot)
    emit(_found(opened, by, format_), format_)


def _say_choice(opened: Workspace) -> None:
    """Say which number was chosen and how stable the topics are, where that was asked for."""
    import polars as pl

    selection = opened.scan("topic_selection.parquet", made_by="topics").filter("chosen").collect()
    for row in selection.iter_rows(named=True):
        say(f"chosen: {row['n_topics']} topics (NPMI {row['npmi']:.2f}, stability {row['stability']:.2f})")
    mean = opened.scan("topic_stability.parquet", made_by="topics").select(pl.col("overlap").mean()).collect().item()
    if mean is not None:
        say(f"stability: {mean:.0%} of the topics' first words come back in other draws of the posts")


def _found(opened: Workspace, by: str | None, format_: Format) -> pl.DataFrame:
    """Shares by group, or the topics, with their stability where it was measured."""
    import polars as pl

    if by:
        return opened.scan("topic_groups.parquet", made_by="topics").filter(pl.col("by") == by).collect()
    topics = opened.scan("topics.parquet", made_by="topics").collect()
    stability = opened.scan("topic_stability.parquet", made_by="topics").select("topic", "overlap").collect()
    if len(stability):
        topics = topics.join(stability, on="topic", how="left", maintain_order="left")
    return columns(topics, format_)


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--map", "maps", metavar="COLUMN=NAME,... | FILE.toml", multiple=True, help="As for textmine ingest.")
@click.option("--platform", type=PLATFORM, help="For files without.")
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

    given = ("number", "method", "pool", "seed_words", "outliers", "stability", "seed")
    return any(context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in given)


def columns(table: pl.DataFrame, format_: Format) -> pl.DataFrame:
    """Everything for machines; what fits a terminal for people."""
    import polars as pl

    if format_ != "table":
        return table
    figures = [name for name in ("prevalence", "npmi", "overlap") if name in table.columns]
    return table.select("topic", *figures, "label", pl.col("words").list.head(8), pl.col("hashtags").list.head(4))
