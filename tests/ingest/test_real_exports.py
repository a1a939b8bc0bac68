"""Two real exports, read without any option, against an independent reading by the csv module."""

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from textmine.ingest import ingest
from textmine.store import Workspace

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "posts"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real exports are not on this machine")


def raw_rows(folder):
    (path,) = (DATA / folder).glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ingested(tmp_path, folder):
    workspace = Workspace.create(tmp_path / "workspace")
    result = ingest([DATA / folder], workspace)
    posts = workspace.scan("posts.parquet", made_by="ingest").collect()
    return result, {row["source_row"]: row for row in posts.rows(named=True)}


def test_every_tweet_of_the_harvest_has_its_figures(tmp_path):
    result, posts = ingested(tmp_path, "x_tweet_harvest_kipk")
    raw = raw_rows("x_tweet_harvest_kipk")
    assert result.files[0].format == "CSV, tweet-harvest"
    assert (result.read, result.posts, result.duplicates, result.rejected) == (1000, 990, 10, 0)
    first_of = {row["id_str"]: number for number, row in reversed(list(enumerate(raw, start=1)))}
    assert set(posts) == set(first_of.values())
    for number, post in posts.items():
        row = raw[number - 1]
        assert post["post_id"] == row["id_str"]
        assert post["account"] == row["username"].lower()
        assert post["caption"] == row["full_text"]
        assert post["published_at"] == datetime.strptime(row["created_at"], "%a %b %d %H:%M:%S %z %Y")
        assert post["likes"] == int(row["favorite_count"])
        assert post["comments"] == int(row["reply_count"])
        assert post["shares"] == int(row["retweet_count"]) + int(row["quote_count"])
        assert (post["views"], post["platform"]) == (None, "x")
        assert post["post_kind"] == ("reply" if row["in_reply_to_screen_name"] else "original")


def test_every_instagram_post_of_gallery_dl_has_its_figures_and_carousels_are_one(tmp_path):
    result, posts = ingested(tmp_path, "instagram_fst_unja")
    raw = raw_rows("instagram_fst_unja")
    rows_of_post = Counter(row["url"] for row in raw)
    assert result.files[0].format == "CSV, gallery-dl"
    assert (result.read, result.rejected) == (len(raw), 0) == (348, 0)
    assert result.posts == len(rows_of_post)
    assert result.duplicates == len(raw) - len(rows_of_post)
    seen = set()
    for number, post in posts.items():
        row = raw[number - 1]
        seen.add(row["url"])
        assert post["caption"] == row["caption"]
        assert post["likes"] == int(row["likes"])
        assert post["published_at"] == datetime.fromisoformat(row["date"]).replace(tzinfo=UTC)
        assert post["hashtags"] == row["hashtags"].replace("#", "").split()
        single = row["shortcode"] in row["url"]
        kind = "reel" if "/reel/" in row["url"] else {"photo": "image", "video": "video"}[row["media_type"]]
        assert post["media_type"] == (kind if single else "carousel")
        assert not single or post["post_id"] == row["post_id"]
    assert seen == set(rows_of_post)


def test_figures_that_gallery_dl_never_collected_are_null(tmp_path):
    result, posts = ingested(tmp_path, "instagram_fst_unja")
    assert {(post["comments"], post["views"], post["shares"]) for post in posts.values()} == {(None, None, None)}
    assert "comments is 0 on every one of 348 rows: taken as not collected" in result.files[0].notes
    assert "348 times carry no zone: taken as UTC" in result.files[0].notes
