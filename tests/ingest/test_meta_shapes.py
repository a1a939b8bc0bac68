"""Shapes of Facebook's and Instagram's JSON: odd objects never break them, addresses in every form name one post."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmine.errors import InputError
from textmine.ingest import read_posts
from textmine.ingest.jsonfile import flatten
from textmine.ingest.memory import read_posts_with_rejects
from textmine.ingest.shapes import facebook, instagram

KEYS = st.sampled_from(
    "data id created_time message from insights attachments values value name summary comments likes posts media"
    " business_discovery permalink timestamp node instaloader node_type iphone_struct source_platform __import_meta"
    " user owner caption text coauthor_producers username edge_media_to_caption edges count link code post_shortcode"
    " post_url coauthors result platformId permalink_url status_type media_type feed total_value children".split()
)
LEAVES = st.one_of(st.none(), st.booleans(), st.text(max_size=5), st.sampled_from(["instagram.com", "1", "Post"]))
ODD = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5))


@settings(max_examples=1500, deadline=None)
@given(st.dictionaries(KEYS, ODD, max_size=6))
def test_no_object_breaks_a_shape(item):
    for shape in (*facebook.SHAPES, *instagram.SHAPES):
        if shape.fits(item):
            for found in shape.unfold(item):
                assert not isinstance(found, dict) or all(isinstance(k, str) for k, _ in flatten(found))


@settings(max_examples=300, deadline=None)
@given(st.lists(ODD, max_size=4))
def test_no_list_breaks_the_messages(message):
    found = instagram.unfold_message(message)
    assert found is None or all(isinstance(item, dict) for item in found)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(KEYS, ODD, max_size=6), min_size=1, max_size=3))
def test_no_document_ends_in_a_traceback(tmp_path_factory, items):
    path = tmp_path_factory.mktemp("odd") / "odd.json"
    path.write_text(json.dumps(items))
    try:
        posts, rejects = read_posts_with_rejects(path)
    except InputError as error:
        assert str(error)
    else:
        assert posts["post_id"].is_unique().all() and rejects["reason"].is_not_null().all()


def facebook_row(url):
    row = {"date": "2024-01-02T03:04:05Z", "text": "Halo", "url": url}
    return "\n".join([",".join(row), ",".join(f'"{cell}"' for cell in row.values())]) + "\n"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.facebook.com/kemenuji/posts/745000111222333",
        "https://www.facebook.com/kemenuji/posts/judul-kiriman/745000111222333/",
        "https://m.facebook.com/kemenuji/videos/745000111222333/?ref=x",
        "https://www.facebook.com/kemenuji/photos/a.11/745000111222333/?type=3",
        "https://www.facebook.com/permalink.php?story_fbid=745000111222333&id=1",
        "https://www.facebook.com/photo.php?fbid=745000111222333&set=a.1",
        "https://www.facebook.com/groups/310000000000001/permalink/745000111222333/",
        "https://www.facebook.com/groups/310000000000001/posts/745000111222333/",
        "https://www.facebook.com/reel/745000111222333",
        "https://www.facebook.com/watch/?v=745000111222333",
        "https://www.facebook.com/watch?ref=saved&v=745000111222333",
    ],
)
def test_every_address_of_a_facebook_post_names_it(tmp_path, url):
    (tmp_path / "posts.csv").write_text(facebook_row(url))
    posts = read_posts(tmp_path / "posts.csv", account="kemenuji")
    assert posts.select("platform", "post_id").rows() == [("facebook", "745000111222333")]


def test_an_address_with_pfbid_keeps_it_as_the_id(tmp_path):
    (tmp_path / "posts.csv").write_text(facebook_row("https://www.facebook.com/kemenuji/posts/pfbid02Uji"))
    assert read_posts(tmp_path / "posts.csv")["post_id"].to_list() == ["pfbid02Uji"]


def test_a_partial_capture_without_a_time_is_refused_and_the_rest_goes_on(tmp_path):
    def capture(code, **more):
        data = {"code": code, "user": {"username": "kemenuji"}, "caption": {"text": "Halo"}, "like_count": 1, **more}
        return json.dumps({"source_platform": "instagram.com", "timestamp_collected": 1626000000000, "data": data})

    lines = [capture("C4kemenUj01", taken_at=1625140800), capture("C5reelsUji2", _zs_partial=True)]
    (tmp_path / "capture.ndjson").write_text("\n".join(lines))
    posts, rejects = read_posts_with_rejects(tmp_path / "capture.ndjson")
    assert posts["published_at"].to_list() == [datetime(2021, 7, 1, 12, tzinfo=UTC)]
    assert rejects.select("source_row", "reason").rows() == [(2, "no time")]


def test_an_account_s_ads_and_posts_keep_what_belongs_to_others_out(tmp_path):
    """The objects of people who liked or commented are not carried along, not even with refused rows."""
    page = {"data": [{"id": "1_2", "message": "Halo", "permalink_url": "https://www.facebook.com/1/posts/2",
                      "created_time": "no time", "comments": {"data": [{"message": "rahasia warga"}]}}]}  # fmt: skip
    (tmp_path / "page.json").write_text(json.dumps(page))
    _, rejects = read_posts_with_rejects(tmp_path / "page.json")
    assert rejects["raw"].str.contains("rahasia").to_list() == [False]


def test_a_graph_page_without_insights_or_attachments_is_read(tmp_path):
    page = {"data": [{"id": "1_2", "created_time": "2024-01-02T03:04:05+0000", "story": "Mengganti foto sampul"}]}
    (tmp_path / "page.json").write_text(json.dumps(page))
    posts = read_posts(tmp_path / "page.json", account="kemenuji")
    assert posts.select("post_id", "caption", "likes").rows() == [("2", "", None)]
