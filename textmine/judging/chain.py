"""Chains of events: each is hashed together with the hash of the one before it.

A changed, removed or inserted event breaks its chain; so does a head that is not the last event's. Who can write the
whole database can also rewrite a whole chain: what holds against that is a head written down elsewhere, and each
closing, each export and the minutes hold one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select, text, update
from sqlalchemy.orm import Session

from textmine.judging.canonical import GENESIS, chained, written
from textmine.judging.schema import AuditEvent, Chain, ConflictEvent, ScoreEvent

Event = ScoreEvent | ConflictEvent | AuditEvent

_START = text("INSERT INTO chain (id, length, head) VALUES (:id, 0, :head) ON CONFLICT DO NOTHING")


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
    values = {}
    for attribute in inspect(type(row)).column_attrs:
        value = getattr(row, attribute.key)
        values[attribute.columns[0].name] = written(value) if isinstance(value, datetime) else value
    return values


def lock(session: Session, chain_id: str) -> tuple[int, str]:
    """Length and head of a chain, held until the transaction ends."""
    asked = select(Chain.length, Chain.head).where(Chain.id == chain_id).with_for_update()
    found = session.execute(asked).one_or_none()
    if found is None:
        session.execute(_START, {"id": chain_id, "head": GENESIS})
        found = session.execute(asked).one()
    return found.length, found.head


def append(session: Session, chain_id: str, event: Event) -> None:
    """Add an event, complete but for ``seq`` and ``hash``, at the end of its chain."""
    length, head = lock(session, chain_id)
    event.seq = length + 1
    event.hash = _hash_of(head, event)
    session.add(event)
    session.flush()
    moved = update(Chain).where(Chain.id == chain_id).values(length=event.seq, head=event.hash)
    session.execute(moved, execution_options={"synchronize_session": False})


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


def _hash_of(previous: str, event: Event) -> str:
    values = values_of(event)
    del values["hash"]
    return chained(previous, values)
