"""``textmine keywords``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from textmine.cli.options import LANG, Number
from textmine.cli.output import Format, emit, format_option, say, say_simulated
from textmine.cli.progress import counting
from textmine.locales import Language

if TYPE_CHECKING:
    import polars as pl

    from textmine.groups import Grouping
    from textmine.store import Workspace

_SHOWN = {
    "class-tfidf": ("class_tfidf", 4, "c-tf-idf"),
    "log-odds": ("log_odds", 1, "z"),
    "g2": ("g2", 1, "G2"),
    "chi2": ("chi2", 1, "chi2"),
}
"""What a person sees of each statistic: its column, digits and head."""


@click.command()
@click.argument("workspace", type=click.Path(path_type=Path))
@click.option(
    "--by",
    type=click.Choice(["agency", "cluster", "platform", "month", "account"]),
    default="agency",
    show_default=True,
    help="What the keywords are set against each other by.",
)
@click.option("--groups", metavar="FILE:COLUMN", help="Groups of your own: CSV or Parquet with platform and post_id.")
@click.option("--versus", nargs=2, metavar="A B", help="Set two groups against each other and leave all others out.")
@click.option("--group", multiple=True, help="Print this group only (may be given again).")
@click.option("--kind", type=click.Choice(["word", "hashtag"]), help="Print words or hashtags only.")
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="Terms a group and kind.")
@click.option(
    "--statistic", type=click.Choice(list(_SHOWN)), help="What ranks; all but class-tfidf print how sure each term is."
)
@click.option("--count", type=click.Choice(["texts", "posts", "occurrences"]), help="What counts.  [default: texts]")
@click.option("--direction", type=click.Choice(["over", "under", "both"]), help="Used more or less.  [default: over]")
@click.option("--min-texts", type=click.IntRange(min=1), help="Distinct texts that a keyword needs.  [default: 3]")
@click.option("--min-agencies", type=click.IntRange(min=1), help="Agencies that a keyword needs; see docs/keywords.md.")
@click.option(
    "--evidence", type=click.Choice(["auto", "agency", "month", "week", "day"]), help="What votes.  [default: auto]"
)
@click.option("--fdr", type=Number(0, 1, min_open=True), help="False discovery rate.  [default: 0.05]")
@click.option("--correction", type=click.Choice(["bh", "by"]), help="Benjamini-Hochberg or -Yekutieli.  [default: bh]")
@click.option("--significant", is_flag=True, help="Print findings only, below the false discovery rate.")
@click.option("--exact-texts", is_flag=True, help="Only equal texts are the same text; near duplicates are not sought.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Draw two groups in a page of its own.")
@click.option("--lang", type=LANG, default="id", show_default=True, help="Language of that page.")
@format_option
def keywords(
    workspace: Path, by: str, group: tuple[str, ...], kind: str | None, top: int, format_: Format, **keyness: Any
) -> None:
    """Rank words and hashtags of each group by class TF-IDF, log-odds, G2 or chi-squared.

    With --statistic or any option of its own, each group is tested against all others, so that neither repeated texts
    nor bursts make a keyword: q is the false discovery rate at which a term is a finding. Otherwise the table of
    TF-IDF and class TF-IDF is printed, which is kept in WORKSPACE/keywords.parquet.

    \b
    Examples:
      textmine keywords season
      textmine keywords season --statistic log-odds --significant
      textmine keywords season --by platform --kind hashtag --statistic g2 --direction both
      textmine keywords season --versus kemenkes kemenkeu --top 20 --html compared.html
      textmine keywords season --groups season/sentiment.parquet:label --format csv > by_sentiment.csv
    """
    from textmine.errors import refuse_unknown
    from textmine.store import Workspace

    opened = Workspace.open(workspace)
    shown: Callable[[pl.DataFrame, Format], pl.DataFrame]
    if keyness["statistic"] in (None, "class-tfidf") and not _asks_for_keyness(keyness):
        table = _class_tfidf(opened, by, kind, top)
        shown = _columns
    else:
        table = _keyness(opened, by, kind, top, keyness)
        shown = partial(_keyness_columns, statistic=keyness["statistic"])
    say_simulated(opened.simulated)
    if group:
        refuse_unknown(group, table["group"].unique().to_list(), "has no keywords here")
        table = table.filter(table["group"].is_in(list(group)))
    emit(shown(table, format_), format_)


def _asks_for_keyness(options: dict[str, Any]) -> bool:
    return any(value for name, value in options.items() if name not in ("statistic", "lang"))


def _class_tfidf(opened: Workspace, by: str, kind: str | None, top: int) -> pl.DataFrame:
    import polars as pl

    from textmine.workflow import keywords_stage

    with opened.lock(), counting("Ranking keywords"):
        keywords_stage(opened, by=[cast("Grouping", by)], top=top)
    table = opened.scan("keywords.parquet", made_by="keywords").filter(pl.col("by") == by, pl.col("rank") <= top)
    return (table.filter(pl.col("kind") == kind) if kind else table).collect()


def _keyness(opened: Workspace, by: str, kind: str | None, top: int, asked: dict[str, Any]) -> pl.DataFrame:
    from textmine.keyness import read_labels
    from textmine.workflow.keyness import workspace_key_terms

    level = asked["fdr"] or 0.05
    names = ("count", "min_texts", "min_agencies", "evidence", "correction")
    direction = asked["direction"] or "over"
    with opened.lock(), counting("Comparing groups") as update:
        table = workspace_key_terms(
            opened,
            by=read_labels(asked["groups"]) if asked["groups"] else by,
            versus=asked["versus"] or (),
            statistic=(asked["statistic"] or "log-odds").replace("-", "_"),
            direction="both" if asked["html"] else direction,
            top=None if asked["significant"] or asked["html"] else top,
            kinds=[kind] if kind else ["word", "hashtag"],
            level=level,
            near_duplicates=not asked["exact_texts"],
            progress=update,
            **{name: asked[name] for name in names if asked[name] is not None},
        )
    if not table["significant"].any():
        say(f"no finding at a false discovery rate of {level:g}; {_evidence(table)}")
    if asked["html"]:
        _draw(opened, table, asked["html"], asked["lang"], level)
    return _asked_for(table, direction, top, significant=asked["significant"])


def _asked_for(table: pl.DataFrame, direction: str, top: int, *, significant: bool) -> pl.DataFrame:
    """The rows to print; among findings only, --top counts findings."""
    import polars as pl

    if direction != "both":
        table = table.filter(pl.col("direction") == direction)
    if significant:
        table = table.filter("significant")
    first = table.group_by("group", "kind", "direction", maintain_order=True).head(top)
    return first.select(table.columns)


def _draw(opened: Workspace, table: pl.DataFrame, path: Path, lang: Language, level: float) -> None:
    """Write the page of two groups."""
    from textmine.report import write_comparison
    from textmine.report.agency_names import agency_names

    if table.is_empty() or "(rest)" in table["versus"]:
        raise click.UsageError("--html draws two groups: give --versus A B, or --groups of a column with two values")
    names = agency_names(opened.register())
    write_comparison(
        table, path, lang="en" if lang == "en" else "id", names=names, level=level, simulated=opened.simulated
    )
    say(f"{path}: open it in a browser")


def _evidence(table: pl.DataFrame) -> str:
    """What voted, in words."""
    import polars as pl

    if table.is_empty():
        return "no term stands in enough texts"
    first = table.row(0, named=True)
    each = "each agency" if first["evidence"] == "agency" else f"each agency's {first['evidence']}"
    least, most = table.select(least=pl.col("blocks").min(), most=pl.col("blocks").max()).row(0)
    return f"{each} votes once, and groups have {least:,} to {most:,} votes"


def _columns(table: pl.DataFrame, format_: Format) -> pl.DataFrame:
    """Everything for machines; what fits a terminal for people."""
    if format_ != "table":
        return table
    shown = table.select("group", "kind", "rank", "surface", "count", "document_frequency", "class_tfidf")
    return shown.rename({"surface": "term", "document_frequency": "posts"})


def _keyness_columns(table: pl.DataFrame, format_: Format, statistic: str | None = None) -> pl.DataFrame:
    """Everything for machines; what fits a terminal for people."""
    import polars as pl

    if format_ != "table":
        return table
    name, digits, head = _SHOWN[statistic or "log-odds"]
    signed = pl.format("{}{}", pl.col("direction").replace_strict({"over": "+", "under": "-"}), "surface")
    return table.select(
        _cut(pl.col("group"), 22).alias("group"),
        pl.col("rank").alias("#"),
        _cut(signed if table["direction"].n_unique() > 1 else pl.col("surface"), 22).alias("term"),
        "texts",
        pl.col("agencies" if table["agencies"].max() != 1 else "accounts").alias("by"),
        *(
            pl.format("{}%", (100 * pl.col(rate)).round_sig_figs(2)).alias(shown)
            for rate, shown in (("rate", "rate"), ("other_rate", "others"))
        ),
        _rounded("log_ratio", 1).alias("log2"),
        _rounded(name, digits).alias(head),
        pl.when(pl.col("q_value") < 0.001)
        .then(pl.lit("<.001"))
        .otherwise(_rounded("q_value", 3))
        .add(pl.when("significant").then(pl.lit("*")).otherwise(pl.lit("")))
        .alias("q"),
        _rounded("dispersion", 2).alias("DP"),
    )


def _rounded(name: str, digits: int) -> pl.Expr:
    import polars as pl

    return pl.format("{}", pl.col(name).round(digits))


def _cut(text: pl.Expr, most: int) -> pl.Expr:
    """Text of at most so many characters, so that the figures beside it stay whole."""
    import polars as pl

    return pl.when(text.str.len_chars() > most).then(text.str.head(most - 1) + "…").otherwise(text)
