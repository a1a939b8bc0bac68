"""The closings of a panel that was closed more than once, and the scores that were missing, for its minutes."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from textmine.judging.panels import PanelView
from textmine.judging.proceedings import EarlierClosing, Hidden
from textmine.judging.schema import AuditEvent, Closing
from textmine.posts import REPORT_TIME_ZONE


@dataclass(frozen=True)
class Closings:
    """How a closed panel came to its end.

    Parameters
    ----------
    earlier
        All closings but the last.
    missing
        Number of scores that were missing at the last, by name of the judge.
    """

    earlier: tuple[EarlierClosing, ...]
    missing: dict[str, int]

    def hidden(self, panel: PanelView) -> tuple[Hidden, ...]:
        """What judges did not see: once a panel was closed, each could see what all others gave."""
        figures: tuple[Hidden, ...] = ("figures",) if panel.settings.blind else ()
        return figures if self.earlier else (*figures, "other_scores")


def closings_of(session: Session, panel_id: str) -> Closings:
    """Closings of a closed panel."""
    closings = session.scalars(select(Closing).where(Closing.panel_id == panel_id).order_by(Closing.number)).all()
    reopened = select(AuditEvent).where(
        AuditEvent.scope == panel_id, AuditEvent.action == "panel.reopen", AuditEvent.refused.is_(False)
    )
    missing = [json.loads(closing.missing) for closing in closings]
    told = zip(closings[:-1], session.scalars(reopened.order_by(AuditEvent.seq)), missing[:-1], strict=True)
    earlier = tuple(
        EarlierClosing(
            _local(closing.closed_at),
            _local(again.created_at),
            json.loads(again.detail)["reason"],
            closing.evidence_sha256,
            without,
        )
        for closing, again, without in told
    )
    return Closings(earlier, missing[-1])


def _local(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(ZoneInfo(REPORT_TIME_ZONE)).replace(microsecond=0)
