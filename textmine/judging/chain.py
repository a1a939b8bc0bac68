"""Chains of events: each is hashed together with the hash of the one before it.

A changed, removed or inserted event breaks its chain; so does a head that is not the last event's. Who can write the
whole database can also rewrite a whole chain: what holds against that is a head written down elsewhere, and each
closing, each export and the minutes hold one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Insert, bindparam, insert, inspect, select, text, update
from sqlalchemy.orm import Session

from textmine.judging.canonical import GENESIS, chained, written
from textmine.judging.schema import AuditEvent, Base, Chain, ConflictEvent, ScoreEvent

Event = ScoreEvent | ConflictEvent | AuditEvent

_HEAD: Final = select(Chain.length, Chain.head).where(Chain.id == bindparam("chain_id")).with_for_update()
_CHAINS: Final = Base.metadata.tables["chain"]
_MOVE: Final = (
    update(_CHAINS)
    .where(_CHAINS.c.id == bindparam("chain_id"))
    .values(length=bindparam("new_length"), head=bindparam("new_head"))
)
_START: Final = text("INSERT INTO chain (id, length, head) VALUES (:id, 0, :head) ON CONFLICT DO NOTHING")


@dataclass(frozen=True)
class Fault:
    """Where a chain does not hold."""

    chain: str
    seq: int
    problem: str


def scores_chain(panel_id: str, person_id: str) -> str:
    """Chain of a judge's scores in a panel."""
    return f"scores/{panel_id}/{person_id}"


def conflicts_chain(panel_id: str) -> str:
    """Chain of a panel's conflicts of interest."""
    return f"conflicts/{panel_id}"


def audit_chain(scope: str) -> str:
    """Chain of the audit log of a panel, or of what belongs to none."""
    return f"audit/{scope}"


def values_of(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of any table
    """Values of a row by column, as JSON can hold them."""
    table: type[Base] = type(row)
    found = {column: getattr(row, attribute) for column, attribute in _columns(table)}
    return {name: written(value) if isinstance(value, datetime) else value for name, value in found.items()}


def lock(session: Session, chain_id: str) -> tuple[int, str]:
    """Length and head of a chain, held until the transaction ends."""
    found = session.execute(_HEAD, {"chain_id": chain_id}).one_or_none()
    if found is None:
        session.execute(_START, {"id": chain_id, "head": GENESIS})
        found = session.execute(_HEAD, {"chain_id": chain_id}).one()
    return found.length, found.head


def append(session: Session, chain_id: str, event: Event, *, end: tuple[int, str] | None = None) -> None:
    """Add an event, complete but for ``seq`` and ``hash``, at the end of its chain.

    ``end`` is what :func:`lock` gave in this transaction, where it was asked already.
    """
    session.flush()  # what the event refers to goes first
    length, head = lock(session, chain_id) if end is None else end
    event.seq = length + 1
    event.hash = _hash_of(head, event)
    table = type(event)
    session.execute(_insert(table), {column: getattr(event, attribute) for column, attribute in _columns(table)})
    session.execute(_MOVE, {"chain_id": chain_id, "new_length": event.seq, "new_head": event.hash})


def faults(session: Session, chain_id: str, events: Iterable[Event]) -> Iterator[Fault]:
    """Check a chain, its events in order; the first break is told, since all after it follows from it."""
    head, seq = GENESIS, 0
    for event in events:
        seq += 1
        if event.seq != seq:
            yield Fault(chain_id, seq, f"event {seq} is missing")
            return
        if event.hash != _hash_of(head, event):
            yield Fault(chain_id, seq, f"event {seq} was changed, or put in the place of another")
            return
        head = event.hash
    stored = session.execute(select(Chain.length, Chain.head).where(Chain.id == chain_id)).one_or_none()
    length = 0 if stored is None else stored.length
    if length != seq:
        yield Fault(chain_id, seq, f"{length} events were added, {seq} are there")
    elif stored is not None and stored.head != head:
        yield Fault(chain_id, seq, "the head is not the last event's")


@cache
def _columns(table: type[Base]) -> tuple[tuple[str, str], ...]:
    """Column and attribute of each, of a table's class."""
    return tuple((each.columns[0].name, each.key) for each in inspect(table).column_attrs)


@cache
def _insert(table: type[Base]) -> Insert:
    return insert(Base.metadata.tables[table.__tablename__])


def _hash_of(previous: str, event: Event) -> str:
    values = values_of(event)
    del values["hash"]
    return chained(previous, values)
