import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from textmine.counting import document_term_matrix, store_document_term_matrix, token_matrix
from textmine.errors import InputError, WorkspaceError
from textmine.language.settings import LanguageSettings
from textmine.matrix import DocumentTermMatrix, StoredMatrix, store_by_code

PLAIN = LanguageSettings(
    elongation=False, reduplication=False, slang=False, stopwords="none", stem=False, min_length=1, emoji=False
)


def posts(*captions, hashtags=None):
    tags = hashtags or [[] for _ in captions]
    return pl.DataFrame(
        {"caption": list(captions), "hashtags": tags},
        schema={"caption": pl.String, "hashtags": pl.List(pl.String)},
    )


def counts_of(matrix):
    """Term counts of each post, as plain dicts."""
    terms = matrix.vocabulary["term"].to_list()
    dense = matrix.counts.toarray()
    return [{terms[j]: int(row[j]) for j in np.flatnonzero(row)} for row in dense]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(st.text(min_size=1, max_size=4), max_size=12), min_size=1, max_size=12))
def test_token_counts_equal_count_vectorizer_element_by_element(token_lists):
    counts, vocabulary = token_matrix(pl.Series("t", token_lists, dtype=pl.List(pl.String)))
    if not any(token_lists):
        assert counts.shape == (len(token_lists), 0)
        return
    vectorizer = CountVectorizer(analyzer=lambda tokens: tokens)
    expected = vectorizer.fit_transform(token_lists)
    assert vocabulary.to_list() == vectorizer.get_feature_names_out().tolist()
    assert counts.dtype == expected.dtype
    assert (counts.toarray() == expected.toarray()).all()
    assert counts.has_canonical_format


def test_null_lists_and_null_tokens_count_nothing():
    counts, vocabulary = token_matrix(pl.Series([["a", None], None, []], dtype=pl.List(pl.String)))
    assert vocabulary.to_list() == ["a"]
    assert counts.toarray().tolist() == [[1], [0], [0]]


def test_words_hashtags_and_emoji_are_terms_of_their_own_kind():
    matrix = document_term_matrix(
        posts("Vaksin gratis vaksin 💉", "gratis", hashtags=[["Vaksin", "VAKSIN"], ["vaksin"]]),
        language=LanguageSettings(stopwords="none"),
    )
    rows = {row["term"]: row for row in matrix.vocabulary.iter_rows(named=True)}
    assert {term: row["kind"] for term, row in rows.items()} == {
        "vaksin": "word",
        "gratis": "word",
        "#vaksin": "hashtag",
        "💉": "emoji",
    }
    assert (rows["vaksin"]["count"], rows["vaksin"]["document_frequency"]) == (2, 1)
    assert (rows["#vaksin"]["count"], rows["#vaksin"]["document_frequency"]) == (3, 2)
    assert counts_of(matrix) == [{"vaksin": 2, "gratis": 1, "#vaksin": 2, "💉": 1}, {"gratis": 1, "#vaksin": 1}]


def test_the_surface_is_the_most_frequent_written_form():
    matrix = document_term_matrix(posts("pelayanan pelayanan layanan", "layani pelayanan"))
    row = matrix.vocabulary.filter(pl.col("term") == "layan").row(0, named=True)
    assert (row["surface"], row["count"]) == ("pelayanan", 5)


def test_a_hashtag_keeps_its_most_frequent_spelling_as_surface():
    tags = [["BanggaBuatanIndonesia"], ["banggabuatanindonesia"], ["BanggaBuatanIndonesia"]]
    matrix = document_term_matrix(posts("", "", "", hashtags=tags))
    assert matrix.vocabulary.row(0, named=True)["surface"] == "#BanggaBuatanIndonesia"


def test_a_slang_type_with_a_formal_form_of_two_words_counts_both():
    matrix = document_term_matrix(posts("mksh mksh"), language=LanguageSettings(stopwords="none", stem=False))
    assert counts_of(matrix) == [{"terima": 2, "kasih": 2}]


def test_an_unknown_language_step_leaves_the_words_as_typed():
    matrix = document_term_matrix(posts("Anak2 yg baguuus"), language=PLAIN)
    assert counts_of(matrix) == [{"anak2": 1, "yg": 1, "baguuus": 1}]


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(["vaksin", "yg", "anak2", "Pelayanan", "🎉", "dan"]), max_size=6),
            st.lists(st.sampled_from(["A", "a", "Bb"]), max_size=3),
        ),
        min_size=1,
        max_size=20,
    ),
    st.integers(1, 7),
)
def test_the_stored_matrix_is_the_same_whatever_the_batch(tmp_path_factory, rows, batch_rows):
    frame = posts(*(" ".join(words) for words, _ in rows), hashtags=[tags for _, tags in rows])
    whole = document_term_matrix(frame)
    folder = tmp_path_factory.mktemp("matrix")
    stored = store_document_term_matrix(frame.lazy(), folder, language=LanguageSettings(), batch_rows=batch_rows)
    loaded = StoredMatrix.open(folder).load()
    assert stored.n_posts == whole.n_posts == len(rows)
    assert loaded.vocabulary.equals(whole.vocabulary)
    assert (loaded.counts.toarray() == whole.counts.toarray()).all()
    assert not (folder / "draft").exists()


def test_the_same_posts_give_the_same_bytes(tmp_path):
    frame = posts(*(f"vaksin untuk warga kota {i % 7} semua" for i in range(500)))
    for name in ("a", "b"):
        store_document_term_matrix(frame.lazy(), tmp_path / name, language=LanguageSettings(), batch_rows=64)
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert len(files) == 2 + 8
    assert all((tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes() for file in files)


def test_posts_without_any_term_are_empty_rows():
    matrix = document_term_matrix(posts("vaksin", "", "https://s.id/x"))
    assert matrix.counts.shape[0] == 3
    assert np.diff(matrix.counts.indptr).tolist() == [1, 0, 0]


def test_no_posts_at_all_is_said(tmp_path):
    with pytest.raises(InputError, match="no posts"):
        store_document_term_matrix(posts().lazy(), tmp_path, language=LanguageSettings())
    assert document_term_matrix(posts()).counts.shape == (0, 0)


def test_a_folder_without_a_matrix_says_how_to_make_one(tmp_path):
    with pytest.raises(WorkspaceError, match="no document-term matrix"):
        StoredMatrix.open(tmp_path)


def test_a_vocabulary_of_another_length_is_refused():
    matrix = document_term_matrix(posts("vaksin gratis"))
    with pytest.raises(ValueError, match="2 columns, but the vocabulary has 1"):
        DocumentTermMatrix(matrix.counts, matrix.vocabulary.head(1))


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-1, 2), min_size=1, max_size=23), st.integers(1, 7))
def test_rows_parted_by_code_are_the_rows_of_each_code_in_order(tmp_path_factory, codes, batch_rows):
    folder = tmp_path_factory.mktemp("parted")
    captions = [f"kata{number % 5} lain{number}" for number in range(len(codes))]
    captions[0] = ""
    whole = store_document_term_matrix(posts(*captions).lazy(), folder / "whole", language=PLAIN, batch_rows=batch_rows)
    parts = store_by_code(whole, np.array(codes), folder / "parts", n_codes=3)
    dense = whole.load().counts.toarray()
    for code, part in enumerate(parts):
        rows = np.flatnonzero(np.array(codes) == code)
        assert part.n_posts == len(rows) and part.vocabulary.equals(whole.vocabulary)
        assert (part.load().counts.toarray() == dense[rows]).all()
        assert all(block.shape[0] <= batch_rows for block in part.batches())
