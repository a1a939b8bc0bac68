"""``textmine sentiment``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textmine.cli.options import PLATFORM
from textmine.cli.output import Format, emit, format_option, say, say_simulated
from textmine.cli.progress import counting
from textmine.cli.sentiment_model import labels_said, model_options

if TYPE_CHECKING:
    import polars as pl

    from textmine.store import Workspace

GROUPINGS = ("agency", "cluster", "platform", "month", "account", "topic", "all")
VOICES = {
    "agency": "What the agency says (captions), in %",
    "public": "What the public says (comments), in %",
}


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--by", type=click.Choice(GROUPINGS), default="agency", show_default=True, help="Groups of the shares.")
@click.option("--method", type=click.Choice(["em", "probabilistic", "adjusted"]), default="em", show_default=True,
              help="How shares are corrected for the classifier's mistakes.")  # fmt: skip
@click.option("--comments", multiple=True, metavar="FILE|FOLDER",
              help="Read comments and show the public's voice instead (may be given again).")  # fmt: skip
@click.option("--platform", type=PLATFORM,
              help="Of comments whose file does not say it.")  # fmt: skip
@model_options
@click.option("--confusion", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="Its mistakes on labelled posts of your own, as Confusion.save writes them.")  # fmt: skip
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="Groups to print.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the intervals.")
@format_option
def sentiment(
    workspace: Path,
    by: Any,
    method: Any,
    comments: tuple[str, ...],
    platform: Any,
    model: str | None,
    labels: tuple[str, ...],
    confusion: Path | None,
    top: int,
    seed: int,
    format_: Format,
) -> None:
    """Say how posts lean, positive, neutral or negative, and which share of a group's posts does.

    Label, probabilities and deciding words of every post are kept in WORKSPACE/sentiment.parquet; with --comments those
    of comments in comments_sentiment.parquet. A caption is what the agency says, a comment what the public says: a
    table is about one of them and names it. Shares are corrected for the classifier's known mistakes, with 90 %
    intervals; where the posts are unlike the texts that these were counted on, fits says no. Reposts, ads and agencies'
    own comments are not counted.

    \b
    Examples:
      textmine sentiment season
      textmine sentiment season --by topic
      textmine sentiment season --by month --format csv > months.csv
      textmine sentiment season --comments exports/comments
      textmine sentiment season --model transformers:indobert-smsa --label LABEL_0=positive --label LABEL_1=neutral \\
        --label LABEL_2=negative
    """
    from textmine.sentiment import Confusion
    from textmine.sentiment.grouped import sentiment_shares
    from textmine.sentiment.stage import comments_stage, sentiment_stage
    from textmine.store import Workspace

    asked: Any = {"model": model, "labels": labels_said(labels)}
    known = None if confusion is None else Confusion.load(confusion)
    opened = Workspace.open(workspace)
    with opened.lock(), counting("Reading sentiment") as update:
        if comments:
            rows = comments_stage(opened, comments, platform=platform, **asked, progress=update).manifest.rows
        else:
            rows = sentiment_stage(opened, **asked, progress=update).manifest.rows
    voice: Any = "public" if comments else "agency"
    table = sentiment_shares(opened, by=by, voice=voice, method=method, confusion=known, seed=seed)
    _say_rows(rows, voice)
    say_simulated(opened.simulated)
    _say_doubt(table, opened)
    emit(_shown(table, top, format_), format_, title=VOICES[voice])


def _say_rows(rows: dict[str, int], voice: str) -> None:
    from textmine.drift import words_verdict

    what = "posts" if voice == "agency" else "comments"
    more = f"; {rows['by_agencies']:,} by agencies themselves are not counted" if voice == "public" else ""
    files = f", from {rows['files']:,} files" if voice == "public" else ""
    left = rows.get("files_left_out", 0)
    more += f"; {left:,} files beside them hold no comments" if left else ""
    title = VOICES[voice].removesuffix(", in %")
    say(f"{title}: {rows[what]:,} {what}{files}, {rows[f'{what}_without_text']:,} without text{more}")
    words = rows.get("words", 0)
    unseen, expected = (rows.get(name, 0) / max(1, words) for name in ("words_unseen", "words_expected"))
    if words and words_verdict(unseen, expected, n_tokens=words, learned=words) in ("moved", "drifted"):
        say(f"{unseen:.1%} of the words are new to the classifier, where {expected:.1%} would be in texts like those it"
            " learned from")  # fmt: skip


def _say_doubt(table: pl.DataFrame, workspace: Workspace) -> None:
    """Say when corrections are not known or not to be believed."""
    import polars as pl

    groups = table.filter(pl.col("label") == "positive")
    if groups["share"].is_null().all() and len(groups):
        say("the mistakes of this model are not known: shares are those of its labels, without intervals")
        return
    doubted = groups.filter(~pl.col("fits")).height
    if doubted:
        say(f"{doubted:,} of {len(groups):,} groups do not fit: their texts are unlike those that the classifier's"
            " mistakes were counted on, so neither share is to be trusted")  # fmt: skip


def _shown(table: pl.DataFrame, top: int, format_: Format) -> pl.DataFrame:
    """Everything for machines; for people a line a group, in percent: shares with intervals, and as counted."""
    import polars as pl

    head = table.head(3 * top)
    if format_ != "table":
        return head
    cells = head.with_columns(pl.struct("share", "low", "high").map_elements(_cell, return_dtype=pl.String))
    labels = head["label"].unique(maintain_order=True).to_list()
    wide = cells.group_by("name", maintain_order=True).agg(
        pl.col("n").first().round(0).cast(pl.Int64).alias("texts"),
        *(pl.col("share").filter(pl.col("label") == label).first().alias(label) for label in labels),
        (100 * pl.col("raw")).round(0).cast(pl.Int64).cast(pl.String).fill_null("-").str.join(" ").alias("counted"),
        pl.col("fits").first().replace_strict({True: "yes", False: "no"}, default="-", return_dtype=pl.String),
    )
    return wide.rename({"name": "group"})


def _cell(row: dict[str, float | None]) -> str:
    """Share and interval in one cell, in percent: 41 (38-44)."""
    share, low, high = (row[name] for name in ("share", "low", "high"))
    return (
        "-" if share is None or low is None or high is None else f"{100 * share:.0f} ({100 * low:.0f}-{100 * high:.0f})"
    )
