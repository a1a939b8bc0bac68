"""Training, by what must never leak, what must be found, and what a saved model refuses."""

from __future__ import annotations

import json
import re

import numpy as np
import polars as pl
import pytest

from textmine.errors import ConfigError, ModelError, NotEnoughDataError
from textmine.quality import QualitySettings, load_model, reasons, save_model, train
from textmine.quality.labels import normalised_labels
from textmine.quality.reasons import contributions, wordings
from textmine.quality.scores import spearman
from textmine.quality.unlike import DriftCounter, warning

CLASSES = ("rendah", "sedang", "tinggi")
QUICK = QualitySettings(learner="logistic", folds=3)


def shown(table):
    return table.drop("hidden").lazy()


@pytest.fixture
def judged(features, judges):
    table = features()
    return table, train(shown(table), labels=normalised_labels(judges(table), CLASSES), settings=QUICK)


@pytest.fixture
def derived(features):
    table = features()
    return table, train(shown(table), settings=QUICK)


def test_judges_are_learned_from_two_hundred_labels(judged):
    table, trained = judged
    grade = trained.model.predict(table)["grade"]
    assert trained.model.kind == "judges"
    assert spearman(grade.to_numpy(), table["hidden"].to_numpy()) > 0.5
    assert trained.model.report["scores"]["new agencies"]["rank_correlation"] > 0.35
    assert set(trained.model.report["baselines"]) == {
        "majority", "follower count alone", "engagement alone", "engagement net of audience",
    }  # fmt: skip


def test_without_labels_the_model_is_named_engagement_derived_everywhere(derived, tmp_path):
    _, trained = derived
    save_model(trained.model, trained.posts, tmp_path)
    card = (tmp_path / "CARD.md").read_text()
    assert trained.model.kind == "engagement-derived"
    assert "# Quality model, engagement-derived" in card and "Engagement is not quality" in card
    assert json.loads((tmp_path / "model.json").read_text())["kind"] == "engagement-derived"
    assert not any("engagement" in name or name == "followers" for name in trained.model.columns.used)


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_engagement_under_another_name_is_refused(features, noise):
    table = features()
    generator = np.random.default_rng(0)
    copy = pl.col("engagement") * pl.Series(np.exp(noise * generator.normal(size=len(table))))
    with pytest.raises(ModelError, match=r"clicks ranks posts as engagement does .* --leave-out clicks"):
        train(shown(table.with_columns(copy.alias("clicks"))), settings=QUICK)
    allowed = QualitySettings(learner="logistic", folds=3, leave_out=("clicks",))
    assert "clicks" not in train(shown(table.with_columns(copy.alias("clicks"))), settings=allowed).model.columns.used


def test_judges_models_see_engagement_only_when_told(features, judges):
    table = features()
    labels = normalised_labels(judges(table), CLASSES)
    blind = train(shown(table), labels=labels, settings=QUICK).model
    seeing = train(
        shown(table), labels=labels, settings=QualitySettings(learner="logistic", folds=3, use_engagement=True)
    )
    assert "engagement_per_follower_percentile" not in blind.columns.used
    assert "engagement_per_follower_percentile" in seeing.model.columns.used
    assert "engagement" not in seeing.model.columns.used
    hidden = table["hidden"].to_numpy()
    better = spearman(seeing.model.predict(table)["grade"].to_numpy(), hidden)
    assert better > spearman(blind.predict(table)["grade"].to_numpy(), hidden)


def test_no_agency_is_learned_by_heart(features):
    table = features()
    told = table.group_by("agency").agg(pl.col("hidden").mean().alias("agency_mean"))
    spied = table.with_columns(pl.lit("x").alias("time_zone")).join(told, on="agency", maintain_order="left")
    settings = QualitySettings(learner="boosting", folds=3)
    model = train(shown(spied.drop("agency_mean")), settings=settings).model
    assert not {"agency", "account", "time_zone", "followers", "published_at"} & set(model.columns.used)


