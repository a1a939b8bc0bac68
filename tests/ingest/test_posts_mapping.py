"""What the cells of an export become, column by column."""

import json
from datetime import UTC, datetime

import pytest

from textmine.errors import InputError, MissingColumnError
from textmine.ingest import read_posts, read_posts_with_rejects
from textmine.posts import COLUMNS, PostSchema


def post(tmp_path, /, *, _name="posts.json", _options=None, **cells):
    """Return the one post that an export with these cells gives."""
    path = tmp_path / _name
    path.write_text(json.dumps([cells]))
    return read_posts(path, on_reject="raise", **(_options or {})).row(0, named=True)


BASE = {"account": "dinas", "published_at": "2024-03-01T00:00:00Z", "caption": "Halo", "platform": "instagram"}


def test_the_result_is_the_canonical_table(tmp_path):
    path = tmp_path / "posts.json"
    path.write_text(json.dumps([BASE]))
    posts = read_posts(path)
    assert tuple(posts.columns) == COLUMNS
    assert PostSchema.is_valid(posts)
    assert posts.select("source", "source_row").row(0) == (str(path), 1)


def test_tweet_harvest_figures(tmp_path):
    found = post(
        tmp_path,
        conversation_id_str="10",
        id_str="1785300561094644037",
        created_at="Tue Apr 30 13:29:57 +0000 2024",
        full_text="@b halo #Satu",
        favorite_count=5,
        quote_count=2,
        reply_count=3,
        retweet_count=4,
        in_reply_to_screen_name="b",
        tweet_url="https://twitter.com/A_b/status/1785300561094644037",
        username="A_b",
        image_url="",
    )
    assert (found["platform"], found["account"], found["post_id"]) == ("x", "a_b", "1785300561094644037")
    assert (found["likes"], found["comments"], found["shares"], found["views"]) == (5, 3, 6, None)
    assert found["post_kind"] == "reply"
    assert found["published_at"] == datetime(2024, 4, 30, 13, 29, 57, tzinfo=UTC)
    assert found["hashtags"] == ["Satu"]


def test_crowdtangle_facebook_reactions_are_summed_and_eastern_time_is_shifted(tmp_path):
    path = tmp_path / "ct.csv"
    path.write_text(
        "\ufeffPage Name,User Name,Facebook Id,Followers at Posting,Post Created,Type,Total Interactions,Likes,"
        "Comments,Shares,Love,Wow,Haha,Sad,Angry,Care,Post Views,URL,Message,Description\n"
        'Dinas A,DinasA,99,"1,972,048",2021-07-01 08:00:00 EDT,Photo,"1,110","1,000",10,20,5,4,3,2,1,0,0,'
        "https://www.facebook.com/99/posts/123,Halo,apa\n"
        "Tanpa Nama,,98,N/A,2021-12-01 08:00:00 EST,Native Video,1,1,0,0,0,0,0,0,0,0,0,"
        "https://www.facebook.com/98/posts/124,Hai,\n"
    )
    first, second = read_posts(path, on_reject="raise").rows(named=True)
    assert (first["platform"], first["account"], first["post_id"]) == ("facebook", "dinasa", "123")
    assert (first["likes"], first["comments"], first["shares"]) == (1015, 10, 20)
    assert (first["followers"], first["followers_kind"]) == (1_972_048, "at_posting")
    assert first["published_at"] == datetime(2021, 7, 1, 12, tzinfo=UTC)
    assert (first["media_type"], first["views"]) == ("image", None)
    assert second["published_at"] == datetime(2021, 12, 1, 13, tzinfo=UTC)
    assert (second["account"], second["media_type"], second["views"]) == ("98", "video", 0)
    assert (second["followers"], second["followers_kind"]) == (None, "unknown")


def test_youtube_data_tools_caption_is_title_and_description(tmp_path):
    found = post(
        tmp_path,
        videoId="dQw4w9WgXcQ",
        channelTitle="Kementerian A",
        publishedAt="2024-03-01T00:00:00Z",
        videoTitle="Judul",
        videoDescription="Isi #Satu",
        caption="false",
        viewCount="10",
        likeCount="",
        commentCount="1",
    )
    assert (found["platform"], found["post_id"], found["caption"]) == ("youtube", "dQw4w9WgXcQ", "Judul\nIsi #Satu")
    assert (found["views"], found["likes"], found["comments"], found["media_type"]) == (10, None, 1, "video")


