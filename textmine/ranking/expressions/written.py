"""Writes a tree as an expression again, with the parentheses that it needs."""

from __future__ import annotations

from textmine.ranking.expressions.syntax import (
    Call,
    Compare,
    Logic,
    Name,
    Node,
    Not,
    Number,
    Power,
    Product,
    Sum,
)

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _UNARY, _POWER, _WHOLE = range(1, 10)


def written(node: Node) -> str:
    """Write a tree; parsing it gives the same tree.

    Examples
    --------
    >>> from textmine.ranking.expressions.parser import parse
    >>> written(parse("((a+b))*-c"))
    '(a + b) * -c'
    """
    return _write(node)[0]


def _write(node: Node) -> tuple[str, int]:
    """Text of a node and how strongly it holds together."""
    match node:
        case Number(value=value):
            short = f"{value:.15g}"
            return short if float(short) == value else repr(value), _WHOLE
        case Name(name=name, platform=platform):
            return (f"{name}@{platform}" if platform else name), _WHOLE
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(_write(argument)[0] for argument in arguments)})", _WHOLE
        case Compare() | Logic() | Not():
            return _condition(node)
        case Sum(terms=terms):
            return _joined([(" + " if sign > 0 else " - ", term) for sign, term in terms], _SUM), _SUM
        case Product(factors=factors):
            return _joined([(" / " if divides else " * ", factor) for divides, factor in factors], _PRODUCT), _PRODUCT
        case Power(base=base, exponent=exponent):
            return f"{_inside(base, _WHOLE)} ** {_inside(exponent, _UNARY)}", _POWER
    return f"-{_inside(node.of, _UNARY)}", _UNARY


def _condition(node: Compare | Logic | Not) -> tuple[str, int]:
    match node:
        case Compare(operator=operator, left=left, right=right):
            return f"{_inside(left, _SUM)} {operator} {_inside(right, _SUM)}", _COMPARE
        case Logic(operator=operator, parts=parts):
            strength = _OR if operator == "or" else _AND
            return _joined([(f" {operator} ", part) for part in parts], strength), strength
    return f"not {_inside(node.of, _NOT)}", _NOT


def _joined(parts: list[tuple[str, Node]], strength: int) -> str:
    text = "".join(sign + _inside(part, strength + 1) for sign, part in parts)
    return text[len(parts[0][0]) :]


def _inside(node: Node, least: int) -> str:
    text, strength = _write(node)
    return text if strength >= least else f"({text})"
