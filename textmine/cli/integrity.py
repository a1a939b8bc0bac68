"""``textmine integrity``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from textmine.cli.options import LANG, PLATFORM, Number
from textmine.cli.output import Format, emit, format_option, say, say_simulated
from textmine.cli.progress import counting

if TYPE_CHECKING:
    import polars as pl

    from textmine.store import Workspace


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--comments", multiple=True, metavar="FILE|FOLDER", help="Look for copied comments in these exports.")
@click.option("--platform", type=PLATFORM,
              help="Of comments whose file does not say it.")  # fmt: skip
@click.option("--show", type=click.Choice(["posts", "accounts", "agencies"]), default="posts", show_default=True,
              help="Print flagged posts, flagged accounts, or what each agency would lose.")  # fmt: skip
@click.option("--threshold", type=Number(0, 1), default=0.5, show_default=True, help="Least score.")
@click.option("--lang", type=LANG, default="id", show_default=True, help="Of the evidence.")
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="Rows of a printed table.")
@format_option
def integrity(
    workspace: Path,
    comments: tuple[str, ...],
    platform: Any,
    show: str,
    threshold: float,
    lang: Any,
    top: int,
    format_: Format,
) -> None:
    """Flag posts and accounts that deserve a look before they are ranked, with a score and the evidence in words.

    Giveaways and engagement bait, likes without comments, copied comments, reposts, posts with other agencies and
    copies of their texts, jumps of followers. Everything that was found is in WORKSPACE/integrity.parquet and
    integrity_accounts.parquet, weak findings too. A flag is a reason to look, no verdict: nothing is removed.

    \b
    Examples:
      textmine integrity season
      textmine integrity season --comments exports/comments --lang en
      textmine integrity season --show agencies --format csv > flagged.csv
      textmine integrity season --show accounts --threshold 0.7
    """
    from textmine.integrity import integrity_stage
    from textmine.store import Workspace

    opened = Workspace.open(workspace)
    with opened.lock(), counting("Screening posts") as update:
        rows = integrity_stage(opened, comments=comments, platform=platform, lang=lang, progress=update).manifest.rows
    _say_rows(opened, rows, threshold)
    say_simulated(opened.simulated)
    table = _table(opened, show, threshold)
    emit(_shown(table, top) if format_ == "table" else table, format_)


def _say_rows(workspace: Workspace, rows: dict[str, int], threshold: float) -> None:
    from textmine.integrity import flagged, flagged_accounts

    posts, accounts = len(flagged(workspace, threshold)), len(flagged_accounts(workspace, threshold))
    say(f"{posts:,} of {rows['posts']:,} posts and {accounts:,} accounts are flagged at a score of {threshold:g};"
        " none is removed")  # fmt: skip
    reasons = flagged(workspace, threshold)["reasons"].explode().value_counts(sort=True).sort("count", "reasons")
    if len(reasons):
        say("by reason: " + ", ".join(f"{reason} {count:,}" for reason, count in reasons.reverse().iter_rows()))
    if not rows["copies_sought"]:
        say("copies of other agencies' texts were not looked for; run first: textmine duplicates")
    if not rows["accounts_with_readings"]:
        say("no account has followers read at several times: jumps cannot be seen")


def _table(workspace: Workspace, show: str, threshold: float) -> pl.DataFrame:
    import polars as pl

    from textmine.integrity import current_flags, flagged_accounts, flagged_counts

    if show == "agencies":
        return flagged_counts(workspace, threshold)
    if show == "accounts":
        return flagged_accounts(workspace, threshold)
    return current_flags(workspace).filter(pl.col("score") >= threshold).collect()


def _shown(table: pl.DataFrame, top: int) -> pl.DataFrame:
    """The highest scores first, reposts last since nobody is credited with them, and what fits a terminal."""
    import polars as pl

    if "score" in table.columns:
        reposted = pl.col("reason").cast(pl.String) == "repost"
        table = table.sort(reposted, "score", descending=[False, True], maintain_order=True)
    wide = ("since", "until", "followers_before", "followers_after", "engagement_rise")
    shown = table.drop(name for name in wide if name in table.columns).head(top)
    if "evidence" in shown.columns:
        return shown.drop("account").rename({"evidence": "detail"})
    kept = [name for name in shown.columns if shown[name].dtype != pl.UInt32 or name in ("posts", "flagged") or
            shown[name].sum() > 0]  # fmt: skip
    return shown.select(kept)