def test_youtube_api_pages_are_read_and_channels_refused(tmp_path):
    video = {
        "kind": "youtube#video",
        "id": "dQw4w9WgXcQ",
        "snippet": {"publishedAt": "2024-03-01T00:00:00Z", "title": "J", "description": "D", "channelTitle": "A"},
        "statistics": {"viewCount": "12", "likeCount": "3"},
    }
    page = tmp_path / "page.json"
    page.write_text(json.dumps({"kind": "youtube#videoListResponse", "items": [video]}))
    assert read_posts(page)["views"].to_list() == [12]
    page.write_text(json.dumps({"items": [{**video, "kind": "youtube#channel"}]}))
    with pytest.raises(InputError, match="holds YouTube channels, not posts"):
        read_posts(page)


def test_minet_instagram_hidden_likes_are_null_and_said(tmp_path):
    found = post(
        tmp_path,
        username="dinas",
        shortcode="CQ8i6nHl9s3",
        caption="Halo",
        taken_at_timestamp=1714483797,
        like_and_view_counts_disabled="true",
        like_count=3,
        comment_count=2,
        media_type="8",
        coauthor_usernames="Satu|dua",
    )
    assert (found["likes"], found["hidden"], found["comments"]) == (None, ["likes"], 2)
    assert (found["media_type"], found["coauthors"]) == ("carousel", ["satu", "dua"])
    assert found["published_at"] == datetime(2024, 4, 30, 13, 29, 57, tzinfo=UTC)


def test_one_instagram_post_from_two_tools_has_one_id(tmp_path):
    by_code = post(tmp_path, **BASE, shortcode="CQ8i6nHl9s3")
    by_url = post(tmp_path, **BASE, url="https://www.instagram.com/p/CQ8i6nHl9s3/?x=1", id="77")
    by_number = post(tmp_path, **BASE, id="2611115445282396983_123456")
    assert {p["post_id"] for p in (by_code, by_url, by_number)} == {"2611115445282396983"}


def test_pictures_of_one_carousel_are_one_post(tmp_path):
    url = "https://www.instagram.com/p/CQ8i6nHl9s3/"
    rows = [{**BASE, "shortcode": code, "post_id": n, "url": url} for n, code in (("1", "CQ8i6nHl9s4"), ("2", "CQ8"))]
    path = tmp_path / "posts.json"
    path.write_text(json.dumps(rows))
    found = read_posts(path).row(0, named=True)
    assert read_posts(path).height == 1
    assert (found["post_id"], found["media_type"]) == ("2611115445282396983", "carousel")


@pytest.mark.parametrize(
    ("url", "platform", "account", "post_id"),
    [
        ("https://twitter.com/Dinas_A/status/17853", "x", "dinas_a", "17853"),
        ("https://x.com/Dinas_A/status/17853?s=20", "x", "dinas_a", "17853"),
        ("https://www.facebook.com/dinas.a/posts/998", "facebook", "dinas.a", "998"),
        ("https://www.facebook.com/dinas.a/videos/judul/998/", "facebook", "dinas.a", "998"),
        ("https://www.instagram.com/dinas_a/p/CQ8i6nHl9s3/", "instagram", "dinas_a", "2611115445282396983"),
    ],
)
def test_platform_account_and_id_come_from_the_address(tmp_path, url, platform, account, post_id):
    found = post(tmp_path, tanggal="2024-03-01", isi="Halo", tautan=url)
    assert (found["platform"], found["account"], found["post_id"]) == (platform, account, post_id)


@pytest.mark.parametrize(
    ("url", "post_id"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?t=3", "dQw4w9WgXcQ"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
    ],
)
def test_youtube_addresses(tmp_path, url, post_id):
    found = post(tmp_path, akun="Dinas", tanggal="2024-03-01", isi="Halo", tautan=url)
    assert (found["platform"], found["post_id"]) == ("youtube", post_id)


def test_an_address_without_a_name_names_no_account(tmp_path):
    with pytest.raises(MissingColumnError, match="give it with --account"):
        post(tmp_path, tanggal="2024-03-01", isi="Halo", tautan="https://x.com/i/status/1")


def test_without_an_id_the_same_content_has_the_same_id(tmp_path):
    first, again = (post(tmp_path, **BASE) for _ in range(2))
    other = post(tmp_path, **{**BASE, "caption": "Lain"})
    assert first["post_id"] == again["post_id"]
    assert first["post_id"] != other["post_id"]
    assert len(first["post_id"]) == 25


