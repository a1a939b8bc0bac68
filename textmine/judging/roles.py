"""Who acts, and what the three roles are."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, ParamSpec, TypeVar, get_args

from textmine.judging.errors import JudgingError, NotAllowedError

Role = Literal["organiser", "judge", "observer"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

CONSOLE: Final = "console"
"""Stands for a person in the audit log where the command line of the machine acts."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


@dataclass(frozen=True)
class Actor:
    """Who asks for something.

    Parameters
    ----------
    person_id
        Id of a person, or :data:`CONSOLE`.
    name
        As shown.
    role
        Organisers see all panels, judges and observers those of which they are members.
    address
        Where the request came from, for the audit log.
    """

    person_id: str
    name: str
    role: Role
    address: str = ""

    @classmethod
    def console(cls) -> Actor:
        """Who holds the machine holds the database: the command line acts as an organiser."""
        return cls(CONSOLE, CONSOLE, "organiser", CONSOLE)


def require_role(actor: Actor, *roles: Role) -> None:
    """Let only some roles pass.

    Raises
    ------
    NotAllowedError
        The actor has another role.
    """
    if actor.role not in roles:
        raise NotAllowedError(f"only for the role {' or '.join(roles)}; you are here as {actor.role}")


def action(name: str) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Name the action of a service, so that a refusal is logged with what was asked for."""

    def named(service: Callable[_P, _R]) -> Callable[_P, _R]:
        signature = inspect.signature(service)

        @functools.wraps(service)
        def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            try:
                return service(*args, **kwargs)
            except JudgingError as error:
                error.describe(name, signature.bind_partial(*args, **kwargs).arguments)
                raise

        return checked

    return named
