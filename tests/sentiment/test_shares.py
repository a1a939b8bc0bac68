"""Shares of classes are corrected for the classifier's known mistakes, and say how sure they are."""

import json
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from textmine.errors import ModelError, NotEnoughDataError
from textmine.resources import find
from textmine.sentiment import Confusion, SentimentClassifier, estimate_shares, load_confusion, save_classifier
from textmine.sentiment.cells import N_CELLS, cell_labels, cell_probabilities, cells_of
from textmine.sentiment.shares import METHODS, corrected_shares
from textmine.sentiment.simplex import nearest_mixture

CLASSES = np.array(["negative", "neutral", "positive"])


def said_of(truth, rng, *, blur=1.2):
    """Probabilities of a calibrated classifier: scores of three normal classes under equal shares."""
    scores = rng.normal(size=(len(truth), 3)) + 2.2 / blur * np.eye(3)[truth]
    odds = np.exp(2.2 / blur * scores)
    return odds / odds.sum(axis=1, keepdims=True)


def counted(probabilities):
    return np.bincount(cells_of(probabilities), minlength=N_CELLS)[None].astype(float)


@pytest.fixture(scope="module")
def confusion():
    truth = np.repeat([0, 1, 2], [3000, 1500, 5000])
    return Confusion.of(said_of(truth, np.random.default_rng(1)), CLASSES[truth], source="a test")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shares", [(0.1, 0.8, 0.1), (0.6, 0.1, 0.3), (0.0, 1.0, 0.0)])
def test_corrected_shares_are_nearer_the_truth_than_labels_as_counted(confusion, method, shares):
    truth = np.repeat([0, 1, 2], (4000 * np.array(shares)).round().astype(int))
    found = estimate_shares(counted(said_of(truth, np.random.default_rng(2))), confusion, method=method)
    assert found.n.tolist() == [4000]
    assert np.abs(found.raw[0] - shares).mean() > 0.02
    assert np.abs(found.corrected[0] - shares).mean() < 0.015
    assert (found.low[0] <= np.array(shares) + 0.01).all() and (found.high[0] >= np.array(shares) - 0.01).all()
    assert found.fits[0]


@pytest.mark.parametrize("method", METHODS)
def test_nine_of_ten_intervals_hold_the_share_that_texts_were_drawn_by(confusion, method):
    rng = np.random.default_rng(3)
    drawn_by = rng.dirichlet(np.ones(3), 120)
    counts = np.concatenate([counted(said_of(rng.choice(3, 150, p=shares), rng)) for shares in drawn_by])
    found = estimate_shares(counts, confusion, method=method)
    held = ((found.low <= drawn_by) & (drawn_by <= found.high)).mean()
    assert 0.83 < held < 0.96
    assert found.fits.mean() > 0.95


def test_few_texts_and_few_counted_mistakes_make_intervals_wide(confusion):
    rng = np.random.default_rng(4)
    truth = rng.choice(3, 4000)
    said = said_of(truth, rng)
    few = estimate_shares(counted(said[:50]), confusion)
    many = estimate_shares(counted(said), confusion)
    assert ((few.high - few.low) > 4 * (many.high - many.low)).all()
    n_texts = confusion.cells.sum(axis=1)
    thinned = [rng.multinomial(n // 40, row / n) for n, row in zip(n_texts.astype(int), confusion.cells, strict=True)]
    doubtful = Confusion(np.array(thinned, float))
    less_known = estimate_shares(counted(said), doubtful, method="adjusted")
    known = estimate_shares(counted(said), confusion, method="adjusted")
    assert ((less_known.high - less_known.low) > 1.5 * (known.high - known.low)).all()


def test_texts_of_another_kind_are_doubted(confusion):
    rng = np.random.default_rng(5)
    other = np.tile([0.34, 0.33, 0.33], (400, 1)) + rng.uniform(0, 0.02, (400, 3))  # never sure of anything
    found = estimate_shares(counted(other / other.sum(axis=1, keepdims=True)), confusion)
    assert found.misfit[0] > 0.3 and not found.fits[0]


def test_texts_that_count_in_part_stand_for_fewer(confusion):
    rng = np.random.default_rng(6)
    whole = counted(said_of(rng.choice(3, 1000), rng))
    alike = estimate_shares(whole, confusion, squared=np.array([1000.0]))
    in_part = estimate_shares(whole, confusion, squared=np.array([10_000.0]))
    assert np.array_equal(alike.corrected, in_part.corrected)
    assert ((in_part.high - in_part.low) > 2 * (alike.high - alike.low)).all()


def test_a_group_hangs_on_no_other_and_an_empty_one_has_no_shares(confusion):
    rng = np.random.default_rng(7)
    groups = np.concatenate([counted(said_of(rng.choice(3, n), rng)) for n in (40, 90)])
    together = estimate_shares(np.concatenate([groups, np.zeros((1, N_CELLS))]), confusion, seed=9)
    alone = estimate_shares(groups[1:], confusion, seed=9)
    for name in ("raw", "corrected", "low", "high", "misfit", "fits"):
        assert np.array_equal(getattr(together, name)[1:2], getattr(alone, name))
    assert np.isnan(together.corrected[2]).all() and not together.fits[2]
    nothing = estimate_shares(np.zeros((0, N_CELLS)), confusion)
    assert nothing.corrected.shape == (0, 3)


def test_an_unknown_correction_is_named(confusion):
    with pytest.raises(ValueError, match="cannot correct by 'guess'"):
        estimate_shares(np.zeros((0, N_CELLS)), confusion, method="guess")


def test_the_likeliest_shares_have_the_greatest_likelihood(confusion):
    rng = np.random.default_rng(8)
    counts = counted(said_of(rng.choice(3, 500, p=[0.2, 0.5, 0.3]), rng))
    shares = corrected_shares(counts, confusion)[0]
    means = confusion.mean_probabilities
    values, vectors = np.linalg.eig(means.T)
    prior = np.real(vectors[:, np.argmin(abs(values - 1))])
    ratios = cell_probabilities() / (prior / prior.sum())

    def loss(free):
        parts = np.append(free, 1 - free.sum())
        return -(counts[0] @ np.log(np.maximum(ratios @ parts, 1e-300)))

    start = shares[:2] + np.array([0.05, -0.05])
    best = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9}).x
    assert np.allclose(shares[:2], best, atol=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 4), st.integers(0, 10_000))
