from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from tests.collect.season import ids, lines, register, run
from tests.collect.server import Post, google_error, iso, posts_every
from textmine.collect import Keys, read_keys
from textmine.collect.accounts import channel_ids
from textmine.collect.forecast import forecast
from textmine.ingest import read_posts_with_rejects

MARCH_31 = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)


@pytest.fixture
def channel(server):
    """250 videos, eight hours apart, the last on 31 March: 92 of them in March."""
    server.accounts["youtube"]["kemenkes"] = posts_every(8, 250, last=MARCH_31)
    return server.accounts["youtube"]["kemenkes"]


def in_march(posts):
    begin, end = "2026-02-28T17:00:00Z", "2026-03-31T17:00:00Z"  # days of Asia/Jakarta
    return {post.id for post in posts if begin <= iso(post.published) < end and post.shown == "yes"}


def test_a_period_is_collected_whole_and_ingest_reads_it_without_options(tmp_path, server, keys, clock, channel):
    result = run(tmp_path, server, keys, clock)
    assert result.complete
    assert set(ids(tmp_path, "youtube")) == in_march(channel)
    assert len(ids(tmp_path, "youtube")) == len(in_march(channel)) > 90
    posts, rejects = read_posts_with_rejects(tmp_path / "out" / "export", agencies=tmp_path / "agencies.csv")
    assert rejects.height == 0 and posts.height == len(in_march(channel))
    first = posts.row(0, named=True)
    assert (first["platform"], first["account"], first["agency"]) == ("youtube", "kemenkes", "kemenkes")
    assert (first["likes"], first["comments"], first["views"], first["followers"]) == (10, 3, 1000, 12300)
    assert first["collected_at"] == clock.now()
    assert first["followers_kind"] == "at_collection"
    assert first["hashtags"] == ["Sehat"]


def test_the_cheap_list_of_uploads_is_read_and_not_the_search(tmp_path, server, keys, clock, channel):
    run(tmp_path, server, keys, clock)
    assert not server.of("youtube", "search")
    # pages: 92 videos of March and one page more, then the first page again; videos by fifty; the channel
    assert len(server.of("youtube", "playlistItems")) == 4
    assert len(server.of("youtube", "/videos")) == 2
    assert len(server.of("youtube", "/channels")) == 1


def test_a_second_run_asks_nothing_that_is_known(tmp_path, server, keys, clock, channel):
    run(tmp_path, server, keys, clock)
    before, export = len(server.requests), (tmp_path / "out/export/youtube-2026-04-10.ndjson.zst").read_bytes()
    result = run(tmp_path, server, keys, clock)
    assert len(server.requests) == before and result.requests == 0
    assert (tmp_path / "out/export/youtube-2026-04-10.ndjson.zst").read_bytes() == export


def test_a_wider_period_lists_only_what_is_new(tmp_path, server, keys, clock, channel):
    run(tmp_path, server, keys, clock)
    asked = len(server.of("youtube", "/videos"))
    run(tmp_path, server, keys, clock, begin=date(2026, 2, 1))
    got = ids(tmp_path, "youtube")
    assert len(got) == len(set(got)) == sum(iso(v.published) >= "2026-01-31T17:00:00Z" for v in channel)
    assert len(server.of("youtube", "/videos")) == asked + 2


def test_private_and_deleted_videos_are_recorded(tmp_path, server, keys, clock, channel):
    channel[3].shown, channel[70].shown = "private", "deleted"
    result = run(tmp_path, server, keys, clock)
    assert result.complete
    missing = pl.read_csv(tmp_path / "out" / "missing.csv")
    assert dict(missing.select("post_id", "reason").iter_rows()) == {
        channel[3].id: "private",
        channel[70].id: "deleted",
    }
    assert set(ids(tmp_path, "youtube")) == in_march(channel)
    assert result.accounts["gone"].to_list() == [2]


def test_a_video_that_goes_between_the_list_and_the_figures_is_recorded(tmp_path, server, keys, clock, channel):
    def goes(number, platform, path):
        if "/videos" in path:
            channel[5].shown = "private"

    server.before.append(goes)
    run(tmp_path, server, keys, clock)
    missing = pl.read_csv(tmp_path / "out" / "missing.csv")
    assert missing.select("post_id", "state", "reason").rows() == [(channel[5].id, "gone", "deleted or private")]


def test_a_channel_that_is_not_there_is_recorded_and_the_others_go_on(tmp_path, server, keys, clock, channel):
    result = run(tmp_path, server, keys, clock, accounts={"youtube": ["aaa_tidak_ada", "kemenkes"]})
    assert dict(result.accounts.select("account", "state").iter_rows()) == {
        "aaa_tidak_ada": "gone", "kemenkes": "complete",
    }  # fmt: skip
    assert pl.read_csv(tmp_path / "out/missing.csv")["account"].to_list() == ["aaa_tidak_ada"]


