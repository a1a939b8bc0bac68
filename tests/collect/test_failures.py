"""Whatever happens on the way: the run ends in an error that says what to do, or complete; a rerun ends complete."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.collect.season import PLATFORMS, assert_complete, collected, run, wanted
from tests.collect.server import SECRETS, google_error, graph_error
from textmine.collect import Keys
from textmine.collect.journal import Journal
from textmine.errors import WorkspaceError


def of_platform(name, fault):
    """A fault of one platform on chosen requests."""
    return lambda number, platform, path: fault(number, path) if platform == name else None


def test_all_four_platforms_are_collected(tmp_path, season, keys, clock):
    result = run(tmp_path, season, keys, clock)
    assert result.complete and result.accounts["posts"].to_list() == [124] * 8
    assert_complete(tmp_path, season)
    assert not clock.slept


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_passing_fault_is_waited_out(tmp_path, season, keys, clock, platform):
    failed = []

    def fault(number, path):
        if number % 2 and len(failed) < 8:
            failed.append(number)
            return (500, 502, 503, 504)[len(failed) % 4], {}, b"<html>busy</html>"

    season.before.append(of_platform(platform, fault))
    assert run(tmp_path, season, keys, clock).complete
    assert failed and len(clock.slept) == len(failed) and max(clock.slept) <= 64
    assert_complete(tmp_path, season)


@pytest.mark.parametrize("kind", ["cut", "half"])
def test_a_connection_that_is_cut_in_the_body_is_no_answer(tmp_path, season, keys, clock, kind):
    season.before.append(lambda number, platform, path: (kind, {}, b"") if number % 3 == 0 else None)
    assert run(tmp_path, season, keys, clock).complete
    assert clock.slept
    assert_complete(tmp_path, season)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_fault_that_does_not_pass_ends_the_run_and_a_rerun_goes_on(tmp_path, season, keys, clock, platform):
    mine = []

    def fault(number, path):
        mine.append(path)
        if len(mine) > 2:
            return 503, {}, b""

    season.before.append(of_platform(platform, fault))
    result = run(tmp_path, season, keys, clock)
    assert not result.complete
    assert all("503, 7 times in a row" in str(problem) and problem.platform == platform for problem in result.problems)
    others = [name for name in PLATFORMS if name != platform]
    assert_complete(tmp_path, season, others)
    season.before.clear()
    asked = len(season.requests)
    assert run(tmp_path, season, keys, clock).complete
    assert {name for name, _ in season.requests[asked:]} == {platform}
    assert_complete(tmp_path, season)


@pytest.mark.parametrize("platform", ["x", "facebook", "instagram"])
@pytest.mark.parametrize("kind", ["account", "page"])
def test_an_answer_that_is_not_as_documented_is_no_empty_answer(tmp_path, season, keys, clock, platform, kind):
    """Schema drift: what an answer is about has another name. See test_youtube.py for YouTube."""

    def drifted(name, path, content):
        if name != platform or kind != (
            "page" if "/tweets" in path or "posts" in path or "media." in path else "account"
        ):
            return content
        return {"result": content}

    season.drop = drifted
    result = run(tmp_path, season, keys, clock)
    assert {problem.platform for problem in result.problems} == {platform}
    assert all("has changed its answers" in str(problem) for problem in result.problems)
    assert len(result.problems) == 2, "the other account is tried too"
    season.drop = None
    assert run(tmp_path, season, keys, clock).complete
    assert_complete(tmp_path, season)


def test_no_connection_at_all_is_said(tmp_path, season, keys, clock):
    season.hosts["x"] = "http://127.0.0.1:9"
    result = run(tmp_path, season, keys, clock)
    assert "x" in {problem.platform for problem in result.problems}
    assert "the connection failed (ConnectError)" in str(result.problems[0])
    assert_complete(tmp_path, season, ["youtube", "facebook", "instagram"])


# Limits


def test_x_waits_for_its_window_and_no_longer(tmp_path, season, keys, clock):
    reset = clock.now() + timedelta(minutes=9)
    headers = {
        "x-rate-limit-limit": "900",
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": str(int(reset.timestamp())),
    }

    def fault(number, path):
        if season.now() < reset and "/tweets" in path:
            return 429, headers, {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank"}

    season.before.append(of_platform("x", fault))
    assert run(tmp_path, season, keys, clock).complete
    assert len(clock.slept) == 1 and 540 <= clock.slept[0] <= 546
    assert_complete(tmp_path, season)


def test_x_does_not_ask_when_nothing_remains(tmp_path, season, keys, clock):
    reset = str(int((clock.now() + timedelta(minutes=14)).timestamp()))
    told = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
    original = season._x
    season._x = lambda path, query, key: (lambda a: (a[0], told if "/tweets" in path else {}, a[2]))(
        original(path, query, key)
    )
    assert run(tmp_path, season, keys, clock).complete
    assert len(clock.slept) >= 1 and 840 <= clock.slept[0] <= 846
    assert not [problem for problem in season.requests if problem[0] == "x" and "429" in problem[1]]


def test_a_window_longer_than_the_wait_ends_x_and_says_when_to_come_back(tmp_path, season, keys, clock):
    reset = clock.now() + timedelta(hours=20)
    headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(reset.timestamp()))}
    season.before.append(
        of_platform("x", lambda n, path: (429, headers, {}) if "/tweets" in path and season.now() < reset else None)
    )
    result = run(tmp_path, season, keys, clock)
    (problem,) = result.problems
    assert problem.until == reset.replace(microsecond=0) and "run the same command again after" in str(problem)
    asked = len(season.of("x", ""))
    assert not run(tmp_path, season, keys, clock).complete
    assert len(season.of("x", "")) == asked, "the limit is remembered"
    clock.move(hours=21)
    assert run(tmp_path, season, keys, clock).complete
    assert_complete(tmp_path, season)


@pytest.mark.parametrize("headers", [{}, {"retry-after": "7"}, {"retry-after": "Fri, 10 Apr 2026 03:05:00 GMT"}])
def test_too_many_requests_without_a_window_is_backed_off_from(tmp_path, season, keys, clock, headers):
    mine = []

    def fault(number, path):
        mine.append(path)
        return (429, headers, b"slow down") if len(mine) in (2, 3) else None

    season.before.append(of_platform("x", fault))
    assert run(tmp_path, season, keys, clock).complete
    assert len(clock.slept) == 2
    if headers.get("retry-after") == "7":
        assert all(7 < wait <= 12 for wait in clock.slept)
    elif headers:
        assert 300 < clock.slept[0] <= 305 and clock.slept[1] <= 5, "a time that is over is not waited for"
    assert_complete(tmp_path, season)


def test_a_cap_of_a_plan_is_said(tmp_path, season, keys, clock):
    capped = {
        "title": "UsageCapExceeded", "detail": "Usage cap exceeded: Monthly product cap", "period": "Monthly",
        "type": "https://api.twitter.com/2/problems/usage-capped",
    }  # fmt: skip
    season.before.append(of_platform("x", lambda n, path: (429, {}, capped) if "/tweets" in path else None))
    (problem,) = run(tmp_path, season, keys, clock).problems
    assert "Monthly product cap" in str(problem) and not clock.slept


def test_posts_of_a_month_are_counted_where_the_plan_is_told(tmp_path, season, keys, clock):
    few = keys.model_copy(update={"x": keys.x.model_copy(update={"monthly_posts": 150})})
    result = run(tmp_path, season, few, clock)
    (problem,) = result.problems
    assert problem.platform == "x" and problem.until == datetime(2026, 5, 1, tzinfo=UTC)
    clock.move(days=22)
    assert run(tmp_path, season, few, clock).complete
    assert_complete(tmp_path, season)


@pytest.mark.parametrize(("platform", "code"), [("facebook", 32), ("instagram", 80002)])
def test_an_allowance_of_the_graph_api_that_is_used_up_is_waited_for(tmp_path, season, keys, clock, platform, code):
    over = clock.now() + timedelta(minutes=12)
    said = '{"17": [{"type": "pages", "call_count": 100, "total_time": 9, "estimated_time_to_regain_access": 12}]}'
    refused = graph_error(code, "(#x) limit reached", headers={"X-Business-Use-Case-Usage": said})
    season.before.append(
        of_platform(
            platform, lambda n, path: refused if len(season.of(platform, "")) > 1 and season.now() < over else None
        )
    )
    assert run(tmp_path, season, keys, clock).complete
    assert len(clock.slept) == 1 and 720 <= clock.slept[0] <= 726
    assert_complete(tmp_path, season)


def test_an_allowance_that_is_nearly_used_up_is_not_used_up(tmp_path, season, keys, clock):
    original, used = season._facebook, []

    def nearly(path, query, key):
        status, _, content = original(path, query, key)
        used.append(path)
        share = 96 if len(used) == 2 else 20
        return status, {"X-App-Usage": f'{{"call_count":{share},"total_cputime":1,"total_time":1}}'}, content

    season._facebook = nearly
    assert run(tmp_path, season, keys, clock).complete
    assert len(clock.slept) == 1 and 300 <= clock.slept[0] <= 306
    assert_complete(tmp_path, season)


def test_a_passing_fault_of_the_graph_api_has_status_400(tmp_path, season, keys, clock):
    mine = []

    def fault(number, path):
        mine.append(path)
        return graph_error(2, "Service temporarily unavailable", transient=True) if len(mine) in (2, 4) else None

    season.before.append(of_platform("facebook", fault))
    assert run(tmp_path, season, keys, clock).complete
    assert_complete(tmp_path, season)


# Tokens and permissions


@pytest.mark.parametrize(
    ("platform", "fault", "word"),
    [
        ("x", (401, {}, {"title": "Unauthorized", "detail": "Unauthorized", "type": "about:blank"}), "bearer token"),
        ("facebook", graph_error(190, "Session has expired", subcode=463), "expired"),
        ("instagram", graph_error(190, "changed", subcode=460), "password was changed"),
        (
            "youtube",
            google_error(403, "accessNotConfigured", "API has not been used in project 1"),
            "API has not been used",
        ),
    ],
)
def test_a_token_that_expires_in_the_middle_is_said_and_a_new_one_goes_on(
    tmp_path, season, keys, clock, platform, fault, word
):
    season.before.append(of_platform(platform, lambda n, path: fault if len(season.of(platform, "")) > 2 else None))
    result = run(tmp_path, season, keys, clock)
    (problem,) = result.problems
    assert problem.platform == platform and word in str(problem) and not clock.slept
    season.before.clear()
    assert run(tmp_path, season, keys, clock).complete
    assert_complete(tmp_path, season)


def test_a_page_that_the_token_may_not_see_is_denied_and_the_others_go_on(tmp_path, season, keys, clock):
    season.state["facebook", "bnpb"] = "denied"
    result = run(tmp_path, season, keys, clock)
    assert not result.complete and not result.problems
    rows = {(row["platform"], row["account"]): row for row in result.accounts.rows(named=True)}
    assert rows["facebook", "bnpb"]["state"] == "denied" and "permission" in rows["facebook", "bnpb"]["detail"]
    assert rows["facebook", "kemenkes"]["state"] == "complete"
    season.state.clear()
    assert run(tmp_path, season, keys, clock).complete
    assert_complete(tmp_path, season)


@pytest.mark.parametrize(("platform", "state"), [("x", "suspended"), ("x", "private"), ("instagram", "private")])
def test_accounts_that_are_not_shown_are_recorded(tmp_path, season, keys, clock, platform, state):
    season.state[platform, "bnpb"] = state
    result = run(tmp_path, season, keys, clock)
    (row,) = [row for row in result.accounts.rows(named=True) if row["state"] != "complete"]
    assert (row["platform"], row["account"], row["state"]) == (platform, "bnpb", "gone")
    if platform == "x":
        assert row["detail"] == state
    season.state.clear()
    assert run(tmp_path, season, keys, clock).complete
    assert_complete(tmp_path, season)


def test_a_cursor_that_is_not_valid_any_more_starts_the_listing_again(tmp_path, season, keys, clock):
    """The post that the cursor points to is deleted between two pages: X and the Graph API refuse the cursor."""
    gone = []

    def deletes(number, platform, path):
        for name, mark in (("x", "pagination_token="), ("facebook", "&after="), ("instagram", "after%28")):
            if platform == name and mark in path and name not in {g[0] for g in gone}:
                post = next(
                    p
                    for p in season.accounts[name]["bnpb"]
                    if f"{mark}{p.id}" in path or p.id in path.partition(mark)[2]
                )
                post.shown = "deleted"
                gone.append((name, post.id))

    season.before.append(deletes)
    assert run(tmp_path, season, keys, clock).complete
    assert len(gone) == 3
    for platform in PLATFORMS:
        assert collected(tmp_path, platform) == wanted(season, platform)  # read before it was deleted


def test_a_page_that_is_too_much_for_the_platform_is_asked_for_in_halves(tmp_path, season, keys, clock):
    said = "Please reduce the amount of data you're asking for, then retry your request"

    def too_much(number, path):
        size = int(re.search(r"limit(?:=|%28)(\d+)", path)[1]) if "limit" in path and "summary" in path else 0
        return graph_error(1, said, status=500) if size > 30 else None

    season.before.append(of_platform("facebook", too_much))
    assert run(tmp_path, season, keys, clock).complete and not clock.slept
    assert_complete(tmp_path, season)


def test_a_post_that_is_always_too_much_ends_the_account_and_no_other(tmp_path, season, keys, clock):
    said = graph_error(1, "Please reduce the amount of data you're asking for", status=500)
    season.before.append(of_platform("facebook", lambda n, path: said if "/7000/published_posts" in path else None))
    result = run(tmp_path, season, keys, clock)
    (row,) = [row for row in result.accounts.rows(named=True) if row["state"] != "complete"]
    assert (row["account"], row["state"]) == ("bnpb", "incomplete") and "too much for the platform" in row["detail"]
    season.before.clear()
    result = run(tmp_path, season, keys, clock)
    assert result.complete and result.accounts["detail"].to_list() == [""] * 8
    assert_complete(tmp_path, season)


def test_a_page_without_a_token_of_its_own_is_denied_where_there_is_no_other(tmp_path, season, clock):
    own = Keys.model_validate({"facebook": {"pages": {"Kemenkes": SECRETS["page"]}}})
    result = run(tmp_path, season, own, clock, platforms=["facebook"])
    assert dict(result.accounts.select("account", "state").iter_rows()) == {"bnpb": "denied", "kemenkes": "complete"}
    assert season.keys_seen == {SECRETS["page"]}


def test_a_full_disk_is_said_and_a_rerun_goes_on(tmp_path, season, keys, clock, monkeypatch):
    original = Journal._connect

    def small(self):
        original(self)
        self.db.execute("PRAGMA max_page_count=40")

    with monkeypatch.context() as full:
        full.setattr(Journal, "_connect", small)
        with pytest.raises(WorkspaceError, match="full; mend that and run the same command again"):
            run(tmp_path, season, keys, clock)
    assert run(tmp_path, season, keys, clock).complete
    assert_complete(tmp_path, season)