def test_an_id_that_a_spreadsheet_rounded_is_not_trusted(tmp_path):
    found = post(tmp_path, **{**BASE, "id": "1.41E+18"})
    assert found["post_id"].startswith("h")


def test_options_fill_what_the_file_lacks_and_no_more(tmp_path):
    options = {"platform": "facebook", "account": "@Kemen_X"}
    assert post(tmp_path, **BASE, _options=options)["platform"] == "instagram"
    lacking = {"published_at": "2024-03-01", "caption": "Halo", "akun": ""}
    found = post(tmp_path, **lacking, _options=options)
    assert (found["platform"], found["account"]) == ("facebook", "kemen_x")


@pytest.mark.parametrize("name", ["twitter", "X", "Instagram", "FB", "YouTube"])
def test_platform_names_are_read_in_any_spelling(tmp_path, name):
    canonical = {"twitter": "x", "X": "x", "Instagram": "instagram", "FB": "facebook", "YouTube": "youtube"}
    assert post(tmp_path, **{**BASE, "platform": name})["platform"] == canonical[name]


@pytest.mark.parametrize(
    ("caption", "hashtags"),
    [
        ("#HUTRI78 dan #Merdeka_Belajar!", ["HUTRI78", "Merdeka_Belajar"]),
        ("#satu#dua #ÉcoleÀ #日本", ["satu", "dua", "ÉcoleÀ", "日本"]),
        ("a#b https://a.id/#bagian &#39; #1 # kosong", []),
        ("(#Satu),#Dua\n#Tiga", ["Satu", "Dua", "Tiga"]),
        ("#Sama #Sama", ["Sama", "Sama"]),
    ],
)
def test_hashtags_are_found_in_the_caption(tmp_path, caption, hashtags):
    assert post(tmp_path, **{**BASE, "caption": caption})["hashtags"] == hashtags


@pytest.mark.parametrize(
    "cell", ["#FaST-Link #dua", "FaST-Link|dua", "FaST-Link, dua", ["FaST-Link", "dua"], "['FaST-Link', 'dua']"]
)
def test_hashtags_of_the_source_stay_as_typed(tmp_path, cell):
    assert post(tmp_path, **BASE, hashtags=cell)["hashtags"] == ["FaST-Link", "dua"]


def test_hashtag_objects_are_read(tmp_path):
    assert post(tmp_path, **BASE, hashtags=[{"text": "Satu"}, {"text": "dua"}])["hashtags"] == ["Satu", "dua"]


def test_captions_are_composed_and_otherwise_left_alone(tmp_path):
    assert post(tmp_path, **{**BASE, "caption": " e\u0301 \u212b &amp; ﬁ\u200d "})["caption"] == " é Å &amp; ﬁ\u200d "


def test_an_absent_caption_is_empty(tmp_path):
    assert post(tmp_path, **{**BASE, "caption": None})["caption"] == ""


def test_ids_beyond_two_to_the_53_stay_exact(tmp_path):
    assert post(tmp_path, **{**BASE, "platform": "x", "id": 1785300561094644037})["post_id"] == "1785300561094644037"


def test_day_and_clock_in_two_columns_are_joined(tmp_path):
    found = post(tmp_path, akun="d", platform="x", isi="Halo", tanggal="17 Agustus 2020", jam="10:00")
    assert found["published_at"] == datetime(2020, 8, 17, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"is_retweet": "yes"}, "repost"),
        ({"caption": "RT @a: halo"}, "repost"),
        ({"is_quote_status": True}, "quote"),
        ({"is_ad": "1"}, "ad"),
        ({"product_type": "ad"}, "ad"),
        ({"in_reply_to_screen_name": "a"}, "reply"),
        ({"is_reply": "no", "is_retweet": "", "is_ad": False}, "original"),
    ],
)
def test_reposts_quotes_replies_and_ads_are_told_apart(tmp_path, cells, kind):
    assert post(tmp_path, **{**BASE, **cells})["post_kind"] == kind


def test_rounded_figures_are_marked(tmp_path):
    found = post(tmp_path, **BASE, suka="1,2 rb", komentar="7")
    assert (found["likes"], found["comments"], found["rounded"]) == (1200, 7, ["likes"])


