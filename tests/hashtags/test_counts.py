import numpy as np
import polars as pl
import pytest

from textmine.hashtags import hashtag_counts, hashtag_uses


def row_of(table, hashtag):
    return table.row(by_predicate=pl.col("hashtag") == hashtag, named=True)


def test_spellings_are_one_hashtag_shown_in_the_most_frequent_one(posts_of):
    tags = ["DiRumahAja", "dirumahaja", "#DiRumahAja", "＃DIRUMAHAJA"]
    counts = hashtag_counts(hashtag_uses(posts_of([{"hashtags": [tag]} for tag in tags])))
    assert counts.select("hashtag", "spelling", "posts").rows() == [("#dirumahaja", "#DiRumahAja", 4)]


def test_a_hashtag_counts_once_a_post_and_empty_ones_never(posts_of):
    posts = posts_of([{"hashtags": ["Ayo", "ayo", "#", " "]}, {"hashtags": ["ayo"]}, {}])
    uses = hashtag_uses(posts)
    assert hashtag_counts(uses)["posts"].to_list() == [2]
    assert (uses.n_posts, uses.n_posts_with_hashtags) == (3, 2)
    assert hashtag_counts(uses)["share"].to_list() == pytest.approx([2 / 3])


def test_first_and_last_use_name_who_and_when(posts_of):
    rows = [
        {"day": 5, "account": "b", "agency": "kemen_b", "hashtags": ["Ayo"]},
        {"day": 2, "account": "a", "hashtags": ["ayo"], "post_id": "erst"},
        {"day": 9, "account": "c", "agency": "kemen_b", "hashtags": ["Ayo"]},
    ]
    row = row_of(hashtag_counts(hashtag_uses(posts_of(rows))), "#ayo")
    assert (row["first_account"], row["first_agency"], row["first_post_id"]) == ("a", "a", "erst")
    assert (row["first_at"].day, row["last_at"].day, row["last_account"]) == (8, 15, "c")
    assert (row["accounts"], row["agencies"], row["clusters"]) == (3, 2, None)
    assert (row["biggest_user"], row["biggest_share"]) == ("kemen_b", pytest.approx(2 / 3))


def test_reposts_and_ads_adopt_nothing(posts_of):
    rows = [{"hashtags": ["ayo"], "post_kind": kind} for kind in ("original", "repost", "ad", "quote", "reply")]
    assert hashtag_counts(hashtag_uses(posts_of(rows)))["posts"].to_list() == [3]


def test_copies_are_one_text_whatever_their_links_mentions_and_emoji(posts_of):
    words = "bersama kita jaga kebersihan lingkungan sekolah"
    captions = [words, f"{words.upper()}! 😀", f"{words} https://x.co/a @kemenkes #ayo", words + " hari ini"]
    row = row_of(
        hashtag_counts(hashtag_uses(posts_of([{"caption": c, "hashtags": ["ayo"]} for c in captions]))), "#ayo"
    )
    assert (row["posts"], row["texts"]) == (4, 2)


def test_short_captions_are_copies_only_with_the_same_hashtags(posts_of):
    rows = [{"caption": "Selamat pagi", "hashtags": tags} for tags in (["ayo"], ["ayo"], ["ayo", "pagi"])]
    assert row_of(hashtag_counts(hashtag_uses(posts_of(rows))), "#ayo")["texts"] == 2


def test_an_own_hashtag_is_told_from_a_shared_one(posts_of):
    rows = [{"agency": "satu", "hashtags": ["Milik", "Bersama"]} for _ in range(9)]
    rows += [{"agency": f"lain{n}", "account": f"lain{n}", "hashtags": ["Bersama"]} for n in range(4)]
    rows += [{"agency": "satu", "hashtags": ["Jarang"]}]
    counts = hashtag_counts(hashtag_uses(posts_of(rows)))
    owners = {row["hashtag"]: row["own"] for row in counts.iter_rows(named=True)}
    assert owners == {"#milik": True, "#bersama": False, "#jarang": None}


def test_clusters_come_from_the_register(posts_of):
    register = pl.DataFrame({"agency": ["a", "b", "c"], "cluster": ["kementerian", "kementerian", "bumn"]})
    rows = [{"agency": key, "account": key, "hashtags": ["ayo"]} for key in "abc"]
    counts = hashtag_counts(hashtag_uses(posts_of(rows), agencies=register))
    assert counts["clusters"].to_list() == [2]


def test_counts_agree_with_plain_python_and_bear_any_order(posts_of, season):
    posts = posts_of(season)
    counts = hashtag_counts(hashtag_uses(posts))
    users: dict[str, set[str]] = {}
    n_posts: dict[str, int] = {}
    for row in season:
        for tag in {tag.lower() for tag in row["hashtags"]}:
            users.setdefault("#" + tag, set()).add(row["agency"])
            n_posts["#" + tag] = n_posts.get("#" + tag, 0) + 1
    assert dict(counts.select("hashtag", "posts").iter_rows()) == n_posts
    assert dict(counts.select("hashtag", "agencies").iter_rows()) == {tag: len(who) for tag, who in users.items()}
    shuffled = posts[np.random.default_rng(3).permutation(len(posts))]
    assert hashtag_counts(hashtag_uses(shuffled)).equals(counts)
