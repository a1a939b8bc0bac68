"""Instagram's tools: each recognised without options, every figure as written out here by hand from the fixture."""

import base64
import csv
import json
import lzma
from datetime import UTC, datetime
from pathlib import Path

import pytest

from textmine.posts import FIGURES, is_credited
from textmine.store import Workspace

FIXTURES = Path(__file__).parent / "fixtures"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "posts"


def number_of(code):
    """The id that a shortcode stands for, by the base64 module."""
    return str(int.from_bytes(base64.b64decode("A" + code, b"-_"), "big"))


UPACARA, REEL, HIDDEN = number_of("C4kemenUj01"), number_of("C5reelsUji2"), number_of("C7kunciUji4")
AD, POLARIS, GRAPH, OTHER = (number_of(c) for c in ("C8iklanUji5", "C9polarUji6", "C6kolab_Uj3", "DAfotoUji77"))


def figures(post):
    """The figures that are not null."""
    return {name: post[name] for name in (*FIGURES, "followers") if post[name] is not None}


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


FORMATS = {
    "crowdtangle/instagram.csv": "CSV, CrowdTangle Instagram",
    "meta_content_library/instagram.json": "JSON, Meta Content Library Instagram",
    "graph_api/instagram_media.json": "JSON, Graph API Instagram",
    "graph_api/instagram_business_discovery.json": "JSON, Graph API Instagram",
    "instaloader/graph.json": "JSON, instaloader",
    "instaloader/iphone.json": "JSON, instaloader",
    "instaloader/hidden.json": "JSON, instaloader",
    "instaloader/profile.json": "JSON, instaloader",
    "instaloader/story.json": "JSON, instaloader",
    "instaloader/comments.json": "JSON, instaloader comments",
    "zeeschuimer/instagram.ndjson": "NDJSON, Zeeschuimer Instagram",
    "4cat/instagram.csv": "CSV, 4CAT Instagram",
    "minet/instagram.csv": "CSV, minet Instagram",
    "gallery_dl/instagram.csv": "CSV, gallery-dl",
    "gallery_dl/dump.json": "JSON, gallery-dl metadata",
    "snscrape/instagram.jsonl": "NDJSON, snscrape Instagram",
}


@pytest.mark.parametrize("name", FORMATS)
def test_each_tool_is_recognised_and_every_row_accounted_for(ingested, name):
    result, posts, rejects = ingested(name)
    assert result.files[0].format == FORMATS[name]
    assert result.read == result.posts + result.duplicates + result.rejected
    assert (len(posts), len(rejects)) == (result.posts, result.rejected)
    assert all(post["platform"] == "instagram" and post["shares"] in (None, 44, 5) for post in posts.values())


def test_crowdtangle_description_is_the_caption(ingested):
    _, posts, _ = ingested("crowdtangle/instagram.csv")
    assert figures(posts[UPACARA]) == {"likes": 2500, "comments": 10, "followers": 812_345}
    assert (posts[UPACARA]["caption"], posts[UPACARA]["media_type"]) == ("Upacara, #HariUji 🎉", "carousel")
    assert posts[UPACARA]["published_at"] == at(2021, 7, 1, 12)  # 08:00 EDT
    assert figures(posts[REEL]) == {"likes": 100, "comments": 20, "views": 5000, "followers": 812_400}
    assert (posts[REEL]["caption"], posts[REEL]["media_type"]) == ("Takarir reel", "reel")
    assert (posts[OTHER]["caption"], posts[OTHER]["media_type"], figures(posts[OTHER])) == ("", "video", {"likes": 3})


def test_content_library_views_are_absent_and_not_none(ingested):
    _, posts, _ = ingested("meta_content_library/instagram.json")
    first, second = posts["2054789423611157321"], posts["2054789423611157322"]
    assert figures(first) == {"likes": 321, "comments": 12, "views": 9876}
    assert (first["account"], first["media_type"], first["hashtags"]) == ("kemenuji", "carousel", ["UjiLayanan"])
    assert (first["collected_at"], second["collected_at"]) == (at(2024, 3, 20), None)
    assert figures(second) == {"likes": 0, "comments": 0}