def test_a_suspended_channel_is_recorded(tmp_path, server, keys, clock, channel):
    server.state["youtube", "kemenkes"] = "suspended"
    result = run(tmp_path, server, keys, clock)
    assert result.accounts.select("state", "detail").rows() == [("gone", "no list of uploads")]


def test_videos_that_come_in_while_the_list_is_read_make_no_gap_and_no_double(tmp_path, server, keys, clock, channel):
    def comes(number, platform, path):
        if "pageToken=T50" in path and len(channel) == 250:  # all behind it moves down by one
            channel.insert(0, Post("new", clock.now() - timedelta(minutes=5)))

    server.before.append(comes)
    run(tmp_path, server, keys, clock)
    got = ids(tmp_path, "youtube")
    assert len(got) == len(set(got)) and set(got) == in_march(channel)


def test_a_video_that_is_deleted_while_the_list_is_read_hides_no_other(tmp_path, server, keys, clock, channel):
    hidden = channel[50].id

    def goes(number, platform, path):
        if "pageToken=T50" in path and len(channel) == 250:  # what stood at place 50 stands at 49 now
            del channel[2]

    server.before.append(goes)
    result = run(tmp_path, server, keys, clock)
    assert result.complete
    assert hidden in ids(tmp_path, "youtube")
    assert in_march(channel) == set(ids(tmp_path, "youtube"))


def test_a_list_that_never_stands_still_is_said_to_be_unsettled(tmp_path, server, keys, clock, channel):
    def goes(number, platform, path):
        if "pageToken" in path:
            del channel[200]

    server.before.append(goes)
    result = run(tmp_path, server, keys, clock)
    assert not result.complete
    (row,) = result.accounts.rows(named=True)
    assert row["state"] == "incomplete" and "changed while it was read" in row["detail"]
    server.before.clear()
    assert run(tmp_path, server, keys, clock).complete
    assert in_march(channel) <= set(ids(tmp_path, "youtube"))


def test_a_page_token_that_is_refused_starts_the_list_again(tmp_path, server, keys, clock, channel):
    def refuses(number, platform, path):
        if "pageToken=T100" in path and len(server.of("youtube", "T100")) == 1:
            return google_error(400, "invalidPageToken", "The request specifies an invalid page token.")

    server.before.append(refuses)
    assert run(tmp_path, server, keys, clock).complete
    got = ids(tmp_path, "youtube")
    assert len(got) == len(set(got)) and set(got) == in_march(channel)


def test_the_quota_of_a_day_is_counted_and_the_next_day_goes_on(tmp_path, server, clock, channel, keys):
    few = keys.model_copy(update={"youtube": keys.youtube.model_copy(update={"daily_quota": 3})})
    result = run(tmp_path, server, few, clock)
    assert len(server.requests) == 3 == result.requests
    (problem,) = result.problems
    # 10 April 2026, 03:00 UTC is 9 April in California: midnight there is 07:00 UTC
    assert problem.until == datetime(2026, 4, 10, 7, 0, tzinfo=UTC)
    assert "quota of 3 units is used up" in str(problem) and result.accounts["state"].to_list() == ["incomplete"]
    assert run(tmp_path, server, few, clock).requests == 0
    clock.move(hours=4, minutes=1)
    for _ in range(3):
        result = run(tmp_path, server, few, clock)
        clock.move(days=1)
    assert result.complete and set(ids(tmp_path, "youtube")) == in_march(channel)


def test_a_quota_that_the_platform_says_is_used_up_ends_the_platform_until_midnight(
    tmp_path, server, keys, clock, channel
):
    over = google_error(403, "quotaExceeded", "The request cannot be completed because you have exceeded your quota.")
    server.before.append(lambda number, platform, path: over if number > 3 else None)
    result = run(tmp_path, server, keys, clock)
    assert [str(problem.until) for problem in result.problems] == ["2026-04-10 00:00:00-07:00"] or (
        result.problems[0].until == datetime(2026, 4, 10, 7, tzinfo=UTC)
    )
    asked = len(server.requests)
    run(tmp_path, server, keys, clock)
    assert len(server.requests) == asked, "nothing is asked before midnight in California"
    server.before.clear()
    clock.move(hours=5)
    assert run(tmp_path, server, keys, clock).complete
    assert set(ids(tmp_path, "youtube")) == in_march(channel)


def test_a_key_that_is_refused_is_said_with_what_to_do(tmp_path, server, clock, channel):
    wrong = Keys.model_validate({"youtube": {"api_key": "AIzaWrongKey"}})
    result = run(tmp_path, server, wrong, clock)
    (problem,) = result.problems
    assert "API key not valid" in str(problem) and "textmine doctor" in str(problem)
    assert "AIzaWrongKey" not in str(problem)
    assert len(server.requests) == 1, "a key that is refused is not tried again"


