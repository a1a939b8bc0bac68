"""One batch of a file while it is mapped: its cells by target, and which of its rows are refused and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Self

import polars as pl

from textmine.ingest.plan import Plan
from textmine.ingest.synonyms import fold_name
from textmine.ingest.table import LONGEST_RAW, ROW
from textmine.posts import REJECT_SCHEMA

_TEXT: Final = pl.String()
_UNFILLED: Final = ("", "N/A", "n/a", "null", "None", "-1")
"""Cells that leave the word to the next column of the same target; -1 is how scrapers write a hidden count."""


@dataclass
class Tally:
    """What was noticed while mapping, over all batches of a file."""

    naive_times: int = 0
    unreadable_collected: int = 0
    rounded_ids: int = 0
    pictures: int = 0
    literals: int = 0
    mojibake: int = 0

    def __iadd__(self, other: Tally) -> Self:
        """Add what was noticed in another batch."""
        for each in dataclasses.fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    def notes(self, zone: str) -> list[str]:
        """Sentences for the file's result."""
        found = []
        if self.naive_times:
            found.append(f"{self.naive_times:,} times carry no zone: taken as {zone}")
        if self.unreadable_collected:
            found.append(f"{self.unreadable_collected:,} collection times cannot be read: left empty")
        if self.rounded_ids:
            found.append(f"{self.rounded_ids:,} ids were rounded by a spreadsheet: keyed by address or content instead")
        if self.pictures:
            found.append(f"{self.pictures:,} rows are single pictures of carousels: joined by the post's address")
        if self.literals:
            found.append(f"{self.literals:,} captions stood as Python bytes (b'…'): decoded")
        if self.mojibake:
            found.append(f"{self.mojibake:,} captions were read in a wrong encoding by an earlier program: repaired")
        return found


@dataclass
class Rows:
    """The cells of one batch, and which of its rows are refused."""

    frame: pl.DataFrame
    plan: Plan
    refusals: list[tuple[pl.Series, str, str, pl.Series]] = field(default_factory=list)

    def raw(self, target: str) -> pl.Series:
        """Cells of a target as they stand; all null when the file has none."""
        columns = [c for c in self.plan.columns.get(target, ()) if c in self.frame.columns]
        if not columns:
            return pl.Series(target, [None], _TEXT).new_from_index(0, self.frame.height)
        if len(columns) == 1:
            return self.frame[columns[0]]
        return self.frame.select(pl.coalesce(map(_filled, columns))).to_series()

    def cell(self, target: str) -> pl.Series:
        """Cells of a target without white space around; empty ones are null."""
        text = self.raw(target).alias(target)
        if text.null_count() == len(text):
            return text
        text = text.str.strip_chars()
        return text.set(text == "", None)

    def column(self, name: str) -> pl.Series | None:
        """Cells of a source column by its name, whatever its case and punctuation, or None."""
        folded = fold_name(name)
        found = next((c for c in self.frame.columns if c != ROW and fold_name(c) == folded), None)
        return None if found is None else self.frame[found]

    def has(self, target: str) -> bool:
        """Whether this batch has a column for a target."""
        return any(c in self.frame.columns for c in self.plan.columns.get(target, ()))

    def refuse(self, where: pl.Series, reason: str, target: str, values: pl.Series) -> None:
        """Refuse rows; the first reason given for a row counts."""
        where = where.fill_null(False)
        if where.any():
            name = "/".join(self.plan.columns.get(target, (target,)))
            self.refusals.append((where, reason, name, values))

    def refused(self) -> tuple[pl.Series, pl.DataFrame]:
        """Which rows are refused, and the rows for ``rejects.parquet``."""
        bad = pl.Series([False]).new_from_index(0, self.frame.height)
        parts = []
        for where, reason, name, values in self.refusals:
            fresh = where & ~bad
            bad = bad | where
            if fresh.any():
                raw = self.frame.filter(fresh)
                parts.append(reject_rows(raw, self.plan.source, reason, name, values.filter(fresh)))
        rejects = pl.concat(parts).sort("source_row") if parts else pl.DataFrame(schema=REJECT_SCHEMA)
        return bad, rejects


def _filled(column: str) -> pl.Expr:
    return pl.when(~pl.col(column).str.strip_chars().is_in(_UNFILLED)).then(pl.col(column))


def reject_rows(raw: pl.DataFrame, source: str, reason: str, column: str, values: pl.Series) -> pl.DataFrame:
    """Rows as ``rejects.parquet`` keeps them, in its schema."""
    cells = pl.struct(pl.exclude(ROW)).struct.json_encode().str.slice(0, LONGEST_RAW)
    return raw.select(
        pl.lit(source).alias("source"),
        pl.col(ROW).alias("source_row"),
        pl.lit(reason).alias("reason"),
        pl.lit(column).alias("column"),
        values.cast(pl.String).str.slice(0, LONGEST_RAW).alias("value"),
        cells.alias("raw"),
    ).cast(REJECT_SCHEMA)


def fill_from(values: pl.Series, cells: pl.Series, read: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Fill what is null with what ``read`` makes of other cells; only these rows are read."""
    where = values.is_null() & cells.is_not_null()
    if not where.any():
        return values
    made = cells.filter(where).to_frame("cell").select(read(pl.col("cell"))).to_series()
    return values.scatter(where.arg_true(), made)
