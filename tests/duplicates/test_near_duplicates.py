"""The same campaign text by many accounts is found and marked, and no pair is a guess."""

import datetime as dt
import itertools
import random

import numpy as np
import polars as pl
import pytest

from textmine.batches import iter_batches
from textmine.duplicates import NEAR_DUPLICATES_SCHEMA, duplicates_stage, largest_clusters, near, near_duplicates
from textmine.duplicates.clusters import candidate_pairs, halves, stars
from textmine.duplicates.minhash import N_HASHES, BandHasher, meeting, rows_of_band
from textmine.posts import POLARS_SCHEMA
from textmine.store import Workspace

WORDS = [f"kata{n}" for n in range(4000)]


def posts_of(captions, *, accounts=None, kinds=None, days=None, hashtags=None):
    """Canonical posts on X; post i is by account i unless told otherwise."""
    n = len(captions)
    given = {
        "platform": ["x"] * n,
        "post_id": [f"{i:06}" for i in range(n)],
        "account": accounts or [f"akun{i}" for i in range(n)],
        "published_at": [dt.datetime(2024, 3, d, tzinfo=dt.UTC) for d in (days or [1 + i % 28 for i in range(n)])],
        "caption": captions,
        "hashtags": hashtags or [[word[1:] for word in text.split() if word.startswith("#")] for text in captions],
        "post_kind": kinds or ["original"] * n,
    }
    columns = [pl.Series(name, given.get(name, [None] * n), dtype=dtype) for name, dtype in POLARS_SCHEMA.items()]
    return pl.DataFrame(columns)


def clusters(posts, **options):
    found = near_duplicates(posts, **options)
    return [
        group.sort().to_list() for group in found.group_by("cluster", maintain_order=True).agg("post_id")["post_id"]
    ]


def text(draw, n_words):
    return " ".join(draw.choices(WORDS, k=n_words))


CAMPAIGN = "Ayo cegah stunting bersama kader posyandu di desa kita mulai hari ini juga untuk anak Indonesia sehat"


@pytest.mark.parametrize(
    "edited",
    [
        CAMPAIGN,
        CAMPAIGN.upper(),
        CAMPAIGN + " #CegahStunting #IndonesiaMaju",
        "#Stunting " + CAMPAIGN.replace("desa kita", "desa kita 🎉🎉") + " https://kemkes.go.id/a/1",
        CAMPAIGN.replace(" bersama", ", bersama").replace("kita ", "kita!\n\n"),
        "@kemenkes_ri " + CAMPAIGN,
        CAMPAIGN.replace("kader", "ibu-ibu").replace("sehat", "hebat"),
        "𝗔𝘆𝗼 " + CAMPAIGN.removeprefix("Ayo "),
    ],
)
def test_the_same_text_with_small_changes_is_found(edited):
    draw = random.Random(1)
    others = [text(draw, 17) for _ in range(300)]
    assert clusters(posts_of([CAMPAIGN, *others, edited])) == [["000000", "000301"]]


def test_texts_that_share_half_of_their_words_are_not_marked():
    half = " ".join(CAMPAIGN.split()[:8] + text(random.Random(1), 9).split())
    assert clusters(posts_of([CAMPAIGN, half])) == []


def test_short_captions_must_be_equal_with_their_hashtags():
    captions = ["Selamat pagi", "selamat PAGI!", "Selamat malam", "Selamat pagi #Senin", "Pagi #senin selamat", ""]
    captions += ["Selamat pagi semua #Senin", "#Merdeka #HUTRI", "#hutri #merdeka 🎉", "https://x.com/a", "👍👍", "👍"]
    assert clusters(posts_of(captions)) == [["000000", "000001"], ["000007", "000008"]]


def test_reposts_are_left_out_and_ads_are_not():
    posts = posts_of([CAMPAIGN] * 4, kinds=["original", "repost", "ad", "quote"])
    assert clusters(posts) == [["000000", "000002", "000003"]]


