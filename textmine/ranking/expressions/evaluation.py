"""Computes an expression for all agencies at once, alone or for each draw of the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from textmine.errors import MissingColumnError
from textmine.platforms import PLATFORMS
from textmine.ranking.expressions import arrays
from textmine.ranking.expressions.arrays import Floats
from textmine.ranking.expressions.functions import FUNCTIONS
from textmine.ranking.expressions.syntax import (
    Call,
    Compare,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Power,
    Product,
    Sum,
)


class Measures(Protocol):
    """Figures of agencies by the name of the measure."""

    @property
    def n_agencies(self) -> int:
        """Number of agencies."""

    def values(self, name: str, platform: str | None) -> Floats | None:
        """Figures of a measure, on one platform or on all together.

        Shape (n_agencies,), or (n_draws, n_agencies) where the figure is uncertain; NaN is null. None where the
        table does not have the measure.
        """


@dataclass(frozen=True)
class MeasureTable:
    """Measures out of a table, with draws of those that are uncertain.

    Parameters
    ----------
    table
        A row an agency, a numeric column a measure; ``engagement_rate@instagram`` is the measure on one platform.
    draws
        By column, shape (n_draws, n_agencies); these win over the table. All have the same number of draws.

    Examples
    --------
    >>> MeasureTable(pl.DataFrame({"n_posts": [10, None]})).values("n_posts", None)
    array([10., nan])
    """

    table: pl.DataFrame
    draws: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def n_agencies(self) -> int:
        """Number of rows."""
        return self.table.height

    def values(self, name: str, platform: str | None) -> Floats | None:
        """See :class:`Measures`."""
        column = name if platform is None else f"{name}@{platform}"
        if column in self.draws:
            return self.draws[column]
        if column not in self.table.columns:
            return None
        return self.table[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()


@dataclass(frozen=True)
class _Context:
    """What names mean while an expression is computed."""

    measures: Measures
    eligible: npt.NDArray[np.bool_]
    weights: Mapping[str, float]
    scores: Mapping[str, Floats]
    platform: str | None = None

    def name(self, node: Name) -> Floats:
        if node.name in self.weights:
            return np.asarray(self.weights[node.name], dtype=np.float64)
        platform = node.platform or self.platform
        values = self.measures.values(node.name, platform)
        if values is None:
            if node.platform is None and platform is not None:
                return np.full(np.count_nonzero(self.eligible), np.nan)
            column = node.name if platform is None else f"{node.name}@{platform}"
            raise MissingColumnError(column, found=(), remedy="the features that were computed do not have it")
        return arrays.finite(values[..., self.eligible])


def evaluate(
    tree: Node,
    measures: Measures,
    *,
    eligible: npt.NDArray[np.bool_] | None = None,
    weights: Mapping[str, float] | None = None,
    scores: Mapping[str, Floats] | None = None,
) -> Floats:
    """Compute a checked expression.

    Parameters
    ----------
    tree
        The expression.
    measures
        Figures of the agencies.
    eligible
        Shape (n_agencies,): who is compared by ``pct`` and its like; all by default. The others have no score.
    weights
        Numbers with a name.
    scores
        Scores of other categories, shape (n_agencies,) or (n_draws, n_agencies).

    Returns
    -------
    numpy.ndarray
        float64, shape (n_agencies,), or (n_draws, n_agencies) where a measure has draws; NaN is null.

    Raises
    ------
    MissingColumnError
        A measure is not among the figures.
    """
    who = np.ones(measures.n_agencies, dtype=bool) if eligible is None else eligible
    context = _Context(measures, who, weights or {}, {name: s[..., who] for name, s in (scores or {}).items()})
    found = _value(tree, context)
    n_eligible = int(np.count_nonzero(who))
    found = arrays.finite(np.broadcast_to(found, np.broadcast_shapes(found.shape, (n_eligible,))))
    whole = np.full((*found.shape[:-1], measures.n_agencies), np.nan)
    whole[..., who] = found
    return whole


def _value(node: Node, context: _Context) -> Floats:
    match node:
        case Number(value=value):
            return np.asarray(value, dtype=np.float64)
        case Name():
            return context.name(node)
        case Negative(of=of):
            return -_value(of, context)
        case Not(of=of):
            return 1.0 - _value(of, context)
        case Call():
            return _call(node, context)
    with np.errstate(all="ignore"):
        return _operation(node, context)


def _operation(node: Sum | Product | Power | Compare | Logic, context: _Context) -> Floats:
    match node:
        case Sum(terms=terms):
            total: Floats = np.asarray(0.0)
            for sign, term in terms:
                total = total + sign * _value(term, context)
            return arrays.finite(total)
        case Product(factors=factors):
            product: Floats = np.asarray(1.0)
            for divides, factor in factors:
                value = _value(factor, context)
                product = arrays.finite(product / value if divides else product * value)
            return product
        case Power(base=base, exponent=exponent):
            return arrays.power(_value(base, context), _value(exponent, context))
        case Compare(operator=operator, left=left, right=right):
            return _compared(operator, _value(left, context), _value(right, context))
    join = arrays.both if node.operator == "and" else arrays.either
    found = _value(node.parts[0], context)
    for part in node.parts[1:]:
        found = join(found, _value(part, context))
    return found


def _compared(operator: str, left: Floats, right: Floats) -> Floats:
    holds = {
        "<": np.less,
        "<=": np.less_equal,
        ">": np.greater,
        ">=": np.greater_equal,
        "==": np.equal,
        "!=": np.not_equal,
    }[operator](left, right)
    return arrays.truth(holds, left, right)


def _call(node: Call, context: _Context) -> Floats:
    if node.function == "score":
        return context.scores[_named(node.arguments[0])]
    if node.function == "mean_of":
        return _over_platforms(node, context)
    function = FUNCTIONS[node.function]
    assert function.compute is not None  # noqa: S101 - only the special ones have none
    values = [_value(argument, context) for argument in node.arguments]
    if function.group == "agencies":
        n_eligible = int(np.count_nonzero(context.eligible))
        if n_eligible == 0:
            return values[0]
        values = [np.broadcast_to(value, np.broadcast_shapes(value.shape, (n_eligible,))) for value in values]
    return function.compute(*values)


def _over_platforms(node: Call, context: _Context) -> Floats:
    """Mean over platforms: each platform is computed, and so standardised, on its own."""
    named = [_named(argument) for argument in node.arguments[1:]]
    inner = node.arguments[0]
    return arrays.mean_of_known([_value(inner, replace(context, platform=each)) for each in named or PLATFORMS])


def _named(node: Node) -> str:
    assert isinstance(node, Name)  # noqa: S101 - the check has seen it
    return node.name