def test_graph_api_hidden_likes_reels_stories_and_ads(ingested):
    _, posts, _ = ingested("graph_api/instagram_media.json")
    assert set(posts) == {UPACARA, REEL, OTHER, AD}  # by permalink or shortcode, never by the API's own number
    assert figures(posts[UPACARA]) == {
        "likes": 2505, "comments": 11, "shares": 44, "saves": 33, "reach": 30_000, "impressions": 41_000,
    }  # fmt: skip
    assert (posts[UPACARA]["media_type"], posts[UPACARA]["published_at"]) == ("carousel", at(2021, 7, 1, 12))
    assert figures(posts[REEL]) == {"comments": 20, "shares": 5, "saves": 6, "views": 5100}
    assert (posts[REEL]["hidden"], posts[REEL]["media_type"]) == (["likes"], "reel")
    assert (posts[OTHER]["media_type"], posts[OTHER]["hidden"], figures(posts[OTHER])["likes"]) == ("story", [], 0)
    assert (posts[AD]["post_kind"], figures(posts[AD])) == ("ad", {"likes": 9000, "comments": 2})


def test_graph_api_likes_that_nobody_asked_for_are_not_hidden(ingested):
    _, posts, _ = ingested("graph_api/instagram_business_discovery.json")
    post = posts[HIDDEN]
    assert (figures(post), post["hidden"]) == ({"comments": 4, "followers": 12_345}, [])
    assert (post["account"], post["followers_kind"]) == ("lembagacontoh", "at_collection")


def test_graph_api_without_address_or_code_goes_by_the_older_id(ingested, tmp_path):
    media = {
        "id": "17900000000000009",
        "ig_id": UPACARA,
        "media_type": "IMAGE",
        "timestamp": "2021-07-01T12:00:00+0000",
    }
    media |= {"username": "kemenuji", "like_count": 4, "caption": "A"}
    (tmp_path / "media.json").write_text(json.dumps({"data": [media]}))
    _, posts, _ = ingested(tmp_path / "media.json")
    assert {i: figures(post) for i, post in posts.items()} == {UPACARA: {"likes": 4}}


def test_a_column_called_code_that_holds_none_does_not_make_posts_one(ingested, tmp_path):
    lines = [
        "code,id,username,date,caption",
        f"200,{UPACARA},kemenuji,2021-07-01,A",
        f"200,{REEL},kemenuji,2021-07-02,B",
    ]
    (tmp_path / "posts.csv").write_text("\n".join(lines))
    _, posts, _ = ingested(tmp_path / "posts.csv", platform="instagram")
    assert set(posts) == {UPACARA, REEL}


def test_instaloader_in_its_variants(ingested):
    _, posts, _ = ingested(*(f"instaloader/{name}.json" for name in ("graph", "iphone", "hidden")))
    assert figures(posts[UPACARA]) == {"likes": 2502, "comments": 12, "followers": 812_345}
    assert (posts[UPACARA]["media_type"], posts[UPACARA]["caption"]) == ("carousel", "Upacara, #HariUji 🎉")
    assert posts[UPACARA]["coauthors"] == ["lembagacontoh"]  # the owner is no coauthor of its own post
    assert posts[UPACARA]["followers_kind"] == "at_collection"
    assert posts[UPACARA]["url"] == "https://www.instagram.com/p/C4kemenUj01/"
    # -1 likes in the page's object, true ones in the phone's; plays before views
    assert (figures(posts[REEL]), posts[REEL]["hidden"]) == ({"likes": 101, "comments": 20, "views": 5200}, [])
    assert (posts[REEL]["media_type"], posts[REEL]["published_at"]) == ("reel", at(2021, 7, 2, 12))
    assert (figures(posts[HIDDEN]), posts[HIDDEN]["hidden"]) == ({"comments": 0}, ["likes"])


def test_instaloader_files_that_are_no_posts_are_refused_and_the_folder_goes_on(ingested, tmp_path):
    folder = tmp_path / "kemenuji"
    folder.mkdir()
    for path in (FIXTURES / "instaloader").glob("*.json"):
        (folder / f"{path.name}.xz").write_bytes(lzma.compress(path.read_bytes()))
    result, posts, rejects = ingested(folder)
    assert set(posts) == {UPACARA, REEL, HIDDEN}
    assert sorted((r["reason"], r["column"], r["value"]) for r in rejects) == [
        ("not a post", "id", "18000000000000001"),
        ("not a post", "instaloader.node_type", "Profile"),
        ("not a post", "instaloader.node_type", "StoryItem"),
    ]
    assert result.read == 6


