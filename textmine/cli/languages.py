"""``textmine languages``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from textmine.cli.output import Format, emit, format_option, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl

    from textmine.groups import Grouping


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option(
    "--by",
    type=click.Choice(["agency", "cluster", "platform", "month", "account"]),
    default="agency",
    show_default=True,
    help="What the posts are counted by.",
)
@click.option(
    "--only",
    type=click.Choice(["id", "en", "ms", "jv", "su", "other"]),
    multiple=True,
    help="From now on only posts in this language have keywords and topics (may be given again).",
)
@click.option("--all", "every", is_flag=True, help="From now on posts in all languages have keywords and topics.")
@format_option
def languages(workspace: Path, by: str, only: tuple[str, ...], every: bool, format_: Format) -> None:
    """Say in which language each post is written, and count posts by language in each group.

    The language of every post and its probability are kept in WORKSPACE/languages.parquet. Posts in other languages
    than --only stay in every table, without keywords and topics. Posts without words, such as a link alone, have no
    language and stay as they are.

    \b
    Examples:
      textmine languages season
      textmine languages season --by platform --format csv
      textmine languages season --only id --only jv
      textmine languages season --all
    """
    from textmine.store import Workspace
    from textmine.workflow import choose_languages, language_shares, languages_stage

    if only and every:
        raise click.UsageError("--only and --all exclude each other")
    opened = Workspace.open(workspace)
    with opened.lock():
        with counting("Identifying languages") as update:
            languages_stage(opened, progress=update)
        if only or every:
            with counting("Counting terms") as update:
                rows = choose_languages(opened, only, progress=update).manifest.rows
            say(
                _choice(rows.get("posts_in_other_languages", 0), rows["posts"])
                if only
                else "posts in all languages count"
            )
    say_simulated(opened.simulated)
    emit(_columns(language_shares(opened, cast("Grouping", by)), format_), format_)


def _choice(n_other: int, n_posts: int) -> str:
    return f"{n_other:,} of {n_posts:,} posts are in other languages: no keywords and topics from now on"


def _columns(table: pl.DataFrame, format_: Format) -> pl.DataFrame:
    """Everything for machines; for people a row for each group, with shares."""
    import polars as pl

    from textmine.language.identify import LANGUAGES

    if format_ != "table":
        return table
    named = table.with_columns(pl.col("language").cast(pl.String).fill_null("no words"))
    wide = named.pivot("language", index="group", values="share").fill_null(0.0)
    posts = table.group_by("group").agg(pl.col("posts").sum())
    shown = [name for name in (*LANGUAGES, "no words") if name in wide.columns]
    return wide.join(posts, on="group").select("group", "posts", *shown).sort("group")
