"""What a run did, account by account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from textmine.errors import CollectError
from textmine.platforms import Platform as Name

SCHEMA: Final = pl.Schema(
    {
        "platform": pl.String(),
        "account": pl.String(),
        "state": pl.String(),
        "posts": pl.Int64(),
        "gone": pl.Int64(),
        "detail": pl.String(),
    }
)
"""Columns of :attr:`CollectResult.accounts`."""


@dataclass(frozen=True)
class CollectResult:
    """What a run did.

    Parameters
    ----------
    accounts
        Columns of :data:`SCHEMA`, a row an account of the run: ``state`` is ``complete``, ``incomplete``, ``gone``
        (deleted, suspended, private, or not there) or ``denied`` (the key may not see it); ``posts`` and ``gone`` count
        its posts in the journal, those with figures and those that are not shown any more.
    problems
        Why platforms or accounts are incomplete.
    skipped
        Platforms that have accounts in the register and no key, with what is missing.
    files
        The exports that were written.
    requests
        How many requests were sent.
    """

    accounts: pl.DataFrame
    problems: Sequence[CollectError] = ()
    skipped: Mapping[Name, str] = field(default_factory=dict)
    files: Sequence[Path] = ()
    requests: int = 0

    @property
    def complete(self) -> bool:
        """Whether everything was collected that can be seen."""
        return not self.problems and not self.accounts["state"].is_in(["incomplete", "denied"]).any()