def test_zeeschuimer_in_three_shapes(ingested):
    _, posts, _ = ingested("zeeschuimer/instagram.ndjson")
    assert set(posts) == {UPACARA, HIDDEN, GRAPH, POLARIS, AD, REEL}
    assert figures(posts[UPACARA]) == {"likes": 2510, "comments": 13}
    assert posts[UPACARA]["collected_at"] == at(2021, 7, 4, 12, 0, 0, 123000)
    # three likes are what is shown where likes are hidden
    assert (figures(posts[HIDDEN]), posts[HIDDEN]["hidden"]) == ({"comments": 6}, ["likes"])
    assert (posts[HIDDEN]["account"], posts[HIDDEN]["coauthors"]) == ("lembagacontoh", ["kemenuji"])
    assert figures(posts[GRAPH]) == {"likes": 70, "comments": 5, "views": 777}
    assert (posts[GRAPH]["caption"], posts[GRAPH]["media_type"]) == ("Bentuk Graph", "video")
    assert (figures(posts[POLARIS]), posts[POLARIS]["hidden"]) == ({}, [])
    assert (posts[POLARIS]["caption"], posts[POLARIS]["media_type"]) == ("Bentuk Polaris", "video")
    assert (posts[AD]["post_kind"], posts[AD]["account"]) == ("ad", "tokofiktif")
    assert (figures(posts[REEL]), posts[REEL]["media_type"]) == ({"likes": 105, "comments": 22, "views": 5300}, "reel")


def test_a_later_capture_without_figures_does_not_take_the_place_of_one_with_them(ingested, tmp_path):
    lines = (FIXTURES / "zeeschuimer" / "instagram.ndjson").read_text(encoding="utf-8").splitlines()
    partial = json.loads(lines[3])
    partial["data"] |= {"code": "C4kemenUj01", "pk": UPACARA}
    (tmp_path / "twice.ndjson").write_text("\n".join([json.dumps(partial), lines[0]]), encoding="utf-8")
    result, posts, _ = ingested(tmp_path / "twice.ndjson")
    assert (result.posts, result.duplicates) == (1, 1)
    assert figures(posts[UPACARA]) == {"likes": 2510, "comments": 13}


def test_ads_are_kept_and_not_credited(ingested, tmp_path):
    ingested("zeeschuimer/instagram.ndjson", "graph_api/instagram_media.json")
    posts = Workspace.open(tmp_path / "workspace").scan("posts.parquet", made_by="ingest")
    assert posts.filter(~is_credited()).collect()["post_id"].to_list() == [AD]


def test_a_capture_that_4cat_stored_is_the_same(ingested, tmp_path):
    lines = (FIXTURES / "zeeschuimer" / "instagram.ndjson").read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    stored = [{**item.pop("data"), "__import_meta": item} for item in items]
    (tmp_path / "stored.ndjson").write_text("\n".join(map(json.dumps, stored)))
    captured = ingested("zeeschuimer/instagram.ndjson", into="a")[1]
    again = ingested(tmp_path / "stored.ndjson", into="b")[1]
    assert {i: figures(p) for i, p in again.items()} == {i: figures(p) for i, p in captured.items()}


def test_4cat_hidden_likes_unknown_comments_and_carousels(ingested):
    _, posts, _ = ingested("4cat/instagram.csv")
    assert figures(posts[UPACARA]) == {"likes": 2511, "comments": 14}
    assert (posts[UPACARA]["media_type"], posts[UPACARA]["hashtags"]) == ("carousel", ["HariUji"])
    assert posts[UPACARA]["coauthors"] == ["lembagacontoh", "pemprov.fiktif"]
    assert posts[UPACARA]["published_at"] == at(2021, 7, 1, 12)  # the server's clock, two hours on, is not read
    assert (figures(posts[HIDDEN]), posts[HIDDEN]["hidden"]) == ({}, ["likes"])
    assert figures(posts[REEL]) == {"likes": 106, "comments": 23, "views": 5400}


def test_comments_that_an_older_4cat_put_among_posts_are_refused(ingested, tmp_path):
    header = "id,thread_id,parent_id,body,author,timestamp,type,url,hashtags,usertags,mentioned,num_likes,num_comments"
    post = "C4kemenUj01,C4kemenUj01,C4kemenUj01,Halo,kemenuji,1625140800,picture,https://cdn.example/1.jpg,,,,4,1"
    comment = "18000000000000001,C4kemenUj01,C4kemenUj01,Mantap,warga,1625140900,comment,,,,,0,0"
    (tmp_path / "old.csv").write_text(f"{header}\n{post}\n{comment}\n")
    _, posts, rejects = ingested(tmp_path / "old.csv")
    assert {i: figures(post) for i, post in posts.items()} == {UPACARA: {"likes": 4, "comments": 1}}
    assert [(r["source_row"], r["reason"], r["value"]) for r in rejects] == [(2, "not a post", "comment")]


