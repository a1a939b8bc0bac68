"""What goes out comes back equal, element by element; what foreign toolkits make is read as they mean it."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp
from gensim.corpora import Dictionary, MmCorpus
from gensim.models import LdaModel
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.feature_extraction.text import CountVectorizer

from textmine import interop
from textmine.counting import document_term_matrix
from textmine.errors import InputError, ModelError
from textmine.interop.gensim import write_gensim
from textmine.interop.scikit import write_sklearn
from textmine.keyness import keywords
from textmine.language.settings import LanguageSettings
from textmine.posts import POLARS_SCHEMA
from textmine.topics.model import TopicModel

POSTS = pl.DataFrame(
    {
        "caption": [
            "Banjir di sungai, banjir lagi! 🌊",
            "",
            "Vaksin gratis untuk warga kota",
            "Sungai meluap karena hujan",
            "Dosis vaksin datang ke kota 💉💉",
            "Hujan dan banjir, pompa siaga",
        ]
        * 4,
        "hashtags": [["SiagaBanjir"], [], ["AyoVaksin", "Sehat"], ["SiagaBanjir"], ["AyoVaksin"], []] * 4,
    },
    schema={"caption": pl.String, "hashtags": pl.List(pl.String)},
)


@pytest.fixture(scope="module")
def matrix():
    made = document_term_matrix(POSTS, language=LanguageSettings(emoji=True))
    assert set(made.vocabulary["kind"]) == {"word", "hashtag", "emoji"}
    return made


def assert_same(ours, theirs):
    assert ours.vocabulary.equals(theirs.vocabulary)
    assert ours.counts.shape == theirs.counts.shape and ours.counts.dtype == theirs.counts.dtype
    assert (ours.counts != theirs.counts).nnz == 0


def test_gensim_dictionary_and_corpus_come_back_equal(matrix):
    dictionary, corpus = interop.to_gensim(matrix)
    assert_same(interop.from_gensim(dictionary, corpus, vocabulary=matrix.vocabulary), matrix)
    guessed = interop.from_gensim(dictionary, list(corpus))
    assert guessed.vocabulary["kind"].equals(matrix.vocabulary["kind"]), "kinds are told from the terms themselves"
    assert (guessed.counts != matrix.counts).nnz == 0


def test_the_dictionary_is_the_one_that_gensim_would_have_made(matrix):
    dictionary, corpus = interop.to_gensim(matrix)
    documents = [[dictionary[id_] for id_, n in document for _ in range(n)] for document in corpus]
    theirs = Dictionary(documents)
    ours = {dictionary[id_]: (dictionary.dfs[id_], dictionary.cfs[id_]) for id_ in dictionary}
    assert ours == {theirs[id_]: (theirs.dfs[id_], theirs.cfs[id_]) for id_ in theirs}
    for name in ("num_docs", "num_pos", "num_nnz"):
        assert getattr(dictionary, name) == getattr(theirs, name), name


def test_a_gensim_folder_comes_back_equal_and_gensim_reads_it(matrix, tmp_path):
    write_gensim(matrix, tmp_path)
    assert_same(interop.read_gensim(tmp_path), matrix)
    corpus = MmCorpus(str(tmp_path / "corpus.mm"))
    assert len(corpus) == len(POSTS)
    assert [sorted(document) for document in corpus] == [sorted(d) for d in interop.to_gensim(matrix)[1]]


def test_a_folder_written_by_gensim_is_read(tmp_path):
    documents = [["banjir", "kota", "banjir"], [], ["#siaga", "kota"]]
    dictionary = Dictionary(documents)
    dictionary.filter_tokens([dictionary.token2id["kota"]])
    dictionary.save_as_text(str(tmp_path / "dictionary.txt"))
    MmCorpus.serialize(str(tmp_path / "corpus.mm"), [dictionary.doc2bow(document) for document in documents])
    read = interop.read_gensim(tmp_path)
    found = dict(zip(read.vocabulary["term"], read.counts.toarray().T.tolist(), strict=True))
    assert found == {"banjir": [2, 0, 0], "#siaga": [0, 0, 1]}
    assert dict(read.vocabulary.select("term", "kind").iter_rows()) == {"banjir": "word", "#siaga": "hashtag"}


def test_weights_and_unknown_ids_are_refused():
    dictionary = Dictionary([["a", "b"]])
    with pytest.raises(InputError, match="no counts"):
        interop.from_gensim(dictionary, [[(0, 0.5)]])
    with pytest.raises(InputError, match="id 7"):
        interop.from_gensim(dictionary, [[(7, 1)]])


def test_a_missing_or_broken_folder_is_said(tmp_path):
    with pytest.raises(InputError, match=r"dictionary\.txt: is not there"):
        interop.read_gensim(tmp_path)
    (tmp_path / "dictionary.txt").write_text("1\n0\ta\t1\n")
    (tmp_path / "corpus.mm").write_text("no matrix")
    with pytest.raises(InputError, match="gensim corpus"):
        interop.read_gensim(tmp_path)
    with pytest.raises(InputError, match="feature names"):
        interop.read_sklearn(tmp_path)


@pytest.fixture(scope="module")
def lda(matrix):
    return TopicModel(n_topics=2, method="lda", min_document_frequency=1, kinds=("word", "hashtag", "emoji")).fit(
        matrix
    )


def test_an_lda_gives_the_same_shares_in_gensim_and_comes_back_equal(matrix, lda):
    dictionary, corpus = interop.to_gensim(matrix)
    theirs = interop.lda_to_gensim(lda, dictionary)
    shares = lda.transform(matrix)
    gamma, _ = theirs.inference(list(corpus))
    found = gamma / gamma.sum(axis=1, keepdims=True)
    filled = shares.any(axis=1)
    np.testing.assert_allclose(found[filled], shares[filled], atol=0.02)
    back = interop.lda_from_gensim(theirs, matrix)
    columns = [matrix.vocabulary["term"].to_list().index(term) for term in lda.vocabulary_["term"]]
    np.testing.assert_array_equal(back.components_[:, columns], lda.components_)
    np.testing.assert_allclose(back.alpha_, lda.alpha_, rtol=1e-6)
    np.testing.assert_allclose(back.transform(matrix), shares, atol=1e-4)
    assert back.topics_["label"].to_list() == lda.topics_["label"].to_list()


def test_a_saved_lda_model_is_read_by_gensim(matrix, lda, tmp_path):
    write_gensim(matrix, tmp_path, model=lda)
    read = LdaModel.load(str(tmp_path / "lda.model"))
    top = [[word for word, _ in read.show_topic(topic, 3)] for topic in range(2)]
    ours = [lda.vocabulary_["term"].gather(np.argsort(-row, kind="stable")[:3]).to_list() for row in lda.components_]
    assert [set(words) for words in top] == [set(words) for words in ours]


def test_topics_of_nmf_do_not_go_into_an_lda_model(matrix):
    nmf = TopicModel(n_topics=2, min_document_frequency=1).fit(matrix)
    with pytest.raises(ModelError, match="--method lda"):
        interop.lda_to_gensim(nmf, interop.to_gensim(matrix)[0])


def test_scikit_learn_counts_and_names_come_back_equal(matrix, tmp_path):
    counts, names = interop.to_sklearn(matrix)
    assert_same(interop.from_sklearn(counts, names, vocabulary=matrix.vocabulary), matrix)
    nmf = TopicModel(n_topics=2, min_document_frequency=1).fit(matrix)
    write_sklearn(matrix, tmp_path, model=nmf)
    assert_same(interop.read_sklearn(tmp_path), matrix)
    components = np.load(tmp_path / "components.npy", allow_pickle=False)
    columns = [list(names).index(term) for term in nmf.vocabulary_["term"]]
    np.testing.assert_array_equal(components[:, columns], nmf.components_)
    labels = (tmp_path / "component_names.txt").read_text(encoding="utf-8").splitlines()
    assert labels == [f"{i} {label}" for i, label in enumerate(nmf.topics_["label"])]


def test_a_count_vectorizer_and_its_factorisations_become_topics():
    texts = POSTS["caption"].to_list()
    vectorizer = CountVectorizer()
    counts = vectorizer.fit_transform(texts)
    matrix = interop.from_sklearn(counts, vectorizer.get_feature_names_out())
    assert (matrix.counts != sp.csr_array(counts)).nnz == 0
    theirs = LatentDirichletAllocation(2, random_state=0, max_iter=30).fit(counts)
    ours = interop.topics_from_sklearn(theirs, matrix)
    filled = np.asarray(counts.sum(axis=1)).ravel() > 0
    np.testing.assert_allclose(ours.transform(matrix)[filled], theirs.transform(counts)[filled], atol=0.02)
    factors = NMF(2, random_state=0).fit(counts)
    nmf = interop.topics_from_sklearn(factors, matrix)
    lengths = np.linalg.norm(factors.components_, axis=1, keepdims=True)
    np.testing.assert_allclose(nmf.components_, factors.components_ / lengths, rtol=1e-6)
    assert len(nmf.topics_) == 2 and nmf.topics_["n_posts"].sum() == filled.sum()


def test_foreign_topics_can_be_saved_and_read(matrix, tmp_path):
    counts, _ = interop.to_sklearn(matrix)
    model = interop.topics_from_sklearn(NMF(2, random_state=0).fit(counts), matrix)
    model.save(tmp_path / "model")
    np.testing.assert_array_equal(TopicModel.load(tmp_path / "model").transform(matrix), model.transform(matrix))


def test_an_estimator_without_topics_is_refused(matrix):
    with pytest.raises(ModelError, match="has no components_"):
        interop.topics_from_sklearn(NMF(2), matrix)
    narrow = NMF(2, random_state=0).fit(np.ones((3, 4)))
    with pytest.raises(InputError, match="4"):
        interop.topics_from_sklearn(narrow, matrix)


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_pyldavis_accepts_what_it_is_given(matrix, method, tmp_path):
    model = TopicModel(n_topics=3, method=method, min_document_frequency=1).fit(matrix)
    inputs = interop.to_pyldavis(model, [(c, model.shares_of(c)) for c in model.known_counts(matrix)])
    np.testing.assert_allclose(inputs["topic_term_dists"].sum(axis=1), 1.0)
    np.testing.assert_allclose(inputs["doc_topic_dists"].sum(axis=1), 1.0)
    assert inputs["doc_lengths"].sum() == inputs["term_frequency"].sum()
    whole = inputs["doc_topic_dists"].T @ np.ones(len(inputs["doc_lengths"]))
    assert len(whole) == 3
    interop.pyldavis.write_pyldavis(inputs, tmp_path)
    back = interop.read_pyldavis(tmp_path)
    assert back["vocab"] == inputs["vocab"]
    for name in ("topic_term_dists", "doc_topic_dists", "doc_lengths", "term_frequency"):
        np.testing.assert_array_equal(back[name], inputs[name])
    pyldavis = pytest.importorskip("pyLDAvis", reason="pyLDAvis is in the dev group only")
    prepared = pyldavis.prepare(**back, n_jobs=1, sort_topics=False)
    assert len(prepared.topic_coordinates) == 3


def test_an_imported_matrix_gives_the_same_keywords_and_topics(matrix, tmp_path):
    write_gensim(matrix, tmp_path)
    read = interop.read_gensim(tmp_path)
    plain = {"post_kind": "original", "platform": "x", "published_at": datetime(2025, 1, 1, tzinfo=UTC)}
    posts = POSTS.with_row_index("post_id").with_columns(
        pl.col("post_id").cast(pl.String),
        *(pl.lit(value).cast(POLARS_SCHEMA[name]).alias(name) for name, value in plain.items()),
        pl.lit(None, pl.String).alias("agency"),
        pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("a")).otherwise(pl.lit("b")).alias("account"),
    )
    ours, theirs = (keywords(posts, by="account", matrix=source) for source in (matrix, read))
    assert len(ours) > 10 and ours.equals(theirs)
    fits = [TopicModel(n_topics=2, min_document_frequency=1).fit(source) for source in (matrix, read)]
    np.testing.assert_array_equal(fits[0].components_, fits[1].components_)
    assert fits[0].topics_.equals(fits[1].topics_)
