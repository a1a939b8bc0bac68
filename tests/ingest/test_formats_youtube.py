"""What each tool's export of YouTube becomes, against values written out by hand; the fixtures' videos are invented."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from textmine.errors import InputError
from textmine.ingest import read_posts, read_posts_with_rejects
from textmine.posts import FIGURES

FIXTURES = Path(__file__).parent / "fixtures"
FIRST = datetime(2024, 6, 13, 2, 0, 5, tzinfo=UTC)


def read(name):
    return {post["post_id"]: post for post in read_posts(FIXTURES / name, on_reject="ignore").to_dicts()}


def figures(post):
    return tuple(post[name] for name in FIGURES)


def told(posts, *columns):
    return {post_id[-2:]: tuple(post[column] for column in columns) for post_id, post in posts.items()}


#        likes, comments, shares, saves, views, reach, impressions
FULL = (812, 44, None, None, 20431, None, None)


def test_data_api_videos():
    posts = read("youtube_data_api/videos.json")
    assert told(posts, *FIGURES) == {
        "01": FULL,
        "02": (None, None, None, None, 99, None, None),
        "03": (0, 0, None, None, 0, None, None),
        "04": (None,) * 7,
    }
    assert told(posts, "hidden") == {"01": ([],), "02": (["likes", "comments"],), "03": ([],), "04": ([],)}
    assert told(posts, "media_type") == {"01": ("video",), "02": ("video",), "03": ("live",), "04": ("live",)}
    first = posts["AbCdEfGhI01"]
    assert (first["platform"], first["account"], first["published_at"]) == ("youtube", "kementerian contoh", FIRST)
    assert first["caption"] == "Upacara HUT\nSiaran ulang upacara. #HUTRI"
    # tags are keywords, not hashtags
    assert (first["hashtags"], first["followers"]) == (["HUTRI"], None)


def test_data_api_search_reports_no_figure_and_a_channel_is_no_video():
    posts, rejects = read_posts_with_rejects(FIXTURES / "youtube_data_api/search.json")
    assert posts["post_id"].to_list() == ["AbCdEfGhI01"]
    assert figures(posts.row(0, named=True)) == (None,) * 7
    assert posts["hidden"].to_list() == [[]]
    # search.list escapes its texts for web pages
    assert posts["caption"].to_list() == ['Upacara & Do\'a "HUT"\nSiaran ulang …']
    assert rejects.select("source_row", "reason").rows() == [(2, "a channel among the search results, no video")]


def test_data_api_playlist_items_are_the_videos_and_not_their_place_in_the_list():
    posts, rejects = read_posts_with_rejects(FIXTURES / "youtube_data_api/playlist_items.json")
    (post,) = posts.to_dicts()
    assert (post["post_id"], post["account"], post["published_at"]) == ("AbCdEfGhI01", "kementerian contoh", FIRST)
    assert rejects["reason"].to_list() == ["a video that YouTube does not show any more"] * 2


def test_channels_are_refused_by_name():
    with pytest.raises(InputError, match="holds YouTube channels, not posts"):
        read("youtube_data_api/channels.json")


def test_yt_dlp_video():
    (post,) = read("yt_dlp/upacara.info.json").values()
    assert (post["post_id"], post["account"], post["published_at"]) == ("AbCdEfGhI01", "kementerian contoh", FIRST)
    assert figures(post) == (850, 45, None, None, 21000, None, None)
    assert (post["followers"], post["followers_kind"]) == (152000, "at_collection")
    assert post["collected_at"] == datetime(2024, 7, 3, 9, 46, 40, tzinfo=UTC)
    assert (post["caption"], post["hashtags"]) == ("Upacara HUT\nIsi video. #HUTRI", ["HUTRI"])
    assert post["media_type"] == "video"


def test_yt_dlp_channel_is_unrolled():
    posts, rejects = read_posts_with_rejects(FIXTURES / "yt_dlp/channel.json")
    by_id = {post["post_id"]: post for post in posts.to_dicts()}
    assert told(by_id, "likes", "comments", "views", "media_type") == {
        "01": (850, 45, 21000, "video"),
        "03": (850, 45, None, "live"),
        "02": (None, None, 21000, "reel"),
    }
    # the day alone is known, in UTC
    assert by_id["AbCdEfGhI02"]["published_at"] == datetime(2024, 6, 14, tzinfo=UTC)
    # the stream's title without the time that yt-dlp puts behind it
    assert by_id["AbCdEfGhI03"]["caption"] == "Konferensi pers\nIsi video. #HUTRI"
    # an entry that does not say when it was read was read with its list
    assert by_id["AbCdEfGhI01"]["collected_at"] == datetime(2024, 7, 3, 9, 55, tzinfo=UTC)
    assert rejects.select("source_row", "reason").rows() == [
        (2, "an entry of the playlist that yt-dlp could not read"),
        (4, "yt-dlp's record of Vimeo; textmine reads those of YouTube"),
        (6, "no time"),
    ]


@pytest.mark.parametrize("name", ["videolist.csv", "videolist.tab"])
def test_youtube_data_tools(name):
    posts = read(f"youtube_data_tools/{name}")
    assert told(posts, *FIGURES) == {"01": FULL, "02": (None, None, None, None, 99, None, None)}
    assert told(posts, "hidden") == {"01": ([],), "02": (["likes", "comments"],)}
    first = posts["AbCdEfGhI01"]
    assert first["caption"] == 'Upacara HUT\nMenteri: "Jaga persatuan", kata beliau. #HUTRI'
    assert (first["account"], first["published_at"], first["media_type"]) == ("kementerian contoh", FIRST, "video")


def test_minet_videos():
    posts = read("minet/youtube_videos.csv")
    assert told(posts, *FIGURES) == {"01": FULL, "02": (None, None, None, None, 99, None, None)}
    assert told(posts, "hidden") == {"01": ([],), "02": (["likes", "comments"],)}
    first = posts["AbCdEfGhI01"]
    assert (first["account"], first["published_at"]) == ("kementerian contoh", FIRST)
    assert (first["caption"], first["hashtags"]) == ("Upacara HUT\nSiaran ulang. #HUTRI", ["HUTRI"])
    assert posts["AbCdEfGhI02"]["caption"] == "Sosialisasi"


def test_minet_search_is_refused_because_its_titles_are_exchanged():
    with pytest.raises(InputError, match="title and channel_title hold each other's content"):
        read("minet/youtube_search.csv")


def test_one_video_from_two_tools_is_one_post_with_the_newest_figures():
    names = ("youtube_data_api/videos.json", "yt_dlp/upacara.info.json", "minet/youtube_videos.csv")
    posts = read_posts(*(FIXTURES / name for name in names))
    assert sorted(posts["post_id"]) == ["AbCdEfGhI01", "AbCdEfGhI02", "AbCdEfGhI03", "AbCdEfGhI04"]
    (first,) = (post for post in posts.to_dicts() if post["post_id"] == "AbCdEfGhI01")
    # yt-dlp alone says when it read
    assert figures(first) == (850, 45, None, None, 21000, None, None)
    assert posts["account"].unique().to_list() == ["kementerian contoh"]


def test_items_of_an_answer_without_their_kind_are_videos(tmp_path):
    path = tmp_path / "items.json"
    items = json.loads((FIXTURES / "youtube_data_api/videos.json").read_text())["items"]
    path.write_text(json.dumps([{part: item[part] for part in item if part not in ("kind", "etag")} for item in items]))
    posts = {post["post_id"]: post for post in read_posts(path).to_dicts()}
    assert told(posts, *FIGURES)["01"] == FULL
    assert told(posts, "hidden")["02"] == (["likes", "comments"],)
