"""The one way in which textmine asks a platform: limits before, retries after, and no key left behind.

Plain httpx for all platforms, not a client of each: the retries, limits, cursors, the raw answers and the scrubbing of
keys are the hard part, and are then one tested layer. Redirects are not followed: a key must not go to another host.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Final

from textmine import __version__
from textmine.collect.backoff import TRIES, after, full_jitter
from textmine.collect.clock import Clock, SystemClock
from textmine.collect.extra import require
from textmine.collect.journal import Journal
from textmine.collect.keys import Keys
from textmine.collect.platform import Platform
from textmine.collect.quotas import Quotas
from textmine.collect.request import HEADERS_KEPT, Answer, Request
from textmine.collect.scrubbing import ScrubbedLog, Scrubber
from textmine.collect.verdicts import Outcome, Verdict
from textmine.errors import CollectError
from textmine.platforms import Platform as Name

if TYPE_CHECKING:
    import httpx

_TIMEOUT: Final = 60.0
_CONNECT: Final = 15.0
_RETRY_LATER: Final = "run the same command again later: it goes on where it was"


class _Key:
    """Puts the key into a header at the last moment: it is in no address and in no object that outlives the request."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.request: Request | None = None

    def __call__(self, request: httpx.Request) -> httpx.Request:
        asked = self.request
        key = self._keys.of(asked.platform, asked.account) if asked is not None else None
        if asked is not None and key is not None:
            header, before = ("X-Goog-Api-Key", "") if asked.platform == "youtube" else ("Authorization", "Bearer ")
            request.headers[header] = before + key.get_secret_value()
        return request


class Client:
    """Asks platforms.

    Parameters
    ----------
    journal
        Where limits and failed answers are kept.
    keys
        Who asks.
    clock
        Tells the time and waits.
    seed
        Of the drawn waits.
    max_wait
        The longest wait for a limit; a longer one ends the run of that platform.
    hosts
        Other hosts than the platforms' own: for tests.
    """

    def __init__(
        self,
        journal: Journal,
        keys: Keys,
        *,
        clock: Clock | None = None,
        seed: int | None = None,
        max_wait: timedelta = timedelta(minutes=16),
        hosts: Mapping[str, str] | None = None,
    ) -> None:
        require()
        import httpx

        self._failed = httpx.HTTPError
        self.journal = journal
        self.clock = clock or SystemClock()
        self.quotas = Quotas(journal, keys)
        self._scrubber = Scrubber(keys.secrets())
        self._log = ScrubbedLog(self._scrubber)
        self._draw = random.Random(seed)  # noqa: S311 - spreads requests, hides nothing
        self._max_wait = max_wait
        self._hosts = dict(hosts or {})
        self._keys = keys
        self._key = _Key(keys)
        self._fault = ""
        agent = {"User-Agent": f"textmine/{__version__}"}
        timeout = httpx.Timeout(_TIMEOUT, connect=_CONNECT)
        self._http = httpx.Client(auth=self._key, timeout=timeout, headers=agent, follow_redirects=False)

    def __enter__(self) -> Client:
        self._log.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()
        self._log.__exit__(kind, error, at)

    def send(self, platform: Platform, request: Request) -> tuple[Answer, Verdict]:
        """Ask until there is an answer that settles the question; it is not in the journal yet.

        Raises
        ------
        CollectError
            The platform must not or cannot be asked any more: a limit is longer than ``max_wait``, a key is refused,
            or a fault does not pass.
        """
        for attempt in range(TRIES):
            self._wait_for_limits(request)
            answer = self._once(platform, request)
            verdict = platform.judge(answer) if answer is not None else _unreachable(self._fault)
            if verdict.outcome not in (Outcome.AGAIN, Outcome.WAIT, Outcome.STOP):
                assert answer is not None  # noqa: S101 - what could not be reached is asked for again
                return answer, verdict
            self._note(request, answer, verdict)
            if verdict.outcome is Outcome.STOP:
                remedy = f"; {verdict.remedy}" if verdict.remedy else ""
                raise self._error(f"{verdict.reason}{remedy}", request)
            if verdict.until is None and attempt + 1 < TRIES:
                self.clock.sleep(self._pause(answer, verdict, attempt))
        raise self._error(f"{verdict.reason}, {TRIES} times in a row; {_RETRY_LATER}", request, about_account=True)

    def may_ask(self, platform: Name, account: str) -> bool:
        """Whether there is a key for an account."""
        return self._keys.of(platform, account) is not None

    def _pause(self, answer: Answer | None, verdict: Verdict, attempt: int) -> float:
        asked = _asked_for(answer.headers.get("retry-after", ""), self.clock.now()) if answer is not None else None
        if asked is not None and asked <= self._max_wait.total_seconds():
            return after(asked, self._draw)
        # a limit without a time is one of minutes, a fault one of seconds
        return full_jitter(attempt, self._draw) * (10 if verdict.outcome is Outcome.WAIT else 1)

    def _wait_for_limits(self, request: Request) -> None:
        for _ in range(TRIES):
            barred = self.quotas.barred(request, self.clock.now())
            if barred is None:
                return
            until, reason = barred
            seconds = (until - self.clock.now()).total_seconds()
            if seconds > self._max_wait.total_seconds():
                raise self._error(f"{reason}; run the same command again after {_said(until)}", request, until)
            self.clock.sleep(after(seconds, self._draw))
        raise self._error(f"a limit does not end; {_RETRY_LATER}", request)

    def _once(self, platform: Platform, request: Request) -> Answer | None:
        """Send once; None where no whole answer came."""
        now = self.clock.now()
        with self.journal.transaction():
            self.quotas.spend(request, now)
        self._key.request = request
        host = self._hosts.get(platform.name, platform.host)
        try:
            response = self._http.get(host + request.path, params=dict(request.parameters))
        except self._failed as error:
            # its request holds the key: the error itself goes no further
            self._fault = f"the connection failed ({type(error).__name__})"
            return None
        finally:
            self._key.request = None
        headers = {
            name: self._scrubber.text(response.headers[name]) for name in HEADERS_KEPT if name in response.headers
        }
        return Answer(request, response.status_code, headers, self._scrubber.octets(response.content), now)

    def _note(self, request: Request, answer: Answer | None, verdict: Verdict) -> None:
        """Keep an answer that did not settle the question, and what it says of limits."""
        if answer is None:
            return
        with self.journal.transaction():
            self.journal.keep(answer, verdict.outcome, applied=False)
            self.quotas.learn(answer)
            if verdict.until is not None:
                whole_platform = request.platform == "youtube"
                bucket = "" if whole_platform else request.bucket
                self.quotas.bar(request.platform, bucket, verdict.until, verdict.reason)

    def _error(
        self, problem: str, request: Request, until: datetime | None = None, *, about_account: bool = False
    ) -> CollectError:
        return CollectError(
            self._scrubber.text(problem),
            platform=request.platform,
            account=request.account or None,
            until=until,
            about_account=about_account,
        )


def _asked_for(retry_after: str, now: datetime) -> float | None:
    """Seconds that a header ``Retry-After`` asks for, which may be a number or a date; None where it says neither."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return (parsedate_to_datetime(retry_after) - now).total_seconds()
    except (ValueError, TypeError):  # a date without a zone is not comparable
        return None


def _unreachable(fault: str) -> Verdict:
    return Verdict(Outcome.AGAIN, fault)


def _said(until: datetime) -> str:
    return f"{until.astimezone():%Y-%m-%d %H:%M %Z}"
