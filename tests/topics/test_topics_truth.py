"""Simulated posts whose hidden topics are known: what is found must be what was hidden."""

import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import normalized_mutual_info_score

import textmine as tm
from textmine.simulation import simulate
from textmine.topics.nmf import tfidf, to_unit_length
from textmine.topics.terms import PostRoles


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    folder = tmp_path_factory.mktemp("season")
    simulate(folder, n_posts=6_000, seed=7, format="parquet")
    posts = pl.read_parquet(folder / "posts.parquet" / "*.parquet")
    truth = pl.read_parquet(folder / "truth_posts.parquet").select(
        pl.col("platform").cast(posts.schema["platform"]), "post_id", "topic"
    )
    hidden = posts.join(truth, on=["platform", "post_id"], how="left", maintain_order="left")["topic"]
    return posts, hidden.fill_null("").to_numpy()


def centroids(weights: sp.csr_array, groups: np.ndarray) -> np.ndarray:
    names = np.unique(groups[groups != ""])
    sums = np.stack([weights[np.flatnonzero(groups == name)].sum(axis=0) for name in names])
    return sums / np.linalg.norm(sums, axis=1, keepdims=True)


def test_hidden_topics_of_simulated_posts_are_recovered(season):
    posts, hidden = season
    matrix, roles = tm.document_term_matrix(posts), PostRoles.of(posts)
    n_topics = len(set(hidden) - {""})

    model = tm.TopicModel(n_topics).fit(matrix, roles=roles)

    assert model.method_ == "pairs"
    shares = model.transform(matrix)
    counts = sp.csr_array(sp.vstack(list(model.known_counts(matrix))))
    weights = to_unit_length(tfidf(counts, model.vocabulary_["idf"].to_numpy()))
    credited = roles.counts & shares.any(axis=1)
    found = np.where(credited, shares.argmax(axis=1).astype(str), "")
    true = np.where(credited, hidden, "")
    for recovered in (centroids(weights, found), model.components_.astype(np.float64)):
        cosine = centroids(weights, true) @ recovered.T
        best = cosine[linear_sum_assignment(-cosine)]
        assert (best >= 0.8).mean() >= 0.9
    assert normalized_mutual_info_score(true[credited], found[credited]) >= 0.75
