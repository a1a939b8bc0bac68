"""Learners, calibration, folds and scores, each by what it promises."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from textmine.errors import ConfigError, InputError, MissingColumnError, NotEnoughDataError
from textmine.quality.calibration import Calibration, grades
from textmine.quality.design import Design
from textmine.quality.folds import agency_folds, is_later
from textmine.quality.labels import normalised_labels, read_labels
from textmine.quality.ordinal import OrdinalLogistic, _loss
from textmine.quality.scores import Predictions, calibration_error, coverage_curve, scores
from textmine.quality.settings import QualitySettings
from textmine.quality.trees import DEPTH, Trees

RANDOM = np.random.default_rng(5)
ROWS = RANDOM.normal(size=(3_000, 4))
HIDDEN = ROWS @ np.array([1.0, -0.5, 0.0, 0.0]) + RANDOM.logistic(size=3_000)
CODES = np.digitize(HIDDEN, [-1.0, 1.0])


def test_ordinal_weights_and_thresholds_are_found_again():
    model = OrdinalLogistic(penalty=0.01).fit(ROWS, CODES)
    assert model.coef_ == pytest.approx([1.0, -0.5, 0.0, 0.0], abs=0.12)
    assert model.thresholds_ == pytest.approx([-1.0, 1.0], abs=0.15)
    assert model.predict_proba(ROWS).sum(axis=1) == pytest.approx(1.0)


def test_with_two_classes_it_is_logistic_regression():
    ours = OrdinalLogistic(penalty=2.0).fit(ROWS, CODES > 0)
    theirs = LogisticRegression(C=0.5, tol=1e-8).fit(ROWS, CODES > 0)
    assert ours.coef_ == pytest.approx(theirs.coef_[0], abs=2e-3)
    assert -ours.thresholds_[0] == pytest.approx(theirs.intercept_[0], abs=2e-3)


def test_the_gradient_is_that_of_the_loss():
    point = np.array([0.3, -0.2, 0.1, 0.4, -0.7, 0.2])
    weight = RANDOM.uniform(0.5, 2, 50)
    _, slope = _loss(point, ROWS[:50], CODES[:50], weight, 1.5)
    for place in range(len(point)):
        step = np.zeros(len(point))
        step[place] = 1e-6
        ends = [_loss(point + sign * step, ROWS[:50], CODES[:50], weight, 1.5)[0] for sign in (1, -1)]
        assert slope[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-4, abs=1e-4)


def test_a_soft_label_weighs_as_its_parts():
    soft = OrdinalLogistic().fit(np.repeat(ROWS[:200], 2, axis=0), np.tile([0, 2], 200), np.tile([0.5, 0.5], 200))
    assert soft.coef_ == pytest.approx(0.0, abs=0.05)


def test_one_class_is_not_enough():
    with pytest.raises(NotEnoughDataError):
        OrdinalLogistic().fit(ROWS, np.zeros(len(ROWS)))


@pytest.mark.parametrize("n_classes", [2, 3])
def test_trees_as_arrays_say_what_the_library_says(n_classes):
    codes = np.minimum(CODES, n_classes - 1)
    model = HistGradientBoostingClassifier(max_iter=20, max_depth=DEPTH, early_stopping=False).fit(ROWS, codes)
    trees = Trees.of(model)
    trees.check(4)
    assert np.exp(trees.log_probabilities(ROWS)) == pytest.approx(model.predict_proba(ROWS), abs=1e-9)


def test_calibration_mends_an_overconfident_learner():
    truth = np.clip(RANDOM.dirichlet((2, 2, 2), 5_000), 0.01, None)
    truth /= truth.sum(axis=1, keepdims=True)
    codes = (RANDOM.random(5_000)[:, None] > truth.cumsum(axis=1)).sum(axis=1)
    logs = 3 * np.log(truth)
    raw = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
    fitted = Calibration.fit(logs[:2_500], np.eye(3)[codes[:2_500]], coverage=0.7)
    told = fitted.probabilities(logs[2_500:])
    assert fitted.slope == pytest.approx(1 / 3, abs=0.05)
    assert calibration_error(told, codes[2_500:]) < 0.03 < calibration_error(raw[2_500:], codes[2_500:])


def test_abstention_keeps_the_share_asked_for_and_the_surer_posts():
    shares = RANDOM.dirichlet((1, 1, 1), 6_000)
    codes = (RANDOM.random(6_000)[:, None] > shares.cumsum(axis=1)).sum(axis=1)
    fitted = Calibration.fit(np.log(shares[:3_000]), np.eye(3)[codes[:3_000]], coverage=0.6)
    told = fitted.probabilities(np.log(shares[3_000:]))
    said = fitted.classes(told)
    sure = ~fitted.abstains(told, said)
    for code in range(3):
        assert sure[said == code].mean() == pytest.approx(0.6, abs=0.06), "no class is silenced"
    right = said == codes[3_000:]
    assert sure.mean() == pytest.approx(0.6, abs=0.03)
    assert right[sure].mean() > right[~sure].mean() + 0.1


def test_classes_get_the_shares_of_the_labels_though_the_learner_is_unsure():
    logs = np.log(np.array([0.3, 0.4, 0.3])) + RANDOM.normal(0, 0.05, (4_000, 3))
    labels = np.eye(3)[RANDOM.choice(3, 4_000, p=[0.2, 0.5, 0.3])]
    fitted = Calibration.fit(logs, labels, coverage=1.0)
    said = np.bincount(fitted.classes(fitted.probabilities(logs)), minlength=3) / 4_000
    assert said == pytest.approx([0.2, 0.5, 0.3], abs=0.03)


def test_no_agency_stands_on_both_sides_of_a_fold():
    agencies = pl.Series([f"a{n % 17}" for n in range(400)])
    tested = []
    for learn, test in agency_folds(agencies, folds=5, seed=3):
        assert not set(agencies.gather(learn)) & set(agencies.gather(test))
        tested.extend(test)
    assert sorted(tested) == list(range(400))


def test_one_agency_cannot_be_tested():
    with pytest.raises(NotEnoughDataError, match="one"):
        list(agency_folds(pl.Series(["a", "a"]), folds=5, seed=0))


def test_the_later_period_is_the_end():
    days = pl.Series([dt.datetime(2020, 1, 1) + dt.timedelta(days=n) for n in range(101)])
    assert is_later(days, 0.25).nonzero()[0].tolist() == list(range(76, 101))


def test_design_fills_marks_spreads_and_ignores_what_never_varies():
    table = pl.DataFrame(
        {"n": [1.0, None, 3.0, 5.0], "flag": [True, False, None, True], "kind": ["a", "b", "a", None], "same": [1] * 4}
    )
    design = Design.fit(table, ["n", "flag", "kind", "same"])
    assert [(each.feature, each.value) for each in design.columns] == [
        ("n", None), ("n", ""), ("flag", None), ("flag", ""), ("kind", "a"), ("kind", "b"),
    ]  # fmt: skip
    values = design.transform(table)
    assert values.mean(axis=0) == pytest.approx(0, abs=0.1)
    assert np.isfinite(values).all()
    assert values[1, 0] == pytest.approx((3.0 - 3.0) / 1.0, abs=0.1)
    assert Design.from_json(design.as_json()) == design
    with pytest.raises(MissingColumnError, match="textmine features"):
        design.transform(table.drop("kind"))


def test_a_giant_does_not_leave_the_scale():
    table = pl.DataFrame({"n": [*range(1_000), 10**9]})
    values = Design.fit(table, ["n"]).transform(table)
    assert values.max() == 4.0 and values[:-1].std() > 0.9


def test_labels_are_read_as_names_or_as_probabilities(tmp_path):
    (tmp_path / "labels.csv").write_text("platform,post_id,label\nx,1,tinggi\nx,2,rendah\nx,3,\n")
    named = read_labels(tmp_path / "labels.csv", ("rendah", "sedang", "tinggi"))
    assert named.rows() == [("x", "1", 0.0, 0.0, 1.0), ("x", "2", 1.0, 0.0, 0.0)]
    soft = pl.DataFrame({"platform": ["x"], "post_id": ["1"], "p_a": [0.2], "p_b": [0.6], "weight": [2.0]})
    assert normalised_labels(soft, ("a", "b")).rows() == [("x", "1", pytest.approx(0.5), pytest.approx(1.5))]


def test_a_label_that_is_no_class_is_named_with_its_row(tmp_path):
    (tmp_path / "labels.csv").write_text("platform,post_id,label\nx,1,tinggi\nx,2,bagus\n")
    with pytest.raises(InputError, match=r"labels.csv, row 2, column 'label': 'bagus'"):
        read_labels(tmp_path / "labels.csv", ("rendah", "sedang", "tinggi"))


@pytest.mark.parametrize(
    "wrong",
    [{"classes": ("a",)}, {"classes": ("a", "a", "b")}, {"shares": (0.5, 0.5)}, {"coverage": 1.5}, {"folds": 1}],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ConfigError):
        QualitySettings(**wrong)


def test_scores_are_those_of_scikit_learn_and_abstention_is_counted():
    probabilities = RANDOM.dirichlet((1, 1, 1), 300)
    labels = np.eye(3)[RANDOM.integers(0, 3, 300)]
    classes = probabilities.argmax(axis=1)
    unsure = probabilities.max(axis=1) < 0.5
    found = Predictions(labels, probabilities, classes, unsure, np.repeat(["a", "b"], 150), np.zeros(300, bool))
    told = scores(found)
    assert told["macro_f1"] == pytest.approx(f1_score(labels.argmax(axis=1), classes, average="macro"))
    assert told["coverage"] == pytest.approx(1 - unsure.mean())
    assert told["agencies"] == 2
    curve = coverage_curve(found)
    assert curve["posts"].to_list() == sorted(curve["posts"], reverse=True)
    assert curve["accuracy"][0] == pytest.approx(told["accuracy"])


def test_a_grade_is_the_expected_rank():
    assert grades(np.array([[0.2, 0.3, 0.5]])) == pytest.approx([0.65])
