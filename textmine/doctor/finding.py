"""What a check found, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Final

import polars as pl


class State(StrEnum):
    """How bad it is."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing; nothing need be done."""
    PROBLEM = "problem"
    """Something must be done."""


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Parameters
    ----------
    check
        keys, quota, collection, clock, disk or versions.
    subject
        What was looked at: a platform, a file, a package.
    state
        How bad it is.
    detail
        What was found; never a key.
    remedy
        What to do, empty where nothing is to be done.
    """

    check: str
    subject: str
    state: State
    detail: str
    remedy: str = ""


SCHEMA: Final = pl.Schema(dict.fromkeys(("check", "subject", "state", "detail", "remedy"), pl.String()))


def table_of(findings: Iterable[Finding]) -> pl.DataFrame:
    """Findings as a table: check, subject, state, detail, remedy."""
    return pl.DataFrame([astuple(finding) for finding in findings], SCHEMA, orient="row")
