"""Errors that a person can act on: what was wrong, where, and what to do.

The command line catches :class:`TextmineError` only and prints its message in one line; anything else is a defect
of textmine and keeps its traceback. The culprit stands in attributes, so that programs need not parse messages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path


def alike(name: str, known: Iterable[str]) -> list[str]:
    """Known names that look like an unknown one, at most three, all about as like it."""
    import difflib

    spelt = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), spelt, n=3, cutoff=0.6)
    likeness = [difflib.SequenceMatcher(None, each, name.lower()).ratio() for each in close]
    best = {each for each, ratio in zip(close, likeness, strict=True) if ratio > max(likeness) - 0.05}
    return [spelling for each, spelling in spelt.items() if each in best]


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Say which known names look like an unknown one, ``"; did you mean n_posts?"``, or else what is otherwise told."""
    best = alike(name, known)
    return f"; did you mean {' or '.join(best)}?" if best else otherwise


class TextmineError(Exception):
    """Base of every error that textmine raises for a user's mistake or a broken input."""


class InputError(TextmineError):
    """An input file, or a place in it, cannot be used.

    Parameters
    ----------
    problem
        What is wrong and what to do, without the place: the place is put before it.
    path, row, column, value
        Where it is, as far as known. ``row`` counts data rows from 1.
    """

    def __init__(
        self,
        problem: str,
        *,
        path: str | Path | None = None,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
    ) -> None:
        self.path = path
        self.row = row
        self.column = column
        self.value = value
        place = [str(path)] if path is not None else []
        if row is not None:
            place.append(f"row {row}")
        if column is not None:
            place.append(f"column {column!r}")
        super().__init__(f"{', '.join(place)}: {problem}" if place else problem)


class UnknownFormatError(InputError):
    """No known export format fits the file."""

    def __init__(self, path: str | Path, *, seen: str, known: Sequence[str]) -> None:
        self.seen = seen
        self.known = tuple(known)
        super().__init__(f"format not recognised ({seen}); textmine reads {', '.join(known)}", path=path)


class NotPostsError(InputError):
    """A known export that holds something else than posts of the four platforms: channels, comments, TikTok."""


class MissingColumnError(InputError):
    """A column that the job cannot do without is not in the file."""

    def __init__(self, column: str, *, found: Sequence[str], path: str | Path | None = None, remedy: str = "") -> None:
        self.found = tuple(found)
        shown = ", ".join(found[:20]) + (", ..." if len(found) > 20 else "")
        hint = remedy or f"name it with --map {column}=YOUR_COLUMN"
        there = f"the file has {shown}; " if found else ""
        super().__init__(f"no column for it; {there}{hint}", path=path, column=column)


class AgencyError(TextmineError):
    """An account or agency is not in the register.

    ``candidates`` holds register entries that look alike.
    """

    def __init__(
        self, account: str, *, candidates: Sequence[str] = (), problem: str = "is not in the register"
    ) -> None:
        self.account = account
        self.candidates = tuple(candidates)
        hint = f"; did you mean {' or '.join(candidates)}?" if candidates else ""
        super().__init__(f"{account!r} {problem}{hint}")


def refuse_unknown(names: Iterable[str], known: Collection[str], problem: str) -> None:
    """Refuse the first name that is not known, and tell those that look like it.

    Raises
    ------
    AgencyError
        There is one.
    """
    for name in names:
        if name not in known:
            raise AgencyError(name, candidates=alike(name, known), problem=problem)


class ConfigError(TextmineError):
    """A configuration file says something that textmine cannot follow."""

    def __init__(
        self,
        problem: str,
        *,
        path: str | Path | None = None,
        line: int | None = None,
        column: int | None = None,
        key: str | None = None,
        value: object = None,
    ) -> None:
        self.path = path
        self.line = line
        self.column = column
        self.key = key
        self.value = value
        place = [str(path)] if path is not None else []
        if line is not None:
            place.append(f"line {line}")
        if column is not None:
            place.append(f"column {column}")
        if key is not None:
            place.append(f"key {key!r}")
        super().__init__(f"{', '.join(place)}: {problem}" if place else problem)


