"""What each tool's export of X becomes, against values written out by hand; the fixtures' posts are invented."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from textmine.errors import InputError
from textmine.ingest import ingest, read_posts, read_posts_with_rejects
from textmine.posts import FIGURES
from textmine.store import Workspace

FIXTURES = Path(__file__).parent / "fixtures"
LONG = (
    "Posyandu keliling hadir di 12 kelurahan, jadwalnya ada di utas ini, lengkap dengan nama kader dan nomor telepon."
    " #PosyanduKita #Sehat"
)
FIRST = datetime(2024, 6, 13, 2, 0, 5, tzinfo=UTC)


def read(name, **options):
    return {post["post_id"]: post for post in read_posts(FIXTURES / name, on_reject="ignore", **options).to_dicts()}


def figures(post):
    return tuple(post[name] for name in FIGURES)


def figures_of(posts):
    return {post_id[-2:]: figures(post) for post_id, post in posts.items()}


def told(posts, column):
    return {post_id[-2:]: post[column] for post_id, post in posts.items()}


#                     likes, comments, shares, saves, views, reach, impressions
FULL = (120, 4, 35, 9, 20431, None, 20431)


@pytest.mark.parametrize("name", ["twarc2/pages.jsonl", "twarc2/flat.jsonl"])
def test_x_api_v2(name):
    posts = read(name)
    assert figures_of(posts) == {
        "57": FULL,
        "59": (0, 0, 410, 0, None, None, None),
        "61": (2, 1, 0, 0, 310, None, 310),
        "63": (3, 0, 1, 0, 512, None, 512),
    }
    assert told(posts, "post_kind") == {"57": "original", "59": "repost", "61": "reply", "63": "quote"}
    assert told(posts, "media_type") == {"57": "image", "59": "text", "61": "video", "63": "text"}
    first = posts["1801234567890123457"]
    assert (first["account"], first["platform"], first["published_at"]) == ("dinascontoh", "x", FIRST)
    assert (first["caption"], first["hashtags"]) == (LONG, ["PosyanduKita", "Sehat"])
    assert (first["followers"], first["followers_kind"]) == (12045, "at_collection")
    assert first["collected_at"] == datetime(2024, 7, 1, tzinfo=UTC)
    assert posts["1801234567890123463"]["hashtags"] == ["Layanan"]


def test_what_another_tweet_refers_to_says_nothing_about_this_one():
    """The parent of ...61 is a quote, the tweet that ...63 quotes is a reply."""
    kinds = told(read("twarc2/flat.jsonl"), "post_kind")
    assert (kinds["61"], kinds["63"]) == ("reply", "quote")


def test_pages_without_tweets_are_no_rows(tmp_path):
    result = ingest([FIXTURES / "twarc2/pages.jsonl"], Workspace.create(tmp_path / "w"))
    assert (result.read, result.posts, result.rejected) == (4, 4, 0)
    assert result.files[0].format == "NDJSON, X API v2"
    empty = tmp_path / "empty.jsonl"
    empty.write_text('{"meta": {"result_count": 0}}\n')
    assert read_posts(empty).height == 0


def test_a_page_longer_than_a_block_is_a_line_whatever_the_file_is_called(tmp_path):
    lines = (FIXTURES / "twarc2/pages.jsonl").read_text()
    page, rest = lines.split("\n", 1)
    padded = json.dumps(json.loads(page) | {"padding": "x" * 200_000})
    path = tmp_path / "pages.json"
    path.write_text(f"{padded}\n{rest}")
    assert read_posts(path).height == 4


def test_one_tweet_of_a_stream():
    assert figures_of(read("twarc2/stream.json")) == {"57": FULL}


def test_accounts_are_no_posts():
    with pytest.raises(InputError, match="X API v2 accounts: holds accounts, not posts"):
        read("twarc2/users.json")


def test_twarc_csv_third_generation():
    posts = read("twarc_csv/third_generation.csv")
    assert figures_of(posts) == {
        "57": FULL,
        "59": (1900, 22, 426, 40, 88000, None, 88000),
        "61": (2, 1, 0, 0, 310, None, 310),
        "63": (3, 0, 1, 0, 512, None, 512),
    }
    assert told(posts, "post_kind") == {"57": "original", "59": "repost", "61": "reply", "63": "quote"}
    assert told(posts, "media_type") == {"57": "image", "59": "unknown", "61": "video", "63": "unknown"}
    first = posts["1801234567890123457"]
    assert first["caption"] == "Posyandu keliling hadir.\nJadwal: utas ini. #PosyanduKita #Prioritas"
    assert first["hashtags"] == ["PosyanduKita", "Prioritas"]
    assert (first["account"], first["followers"], first["published_at"]) == ("dinascontoh", 12045, FIRST)
    assert first["collected_at"] == datetime(2024, 7, 2, tzinfo=UTC)


def test_the_figures_that_twarc_csv_merges_into_a_retweet_are_credited_to_nobody():
    from textmine.posts import credited

    posts = read_posts(FIXTURES / "twarc_csv/third_generation.csv").lazy()
    assert credited(posts).collect()["likes"].sum() == 120 + 2 + 3


def test_twarc_csv_second_generation_has_no_views_and_no_saves():
    posts = read("twarc_csv/second_generation.csv")
    assert figures_of(posts) == {
        "57": (120, 4, 35, None, None, None, None),
        "59": (1900, 22, 426, None, None, None, None),
        "61": (2, 1, 0, None, None, None, None),
        "63": (3, 0, 1, None, None, None, None),
    }
    assert told(posts, "post_kind") == {"57": "original", "59": "repost", "61": "reply", "63": "quote"}


def test_twarc_csv_first_generation_writes_referenced_tweets_as_rows():
    posts = read("twarc_csv/first_generation.csv")
    assert told(posts, "post_kind") == {"57": "original", "01": "original", "59": "repost", "61": "reply"}
    assert told(posts, "account") == {
        "57": "dinascontoh",
        "01": "wargarekaan",
        "59": "dinascontoh",
        "61": "dinascontoh",
    }
    assert figures(posts["1801234567890000001"]) == (1900, 22, 426, None, None, None, None)


def test_tweet_harvest():
    posts = read("tweet_harvest/tweets.csv")
    assert figures_of(posts) == {
        "57": (100, 4, 30, None, None, None, None),
        "61": (2, 1, 0, None, None, None, None),
        "59": (0, 0, 410, None, None, None, None),
    }
    assert told(posts, "post_kind") == {"57": "original", "61": "reply", "59": "repost"}
    assert told(posts, "media_type") == {"57": "image", "61": "unknown", "59": "unknown"}
    first = posts["1801234567890123457"]
    assert (first["caption"], first["account"], first["published_at"]) == (LONG, "dinascontoh", FIRST)
    assert (first["followers"], first["collected_at"]) == (None, None)
    assert first["url"] == "https://x.com/DinasContoh/status/1801234567890123457"


def test_x_api_v1_1_reports_neither_replies_nor_quotes():
    posts = read("x_api_v1_1/tweets.jsonl")
    assert figures_of(posts) == {
        "57": (120, None, 30, None, None, None, None),
        "59": (0, None, 410, None, None, None, None),
        "61": (2, None, 0, None, None, None, None),
        "63": (3, None, 1, None, None, None, None),
    }
    assert told(posts, "post_kind") == {"57": "original", "59": "repost", "61": "reply", "63": "quote"}
    assert told(posts, "media_type") == {"57": "image", "59": "text", "61": "video", "63": "text"}
    assert posts["1801234567890123457"]["hashtags"] == ["PosyanduKita"]
    assert posts["1801234567890123457"]["followers"] == 12045


def test_x_api_v1_1_search_pages():
    assert told(read("x_api_v1_1/search.json"), "post_kind") == {"57": "original", "59": "repost"}


def test_a_streamed_tweet_has_its_full_text():
    (post,) = read("x_api_v1_1/stream.jsonl").values()
    assert post["caption"] == "Kegiatan hari ini berlangsung di balai kota dan dihadiri banyak warga. #BalaiKota"
    assert (post["hashtags"], post["media_type"]) == (["BalaiKota"], "video")
    assert figures(post) == (0, 0, 3, None, None, None, None)


def test_snscrape():
    posts = read("snscrape/tweets.jsonl")
    assert figures_of(posts) == {
        "57": (1200, 4, 35, 9, 20431, None, 20431),
        "59": (0, 0, 410, None, None, None, None),
        "61": (2, 0, 0, None, None, None, None),
        "63": (3, 0, 1, None, None, None, None),
        "65": (0, 0, 0, None, None, None, None),
    }
    assert told(posts, "post_kind") == {
        "57": "original",
        "59": "repost",
        "61": "reply",
        "63": "quote",
        "65": "original",
    }
    assert told(posts, "media_type")["57"] == "image"
    assert told(posts, "media_type")["61"] == "video"
    first = posts["1801234567890123457"]
    assert (first["published_at"], first["account"], first["followers"]) == (FIRST, "dinascontoh", 12045)


def test_a_figure_with_a_granularity_is_rounded():
    posts = read("snscrape/tweets.jsonl")
    assert told(posts, "rounded") == {"57": ["likes"], "59": [], "61": [], "63": [], "65": []}


def test_an_id_that_a_parser_rounded_is_read_from_its_text():
    assert "1801234567890123465" in read("snscrape/tweets.jsonl")


def test_what_is_no_tweet_is_refused_by_name():
    _, rejects = read_posts_with_rejects(FIXTURES / "snscrape/tweets.jsonl")
    assert rejects.select("source_row", "reason").rows() == [(6, "snscrape's TweetRef is no tweet")]


def test_old_snscrape_files_call_the_text_content():
    posts = read("snscrape/tweets_2021.jsonl")
    assert told(posts, "caption") == {"57": "Rekap #PosyanduKita", "63": "Jawaban kami"}
    assert figures_of(posts) == {"57": (1200, 4, 35, None, None, None, None), "63": (3, 0, 1, None, None, None, None)}
    assert told(posts, "post_kind") == {"57": "original", "63": "quote"}
    assert told(posts, "media_type") == {"57": "image", "63": "text"}


def test_zeeschuimer():
    posts = read("zeeschuimer/x.ndjson")
    assert figures_of(posts) == {
        "57": FULL,
        "59": (0, 0, 410, 0, None, None, None),
        "61": (2, 0, 0, 0, None, None, None),
        "63": (3, 0, 0, 0, None, None, None),
        "67": (7, 0, 0, 0, None, None, None),
        "69": (6, 0, 0, 0, None, None, None),
        "71": (8, 2, 1, None, 950, None, 950),
    }
    assert told(posts, "post_kind") == {
        "57": "original",
        "59": "repost",
        "61": "reply",
        "63": "quote",
        "67": "ad",
        "69": "original",
        "71": "original",
    }
    assert set(told(posts, "account").values()) == {"dinascontoh"}
    assert told(posts, "followers") == {
        "57": 12045,
        "59": 12045,
        "61": 12050,
        "63": 12045,
        "67": 12045,
        "69": None,
        "71": 11000,
    }
    first = posts["1801234567890123457"]
    assert (first["caption"], first["hashtags"]) == (LONG, ["PosyanduKita", "Sehat"])
    assert first["collected_at"] == datetime(2024, 7, 2, 0, 0, 0, 123000, tzinfo=UTC)
    assert told(posts, "media_type")["69"] == "video"


def test_a_tombstone_is_refused_by_name():
    _, rejects = read_posts_with_rejects(FIXTURES / "zeeschuimer/x.ndjson")
    assert rejects.select("source_row", "reason").rows() == [(8, "a tweet that X did not show, without any content")]


def test_four_cats_copy_of_a_capture_is_the_capture():
    copied, captured = read("4cat/x_zeeschuimer.ndjson"), read("zeeschuimer/x.ndjson")
    assert [post_id[-2:] for post_id in copied] == ["57", "67", "71"]
    for post_id, post in copied.items():
        assert figures(post) == figures(captured[post_id])
        assert post["post_kind"] == captured[post_id]["post_kind"]
        assert post["collected_at"] == captured[post_id]["collected_at"]


def test_four_cat_by_zeeschuimer():
    posts = read("4cat/x_zeeschuimer.csv")
    assert figures_of(posts) == {
        "57": (120, 4, 35, None, 20431, None, 20431),
        "59": (0, 0, 410, None, None, None, None),
        "61": (2, 1, 0, None, 310, None, 310),
        "63": (3, 0, 1, None, None, None, None),
    }
    assert told(posts, "post_kind") == {"57": "original", "59": "repost", "61": "reply", "63": "quote"}
    assert told(posts, "media_type") == {"57": "image", "59": "unknown", "61": "video", "63": "unknown"}
    assert posts["1801234567890123457"]["hashtags"] == ["PosyanduKita", "Sehat"]
    assert posts["1801234567890123457"]["published_at"] == FIRST


def test_four_cat_by_the_api_reads_thousands_and_the_time_that_no_server_shifted():
    (post,) = read("4cat/x_api_v2.csv").values()
    assert figures(post) == (12120, 4, 1035, 9, 1_020_431, None, 1_020_431)
    assert (post["published_at"], post["followers"]) == (FIRST, 12045)


def test_minet():
    posts = read("minet/twitter.csv")
    assert figures_of(posts) == {
        "57": (120, 4, 30, None, 20431, None, 20431),
        "59": (1900, 22, 410, None, None, None, None),
        "61": (2, None, 0, None, None, None, None),
        "63": (3, 0, 1, None, None, None, None),
    }
    assert told(posts, "post_kind") == {"57": "original", "59": "repost", "61": "reply", "63": "quote"}
    first = posts["1801234567890123457"]
    assert (first["media_type"], first["hashtags"], first["followers"]) == ("video", ["PosyanduKita"], 12045)
    assert first["published_at"] == FIRST
    # a naive time of collection is one of Jakarta
    assert first["collected_at"] == datetime(2024, 7, 2, 0, 0, 0, 123456, tzinfo=UTC)


def test_tcat():
    posts = read("tcat/tweets.csv")
    assert figures_of(posts) == {
        "57": (120, None, 30, None, None, None, None),
        "59": (0, None, 410, None, None, None, None),
        "61": (2, None, 0, None, None, None, None),
        "63": (3, None, 1, None, None, None, None),
    }
    assert told(posts, "post_kind") == {"57": "original", "59": "repost", "61": "reply", "63": "quote"}
    first = posts["1801234567890123457"]
    assert (first["published_at"], first["media_type"], first["followers"]) == (FIRST, "image", 12045)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("4cat/tiktok.csv", "4CAT TikTok: textmine reads posts of Facebook, X, Instagram and YouTube, not of TikTok"),
        ("zeeschuimer/tiktok.ndjson", "textmine reads posts of Facebook, X, Instagram and YouTube, not of tiktok.com"),
    ],
)
def test_platforms_that_are_not_read_are_named_in_one_line(name, message):
    with pytest.raises(InputError) as caught:
        read(name)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_tiktok_among_tweets_costs_one_row(tmp_path):
    path = tmp_path / "mixed.ndjson"
    tiktok = (FIXTURES / "zeeschuimer/tiktok.ndjson").read_text().splitlines()[0]
    path.write_text((FIXTURES / "zeeschuimer/x.ndjson").read_text() + tiktok + "\n")
    posts, rejects = read_posts_with_rejects(path)
    assert (len(posts), len(rejects)) == (7, 2)


# Traps that no one tool owns


@pytest.mark.parametrize("written", ["1.801234567890123e+18", "1.2e18", "1801234567890123400.0", "1,80E+18"])
def test_an_id_that_was_a_float_is_not_trusted(tmp_path, written):
    path = tmp_path / "posts.csv"
    path.write_text(f'id,account,created_at,text,platform\n"{written}",dinas,2024-06-13T02:00:05Z,Halo,x\n')
    (post,) = read_posts(path).to_dicts()
    assert post["post_id"].startswith("h")


def test_a_json_number_keeps_every_digit_and_a_json_float_is_not_trusted(tmp_path):
    path = tmp_path / "posts.ndjson"
    row = '{{"id": {}, "account": "dinas", "created_at": "2024-06-13T02:00:05Z", "text": "{}", "platform": "x"}}\n'
    path.write_text(row.format("1801234567890123457", "a") + row.format("1.2e18", "b") + row.format("1.8e+18", "c"))
    ids = read_posts(path)["post_id"].to_list()
    assert ids[0] == "1801234567890123457"
    assert [len(each) for each in ids[1:]] == [25, 25]


def test_a_rounded_id_is_read_from_the_address(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text(
        "id,account,created_at,text,url\n"
        "1.80123E+18,dinas,2024-06-13T02:00:05Z,Halo,https://x.com/dinas/status/1801234567890123457\n"
    )
    assert read_posts(path)["post_id"].to_list() == ["1801234567890123457"]


def test_zero_views_on_x_were_not_counted_unless_every_zero_is_kept():
    name = "4cat/x_zeeschuimer.csv"
    assert figures(read(name)["1801234567890123463"])[4:] == (None, None, None)
    assert figures(read(name, zeros="keep")["1801234567890123463"])[4:] == (0, None, 0)


def test_one_tweet_from_two_tools_is_one_post_with_the_newest_figures(tmp_path):
    sources = [FIXTURES / "twarc_csv/third_generation.csv", FIXTURES / "twarc2/pages.jsonl"]
    harvested = FIXTURES / "tweet_harvest/tweets.csv"
    result = ingest([harvested, *sources], Workspace.create(tmp_path / "w"))
    assert (result.read, result.posts, result.duplicates) == (11, 4, 7)
    posts = {post["post_id"]: post for post in read_posts(harvested, *sources).to_dicts()}
    first = posts["1801234567890123457"]
    # twarc-csv was read on 2 July, the pages on 1 July, and tweet-harvest does not say when
    assert first["collected_at"] == datetime(2024, 7, 2, tzinfo=UTC)
    assert figures(first) == FULL
    assert Path(first["source"]).name == "third_generation.csv"


def test_tweets_without_authors_are_read_with_an_account(tmp_path):
    path = tmp_path / "tweets.json"
    tweet = json.loads((FIXTURES / "twarc2/pages.jsonl").read_text().splitlines()[0])["data"][0]
    path.write_text(json.dumps([tweet]))
    with pytest.raises(InputError, match="give it with --account"):
        read_posts(path)
    (post,) = read_posts(path, account="DinasContoh").to_dicts()
    assert (post["account"], post["platform"], figures(post)) == ("dinascontoh", "x", FULL)
    path.write_text(json.dumps([tweet | {"username": "Lain"}]))
    assert read_posts(path)["account"].to_list() == ["lain"]


def test_snscrape_tweets_in_a_data_frame(tmp_path):
    path = tmp_path / "tweets.csv"
    path.write_text(
        "url,date,content,renderedContent,id,user,replyCount,retweetCount,likeCount,quoteCount,conversationId,media,"
        "retweetedTweet,quotedTweet,inReplyToTweetId,hashtags\n"
        "https://twitter.com/DinasContoh/status/1801234567890123457,2024-06-13 02:00:05+00:00,Rekap #Sehat,x,"
        "1801234567890123457,{'username': 'DinasContoh'},4,30,120,5,1801234567890123457,,,,,['Sehat']\n"
        "https://twitter.com/DinasContoh/status/1801234567890123463,2024-06-13 02:00:05+00:00,Jawaban,x,"
        "1801234567890123463,{'username': 'DinasContoh'},0,1,3,0,1801234567890123463,,,Tweet(url='x'),,\n"
    )
    posts = read_posts(path).to_dicts()
    assert [figures(post) for post in posts] == [
        (120, 4, 35, None, None, None, None),
        (3, 0, 1, None, None, None, None),
    ]
    assert [(post["account"], post["post_kind"]) for post in posts] == [
        ("dinascontoh", "original"),
        ("dinascontoh", "quote"),
    ]
    assert (posts[0]["published_at"], posts[0]["hashtags"]) == (FIRST, ["Sehat"])