def test_minet_lists_are_parted_by_bars(ingested):
    _, posts, _ = ingested("minet/instagram.csv")
    assert figures(posts[UPACARA]) == {"likes": 2512, "comments": 15}
    assert posts[UPACARA]["hashtags"] == ["HariUji", "Uji2"]
    assert posts[UPACARA]["coauthors"] == ["lembagacontoh", "pemprov.fiktif"]
    assert (figures(posts[HIDDEN]), posts[HIDDEN]["hidden"]) == ({"comments": 6}, ["likes"])


@pytest.mark.parametrize(("name", "kind"), [("gallery_dl/instagram.csv", "reel"), ("gallery_dl/dump.json", "video")])
def test_gallery_dl_pictures_are_one_post_and_zeros_were_not_collected(ingested, name, kind):
    result, posts, _ = ingested(name)
    assert (result.read, result.posts, result.duplicates, result.rejected) == (3, 2, 1, 0)
    assert (figures(posts[UPACARA]), figures(posts[REEL])) == ({"likes": 2513}, {"likes": 107})
    assert (posts[UPACARA]["media_type"], posts[UPACARA]["published_at"]) == ("carousel", at(2021, 7, 1, 12))
    assert posts[REEL]["media_type"] == kind  # the address says reel in the one, gallery-dl writes /p/ in the other


def test_gallery_dl_figures_that_were_collected_after_all_stay(ingested, tmp_path):
    text = (FIXTURES / "gallery_dl" / "instagram.csv").read_text(encoding="utf-8")
    (tmp_path / "with_comments.csv").write_text(text.replace(",107,0,True,0,", ",107,6,True,900,"), encoding="utf-8")
    _, posts, _ = ingested(tmp_path / "with_comments.csv")
    assert figures(posts[REEL]) == {"likes": 107, "comments": 6, "views": 900}
    kept = ingested("gallery_dl/instagram.csv", zeros="keep", into="keep")[1]
    assert figures(kept[REEL]) == {"likes": 107, "comments": 0, "views": 0}


def test_snscrape_has_likes_and_comments(ingested):
    _, posts, _ = ingested("snscrape/instagram.jsonl")
    assert figures(posts[UPACARA]) == {"likes": 2499, "comments": 9}
    assert (posts[POLARIS]["media_type"], figures(posts[POLARIS])) == ("video", {"likes": 7, "comments": 0})


def test_one_post_from_nine_tools_is_one_post(ingested):
    sources = (
        "instaloader/graph.json",
        "zeeschuimer/instagram.ndjson",
        "graph_api/instagram_media.json",
        "gallery_dl/instagram.csv",
        "gallery_dl/dump.json",
        "4cat/instagram.csv",
        "minet/instagram.csv",
        "crowdtangle/instagram.csv",
        "snscrape/instagram.jsonl",
    )
    _, posts, _ = ingested(*sources)
    assert [post["post_id"] for post in posts.values() if post["caption"].startswith("Upacara")] == [UPACARA]
    assert len([post for post in posts.values() if post["caption"] == "Takarir reel"]) == 1
    assert figures(posts[UPACARA])["likes"] == 2510  # Zeeschuimer alone says when it read


def test_a_collaboration_in_two_feeds_is_credited_once(ingested, tmp_path):
    line = json.loads((FIXTURES / "instaloader" / "graph.json").read_text(encoding="utf-8"))
    for feed in ("kemenuji", "lembagacontoh"):
        (tmp_path / f"{feed}.json").write_text(json.dumps(line))
    result, posts, _ = ingested(tmp_path / "kemenuji.json", tmp_path / "lembagacontoh.json")
    assert (result.read, result.posts, result.duplicates) == (2, 1, 1)
    assert (posts[UPACARA]["account"], posts[UPACARA]["coauthors"]) == ("kemenuji", ["lembagacontoh"])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real exports are not on this machine")
def test_every_figure_of_the_real_gallery_dl_export(ingested):
    (path,) = (SHARED / "instagram_fst_unja").glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    result, posts, _ = ingested(path)
    assert (result.files[0].format, result.read, result.rejected) == ("CSV, gallery-dl", len(rows), 0)
    expected = {}
    for row in rows:
        code = row["url"].rstrip("/").split("/")[-1]
        expected.setdefault(number_of(code), row)
    assert posts.keys() == expected.keys()
    for post_id, row in expected.items():
        assert figures(posts[post_id]) == {"likes": int(row["likes"])}
        assert posts[post_id]["account"] == row["username"]
        assert posts[post_id]["caption"] == row["caption"]
