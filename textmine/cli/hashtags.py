"""``textmine hashtags``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from textmine.cli.options import LANG, Number
from textmine.cli.output import Format, emit, format_option, say, say_simulated
from textmine.cli.progress import counting
from textmine.locales import Language

if TYPE_CHECKING:
    import polars as pl

    from textmine.store import Workspace

SHOWN = (
    "hashtags",
    "engagement",
    "trends",
    "bursts",
    "pairs",
    "communities",
    "campaigns",
    "unrelated",
)
_COLUMNS = {
    "hashtags": "spelling posts texts agencies ratio bursts community",
    "engagement": "spelling platform posts reported median mean ratio",
    "trends": "spelling start posts accounts share growth",
    "bursts": "spelling level days posts share usual_share agencies",
    "pairs": "spelling other_spelling posts npmi community",
    "communities": "community hashtags posts agencies inner_npmi",
    "campaigns": "hashtags days posts agencies ratio",
    "unrelated": "spelling score account caption",
}
"""What of each table fits a terminal."""


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option("--show", type=click.Choice(SHOWN), default="hashtags", show_default=True, help="Which table is printed.")
@click.option("--hashtag", "tags", multiple=True, help="Print this hashtag only (may be given again).")
@click.option(
    "--step", type=click.Choice(["day", "week", "month"]), default="month", show_default=True, help="Of trends."
)
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="Rows to print.")
@click.option("--min-posts", type=click.IntRange(min=2), default=5, show_default=True,
              help="Posts a hashtag needs for all but its counts.")  # fmt: skip
@click.option("--min-together", type=click.IntRange(min=1), default=3, show_default=True,
              help="Posts that two hashtags must share to be joined.")  # fmt: skip
@click.option("--min-npmi", type=Number(0, 1), default=0.1, show_default=True,
              help="Least NPMI of two hashtags that are joined.")  # fmt: skip
@click.option("--resolution", type=Number(0, min_open=True), default=1.0, show_default=True,
              help="Of communities; above 1 gives more and smaller ones.")  # fmt: skip
@click.option("--burst-scale", type=Number(1, min_open=True), default=2.0, show_default=True,
              help="How many times its usual share a hashtag has in a burst.")  # fmt: skip
@click.option("--burst-gamma", type=Number(0), default=1.0, show_default=True,
              help="Price of a burst; higher gives fewer.")  # fmt: skip
@click.option("--burst-levels", type=click.IntRange(1, 20), default=2, show_default=True,
              help="How many bursts may lie in each other.")  # fmt: skip
@click.option("--burst-alpha", type=Number(0, 1, min_open=True), default=0.05, show_default=True,
              help="Largest chance of a burst in posts without any; 1 keeps all.")  # fmt: skip
@click.option("--min-campaign-posts", type=click.IntRange(min=2), default=10, show_default=True,
              help="Posts a campaign needs.")  # fmt: skip
@click.option("--unrelated-score", type=Number(0, min_open=True), default=0.95, show_default=True,
              help="Distance of a flagged use: 0 as usual, 1 no nearer than to all posts.")  # fmt: skip
@click.option("--resamples", type=click.IntRange(min=20), default=200, show_default=True,
              help="Of the bootstrap behind intervals of engagement.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--network", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.gexf|FILE.graphml",
              help="Also write the network of hashtags.")  # fmt: skip
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Also write a page with pictures that opens offline.")  # fmt: skip
@click.option("--lang", type=LANG, default="id", show_default=True, help="Language of the page.")
@format_option
def hashtags(
    workspace: Path,
    show: str,
    tags: tuple[str, ...],
    step: str,
    top: int,
    min_posts: int,
    min_together: int,
    min_npmi: float,
    resolution: float,
    burst_scale: float,
    burst_gamma: float,
    burst_levels: int,
    burst_alpha: float,
    min_campaign_posts: int,
    unrelated_score: float,
    resamples: int,
    seed: int,
    network: Path | None,
    html: Path | None,
    lang: Language,
    format_: Format,
) -> None:
    """Find who uses which hashtag, when it trends and bursts, what it is used with, and where it does not belong.

    The whole tables are kept in the workspace: hashtags.parquet, hashtag_engagement, hashtag_trends, hashtag_bursts,
    hashtag_nodes, hashtag_pairs, hashtag_communities, hashtag_unrelated, hashtag_subjects, campaigns and
    campaign_posts. --show, --hashtag and --top choose what is printed. Reposts of others and ads are not counted.

    \b
    Examples:
      textmine hashtags season
      textmine hashtags season --show campaigns --top 10
      textmine hashtags season --show trends --step week --hashtag '#dirumahaja' --format csv
      textmine hashtags season --network hashtags.gexf --html hashtags.html
    """
    from textmine.hashtags import HashtagSettings, check_network_name, hashtags_stage, stored_network, write_network
    from textmine.store import Workspace
    from textmine.workflow import matrix_stage

    settings = HashtagSettings(
        min_posts=min_posts,
        min_together=min_together,
        min_npmi=min_npmi,
        resolution=resolution,
        burst_scale=burst_scale,
        burst_gamma=burst_gamma,
        burst_levels=burst_levels,
        burst_alpha=burst_alpha,
        min_campaign_posts=min_campaign_posts,
        unrelated_score=unrelated_score,
        resamples=resamples,
        seed=seed,
    )
    if network is not None:
        check_network_name(network)
    opened = Workspace.open(workspace)
    with opened.lock(), counting("Analysing hashtags"):
        matrix_stage(opened)
        rows = hashtags_stage(opened, settings=settings).manifest.rows
    say(
        f"{rows['hashtags']:,} hashtags in {rows['posts_with_hashtags']:,} of {rows['credited_posts']:,} posts; "
        f"{rows['bursts']:,} bursts, {rows['campaigns']:,} campaigns, {rows['communities']:,} communities, "
        f"{rows['unrelated']:,} uses flagged as unrelated"
    )
    say_simulated(opened.simulated)
    if network is not None:
        write_network(stored_network(opened), network)
        say(f"network: {network}")
    if html is not None:
        from textmine.report import write_hashtag_page

        write_hashtag_page(opened, html, lang=lang)
        say(f"page: {html}")
    emit(_shown(_chosen(opened, show, tags, step), show, top, format_), format_)


def _chosen(workspace: Workspace, show: str, tags: tuple[str, ...], step: str) -> pl.DataFrame:
    """Rows of the table and the hashtags that are asked for, in the order in which they are printed."""
    import polars as pl

    from textmine.hashtags import hashtag_table

    table = hashtag_table(workspace, show)
    if show == "trends":
        table = table.filter(pl.col("step") == step).sort("start", "posts", "hashtag", descending=[True, True, False])
    if show == "engagement":
        table = table.sort(
            pl.col("posts").max().over("hashtag"), "hashtag", "platform", descending=[True, False, False]
        )
    return table.collect() if not tags else _of_hashtags(table.collect(), tags, workspace)


def _of_hashtags(table: pl.DataFrame, tags: tuple[str, ...], workspace: Workspace) -> pl.DataFrame:
    """Rows about some hashtags; one that nobody uses is refused, and those that look alike are named."""
    import polars as pl

    from textmine.errors import InputError, did_you_mean
    from textmine.hashtags import hashtag_table
    from textmine.language.hashtags import fold_hashtag, hashtag_identity

    wanted = [fold_hashtag(tag) for tag in tags]
    known = hashtag_table(workspace, "hashtags").select("hashtag").collect()["hashtag"]
    for tag in wanted:
        if tag not in known:
            raise InputError(f"no post carries {tag}{did_you_mean(tag, known)}")
    if "hashtags" in table.columns:  # of communities and campaigns: spellings
        return table.filter(pl.col("hashtags").list.eval(hashtag_identity(pl.element()).is_in(wanted)).list.any())
    return table.filter(
        pl.any_horizontal(pl.col(name).is_in(wanted) for name in ("hashtag", "other") if name in table.columns)
    )


def _shown(table: pl.DataFrame, show: str, top: int, format_: Format) -> pl.DataFrame:
    """Everything for machines; what fits a terminal for people."""
    import polars as pl

    head = table.head(top)
    if format_ != "table":
        return head
    if {"start", "end"} <= set(head.columns):
        head = head.with_columns(pl.format("{} {}", "start", "end").alias("days"))
    if show == "unrelated":
        head = head.with_columns(pl.col("words").list.join(" ").alias("caption"))
    intervals = [name for name in ("median", "mean", "ratio", "growth") if f"{name}_low" in head.columns]
    shown = head.with_columns(
        *(_with_interval(name) for name in intervals),
        *(pl.col(name).round(3).cast(pl.String) for name in ("share", "usual_share", "npmi") if name in head.columns),
    ).select(_COLUMNS[show].split())
    if "hashtags" in shown.columns:
        names = pl.col("hashtags").list.head(3).list.join(" ")
        more = pl.when(pl.col("hashtags").list.len() > 3).then(pl.lit(" …")).otherwise(pl.lit(""))
        shown = shown.with_columns(pl.concat_str(names, more).alias("hashtags"))
    return shown.rename({"spelling": "hashtag", "other_spelling": "other", "caption": "words"}, strict=False)


def _with_interval(name: str) -> pl.Expr:
    """Estimate and interval in one cell: 1.31 (1.10-1.66)."""
    import polars as pl

    digits = 0 if name in ("median", "mean") else 2

    def cell(row: dict[str, float | None]) -> str:
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        bounds = "" if low is None or high is None else f" ({low:.{digits}f}-{high:.{digits}f})"
        return "-" if row[name] is None else f"{row[name]:.{digits}f}{bounds}"

    return pl.struct(name, f"{name}_low", f"{name}_high").map_elements(cell, return_dtype=pl.String).alias(name)
