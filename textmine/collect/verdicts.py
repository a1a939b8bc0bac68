"""What an answer means for the run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What follows from an answer."""

    DONE = "done"
    """It holds what was asked for."""
    GONE = "gone"
    """What was asked about is deleted, private, suspended or was never there: recorded, and the run goes on."""
    DENIED = "denied"
    """The key may not see this one account: recorded as something to be done, and the run goes on."""
    AGAIN = "again"
    """A passing fault: asked again after a while."""
    WAIT = "wait"
    """A limit is reached: asked again when it is over, ``until`` where the platform says when."""
    LOST = "lost"
    """The cursor is not valid any more: the listing starts again from its beginning."""
    SMALLER = "smaller"
    """The page is too much for the platform: it is asked for with half as many posts."""
    SPLIT = "split"
    """One of several posts spoils the question: they are asked for one by one."""
    STOP = "stop"
    """Nothing more can be asked of the platform before a person does something."""


@dataclass(frozen=True)
class Verdict:
    """An outcome, why, until when, and what to do."""

    outcome: Outcome
    reason: str = ""
    until: datetime | None = None
    remedy: str = ""


DONE = Verdict(Outcome.DONE)


def fault(status: int) -> Verdict:
    """A passing fault of the platform or of the way to it."""
    return Verdict(Outcome.AGAIN, f"the platform answered {status}")


BROKEN = Verdict(Outcome.AGAIN, "an answer that is no whole JSON")
