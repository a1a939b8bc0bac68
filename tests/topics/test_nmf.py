import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import nnls
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfTransformer

from textmine.topics.nmf import (
    fit_components,
    inverse_document_frequency,
    loadings,
    tfidf,
    to_capped_length,
    to_unit_length,
)


@pytest.fixture
def counts() -> sp.csr_array:
    random = np.random.default_rng(3)
    return sp.csr_array(random.poisson(0.25, (150, 40)).astype(np.int32))


def test_weights_equal_scikit_learns_sublinear_tfidf(counts):
    expected = TfidfTransformer(sublinear_tf=True).fit_transform(counts)

    weights = to_unit_length(tfidf(counts, inverse_document_frequency(counts)))
    np.testing.assert_allclose(weights.toarray(), expected.toarray())


def test_post_without_terms_stays_empty():
    counts = sp.csr_array(np.array([[0, 0], [1, 2], [0, 0]]))

    weights = to_unit_length(tfidf(counts, np.ones(2)))

    assert np.diff(weights.indptr).tolist() == [0, 2, 0]
    assert np.linalg.norm(weights.data) == pytest.approx(1.0)


def test_long_posts_are_cut_to_the_median_length_and_short_ones_stay():
    weights = sp.csr_array(np.diag([1.0, 2.0, 3.0, 4.5, 60.0, 0.0]))

    assert to_capped_length(weights).diagonal().tolist() == pytest.approx([1.0, 2.0, 3.0, 3.0, 3.0, 0.0])


def test_loadings_solve_the_non_negative_least_squares_exactly(counts):
    weights = tfidf(counts, inverse_document_frequency(counts))
    components = fit_components(weights, 6, seed=0, max_iterations=200)

    found = loadings(weights, components)

    exact = np.array([nnls(components.T.astype(float), post)[0] for post in weights.toarray()])
    np.testing.assert_allclose(found, exact, atol=1e-6)


def test_loadings_equal_scikit_learns_transform(counts):
    weights = tfidf(counts, inverse_document_frequency(counts))
    model = NMF(6, init="nndsvda", tol=1e-6, max_iter=2_000, random_state=0).fit(weights)

    found = loadings(weights, model.components_.astype(np.float32))

    np.testing.assert_allclose(found, model.transform(weights), atol=1e-3)


def test_components_are_rows_of_length_one(counts):
    components = fit_components(tfidf(counts, np.ones(40)), 5, seed=0, max_iterations=50)

    assert components.dtype == np.float32
    assert (components >= 0).all()
    np.testing.assert_allclose(np.linalg.norm(components, axis=1), 1.0, atol=1e-5)


def test_nothing_known_gives_no_loadings():
    assert loadings(sp.csr_array((3, 4)), np.ones((2, 4), np.float32)).tolist() == [[0.0, 0.0]] * 3
