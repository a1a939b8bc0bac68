"""From features of posts to a matrix of numbers: gaps filled and marked, categories spread out, scales made equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.errors import MissingColumnError

Floats = npt.NDArray[np.float64]
_LIMIT: Final = 4.0
"""Standard deviations beyond which a value counts as this far: counts have long tails."""
_RARE: Final = 0.01
"""A category, or a gap, that fewer posts have gets no column."""


@dataclass(frozen=True)
class Column:
    """A column of the matrix.

    ``value`` is the category that it marks, ``""`` for the gaps of a number, None for the number itself. ``fill``
    stands where the number is not known; ``centre`` and ``spread`` make the scale.
    """

    feature: str
    value: str | None
    fill: float
    centre: float
    spread: float

    def raw(self) -> pl.Expr:
        """Value before it is scaled."""
        if self.value is None:
            number = pl.col(self.feature).cast(pl.Float64)
            return pl.when(number.is_finite()).then(number).otherwise(None).fill_null(self.fill)
        if self.value == "":
            return pl.col(self.feature).is_null().cast(pl.Float64)
        return (pl.col(self.feature).cast(pl.String) == self.value).fill_null(False).cast(pl.Float64)

    def scaled(self) -> pl.Expr:
        """Value in standard deviations from the mean."""
        return ((self.raw() - self.centre) / self.spread).clip(-_LIMIT, _LIMIT)


@dataclass(frozen=True)
class Design:
    """How rows of features become rows of the matrix; learned from training posts alone."""

    columns: tuple[Column, ...]

    @classmethod
    def fit(cls, table: pl.DataFrame, features: Sequence[str]) -> Self:
        """Learn fills, categories and scales.

        Parameters
        ----------
        table
            Training posts.
        features
            Columns to use: numbers, booleans, text of few values.

        Notes
        -----
        A feature that never varies is left out.
        """
        raw: list[Column] = []
        for name in features:
            column = table[name]
            if column.dtype.is_numeric() or column.dtype == pl.Boolean:
                raw += _number(column)
            else:
                raw += _categories(column)
        if not raw:
            return cls(())
        numbered = [_trimmed(each).alias(str(place)) for place, each in enumerate(raw)]
        values = table.select(numbered).to_numpy().astype(np.float64)
        centre, spread = values.mean(axis=0), values.std(axis=0)
        scaled = [
            Column(each.feature, each.value, each.fill, float(centre[place]), float(spread[place]))
            for place, each in enumerate(raw)
            if spread[place] > 1e-9
        ]
        return cls(tuple(scaled))

    @property
    def features(self) -> tuple[str, ...]:
        """Features that are used, each once."""
        return tuple(dict.fromkeys(each.feature for each in self.columns))

    def places(self, feature: str) -> list[int]:
        """Columns of a feature."""
        return [place for place, each in enumerate(self.columns) if each.feature == feature]

    def transform(self, table: pl.DataFrame) -> Floats:
        """Matrix of the posts, shape (n_posts, n_columns).

        Raises
        ------
        MissingColumnError
            A feature is not in the table.
        """
        for name in self.features:
            if name not in table.columns:
                raise MissingColumnError(
                    name, found=table.columns, remedy="make the features anew with: textmine features"
                )
        if not self.columns:
            return np.zeros((len(table), 0))
        made = table.select(each.scaled().alias(str(place)) for place, each in enumerate(self.columns))
        return np.ascontiguousarray(made.to_numpy(), dtype=np.float64)

    def as_json(self) -> list[dict[str, Any]]:
        """Return the columns as JSON takes them."""
        return [asdict(each) for each in self.columns]

    @classmethod
    def from_json(cls, content: Sequence[dict[str, Any]]) -> Self:
        """Return the design that :meth:`as_json` wrote."""
        return cls(tuple(Column(**each) for each in content))


def _trimmed(column: Column) -> pl.Expr:
    """Raw value, cut at the far quantiles so that one giant does not set the scale."""
    raw = column.raw()
    return raw.clip(raw.quantile(0.005), raw.quantile(0.995)) if column.value is None else raw


def _number(column: pl.Series) -> list[Column]:
    numbers = column.cast(pl.Float64)
    middle = numbers.filter(numbers.is_finite().fill_null(False)).median()
    if not isinstance(middle, (int, float)):
        return []
    made = [Column(column.name, None, float(middle), 0.0, 1.0)]
    if _RARE <= column.null_count() / max(1, len(column)) <= 1 - _RARE:
        made.append(Column(column.name, "", 0.0, 0.0, 1.0))
    return made


def _categories(column: pl.Series) -> list[Column]:
    counted = column.drop_nulls().cast(pl.String).alias("value").value_counts(name="n").sort("value")
    common = counted.filter(pl.col("n") >= _RARE * len(column))["value"]
    return [Column(column.name, value, 0.0, 0.0, 1.0) for value in common if value]
