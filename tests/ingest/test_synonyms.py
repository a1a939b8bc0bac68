import pytest

from textmine.errors import InputError, MissingColumnError
from textmine.ingest.layouts import find_layout, platform_by_names
from textmine.ingest.synonyms import SYNONYMS, resolve


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("text", "caption"), ("tweets", "caption"), ("Tweet", "caption"), ("ISI", "caption"), ("konten", "caption"),
        ("keterangan", "caption"), ("Message", "caption"), ("full_text", "caption"), ("body", "caption"),
        ("tanggal", "published_at"), ("Waktu", "published_at"), ("Post Created", "published_at"),
        ("publishedAt", "published_at"), ("taken_at_timestamp", "published_at"), ("created_at", "published_at"),
        ("suka", "likes"), ("Jumlah Suka", "likes"), ("favorite_count", "likes"), ("likeCount", "likes"),
        ("komentar", "comments"), ("reply_count", "comments"), ("num_comments", "comments"),
        ("dibagikan", "shares"), ("retweet_count", "retweets"), ("quote_count", "quotes"),
        ("tayangan", "views"), ("video_views", "views"), ("viewCount", "views"),
        ("pengikut", "followers"), ("Followers at Posting", "followers"), ("akun", "account"),
        ("User Name", "account"), ("channelTitle", "account"), ("tautan", "url"), ("tweet_url", "url"),
        ("judul", "title"), ("like_and_view_counts_disabled", "likes_hidden"),
    ],
)  # fmt: skip
def test_known_headers_in_any_spelling_find_their_column(header, target):
    for spelling in (header, header.upper(), header.replace("_", " "), header.replace(" ", "_")):
        assert resolve([spelling]).get(target) == (spelling,)


def test_where_several_columns_fit_the_first_name_of_the_table_wins():
    assert resolve(["text", "full_text"])["caption"] == ("full_text",)
    assert resolve(["isi", "caption"])["caption"] == ("caption",)
    assert resolve(["likes", "favorite_count"])["likes"] == ("likes",)
    assert resolve(["created_at", "taken_at_timestamp"])["published_at"] == ("taken_at_timestamp",)


def test_youtube_data_tools_caption_flag_is_not_the_caption():
    assert resolve(["caption", "videoTitle", "videoDescription"])["caption"] == ("videoDescription",)


def test_ids_come_before_rows_of_other_ids():
    assert resolve(["id", "id_str"])["post_id"] == ("id_str", "id")
    assert "post_id" not in resolve(["conversation_id_str", "user_id_str"])


def test_the_users_mapping_wins():
    assert resolve(["text", "note"], {"caption": "note"})["caption"] == ("note",)


def test_mapped_shares_have_nothing_added():
    chosen = resolve(["rt", "retweet_count", "quote_count"], {"shares": "rt"})
    assert chosen["shares"] == ("rt",)
    assert "retweets" not in chosen
    assert "quotes" not in chosen


def test_mapping_to_an_unknown_column_names_what_is_known():
    with pytest.raises(InputError, match="'capton' is not a column of a post; --map takes account, caption"):
        resolve(["text"], {"capton": "text"})


def test_mapping_from_an_absent_column_names_what_is_there():
    with pytest.raises(MissingColumnError, match="the file has text, likes; --map caption=fulltext"):
        resolve(["text", "likes"], {"caption": "fulltext"})


def test_a_name_means_one_thing_but_for_the_few_that_are_parted_later():
    shared = {
        name: [target for target, names in SYNONYMS.items() if name in names]
        for names in SYNONYMS.values()
        for name in names
    }
    several = {name: targets for name, targets in shared.items() if len(targets) > 1}
    assert several == {
        "videodescription": ["caption", "description"],
        "waktu": ["published_at", "clock"],
        "time": ["published_at", "clock"],
    }


def test_tools_are_recognised_by_their_columns():
    tweets = "conversation_id_str created_at favorite_count full_text id_str username".split()
    assert find_layout(tweets).name == "tweet-harvest"
    assert find_layout(["text", "tanggal"]) is None


def test_platform_is_recognised_by_words_that_one_platform_uses():
    assert platform_by_names(["tweets", "tanggal"]) == "x"
    assert platform_by_names(["videoId", "isi"]) == "youtube"
    assert platform_by_names(["Page Name", "isi"]) == "facebook"
    assert platform_by_names(["text"]) is None
