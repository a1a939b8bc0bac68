"""A digest of the engagement ledger for people: crowned agencies, how definitions agree, how ranks spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from textmine.locales import DEFAULT_LANGUAGE, Language
from textmine.rates.ledger import TOGETHER, Ledger
from textmine.report.messages import translations

SHOWN: Final = 10
"""Agencies of a cluster that the digest shows; all are in the ledger itself."""


@dataclass(frozen=True)
class Digest:
    """Tables with their titles, and notes to be said below."""

    tables: tuple[tuple[str, pl.DataFrame], ...]
    notes: tuple[str, ...]


def ledger_digest(ledger: Ledger, *, lang: Language = DEFAULT_LANGUAGE, shown: int = SHOWN) -> Digest:
    """Two tables a cluster: whom each definition crowns, and between which ranks each agency moves.

    Parameters
    ----------
    ledger
        From :func:`textmine.rates.ledger`.
    lang
        Of headings and notes.
    shown
        Agencies a cluster.
    """
    _ = translations(lang).gettext
    tables: list[tuple[str, pl.DataFrame]] = []
    for (cluster,), crowned in ledger.crowns.group_by("cluster", maintain_order=True):
        tables.append(
            (_("{cluster}: first by each definition").format(cluster=cluster), _crowned(ledger, crowned, lang))
        )
        tables.append(
            (_("{cluster}: ranks over all definitions").format(cluster=cluster), _ranks(ledger, cluster, lang, shown))
        )
    silent = sorted({each.name for each in ledger.definitions} - set(ledger.crowns["definition"]))
    notes = [
        _("Period: {first} to {last}.").format(first=ledger.first, last=ledger.last),
        _("Figures are standardised on each platform, then averaged over an agency's platforms."),
        _("Coverage is the share of the agency's posts that the figure is made of."),
        _("Tau is the mean of Kendall's tau with the other definitions."),
    ]
    if silent:
        notes.append(_("No export reports what these need: {names}").format(names=", ".join(silent)))
    rated = ledger.rows.group_by("agency").agg(pl.col("rank").count())
    unrated = rated.filter(pl.col("rank") == 0)["agency"].sort().to_list()
    if unrated:
        names = ", ".join(unrated[:SHOWN]) + (" …" if len(unrated) > SHOWN else "")
        notes.append(_("Without any rate, since no audience of theirs is known: {names}").format(names=names))
    return Digest(tuple(tables), tuple(notes))


def _crowned(ledger: Ledger, crowned: pl.DataFrame, lang: Language) -> pl.DataFrame:
    _ = translations(lang).gettext
    pairs = ledger.agreement.filter(pl.col("cluster") == crowned["cluster"][0])
    turned = pairs.rename({"definition": "other", "other": "definition"}).select(pairs.columns)
    tau = pl.concat([pairs, turned]).group_by("definition").agg(pl.col("tau").mean())
    table = crowned.join(tau, on="definition", how="left", maintain_order="left")
    return table.select(
        pl.col("definition").alias(_("Definition")),
        pl.col("agency").alias(_("First")),
        _figure("margin", 2).alias(_("Ahead by")),
        pl.format("{} %", _figure(100 * pl.col("coverage"), 0)).alias(_("Coverage")),
        _figure("tau", 2).alias("Tau"),
    )


def _ranks(ledger: Ledger, cluster: object, lang: Language, shown: int) -> pl.DataFrame:
    _ = translations(lang).gettext
    rows = ledger.rows.filter((pl.col("cluster") == cluster) & (pl.col("platform") == TOGETHER)).drop_nulls("rank")
    table = rows.group_by("agency").agg(
        pl.col("posts").max(),
        pl.col("rank").median().alias("middle"),
        pl.col("rank").min().alias("best"),
        pl.col("rank").max().alias("worst"),
        (pl.col("rank") == 1).sum().alias("firsts"),
        pl.len().alias("of"),
    )
    return table.sort("middle", "best", "agency").head(shown).select(
        pl.col("agency").alias(_("Agency")),
        pl.col("posts").alias(_("Posts")),
        _figure("middle", 1).alias(_("Median rank")),
        pl.col("best").alias(_("Best rank")),
        pl.col("worst").alias(_("Worst rank")),
        pl.format("{}/{}", "firsts", "of").alias(_("First by")),
    )  # fmt: skip


def _figure(column: str | pl.Expr, decimals: int) -> pl.Expr:
    """Figure as text with fixed decimals; null stays null."""
    expression = pl.col(column) if isinstance(column, str) else column
    if not decimals:
        return expression.round(0).cast(pl.Int64).cast(pl.String)
    scaled = (expression * 10**decimals).round(0).cast(pl.Int64)
    digits = scaled.abs().cast(pl.String).str.zfill(decimals + 1)
    sign = pl.when(scaled < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(sign, digits.str.head(-decimals), pl.lit("."), digits.str.tail(decimals))
