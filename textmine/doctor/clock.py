"""The clock against that of a platform, and the time zones that reports and quotas need."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from textmine.collect.clock import Clock
from textmine.collect.youtube import QUOTA_ZONE
from textmine.doctor.finding import Finding, State
from textmine.posts import REPORT_TIME_ZONE

ASKED: Final = "https://www.googleapis.com/"
"""Whose ``Date`` header is compared: the host that is asked about YouTube."""
_MOST: Final = 10.0
"""Seconds: X refuses an end of a period within the last ten, and a wait for a limit ends by our clock."""


def check_clock(clock: Clock, *, host: str = ASKED) -> Finding:
    """Compare the clock with the ``Date`` header of a platform's answer, whatever its status."""
    if find_spec("httpx") is None:
        return Finding("clock", host, State.NOTE, "not compared: httpx is missing", 'pip install "textmine[collect]"')
    import httpx

    before = clock.now()
    try:
        answer = httpx.head(host, timeout=10.0, follow_redirects=False)
        told = parsedate_to_datetime(answer.headers["date"])
    except (httpx.HTTPError, KeyError, ValueError) as error:
        remedy = "check the connection and HTTPS_PROXY"
        return Finding(
            "clock", host, State.NOTE, f"not compared: no answer with a date ({type(error).__name__})", remedy
        )
    # the header is cut to seconds: half a second on average, and the answer came at some time within the call
    middle = before + (clock.now() - before) / 2
    away = (middle - (told if told.tzinfo else told.replace(tzinfo=UTC))).total_seconds() - 0.5
    said = f"{abs(away):.0f} s {'ahead of' if away > 0 else 'behind'} {host}"
    if abs(away) <= _MOST:
        return Finding("clock", host, State.OK, said)
    return Finding("clock", host, State.PROBLEM, said, "set it by the network: sudo timedatectl set-ntp true")


def check_zones() -> Finding:
    """Look for the time zones of reports and of YouTube's quota."""
    names = (REPORT_TIME_ZONE, str(QUOTA_ZONE))
    try:
        for name in names:
            datetime.now(ZoneInfo(name))
    except ZoneInfoNotFoundError as error:
        return Finding("clock", "time zones", State.PROBLEM, f"not found: {error}", "pip install tzdata")
    return Finding("clock", "time zones", State.OK, ", ".join(names))
