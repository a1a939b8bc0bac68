"""Where each key and value of a TOML file stands, so that a mistake is named with its line and column.

Python's ``tomllib`` gives values without positions and tomlkit keeps the text of each item but not its place, so the
text is walked once more after ``tomllib`` has accepted it. The walk may then trust the syntax, and a test holds it to
``tomllib``: the same paths, and every value's text reads as the value.
"""

from __future__ import annotations

import bisect
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, cast

KeyPath = tuple[str | int, ...]
"""Keys and, in lists and arrays of tables, indices from 0: ``("categories", 2, "measure")``."""

_SPACE: Final = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_BLANK: Final = re.compile(r"[ \t]*")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_BASIC: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL: Final = re.compile(r"'[^'\n]*'")
_LONG_BASIC: Final = re.compile(r'"""(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*"{3,5}')
_LONG_LITERAL: Final = re.compile(r"'''(?:[^']|'{1,2}(?!'))*'{3,5}")
_SCALAR: Final = re.compile(r"[^,\]}#\n]+")
_ESCAPE: Final = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|[ \t]*\n[ \t\n]*|.)")


@dataclass(frozen=True)
class TomlPlaces:
    """Places of everything in a TOML text.

    Parameters
    ----------
    text
        The text, with a line feed at the end of lines.
    keys
        Offset of each key where it is first written; of a list's element, of its value; of a table, of its header.
    values
        First and last offset (the last excluded) of each value that is written after ``=`` or in a list.
    """

    text: str
    keys: dict[KeyPath, int]
    values: dict[KeyPath, tuple[int, int]]
    _starts: list[int] = field(repr=False)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset_of(self, path: KeyPath) -> int:
        """Offset of a path; of the nearest that encloses it where it is not written, 0 where none is."""
        while path and path not in self.keys:
            path = path[:-1]
        return self.keys.get(path, 0)

    def line_of(self, path: KeyPath) -> int:
        """Line of a path, from 1; of the nearest that encloses it where it is not written."""
        return self.line_and_column(self.offset_of(path))[0]

    def source_line(self, line: int) -> str:
        """A line of the text, without its end."""
        return self.text.split("\n")[line - 1]

    def offset_in_text(self, path: KeyPath, index: int) -> int:
        """Offset at which character ``index`` of the text at ``path`` is written, whatever its quotes and escapes."""
        if path not in self.values:
            return self.offset_of(path)
        start, end = self.values[path]
        raw = self.text[start:end]
        quotes = 3 if raw[:3] in ('"""', "'''") else 1
        first = start + quotes + (quotes == 3 and raw[3:4] == "\n")
        if raw[0] == "'":
            return min(first + index, end - quotes)
        return min(_unescaped(self.text, first, index), end - quotes)


def _unescaped(text: str, offset: int, index: int) -> int:
    """Pass ``index`` characters of a text with escapes, and the folded line ends before the next one."""
    while True:
        escape = _ESCAPE.match(text, offset)
        folded = escape is not None and escape[0][1:].isspace()
        if index == 0 and not folded:
            return offset
        offset = escape.end() if escape else offset + 1
        index -= not folded


def find_places(text: str) -> TomlPlaces:
    """Find where everything in a TOML text stands.

    Parameters
    ----------
    text
        A text that ``tomllib`` accepts.

    Raises
    ------
    RecursionError
        Lists or tables are nested hundreds deep.

    Examples
    --------
    >>> find_places("award.name = 'GSM'").line_of(("award", "name"))
    1
    """
    text = text.replace("\r\n", "\n")
    walk = _Walk(text)
    walk.document()
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return TomlPlaces(text, walk.keys, walk.values, starts)


class _Walk:
    """One pass over the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.keys: dict[KeyPath, int] = {}
        self.values: dict[KeyPath, tuple[int, int]] = {}
        self.tables: dict[KeyPath, int] = {}  # number of tables so far in each array of tables

    def document(self) -> None:
        table: KeyPath = ()
        while self.skip(_SPACE) < len(self.text):
            if self.text.startswith("[", self.at):
                table = self.header()
            else:
                self.pair(table)

    def skip(self, pattern: re.Pattern[str]) -> int:
        self.at = cast("re.Match[str]", pattern.match(self.text, self.at)).end()
        return self.at

    def take(self, pattern: re.Pattern[str]) -> str:
        found = cast("re.Match[str]", pattern.match(self.text, self.at))
        self.at = found.end()
        return found[0]

    def header(self) -> KeyPath:
        start, brackets = self.at, 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        keys = self.dotted()
        self.at += brackets
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self.within((*path, key), start)
        path = (*path, keys[-1])
        self.keys.setdefault(path, start)
        if brackets == 2:
            number = self.tables.get(path, 0)
            self.tables[path] = number + 1
            path = (*path, number)
            self.keys[path] = start
        return path

    def within(self, path: KeyPath, start: int) -> KeyPath:
        """Path of a table on the way to another: in an array of tables the last one is meant."""
        self.keys.setdefault(path, start)
        return (*path, self.tables[path] - 1) if path in self.tables else path

    def dotted(self) -> list[str]:
        keys = []
        while True:
            self.skip(_BLANK)
            keys.append(self.key())
            self.skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return keys
            self.at += 1

    def key(self) -> str:
        match self.text[self.at]:
            case '"':
                return str(tomllib.loads(f"key = {self.take(_BASIC)}")["key"])
            case "'":
                return self.take(_LITERAL)[1:-1]
        return self.take(_BARE)

    def pair(self, table: KeyPath) -> None:
        start = self.at
        path = table
        for key in self.dotted():
            path = (*path, key)
            self.keys.setdefault(path, start)
        self.at += 1  # the sign =
        self.skip(_BLANK)
        self.value(path)

    def value(self, path: KeyPath) -> None:
        start = self.at
        opening = self.text[start]
        if opening == "[":
            self.array(path)
        elif opening == "{":
            self.inline_table(path)
        elif opening in "\"'":
            self.quoted(opening)
        else:
            self.at = start + len(self.take(_SCALAR).rstrip())
        self.values[path] = (start, self.at)

    def quoted(self, quote: str) -> None:
        if self.text.startswith(quote * 3, self.at):
            self.take(_LONG_BASIC if quote == '"' else _LONG_LITERAL)
        else:
            self.take(_BASIC if quote == '"' else _LITERAL)

    def array(self, path: KeyPath) -> None:
        self.at += 1
        number = 0
        while self.between() != "]":
            self.keys[(*path, number)] = self.at
            self.value((*path, number))
            number += 1
        self.at += 1

    def inline_table(self, path: KeyPath) -> None:
        self.at += 1
        while self.between() != "}":
            self.pair(path)
        self.at += 1

    def between(self) -> str:
        """Pass commas, white space and comments; the next character."""
        self.skip(_SPACE)
        while self.text.startswith(",", self.at):
            self.at += 1
            self.skip(_SPACE)
        return self.text[self.at]


def shown_path(path: Sequence[str | int]) -> str:
    """Path as people write it, lists counted from 1: ``categories[3].measure``."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")
