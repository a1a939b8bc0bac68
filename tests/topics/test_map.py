import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from textmine.topics.map import classical_scaling, jensen_shannon_distances, relevance, topic_map
from textmine.topics.model import TopicModel
from textmine.topics.term_counts import term_counts


def test_distances_are_those_of_scipy():
    rows = np.random.default_rng(0).dirichlet(np.full(30, 0.2), 6)
    ours = jensen_shannon_distances(rows)
    for i in range(6):
        for j in range(6):
            assert ours[i, j] == pytest.approx(jensenshannon(rows[i], rows[j], base=2) if i != j else 0, abs=1e-8)


def test_points_of_a_plane_are_laid_out_with_their_distances():
    points = np.random.default_rng(1).normal(size=(7, 2))
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    places, explained = classical_scaling(apart)
    np.testing.assert_allclose(np.linalg.norm(places[:, None] - places[None], axis=2), apart, atol=1e-5)
    assert explained == pytest.approx(1.0)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_or_equal_topics_have_places_too(n):
    places, explained = classical_scaling(np.zeros((n, n)))
    assert places.shape == (n, 2) and not places.any() and explained == 1.0


def test_relevance_is_that_of_sievert_and_shirley():
    counts = np.array([[8.0, 2.0, 0.0], [0.0, 6.0, 4.0]])
    totals = counts.sum(axis=0)
    ours = relevance(counts, totals, 0.6)
    assert ours[0, 0] == pytest.approx(0.6 * np.log(0.8) + 0.4 * np.log(0.8 / (8 / 20)))
    assert ours[1, 1] == pytest.approx(0.6 * np.log(0.6) + 0.4 * np.log(0.6 / (8 / 20)))
    assert ours[0, 2] == -np.inf


def test_terms_and_totals_add_up_over_the_posts(matrix_of, themed_tokens):
    matrix = matrix_of(themed_tokens)
    model = TopicModel(n_topics=3).fit(matrix)
    blocks = [(counts, model.shares_of(counts)) for counts in model.known_counts(matrix)]
    made = topic_map(model, sum(term_counts(counts, shares) for counts, shares in blocks))
    assert made.n_terms == pytest.approx(sum(counts.sum() for counts, _ in blocks))
    assert made.topics["n_terms"].sum() == pytest.approx(made.n_terms)
    first = made.terms.group_by("topic", maintain_order=True).head(5)
    of_topic = first.filter(topic=0)["term"].to_list()
    assert len(set(of_topic) & {"banjir", "sungai", "hujan", "pompa", "tanggul", "#siagabanjir"}) == 5
    assert (made.terms["count"] <= made.terms["total"] + 1e-9).all()
    lengths = np.hypot(made.topics["x"], made.topics["y"])
    assert (lengths > 0.3).all(), "three themes that share no word lie far apart"
