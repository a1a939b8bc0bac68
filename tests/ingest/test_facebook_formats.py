"""Facebook's tools: each recognised without options, every figure as written out here by hand from the fixture."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from textmine.posts import FIGURES, is_credited
from textmine.store import Workspace

FIXTURES = Path(__file__).parent / "fixtures"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "posts"
PAGE = 100064111222333
FIRST = "745000111222333"
"""The post that several fixtures hold, each tool's figures a little different."""


def figures(post):
    """The figures that are not null."""
    return {name: post[name] for name in (*FIGURES, "followers") if post[name] is not None}


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


FORMATS = {
    "crowdtangle/facebook_2020.csv": "CSV, CrowdTangle Facebook",
    "crowdtangle/facebook_2020_followers.csv": "CSV, CrowdTangle Facebook",
    "crowdtangle/facebook_2021_pages.csv": "CSV, CrowdTangle Facebook",
    "crowdtangle/facebook_2021_groups.csv": "CSV, CrowdTangle Facebook",
    "crowdtangle/api.json": "JSON, CrowdTangle API",
    "minet/crowdtangle.csv": "CSV, minet CrowdTangle",
    "meta_content_library/facebook.json": "JSON, Meta Content Library Facebook",
    "meta_content_library/facebook.csv": "CSV, Meta Content Library Facebook",
    "graph_api/facebook_page.json": "JSON, Graph API Facebook",
    "graph_api/facebook_without_shares.json": "JSON, Graph API Facebook",
    "facepager/facebook.csv": "CSV with semicolons, Facepager",
    "snscrape/facebook.jsonl": "NDJSON, snscrape Facebook",
}


@pytest.mark.parametrize("name", FORMATS)
def test_each_tool_is_recognised_and_every_row_accounted_for(ingested, name):
    result, posts, rejects = ingested(name)
    assert result.files[0].format == FORMATS[name]
    assert result.read == result.posts + result.duplicates + result.rejected
    assert (len(posts), len(rejects)) == (result.posts, result.rejected)


def test_crowdtangle_of_2020_thousands_eastern_time_and_reactions(ingested):
    _, posts, _ = ingested("crowdtangle/facebook_2020.csv")
    photo, video, share = posts[FIRST], posts["745000111222444"], posts["745000111222555"]
    # 1,000 likes and 7 love, 1 wow, 2 sad, 5 care; the 0 Post Views of a photo are none reported
    assert figures(photo) == {"likes": 1015, "comments": 15, "shares": 20, "followers": 1_972_048}
    assert photo["published_at"] == at(2020, 7, 1, 12)  # 08:00 in daylight time
    assert (photo["account"], photo["media_type"], photo["post_kind"]) == ("kemenuji", "image", "original")
    assert (photo["followers_kind"], photo["hashtags"]) == ("at_posting", ["HariUji"])
    # an N/A among the reactions adds nothing; Post Views, not Total Views
    assert figures(video) == {"likes": 300, "comments": 4, "shares": 9, "views": 12_345, "followers": 1_972_100}
    assert video["published_at"] == at(2020, 12, 1, 13)  # 08:00 in winter
    assert (video["media_type"], video["post_kind"]) == ("video", "original")
    assert share["published_at"] == at(2020, 12, 3, 4, 30)  # the next day in UTC
    assert share["post_kind"] == "repost"


def test_crowdtangle_followers_come_before_likes_of_the_page(ingested):
    _, posts, _ = ingested("crowdtangle/facebook_2020_followers.csv")
    assert [posts[i]["followers"] for i in "123"] == [61_250, 50_010, None]
    assert [posts[i]["followers_kind"] for i in "123"] == ["at_posting", "at_posting", "unknown"]
    # the text of a link's preview is not the page's
    assert (posts["1"]["caption"], posts["1"]["post_kind"], posts["1"]["media_type"]) == (
        "Baca di sini",
        "original",
        "link",
    )
    assert (posts["2"]["media_type"], figures(posts["2"])["comments"]) == ("text", 1)
    assert posts["3"]["post_kind"] == "repost"  # a link to another page's post


