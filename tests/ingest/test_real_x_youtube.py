"""Real answers of the X and YouTube APIs, read without any option, against json alone."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from textmine.errors import InputError
from textmine.ingest import ingest
from textmine.store import Workspace

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "posts"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real exports are not on this machine")


def ingested(tmp_path, name):
    workspace = Workspace.create(tmp_path / "workspace")
    result = ingest([DATA / name], workspace)
    posts = workspace.scan("posts.parquet", made_by="ingest").collect()
    assert (result.rejected, result.duplicates) == (0, 0)
    return result, {post["post_id"]: post for post in posts.to_dicts()}


def raw_pages(name):
    with (DATA / name).open(encoding="utf-8") as file:
        for page in map(json.loads, file):
            users = {user["id"]: user for user in page["includes"]["users"]}
            media = {medium["media_key"]: medium for medium in page["includes"].get("media", [])}
            for tweet in page["data"]:
                kinds = [media[key]["type"] for key in tweet.get("attachments", {}).get("media_keys", [])]
                yield tweet, users[tweet["author_id"]], kinds, page["__twarc"]["retrieved_at"]


def raw_flat(name):
    with (DATA / name).open(encoding="utf-8") as file:
        for tweet in map(json.loads, file):
            kinds = [medium["type"] for medium in tweet.get("attachments", {}).get("media", [])]
            yield tweet, tweet["author"], kinds, tweet["__twarc"]["retrieved_at"]


def kind_of(tweet):
    references = {reference["type"] for reference in tweet.get("referenced_tweets", [])}
    if "retweeted" in references:
        return "repost"
    if "quoted" in references:
        return "quote"
    return "reply" if "in_reply_to_user_id" in tweet else "original"


def medium_of(kinds):
    if not kinds:
        return "text"
    return "video" if set(kinds) & {"video", "animated_gif"} else "image"


@pytest.mark.parametrize(
    ("name", "raw", "n_tweets"),
    [("noflat.jsonl", raw_pages, 100), ("flat.jsonl", raw_flat, 100), ("media_tweet.jsonl", raw_pages, 1)],
)
def test_every_tweet_of_the_api_has_its_figures(tmp_path, name, raw, n_tweets):
    path = f"x_api_v2_twarc/{name}"
    result, posts = ingested(tmp_path, path)
    tweets = list(raw(path))
    assert result.files[0].format == "NDJSON, X API v2"
    assert (result.read, len(posts), len(tweets)) == (n_tweets, n_tweets, n_tweets)
    for tweet, author, kinds, retrieved in tweets:
        post, metrics = posts[tweet["id"]], tweet["public_metrics"]
        assert post["account"] == author["username"].lower()
        assert post["followers"] == author["public_metrics"]["followers_count"]
        assert post["caption"] == tweet["text"]
        assert post["published_at"] == datetime.fromisoformat(tweet["created_at"])
        assert post["collected_at"] == datetime.fromisoformat(retrieved)
        assert post["likes"] == metrics["like_count"]
        assert post["comments"] == metrics["reply_count"]
        assert post["shares"] == metrics["retweet_count"] + metrics["quote_count"]
        assert (post["views"], post["impressions"], post["saves"], post["reach"]) == (None,) * 4
        assert post["post_kind"] == kind_of(tweet)
        assert post["media_type"] == medium_of(kinds)


def test_pages_and_flattened_tweets_are_the_same_posts(tmp_path):
    _, paged = ingested(tmp_path / "a", "x_api_v2_twarc/noflat.jsonl")
    _, flat = ingested(tmp_path / "b", "x_api_v2_twarc/flat.jsonl")
    place = ("source", "source_row")
    assert {k: {c: v for c, v in p.items() if c not in place} for k, p in paged.items()} == {
        k: {c: v for c, v in p.items() if c not in place} for k, p in flat.items()
    }


def test_every_tweet_of_api_v1_1_has_its_figures(tmp_path):
    result, posts = ingested(tmp_path, "x_api_v1_1/search_tweets.json")
    raw = json.loads((DATA / "x_api_v1_1/search_tweets.json").read_text(encoding="utf-8"))
    assert result.files[0].format == "JSON, X API v1.1"
    assert len(posts) == len(raw) == 2
    for tweet in raw:
        post = posts[tweet["id_str"]]
        assert (post["likes"], post["shares"]) == (tweet["favorite_count"], tweet["retweet_count"])
        assert (post["comments"], post["views"], post["impressions"]) == (None, None, None)
        assert (post["account"], post["followers"]) == (
            tweet["user"]["screen_name"].lower(),
            tweet["user"]["followers_count"],
        )
        assert post["caption"] == tweet["full_text"]
        assert post["published_at"] == datetime.strptime(tweet["created_at"], "%a %b %d %H:%M:%S %z %Y")
        assert (post["post_kind"] == "repost") == ("retweeted_status" in tweet)


@pytest.mark.parametrize("name", ["search_videos_page_with_next.json", "search_videos_page_final.json"])
def test_every_video_of_a_search_is_there_without_figures(tmp_path, name):
    result, posts = ingested(tmp_path, f"youtube_data_api_v3/{name}")
    raw = json.loads((DATA / "youtube_data_api_v3" / name).read_text(encoding="utf-8"))["items"]
    assert result.files[0].format == "JSON, YouTube Data API"
    assert len(posts) == len(raw) == 5
    for item in raw:
        post, snippet = posts[item["id"]["videoId"]], item["snippet"]
        assert post["account"] == snippet["channelTitle"].lower()
        assert post["caption"] == "\n".join(filter(None, [snippet["title"], snippet["description"]]))
        assert post["published_at"] == datetime.fromisoformat(snippet["publishedAt"]).astimezone(UTC)
        figures = ("likes", "comments", "shares", "saves", "views", "reach", "impressions", "followers")
        assert {post[figure] for figure in figures} == {None}
        assert post["media_type"] == "video"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("channels_page_with_next.json", "holds YouTube channels, not posts"),
        ("channels_page_final.json", "holds YouTube channels, not posts"),
        ("comment_threads_response.json", "holds YouTube comments, not posts"),
    ],
)
def test_channels_and_comments_are_refused(tmp_path, name, message):
    with pytest.raises(InputError, match=message):
        ingest([DATA / "youtube_data_api_v3" / name], Workspace.create(tmp_path / "w"))


def test_a_folder_is_read_without_its_channels_and_comments(tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    result = ingest([DATA / "youtube_data_api_v3"], workspace)
    left_out = {Path(file.path).name: file.notes for file in result.files if file.format == "no posts"}
    assert left_out == {
        "channels_page_final.json": ("left out: holds YouTube channels, not posts",),
        "channels_page_with_next.json": ("left out: holds YouTube channels, not posts",),
        "comment_threads_response.json": ("left out: holds YouTube comments, not posts",),
    }
    assert result.posts == workspace.scan("posts.parquet", made_by="ingest").collect().height > 0
    assert workspace.scan("rejects.parquet", made_by="ingest").collect().is_empty()
