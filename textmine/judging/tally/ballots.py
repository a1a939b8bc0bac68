"""Ballots of one category: a table of scores as a grid of judges and nominees.

A judge's total for a nominee is the weighted mean of the criteria, on the scale of the scores. It stands only where the
judge scored every criterion: with one left out it would be the mean of other criteria than everybody else's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import rankdata

from textmine.errors import InputError, NotEnoughDataError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SCORE_SCHEMA: Final = pl.Schema(
    {"judge": pl.String(), "nominee": pl.String(), "criterion": pl.String(), "value": pl.Float64()}
)
"""Columns of a table of scores; a row that is absent, or whose value is null, was not scored."""

_DIGITS: Final = 9
"""Totals are rounded to this many decimals: 0.1 + 0.2 and 0.3 are a tie, whatever floating point makes of them."""


@dataclass(frozen=True, eq=False)
class Ballots:
    """Scores of a category.

    Parameters
    ----------
    judges, nominees, criteria
        Names, sorted; criteria in the order of their weights.
    weights
        Of the criteria, sum 1.
    values
        Scores, NaN where there is none, shape (n_judges, n_nominees, n_criteria).
    """

    judges: tuple[str, ...]
    nominees: tuple[str, ...]
    criteria: tuple[str, ...]
    weights: Floats
    values: Floats

    @classmethod
    def of(
        cls,
        scores: pl.DataFrame,
        weights: Mapping[str, float] | None = None,
        *,
        judges: tuple[str, ...] = (),
        nominees: tuple[str, ...] = (),
    ) -> Ballots:
        """Ballots of a table of scores.

        Parameters
        ----------
        scores
            Columns of ``SCORE_SCHEMA``, at most one row a judge, nominee and criterion.
        weights
            Above 0, of every criterion that is scored; alike if None.
        judges, nominees
            Who is to be listed even without a score.

        Raises
        ------
        InputError
            A score is given twice or is not a finite number, or a criterion has no weight.
        NotEnoughDataError
            There is neither a judge nor a nominee.
        """
        table = scores.select(SCORE_SCHEMA.names()).cast(SCORE_SCHEMA)
        _check(table)
        weights = {name: 1.0 for name in table["criterion"].unique().sort()} if weights is None else weights
        criteria = _checked_weights(weights, table)
        all_judges = sorted({*table["judge"], *judges})
        all_nominees = sorted({*table["nominee"], *nominees})
        if not (all_judges and all_nominees and criteria):
            raise NotEnoughDataError("a tally needs a judge, a nominee and a criterion", needed=1, got=0)
        values = np.full((len(all_judges), len(all_nominees), len(criteria)), np.nan)
        names = zip(("judge", "nominee", "criterion"), (all_judges, all_nominees, list(criteria)), strict=True)
        known = table.drop_nulls("value")
        places = [
            known[column].replace_strict(order, range(len(order)), return_dtype=pl.Int64).to_numpy()
            for column, order in names
        ]
        values[tuple(places)] = known["value"].to_numpy()
        shares = np.array([weights[name] for name in criteria], dtype=float)
        return cls(tuple(all_judges), tuple(all_nominees), criteria, shares / shares.sum(), values)

    @cached_property
    def totals(self) -> Floats:
        """Weighted means, NaN where a criterion was not scored, shape (n_judges, n_nominees)."""
        return np.round(self.values @ self.weights, _DIGITS)

    @cached_property
    def incomplete(self) -> Flags:
        """Where a judge scored some criteria and left out others, shape (n_judges, n_nominees)."""
        missing = np.isnan(self.values)
        return np.asarray(missing.any(axis=2) & ~missing.all(axis=2))

    def criterion(self, name: str) -> Floats:
        """Scores by one criterion where totals stand, shape (n_judges, n_nominees)."""
        found: Floats = np.where(np.isnan(self.totals), np.nan, self.values[:, :, self.criteria.index(name)])
        return found


def midranks(totals: Floats) -> Floats:
    """Ranks of nominees on each ballot, 1 the best, tied ones share the mean; NaN where there is no total.

    Examples
    --------
    >>> midranks(np.array([[7.0, 9.0, 7.0, np.nan]]))
    array([[2.5, 1. , 2.5, nan]])
    """
    return np.asarray(rankdata(-totals, axis=-1, nan_policy="omit"), dtype=float)


def _check(table: pl.DataFrame) -> None:
    key = ["judge", "nominee", "criterion"]
    for column in key:
        if table[column].null_count():
            row = int(table[column].is_null().arg_max() or 0) + 1
            raise InputError("is empty", row=row, column=column)
    twice = table.is_duplicated() if table.is_empty() else table.select(key).is_duplicated()
    if twice.any():
        row = int(twice.arg_max() or 0)
        judge, nominee, criterion = table.select(key).row(row)
        raise InputError(f"{judge} scored {nominee} twice by {criterion}; keep one", row=row + 1, column="value")
    wrong = ~table["value"].is_finite().fill_null(True)
    if wrong.any():
        row = int(wrong.arg_max() or 0)
        value = table["value"][row]
        raise InputError(f"{value} is not a finite number", row=row + 1, column="value", value=value)


def _checked_weights(weights: Mapping[str, float], table: pl.DataFrame) -> tuple[str, ...]:
    for name, weight in weights.items():
        if not (np.isfinite(weight) and weight > 0):
            raise InputError(f"the weight {weight} of {name!r} is not above 0", column="criterion", value=name)
    unknown = table["criterion"].is_in(list(weights)).not_()
    if unknown.any():
        row = int(unknown.arg_max() or 0)
        name = table["criterion"][row]
        problem = f"{name!r} has no weight; there are {', '.join(weights) or 'none'}"
        raise InputError(problem, row=row + 1, column="criterion", value=name)
    return tuple(weights)
