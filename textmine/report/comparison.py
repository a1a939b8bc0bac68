"""Two groups side by side: what sets them apart, as a page with a picture and its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from textmine.numbers import Formats
from textmine.report.escape import neutralised
from textmine.report.scatter import Scatter, Spot, scatter

MOST_POINTS: Final = 600
"""Terms in the picture: findings first, then the most frequent."""
MOST_ROWS: Final = 250
"""Terms in the table below it."""


@dataclass(frozen=True)
class ComparedTerm:
    """A term in both groups; rates are shares of texts (or of what was counted)."""

    term: str
    first_count: int
    second_count: int
    first_rate: float
    second_rate: float
    log_ratio: float
    z: float
    q: float
    significant: bool


@dataclass(frozen=True)
class Comparison:
    """Content of the page; ``evidence`` is what voted, ``level`` the false discovery rate."""

    first: str
    second: str
    terms: tuple[ComparedTerm, ...]
    chart: Scatter
    n_terms: int
    n_first: int
    n_second: int
    evidence: str
    level: float

    def leading(self, *, first: bool, most: int = 5) -> tuple[str, ...]:
        """Terms that set a group apart most."""
        return tuple(t.term for t in self.terms if t.significant and (t.z > 0) == first)[:most]


def compare(
    table: pl.DataFrame, *, formats: Formats, names: Mapping[str, str] | None = None, level: float = 0.05
) -> Comparison:
    """Make the content of the page from a keyness table of two groups.

    Parameters
    ----------
    table
        Of :func:`textmine.key_terms` with two groups, both directions and ``top=None``.
    formats
        Of the page's language.
    names
        Names of groups to show in place of their keys.
    level
        The false discovery rate that ``significant`` was made with.

    Raises
    ------
    ValueError
        The table does not hold two groups.
    """
    groups = sorted({*table["group"].unique(), *table["versus"].unique()})
    if len(groups) != 2:
        raise ValueError(f"a picture compares two groups, not {len(groups)}")
    shown = {**dict(zip(groups, groups, strict=True)), **(names or {})}
    of_first = table.filter(pl.col("group") == groups[0]).with_columns(
        neutralised(pl.col("surface")), pl.col("log_odds").abs().alias("strength")
    )
    order = ["significant", "strength", "count", "term"]
    ranked = of_first.sort(order, descending=[True, True, True, False])
    findings = ranked.filter("significant")
    others = ranked.filter(~pl.col("significant")).sort(pl.col("count") + pl.col("other_count"), descending=True)
    drawn = pl.concat([findings, others]).head(MOST_POINTS)
    spots = [
        Spot(row["surface"], row["count"] + row["other_count"], row["log_odds"], row["significant"])
        for row in drawn.iter_rows(named=True)
    ]
    return Comparison(
        first=shown[groups[0]],
        second=shown[groups[1]],
        terms=tuple(_term(row) for row in ranked.head(MOST_ROWS).iter_rows(named=True)),
        chart=scatter(spots, formats=formats),
        n_terms=len(ranked),
        n_first=len(findings.filter(pl.col("log_odds") > 0)),
        n_second=len(findings.filter(pl.col("log_odds") < 0)),
        evidence=str(table["evidence"].first()) if len(table) else "agency",
        level=level,
    )


def _term(row: Mapping[str, object]) -> ComparedTerm:
    return ComparedTerm(
        *(
            row[name]
            for name in (
                "surface",
                "count",
                "other_count",
                "rate",
                "other_rate",
                "log_ratio",
                "log_odds",
                "q_value",
                "significant",
            )
        )  # type: ignore[arg-type]
    )
