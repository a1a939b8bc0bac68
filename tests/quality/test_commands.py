"""The commands, on a simulated season whose quality shows in its words."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest
from click.testing import CliRunner

from textmine.cli.main import root
from textmine.simulation import SimulationSettings, simulate
from textmine.store import Workspace


def textmine_(*arguments):
    return CliRunner().invoke(root, [str(argument) for argument in arguments], prog_name="textmine")


def done(*arguments):
    result = textmine_(*arguments)
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    folder = tmp_path_factory.mktemp("season")
    settings = SimulationSettings(n_posts=2_000, n_agencies=20, quality_traces=2.0)
    simulate(folder / "posts", settings=settings, seed=11, format="parquet")
    register = folder / "posts" / "agencies.csv"
    done("ingest", folder / "posts" / "posts.parquet", "--agencies", register, "-o", folder / "ws")
    truth = pl.read_parquet(folder / "posts" / "truth_posts.parquet")
    sample = truth.filter(pl.col("post_kind") == "original").gather_every(6)
    quality = pl.col("post_quality")
    label = pl.when(quality < -0.25).then(pl.lit("rendah")).when(quality < 0.25).then(pl.lit("sedang"))
    label = label.otherwise(pl.lit("tinggi"))
    sample.select("platform", "post_id", label.alias("label")).write_csv(folder / "labels.csv")
    return folder


@pytest.fixture(scope="module")
def derived(season):
    return done("quality", "train", season / "ws", "--learner", "logistic", "--format", "csv")


def test_training_without_labels_says_what_the_model_is(season, derived):
    assert "engagement-derived" in derived.stderr and "not what judges think" in derived.stderr
    assert "SIMULATED" in derived.stderr
    table = pl.read_csv(derived.stdout.encode())
    peers = {"majority", "follower count alone", "text alone (TF-IDF)"}
    assert set(table["of"]) == {"model (new agencies)", *peers}
    assert "SIMULATED" in (season / "ws" / "quality_model" / "CARD.md").read_text()


def test_apply_gives_every_post_a_class_or_none(season, derived):
    result = done("quality", "apply", season / "ws", "--format", "csv")
    counts = pl.read_csv(result.stdout.encode())
    workspace = Workspace.open(season / "ws")
    table = workspace.scan("quality.parquet", made_by="quality").collect()
    assert counts["class"].to_list() == ["rendah", "sedang", "tinggi", "ragu"]
    assert counts["posts"].sum() == len(table) == 2_000
    assert table.columns == ["platform", "post_id", "class", "abstained", "grade", "p_rendah", "p_sedang", "p_tinggi"]
    assert table["class"].is_null().equals(table["abstained"])
    assert table.select(pl.sum_horizontal("^p_.*$")).to_series().is_between(0.999, 1.001).all()
    manifest = workspace.manifest("quality")
    assert manifest.rows["posts"] == 2_000
    assert manifest.rows["features_drifted"] == 0
    assert manifest.settings == {"kind": "engagement-derived"}
    assert json.loads((season / "ws" / "quality.json").read_text())["kind"] == "engagement-derived"


def test_a_second_run_does_nothing_and_a_new_model_does_it_again(season, derived):
    from textmine.quality import QualitySettings, quality_stage, training_stage

    workspace = Workspace.open(season / "ws")
    with workspace.lock():
        quality_stage(workspace)
        assert not quality_stage(workspace).ran
        settings = QualitySettings(learner="logistic")
        assert not training_stage(workspace, settings=settings).ran
        copy = season / "other"
        done_ = textmine_("quality", "evaluate", season / "ws", "--format", "csv")
        assert done_.exit_code == 0
    done("quality", "train", season / "ws", "--learner", "logistic", "--seed", 5, "-o", copy, "--format", "csv")
    with workspace.lock():
        assert quality_stage(workspace).ran
    done("quality", "train", season / "ws", "--learner", "logistic", "--format", "csv")
    assert (copy / "CARD.md").exists() and (copy / "model.json").exists()


def test_batches_change_nothing(season, derived, monkeypatch):
    from textmine.quality import load_model, quality_stage
    from textmine.quality import stage as module

    workspace = Workspace.open(season / "ws")
    with workspace.lock():
        quality_stage(workspace)
    whole = workspace.scan("quality.parquet", made_by="quality").collect()
    drift = pl.read_parquet(season / "ws" / "quality_drift.parquet")
    iter_batches = module.iter_batches
    monkeypatch.setattr(module, "iter_batches", lambda table: iter_batches(table, rows=77))
    (season / "ws" / "manifests" / "quality.json").unlink()
    with workspace.lock():
        assert quality_stage(workspace).ran
    assert workspace.scan("quality.parquet", made_by="quality").collect().equals(whole)
    assert pl.read_parquet(season / "ws" / "quality_drift.parquet").equals(drift)
    assert load_model(season / "ws" / "quality_model").report["posts"] > 1_500


def test_explain_gives_reasons_in_two_languages(season, derived):
    post = pl.read_parquet(season / "posts" / "truth_posts.parquet").row(3, named=True)
    result = done("quality", "explain", season / "ws", post["post_id"], "--format", "json")
    told = json.loads(result.stdout)
    assert told and all(re.search(r"\([+−]\d,\d+\)$", row["text"]) for row in told)
    assert re.search(
        r"^(rendah|sedang|tinggi|ragu) \(rendah 0\.\d\d, sedang 0\.\d\d, tinggi 0\.\d\d\)$", result.stderr, re.M
    )
    english = json.loads(
        done("quality", "explain", season / "ws", post["post_id"], "--lang", "en", "--format", "json").stdout
    )
    assert [row["feature"] for row in english] == [row["feature"] for row in told]
    assert english[0]["text"] != told[0]["text"]
    unknown = textmine_("quality", "explain", season / "ws", "no-such-post")
    assert unknown.exit_code == 1 and "no post no-such-post" in unknown.stderr


def test_labels_make_a_judges_model_beside_baselines(season):
    folder = season / "judged"
    result = done(
        "quality", "train", season / "ws", "--labels", season / "labels.csv", "--use-engagement", "--learner",
        "logistic", "-o", folder, "--format", "json",
    )  # fmt: skip
    rows = {row["of"]: row for row in json.loads(result.stdout)}
    assert "trained on judges' labels" in result.stderr
    assert set(rows) == {
        "model (new agencies)", "majority", "follower count alone", "engagement alone",
        "engagement net of audience", "text alone (TF-IDF)",
    }  # fmt: skip
    assert rows["model (new agencies)"]["rank"] > rows["follower count alone"]["rank"] + 0.1
    confusion = done("quality", "evaluate", season / "ws", "--model", folder, "--show", "confusion", "--format", "csv")
    assert pl.read_csv(confusion.stdout.encode()).columns == ["label", "rendah", "sedang", "tinggi", "abstained"]
    shown = done("quality", "evaluate", season / "ws", "--model", folder, "--format", "table").stdout
    assert all(title in shown for title in ("scores", "later", "learners", "classes", "coverage", "importance"))


def test_posts_unlike_the_training_posts_are_told(season, derived, tmp_path):
    other = SimulationSettings(n_posts=1_000, n_agencies=20, quality_traces=0.0, slang=1.0)
    simulate(tmp_path / "posts", settings=other, seed=12, format="parquet")
    register = tmp_path / "posts" / "agencies.csv"
    done("ingest", tmp_path / "posts" / "posts.parquet", "--agencies", register, "-o", tmp_path / "ws")
    result = done("quality", "apply", tmp_path / "ws", "--model", season / "ws" / "quality_model", "--format", "csv")
    assert "WARNING: the posts are unlike those that the model learned from" in result.stderr
    workspace = Workspace.open(tmp_path / "ws")
    rows = workspace.manifest("quality").rows
    assert rows["features_drifted"] + rows["features_moved"] > 0


@pytest.mark.parametrize("arguments", [("--shares", "much"), ("--coverage", "2"), ("--labels",)])
def test_wrong_usage_is_refused(tmp_path, arguments):
    assert textmine_("quality", "train", tmp_path, *arguments).exit_code == 2


def test_a_workspace_without_a_model_says_how_to_make_one(season, tmp_path):
    result = textmine_("quality", "evaluate", season / "ws", "--model", tmp_path)
    assert result.exit_code == 1 and "textmine quality train" in result.stderr


def test_new_labels_score_a_saved_model_with_known_agencies_apart(season, derived, tmp_path):
    posts = pl.read_parquet(season / "ws" / "features.parquet" / "*.parquet").filter("credited").gather_every(4)
    percentile = pl.col("engagement_per_follower_percentile")
    label = pl.when(percentile < 0.3).then(pl.lit("rendah")).when(percentile < 0.7).then(pl.lit("sedang"))
    named = label.otherwise(pl.lit("tinggi")).alias("label")
    posts.drop_nulls("agency").select("platform", "post_id", named).write_csv(tmp_path / "new.csv")
    result = done("quality", "evaluate", season / "ws", "--labels", tmp_path / "new.csv", "--format", "csv")
    rows = {row["of"]: row for row in pl.read_csv(result.stdout.encode()).to_dicts()}
    assert "model (new agencies)" not in rows and rows["model (agencies learned from)"]["posts"] > 300
    assert rows["engagement_per_follower_percentile"]["rank"] > 0.9
    (tmp_path / "other.csv").write_text("platform,post_id,label\nx,none,tinggi\n")
    nothing = textmine_("quality", "evaluate", season / "ws", "--labels", tmp_path / "other.csv")
    assert nothing.exit_code == 1 and "none of the labelled posts" in nothing.stderr
