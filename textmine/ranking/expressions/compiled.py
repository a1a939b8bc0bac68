"""Expressions that have been checked: computed for agencies, asked for their measures, taken apart into weights."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from textmine.errors import ExpressionError
from textmine.platforms import PLATFORMS
from textmine.ranking.expressions.checks import Checker, Names
from textmine.ranking.expressions.evaluation import Measures, evaluate
from textmine.ranking.expressions.parser import parse
from textmine.ranking.expressions.syntax import Call, Name, Negative, Node, Number, Product, Sum, children, walk
from textmine.ranking.expressions.written import written

if TYPE_CHECKING:
    from textmine.ranking.expressions.arrays import Floats


@dataclass(frozen=True)
class Part:
    """A term of a weighted sum.

    Parameters
    ----------
    weight
        Its factor.
    expression
        What is weighted.
    """

    weight: float
    expression: Expression


@dataclass(frozen=True)
class Expression:
    """A checked expression.

    Parameters
    ----------
    text
        As written.
    tree
        As parsed.
    weights
        The numbers with a name that it may use.
    """

    text: str
    tree: Node = field(repr=False)
    weights: Mapping[str, float] = field(default_factory=dict, repr=False)

    @property
    def measures(self) -> tuple[str, ...]:
        """Columns that it reads, sorted; on one platform as ``engagement_rate@instagram``."""
        return tuple(sorted(_columns(self.tree, set(self.weights))))

    @property
    def names(self) -> frozenset[str]:
        """Names that stand in it: measures without their platform, and weights."""
        return frozenset(node.name for node in walk(self.tree) if isinstance(node, Name))

    @property
    def categories(self) -> tuple[str, ...]:
        """Categories whose score it asks for, sorted."""
        calls = (node for node in walk(self.tree) if isinstance(node, Call) and node.function == "score")
        return tuple(sorted({each.name for call in calls for each in call.arguments if isinstance(each, Name)}))

    def evaluate(
        self,
        measures: Measures,
        *,
        eligible: npt.NDArray[np.bool_] | None = None,
        scores: Mapping[str, Floats] | None = None,
    ) -> Floats:
        """Compute it for all agencies.

        Parameters
        ----------
        measures
            Figures of the agencies.
        eligible
            Shape (n_agencies,): who is compared by ``pct`` and its like; all by default. The others are null.
        scores
            Scores of the categories that it asks for.

        Returns
        -------
        numpy.ndarray
            float64, shape (n_agencies,), or (n_draws, n_agencies) where a measure has draws; NaN is null.

        Raises
        ------
        MissingColumnError
            A measure is not among the figures.
        """
        return evaluate(self.tree, measures, eligible=eligible, weights=self.weights, scores=scores)

    def parts(self) -> tuple[Part, ...]:
        """Take a weighted sum apart, so that other weights can be tried; constants added to it are left out.

        Examples
        --------
        >>> names = Names({"n_posts": "posts", "consistency": "1"})
        >>> expression = compile_expression("0.6 * pct(n_posts) - pct(consistency) / 4", names)
        >>> [(part.weight, part.expression.text) for part in expression.parts()]
        [(0.6, 'pct(n_posts)'), (-0.25, 'pct(consistency)')]
        """
        return tuple(
            Part(weight, Expression(written(core), core, self.weights))
            for weight, core in _terms(self.tree, 1.0, self.weights)
        )


def compile_expression(text: str, names: Names) -> Expression:
    """Parse and check an expression.

    Parameters
    ----------
    text
        The expression.
    names
        What it may use.

    Raises
    ------
    ExpressionError
        The first problem, with its column.

    Examples
    --------
    >>> from textmine.ranking.expressions import MeasureTable
    >>> import polars as pl
    >>> posts = MeasureTable(pl.DataFrame({"n_posts": [3, 1, 1, None]}))
    >>> compile_expression("pct(n_posts)", Names({"n_posts": "posts"})).evaluate(posts).round(1)
    array([83.3, 33.3, 33.3,  nan])
    """
    tree = parse(text)
    checker = Checker(text, names)
    checker.whole(tree)
    if checker.problems:
        raise checker.problems[0]
    return Expression(text, tree, dict(names.weights))


def without_parts(expression: Expression, unknown: Collection[str]) -> tuple[Expression, tuple[str, ...]]:
    """Take the terms out of a weighted sum that read nothing but unknown columns, and say which columns these are.

    The expression stays as it is where no term would be left.

    Examples
    --------
    >>> names = Names({"quality": "1", "n_posts": "posts"})
    >>> mixed = compile_expression("0.5 * pct(quality) + 0.5 * pct(n_posts)", names)
    >>> found, gone = without_parts(mixed, {"quality"})
    >>> found.text, gone
    ('0.5 * pct(n_posts)', ('quality',))
    """
    parts = expression.parts()
    gone = [part for part in parts if part.expression.measures and set(part.expression.measures) <= set(unknown)]
    kept = [part for part in parts if part not in gone]
    if not gone or not kept:
        return expression, ()
    tree = parse(" + ".join(f"{part.weight!r} * ({part.expression.text})" for part in kept))
    columns = tuple(sorted({name for part in gone for name in part.expression.measures}))
    return Expression(written(tree), tree, expression.weights), columns


def expression_problems(text: str, names: Names) -> tuple[list[ExpressionError], list[ExpressionError]]:
    """All that is wrong with an expression, and what is allowed but hardly meant.

    A sentence that cannot be parsed has one problem: where it stops to make sense.
    """
    try:
        tree = parse(text)
    except ExpressionError as error:
        return [error], []
    checker = Checker(text, names)
    checker.whole(tree)
    return checker.problems, checker.warnings


def _columns(node: Node, weights: set[str], platforms: tuple[str, ...] = ()) -> set[str]:
    """Columns below a node; ``platforms`` are those of ``mean_of`` around it."""
    if isinstance(node, Name):
        if node.name in weights:
            return set()
        names = (node.platform,) if node.platform else platforms
        return {f"{node.name}@{name}" for name in names} or {node.name}
    below = children(node)
    if isinstance(node, Call) and node.function == "score":
        return set()
    if isinstance(node, Call) and node.function == "mean_of":
        named = tuple(each.name for each in below[1:] if isinstance(each, Name))
        platforms, below = named or PLATFORMS, below[:1]
    return {column for each in below for column in _columns(each, weights, platforms)}


def _terms(node: Node, weight: float, weights: Mapping[str, float]) -> Iterator[tuple[float, Node]]:
    """Terms of a sum with their numbers, out of parentheses too; terms that are all number are left out."""
    if isinstance(node, Negative):
        yield from _terms(node.of, -weight, weights)
    elif isinstance(node, Sum):
        for sign, term in node.terms:
            yield from _terms(term, sign * weight, weights)
    elif isinstance(node, Product):
        number, rest = _number_and_rest(node, weights)
        if len(rest) == 1 and not rest[0][0]:
            yield from _terms(rest[0][1], number * weight, weights)
        elif rest:
            one = [(False, Number(node.at, 1.0))] if rest[0][0] else []  # 1 / x
            yield number * weight, Product(node.at, (*one, *rest))
    elif _constant(node, weights) is None:
        yield weight, node


def _number_and_rest(product: Product, weights: Mapping[str, float]) -> tuple[float, list[tuple[bool, Node]]]:
    """The numbers of a product multiplied, and its other factors."""
    number, rest = 1.0, []
    for divides, factor in product.factors:
        value = _constant(factor, weights)
        if value is None or (divides and value == 0):
            rest.append((divides, factor))
        else:
            number = number / value if divides else number * value
    return number, rest


def _constant(node: Node, weights: Mapping[str, float]) -> float | None:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Negative):
        value = _constant(node.of, weights)
        return None if value is None else -value
    return weights.get(node.name) if isinstance(node, Name) else None
