"""Scores: every one is an event that is added; of a judge, nominee and criterion the last one counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from textmine.judging import chain, figures
from textmine.judging.access import nominee_for, panel_for, require_open
from textmine.judging.canonical import now
from textmine.judging.conflicts import has_conflict
from textmine.judging.current import current_scores
from textmine.judging.errors import ConflictError, InvalidError, KeyReusedError, NotFoundError
from textmine.judging.roles import Actor, action, require_role
from textmine.judging.schema import Criterion, Panel, ScoreEvent
from textmine.judging.settings import settings_of
from textmine.judging.texts import NOTE, clean, client_key, number

_CRITERION: Final = select(Criterion.id).where(
    Criterion.id == bindparam("id"), Criterion.category_id == bindparam("category_id")
)
_STORED: Final = select(ScoreEvent).where(
    ScoreEvent.panel_id == bindparam("panel_id"),
    ScoreEvent.person_id == bindparam("person_id"),
    ScoreEvent.client_key == bindparam("client_key"),
)


@dataclass(frozen=True)
class Saved:
    """A score or note that is on disk.

    ``criterion_id`` is None for the note on a whole nominee, ``value`` where there is none or it was taken back.
    ``again`` says that the same request had been stored before.
    """

    seq: int
    nominee_id: str
    criterion_id: str | None
    value: float | None
    note: str
    saved_at: datetime
    again: bool = False


@action("score.save")
def save_score(
    session: Session,
    actor: Actor,
    nominee_id: str,
    criterion_id: str,
    value: float | None,
    *,
    key: str,
    note: str = "",
) -> Saved:
    """Store a judge's score of a nominee on a criterion.

    Parameters
    ----------
    session, actor
        A judge's.
    nominee_id, criterion_id
        What is scored.
    value
        On the panel's scale; None takes the score back.
    key
        Chosen by the client for this request: sent again with the same content, nothing is stored twice.
    note
        Why, for the minutes.

    Raises
    ------
    NotAllowedError, NotFoundError, ClosedError, ConflictError
        No judge, nothing of this id in a panel of the judge's, a panel that is not open, a conflict of interest.
    InvalidError, KeyReusedError
        A value off the scale or an unfit note, or a key that came with another content.
    """
    require_role(actor, "judge")
    panel, category, _ = nominee_for(session, actor, nominee_id, lock="share")
    if session.scalar(_CRITERION, {"id": criterion_id, "category_id": category.id}) is None:
        raise NotFoundError("there is no such criterion")
    if value is not None:
        value = number(value, "value")
        scale = settings_of(panel).scale
        if not scale.holds(value):
            raise InvalidError(f"must be {scale.low:g} to {scale.high:g} in steps of {scale.step:g}", field="value")
    return _save(session, actor, panel, nominee_id, criterion_id, value, note, key)


@action("score.note")
def save_note(session: Session, actor: Actor, nominee_id: str, note: str, *, key: str) -> Saved:
    """Store a judge's note on a whole nominee; an empty one takes it back.

    Raises
    ------
    NotAllowedError, NotFoundError, ClosedError, ConflictError, InvalidError, KeyReusedError
        As :func:`save_score`.
    """
    require_role(actor, "judge")
    panel, _, _ = nominee_for(session, actor, nominee_id, lock="share")
    return _save(session, actor, panel, nominee_id, None, None, note, key)


@action("score.read")
def my_scores(session: Session, actor: Actor, panel_id: str) -> list[Saved]:
    """What counts of a judge's own scores and notes, those of nominees with a conflict among them.

    Raises
    ------
    NotAllowedError, NotFoundError
        The actor is no judge, or no member of such a panel.
    """
    require_role(actor, "judge")
    panel_for(session, actor, panel_id)
    return [_saved(row) for row in current_scores(session, panel_id, person_id=actor.person_id)]


@action("score.history")
def my_history(session: Session, actor: Actor, nominee_id: str) -> list[Saved]:
    """Everything that a judge stored about a nominee, the oldest first.

    Raises
    ------
    NotAllowedError, NotFoundError
        The actor is no judge, or no member of the panel.
    """
    require_role(actor, "judge")
    nominee_for(session, actor, nominee_id)
    asked = select(ScoreEvent).where(ScoreEvent.nominee_id == nominee_id, ScoreEvent.person_id == actor.person_id)
    return [_saved(row) for row in session.scalars(asked.order_by(ScoreEvent.seq))]


def _save(
    session: Session,
    actor: Actor,
    panel: Panel,
    nominee_id: str,
    criterion_id: str | None,
    value: float | None,
    note: str,
    key: str,
) -> Saved:
    key, note = client_key(key), clean(note, "note", NOTE, empty=True)
    # The head of the judge's chain is locked first: the same request twice at once then comes one after the other.
    end = chain.lock(session, chain.scores_chain(panel.id, actor.person_id))
    before = session.scalar(_STORED, {"panel_id": panel.id, "person_id": actor.person_id, "client_key": key})
    if before is not None:
        # Stored is stored, even if the panel was closed or a conflict declared since.
        if (before.nominee_id, before.criterion_id, before.value, before.note) != (
            nominee_id,
            criterion_id,
            value,
            note,
        ):
            raise KeyReusedError("this key came with another score before; send a new key")
        return _saved(before, again=True)
    require_open(panel)
    if has_conflict(session, panel.id, actor.person_id, nominee_id):
        raise ConflictError("you declared a conflict of interest: you do not score this nominee")
    event = ScoreEvent(
        panel_id=panel.id,
        person_id=actor.person_id,
        nominee_id=nominee_id,
        criterion_id=criterion_id,
        value=value,
        note=note,
        figures_seen=figures.visible(session, actor, panel, nominee_id=nominee_id).holds(nominee_id),
        client_key=key,
        created_at=now(),
        address=actor.address,
    )
    chain.append(session, chain.scores_chain(panel.id, actor.person_id), event, end=end)
    return _saved(event)


def _saved(row: ScoreEvent, *, again: bool = False) -> Saved:
    return Saved(row.seq, row.nominee_id, row.criterion_id, row.value, row.note, row.created_at, again)
