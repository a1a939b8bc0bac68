"""A panel as one file, with all its ids, events and chains: from one database to another and back, without loss.

The file is JSON lines: a header, a line a row, and at the end the SHA-256 of all before. Links and sessions stay
behind: they open one page on one machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import textmine
from textmine.atomic import write_file
from textmine.judging import audit
from textmine.judging.access import panel_for
from textmine.judging.arrivals import Arrivals
from textmine.judging.audit import panel_faults
from textmine.judging.canonical import canonical
from textmine.judging.chain import values_of
from textmine.judging.errors import DatabaseError, StateError
from textmine.judging.evidence import Record, evidence_sha256, panel_records, table_of
from textmine.judging.panels import PanelView, view
from textmine.judging.roles import CONSOLE, Actor, action, require_role
from textmine.judging.schema import AuditEvent, Chain, Closing, Panel
from textmine.judging.states import heads

FORMAT: Final = "textmine-panel"
VERSION: Final = 1
_LONGEST_LINE: Final = 16 << 20


@dataclass(frozen=True)
class Exported:
    """What was written: number of rows, and the SHA-256 that stands at the end of the file."""

    n_rows: int
    sha256: str


@action("panel.export")
def export_panel(session: Session, actor: Actor, panel_id: str, path: Path) -> Exported:
    """Write a panel into a file.

    Before the panel is closed only the command line may: the file holds every score.

    Raises
    ------
    NotAllowedError, NotFoundError, StateError
        The actor is no organiser, there is no such panel, or it is not closed.
    """
    require_role(actor, "organiser")
    panel = panel_for(session, actor, panel_id, lock="update")
    if panel.state != "closed" and actor.person_id != CONSOLE:
        raise StateError("the file would hold every score; close the panel first", state=panel.state)
    audit.record(session, actor, "panel.export", panel.id)
    session.flush()
    header = {"format": FORMAT, "version": VERSION, "textmine": textmine.__version__, "panel_id": panel.id}
    lines = [canonical(header), *(canonical(record) for record in _records(session, panel.id))]
    content = "".join(f"{line}\n" for line in lines).encode()
    digest = hashlib.sha256(content).hexdigest()
    write_file(path, content + canonical({"sha256": digest}).encode() + b"\n", durable=True)
    return Exported(len(lines) - 1, digest)


@action("panel.import")
def import_panel(session: Session, actor: Actor, path: Path) -> PanelView:
    """Take a panel in from a file; all or nothing.

    Raises
    ------
    NotAllowedError
        The actor is no organiser.
    DatabaseError
        The file cannot be read, is damaged or of a newer version, its chains do not hold, or the panel is here already.
    """
    require_role(actor, "organiser")
    lines = _whole(path)
    header = _parsed(path, 1, lines[0])
    panel_id = _panel_id(path, header)
    if session.get(Panel, panel_id) is not None:
        raise DatabaseError(f"{path}: this panel is here already; nothing was changed")
    arrivals = Arrivals(session, panel_id)
    for number, line in enumerate(lines[1:-1], start=2):
        try:
            arrivals.add(*_record(path, number, line))
        except (ValueError, TypeError) as error:
            raise DatabaseError(f"{path}, line {number}: {error}") from error
        except DBAPIError as error:
            told = str(error.orig).strip().partition("\n")[0]
            raise DatabaseError(f"{path}, line {number}: cannot be stored: {told}") from error
    session.expire_all()
    panel = session.get(Panel, panel_id)
    if panel is None:
        raise DatabaseError(f"{path}: holds no panel")
    _check(session, path, panel)
    audit.record(session, actor, "panel.import", panel.id, {"sha256": _parsed(path, len(lines), lines[-1])["sha256"]})
    return view(session, panel)


def _records(session: Session, panel_id: str) -> Iterator[Record]:
    yield from panel_records(session, panel_id)
    for asked in (
        select(Closing).where(Closing.panel_id == panel_id).order_by(Closing.number),
        select(AuditEvent).where(AuditEvent.scope == panel_id).order_by(AuditEvent.seq),
        select(Chain).where(Chain.id.in_(heads(session, panel_id))).order_by(Chain.id),
    ):
        for row in session.scalars(asked.execution_options(populate_existing=True)):
            yield table_of(row), values_of(row)


def _whole(path: Path) -> list[bytes]:
    """Lines of a file whose last one is the hash of the others."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatabaseError(f"{path}: cannot be read: {error.strerror}") from error
    lines = content.rstrip(b"\n").split(b"\n")
    if len(lines) < 3:
        raise DatabaseError(f"{path}: is not the file of a panel")
    if max(map(len, lines)) > _LONGEST_LINE:
        raise DatabaseError(f"{path}: a line is longer than {_LONGEST_LINE >> 20} MB")
    body = content[: content.rstrip(b"\n").rfind(b"\n") + 1]
    if _parsed(path, len(lines), lines[-1]).get("sha256") != hashlib.sha256(body).hexdigest():
        raise DatabaseError(f"{path}: was changed or is cut: its SHA-256 is another than its last line says")
    return lines


def _parsed(path: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DatabaseError(f"{path}, line {number}: is not JSON") from error
    if not isinstance(content, dict):
        raise DatabaseError(f"{path}, line {number}: is not the file of a panel")
    return content


def _panel_id(path: Path, header: dict[str, Any]) -> str:
    if header.get("format") != FORMAT:
        raise DatabaseError(f"{path}: is not the file of a panel")
    if header.get("version") != VERSION:
        newer = f"{path}: of format {header.get('version')}, this textmine reads {VERSION}"
        raise DatabaseError(f"{newer}; upgrade with: pip install -U textmine")
    return str(header.get("panel_id"))


def _record(path: Path, number: int, line: bytes) -> Record:
    try:
        table, row = json.loads(line)
    except (ValueError, TypeError, RecursionError) as error:
        raise DatabaseError(f"{path}, line {number}: is not a row of a table") from error
    if not isinstance(table, str) or not isinstance(row, dict):
        raise DatabaseError(f"{path}, line {number}: is not a row of a table")
    return table, row


def _check(session: Session, path: Path, panel: Panel) -> None:
    try:
        faults = list(panel_faults(session, panel.id))
        made = evidence_sha256(session, panel.id)
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        raise DatabaseError(f"{path}: a record of events cannot be read: {error}") from error
    if faults:
        first = faults[0]
        raise DatabaseError(f"{path}: the record does not hold: {first.chain}: {first.problem}")
    if panel.evidence_sha256 is not None and made != panel.evidence_sha256:
        raise DatabaseError(f"{path}: the evidence is another than at the closing")
