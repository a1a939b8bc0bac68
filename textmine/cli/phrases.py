"""``textmine phrases``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from textmine.cli.options import Number
from textmine.cli.output import Format, emit, format_option, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl

    from textmine.phrases import PhraseScore


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--phrases", "own", type=click.Path(path_type=Path), help="A file of your own phrases, one a line.")
@click.option("--only/--add", default=None, help="Your own phrases alone, or beside those found (as at first).")
@click.option("--score", type=click.Choice(["npmi", "log_likelihood"]), help="What finds phrases; npmi at first.")
@click.option("--threshold", type=Number(), help="Least score; 0.75 for npmi, 100 for log_likelihood at first.")
@click.option("--min-count", type=click.IntRange(min=1), help="Occurrences and posts that a phrase needs; 5 at first.")
@click.option("--max-length", type=click.IntRange(2, 8), help="Words of a phrase at most; 3 at first.")
@click.option("--keep-words/--merge-words", default=None, help="Count the words of a phrase too, or not (as at first).")
@click.option("--off", is_flag=True, help="Count single words only from now on.")
@click.option("--top", type=click.IntRange(min=1), default=50, show_default=True, help="How many are printed.")
@format_option
def phrases(
    workspace: Path,
    own: Path | None,
    only: bool | None,
    score: str | None,
    threshold: float | None,
    min_count: int | None,
    max_length: int | None,
    keep_words: bool | None,
    off: bool,
    top: int,
    format_: Format,
) -> None:
    """Find multi-word expressions, and count them as terms in keywords, topics and reports.

    Options are kept for the next time, and so is your own list (an empty file takes it back). The whole table is kept
    in WORKSPACE/phrases.parquet.

    \b
    Examples:
      textmine phrases season
      textmine phrases season --threshold 0.6 --min-count 20 --top 100
      textmine phrases season --phrases programmes.txt
      textmine phrases season --phrases programmes.txt --only --format csv
      textmine phrases season --off
    """
    from textmine.store import Workspace
    from textmine.workflow import matrix_stage, phrases_stage

    if off and any(option is not None for option in (own, only, score, threshold, min_count, max_length, keep_words)):
        raise click.UsageError("--off goes with no other option")
    opened = Workspace.open(workspace)
    with opened.lock(), counting("Finding phrases") as update:
        if not off:
            phrases_stage(
                opened,
                phrases=own,
                only=only,
                score=cast("PhraseScore | None", score),
                threshold=threshold,
                min_count=min_count,
                max_length=max_length,
            )
        matrix_stage(opened, phrases=not off, keep_words=keep_words, progress=update)
    say_simulated(opened.simulated)
    if off:
        say("phrases are off: keywords, topics and reports count single words")
        return
    table = opened.scan("phrases.parquet", made_by="phrases").collect()
    n_own = int(table["own"].sum())
    say(f"{len(table):,} phrases" + (f", {n_own:,} of them your own" if n_own else ""))
    emit(_columns(table.head(top), format_), format_)


def _columns(table: pl.DataFrame, format_: Format) -> pl.DataFrame:
    """Everything for machines; what fits a terminal for people."""
    if format_ != "table":
        return table
    shown = table.select("phrase", "count", "document_frequency", "n_agencies", "npmi", "log_likelihood")
    return shown.rename({"document_frequency": "posts", "n_agencies": "agencies"})
