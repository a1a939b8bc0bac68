import joblib
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

from textmine.counting import document_term_matrix
from textmine.ingest.content import hashtags_in
from textmine.language.analyzer import IndonesianAnalyzer
from textmine.language.columns import TypeMap, hashtag_tokens
from textmine.language.settings import LanguageSettings

CAPTIONS = [
    "Pelayanan publik di Bekasi makin mantappp! #SobatBekasi #BanggaBuatanIndonesia 🎉🎉",
    "Anak2 sekolah belajar daring, jgn lupa masker ya 👍🏽 @kemenkes https://x.co/a#b",
    "&quot;Jum'at berkah&quot; #1 #HUTRI78#Merdeka a#b",
    "",
    "café 日本 ١٢٣ ---",
    "Warga melayani warga; petugas dilayani 0812-3456-7890 #sobatbekasi",
]
CHANGED = [
    {},
    {"stem": False, "stopwords": "none", "min_length": 1},
    {"slang": False, "reduplication": False, "elongation": False},
    {"protect_names": False, "stopwords": "sentiment", "emoji": False},
]


def counted(captions, **changed):
    frame = pl.DataFrame({"caption": captions})
    posts = frame.with_columns(hashtags_in(pl.col("caption")).alias("hashtags"))
    matrix = document_term_matrix(posts, language=LanguageSettings(**changed))
    return matrix.counts.toarray(), matrix.vocabulary["term"].to_list()


def by_term(counts, terms):
    return {term: counts[:, column].tolist() for column, term in enumerate(terms)}


@pytest.mark.parametrize("changed", CHANGED)
def test_a_vectorizer_counts_what_the_document_term_matrix_counts(changed):
    vectorizer = CountVectorizer(analyzer=IndonesianAnalyzer(**changed))
    counts = vectorizer.fit_transform(CAPTIONS).toarray()
    assert by_term(counts, vectorizer.get_feature_names_out()) == by_term(*counted(CAPTIONS, **changed))


@pytest.mark.parametrize("changed", CHANGED)
def test_a_pipeline_of_lists_counts_the_same(changed):
    pipeline = make_pipeline(IndonesianAnalyzer(**changed), CountVectorizer(analyzer=list))
    counts = pipeline.fit_transform(CAPTIONS).toarray()
    assert by_term(counts, pipeline[-1].get_feature_names_out()) == by_term(*counted(CAPTIONS, **changed))


def test_texts_go_through_a_vectorizer_that_splits_at_spaces():
    split = TfidfVectorizer(tokenizer=str.split, token_pattern=None, lowercase=False)
    whole = TfidfVectorizer(analyzer=IndonesianAnalyzer())
    one = make_pipeline(IndonesianAnalyzer(output="texts"), split).fit_transform(CAPTIONS)
    np.testing.assert_array_equal(one.toarray(), whole.fit_transform(CAPTIONS).toarray())


def test_hashtags_can_be_left_out():
    with_tags, without = IndonesianAnalyzer(), IndonesianAnalyzer(hashtags=False)
    assert [term for term in with_tags(CAPTIONS[0]) if term not in without(CAPTIONS[0])] == [
        "#sobatbekasi",
        "#banggabuatanindonesia",
    ]


def test_any_container_of_texts_gives_the_same():
    expected = IndonesianAnalyzer().fit_transform(CAPTIONS)
    for texts in (tuple(CAPTIONS), iter(CAPTIONS), np.array(CAPTIONS, dtype=object), pl.Series(CAPTIONS)):
        assert IndonesianAnalyzer().transform(texts) == expected
    assert [IndonesianAnalyzer()(text) for text in CAPTIONS] == expected
    assert IndonesianAnalyzer().transform([]) == []
    assert IndonesianAnalyzer().transform([None]) == [[]]


def test_it_follows_scikit_learns_conventions():
    check_estimator(IndonesianAnalyzer())


def test_settings_can_be_read_set_and_cloned_after_use():
    analyzer = IndonesianAnalyzer(stem=False)
    assert analyzer("pelayanan") == ["pelayanan"]
    assert clone(analyzer).get_params() == analyzer.get_params()
    assert analyzer.set_params(stem=True)("pelayanan") == ["layan"]


def test_it_can_be_sent_to_workers_after_use():
    analyzer = IndonesianAnalyzer()
    analyzer("pelayanan")
    results = joblib.Parallel(n_jobs=2)(joblib.delayed(analyzer)(text) for text in CAPTIONS)
    assert results == analyzer.transform(CAPTIONS)


def test_a_grid_search_over_its_settings_runs():
    pipeline = make_pipeline(IndonesianAnalyzer(), CountVectorizer(analyzer=list), MultinomialNB())
    search = GridSearchCV(pipeline, {"indonesiananalyzer__stem": [True, False]}, cv=2, n_jobs=2)
    search.fit(["bagus sekali", "mantap sekali", "buruk sekali", "jelek sekali"], [1, 1, 0, 0])
    assert len(search.cv_results_["params"]) == 2
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


@pytest.mark.parametrize(("changed", "message"), [({"stopwords": "all"}, "stopwords"), ({"output": "csv"}, "output")])
def test_a_setting_that_there_is_not_is_named(changed, message):
    with pytest.raises(ValueError, match=message):
        IndonesianAnalyzer(**changed).fit(CAPTIONS)


def test_a_single_string_is_no_list_of_texts():
    with pytest.raises(ValueError, match="single string"):
        IndonesianAnalyzer().fit("Pelayanan publik")
    with pytest.raises(ValueError, match="found 3"):
        IndonesianAnalyzer().transform(["a", 3])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet=st.sampled_from("#＃aB1_é &/@\n😀:hps.wtw"), max_size=25), max_size=4))
def test_hashtags_are_those_of_the_post_table(captions):
    frame = pl.DataFrame({"caption": captions}, schema={"caption": pl.String})
    caption = pl.col("caption")
    assert frame.select(hashtag_tokens(caption)).equals(frame.select(hashtags_in(caption)))


def test_a_type_is_worked_on_once_over_columns():
    asked = []

    def keep(types):
        asked.extend(types)
        return [[word] for word in types]

    mapped = TypeMap(keep)
    first, second = pl.Series([["a", "b", "a"], ["b"]]), pl.Series([["b", "c"]])
    assert mapped.apply(first).equals(first)
    assert mapped.apply(second).equals(second)
    assert sorted(asked) == ["a", "b", "c"]


@given(st.lists(st.none() | st.lists(st.sampled_from(["di", "a", "ada", "pagi"]), max_size=4), max_size=8))
@settings(max_examples=100, deadline=None)
def test_lists_of_strings_hold_what_the_column_holds(tokens):
    words = TypeMap(lambda types: [[word.upper()] * (len(word) - 1) for word in types])
    for part in (tokens[:3], tokens[3:], tokens):
        column = pl.Series(part, dtype=pl.List(pl.String))
        assert words.lists(column) == [terms or [] for terms in words.apply(column).to_list()]


def test_lists_and_texts_hold_the_same_terms_over_several_batches(monkeypatch):
    monkeypatch.setattr("textmine.language.analyzer._BATCH", 4)
    lists = IndonesianAnalyzer().transform(CAPTIONS * 3)
    assert [" ".join(terms) for terms in lists] == IndonesianAnalyzer(output="texts").transform(CAPTIONS * 3)
    assert lists[:6] == [IndonesianAnalyzer()(caption) for caption in CAPTIONS]
