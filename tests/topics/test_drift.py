import numpy as np
import pytest
import scipy.sparse as sp
from scipy.spatial.distance import jensenshannon

from textmine.topics.drift import divergences, verdict, word_drift
from textmine.topics.novelty import explained, new_topics


def test_divergences_are_those_of_scipy_and_missing_where_a_topic_has_no_words():
    random = np.random.default_rng(0)
    first, second = random.random((3, 8)), random.random((3, 8))
    second[2] = 0
    found = divergences(first, second)
    for row in range(2):
        assert found[row] == pytest.approx(jensenshannon(first[row], second[row], base=2) ** 2)
    assert np.isnan(found[2])


def test_equal_posts_old_and_new_drift_no_more_than_chance():
    random = np.random.default_rng(1)
    excess = []
    for seed in range(20):
        counts = sp.csr_array(random.poisson(0.3, (300, 40)))
        shares = random.dirichlet([0.5, 0.5], 300)
        apart, chance, before, after = word_drift(counts, shares, np.arange(300) >= 220, seed=seed)
        np.testing.assert_allclose(before + after, (counts.T @ shares).T)
        excess.append(apart - chance)
    assert abs(np.mean(excess)) < 0.002
    assert np.max(excess) < 0.02


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"excess": 0.05, "share_before": 0.1, "share_after": 0.1, "n_main_after": 9}, "shifted"),
        ({"excess": 0.01, "share_before": 0.1, "share_after": 0.3, "n_main_after": 9}, "grew"),
        ({"excess": 0.01, "share_before": 0.1, "share_after": 0.005, "n_main_after": 4}, "shrank"),
        ({"excess": 0.01, "share_before": 0.001, "share_after": 0.003, "n_main_after": 1}, "stable"),
        ({"excess": None, "share_before": 0.1, "share_after": 0.0, "n_main_after": 0}, "vanished"),
        ({"excess": None, "share_before": 0.01, "share_after": 0.0, "n_main_after": 0}, "stable"),
    ],
)
def test_verdicts_follow_their_bounds(row, said):
    assert verdict(row, is_new=False, n_before=500, n_after=100) == said
    assert verdict(row, is_new=True, n_before=500, n_after=100) == "new"


def posts_of_themes(random, themes, n):
    """Posts of four of a theme's six terms each, in 30 columns of which the last six belong to all."""
    rows = np.zeros((n, 30), np.int32)
    for i in range(n):
        theme = themes[i % len(themes)]
        rows[i, 6 * theme + random.permutation(6)[:4]] = 1
        rows[i, 24 + random.permutation(6)[:2]] = 1
    return sp.csr_array(rows)


TERMS = [f"word\tt{i}" for i in range(30)]
KNOWN = np.zeros((3, 30))
for _theme in range(3):
    KNOWN[_theme, 6 * _theme : 6 * _theme + 6] = 6**-0.5


def test_explained_is_the_share_that_least_squares_leave():
    random = np.random.default_rng(2)
    counts = posts_of_themes(random, [0, 1, 2, 3], 40)
    idf = np.ones(30)
    share = explained(counts, KNOWN, idf)
    from scipy.optimize import nnls

    for i in range(40):
        row = counts[[i]].toarray()[0] / np.sqrt(6)
        _, rest = nnls(KNOWN.T, row)
        assert share[i] == pytest.approx(1 - rest**2, abs=1e-6)
    assert share[3::4].max() < 1e-9


def test_no_topic_is_found_where_there_is_none_in_forty_tries():
    idf = np.ones(30)
    for seed in range(40):
        random = np.random.default_rng(seed)
        old, new = posts_of_themes(random, [0, 1, 2], 200), posts_of_themes(random, [0, 1, 2], 80)
        assert len(new_topics(old, new, KNOWN, idf, TERMS, seed=seed).components) == 0


def test_one_planted_topic_is_found_whole_and_once_in_forty_tries():
    idf, found = np.ones(30), 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        old, new = posts_of_themes(random, [0, 1, 2], 200), posts_of_themes(random, [0, 1, 2, 3], 100)
        rows = new_topics(old, new, KNOWN, idf, TERMS, seed=seed).components
        truth = np.zeros(30)
        truth[18:24] = 6**-0.5
        found += len(rows) == 1 and float(rows[0] @ truth) > 0.85
    assert found >= 38


def test_what_old_posts_spoke_about_too_is_no_new_topic():
    random = np.random.default_rng(3)
    old, new = posts_of_themes(random, [0, 1, 2, 3], 200), posts_of_themes(random, [0, 1, 2, 3, 3], 100)
    assert len(new_topics(old, new, KNOWN, np.ones(30), TERMS).components) == 0