def test_what_the_user_maps_stands_for_the_whole_figure(ingested):
    mapping = {"followers": "Total Views", "likes": "Likes"}
    _, posts, _ = ingested("crowdtangle/facebook_2020.csv", mapping=mapping)
    assert figures(posts["745000111222444"])["followers"] == 20_000
    assert figures(posts[FIRST])["likes"] == 1000


def test_crowdtangle_of_2021_pages_and_groups(ingested):
    _, posts, _ = ingested("crowdtangle/facebook_2021_pages.csv", "crowdtangle/facebook_2021_groups.csv")
    live, album, group = posts["745000111222666"], posts["pfbid02aBcDeF"], posts["410000000000001"]
    assert figures(live) == {"likes": 1209, "comments": 20, "shares": 5, "views": 45_678, "followers": 2_100_500}
    # the night in which daylight time ends: the suffix decides
    assert (live["published_at"], album["published_at"]) == (at(2021, 11, 7, 4, 30), at(2021, 11, 7, 10, 30))
    assert (live["media_type"], live["post_kind"]) == ("live", "original")
    # pictures and videos keep the page's old handle in their links: no sign of another's post
    assert (album["media_type"], album["post_kind"], album["caption"]) == (
        "carousel",
        "original",
        "Foto kegiatan\nbaris kedua",
    )
    assert figures(album) == {"likes": 10, "comments": 0, "shares": 0, "followers": 2_100_501}
    assert (group["account"], group["published_at"]) == ("310000000000001", at(2021, 3, 14, 3))
    assert figures(group) == {"likes": 2, "comments": 0, "shares": 0, "followers": 8000}


def test_crowdtangle_api_tells_its_two_platforms_apart(ingested):
    _, posts, _ = ingested("crowdtangle/api.json")
    page, link, instagram = posts[FIRST], posts["410000000000009"], posts["3344901191704393910"]
    # 1001 + 7 love + 1 wow + 2 sad + 1 thankful + 5 care
    assert figures(page) == {"likes": 1017, "comments": 15, "shares": 20, "followers": 1_972_048}
    assert (page["published_at"], page["collected_at"]) == (at(2020, 7, 1, 12), at(2020, 7, 8, 1, 2, 3))
    assert (page["followers_kind"], page["media_type"], page["post_kind"]) == ("at_posting", "image", "original")
    # a preview's description is no caption; an audience of 0 on the day is one not known: the present one is taken
    assert (link["caption"], link["post_kind"]) == ("", "repost")
    assert (link["followers"], link["followers_kind"]) == (40, "at_collection")
    assert (instagram["platform"], instagram["caption"]) == ("instagram", "Takarir Instagram #reel")
    assert figures(instagram) == {"likes": 100, "comments": 20, "views": 5000, "followers": 812_400}


def test_minet_reads_the_actual_counts(ingested):
    _, posts, _ = ingested("minet/crowdtangle.csv")
    page, instagram = posts[FIRST], posts["3324917010513673525"]
    assert figures(page) == {"likes": 1017, "comments": 15, "shares": 20, "followers": 2_222_222}
    assert (page["followers_kind"], page["published_at"]) == ("at_collection", at(2020, 7, 1, 12))
    assert page["collected_at"] == at(2020, 7, 8, 1, 2, 3)
    assert (instagram["caption"], figures(instagram)) == (
        "Takarir Instagram",
        {"likes": 2500, "comments": 10, "followers": 900_000},
    )


@pytest.mark.parametrize("name", ["meta_content_library/facebook.json", "meta_content_library/facebook.csv"])
def test_content_library_ids_stay_exact_and_absent_views_are_null(ingested, name):
    _, posts, _ = ingested(name)
    post = posts["1054789423611157321"]  # beyond 2^53
    assert figures(post) == {"likes": 100, "comments": 7, "shares": 3}
    assert (post["account"], post["published_at"]) == ("kemenuji", at(2024, 3, 1, 2))
    assert (post["media_type"], post["post_kind"], post["hashtags"]) == ("image", "original", ["UjiLayanan"])