def test_features_of_mere_noise_score_no_better_than_chance(features):
    table = features()
    generator = np.random.default_rng(1)
    noise = table.drop("has_telephone", "calls_to_action", "words", "media_type").with_columns(
        pl.Series(f"noise_{n}", generator.normal(size=len(table))) for n in range(5)
    )
    told = train(shown(noise), settings=QualitySettings(folds=3)).model.report["scores"]["new agencies"]
    assert abs(told["rank_correlation"]) < 0.1
    assert told["macro_f1"] < 0.42


def test_probabilities_are_calibrated_on_unseen_agencies(features, judges):
    table = features(n_posts=4_000, n_agencies=60)
    labels = normalised_labels(judges(table, n=2_000), CLASSES)
    told = train(shown(table), labels=labels, settings=QUICK).model.report["scores"]["new agencies"]
    assert told["ece"] < 0.06
    assert told["coverage"] == pytest.approx(0.8, abs=0.06)
    assert told["accuracy_covered"] > told["accuracy"]


def test_the_card_tells_data_scores_settings_features_and_limits(judged, tmp_path):
    _, trained = judged
    save_model(trained.model, trained.posts, tmp_path)
    card = (tmp_path / "CARD.md").read_text()
    for part in (
        "200 posts of",
        "2020-",
        "majority",
        "logistic, penalty",
        "`has_telephone`",
        "| seed | 0 |",
        "pictures",
    ):
        assert part in card


def test_the_same_seed_gives_the_same_bytes(features, judges, tmp_path):
    table = features(n_posts=600)
    labels = normalised_labels(judges(table, n=150), CLASSES)
    for name in ("one", "two"):
        trained = train(shown(table), labels=labels, settings=QualitySettings(folds=3))
        save_model(trained.model, trained.posts, tmp_path / name)
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


@pytest.mark.parametrize("learner", ["logistic", "boosting"])
def test_a_saved_model_says_the_same(features, tmp_path, learner):
    table = features(n_posts=600)
    trained = train(shown(table), settings=QualitySettings(learner=learner, folds=3))
    save_model(trained.model, trained.posts, tmp_path)
    assert load_model(tmp_path).predict(table).equals(trained.model.predict(table))
    assert load_model(tmp_path).learner == learner
    assert not [path for path in tmp_path.iterdir() if b"sklearn" in path.read_bytes()]


@pytest.mark.parametrize("name", ["model.json", "arrays.npz", "reference.json"])
def test_a_file_that_was_changed_is_refused(derived, tmp_path, name):
    _, trained = derived
    save_model(trained.model, trained.posts, tmp_path)
    content = (tmp_path / name).read_bytes()
    changed = content.replace(b'"coverage": 0.8', b'"coverage": 0.9') if name == "model.json" else content + b" "
    assert changed != content
    (tmp_path / name).write_bytes(changed)
    with pytest.raises(ModelError, match=name):
        load_model(tmp_path)


def test_a_missing_model_says_how_to_make_one(tmp_path):
    with pytest.raises(ModelError, match="textmine quality train"):
        load_model(tmp_path)


def test_logistic_reasons_add_up_to_the_distance_from_an_average_post(judged):
    table, trained = judged
    model = trained.model
    for row in (0, 7, 100):
        post = table[[row]]
        parts = contributions(model, post)
        values = model.pipeline.design.transform(post)
        assert sum(parts.values()) == pytest.approx(float(model.pipeline.matrix(post)[0] @ model.pipeline.coef))
        assert sum(parts.values()) == pytest.approx(float(values[0] @ model.pipeline.weights()))


def test_reasons_are_words_in_both_languages(judged):
    table, trained = judged
    post = table.filter("has_telephone")[[0]]
    told = reasons(trained.model, post)
    english = reasons(trained.model, post, lang="en")["text"]
    assert any(re.fullmatch(r"memuat nomor telepon \(\+\d,\d\)", text) for text in told["text"])
    assert any(re.fullmatch(r"gives a telephone number \(\+\d\.\d\)", text) for text in english)
    assert told["effect"].abs().to_list() == sorted(told["effect"].abs(), reverse=True)


