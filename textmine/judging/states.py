"""A panel's way: draft, open, closed, and open again with a reason."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from textmine.judging import audit
from textmine.judging.access import panel_for, require_state
from textmine.judging.canonical import canonical, now
from textmine.judging.chain import audit_chain, conflicts_chain, scores_chain
from textmine.judging.dossier import require_drawn_as_set
from textmine.judging.errors import IncompleteError, StateError
from textmine.judging.evidence import evidence_sha256
from textmine.judging.members import judges_of
from textmine.judging.panels import PanelView, view
from textmine.judging.progress import progress_of
from textmine.judging.roles import Actor, action, require_role
from textmine.judging.schema import Chain, Closing
from textmine.judging.texts import REASON, clean


@action("panel.open")
def open_panel(session: Session, actor: Actor, panel_id: str) -> PanelView:
    """Let judges score; criteria and dossiers are fixed from now on.

    Raises
    ------
    NotAllowedError, NotFoundError, StateError
        The actor is no organiser, there is no such panel, it is no draft, nobody would judge, or dossiers do not fit.
    """
    require_role(actor, "organiser")
    panel = panel_for(session, actor, panel_id, lock="update")
    require_state(panel, "draft")
    if not judges_of(session, panel.id):
        raise StateError("the panel has no judge yet; add judges first", state=panel.state)
    require_drawn_as_set(session, panel)
    panel.state, panel.opened_at = "open", now()
    session.flush()
    audit.record(session, actor, "panel.open", panel.id)
    return view(session, panel)


@action("panel.close")
def close_panel(session: Session, actor: Actor, panel_id: str, *, allow_missing: bool = False) -> PanelView:
    """Take no more scores, and write down the hash of the evidence and the heads of all chains.

    Parameters
    ----------
    session, actor
        An organiser's.
    panel_id
        Which.
    allow_missing
        Close although scores are missing; how many is written down.

    Raises
    ------
    NotAllowedError, NotFoundError, StateError, IncompleteError
        The actor is no organiser, there is no such panel, it is not open, or scores are missing.
    """
    require_role(actor, "organiser")
    panel = panel_for(session, actor, panel_id, lock="update")
    require_state(panel, "open")
    missing: dict[str, int] = {}
    for each in progress_of(session, panel):
        if each.missing:  # two judges may have one name
            missing[each.name] = missing.get(each.name, 0) + each.missing
    if missing and not allow_missing:
        told = ", ".join(f"{name} {count}" for name, count in missing.items())
        problem = f"scores are missing ({told}); wait for them, or close without them (--allow-missing)"
        raise IncompleteError(problem, missing=missing)
    done = now()
    panel.state, panel.closed_at = "closed", done
    panel.evidence_sha256 = evidence_sha256(session, panel.id)
    n_before = session.scalar(select(func.count()).select_from(Closing).where(Closing.panel_id == panel.id)) or 0
    number = n_before + 1
    detail = {"number": number, "evidence_sha256": panel.evidence_sha256, "missing": missing}
    audit.record(session, actor, "panel.close", panel.id, detail)
    session.flush()
    closing = Closing(
        panel_id=panel.id,
        number=number,
        closed_at=done,
        by=actor.person_id,
        evidence_sha256=panel.evidence_sha256,
        heads=canonical(heads(session, panel.id)),
        missing=canonical(missing),
    )
    session.add(closing)
    session.flush()
    return view(session, panel)


@action("panel.reopen")
def reopen_panel(session: Session, actor: Actor, panel_id: str, reason: str) -> PanelView:
    """Take scores again after a closing; the reason is logged, the closing stays on record.

    Raises
    ------
    NotAllowedError, NotFoundError, StateError, InvalidError
        The actor is no organiser, there is no such panel, it is not closed, or there is no reason.
    """
    require_role(actor, "organiser")
    panel = panel_for(session, actor, panel_id, lock="update")
    require_state(panel, "closed")
    reason = clean(reason, "reason", REASON)
    was = panel.evidence_sha256
    panel.state, panel.closed_at, panel.evidence_sha256 = "open", None, None
    session.flush()
    audit.record(session, actor, "panel.reopen", panel.id, {"reason": reason, "evidence_sha256": was})
    return view(session, panel)


def heads(session: Session, panel_id: str) -> dict[str, tuple[int, str]]:
    """Length and head of every chain of a panel."""
    mine = or_(
        Chain.id.startswith(scores_chain(panel_id, "")),
        Chain.id.in_([conflicts_chain(panel_id), audit_chain(panel_id)]),
    )
    asked = select(Chain.id, Chain.length, Chain.head).where(mine).order_by(Chain.id)
    return {id: (length, head) for id, length, head in session.execute(asked)}