def test_size_accounts_and_similarity_are_those_of_the_cluster():
    changed = CAMPAIGN.replace("kader", "ibu")
    found = near_duplicates(posts_of([changed, CAMPAIGN, CAMPAIGN, "lain sama sekali"], accounts=["a", "a", "b", "c"]))
    assert found.schema == NEAR_DUPLICATES_SCHEMA
    assert found.select("post_id", "cluster", "size", "n_accounts").rows() == [
        ("000000", 1, 3, 2),
        ("000001", 1, 3, 2),
        ("000002", 1, 3, 2),
    ]
    # 17 words and 16 pairs; one word and two pairs differ
    assert found["similarity"].to_list() == [pytest.approx(30 / 36), 1.0, 1.0]


def sets_of(caption):
    words = caption.lower().split()
    return {*words, *itertools.pairwise(words)}


def similar(a, b):
    return len(sets_of(a) & sets_of(b)) / len(sets_of(a) | sets_of(b))


def edited_corpus(seed, n_originals=60, share=0.1, n_words=(8, 40)):
    """Originals, and for each one copies in which some words are changed."""
    draw = random.Random(seed)
    captions = []
    for _ in range(n_originals):
        words = text(draw, draw.randint(*n_words)).split()
        captions.append(" ".join(words))
        for _ in range(draw.randint(0, 4)):
            copy = list(words)
            for place in draw.sample(range(len(words)), max(1, round(share * len(words)))):
                copy[place] = draw.choice(WORDS)
            captions.append(" ".join(copy))
    draw.shuffle(captions)
    return captions


@pytest.mark.parametrize("seed", range(3))
def test_every_member_is_as_similar_to_the_middle_as_is_said(seed):
    captions = edited_corpus(seed, share=0.2)
    found = near_duplicates(posts_of(captions), threshold=0.5)
    assert len(found) > 20
    for _, group in found.group_by("cluster"):
        middle = captions[int(group.filter(pl.col("similarity") == 1.0)["post_id"][0])]
        for post_id, similarity in group.select("post_id", "similarity").iter_rows():
            assert similarity == pytest.approx(similar(captions[int(post_id)], middle))
            assert similarity >= 0.5


def test_nearly_all_pairs_with_one_word_in_ten_changed_are_found():
    captions = edited_corpus(5, n_originals=400)
    found = near_duplicates(posts_of(captions))
    cluster = dict(found.select(pl.col("post_id").cast(pl.Int64), "cluster").iter_rows())
    alike = [(i, j) for i in range(len(captions)) for j in range(i) if _may_be_alike(captions, i, j)]
    assert len(alike) > 700
    met = sum(cluster.get(i, -1) == cluster.get(j, -2) for i, j in alike)
    assert met / len(alike) > 0.97


def _may_be_alike(captions, i, j):
    return captions[i].count(" ") == captions[j].count(" ") and similar(captions[i], captions[j]) >= 0.7


def test_the_order_of_posts_and_the_batches_change_nothing(monkeypatch):
    posts = posts_of(edited_corpus(7), days=None)
    expected = near_duplicates(posts)
    assert near_duplicates(posts.sample(fraction=1.0, shuffle=True, seed=3)).equals(expected)
    for rows in (1, 7, 50):
        monkeypatch.setattr(near, "iter_batches", lambda table, rows=rows: iter_batches(table, rows=rows))
        assert near_duplicates(posts.lazy()).equals(expected)


def test_a_campaign_of_thousands_of_versions_stays_one_cluster():
    draw = random.Random(1)
    words = text(draw, 30).split()
    versions = [[*words[:k], f"kota{n}", *words[k + 1 :]] for n in range(3000) for k in [draw.randrange(30)]]
    found = near_duplicates(posts_of([" ".join(words)] * 2 + [" ".join(version) for version in versions]))
    assert (found["size"][0], found["similarity"].min() >= 0.6) == (3002, True)


