import builtins

import numpy as np
import pytest
import scipy.sparse as sp

from textmine.errors import MissingExtraError
from textmine.topics import TopicModel
from textmine.topics.tomotopy_lda import fit_components


@pytest.fixture
def counts() -> sp.csr_array:
    random = np.random.default_rng(3)
    themes = np.repeat(np.eye(3), 10, axis=1) * 0.9 + 0.02
    return sp.csr_array(random.poisson(themes[np.arange(150) % 3]).astype(np.int32))


def test_components_are_the_uses_of_the_terms_and_the_prior(counts):
    fitted = fit_components(counts, 3, seed=0, max_iterations=100)

    assert fitted.components.shape == (3, 30)
    np.testing.assert_allclose(fitted.components.sum(axis=0) - 3 * 0.01, counts.sum(axis=0), rtol=1e-3, atol=0.01)
    themes = sorted(np.argsort(-row)[:10].min() // 10 for row in fitted.components)
    assert themes == [0, 1, 2]


def test_without_the_extra_the_install_line_is_said(matrix_of, themed_tokens, monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name == "tomotopy":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r'pip install "textmine\[tomotopy\]"'):
        TopicModel(3, method="tomotopy").fit(matrix_of(themed_tokens))