def test_what_a_post_lacks_is_told_in_words(features):
    table = features(n_posts=600).rename({"words": "novelty"})
    lacking = pl.when(pl.col("hidden") > 1).then(None).otherwise(pl.col("novelty")).alias("novelty")
    table = table.with_columns(lacking)
    model = train(shown(table), settings=QUICK).model
    told = reasons(model, table.filter(pl.col("novelty").is_null())[[0]], top=20)
    assert any(text.startswith("belum ada unggahan lama untuk dibandingkan (+") for text in told["text"])


def test_trees_give_reasons_too(features):
    table = features()
    model = train(shown(table), settings=QualitySettings(learner="boosting", folds=3)).model
    with_number = reasons(model, table.filter("has_telephone")[[0]], top=20)
    without = reasons(model, table.filter(~pl.col("has_telephone"))[[0]], top=20)
    effect = dict(with_number.select("feature", "effect").rows())["has_telephone"]
    assert effect > 0 > dict(without.select("feature", "effect").rows())["has_telephone"]


def test_every_feature_that_a_model_may_see_has_words():
    from textmine.features import FEATURES
    from textmine.quality.columns import ENGAGEMENT, NOT_CONTENT, TARGETS

    content = {each.name for each in FEATURES} - NOT_CONTENT
    wanted = {name for name in content if not ENGAGEMENT.fullmatch(name)} | set(TARGETS)
    assert wanted <= set(wordings())


def test_new_posts_that_are_unlike_are_told(judged, tmp_path):
    from textmine.quality import load_reference

    table, trained = judged
    save_model(trained.model, trained.posts, tmp_path)
    alike, unlike = DriftCounter(load_reference(tmp_path)), DriftCounter(load_reference(tmp_path))
    for half in (table[:700], table[700:]):
        alike.add(half)
        unlike.add(half.with_columns(pl.col("words") * 3))
    assert warning(alike.table()) is None
    told = warning(unlike.table())
    assert told is not None and "1 of 5 features drifted" in told and "words" in told


def test_importance_names_what_matters_with_an_interval(judged):
    _, trained = judged
    worth = {row["feature"]: row for row in trained.model.report["importance"]}
    assert worth["has_telephone"]["importance"] > worth["words"]["importance"]
    assert worth["has_telephone"]["low"] > 0
    assert worth["words"]["low"] <= worth["words"]["importance"] <= worth["words"]["high"]


def test_too_few_labels_and_unknown_features_are_refused(features, judges):
    table = features(n_posts=300)
    with pytest.raises(NotEnoughDataError, match="needed 30, got 20"):
        train(shown(table), labels=normalised_labels(judges(table, n=20), CLASSES), settings=QUICK)
    with pytest.raises(ConfigError, match="'leave_out': 'nonsense' is no feature"):
        train(shown(table), settings=QualitySettings(leave_out=("nonsense",)))


def test_other_classes_may_be_chosen(features, judges):
    table = features()
    soft = judges(table).rename({"p_rendah": "p_buruk", "p_sedang": "p_cukup", "p_tinggi": "p_baik"})
    classes = ("buruk", "cukup", "baik")
    settings = QualitySettings(classes=classes, learner="logistic", folds=3)
    said = train(shown(table), labels=normalised_labels(soft, classes), settings=settings).model.predict(table)
    assert said["class"].dtype == pl.Enum(classes)
    best = said.filter(pl.col("class") == "baik").join(table, on=["platform", "post_id"])["hidden"].mean()
    assert best > said.filter(pl.col("class") == "buruk").join(table, on=["platform", "post_id"])["hidden"].mean() + 0.5


def test_a_model_that_only_guesses_says_so(features, tmp_path):
    table = features(strength=0.0)
    guessing = train(shown(table), settings=QUICK)
    save_model(guessing.model, guessing.posts, tmp_path)
    assert "no better than chance" in guessing.model.doubt
    assert "no better than chance" in (tmp_path / "CARD.md").read_text()
    assert train(shown(features()), settings=QUICK).model.doubt is None
