"""Cuts an expression into numbers, names and signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, cast

from textmine.errors import ExpressionError

MAX_LENGTH: Final = 2_000
"""Characters of an expression. The longest of the presets has 150."""

MAX_NAME: Final = 64

Kind = Literal["number", "name", "sign", "end"]

# One alternative each, and none that could match in two ways: the time is linear in the length.
_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>\*\*|==|!=|<=|>=|[-+*/(),<>@])""",
    re.VERBOSE,
)
_INSTEAD: Final = {
    "^": "write ** for a power",
    "=": "write == to compare",
    "!": "write != or not",
    "&": "write and",
    "|": "write or",
    "%": "there is no remainder; a per cent is a number: 0.4",
    "×": "write *",
    "·": "write *",
    "÷": "write /",
    "−": "write -",  # the sign that word processors put
    "–": "write -",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write !=",
    "[": "only parentheses group",
    "{": "only parentheses group",
    ".": "names have no parts",
    '"': "measures are named without quotes",
    "'": "measures are named without quotes",
    "#": "hashtags are named by the category's key hashtags",
    ";": "a measure is one expression",
}


@dataclass(frozen=True)
class Token:
    """A piece of an expression and its offset."""

    kind: Kind
    text: str
    at: int


def tokenise(text: str) -> list[Token]:
    """Cut an expression into tokens, an end token last.

    Raises
    ------
    ExpressionError
        It is too long, or holds a character that has no meaning.

    Examples
    --------
    >>> [token.text for token in tokenise("0.6 * pct(n_posts)")]
    ['0.6', '*', 'pct', '(', 'n_posts', ')', '']
    """
    if len(text) > MAX_LENGTH:
        problem = f"has {len(text):,} characters; the most is {MAX_LENGTH:,}"
        raise ExpressionError(problem, expression=text[:MAX_LENGTH], offset=MAX_LENGTH)
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ExpressionError(_stranger(text[at]), expression=text, offset=at)
        if found.lastgroup != "space":
            token = Token(cast("Kind", found.lastgroup), found[0], at)
            _refuse(token, tokens, text)
            tokens.append(token)
        at = found.end()
    return [*tokens, Token("end", "", len(text))]


def _stranger(character: str) -> str:
    shown = repr(character) if character.isprintable() else f"U+{ord(character):04X}"
    hint = _INSTEAD.get(character, "an expression has numbers, names of measures, + - * / ** ( ) and comparisons")
    return f"{shown} has no meaning here; {hint}"


def _refuse(token: Token, before: list[Token], text: str) -> None:
    """Refuse endless names, and ``2n_posts`` and ``1.2.3``, which may have been meant as something else."""
    problem = ""
    if token.kind == "name" and len(token.text) > MAX_NAME:
        problem = f"is a name of {len(token.text)} characters; the longest has {MAX_NAME}"
    elif token.kind != "sign" and before and before[-1].kind != "sign":
        last = before[-1]
        if last.at + len(last.text) == token.at:
            problem = f"{last.text!r} touches what follows; write * between them to multiply"
    if problem:
        raise ExpressionError(problem, expression=text, offset=token.at)