class ExpressionError(TextmineError):
    """An expression of an award's measure cannot be followed.

    Parameters
    ----------
    problem
        What is wrong and what to do, without the place.
    expression
        The whole expression.
    offset
        Where in it, from 0.
    """

    def __init__(self, problem: str, *, expression: str, offset: int) -> None:
        self.problem = problem
        self.expression = expression
        self.offset = offset
        super().__init__(f"column {offset + 1}: {problem}")

    @property
    def caret(self) -> str:
        """The line of the expression that is meant, with a caret under the place."""
        start = self.expression.rfind("\n", 0, self.offset) + 1
        line = self.expression[start:].partition("\n")[0]
        return f"{line}\n{' ' * (self.offset - start)}^"


class WorkspaceError(TextmineError):
    """The workspace is locked, incomplete, full or written by a newer version."""

    def __init__(self, problem: str, *, path: str | Path, stage: str | None = None) -> None:
        self.path = path
        self.stage = stage
        where = f"{path}, stage {stage}" if stage else f"{path}"
        super().__init__(f"{where}: {problem}")


class NotEnoughDataError(TextmineError):
    """There is less data than the method needs."""

    def __init__(self, problem: str, *, needed: int, got: int) -> None:
        self.needed = needed
        self.got = got
        super().__init__(f"{problem} (needed {needed}, got {got})")


class ModelError(TextmineError):
    """A saved model cannot be used: other version, broken file, other vocabulary."""

    def __init__(
        self,
        problem: str,
        *,
        path: str | Path | None = None,
        saved_with: str | None = None,
        running: str | None = None,
    ) -> None:
        self.path = path
        self.saved_with = saved_with
        self.running = running
        detail = f" (saved with {saved_with}, running {running})" if saved_with else ""
        super().__init__(f"{path}: {problem}{detail}" if path is not None else f"{problem}{detail}")


class ResourceNotFoundError(TextmineError):
    """A file that ships with textmine is in none of the places where it is looked for."""

    def __init__(self, name: str, *, places: Sequence[str]) -> None:
        self.name = name
        self.places = tuple(places)
        super().__init__(f"{name} not found; looked in {'; '.join(places)}")


class CollectError(TextmineError):
    """A platform does not give what is asked for: a limit, a key, an answer that is not as documented.

    Parameters
    ----------
    problem
        What is wrong and what to do. It never holds a key.
    platform, account
        Whom it concerns, as far as known.
    until
        When a limit is over, in UTC, where that is known.
    about_account
        Whether it may concern this account alone: others can still be asked about.
    """

    def __init__(
        self,
        problem: str,
        *,
        platform: str | None = None,
        account: str | None = None,
        until: datetime | None = None,
        about_account: bool = False,
    ) -> None:
        self.problem = problem
        self.platform = platform
        self.account = account
        self.until = until
        self.about_account = about_account
        place = ", ".join(part for part in (platform, account) if part)
        super().__init__(f"{place}: {problem}" if place else problem)


class EngineError(TextmineError):
    """Another engine than this process does not start, or fails in the middle."""

    def __init__(self, problem: str, *, master: str | None = None) -> None:
        self.master = master
        super().__init__(f"{master}: {problem}" if master is not None else problem)


class PluginError(TextmineError):
    """A plug-in of another package is missing, does not load, or does not keep to its contract.

    Parameters
    ----------
    problem
        What is wrong and what to do.
    package
        The distribution at fault, with its version; None where no package is known.
    group, name
        Of its entry point.
    """

    def __init__(self, problem: str, *, group: str, name: str, package: str | None = None) -> None:
        self.problem = problem
        self.package = package
        self.group = group
        self.name = name
        owner = f" of {package}" if package is not None else ""
        super().__init__(f"plug-in {name!r} ({group}){owner}: {problem}")


class MissingExtraError(TextmineError, ImportError):
    """An optional dependency is not installed."""

    def __init__(self, extra: str, *, package: str) -> None:
        self.extra = extra
        self.package = package
        super().__init__(f'{package} is not installed; run: pip install "textmine[{extra}]"')
