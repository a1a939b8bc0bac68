"""Takes the keys of a TOML table one by one and notes every problem with its place, not the first alone."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, cast

from textmine.errors import ConfigError, did_you_mean
from textmine.tomlplaces import KeyPath, TomlPlaces, shown_path

Severity = Literal["error", "warning"]
_Default = TypeVar("_Default")
_Choice = TypeVar("_Choice", bound=str)
_NOTHING: Final = object()
LARGEST: Final = 10**15
"""No number of a definition is beyond this."""


@dataclass(frozen=True)
class Problem:
    """Something wrong in a file.

    Parameters
    ----------
    line, column
        Where it stands, from 1.
    key
        Path of the key: ``categories[2].measure``; empty for the file as a whole.
    value
        What stands there, as TOML gives it; None where nothing does.
    message
        What is wrong and what to do.
    severity
        ``warning`` where the file can be followed.
    """

    line: int
    column: int
    key: str
    value: object
    message: str
    severity: Severity = "error"


@dataclass
class Problems:
    """Problems of a file so far."""

    places: TomlPlaces
    found: list[Problem] = field(default_factory=list)

    def add(self, path: KeyPath, message: str, value: object = None, *, severity: Severity = "error") -> None:
        """Note a problem at a key; where the key is missing, at the table that should have it."""
        self._add(self.places.offset_of(path), path, message, value, severity)

    def add_in_text(
        self, path: KeyPath, index: int, message: str, value: object, *, severity: Severity = "error"
    ) -> None:
        """Note a problem at a character of a text."""
        self._add(self.places.offset_in_text(path, index), path, message, value, severity)

    def _add(self, offset: int, path: KeyPath, message: str, value: object, severity: Severity) -> None:
        line, column = self.places.line_and_column(offset)
        self.found.append(Problem(line, column, shown_path(path), value, message, severity))

    @property
    def in_order(self) -> list[Problem]:
        """In the order of the file."""
        return sorted(self.found, key=lambda problem: (problem.line, problem.column))

    @property
    def errors(self) -> list[Problem]:
        """Those that stop the file from being followed, in its order."""
        return [problem for problem in self.in_order if problem.severity == "error"]


def first_error(errors: Sequence[Problem], path: str | Path, *, all_of_them: str = "") -> ConfigError:
    """The first of the problems with its place, and how many others there are; ``all_of_them`` is what lists them."""
    first, others = errors[0], len(errors) - 1
    where = f": {all_of_them}" if all_of_them else ""
    more = f" (and {others} more{where})" if others else ""
    return ConfigError(
        f"{first.message}{more}",
        path=path,
        line=first.line,
        column=first.column,
        key=first.key or None,
        value=first.value,
    )


class Section:
    """A table that is being read.

    Parameters
    ----------
    content
        The table; anything else is noted and read as an empty one.
    path
        Where it stands.
    problems
        Where problems go.
    """

    def __init__(self, content: object, path: KeyPath, problems: Problems) -> None:
        self.path = path
        self.problems = problems
        self.asked: list[str] = []
        self.content: Mapping[str, Any] = content if isinstance(content, dict) else {}
        if not isinstance(content, dict):
            problems.add(path, f"must be a table, such as [{shown_path(path)}] (it is {shown(content)})", content)

    def add(self, key: str, message: str, value: object = None) -> None:
        """Note a problem with a key."""
        self.problems.add((*self.path, key), message, value)

    def take(self, key: str, default: object = None) -> Any:  # noqa: ANN401 - whatever TOML has there
        """A value as it stands, and the key as known."""
        self.asked.append(key)
        return self.content.get(key, default)

    def section(self, key: str) -> Section | None:
        """A table below, or None where there is none."""
        value = self.take(key)
        return None if value is None else Section(value, (*self.path, key), self.problems)

    def sections(self, key: str) -> list[Section]:
        """Tables of an array of tables."""
        value = self.take(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.add(key, f"must be an array of tables: [[{key}]] before each", value)
            return []
        return [Section(each, (*self.path, key, number), self.problems) for number, each in enumerate(value)]

    def _right(self, key: str, default: object, right: type, what: str) -> object:
        value = self.take(key, _NOTHING)
        if value is _NOTHING:
            if default is _NOTHING:
                self.add(key, f"{key} is missing; it is {what}")
            return default
        # TOML's true is no number, though Python's True is one; a time is no day.
        if not isinstance(value, right) or isinstance(value, bool) or (right is date and isinstance(value, datetime)):
            self.add(key, f"must be {what} (it is {shown(value)})", value)
            return _NOTHING if default is _NOTHING else default
        return value

    def text(self, key: str, *, default: str | None = None, what: str = "text in quotes") -> str:
        """A text that is not empty; needed where there is no default."""
        value = self._right(key, _NOTHING if default is None else default, str, what)
        if value == "" and default is None:
            self.add(key, f"is empty; it is {what}", value)
        return cast("str", "" if value is _NOTHING else value)

    def whole(self, key: str, *, default: int, least: int, most: int | None = None) -> int:
        """A whole number within bounds."""
        bounds = f"{least} or more" if most is None else f"{least} to {most}"
        value = cast("int", self._right(key, default, int, f"a whole number, {bounds}"))
        if not least <= value <= (LARGEST if most is None else most):
            self.add(key, f"must be a whole number, {bounds} (it is {shown(value)})", value)
            return default
        return value

    def number(self, key: str, *, default: _Default, least: float | None = None, most: float | None = None) -> _Default:
        """A number within bounds."""
        what = "a number" if least is None else f"a number, {least:g} or more" if most is None else ""
        what = what or f"a number, {least:g} to {most:g}"
        value = self._right(key, default, int | float, what)  # type: ignore[arg-type]
        if value is default:
            return default
        # Beyond the largest no figure can be, and TOML's numbers may be too long for a float.
        found = float(cast("float", value)) if abs(cast("float", value)) <= LARGEST else math.nan
        low, high = -LARGEST if least is None else least, LARGEST if most is None else most
        if not low <= found <= high:  # nan is not either
            share = f"; {found:g} per cent is {found / 100:g}" if most == 1 and 1 < found <= 100 else ""
            self.add(key, f"must be {what} (it is {shown(value)}){share}", value)
            return default
        return cast("_Default", found)

    def day(self, key: str) -> date | None:
        """A day without a time; None where it is not one."""
        value = self._right(key, _NOTHING, date, "a day without quotes, such as 2019-10-01")
        return value if isinstance(value, date) else None

    def choice(self, key: str, choices: Collection[_Choice], *, default: _Choice) -> _Choice:
        """One of several words."""
        listed = ", ".join(f'"{choice}"' for choice in choices)
        value = self._right(key, default, str, f"one of {listed}")
        if value not in choices:
            self.add(key, f"must be one of {listed} (it is {value!r}){did_you_mean(str(value), choices)}", value)
            return default
        return cast("_Choice", value)

    def texts(self, key: str, *, known: Collection[str] | None = None, what: str = "texts") -> tuple[str, ...]:
        """A list of texts, each once and, where given, one of the known."""
        value = self.take(key, [])
        if not isinstance(value, list):
            self.add(key, f'must be a list of {what}: ["…"] (it is {shown(value)})', value)
            return ()
        found: dict[str, None] = {}
        for number, each in enumerate(value):
            path = (*self.path, key, number)
            if not isinstance(each, str) or not each.strip():
                self.problems.add(path, f"must be text in quotes (it is {shown(each)})", each)
            elif known is not None and each not in known:
                hint = did_you_mean(each, known, f"; known: {', '.join(known)}")
                self.problems.add(path, f"unknown name {each!r} in the list of {what}{hint}", each)
            elif each in found:
                self.problems.add(path, f"{each!r} stands in the list twice; leave one out", each)
            else:
                found[each] = None
        return tuple(found)

    def finish(self) -> None:
        """Note the keys that nobody asked for."""
        for key, value in self.content.items():
            if key not in self.asked:
                hint = did_you_mean(key, self.asked, f"; known here: {', '.join(self.asked)}")
                self.add(key, f"unknown key {key!r}{hint}", value)


def shown(value: object) -> str:
    """A value as TOML has it, cut where it is long."""
    if isinstance(value, int) and abs(value) > LARGEST:
        return "beyond all figures"  # Python refuses to write numbers of thousands of digits
    text = str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, date) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
