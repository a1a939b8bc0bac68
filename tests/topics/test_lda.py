import numpy as np
import pytest
import scipy.sparse as sp
from gensim.models import LdaModel
from gensim.utils import FakeDict

from textmine.topics.lda import LdaComponents, _Corpus, fit_components, topic_shares


@pytest.fixture
def counts() -> sp.csr_array:
    random = np.random.default_rng(3)
    themes = np.repeat(np.eye(3), 10, axis=1) * 0.9 + 0.02
    return sp.csr_array(random.poisson(themes[np.arange(150) % 3]).astype(np.int32))


def test_shares_equal_gensims_inference(counts):
    corpus = _Corpus(counts)
    peer = LdaModel(corpus, num_topics=3, id2word=FakeDict(30), random_state=0, passes=5, dtype=np.float64)
    # Both run to convergence, so that gensim's random start leaves no trace.
    peer.iterations, peer.gamma_threshold = 2_000, 1e-9
    gamma, _ = peer.inference(list(corpus))
    fitted = LdaComponents(peer.state.get_lambda(), peer.alpha)

    found = topic_shares(counts, fitted, max_iterations=2_000, tolerance=1e-9)

    filled = np.diff(counts.indptr) > 0
    expected = gamma / gamma.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found[filled], expected[filled], atol=1e-4)


def test_shares_of_a_post_do_not_depend_on_its_neighbours(counts):
    fitted = fit_components(counts, 3, seed=0, max_iterations=50)

    together = topic_shares(counts, fitted)

    alone = np.concatenate([topic_shares(counts[[row]], fitted) for row in range(counts.shape[0])])
    np.testing.assert_allclose(together, alone, atol=1e-12)


def test_post_without_terms_has_no_topic(counts):
    fitted = fit_components(counts, 3, seed=0, max_iterations=20)

    assert topic_shares(sp.csr_array((2, 30), dtype=np.int32), fitted).tolist() == [[0.0] * 3] * 2


def test_same_seed_same_components(counts):
    first, second = (fit_components(counts, 3, seed=4, max_iterations=20) for _ in range(2))

    assert first.components.tobytes() == second.components.tobytes()
    assert first.alpha.tobytes() == second.alpha.tobytes()
