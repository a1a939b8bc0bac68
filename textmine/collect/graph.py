"""What Facebook and Instagram share: the Graph API's errors and limits.

References
----------
developers.facebook.com/docs/graph-api: /guides/error-handling, /overview/rate-limiting, /results.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from textmine.collect.platform import text_of, whole
from textmine.collect.quotas import usage
from textmine.collect.request import Answer
from textmine.collect.verdicts import BROKEN, DONE, Outcome, Verdict, fault
from textmine.ingest.shapes.shape import at

HOST: Final = "https://graph.facebook.com"
VERSION: Final = "v25.0"

_LIMITED: Final = frozenset({4, 17, 32, 613, 80001, 80002})
"""Calls of the app, of the user, of the page, of a custom limit, of pages and of Instagram by business use case."""
_PASSING: Final = frozenset({1, 2})
_TOKEN: Final = frozenset({102, 190})
_TOO_MUCH: Final = "reduce the amount of data"
_NO_OBJECT: Final = frozenset({110, 803})
_SUBCODE_NO_OBJECT: Final = 33
_SUBCODES: Final = {
    458: "the app is not installed by its user any more",
    459: "the user must log in to Facebook first",
    460: "the password was changed",
    463: "it has expired",
    464: "the user is not confirmed",
    467: "it is not valid any more",
    492: "the user has no role on the page",
}


def judge(answer: Answer) -> Verdict:
    """Errors by their code: the status is 400 for nearly all of them."""
    content = answer.content()
    error = at(content, "error")
    if not isinstance(error, dict):
        if answer.status == 200:
            return DONE if isinstance(content, dict) else BROKEN
        return fault(answer.status)
    code, subcode = whole(error.get("code")) or 0, whole(error.get("error_subcode")) or 0
    said = text_of(error.get("message"))
    if code in _LIMITED:
        return _limited(answer, code)
    if code in _TOKEN:
        why = _SUBCODES.get(subcode, said or "it is not valid")
        remedy = "get a new token and put it where the old one is (textmine doctor says where)"
        return Verdict(Outcome.STOP, f"the access token is refused: {why}", remedy=remedy)
    if answer.request.kind == "page" and _TOO_MUCH in said.lower():
        return Verdict(Outcome.SMALLER, "the page is too much for the platform")
    if code in _PASSING or error.get("is_transient") is True or answer.status >= 500:
        return Verdict(Outcome.AGAIN, f"a passing fault of the platform (code {code})")
    return _about_object(answer, code, subcode, said)


def _about_object(answer: Answer, code: int, subcode: int, said: str) -> Verdict:
    several = answer.request.kind == "figures" and len(answer.request.ids) > 1
    absent = code in _NO_OBJECT or (code == 100 and subcode == _SUBCODE_NO_OBJECT)
    if several and (absent or code == 10 or 200 <= code < 300 or code == 100):
        return Verdict(Outcome.SPLIT, said)
    if absent:
        return Verdict(Outcome.GONE, "deleted, private, or not visible to this token")
    if code == 100 and answer.request.cursor:
        return Verdict(Outcome.LOST, "the cursor is not valid any more")
    if code == 10 or 200 <= code < 300 or (code == 100 and "missing permission" in said.lower()):
        return Verdict(Outcome.DENIED, f"the token has no permission for it, or the app not the feature (code {code})")
    remedy = "see docs/collect.md for what the app and the token need"
    return Verdict(Outcome.STOP, f"refused (code {code}): {said or 'no reason given'}", remedy=remedy)


def _limited(answer: Answer, code: int) -> Verdict:
    _, regain = usage(answer.headers)
    until = answer.asked_at + (regain or timedelta(minutes=10))
    return Verdict(Outcome.WAIT, f"the hour's allowance is used up (code {code})", until)


def after(edge: object, *, insist_on_next: bool) -> str | None:
    """Cursor of the next page, or None on the last one."""
    if insist_on_next and at(edge, "paging", "next") is None:
        return None
    return text_of(at(edge, "paging", "cursors", "after")) or None


def entries(edge: object) -> list[Any] | None:
    """Objects of a page, or None where it has no list of them."""
    data = at(edge, "data")
    return data if isinstance(data, list) else None
