"""Exports agencies for learning to rank: a feature matrix, its groups, and what rows and columns are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.atomic import write_file
from textmine.errors import InputError, NotEnoughDataError
from textmine.groups import UNREGISTERED
from textmine.ranking.awards import AwardDefinition
from textmine.ranking.eligibility import competing, eligible_agencies

MATRIX: Final = "features.svmlight"
GROUPS: Final = "groups.txt"
ROWS: Final = "rows.csv"
COLUMNS: Final = "columns.csv"


@dataclass(frozen=True)
class RankingExport:
    """What was written.

    Attributes
    ----------
    features
        Shape (n_rows, n_columns); NaN where an agency has no figure.
    columns
        Names of columns.
    rows
        ``group, agency, relevance``, a row a row of the matrix.
    sizes
        Rows of each group, in order, shape (n_groups,).
    """

    features: npt.NDArray[np.float64]
    columns: tuple[str, ...]
    rows: pl.DataFrame
    sizes: npt.NDArray[np.int64]


def ranking_export(
    table: pl.DataFrame, *, award: AwardDefinition | None = None, relevance: pl.DataFrame | None = None
) -> RankingExport:
    """Agencies in groups within which they are ranked.

    Parameters
    ----------
    table
        From :func:`~textmine.ranking.agency.stage.agency_features_of`.
    award
        A group an award: the eligible agencies of its clusters. Without it a group a cluster.
    relevance
        ``agency``, ``relevance`` (whole numbers from 0, more is better) and, if given, ``group``: an award or a
        cluster. Who is not named has 0. Without it all have 0.

    Raises
    ------
    NotEnoughDataError
        No group has two agencies. Categories of a campaign have none: who is eligible depends on its posts.
    """
    groups = _by_cluster(table) if award is None else _by_award(table, award)
    kept = [(name, part) for name, part in groups if len(part) > 1]
    if not kept:
        raise NotEnoughDataError("no group has two agencies to rank", needed=2, got=1)
    rows = pl.concat([part.select(pl.lit(name).alias("group"), "agency") for name, part in kept])
    columns = [name for name in table.columns if name not in ("agency", "cluster")]
    usable = [name for name in columns if table[name].count()]
    features = pl.concat([part.select(usable) for _, part in kept])
    return RankingExport(
        features=features.cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        columns=tuple(usable),
        rows=_with_relevance(rows, relevance),
        sizes=np.array([len(part) for _, part in kept], dtype=np.int64),
    )


def write_ranking_export(
    directory: Path,
    table: pl.DataFrame,
    *,
    award: AwardDefinition | None = None,
    relevance: pl.DataFrame | None = None,
) -> RankingExport:
    """Write :func:`ranking_export` into a folder: svmlight with query ids, sizes of groups, rows and columns."""
    export = ranking_export(table, award=award, relevance=relevance)
    directory.mkdir(parents=True, exist_ok=True)
    write_file(directory / MATRIX, "".join(_svmlight_lines(export)))
    write_file(directory / GROUPS, "".join(f"{size}\n" for size in export.sizes))
    export.rows.write_csv(directory / ROWS)
    names = pl.DataFrame({"column": range(len(export.columns)), "feature": export.columns})
    names.write_csv(directory / COLUMNS)
    return export


def _svmlight_lines(export: RankingExport) -> Iterator[str]:
    """A line a row; zeros are left out, as usual, ``nan`` is written: scikit-learn reads it, and does not write it."""
    query = np.repeat(np.arange(len(export.sizes)), export.sizes)
    for target, group, row in zip(export.rows["relevance"], query, export.features, strict=True):
        yield f"{target} qid:{group}{''.join(f' {i}:{row[i]:.16g}' for i in np.flatnonzero(row))}\n"


def read_relevance(path: Path) -> pl.DataFrame:
    """Read a CSV with ``agency``, ``relevance`` and perhaps ``group``.

    Raises
    ------
    InputError
        It cannot be read, lacks a column, or a relevance is no whole number from 0.
    """
    try:
        table = pl.read_csv(path, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise InputError("cannot be read as CSV; write agency,relevance in the first line", path=path) from error
    for column in ("agency", "relevance"):
        if column not in table.columns:
            raise InputError("column is missing; write agency,relevance in the first line", path=path, column=column)
    whole = table["relevance"].str.strip_chars().cast(pl.UInt32, strict=False)
    if whole.null_count():
        row = int(whole.is_null().arg_true()[0])
        value = table["relevance"][row]
        raise InputError(
            "is no whole number from 0; the winner has the highest", path=path, row=row + 1, column="relevance",
            value=value,
        )  # fmt: skip
    return table.with_columns(whole)


def _by_cluster(table: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    named = table.with_columns(pl.col("cluster").fill_null(UNREGISTERED)).sort("cluster", "agency")
    return [(str(key[0]), part) for key, part in named.group_by("cluster", maintain_order=True)]


def _by_award(table: pl.DataFrame, definition: AwardDefinition) -> list[tuple[str, pl.DataFrame]]:
    ordered = table.sort("agency")
    found = []
    for award in definition.awards:
        if award.category.selection.campaign:
            continue  # who is eligible depends on the campaign's posts, which this table does not have
        eligible = eligible_agencies(ordered, award.category)["eligible"].to_numpy()
        found.append((award.id, ordered.filter(pl.Series(eligible & competing(ordered["cluster"], award)))))
    return found


def _with_relevance(rows: pl.DataFrame, relevance: pl.DataFrame | None) -> pl.DataFrame:
    if relevance is None:
        return rows.with_columns(pl.lit(0, pl.UInt32).alias("relevance"))
    by = ["group", "agency"] if "group" in relevance.columns else ["agency"]
    known = relevance.select(*by, pl.col("relevance").cast(pl.UInt32)).unique(by, keep="first", maintain_order=True)
    return rows.join(known, on=by, how="left", maintain_order="left").with_columns(pl.col("relevance").fill_null(0))
