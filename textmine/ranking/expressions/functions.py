"""The functions of an expression: the only things that can be called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from textmine.ranking.expressions import arrays
from textmine.ranking.expressions.arrays import Floats

Group = Literal["value", "agencies", "special"]
"""``value`` looks at one agency's values, ``agencies`` at all eligible ones, ``special`` at names."""


@dataclass(frozen=True)
class Function:
    """A function of the language.

    Parameters
    ----------
    name, arguments, meaning
        As documentation shows them.
    group
        What it looks at.
    least, most
        Number of arguments; ``most`` None is any number.
    unit
        Unit of the result; None is that of the arguments.
    compute
        The function over arrays; None for the special ones, which evaluation knows.
    """

    name: str
    arguments: str
    meaning: str
    group: Group
    least: int
    most: int | None
    unit: str | None
    compute: Callable[..., Floats] | None

    @property
    def signature(self) -> str:
        """As it is written: ``clip(x, low, high)``."""
        return f"{self.name}({self.arguments})"


def _lowest_of(first: Floats, *others: Floats) -> Floats:
    for other in others:
        first = np.minimum(first, other)
    return first


def _highest_of(first: Floats, *others: Floats) -> Floats:
    for other in others:
        first = np.maximum(first, other)
    return first


def _mean(*values: Floats) -> Floats:
    total = values[0]
    for value in values[1:]:
        total = total + value
    return np.asarray(total / len(values))


def _logarithm(values: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return arrays.finite(np.log(values))


def _logarithm_of_one_more(values: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return arrays.finite(np.log1p(values))


def _root(values: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return arrays.finite(np.sqrt(values))


def _known(values: Floats) -> Floats:
    return (~np.isnan(values)).astype(np.float64)


_LIST: Final = (
    Function(
        "pct", "x", "percentile rank among the eligible agencies, 0 to 100, ties at their middle",
        "agencies", 1, 1, "percentile", arrays.percentile,
    ),
    Function(
        "z", "x", "standard deviations from the mean of the eligible agencies; 0 where all are alike",
        "agencies", 1, 1, "standard deviations", arrays.standardised,
    ),
    Function(
        "minmax", "x", "0 for the lowest to 100 for the highest eligible agency; 50 where all are alike",
        "agencies", 1, 1, "points of 100", arrays.stretched,
    ),
    Function("share", "x", "part of the eligible agencies' total, 0 to 1", "agencies", 1, 1, "share", arrays.share),
    Function("average", "x", "mean of the eligible agencies", "agencies", 1, 1, None, arrays.average),
    Function("median", "x", "median of the eligible agencies", "agencies", 1, 1, None, arrays.median),
    Function("log", "x", "natural logarithm; null for 0 and below", "value", 1, 1, "log", _logarithm),
    Function("log1p", "x", "log(1 + x), defined at 0", "value", 1, 1, "log", _logarithm_of_one_more),
    Function("sqrt", "x", "square root; null below 0", "value", 1, 1, "root", _root),
    Function("abs", "x", "without its sign", "value", 1, 1, None, np.abs),
    Function("min", "x, y, …", "the lowest of several", "value", 2, None, None, _lowest_of),
    Function("max", "x, y, …", "the highest of several", "value", 2, None, None, _highest_of),
    Function("mean", "x, y, …", "mean of several", "value", 2, None, None, _mean),
    Function("clip", "x, low, high", "kept between two bounds", "value", 3, 3, None, arrays.clip),
    Function("coalesce", "x, y, …", "the first that is not null", "value", 2, None, None, arrays.coalesce),
    Function("known", "x", "true where x is not null", "value", 1, 1, None, _known),
    Function(
        "if", "condition, x, y", "x where the condition is true, y where it is false, null where it is null",
        "value", 3, 3, None, arrays.choose,
    ),
    Function(
        "mean_of", "x, platform, …",
        "x on each platform apart, then the mean of those where it is known; all four where none is named",
        "special", 1, 5, None, None,
    ),
    Function(
        "score", "category", "the score of another category of the file, the higher the better",
        "special", 1, 1, "score", None,
    ),
)  # fmt: skip

FUNCTIONS: Final[dict[str, Function]] = {function.name: function for function in _LIST}
"""By name, in the order of the documentation."""
