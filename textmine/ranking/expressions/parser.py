"""Parses an expression by the strength of its signs (Pratt 1973), in time linear in its length.

The parser is textmine's own because an expression comes from a file that anybody may send. asteval and simpleeval
walk Python's own tree: their language is Python less a list of forbidden things, both had escapes (asteval's issue
86, CVE-2026-32640 of simpleeval), and neither knows null, percentiles within a cluster or a matrix of draws. numexpr
calls Python's ``eval``. Here nothing is forbidden, since nothing but numbers, names out of a list and a dozen
functions can be said.

References
----------
Pratt, V. R. (1973). Top down operator precedence. POPL, 41-51.
"""

from __future__ import annotations

import math
from typing import Final, NoReturn, cast

from textmine.errors import ExpressionError
from textmine.ranking.expressions.syntax import (
    Call,
    Compare,
    Comparison,
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
from textmine.ranking.expressions.tokens import Token, tokenise

MAX_DEPTH: Final = 64
"""How deep signs and parentheses may nest; three levels of parentheses are many for a measure."""

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _UNARY, _POWER = range(1, 9)
_COMPARISONS: Final = ("<", "<=", ">", ">=", "==", "!=")
_STRENGTH: Final = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys(_COMPARISONS, _COMPARE),
    "+": _SUM,
    "-": _SUM,
    "*": _PRODUCT,
    "/": _PRODUCT,
    "**": _POWER,
}
_WORDS: Final = ("and", "or", "not")


def parse(text: str) -> Node:
    """Parse an expression; names are not looked up yet.

    Raises
    ------
    ExpressionError
        It is not an expression, too long or nested too deeply; the column is named.

    Examples
    --------
    >>> parse("-2 ** 2")
    Negative(at=0, of=Power(at=3, base=Number(at=1, value=2.0), exponent=Number(at=6, value=2.0)))
    """
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenise(text)
        self.next = 0

    def whole(self) -> Node:
        if self.at_end():
            self.fail("is empty; name a measure, such as n_posts")
        tree = self.expression(0, 1)
        if not self.at_end():
            self.fail(self.unexpected())
        return tree

    @property
    def token(self) -> Token:
        return self.tokens[self.next]

    def at_end(self) -> bool:
        return self.token.kind == "end"

    def take(self) -> Token:
        token = self.token
        self.next += 1
        return token

    def accept(self, sign: str) -> bool:
        if self.token.kind == "sign" and self.token.text == sign:
            self.next += 1
            return True
        return False

    def fail(self, problem: str, at: int | None = None) -> NoReturn:
        raise ExpressionError(problem, expression=self.text, offset=self.token.at if at is None else at)

    def unexpected(self) -> str:
        """Say what stands where an operator or the end was awaited."""
        token = self.token
        before = self.tokens[self.next - 1]
        if token.text == "," and before.kind == "number":
            return "a comma stands only between arguments; a decimal is written with a point: 0.6"
        if token.text in _COMPARISONS:
            return "comparisons do not chain; write a < b and b < c"
        if token.kind in ("name", "number") or token.text == "(":
            return f"a sign is missing before {token.text!r}, such as *"
        return f"{token.text!r} has nothing to belong to"

    def expression(self, strength: int, depth: int) -> Node:
        """Parse what binds more strongly than ``strength``."""
        if depth > MAX_DEPTH:
            self.fail(f"nests more than {MAX_DEPTH} deep; write it flatter")
        left = self.operand(depth)
        while not self.at_end() and _STRENGTH.get(self.token.text, 0) > strength:
            left = self.operation(left, depth)
        return left

    def operation(self, left: Node, depth: int) -> Node:
        sign = self.token
        strength = _STRENGTH[sign.text]
        if strength == _POWER:
            self.take()
            # To the right a minus sign is allowed, and further powers belong to the exponent.
            return Power(sign.at, left, self.expression(_UNARY, depth + 1))
        if strength == _COMPARE:
            self.take()
            right = self.expression(_COMPARE, depth + 1)
            if self.token.text in _COMPARISONS:
                self.fail(self.unexpected())
            return Compare(sign.at, cast("Comparison", sign.text), left, right)
        rest: list[tuple[str, Node]] = []
        while _STRENGTH.get(self.token.text, 0) == strength:
            each = self.take().text
            rest.append((each, self.expression(strength, depth + 1)))
        if strength == _SUM:
            return Sum(left.at, ((1, left), *((1 if each == "+" else -1, node) for each, node in rest)))
        if strength == _PRODUCT:
            return Product(left.at, ((False, left), *((each == "/", node) for each, node in rest)))
        return Logic(left.at, "or" if strength == _OR else "and", (left, *(node for _, node in rest)))

    def operand(self, depth: int) -> Node:
        token = self.token
        if token.kind == "end":
            self.fail("ends too early; a number, a measure or a function is missing")
        if token.kind == "number":
            self.take()
            return Number(token.at, self.number(token))
        if token.kind == "name":
            return self.named(depth)
        if self.accept("-"):
            return Negative(token.at, self.expression(_UNARY, depth + 1))
        if self.accept("+"):
            return self.expression(_UNARY, depth + 1)
        if self.accept("("):
            inner = self.expression(0, depth + 1)
            self.close(token.at)
            return inner
        self.fail(f"{token.text!r} has nothing before it; a number, a measure or a function is missing")

    def number(self, token: Token) -> float:
        value = float(token.text)
        if not math.isfinite(value):
            self.fail("is too large a number", token.at)
        return value

    def named(self, depth: int) -> Node:
        token = self.take()
        if token.text == "not":
            return Not(token.at, self.expression(_NOT, depth + 1))
        if token.text in _WORDS:
            self.fail(f"{token.text!r} has nothing before it", token.at)
        opening = self.token.at
        if self.accept("("):
            return Call(token.at, token.text, self.arguments(opening, depth))
        if self.accept("@"):
            platform = self.token
            if platform.kind != "name":
                self.fail("a platform follows @, such as engagement_rate@instagram")
            self.take()
            return Name(token.at, token.text, platform.text)
        return Name(token.at, token.text)

    def arguments(self, opening: int, depth: int) -> tuple[Node, ...]:
        if self.accept(")"):
            return ()
        found = [self.expression(0, depth + 1)]
        while self.accept(","):
            found.append(self.expression(0, depth + 1))
        self.close(opening)
        return tuple(found)

    def close(self, opening: int) -> None:
        if not self.accept(")"):
            if self.at_end():
                self.fail("this parenthesis is never closed", opening)
            self.fail(self.unexpected())
