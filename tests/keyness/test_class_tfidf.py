import math
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from sklearn.feature_extraction.text import TfidfTransformer

from textmine.agencies import AgencySchema
from textmine.counting import document_term_matrix, store_document_term_matrix
from textmine.errors import AgencyError, NotEnoughDataError
from textmine.groups import UNREGISTERED
from textmine.keyness import KEYWORD_SCHEMA, keywords
from textmine.language.settings import LanguageSettings
from textmine.matrix import StoredMatrix


def posts(rows):
    """Rows of (agency, caption, hashtags) as much of a post table as keywords need."""
    return pl.DataFrame(
        {
            "platform": ["x"] * len(rows),
            "post_id": [str(i) for i in range(len(rows))],
            "account": [f"akun_{agency}" for agency, _, _ in rows],
            "agency": [agency for agency, _, _ in rows],
            "published_at": [datetime(2020, 1 + i % 12, 1, tzinfo=UTC) for i in range(len(rows))],
            "caption": [caption for _, caption, _ in rows],
            "hashtags": [hashtags for _, _, hashtags in rows],
            "post_kind": ["original"] * len(rows),
        },
        schema_overrides={"agency": pl.String, "hashtags": pl.List(pl.String)},
    )


ROWS = [
    ("sehat", "vaksin gratis warga vaksin", ["Vaksin"]),
    ("sehat", "vaksin dosis kedua warga", ["Vaksin", "Sehat"]),
    ("sehat", "rumah sakit penuh", []),
    ("tani", "panen padi raya warga", ["Panen"]),
    ("tani", "pupuk murah petani padi", []),
]


def best(table, group, kind="word"):
    chosen = table.filter(pl.col("group") == group, pl.col("kind") == kind).sort("rank")
    return chosen["term"].to_list()


def test_the_table_has_its_columns_and_ranks_without_gaps():
    table = keywords(posts(ROWS))
    assert table.schema == KEYWORD_SCHEMA
    for _, part in table.group_by("group", "kind"):
        assert part["rank"].sort().to_list() == list(range(1, len(part) + 1))
        assert part.sort("rank")["class_tfidf"].is_sorted(descending=True)


def test_what_only_one_agency_says_ranks_first_and_what_all_say_lower():
    table = keywords(posts(ROWS))
    assert best(table, "sehat")[0] == "vaksin"
    assert best(table, "tani")[0] == "padi"
    assert best(table, "sehat", "hashtag") == ["#vaksin", "#sehat"]


def test_class_tfidf_is_the_published_formula():
    table = keywords(posts(ROWS), language=LanguageSettings(stem=False, stopwords="none", protect_names=False))
    row = table.filter(pl.col("group") == "sehat", pl.col("term") == "vaksin").row(0, named=True)
    words_of_sehat, words_of_all = 4 + 4 + 3, 4 + 4 + 3 + 4 + 4
    expected = 3 / words_of_sehat * math.log(1 + (words_of_all / 2) / 3)
    assert row["class_tfidf"] == pytest.approx(expected)
    assert (row["count"], row["document_frequency"], row["corpus_document_frequency"]) == (3, 2, 2)


def test_tfidf_is_scikit_learns_over_the_posts_of_the_group():
    frame = posts(ROWS)
    matrix = document_term_matrix(frame)
    words = (matrix.vocabulary["kind"] == "word").to_numpy()
    expected = TfidfTransformer().fit_transform(matrix.counts[:, np.flatnonzero(words)]).toarray()
    terms = matrix.vocabulary.filter(pl.col("kind") == "word")["term"].to_list()
    table = keywords(frame, kinds=["word"], top=1000)
    for row in table.iter_rows(named=True):
        of_group = (frame["agency"] == row["group"]).to_numpy()
        column = expected[:, terms.index(row["term"])]
        assert row["tfidf"] == pytest.approx(column[of_group].mean())
        heaviest = np.flatnonzero(of_group)[column[of_group].argmax()]
        assert row["example_post_id"] == str(heaviest)


def test_reposts_and_ads_are_credited_to_nobody():
    frame = posts([*ROWS, ("tani", "vaksin vaksin vaksin", ["Vaksin"])])
    kinds = ["original"] * len(ROWS)
    for kind in ("repost", "ad"):
        table = keywords(frame.with_columns(pl.Series("post_kind", [*kinds, kind])))
        assert "vaksin" not in best(table, "tani")
        assert table.filter(pl.col("term") == "vaksin")["corpus_document_frequency"].to_list() == [2]


def test_posts_without_an_agency_are_grouped_by_account():
    frame = posts([*ROWS, (None, "gempa bumi", [])])
    assert set(keywords(frame)["group"]) == {"sehat", "tani", "akun_None"}


def test_groupings_by_month_use_jakarta():
    frame = posts(ROWS[:1]).with_columns(pl.lit(datetime(2020, 1, 31, 17, 0, tzinfo=UTC)).alias("published_at"))
    assert keywords(frame, by="month")["group"].unique().to_list() == ["2020-02"]


def test_clusters_come_from_the_register():
    register = AgencySchema.cast(
        pl.DataFrame(
            {
                "agency": ["sehat"],
                "name": ["Kementerian Sehat"],
                "cluster": ["kementerian"],
                "platform": ["x"],
                "account": ["akun_sehat"],
                **{c: [None] for c in ("followers", "followers_at", "valid_from", "valid_to")},
            }
        )
    )
    table = keywords(posts(ROWS), by="cluster", agencies=register)
    assert set(table["group"]) == {"kementerian", UNREGISTERED}
    with pytest.raises(AgencyError, match="register"):
        keywords(posts(ROWS), by="cluster")


def test_a_stored_matrix_gives_the_same_table(tmp_path):
    frame = posts(ROWS * 3)
    stored = store_document_term_matrix(frame.lazy(), tmp_path, language=LanguageSettings(), batch_rows=2)
    assert isinstance(stored, StoredMatrix)
    assert keywords(frame, matrix=stored).equals(keywords(frame))


def test_a_matrix_of_other_posts_is_refused():
    with pytest.raises(ValueError, match="the matrix has 5 rows, but there are 4 posts"):
        keywords(posts(ROWS[:4]), matrix=document_term_matrix(posts(ROWS)))


def test_no_credited_post_is_said():
    frame = posts(ROWS).with_columns(pl.lit("repost").alias("post_kind"))
    with pytest.raises(NotEnoughDataError, match="no post is credited"):
        keywords(frame)


def test_top_limits_each_group_and_kind():
    table = keywords(posts(ROWS), top=2)
    assert table.group_by("group", "kind").len()["len"].max() == 2
