"""The door of the sub-package: whether what the extra ``collect`` brings is installed."""

from __future__ import annotations

from importlib.util import find_spec

from textmine.errors import MissingExtraError


def require() -> None:
    """Check that httpx is installed, without loading it.

    Raises
    ------
    MissingExtraError
        It is not; the message has the line that installs it.
    """
    if find_spec("httpx") is None:
        raise MissingExtraError("collect", package="httpx")
