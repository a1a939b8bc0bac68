"""What the minutes of a jury's decision tell: who, where, how, what came out, and on what evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from textmine.judging.canonical import canonical, sha256
from textmine.judging.tally import SCORE_SCHEMA, Tally

Role = Literal["chair", "judge", "secretary", "organiser", "observer"]
Hidden = Literal["identity", "figures", "other_scores"]


@dataclass(frozen=True)
class PanelMember:
    """Somebody who signs.

    Parameters
    ----------
    name, role, institution
        As they are printed; the role is translated.
    """

    name: str
    role: Role = "judge"
    institution: str = ""


@dataclass(frozen=True)
class DeclaredConflict:
    """A judge's conflict of interest: the judge was left out of the nominee.

    Parameters
    ----------
    judge, nominee, category, reason
        As they are printed.
    declared_on
        Day, if known.
    """

    judge: str
    nominee: str
    category: str = ""
    reason: str = ""
    declared_on: dt.date | None = None


@dataclass(frozen=True)
class EarlierClosing:
    """A closing after which the scoring was opened again.

    Parameters
    ----------
    closed_at, reopened_at
        When; with a time zone.
    reason
        Why it was opened again.
    evidence_sha256
        Over what judges had decided on then; None where there is no such record.
    missing
        Number of scores that were missing then, by name of the judge.
    """

    closed_at: dt.datetime
    reopened_at: dt.datetime
    reason: str = ""
    evidence_sha256: str | None = None
    missing: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CategoryProceedings:
    """One category.

    Parameters
    ----------
    title
        As it is printed.
    tally
        Of its scores. Names of judges and nominees in it are printed as they are: see
        :func:`textmine.judging.naming.distinct_names`.
    criterion_titles
        Title of each criterion by its key; the key where there is none.
    """

    title: str
    tally: Tally
    criterion_titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Proceedings:
    """All that the minutes tell.

    Parameters
    ----------
    award, panel
        Names.
    place, day
        Where and when the jury decided; lines to fill in by hand where they are not known.
    members
        Who was there, in the order of signing.
    categories
        At least one.
    conflicts
        As judges declared them.
    hidden
        What judges did not see while they scored: whose a nominee was, its figures, the scores of other judges.
    blind_note
        What else there is to say of it.
    earlier_closings
        Closings before the last: from the first on judges could see each other's scores.
    missing
        Number of scores that were missing at the last closing, by name of the judge.
    seed
        By which posts of dossiers were drawn; None where there were none.
    evidence_sha256
        Over the dossiers and events that judges decided on; None where there is no such record.
    scores_sha256
        Over the scores that were counted: see :func:`scores_sha256`.
    notes
        Remarks, printed as paragraphs.
    version
        Of textmine.
    simulated
        Whether the scores or nominees are made up; the minutes say so on top.
    """

    award: str
    panel: str
    place: str | None
    day: dt.date | None
    members: tuple[PanelMember, ...]
    categories: tuple[CategoryProceedings, ...]
    scores_sha256: str
    version: str
    conflicts: tuple[DeclaredConflict, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    blind_note: str = ""
    earlier_closings: tuple[EarlierClosing, ...] = ()
    missing: Mapping[str, int] = field(default_factory=dict)
    seed: int | None = None
    evidence_sha256: str | None = None
    notes: tuple[str, ...] = ()
    simulated: bool = False


def scores_sha256(tables: Mapping[str, pl.DataFrame]) -> str:
    """SHA-256 over scores, whatever their order: one JSON list a line, sorted, UTF-8, lines ended by a line feed.

    Parameters
    ----------
    tables
        judge, nominee, criterion and value by the name of the category; rows without a value do not count.

    Examples
    --------
    >>> table = pl.DataFrame([("ani", "a", "k", 8.0)], schema=["judge", "nominee", "criterion", "value"], orient="row")
    >>> scores_sha256({"video": table})[:12]
    '26069530c205'
    """
    lines = sorted(
        canonical([category, *row])
        for category, table in tables.items()
        for row in table.select(SCORE_SCHEMA.names()).cast(SCORE_SCHEMA).drop_nulls("value").iter_rows()
    )
    return sha256("".join(f"{line}\n" for line in lines))
