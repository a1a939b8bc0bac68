"""Whom to ask about: the accounts of the register, platform by platform."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from textmine.collect.facebook import Facebook
from textmine.collect.instagram import Instagram
from textmine.collect.keys import Keys
from textmine.collect.platform import Platform
from textmine.collect.x import X
from textmine.collect.youtube import YouTube
from textmine.errors import AgencyError
from textmine.ingest.formats import open_table
from textmine.ingest.register import read_agencies
from textmine.platforms import PLATFORMS
from textmine.platforms import Platform as Name

_CHANNEL_ID: Final = r"UC[A-Za-z0-9_-]{22}"


def accounts_of(register: pl.DataFrame, begin: date, end: date, *, only: Collection[str] = ()) -> dict[Name, list[str]]:
    """Accounts of each platform that belonged to an agency on a day of the period, in alphabetical order.

    Parameters
    ----------
    register
        Output of :func:`textmine.read_agencies`.
    begin, end
        First and last day.
    only
        Agencies or accounts to keep; all of them by default.

    Raises
    ------
    AgencyError
        A name in ``only`` is neither an agency nor an account.
    """
    names = set(register["agency"]) | set(register["account"])
    for name in only:
        if name not in names:
            raise AgencyError(name)
    within = register.filter(
        (pl.col("valid_from").is_null() | (pl.col("valid_from") <= end))
        & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= begin))
    )
    if only:
        within = within.filter(pl.col("agency").is_in(list(only)) | pl.col("account").is_in(list(only)))
    return {
        platform: sorted(set(within.filter(pl.col("platform") == platform)["account"])) for platform in PLATFORMS
    }  # fmt: skip


def channel_ids(path: str | Path) -> dict[str, str]:
    """Channel ids as a register writes them, by their lower-case form, in which the register is read."""
    found: dict[str, str] = {}
    for batch in open_table(Path(path)).batches():
        for column in batch.frame.select(pl.col(pl.String)).iter_columns():
            ids = column.str.extract(f"({_CHANNEL_ID})").drop_nulls()
            found.update({identity.lower(): identity for identity in ids})
    return found


def register_of(agencies: str | Path | pl.DataFrame) -> tuple[pl.DataFrame, Mapping[str, str]]:
    """The register, and the channel ids in it."""
    if isinstance(agencies, pl.DataFrame):
        return agencies, {}
    return read_agencies(agencies), channel_ids(agencies)


def platforms_of(keys: Keys, ids: Mapping[str, str] | None = None) -> dict[Name, Platform]:
    """The adapter of each platform."""
    return {
        "facebook": Facebook(),
        "x": X(),
        "instagram": Instagram(keys.instagram.user_id or ""),
        "youtube": YouTube(ids),
    }