def test_fields_that_are_new_or_of_another_type_change_nothing(tmp_path, server, keys, clock, channel):
    channel[0].extra = {"statistics": {"viewCount": 77, "likeCount": 7, "reactionCount": {"fire": 3}}, "new": [1, {}]}
    assert run(tmp_path, server, keys, clock).complete
    posts, rejects = read_posts_with_rejects(tmp_path / "out" / "export")
    first = posts.filter(pl.col("post_id") == channel[0].id).row(0, named=True)
    assert (first["likes"], first["views"], first["comments"], first["hidden"]) == (7, 77, None, ["comments"])
    assert rejects.height == 0


@pytest.mark.parametrize(
    ("method", "field"), [("playlistItems", "items"), ("/videos", "items"), ("/channels", "items.contentDetails")]
)
def test_an_answer_without_what_it_must_have_is_no_empty_answer(tmp_path, server, keys, clock, channel, method, field):
    def drops(platform, path, content):
        if method in path:
            content = dict(content)
            if field == "items":
                content["elements"] = content.pop("items")
            else:
                content["items"] = [
                    {k: v for k, v in item.items() if k != "contentDetails"} for item in content["items"]
                ]
        return content

    server.drop = drops
    result = run(tmp_path, server, keys, clock)
    assert not result.complete and "has changed its answers" in str(result.problems[0])
    server.drop = None
    assert run(tmp_path, server, keys, clock).complete
    assert set(ids(tmp_path, "youtube")) == in_march(channel)


def test_the_same_video_twice_on_pages_is_one(tmp_path, server, keys, clock, channel):
    channel.insert(60, channel[10])
    assert run(tmp_path, server, keys, clock).complete
    got = ids(tmp_path, "youtube")
    assert len(got) == len(set(got)) and set(got) == in_march(channel)


def test_a_period_that_is_not_over_is_collected_as_far_as_it_is_and_later_the_rest(tmp_path, server, keys, clock):
    videos = server.accounts["youtube"]["kemenkes"] = posts_every(5, 60, last=clock.now() - timedelta(hours=4))
    result = run(tmp_path, server, keys, clock, end=date(2026, 4, 30))
    assert result.complete
    clock.move(days=3)
    videos[:0] = posts_every(6, 9, last=clock.now() - timedelta(hours=1), prefix="q")
    run(tmp_path, server, keys, clock, end=date(2026, 4, 30))
    got = ids(tmp_path, "youtube")
    assert len(got) == len(set(got)) == 69


def test_channel_ids_keep_their_case(tmp_path, server, keys, clock):
    identity = "UCaBcDeFgHiJkLmNoPqRsTuV"
    server.accounts["youtube"][identity] = posts_every(8, 5, last=MARCH_31)
    (tmp_path / "agencies.csv").write_text(
        f"agency,name,platform,account\na,A,youtube,https://www.youtube.com/channel/{identity}\n"
    )
    assert channel_ids(tmp_path / "agencies.csv") == {identity.lower(): identity}
    from textmine.collect import collect

    result = collect(
        tmp_path / "agencies.csv", tmp_path / "out", begin=date(2026, 3, 1), end=date(2026, 3, 31), keys=keys,
        clock=clock, hosts=server.hosts,
    )  # fmt: skip
    assert result.complete and len(ids(tmp_path, "youtube")) == 5
    assert {line["collected_for"] for line in lines(tmp_path, "youtube")} == {identity.lower()}


def test_the_forecast_is_near_what_a_run_costs(tmp_path, server, keys, clock, channel):
    path = register(tmp_path, youtube=["kemenkes"])
    span = {"begin": date(2026, 3, 1), "end": date(2026, 3, 31), "keys": keys, "clock": clock}
    (before,) = forecast(path, tmp_path / "out", **span).rows(named=True)
    assert not server.requests and not (tmp_path / "out").exists()
    result = run(tmp_path, server, keys, clock)
    assert before["requests"] == pytest.approx(result.requests, abs=2) and "assumed" in before["detail"]
    assert (before["left"], before["of"], before["unit"], before["days"]) == (10_000, 10_000, "units", 1)
    (after,) = forecast(path, tmp_path / "out", **span).rows(named=True)
    assert after["requests"] == 0 and after["open"] == 0 and after["left"] == 10_000 - result.requests
    (wider,) = forecast(path, tmp_path / "out", **(span | {"begin": date(2026, 2, 1)})).rows(named=True)
    assert "measured: 3.0 posts a day" in wider["detail"]
    assert wider["requests"] == pytest.approx(
        run(tmp_path, server, keys, clock, begin=date(2026, 2, 1)).requests, abs=2
    )


def test_a_platform_without_a_key_is_left_out_and_said(tmp_path, server, clock, channel):
    server.accounts["x"]["kemenkes"] = posts_every(8, 3, last=MARCH_31)
    only = read_keys(environment={"TEXTMINE_X_BEARER_TOKEN": "AAAAAAAAAAAAAAAAAAAAABearer%2Fof%3Dtests"})
    result = run(tmp_path, server, only, clock)
    assert result.skipped == {"youtube": "TEXTMINE_YOUTUBE_API_KEY"}
    assert result.accounts["platform"].to_list() == ["x"]
