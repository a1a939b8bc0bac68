"""Planted hijacks: posts of one subject under a hashtag of another."""

import numpy as np
import polars as pl
import pytest

from textmine.counting import document_term_matrix
from textmine.hashtags import HashtagSettings, analyse_hashtags, hashtag_uses, unrelated_uses

FARMING = set("panen padi petani pupuk sawah irigasi benih gabah traktor jagung kebun ladang".split())


def hijacked(season, *, share=0.05, seed=0):
    """The season with #InfoTani on posts without a word about farming; returns rows and the planted ids."""
    draw = np.random.default_rng(seed)
    rows = [dict(row) for row in season]
    n_used = sum("InfoTani" in row["hashtags"] for row in rows)
    others = [n for n, row in enumerate(rows) if not FARMING & set(row["caption"].split())]
    planted = [int(n) for n in draw.choice(others, int(share * n_used), replace=False)]
    for number in planted:
        rows[number]["hashtags"] = [*rows[number]["hashtags"], "InfoTani"]
    return rows, {str(number) for number in planted}


def found_in(posts, **options):
    return unrelated_uses(hashtag_uses(posts), document_term_matrix(posts), **options)


@pytest.mark.parametrize("seed", range(3))
def test_planted_hijacks_are_found_and_little_else_is_flagged(posts_of, season, seed):
    """One planted use in twenty, of subjects with words of their own: recall 1, precision 1."""
    rows, planted = hijacked(season, seed=seed)
    flagged = found_in(posts_of(rows)).uses
    of_tag = set(flagged.filter(pl.col("hashtag") == "#infotani")["post_id"])
    assert of_tag == planted
    assert flagged.filter(pl.col("hashtag") != "#infotani").height <= 10


def test_a_flag_says_the_score_the_words_and_the_reason(posts_of, season):
    rows, planted = hijacked(season)
    row = found_in(posts_of(rows)).uses.filter(pl.col("post_id").is_in(list(planted))).row(0, named=True)
    assert row["hashtag"] == "#infotani" and row["score"] >= 0.95
    assert row["similarity"] < row["usual_similarity"]
    assert set(row["usual_words"]) <= FARMING | {"tani"}
    assert set(row["words"]) <= set(rows[int(row["post_id"])]["caption"].split())
    assert "#InfoTani" in row["reason"] and "distance" in row["reason"]


def test_the_similarity_is_the_mean_cosine_with_the_other_texts(posts_of, season):
    posts = posts_of(season[:1500])
    matrix = document_term_matrix(posts)
    found = unrelated_uses(hashtag_uses(posts), matrix, min_score=-9, max_flagged=1)
    kept = ((matrix.vocabulary["kind"] == "word") & (matrix.vocabulary["document_frequency"] > 1)).to_numpy()
    idf = np.log((1 + matrix.n_posts) / (1 + matrix.vocabulary["document_frequency"].to_numpy())) + 1
    dense = matrix.counts.toarray().astype(float)
    weights = np.where(dense > 0, 1 + np.log(np.maximum(dense, 1)), 0)[:, kept] * idf[kept]
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    members = [n for n, tags in enumerate(posts["hashtags"]) if "InfoPajak" in tags]
    rows = found.uses.filter(pl.col("hashtag") == "#infopajak")
    assert len(rows) > 20
    for row in rows.head(5).iter_rows(named=True):
        number = int(row["post_id"])
        cosines = [weights[number] @ weights[other] for other in members if other != number]
        assert row["similarity"] == pytest.approx(np.mean(cosines), abs=1e-4)


def test_a_hashtag_about_everything_has_no_subject_and_nothing_is_flagged(posts_of, season):
    rows = [
        dict(row, hashtags=[*row["hashtags"], *(["Indonesia"] if n % 4 == 0 else [])]) for n, row in enumerate(season)
    ]
    found = found_in(posts_of(rows))
    subjects = dict(found.subjects.select("hashtag", "has_subject").iter_rows())
    assert subjects["#indonesia"] is False and subjects["#infotani"] is True
    assert "#indonesia" not in found.uses["hashtag"].to_list()


def test_an_agency_is_never_flagged_under_its_own_hashtag(posts_of, season):
    rows, _ = hijacked(season)
    posts = posts_of([dict(row, agency="satu", account="satu") for row in rows])
    assert found_in(posts).uses.is_empty()


def test_copies_of_a_flagged_text_are_flagged_and_do_not_vouch_for_each_other(posts_of, season):
    rows = [dict(row) for row in season]
    odd = "Diskon besar sepatu olahraga pria wanita hanya minggu ini di gerai kami"
    rows += [{"day": 5, "caption": odd, "hashtags": ["InfoTani"], "account": f"toko{n}"} for n in range(40)]
    rows += [{"day": n, "caption": f"sepatu diskon gerai olahraga pria wanita {n}"} for n in range(30)]
    flagged = found_in(posts_of(rows)).uses.filter(pl.col("hashtag") == "#infotani")
    assert set(map(str, range(len(season), len(season) + 40))) <= set(flagged["post_id"])


def test_short_posts_are_not_judged_and_order_changes_nothing(posts_of, season):
    rows, _ = hijacked(season)
    rows.append({"day": 3, "caption": "Selamat pagi", "hashtags": ["InfoTani"]})
    posts = posts_of(rows)
    found = found_in(posts)
    assert str(len(rows) - 1) not in found.uses["post_id"].to_list()
    shuffled = found_in(posts[np.random.default_rng(1).permutation(len(posts))])
    assert (
        shuffled.uses.drop("similarity", "general_similarity", "usual_similarity", "score", "reason")
        .sort("post_id")
        .equals(
            found.uses.drop("similarity", "general_similarity", "usual_similarity", "score", "reason").sort("post_id")
        )
    )


def test_a_matrix_of_other_posts_is_refused(posts_of, season):
    posts = posts_of(season[:50])
    with pytest.raises(ValueError, match="40 rows, but there are 50 posts"):
        analyse_hashtags(posts, matrix=document_term_matrix(posts.head(40)), settings=HashtagSettings())
