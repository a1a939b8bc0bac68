"""Who acts, and what the three roles are."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, ParamSpec, TypeVar, get_args

from textmine.judging.errors import JudgingError, NotAllowedError, NotFoundError

Role = Literal["organiser", "judge", "observer"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

CONSOLE: Final = "console"
"""Stands for a person in the audit log where the command line of the machine acts."""

_ID: Final = re.compile(r"[0-9a-f]{32}")
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


def _require_ids(arguments: Mapping[str, object]) -> None:
    for name, value in arguments.items():
        if name.endswith("_id") and value is not None and not (isinstance(value, str) and _ID.fullmatch(value)):
            raise NotFoundError(f"there is no such {name.removesuffix('_id')}")


def action(name: str) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Name the action of a service, so that a refusal is logged with what was asked for.

    An argument whose name ends in ``_id`` and that cannot be an id is answered like one that is not there, before a
    database sees it: the two databases trip over different characters.
    """

    def named(service: Callable[_P, _R]) -> Callable[_P, _R]:
        signature = inspect.signature(service)

        @functools.wraps(service)
        def checked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            asked = signature.bind(*args, **kwargs).arguments
            try:
                _require_ids(asked)
                return service(*args, **kwargs)
            except JudgingError as error:
                error.describe(name, asked)
                raise

        return checked

    return named
