"""Looks up the names of an expression and finds what does not fit together, before any figure is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from textmine.errors import ExpressionError, did_you_mean
from textmine.platforms import PLATFORMS
from textmine.ranking.expressions.functions import FUNCTIONS, Function
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
    children,
    walk,
)

Kind = Literal["number", "truth"]
MAX_HINTS: Final = 20
_ANY: Final = None
"""Unit of a plain number, which goes with every other."""


@dataclass(frozen=True)
class Names:
    """The names that an expression may use.

    Parameters
    ----------
    measures
        Unit of each measure.
    by_platform
        Measures that exist for each platform.
    weights
        Numbers with a name.
    categories
        Categories whose score may be asked for.
    together
        Unit of the measures that have another one on all platforms together.
    """

    measures: Mapping[str, str]
    by_platform: Collection[str] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    categories: Collection[str] = ()
    together: Mapping[str, str] = field(default_factory=dict)


class Checker:
    """One expression being checked.

    Parameters
    ----------
    text
        The expression, for errors.
    names
        What it may use.

    Attributes
    ----------
    problems
        What is wrong, in the order of the text.
    warnings
        What can be computed and is hardly meant.
    """

    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self.names = names
        self.problems: list[ExpressionError] = []
        self.warnings: list[ExpressionError] = []
        self.inside_mean_of = False

    def whole(self, tree: Node) -> None:
        """Check a whole expression: it must be a number that tells agencies apart."""
        kind, _ = self.check(tree)
        if kind == "truth":
            self.problem(tree, "is true or false and not a score; write if(condition, 1, 0)")
        elif not self.problems and not self.differs(tree):
            self.problem(tree, "names no measure: every agency would have the same score")

    def differs(self, tree: Node) -> bool:
        """Whether anything in it differs between agencies."""
        same = {*self.names.weights, *(set(PLATFORMS) - self.names.measures.keys())}
        return any(isinstance(node, Name) and node.name not in same for node in walk(tree))

    def hint(self, name: str, known: Iterable[str]) -> str:
        """What a name may have been meant for; of a flood of unknown names not all are compared with all known ones."""
        return did_you_mean(name, known) if len(self.problems) < MAX_HINTS else ""

    def problem(self, node: Node, message: str) -> None:
        """Note what is wrong at a node."""
        self.problems.append(ExpressionError(message, expression=self.text, offset=node.at))

    def check(self, node: Node) -> tuple[Kind, str | None]:
        """Kind and unit of a node; the unit None goes with every other."""
        match node:
            case Number():
                return "number", _ANY
            case Name():
                return "number", self.name(node)
            case Call():
                return self.call(node)
            case Compare(left=left, right=right):
                self.alike(node, [self.number(left), self.number(right)], "compares")
                return "truth", _ANY
            case Logic() | Not():
                for part in children(node):
                    self.truth(part)
                return "truth", _ANY
        return "number", self.arithmetic(node)

    def arithmetic(self, node: Sum | Product | Power | Negative) -> str | None:
        """Check arithmetic; the unit of its result."""
        match node:
            case Sum(terms=terms):
                return self.alike(node, [self.number(term) for _, term in terms], "adds")
            case Product(factors=factors):
                return self.product([(divides, self.number(factor)) for divides, factor in factors])
            case Power(base=base, exponent=exponent):
                unit = self.number(base)
                self.number(exponent)
                return unit and f"power of {unit}"
        return self.number(node.of)

    def number(self, node: Node) -> str | None:
        """Check a node that must be a number; its unit."""
        kind, unit = self.check(node)
        if kind == "truth":
            self.problem(node, "is true or false where a number is needed; write if(condition, 1, 0)")
        return unit

    def truth(self, node: Node) -> None:
        """Check a node that must be true or false."""
        kind, _ = self.check(node)
        if kind == "number":
            self.problem(node, "is a number where true or false is needed; compare it, such as n_posts >= 10")

    def alike(self, node: Node, units: list[str | None], verb: str) -> str | None:
        """Warn of unlike units that are added or compared; the unit of the result."""
        different = list(dict.fromkeys(unit for unit in units if unit is not None))
        if len(different) > 1:
            message = f"{verb} {' and '.join(different)}; bring them to one scale with pct(…) or z(…)"
            self.warnings.append(ExpressionError(message, expression=self.text, offset=node.at))
            return _ANY
        return different[0] if different else _ANY

    def product(self, factors: list[tuple[bool, str | None]]) -> str | None:
        """Unit of a product, written as a quotient where there are several."""
        above = [unit for divides, unit in factors if unit is not None and not divides]
        below = [unit for divides, unit in factors if unit is not None and divides]
        for unit in list(below):
            if unit in above:
                above.remove(unit)
                below.remove(unit)
        if not above and not below:
            return _ANY
        return " / ".join([" × ".join(above) or "1", *below])

    def name(self, node: Name) -> str | None:
        """Look up a measure or a weight; its unit."""
        if node.name in self.names.weights:
            if node.platform is not None:
                self.problem(node, f"{node.name!r} is a weight and has no platform")
            return _ANY
        if node.name not in self.names.measures:
            self.problem(node, self.unknown(node.name))
            return _ANY
        if node.platform is not None:
            self.platform(node, node.platform)
        by_platform = node.name in self.names.by_platform
        if not by_platform and (node.platform is not None or self.inside_mean_of):
            self.problem(node, f"{node.name} is known for all platforms together only")
        unit = self.names.measures[node.name]
        on_one = node.platform is not None or self.inside_mean_of
        return unit if on_one else self.names.together.get(node.name, unit)

    def unknown(self, name: str) -> str:
        """Say that a name is unknown, and what it may have been meant for."""
        if name in FUNCTIONS:
            return f"{name!r} is a function: write {FUNCTIONS[name].signature}"
        if name in self.names.categories:
            return f"{name!r} is a category: write score({name})"
        hint = self.hint(name, [*self.names.measures, *self.names.weights])
        return f"unknown measure {name!r}{hint or '; textmine awards measures lists them'}"

    def platform(self, node: Node, name: str) -> None:
        """Check the name of a platform."""
        if name not in PLATFORMS:
            self.problem(node, f"unknown platform {name!r}; known: {', '.join(PLATFORMS)}")

    def call(self, node: Call) -> tuple[Kind, str | None]:
        """Check a call; kind and unit of its result."""
        function = FUNCTIONS.get(node.function)
        if function is None:
            hint = self.hint(node.function, FUNCTIONS) or f"; known: {', '.join(FUNCTIONS)}"
            self.problem(node, f"unknown function {node.function!r}{hint}")
            return "number", _ANY
        n_given = len(node.arguments)
        if n_given < function.least or (function.most is not None and n_given > function.most):
            self.problem(node, f"{function.signature} takes {_counted(function)}, not {n_given}")
            return "truth" if function.name == "known" else "number", _ANY
        if function.group == "special":
            return "number", self.special(node, function)
        if function.name == "if":
            self.truth(node.arguments[0])
            return "number", self.alike(node, [self.number(branch) for branch in node.arguments[1:]], "chooses between")
        units = [self.number(argument) for argument in node.arguments]
        if function.name == "known":
            return "truth", _ANY
        if function.group == "agencies" and not self.differs(node):
            self.problem(node, f"{function.signature} compares agencies; it needs a measure")
        return "number", function.unit or self.alike(node, units, "takes together")

    def special(self, node: Call, function: Function) -> str | None:
        """Check the functions whose arguments are names."""
        if self.inside_mean_of:
            self.problem(node, f"{function.name} cannot stand inside mean_of")
        if function.name == "score":
            (category,) = node.arguments
            if not isinstance(category, Name) or category.platform is not None:
                self.problem(category, "must be the id of a category")
            elif category.name not in self.names.categories:
                hint = self.hint(category.name, self.names.categories)
                known = f"; known: {', '.join(self.names.categories) or 'none'}"
                self.problem(category, f"unknown category {category.name!r}{hint or known}")
            return function.unit
        for platform in node.arguments[1:]:
            if isinstance(platform, Name) and platform.platform is None:
                self.platform(platform, platform.name)
            else:
                self.problem(platform, f"must be a platform: {', '.join(PLATFORMS)}")
        before, self.inside_mean_of = self.inside_mean_of, True
        unit = self.number(node.arguments[0])
        self.inside_mean_of = before
        return unit


def _counted(function: Function) -> str:
    if function.most == function.least:
        return f"{function.least} argument{'s' * (function.least != 1)}"
    return f"{function.least} arguments or more" if function.most is None else f"{function.least} to {function.most}"