def test_no_posts_and_no_words_give_an_empty_table():
    assert near_duplicates(posts_of([])).schema == NEAR_DUPLICATES_SCHEMA
    assert near_duplicates(posts_of(["👍", ""])).is_empty()


@pytest.mark.parametrize("options", [{"threshold": 0.0}, {"threshold": 1.1}, {"min_words": 0}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        near_duplicates(posts_of(["a"]), **options)


def test_bands_meet_as_often_as_theory_says():
    draw = np.random.default_rng(1)
    rows, n_sets = rows_of_band(0.6), 600
    features = draw.integers(0, 2**64, (n_sets, 40), np.uint64, endpoint=False)
    other = features.copy()
    other[:, :10] = draw.integers(0, 2**64, (n_sets, 10), np.uint64, endpoint=False)  # 30 of 50: similarity 0.6
    starts = np.arange(n_sets + 1) * 40
    hasher = BandHasher(rows)
    left, right = (hasher.bands(sets.ravel(), starts) for sets in (features, other))
    assert hasher.n_bands == N_HASHES // rows
    assert np.mean((left == right).any(axis=0)) == pytest.approx(meeting(0.6, rows), abs=0.05)
    assert np.mean(left == right) == pytest.approx(0.6**rows, abs=0.01)


def test_pairs_of_small_buckets_are_all_there_and_crowds_meet_their_first():
    small = np.array([5, 7, 5, 5, 9], np.uint32)
    assert list(zip(*halves(candidate_pairs([small])), strict=True)) == [(0, 2), (0, 3), (2, 3)]
    left, right = halves(candidate_pairs([np.zeros(100, np.uint32)]))
    assert {int(j) for i, j in zip(left, right, strict=True) if i == 0} == set(range(1, 100))
    assert len(left) < 100 * 11 and (left < right).all()
    assert len(candidate_pairs([])) == 0


def test_in_a_chain_only_texts_like_the_middle_join_it():
    chain = np.array([0 << 32 | 1, 1 << 32 | 2, 2 << 32 | 3, 3 << 32 | 4], np.uint64)
    found = stars(np.array([5, 1, 1, 1, 1, 1]), chain, np.array([0.7, 0.8, 0.9, 0.6]))
    assert found.middle.tolist() == [1, 1, 1, 3, 3, 5]
    assert found.similarity.tolist() == [0.7, 1.0, 0.8, 1.0, 0.6, 1.0]


def test_the_stage_marks_posts_and_lists_campaigns_of_many_accounts(tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    same = "Jam layanan kantor kami hari ini pukul delapan pagi"
    captions = [CAMPAIGN, CAMPAIGN + " #A", CAMPAIGN.replace("kader", "ibu"), same, same, same, same]
    posts = posts_of(captions, accounts=["a", "b", "b", *"cccc"], days=[5, 3, 9, 1, 2, 3, 4])

    def build(staging):
        posts.write_parquet(staging / "posts.parquet")
        return {"posts": len(posts)}

    workspace.run_stage("ingest", build, outputs=["posts.parquet"], inputs={}, settings={})
    done = duplicates_stage(workspace)
    assert done.manifest.rows == {"posts": 7, "near_duplicates": 7, "clusters": 2}
    assert not duplicates_stage(workspace).ran
    assert duplicates_stage(workspace, threshold=0.7).ran
    campaigns = largest_clusters(workspace)
    assert campaigns.rows(named=True) == [
        {
            "cluster": 2,
            "size": 3,
            "n_accounts": 2,
            "first": dt.date(2024, 3, 3),
            "last": dt.date(2024, 3, 9),
            "accounts": ["b", "a"],
            "caption": CAMPAIGN + " #A",
        }
    ]
    assert largest_clusters(workspace, min_accounts=1, top=1)["caption"].to_list() == [same]
    assert workspace.scan("posts.parquet", made_by="ingest").collect().equals(posts)
