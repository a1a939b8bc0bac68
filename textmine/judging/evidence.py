"""What a decision rests on, as records in one order, and the SHA-256 over them.

The evidence is the panel with its criteria, nominees and dossiers, its members, and all events of scores and
conflicts of interest. Links, sessions and the audit log are not part of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from textmine.judging.canonical import canonical
from textmine.judging.chain import values_of
from textmine.judging.schema import (
    Base,
    Category,
    ConflictEvent,
    Criterion,
    DossierRow,
    Member,
    Nominee,
    Panel,
    Person,
    ScoreEvent,
)

_STATE: Final = ("state", "opened_at", "closed_at", "evidence_sha256")
_BATCH: Final = 1000

Record = tuple[str, dict[str, Any]]
"""Name of a table, and a row of it by column."""


def evidence(session: Session, panel_id: str) -> Iterator[Record]:
    """Records of the evidence, by table and key; a panel that is reopened and closed unchanged gives the same."""
    for table, row in panel_records(session, panel_id):
        if table == "panel":
            row = {name: value for name, value in row.items() if name not in _STATE}
        yield table, row


def evidence_sha256(session: Session, panel_id: str) -> str:
    """SHA-256 over the evidence: a line of canonical JSON a record."""
    session.flush()
    digest = hashlib.sha256()
    for record in evidence(session, panel_id):
        digest.update(canonical(record).encode() + b"\n")
    return digest.hexdigest()


def panel_records(session: Session, panel_id: str) -> Iterator[Record]:
    """All of a panel but links, sessions, the audit log and closings, in an order that keeps references behind rows."""
    of_panel = select(Category.id).where(Category.panel_id == panel_id)
    nominees = select(Nominee.id).where(Nominee.category_id.in_(of_panel))
    members = select(Member.person_id).where(Member.panel_id == panel_id)
    asked = [
        select(Panel).where(Panel.id == panel_id),
        select(Category).where(Category.panel_id == panel_id).order_by(Category.id),
        select(Criterion).where(Criterion.category_id.in_(of_panel)).order_by(Criterion.id),
        select(Nominee).where(Nominee.category_id.in_(of_panel)).order_by(Nominee.id),
        select(DossierRow)
        .where(DossierRow.nominee_id.in_(nominees))
        .order_by(DossierRow.nominee_id, DossierRow.version),
        select(Person).where(Person.id.in_(members)).order_by(Person.id),
        select(Member).where(Member.panel_id == panel_id).order_by(Member.person_id),
        select(ConflictEvent).where(ConflictEvent.panel_id == panel_id).order_by(ConflictEvent.seq),
        select(ScoreEvent).where(ScoreEvent.panel_id == panel_id).order_by(ScoreEvent.person_id, ScoreEvent.seq),
    ]
    for statement in asked:
        for row in session.scalars(statement.execution_options(yield_per=_BATCH, populate_existing=True)):
            yield table_of(row), values_of(row)


def table_of(row: Base) -> str:
    """Name of a row's table."""
    return str(row.__tablename__)
