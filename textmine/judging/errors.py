"""What a service refuses. Each class is one answer that a page or the command line can give."""

from __future__ import annotations

from collections.abc import Mapping

from textmine.errors import TextmineError

_LONGEST_TARGET = 300


class JudgingError(TextmineError):
    """Base of all refusals.

    ``action`` and ``target`` are filled in by the service that refused and go into the audit log.
    """

    def __init__(self, problem: str) -> None:
        self.action = ""
        self.target: dict[str, str] = {}
        super().__init__(problem)

    def describe(self, action: str, arguments: Mapping[str, object]) -> None:
        """Note what was asked for, the ids among the arguments cut to a harmless length; the first caller wins."""
        if not self.action:
            self.action = action
            ids = {name: value for name, value in arguments.items() if name.endswith("_id") and isinstance(value, str)}
            self.target = {name: _harmless(value) for name, value in ids.items()}


class NotAllowedError(JudgingError):
    """The role does not allow it."""


class NotFoundError(JudgingError):
    """There is no such thing, or not for this person: the two are not told apart."""


class StateError(JudgingError):
    """The panel is not in the state that the action needs."""

    def __init__(self, problem: str, *, state: str) -> None:
        self.state = state
        super().__init__(problem)


class ClosedError(StateError):
    """The panel does not take scores: it is closed or not open yet."""


class ConflictError(JudgingError):
    """A judge with a declared conflict of interest is left out of the nominee."""


class LinkError(JudgingError):
    """A one-time link is unknown, used, revoked or expired."""


class SignedOutError(JudgingError):
    """The session is unknown, ended or expired: sign in with a new link."""


class InvalidError(JudgingError):
    """A value that cannot be stored; ``field`` names it, ``of`` the nominee whose it is where there are many."""

    def __init__(self, problem: str, *, field: str, of: str = "") -> None:
        self.problem, self.field, self.of = problem, field, of
        super().__init__(f"{field} of {of}: {problem}" if of else f"{field}: {problem}")


class KeyReusedError(JudgingError):
    """A client key came a second time with another score."""


class IncompleteError(JudgingError):
    """Scores are missing at closing; ``missing`` counts them by name of the judge."""

    def __init__(self, problem: str, *, missing: Mapping[str, int]) -> None:
        self.missing = dict(missing)
        super().__init__(problem)


class DatabaseError(JudgingError):
    """The database cannot be opened, is locked or gone or of a newer version, or a file cannot be taken in."""


def _harmless(text: str) -> str:
    return text[:_LONGEST_TARGET].encode("ascii", "backslashreplace").decode().replace("\x00", "\\x00")
