"""What is collected is read by ingest without options, and figures are those that the platform gave."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from tests.collect.season import ids, run
from tests.collect.server import google_error, graph_error, posts_every
from textmine.collect import parse, refresh
from textmine.collect.journal import Journal
from textmine.collect.youtube import YouTube
from textmine.errors import CollectError, WorkspaceError
from textmine.ingest import ingest, read_posts_with_rejects
from textmine.store import Workspace

LAST = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
PLATFORMS = ("youtube", "x", "facebook", "instagram")


@pytest.fixture
def season(server):
    for number, platform in enumerate(PLATFORMS):
        server.accounts[platform]["kemenkes"] = posts_every(12, 60, last=LAST, prefix=f"{number + 1}0")
    return server


def test_figures_times_and_accounts_are_those_of_the_platforms(tmp_path, season, keys, clock):
    run(tmp_path, season, keys, clock)
    posts, rejects = read_posts_with_rejects(tmp_path / "out/export", agencies=tmp_path / "agencies.csv")
    assert rejects.height == 0
    newest = {row["platform"]: row for row in posts.filter(pl.col("published_at") == LAST).rows(named=True)}
    figures = ("likes", "comments", "shares", "saves", "views", "followers", "media_type")
    assert {name: tuple(row[f] for f in figures) for name, row in newest.items()} == {
        "youtube": (10, 3, None, None, 1000, 12300, "video"),
        "x": (10, 1, 2, 4, 1000, 5000, "image"),
        "facebook": (10, 2, 6, None, None, 900, "image"),
        "instagram": (10, 5, None, None, None, 4000, "image"),
    }
    assert set(posts["agency"]) == set(posts["account"]) == {"kemenkes"}
    assert set(posts["collected_at"]) == {clock.now()}


def test_a_workspace_takes_the_folder_of_exports(tmp_path, season, keys, clock):
    run(tmp_path, season, keys, clock)
    workspace = Workspace.create(tmp_path / "season")
    with workspace.lock():
        result = ingest([tmp_path / "out" / "export"], workspace, agencies=tmp_path / "agencies.csv")
    assert (result.read, result.duplicates, result.rejected) == (result.posts, 0, 0)
    assert result.posts == sum(len(ids(tmp_path, name)) for name in PLATFORMS)
    assert [file.format for file in result.files] == [
        "NDJSON, Graph API Facebook", "NDJSON, Graph API Instagram", "NDJSON, X API v2", "NDJSON, YouTube Data API",
    ]  # fmt: skip


def test_ids_longer_than_a_float_stay_exact(tmp_path, server, keys, clock):
    server.accounts["x"]["kemenkes"] = posts_every(12, 3, last=LAST, prefix="19012345678901")
    run(tmp_path, server, keys, clock)
    posts, _ = read_posts_with_rejects(tmp_path / "out/export")
    assert sorted(posts["post_id"]) == sorted(post.id for post in server.accounts["x"]["kemenkes"])


def test_retweets_are_reposts_and_long_posts_whole(tmp_path, server, keys, clock):
    posts = server.accounts["x"]["kemenkes"] = posts_every(12, 2, last=LAST, prefix="1")
    posts[0].extra = {"referenced_tweets": [{"type": "retweeted", "id": "9"}]}
    posts[1].extra = {"note_tweet": {"text": "Panjang sekali sampai akhir"}}
    run(tmp_path, server, keys, clock)
    read, _ = read_posts_with_rejects(tmp_path / "out/export")
    assert dict(read.select("post_kind", "caption").iter_rows()) == {
        "repost": "Vaksin gratis untuk warga", "original": "Panjang sekali sampai akhir",
    }  # fmt: skip


def test_the_newest_3200_posts_of_x_are_all_there_is_and_that_is_said(tmp_path, server, keys, clock):
    server.accounts["x"]["kemenkes"] = posts_every(0.2, 3600, last=LAST, prefix="1")
    result = run(tmp_path, server, keys, clock)
    assert len(ids(tmp_path, "x")) == 3200
    assert "the newest 3,200 posts only" in result.accounts["detail"][0]


def test_views_of_reels_are_read_where_they_are_given_and_left_out_where_not(tmp_path, server, keys, clock):
    posts = server.accounts["instagram"]["kemenkes"] = posts_every(12, 55, last=LAST, prefix="1")
    posts[0].extra = {"media_type": "VIDEO", "media_product_type": "REELS", "view_count": 77}
    run(tmp_path / "given", server, keys, clock)
    read, _ = read_posts_with_rejects(tmp_path / "given/out/export")
    assert read.filter(pl.col("views") == 77).select("media_type").rows() == [("reel",)]
    refusal = graph_error(100, "(#100) Tried accessing nonexisting field (view_count) on node type (ShadowIGMedia)")
    server.before.append(lambda n, platform, path: refusal if "view_count" in path else None)
    assert run(tmp_path / "not", server, keys, clock).complete
    assert len(ids(tmp_path / "not", "instagram")) == 55


def test_pages_of_x_ask_for_the_period_only(tmp_path, season, keys, clock):
    run(tmp_path, season, keys, clock)
    (page,) = season.of("x", "/tweets")
    assert "start_time=2026-02-28T17%3A00%3A00Z" in page and "end_time=2026-03-31T17%3A00%3A00Z" in page


@pytest.mark.parametrize("platform", ["x", "facebook", "instagram"])
def test_a_post_that_is_listed_twice_is_one(tmp_path, server, keys, clock, platform):
    """On one page, and on two."""
    posts = server.accounts[platform]["kemenkes"] = posts_every(3, 230, last=LAST, prefix="1")
    wanted = {post.id for post in posts}
    posts.insert(20, posts[10])
    posts.insert(130, posts[40])
    run(tmp_path, server, keys, clock)
    got = [identity.rpartition("_")[2] for identity in ids(tmp_path, platform)]
    assert len(got) == len(set(got)) and set(got) == wanted


def test_a_period_that_is_not_over_is_asked_for_up_to_now(tmp_path, server, keys, clock):
    """X refuses an end in the future or within the last ten seconds; the server insists on it."""
    server.accounts["x"]["kemenkes"] = posts_every(12, 60, last=clock.now() - timedelta(hours=5), prefix="1")
    assert run(tmp_path, server, keys, clock, end=date(2026, 4, 30)).complete
    assert "end_time=2026-04-10T02%3A59%3A00Z" in server.of("x", "/tweets")[0]


def test_an_export_is_written_again_only_for_days_with_new_readings(tmp_path, season, keys, clock):
    run(tmp_path, season, keys, clock)
    before = {path.name: path.stat().st_ino for path in (tmp_path / "out" / "export").iterdir()}
    clock.move(days=40)
    refresh(tmp_path / "out", keys=keys, clock=clock, hosts=season.hosts, ages=[timedelta(days=45)])
    after = {path.name: path.stat().st_ino for path in (tmp_path / "out" / "export").iterdir()}
    assert after.items() > before.items() and len(after) == 8
    assert pl.read_parquet(tmp_path / "out" / "curve.parquet").height == 480


# Re-parsing


def written(folder):
    return [*(folder / "out" / "export").iterdir(), folder / "out" / "curve.parquet", folder / "out" / "missing.csv"]


def test_parsing_anew_gives_the_same_export(tmp_path, season, keys, clock):
    season.accounts["youtube"]["kemenkes"][3].shown = "private"
    run(tmp_path, season, keys, clock)
    before = {path.name: path.read_bytes() for path in written(tmp_path)}
    asked = len(season.requests)
    parse(tmp_path / "out")
    after = {path.name: path.read_bytes() for path in written(tmp_path)}
    assert before == after and len(season.requests) == asked


def test_a_mended_parser_mends_what_was_read(tmp_path, season, keys, clock, monkeypatch):
    """A parser that loses every third video; without asking anybody, the mended one finds them."""
    whole, sound = YouTube.items, YouTube.read_figures

    def loses(self, answer):
        return (pair for number, pair in enumerate(whole(self, answer)) if number % 3)

    with monkeypatch.context() as broken:
        broken.setattr(YouTube, "items", loses)
        run(tmp_path, season, keys, clock)
        lost = len(ids(tmp_path, "youtube"))
    assert YouTube.read_figures is sound
    asked = len(season.requests)
    parse(tmp_path / "out")
    assert len(ids(tmp_path, "youtube")) == 60 > lost and len(season.requests) == asked
    assert pl.read_csv(tmp_path / "out" / "missing.csv").height == 0
    assert run(tmp_path, season, keys, clock).requests == 0


def test_an_answer_that_could_not_be_read_is_read_after_an_update(tmp_path, season, keys, clock, monkeypatch):
    """The platform renames a field; the update that knows the new name needs no new request for it."""

    def renamed(platform, path, content):
        if "/videos" in path:
            content = dict(content)
            content["videos"] = content.pop("items")
        return content

    season.drop = renamed
    result = run(tmp_path, season, keys, clock)
    assert isinstance(result.problems[0], CollectError) and "textmine collect parse" in str(result.problems[0])
    assert ids(tmp_path, "youtube") == []
    from textmine.collect import youtube

    old = youtube._items
    monkeypatch.setattr(
        youtube, "_items", lambda answer: answer.content()["videos"] if "videos" in answer.content() else old(answer)
    )
    parse(tmp_path / "out")
    assert len(ids(tmp_path, "youtube")) == 50, "the batch that came"
    assert run(tmp_path, season, keys, clock).complete
    assert len(ids(tmp_path, "youtube")) == 60


def test_parsing_moves_no_listing_that_began_again(tmp_path, server, keys, clock):
    """The page token was refused and the key thereafter: the old pages must not lead the new listing on."""
    server.accounts["youtube"]["kemenkes"] = posts_every(6, 240, last=LAST)
    lost, refused = google_error(400, "invalidPageToken", "invalid"), google_error(400, "keyInvalid", "not valid")
    server.before.append(
        lambda n, platform, path: (lost if n == 4 else refused if n > 4 else None) if platform == "youtube" else None
    )
    assert not run(tmp_path, server, keys, clock).complete
    parse(tmp_path / "out")
    with Journal(tmp_path / "out") as journal:
        assert [tuple(row) for row in journal.rows("SELECT state, cursor, pages FROM listings")] == [("open", None, 0)]
    server.before.clear()
    assert run(tmp_path, server, keys, clock).complete
    assert len(ids(tmp_path, "youtube")) == len(set(ids(tmp_path, "youtube"))) == 124


def test_answers_are_kept_as_they_came(tmp_path, season, keys, clock):
    run(tmp_path, season, keys, clock)
    with Journal(tmp_path / "out") as journal:
        answers = list(journal.answers())
    assert len(answers) == len(season.requests)
    page = next(a for a in answers if a.request.platform == "x" and a.request.kind == "page")
    assert page.status == 200 and page.content()["data"][0]["public_metrics"]["like_count"] == 10
    assert page.request.path == "/2/users/1000/tweets" and page.asked_at == clock.now()
    assert page.headers["content-type"] == "application/json"


def test_nothing_to_parse_is_said(tmp_path):
    with pytest.raises(WorkspaceError, match="nothing was collected here"):
        parse(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_journal_of_a_newer_version_is_refused(tmp_path, season, keys, clock):
    with Journal(tmp_path / "out") as journal:
        journal.db.execute("PRAGMA user_version=99")
    with pytest.raises(WorkspaceError, match="newer textmine"):
        run(tmp_path, season, keys, clock)


def test_a_file_that_is_no_journal_is_said(tmp_path, season, keys, clock):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "collect.sqlite").write_text("this is no database, and long enough to be seen as none" * 20)
    with pytest.raises(WorkspaceError, match="cannot be opened as a journal"):
        run(tmp_path, season, keys, clock)


# Growth curves: see test_refresh.py


def test_two_readings_are_two_lines_and_ingest_keeps_the_newest(tmp_path, season, keys, clock):
    run(tmp_path, season, keys, clock)
    clock.move(days=40)
    season.growth = 5
    refresh(tmp_path / "out", keys=keys, clock=clock, hosts=season.hosts, ages=[timedelta(days=45)])
    workspace = Workspace.create(tmp_path / "season")
    with workspace.lock():
        result = ingest([tmp_path / "out" / "export"], workspace)
    assert result.posts == result.duplicates == 240
    posts = workspace.scan("posts.parquet", made_by="ingest").collect()
    assert set(posts["likes"]) == {15}
    assert workspace.scan("snapshots.parquet", made_by="ingest").collect().height == 480
