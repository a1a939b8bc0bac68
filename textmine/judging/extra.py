"""The door of the sub-package: whether what the extra ``judging`` brings is installed."""

from __future__ import annotations

from importlib.util import find_spec

from textmine.errors import MissingExtraError

STORAGE = ("sqlalchemy", "alembic")
"""What everything below the web pages needs."""


def require(*packages: str) -> None:
    """Check that packages of the extra are installed, without loading them.

    Raises
    ------
    MissingExtraError
        One is not; the message has the line that installs all.
    """
    for package in packages:
        if find_spec(package) is None:
            raise MissingExtraError("judging", package=package)
