"""What answers mean, code by code, as the platforms document them."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.collect.server import google_error, graph_error
from textmine.collect.facebook import Facebook
from textmine.collect.request import Answer, Request
from textmine.collect.verdicts import Outcome
from textmine.collect.x import X
from textmine.collect.youtube import YouTube, next_midnight

NOW = datetime(2026, 4, 10, 3, 0, tzinfo=UTC)


def answered(status, headers, content, *, platform="facebook", kind="page", cursor=None, ids=()):
    import json

    request = Request(platform, kind, "/x", (), "b", account="a", cursor=cursor, ids=tuple(ids))
    return Answer(request, status, {k.lower(): v for k, v in headers.items()}, json.dumps(content).encode(), NOW)


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80001, 80002])
def test_limits_of_the_graph_api_wait(code):
    verdict = Facebook().judge(answered(*graph_error(code, "limit")))
    assert verdict.outcome is Outcome.WAIT and verdict.until == NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("code", "subcode", "options", "outcome"),
    [
        (1, None, {}, Outcome.AGAIN),
        (2, None, {}, Outcome.AGAIN),
        (190, 463, {}, Outcome.STOP),
        (102, None, {}, Outcome.STOP),
        (10, None, {}, Outcome.DENIED),
        (200, None, {}, Outcome.DENIED),
        (299, None, {}, Outcome.DENIED),
        (3, None, {}, Outcome.STOP),
        (100, 33, {}, Outcome.GONE),
        (803, None, {}, Outcome.GONE),
        (110, 2207013, {}, Outcome.GONE),
        (100, None, {"cursor": "c"}, Outcome.LOST),
        (100, None, {}, Outcome.STOP),
        (803, None, {"kind": "figures", "ids": ("1", "2")}, Outcome.SPLIT),
        (803, None, {"kind": "figures", "ids": ("1",)}, Outcome.GONE),
    ],
)
def test_errors_of_the_graph_api(code, subcode, options, outcome):
    assert Facebook().judge(answered(*graph_error(code, "said", subcode=subcode), **options)).outcome is outcome


def test_a_feature_that_the_app_lacks_is_no_fault_of_the_platform():
    said = (
        "(#100) Object does not exist, cannot be loaded due to missing permission or reviewable feature, or does not"
        " support this operation. This endpoint requires the 'Page Public Content Access' feature"
    )
    assert Facebook().judge(answered(*graph_error(100, said), kind="account")).outcome is Outcome.DENIED


@pytest.mark.parametrize(
    ("status", "reason", "outcome"),
    [
        (403, "quotaExceeded", Outcome.WAIT),
        (403, "dailyLimitExceeded", Outcome.WAIT),
        (403, "rateLimitExceeded", Outcome.AGAIN),
        (403, "userRateLimitExceeded", Outcome.AGAIN),
        (429, "RATE_LIMIT_EXCEEDED", Outcome.AGAIN),
        (400, "invalidPageToken", Outcome.LOST),
        (404, "playlistNotFound", Outcome.GONE),
        (403, "playlistItemsNotAccessible", Outcome.GONE),
        (400, "keyInvalid", Outcome.STOP),
        (403, "forbidden", Outcome.STOP),
        (500, "backendError", Outcome.AGAIN),
    ],
)
def test_errors_of_youtube(status, reason, outcome):
    assert YouTube().judge(answered(*google_error(status, reason, "said"), platform="youtube")).outcome is outcome


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-03-07T20:00:00+00:00", "2026-03-08T08:00:00+00:00"),  # the clocks go forward on 8 March, after midnight
        ("2026-03-08T20:00:00+00:00", "2026-03-09T07:00:00+00:00"),
        ("2026-11-01T20:00:00+00:00", "2026-11-02T08:00:00+00:00"),
    ],
)
def test_midnight_in_california_moves_with_its_summer_time(now, then):
    assert next_midnight(datetime.fromisoformat(now)).astimezone(UTC).isoformat() == then


@pytest.mark.parametrize(
    ("status", "content", "outcome"),
    [
        (401, {"title": "Unauthorized"}, Outcome.STOP),
        (402, {"title": "CreditsDepleted"}, Outcome.STOP),
        (403, {"title": "Client Forbidden", "reason": "client-not-enrolled"}, Outcome.STOP),
        (404, {"title": "Not Found"}, Outcome.GONE),
        (429, {"title": "Too Many Requests"}, Outcome.WAIT),
        (503, {"title": "Service Unavailable"}, Outcome.AGAIN),
    ],
)
def test_errors_of_x(status, content, outcome):
    assert X().judge(answered(status, {}, content, platform="x")).outcome is outcome


def test_a_window_of_x_that_is_over_by_our_clock_is_not_waited_for_by_its_time():
    headers = {"x-rate-limit-reset": str(int(NOW.timestamp()) - 30)}
    verdict = X().judge(answered(429, headers, {}, platform="x"))
    assert verdict.outcome is Outcome.WAIT and verdict.until is None
