"""Prints what ``textmine rank`` found: tables a category for people, one table for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from textmine.cli.output import Format, emit, printable, say

if TYPE_CHECKING:
    import polars as pl


def print_explanation(table: pl.DataFrame, agency: str, format_: Format) -> None:
    """Why an agency stands where it does."""
    if table.is_empty():
        say(f"{agency} competes in none of these categories: its cluster in the register is another")
    if format_ != "table":
        emit(table.rename({"detail": "explanation"}), format_)
        return
    for row in table.iter_rows(named=True):
        click.echo(printable(row["category"]))
        click.echo(f"  {printable(row['detail'])}\n")


def print_ranking(
    table: pl.DataFrame, everybody: bool, format_: Format, *, features: pl.DataFrame, examples: pl.DataFrame
) -> None:
    """The ranking; what stands behind it is nested in JSON, and follows the table of a single category."""
    from textmine.ranking.evidence import with_evidence

    competing, eligible = table.height, table.filter("eligible")
    if eligible.height < competing:
        say(f"{competing - eligible.height:,} of {competing:,} places are not eligible; --explain AGENCY says why,"
            " --all prints them")  # fmt: skip
    if format_ != "table":
        kept = table if everybody else eligible
        emit(with_evidence(kept, features, examples) if format_ == "json" else kept, format_)
        return
    for (id,), rows in table.group_by("category", maintain_order=True):
        click.echo(printable(f"{id}: {rows['measure'][0]}"))
        _print_places(rows if everybody else rows.filter("nominee"), everybody)
    if table["category"].n_unique() == 1:
        nominees = table.filter("nominee")
        behind = nominees.select("category", "agency").join(features, on=["category", "agency"], maintain_order="left")
        print_features(behind, format_)
        print_examples(examples, format_)


def _print_places(kept: pl.DataFrame, everybody: bool) -> None:
    import polars as pl

    if kept.is_empty():
        click.echo("  nobody is nominated\n")
        return
    interval = pl.format("{}–{}", _short("low"), _short("high"))
    percents = {"first": "p_first", "top 5": "p_top5"}
    shown = kept.select(
        "agency",
        pl.col("rank").cast(pl.String),
        _short("score"),
        pl.when("uncertain").then(interval).otherwise(pl.lit("certain")).alias("90 %"),
        *(_percent(column).alias(title) for title, column in percents.items()),
        *(_won() if kept["winner"].count() else []),
        *([pl.col("reasons").list.join(", ").alias("detail")] if everybody else []),
    )
    emit(shown, "table")
    for agency, campaign in kept.select("agency", "campaign").drop_nulls().iter_rows():
        click.echo(printable(f"  campaign of {agency}: {campaign}"))
    click.echo()


def print_features(table: pl.DataFrame, format_: Format) -> None:
    """The figures behind scores, a table a category and measure."""
    import polars as pl

    if format_ != "table":
        emit(table, format_)
        return
    for (id, measure, unit), rows in table.group_by("category", "measure", "unit", maintain_order=True):
        click.echo(printable(f"{id}, what stands behind: {measure}, {unit}"))
        shown = rows.select(
            "agency",
            _short("figure"),
            pl.col("percentile").round(0).cast(pl.Int32).cast(pl.String).alias("pct"),
            pl.col("n_posts").cast(pl.String).alias("posts"),
            _percent("coverage").alias("known"),
        )
        emit(shown, "table")
        click.echo()


def print_examples(table: pl.DataFrame, format_: Format) -> None:
    """Example posts, in a form that captions and addresses fit into."""
    if format_ != "table":
        emit(table, format_)
        return
    for (id, agency), rows in table.group_by("category", "agency", maintain_order=True):
        click.echo(printable(f"{id}: posts of {agency}"))
        for row in rows.iter_rows(named=True):
            times = "" if row["times"] is None else f", {row['times']:.3g} times what its audience lets expect"
            place = f"{row['kind']}, {row['place']:,} of {row['of']:,}"
            click.echo(printable(f"  {place}: {row['day']} {row['platform']} {row['media_type']}, "
                                 f"engagement {row['engagement']:,.0f}{times}"))  # fmt: skip
            for text in (row["caption"], row["url"]):
                if text:
                    click.echo(f"    {printable(text)}")
        click.echo()


def print_sensitivity(table: pl.DataFrame, format_: Format) -> None:
    """What each list hangs on."""
    import polars as pl

    if format_ != "table":
        emit(table, format_)
        return
    texts = {"first": "first", "in": "entered", "out": "left"}
    # What one agency loses seldom changes who is first: there its rank says more.
    said = {name: pl.col(name).list.len() > 0 for name in texts.values()}
    said["first"] = said["first"] & pl.col("agency").is_null()
    told = [
        pl.when(said[name]).then(pl.lit(f"{title}: ") + pl.col(name).list.join(", ")) for title, name in texts.items()
    ]
    left = pl.col("rank_without").cast(pl.String).fill_null("none")
    moved = pl.when(pl.col("rank").is_not_null()).then(pl.format("rank {} to {}", "rank", left))
    shares = {
        "weights": pl.format("first under {} of all weights", _percent("share")),
        "other lists": pl.format("nominated in {} of the other lists", _percent("share")),
    }
    for (id,), rows in table.group_by("category", maintain_order=True):
        click.echo(printable(id))
        detail = pl.concat_str([moved, *told], separator="; ", ignore_nulls=True)
        shown = rows.select(
            "kind",
            pl.coalesce("agency", "variant").alias("variant"),
            pl.col("tau").round(2).cast(pl.String).alias("tau"),
            pl.when(pl.col("kind") == "weights")
            .then(shares["weights"])
            .when(pl.col("kind") == "other lists")
            .then(shares["other lists"])
            .otherwise(detail)
            .alias("detail"),
        )
        emit(shown, "table")
        click.echo()


def _short(name: str) -> pl.Expr:
    import polars as pl

    def written(value: float) -> str:
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

    return pl.col(name).map_elements(written, return_dtype=pl.String).alias(name)


def _won() -> list[pl.Expr]:
    """Who meets the conditions that the award's file sets for a winner, and how surely."""
    import polars as pl

    word = pl.when("winner").then(pl.lit("yes")).otherwise(pl.lit("no"))
    return [pl.format("{} {}", word, _percent("p_winner")).alias("winner")]


def _percent(name: str) -> pl.Expr:
    import polars as pl

    return (pl.col(name) * 100).round(0).cast(pl.Int32).cast(pl.String) + "%"