def test_content_library_owner_surface_and_shared_posts(ingested):
    _, posts, _ = ingested("meta_content_library/facebook.json", "meta_content_library/facebook.csv")
    shared, nameless = posts["1054789423611157322"], posts["1054789423611157323"]
    assert (shared["account"], shared["post_kind"], shared["media_type"]) == ("kemenuji", "repost", "reel")
    assert figures(shared) == {"likes": 9, "comments": 0, "shares": 0, "views": 4321}
    assert shared["collected_at"] == at(2024, 3, 20)
    assert (nameless["account"], nameless["published_at"]) == ("20009", at(2024, 3, 3, 2))


def test_graph_api_shares_are_none_where_they_were_asked_for(ingested):
    _, posts, _ = ingested("graph_api/facebook_page.json")
    first, shared, reel = posts[FIRST], posts["745000111222777"], posts["745000111222888"]
    # reactions, not the likes alone; comments by the summary, not by those listed
    assert figures(first) == {
        "likes": 1017, "comments": 15, "shares": 21, "reach": 43_210, "impressions": 54_321,
    }  # fmt: skip
    assert (first["media_type"], first["post_kind"], first["published_at"]) == (
        "carousel",
        "original",
        at(2020, 7, 1, 12),
    )
    # a story that Facebook wrote is no caption
    assert (shared["caption"], shared["post_kind"], figures(shared)) == (
        "",
        "repost",
        {"likes": 3, "comments": 0, "shares": 0},
    )
    assert (reel["media_type"], figures(reel)) == ("reel", {"likes": 8, "comments": 1, "shares": 0, "views": 700})
    # some permalinks hold the page's number and some its handle: one page is one account
    assert {post["account"] for post in posts.values()} == {str(PAGE)}


def test_graph_api_shares_are_null_where_no_post_has_any(ingested):
    _, posts, _ = ingested("graph_api/facebook_without_shares.json")
    assert figures(posts["1"]) == {"likes": 10, "followers": 61_250}
    assert (posts["1"]["account"], posts["1"]["followers_kind"]) == ("pemprovfiktif", "at_collection")


def test_graph_api_in_lines_and_in_a_list_is_the_same(ingested, tmp_path):
    pages = json.loads((FIXTURES / "graph_api" / "facebook_page.json").read_text())
    (tmp_path / "lines.ndjson").write_text("\n".join(json.dumps(post) for post in pages["data"]))
    (tmp_path / "list.json").write_text(json.dumps(pages["data"]))
    (tmp_path / "pages.ndjson").write_text("\n".join(json.dumps({"data": [post]}) for post in pages["data"]))
    expected = {i: figures(p) for i, p in ingested("graph_api/facebook_page.json")[1].items()}
    for number, name in enumerate(("lines.ndjson", "list.json", "pages.ndjson")):
        _, posts, _ = ingested(tmp_path / name, into=str(number))
        assert {i: figures(p) for i, p in posts.items()} == expected


def test_facepager_keeps_posts_and_refuses_the_rest_with_its_reason(ingested):
    _, posts, rejects = ingested("facepager/facebook.csv")
    assert [(r["source_row"], r["reason"], r["column"], r["value"]) for r in rejects] == [
        (1, "not a post", "object_type", "seed"),
        (4, "not a post", "object_type", "offcut"),
        (5, "not a post", "query_status", "error (400)"),
        (6, "not a post", "query_type", "Facebook:/<post-id>/comments"),
    ]
    first, second = posts[FIRST], posts["745000111222999"]
    assert figures(first) == {"likes": 1020, "comments": 16, "shares": 22}
    assert (first["account"], first["published_at"]) == (str(PAGE), at(2020, 7, 1, 12))
    assert first["collected_at"] == at(2020, 7, 10, 2, 0, 0, 123456)  # the computer's clock, Asia/Jakarta
    # no sum of reactions: 4 likes and 1 love are what there is; an empty shares.count is none
    assert (second["media_type"], figures(second)) == ("text", {"likes": 5, "comments": 0, "shares": 0})


