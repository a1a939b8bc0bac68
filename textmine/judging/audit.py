"""The audit log: who did what, to what, from where and when, and what was refused.

Accepted scores are not written twice: the history of scores is itself append-only and chained, and the log shows it
among the rest, without values.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from textmine.judging import chain
from textmine.judging.access import panel_for
from textmine.judging.canonical import canonical, now, sha256
from textmine.judging.roles import Actor, action, require_role
from textmine.judging.schema import AuditEvent, Category, Chain, Closing, ConflictEvent, DossierRow, Nominee, ScoreEvent

_BATCH = 1000


@dataclass(frozen=True)
class Entry:
    """A line of the log."""

    at: datetime
    person_id: str
    role: str
    action: str
    refused: bool
    detail: dict[str, Any]
    address: str


def record(
    session: Session,
    actor: Actor | None,
    done: str,
    scope: str = "",
    detail: Mapping[str, Any] | None = None,
    *,
    refused: bool = False,
    address: str = "",
) -> None:
    """Write a line; ``scope`` is the id of a panel, or empty where none is meant."""
    event = AuditEvent(
        scope=scope,
        created_at=now(),
        person_id=actor.person_id if actor else "",
        role=actor.role if actor else "",
        action=done,
        refused=refused,
        detail=canonical(dict(detail or {})),
        address=actor.address if actor else address,
    )
    chain.append(session, chain.audit_chain(scope), event)


@action("audit.read")
def entries(session: Session, actor: Actor, panel_id: str | None = None, *, last: int = 500) -> list[Entry]:
    """The last lines of a panel's log, or of what belongs to no panel; the newest first.

    Raises
    ------
    NotAllowedError
        The actor is no organiser.
    NotFoundError
        There is no such panel.
    """
    require_role(actor, "organiser")
    if panel_id is not None:
        panel_for(session, actor, panel_id)
    asked = select(AuditEvent).where(AuditEvent.scope == (panel_id or ""))
    found = [
        Entry(row.created_at, row.person_id, row.role, row.action, row.refused, json.loads(row.detail), row.address)
        for row in session.scalars(asked.order_by(AuditEvent.seq.desc()).limit(last))
    ]
    scored = select(ScoreEvent).where(ScoreEvent.panel_id == (panel_id or ""))
    for row in session.scalars(scored.order_by(ScoreEvent.created_at.desc()).limit(last)):
        detail = {"nominee_id": row.nominee_id, "criterion_id": row.criterion_id}
        done = "score.note" if row.criterion_id is None else "score.save"
        found.append(Entry(row.created_at, row.person_id, "judge", done, False, detail, row.address))
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:last]


@action("audit.verify")
def verify(session: Session, actor: Actor, panel_id: str | None = None) -> list[chain.Fault]:
    """Check every chain of a panel, or the log of what belongs to none; empty where all holds.

    Raises
    ------
    NotAllowedError
        The actor is no organiser.
    NotFoundError
        There is no such panel.
    """
    require_role(actor, "organiser")
    if panel_id is None:
        return list(_log_faults(session, ""))
    panel_for(session, actor, panel_id)
    return list(panel_faults(session, panel_id))


def panel_faults(session: Session, panel_id: str) -> Iterator[chain.Fault]:
    """Where the chains, dossiers and closings of a panel do not hold."""
    yield from _log_faults(session, panel_id)
    conflicts = select(ConflictEvent).where(ConflictEvent.panel_id == panel_id).order_by(ConflictEvent.seq)
    yield from chain.faults(session, chain.conflicts_chain(panel_id), _streamed(session, conflicts))
    for person_id in _scorers(session, panel_id):
        scores = select(ScoreEvent).where(ScoreEvent.panel_id == panel_id, ScoreEvent.person_id == person_id)
        id = chain.scores_chain(panel_id, person_id)
        yield from chain.faults(session, id, _streamed(session, scores.order_by(ScoreEvent.seq)))
    yield from _dossier_faults(session, panel_id)
    yield from _closing_faults(session, panel_id)


def _log_faults(session: Session, scope: str) -> Iterator[chain.Fault]:
    log = select(AuditEvent).where(AuditEvent.scope == scope).order_by(AuditEvent.seq)
    yield from chain.faults(session, chain.audit_chain(scope), _streamed(session, log))


def _streamed(session: Session, asked: Any) -> Iterator[Any]:  # noqa: ANN401 - rows of any table
    return iter(session.scalars(asked.execution_options(yield_per=_BATCH, populate_existing=True)))


def _scorers(session: Session, panel_id: str) -> list[str]:
    """Whoever has a chain or an event: one without the other is a fault."""
    prefix = chain.scores_chain(panel_id, "")
    chains = session.scalars(select(Chain.id).where(Chain.id.startswith(prefix)))
    scored = session.scalars(select(ScoreEvent.person_id).where(ScoreEvent.panel_id == panel_id).distinct())
    return sorted({id.removeprefix(prefix) for id in chains} | set(scored))


def _dossier_faults(session: Session, panel_id: str) -> Iterator[chain.Fault]:
    asked = select(DossierRow).join(Nominee).join(Category).where(Category.panel_id == panel_id)
    for row in session.scalars(asked.order_by(DossierRow.nominee_id, DossierRow.version)):
        if sha256(row.content) != row.sha256:
            yield chain.Fault(f"dossier/{row.nominee_id}", row.version, "the dossier was changed")


def _closing_faults(session: Session, panel_id: str) -> Iterator[chain.Fault]:
    """A closing wrote down the heads of all chains: each must still be a link of its chain."""
    for closing in session.scalars(select(Closing).where(Closing.panel_id == panel_id).order_by(Closing.number)):
        for id, (seq, head) in json.loads(closing.heads).items():
            if seq and _hash_at(session, id, seq) != head:
                problem = f"event {seq} is not the one that closing {closing.number} wrote down"
                yield chain.Fault(id, seq, problem)


def _hash_at(session: Session, chain_id: str, seq: int) -> str | None:
    kind, scope, *person = chain_id.split("/")
    if kind == "scores":
        return session.scalar(
            select(ScoreEvent.hash).where(
                ScoreEvent.panel_id == scope, ScoreEvent.person_id == person[0], ScoreEvent.seq == seq
            )
        )
    if kind == "conflicts":
        asked = select(ConflictEvent.hash).where(ConflictEvent.panel_id == scope, ConflictEvent.seq == seq)
        return session.scalar(asked)
    return session.scalar(select(AuditEvent.hash).where(AuditEvent.scope == scope, AuditEvent.seq == seq))
