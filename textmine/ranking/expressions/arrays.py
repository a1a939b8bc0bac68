"""Arithmetic with nulls over agencies, alone or with a row for each draw.

Values are float64, of shape (n_agencies,) or (n_draws, n_agencies); NaN is null. A result that is no finite number is
null too, so that no score is ever infinite. Truths are 1, 0 and null.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def finite(values: npt.ArrayLike) -> Floats:
    """Make what is not a finite number null."""
    array = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(array), array, np.nan)


def nulls_of(*values: Floats) -> npt.NDArray[np.bool_]:
    """Where any of the values is null."""
    found = np.isnan(values[0])
    for value in values[1:]:
        found = found | np.isnan(value)
    return np.asarray(found)


def truth(holds: npt.NDArray[np.bool_], *values: Floats) -> Floats:
    """1 where something holds and 0 where not; null where one of the values is."""
    return np.where(nulls_of(*values), np.nan, holds.astype(np.float64))


def power(base: Floats, exponent: Floats) -> Floats:
    """Base to the exponent; NumPy's own says that 1 to an unknown exponent is 1."""
    return np.where(nulls_of(base, exponent), np.nan, finite(np.power(base, exponent)))


def both(left: Floats, right: Floats) -> Floats:
    """``and``: false wherever one is false, else null wherever one is null."""
    false = (left == 0) | (right == 0)
    return np.where(false, 0.0, np.where(nulls_of(left, right), np.nan, 1.0))


def either(left: Floats, right: Floats) -> Floats:
    """``or``: true wherever one is true, else null wherever one is null."""
    true = (left == 1) | (right == 1)
    return np.where(true, 1.0, np.where(nulls_of(left, right), np.nan, 0.0))


def choose(condition: Floats, then: Floats, otherwise: Floats) -> Floats:
    """``then`` where the condition is true, ``otherwise`` where it is false, null where it is null."""
    return np.where(condition == 1, then, np.where(condition == 0, otherwise, np.nan))


def coalesce(first: Floats, *others: Floats) -> Floats:
    """The first value that is not null."""
    found = first
    for other in others:
        found = np.where(np.isnan(found), other, found)
    return found


def clip(values: Floats, low: Floats, high: Floats) -> Floats:
    """Values kept between two bounds."""
    return np.minimum(np.maximum(values, low), high)


def mean_of_known(values: list[Floats]) -> Floats:
    """Mean of the arrays where they are known; null where none is."""
    stacked = np.stack(np.broadcast_arrays(*values))
    known = ~np.isnan(stacked)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, stacked, 0.0).sum(axis=0) / known.sum(axis=0), dtype=np.float64)


def percentile(values: Floats) -> Floats:
    """Percentile rank among the known values of each row, 0 to 100, ties at their middle.

    As ``scipy.stats.percentileofscore(kind="mean")``: the share that is lower, and half of those that are equal, the
    agency itself among them. One agency alone has 50.
    """
    rows = np.atleast_2d(values)
    n_agencies = rows.shape[1]
    order = np.argsort(rows, axis=1, kind="stable")  # null comes last
    ordered = np.take_along_axis(rows, order, axis=1)
    is_first = np.ones(rows.shape, dtype=bool)
    is_first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    is_last = np.ones(rows.shape, dtype=bool)
    is_last[:, :-1] = is_first[:, 1:]
    places = np.arange(n_agencies)
    first = np.maximum.accumulate(np.where(is_first, places, 0), axis=1)
    last = np.minimum.accumulate(np.where(is_last, places, n_agencies)[:, ::-1], axis=1)[:, ::-1]
    n_known = np.count_nonzero(~np.isnan(rows), axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        ranks = 100.0 * (first + last + 1) / (2.0 * n_known)
    found = np.empty_like(rows)
    np.put_along_axis(found, order, ranks, axis=1)
    return np.where(np.isnan(rows), np.nan, found).reshape(values.shape)


def average(values: Floats) -> Floats:
    """Mean of the known values of each row, for every agency of it."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=-1, keepdims=True) / known.sum(axis=-1, keepdims=True)
    return np.broadcast_to(mean, values.shape)


def median(values: Floats) -> Floats:
    """Median of the known values of each row, for every agency of it."""
    ordered = np.sort(values, axis=-1)  # null comes last
    n_known = np.count_nonzero(~np.isnan(values), axis=-1, keepdims=True)
    low, high = np.maximum(n_known - 1, 0) // 2, n_known // 2
    high = np.minimum(high, np.maximum(n_known - 1, 0))
    middle = (np.take_along_axis(ordered, low, axis=-1) + np.take_along_axis(ordered, high, axis=-1)) / 2
    return np.broadcast_to(middle, values.shape)


def standardised(values: Floats) -> Floats:
    """Standard deviations from the mean of the known values of each row; 0 where they are all alike."""
    deviation = values - average(values)
    spread = np.sqrt(average(deviation**2))
    low, high = lowest(values), highest(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.isnan(values), np.nan, np.where(low == high, 0.0, finite(deviation / spread)))


def lowest(values: Floats) -> Floats:
    """Lowest known value of each row, for every agency of it."""
    least = np.where(np.isnan(values), np.inf, values).min(axis=-1, keepdims=True)
    return finite(np.broadcast_to(least, values.shape))


def highest(values: Floats) -> Floats:
    """Highest known value of each row, for every agency of it."""
    return -lowest(-values)


def stretched(values: Floats) -> Floats:
    """From 0 for the lowest to 100 for the highest of each row; 50 where they are all alike."""
    low, high = lowest(values), highest(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = 100.0 * (values - low) / (high - low)
    return np.where(np.isnan(values), np.nan, np.where(low == high, 50.0, finite(scaled)))


def share(values: Floats) -> Floats:
    """Part of the row's total, 0 to 1; null where the total is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        total = np.where(np.isnan(values), 0.0, values).sum(axis=-1, keepdims=True)
        return finite(values / total)