def test_snscrape_has_no_figures_at_all(ingested):
    _, posts, _ = ingested("snscrape/facebook.jsonl")
    assert set(posts) == {FIRST, "745000111222444"}
    assert all(figures(post) == {} for post in posts.values())
    assert {post["account"] for post in posts.values()} == {"kemenuji"}


def test_one_post_from_six_tools_is_one_post_with_the_newest_figures(ingested):
    sources = (
        "crowdtangle/facebook_2020.csv",
        "graph_api/facebook_page.json",
        "snscrape/facebook.jsonl",
        "crowdtangle/api.json",
        "minet/crowdtangle.csv",
        "facepager/facebook.csv",
    )
    _, posts, _ = ingested(*sources)
    assert posts[FIRST]["source"].endswith("facepager/facebook.csv")  # collected on 10 July, CrowdTangle's on 8 July
    assert figures(posts[FIRST])["likes"] == 1020
    captions = [post for post in posts.values() if post["caption"] == "Selamat pagi, Indonesia! #HariUji"]
    assert len(captions) == 1


def test_the_content_library_has_ids_of_its_own(ingested, tmp_path):
    crowdtangle = ingested("crowdtangle/facebook_2020.csv", into="a")[1]
    library = ingested("meta_content_library/facebook.json", into="b")[1]
    assert not crowdtangle.keys() & library.keys()


def test_shares_of_others_are_not_credited(ingested, tmp_path):
    ingested("crowdtangle/facebook_2020.csv", "graph_api/facebook_page.json")
    posts = Workspace.open(tmp_path / "workspace").scan("posts.parquet", made_by="ingest")
    uncredited = posts.filter(~is_credited()).collect()["post_id"].to_list()
    assert sorted(uncredited) == ["745000111222555", "745000111222777"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real exports are not on this machine")
def test_every_figure_of_the_real_crowdtangle_answer(ingested):
    (path,) = (SHARED / "crowdtangle").glob("*.json")
    raw = json.loads(path.read_text(encoding="utf-8"))["result"]["posts"]
    result, posts, _ = ingested(path)
    assert result.files[0].format == "JSON, CrowdTangle API"
    assert (result.read, result.posts, result.rejected) == (len(raw), len(raw), 0)
    for row in raw:
        post = posts[row["platformId"].split("_")[1]]
        actual = dict(row["statistics"]["actual"])
        assert post["comments"] == actual.pop("commentCount")
        assert post["shares"] == actual.pop("shareCount")
        assert post["likes"] == sum(actual.values())
        assert (post["views"], post["hidden"]) == (None, [])
        assert post["followers"] == row["subscriberCount"]
        assert post["account"] == row["account"]["handle"].lower()
        assert post["published_at"] == datetime.fromisoformat(row["date"]).replace(tzinfo=UTC)
        assert post["collected_at"] == datetime.fromisoformat(row["updated"]).replace(tzinfo=UTC)
        assert post["caption"] == row.get("message", "")
        assert (post["post_kind"], post["media_type"]) == ("original", "image")


def test_the_fixtures_hold_what_the_csv_module_reads_there():
    """The expected values above are the fixtures' own: a slip in one would show here."""
    with (FIXTURES / "crowdtangle" / "facebook_2020.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    reactions = ("Likes", "Love", "Wow", "Haha", "Sad", "Angry", "Care")
    summed = [sum(int(row[name].replace(",", "")) for name in reactions if row[name] != "N/A") for row in rows]
    assert summed == [1015, 300, 12]
    assert all(next(key for key in row if key.startswith("Total Interactions (weighted  —  ")) for row in rows)


def test_a_column_of_zeros_from_crowdtangle_is_a_column_of_counts(ingested, tmp_path):
    with (FIXTURES / "crowdtangle/facebook_2021_pages.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    path = tmp_path / "posts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        for number in range(60):
            url = f"https://www.facebook.com/{PAGE}/posts/{10_000 + number}"
            writer.writerow({**row, "URL": url, "Link": url, "Shares": "0", "Likes": str(number)})
    _, posts, _ = ingested(path)
    assert [post["shares"] for post in posts.values()] == [0] * 60
