"""Labels of judges: one class a post, or a probability of each class."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from textmine.errors import InputError, MissingColumnError
from textmine.quality.columns import KEYS

WEIGHT = "weight"
"""Optional column: how much a label counts; 1 where there is none."""


def read_labels(path: str | Path, classes: tuple[str, ...]) -> pl.DataFrame:
    """Read labels from Parquet or CSV.

    Parameters
    ----------
    path
        Columns platform, post_id, and either the probability of each class (``p_`` or ``probability_`` and its name)
        or ``label`` with its name; ``weight`` is optional.
    classes
        Known classes.

    Returns
    -------
    polars.DataFrame
        platform, post_id (both text) and a column a class, its weight; a row sums to the weight of the label. Posts
        with no label are left out; the same post twice adds up.

    Raises
    ------
    InputError
        The file cannot be read, a column is missing, or a label is no class.
    """
    path = Path(path)
    try:
        table = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(f"cannot be read as labels: {error}", path=path) from error
    try:
        return normalised_labels(table, classes, path=path)
    except pl.exceptions.InvalidOperationError as error:
        raise InputError("a probability or weight is no number", path=path) from error


def normalised_labels(table: pl.DataFrame, classes: tuple[str, ...], *, path: Path | None = None) -> pl.DataFrame:
    """Labels in the shape that :func:`read_labels` returns."""
    for name in KEYS:
        if name not in table.columns:
            raise MissingColumnError(name, found=table.columns, path=path, remedy="labels are joined to posts by it")
    keys = [pl.col(name).cast(pl.String) for name in KEYS]
    soft = _probabilities(table, classes)
    if soft is None:
        soft = [(pl.col("label") == name).cast(pl.Float64).alias(name) for name in classes]
        _check(table, classes, path)
    weight = pl.col(WEIGHT).cast(pl.Float64) if WEIGHT in table.columns else pl.lit(1.0)
    labels = table.select(*keys, *soft, weight.alias(WEIGHT)).drop_nulls(list(classes))
    total = pl.sum_horizontal(*classes)
    scaled = labels.filter(total > 0, pl.col(WEIGHT) > 0).select(
        *KEYS, *((pl.col(name) / total * pl.col(WEIGHT)).alias(name) for name in classes)
    )
    return scaled.group_by(KEYS, maintain_order=True).sum()


def _probabilities(table: pl.DataFrame, classes: tuple[str, ...]) -> list[pl.Expr] | None:
    for prefix in ("p_", "probability_"):
        if all(f"{prefix}{name}" in table.columns for name in classes):
            return [pl.col(f"{prefix}{name}").cast(pl.Float64).alias(name) for name in classes]
    return None


def _check(table: pl.DataFrame, classes: tuple[str, ...], path: Path | None) -> None:
    if "label" not in table.columns:
        raise MissingColumnError("label", found=table.columns, path=path, remedy=f"or p_{classes[0]} and so on")
    said = table["label"].cast(pl.String)
    unknown = said.is_not_null() & ~said.is_in(classes)
    if unknown.any():
        row = int(unknown.arg_max() or 0)
        known = ", ".join(classes)
        raise InputError(f"{said[row]!r} is none of {known}", path=path, row=row + 1, column="label", value=said[row])
