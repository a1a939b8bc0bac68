"""The tree of an expression: what the parser builds and what is checked and evaluated.

Sums and products hold all their terms at one level, so that the tree is no deeper than the parentheses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Comparison = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True)
class Number:
    """A number as written."""

    at: int
    value: float


@dataclass(frozen=True)
class Name:
    """A measure, a weight, or a platform or category where a function asks for one."""

    at: int
    name: str
    platform: str | None = None


@dataclass(frozen=True)
class Sum:
    """Terms that are added, or subtracted where the sign is -1."""

    at: int
    terms: tuple[tuple[int, Node], ...]


@dataclass(frozen=True)
class Product:
    """Factors that are multiplied, or divided by where the flag is True."""

    at: int
    factors: tuple[tuple[bool, Node], ...]


@dataclass(frozen=True)
class Power:
    """A base and its exponent."""

    at: int
    base: Node
    exponent: Node


@dataclass(frozen=True)
class Negative:
    """A minus sign before something."""

    at: int
    of: Node


@dataclass(frozen=True)
class Compare:
    """Two numbers compared."""

    at: int
    operator: Comparison
    left: Node
    right: Node


@dataclass(frozen=True)
class Logic:
    """Truths joined by ``and`` or by ``or``."""

    at: int
    operator: Literal["and", "or"]
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    """The contrary of a truth."""

    at: int
    of: Node


@dataclass(frozen=True)
class Call:
    """A function and its arguments."""

    at: int
    function: str
    arguments: tuple[Node, ...]


Node = Number | Name | Sum | Product | Power | Negative | Compare | Logic | Not | Call


def children(node: Node) -> tuple[Node, ...]:
    """Nodes right below one."""
    match node:
        case Sum(terms=terms):
            return tuple(term for _, term in terms)
        case Product(factors=factors):
            return tuple(factor for _, factor in factors)
        case Power(base=base, exponent=exponent):
            return base, exponent
        case Compare(left=left, right=right):
            return left, right
        case Negative(of=of) | Not(of=of):
            return (of,)
        case Logic(parts=parts):
            return parts
        case Call(arguments=arguments):
            return arguments
    return ()


def walk(node: Node) -> Iterator[Node]:
    """Visit a node and all below it, in the order of the text."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(children(current)))