def test_the_nearest_mixture_is_no_farther_than_any_other(n_components, seed):
    rng = np.random.default_rng(seed)
    components, target = rng.dirichlet(np.ones(5), n_components), rng.dirichlet(np.ones(5))
    shares = nearest_mixture(components, target)
    assert (shares >= 0).all() and np.isclose(shares.sum(), 1)
    error = ((shares @ components - target) ** 2).sum()
    others = rng.dirichlet(np.full(n_components, 0.3), 300)
    assert error <= ((others @ components - target) ** 2).sum(axis=1).min() + 1e-12


def test_a_mixture_of_known_classes_is_found_again():
    components, shares = np.random.default_rng(0).dirichlet(np.ones(6), 3), np.array([0.2, 0.5, 0.3])
    assert np.allclose(nearest_mixture(components, shares @ components), shares)


def test_cells_keep_labels_and_nearly_keep_probabilities():
    probabilities = np.random.default_rng(0).dirichlet(np.full(3, 0.4), 2000)
    cells = cells_of(probabilities)
    assert cells.min() >= 0 and cells.max() < N_CELLS
    assert np.array_equal(cell_labels()[cells], probabilities.argmax(axis=1))
    assert np.abs(cell_probabilities()[cells] - probabilities).mean() < 0.02
    assert np.allclose(cell_probabilities().sum(axis=1), 1)
    assert cells_of(np.eye(3)).tolist() == cells_of(np.eye(3) * 0.999 + 0.0003).tolist()  # certainty has a cell too


def test_counted_mistakes_come_back_and_are_plain_counts(confusion, tmp_path):
    confusion.save(tmp_path / "confusion.json")
    again = Confusion.load(tmp_path / "confusion.json")
    assert np.array_equal(again.cells, confusion.cells) and again.source == "a test"
    content = json.loads((tmp_path / "confusion.json").read_text())
    assert np.array(content["counts"]).sum(axis=1).tolist() == [3000, 1500, 5000]
    assert np.allclose(np.array(content["mean_probabilities"]).sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("text", "problem"),
    [("{}", "'labels'"), ("nothing", "Expecting value"), ("[1]", "list indices"), (None, "no counted mistakes here")],
)
def test_counted_mistakes_that_cannot_be_read_are_refused(tmp_path, text, problem):
    if text is not None:
        (tmp_path / "confusion.json").write_text(text)
    with pytest.raises(ModelError, match=problem):
        Confusion.load(tmp_path / "confusion.json")


def test_mistakes_are_not_counted_on_a_handful_of_texts():
    said = np.tile(np.eye(3), (10, 1))
    with pytest.raises(NotEnoughDataError, match=r"negative texts to count mistakes on \(needed 20, got 10\)"):
        Confusion.of(said, np.tile(CLASSES, 10))
    with pytest.raises(ValueError, match="'good' is no label"):
        Confusion.of(said, ["good"] * 30)


def test_mistakes_are_saved_with_a_classifier_and_checked_when_read(confusion, tmp_path):
    texts = [f"{place} {word}" for place in ("kamar", "jalan", "toko") for word in ("bagus", "kotor", "rapat")]
    model = SentimentClassifier(n_folds=3).fit(texts, ["positive", "negative", "neutral"] * 3)
    save_classifier(model, tmp_path, confusion=confusion)
    assert np.array_equal(load_confusion(tmp_path).cells, confusion.cells)
    file = tmp_path / "confusion.json"
    file.write_text(file.read_text().replace("a test", "a lie"))
    with pytest.raises(ModelError, match=r"confusion\.json is damaged"):
        load_confusion(tmp_path)
    save_classifier(model, tmp_path)
    assert not file.exists()
    assert load_confusion(tmp_path) is None


def test_the_shipped_mistakes_are_those_of_the_training_set(tmp_path):
    shipped = load_confusion()
    assert shipped.counts.sum() == 9927
    assert (np.diag(shipped.counts) / shipped.counts.sum(axis=1) > 0.85).all()
    shutil.copytree(find("models/sentiment"), tmp_path / "model")
    (tmp_path / "model" / "confusion.json").unlink()
    with pytest.raises(ModelError, match=r"confusion\.json of the sentiment classifier is missing"):
        load_confusion(tmp_path / "model")