@pytest.mark.parametrize(
    ("column", "value"), [("suka", "-1"), ("komentar", "banyak"), ("tanggal", "entah"), ("tanggal", "")]
)
def test_a_row_with_an_unreadable_cell_is_refused_with_column_and_value(tmp_path, column, value):
    row = {"akun": "d", "platform": "x", "tanggal": "2024-03-01", "isi": "Halo", "suka": "1", "komentar": "2"}
    path = tmp_path / "posts.json"
    path.write_text(json.dumps([row, {**row, column: value}]))
    posts, rejects = read_posts_with_rejects(path)
    assert len(posts) == 1
    assert rejects.select("source_row", "column", "value").rows() == [(2, column, value or None)]
    assert json.loads(rejects["raw"][0])["isi"] == "Halo"


def test_rows_without_account_or_known_platform_are_refused(tmp_path):
    path = tmp_path / "posts.json"
    path.write_text(json.dumps([BASE, {**BASE, "account": " "}, {**BASE, "platform": "myspace"}]))
    _, rejects = read_posts_with_rejects(path)
    assert rejects["reason"].to_list() == ["no account", "platform not known"]


def zeros(n, **figures):
    return [{**BASE, "id": str(i), "likes": i, "comments": 0, **figures} for i in range(n)]


def test_a_figure_that_is_zero_on_every_row_was_not_collected(tmp_path):
    path = tmp_path / "posts.json"
    path.write_text(json.dumps(zeros(60, media_type="video", views="0")))
    posts = read_posts(path)
    assert posts["comments"].null_count() == posts["views"].null_count() == 60
    assert posts["likes"].null_count() == 0
    assert read_posts(path, zeros="keep")["comments"].to_list() == [0] * 60


def test_zeros_stay_where_they_can_be_true(tmp_path):
    few, quiet, mixed = zeros(49), [{**row, "likes": 0} for row in zeros(60)], zeros(60)
    mixed[7]["comments"] = 1
    for rows in (few, quiet, mixed):
        path = tmp_path / "posts.json"
        path.write_text(json.dumps(rows))
        assert read_posts(path)["comments"].null_count() == 0


def test_saved_column_mapping_reads_any_table(tmp_path):
    mapping = {"caption": "c1", "published_at": "c2", "account": "c3", "likes": "c4"}
    found = post(
        tmp_path, c1="Halo", c2="2024-03-01", c3="Dinas", c4="9", _options={"mapping": mapping, "platform": "x"}
    )
    assert (found["caption"], found["account"], found["likes"]) == ("Halo", "dinas", 9)


def test_x_api_pages_find_their_authors_and_tell_retweets(tmp_path):
    tweet = {"id": "1", "author_id": "9", "text": "Halo", "created_at": "2024-03-01T00:00:00.000Z"}
    page = {
        "data": [
            {**tweet, "public_metrics": {"retweet_count": 3, "quote_count": 1, "like_count": 2, "reply_count": 0}},
            {**tweet, "id": "2", "referenced_tweets": [{"type": "retweeted", "id": "5"}]},
        ],
        "includes": {"users": [{"id": "9", "username": "Dinas", "name": "Dinas Kota"}]},
    }
    path = tmp_path / "pages.jsonl"
    path.write_text(json.dumps(page) + "\n")
    posts = read_posts(path)
    assert posts.select("platform", "account", "post_kind", "shares").rows() == [
        ("x", "dinas", "original", 4),
        ("x", "dinas", "repost", None),
    ]


def test_the_handle_comes_before_the_display_name(tmp_path):
    user = {"name": "Kementerian A", "screen_name": "Kemen_A", "followers_count": 5}
    cells = {"id_str": "1", "created_at": "Tue Apr 30 13:29:57 +0000 2024", "full_text": "Halo", "favorite_count": 1}
    found = post(tmp_path, **cells, user=user)
    assert (found["account"], found["followers"], found["followers_kind"]) == ("kemen_a", 5, "at_collection")


def test_crowdtangle_api_times_are_utc(tmp_path):
    item = {
        "platformId": "1_2",
        "platform": "Facebook",
        "date": "2020-10-29 14:56:05",
        "message": "Halo",
        "statistics": {"actual": {"likeCount": 2, "loveCount": 3, "commentCount": 1, "shareCount": 0}},
        "account": {"handle": "dinas", "name": "Dinas", "subscriberCount": 7},
    }
    path = tmp_path / "ct.json"
    path.write_text(json.dumps({"status": 200, "result": {"posts": [item]}}))
    found = read_posts(path).row(0, named=True)
    assert found["published_at"] == datetime(2020, 10, 29, 14, 56, 5, tzinfo=UTC)
    assert (found["likes"], found["comments"], found["shares"], found["followers"]) == (5, 1, 0, 7)
