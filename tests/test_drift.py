"""Drift: the index of the formula, small samples that do not cry wolf, and words that were never met."""

import json
import math

import numpy as np
import polars as pl
import pytest

from textmine.drift import DriftReference, feature_drift, stability, vocabulary_drift
from textmine.errors import ModelError


def posts(random, n, *, shift=0.0, video=0.3):
    return pl.DataFrame(
        {
            "length": random.normal(100 + shift, 20, n),
            "likes": pl.Series(random.poisson(3, n)).cast(pl.UInt64),
            "media": np.where(random.random(n) < video, "video", "image"),
            "is_long": random.random(n) < 0.5,
        }
    )


def test_the_index_is_the_sum_of_the_textbook():
    before, after = np.array([1000, 2000, 7000]) * 1000, np.array([2000, 2000, 6000]) * 1000
    by_hand = (0.2 - 0.1) * math.log(2) + 0 + (0.6 - 0.7) * math.log(6 / 7)
    psi, expected, by_chance, n_bins = stability(before, after)
    assert psi == pytest.approx(by_hand, rel=1e-5)
    assert n_bins == 3 and expected == pytest.approx(2 * (2 / 10**7)) and by_chance > expected
    assert stability(before, before)[0] == 0.0


@pytest.mark.parametrize("n", [20, 50, 200, 2000])
def test_without_drift_chance_is_seldom_called_drift_however_few_posts(n):
    random = np.random.default_rng(n)
    reference = DriftReference.of(posts(random, 3000))
    tables = [feature_drift(reference, posts(random, n)) for _ in range(200)]
    found = pl.concat(tables)
    alarms = found["verdict"].is_in(["moved", "drifted"]).mean()
    assert alarms <= 0.02
    over = (found["psi"] > found["by_chance"]).mean()
    assert over <= 0.02
    naive = (found["psi"] >= 0.1).mean()
    if n == 50:
        assert naive > 0.2, "the bands alone would cry wolf"


def test_the_mean_without_drift_is_what_is_expected_where_the_approximation_holds():
    random = np.random.default_rng(5)
    reference = DriftReference.of(posts(random, 3000))
    found = pl.concat([feature_drift(reference, posts(random, 1000)) for _ in range(200)])
    means = found.group_by("feature").agg(pl.col("psi").mean(), pl.col("expected").mean())
    for _, psi, expected in means.iter_rows():
        # one reference for all draws: its own deviation is shared, so the mean wavers
        assert 0.6 * expected < psi < 1.5 * expected


def test_real_drift_is_seen_in_the_feature_that_moved_and_in_no_other():
    random = np.random.default_rng(1)
    reference = DriftReference.of(posts(random, 3000))
    table = feature_drift(reference, posts(random, 800, shift=25, video=0.62))
    said = dict(table.select("feature", "verdict").iter_rows())
    assert said == {"length": "drifted", "media": "drifted", "likes": "stable", "is_long": "stable"}
    assert table["psi"].is_sorted(descending=True) and set(table["n"]) == {800} and set(table["n_reference"]) == {3000}


def test_nulls_and_values_that_were_never_met_have_bins_of_their_own():
    before = pl.DataFrame({"a": [1.0, 2.0, 3.0, 4.0] * 50, "b": ["x", "y"] * 100})
    reference = DriftReference.of(before)
    after = pl.DataFrame({"a": [None, 1.0] * 100, "b": ["z", "x"] * 100})
    assert feature_drift(reference, after)["verdict"].to_list() == ["drifted", "drifted"]
    by_name = {feature.name: feature for feature in reference.features}
    assert by_name["b"].categories == ("x", "y") and by_name["b"].counts == (100, 100, 0, 0)
    assert by_name["b"].count(after["b"]).tolist() == [100, 0, 100, 0]
    assert by_name["a"].counts == (0, 50, 50, 50, 50, 0, 0)
    assert by_name["a"].count(after["a"]).tolist() == [0, 100, 0, 0, 0, 0, 100]


def test_a_reference_comes_back_from_json_and_a_broken_one_is_refused(tmp_path):
    reference = DriftReference.of(posts(np.random.default_rng(0), 100))
    reference.save(tmp_path / "drift.json")
    assert DriftReference.load(tmp_path / "drift.json") == reference
    content = json.loads((tmp_path / "drift.json").read_text())
    for key, value in (("format", 9), ("features", [{"name": "a"}]), ("features", 3)):
        (tmp_path / "bad.json").write_text(json.dumps(content | {key: value}))
        with pytest.raises(ModelError, match=r"bad\.json"):
            DriftReference.load(tmp_path / "bad.json")
    content["features"][0]["counts"].append(3)
    (tmp_path / "bad.json").write_text(json.dumps(content))
    with pytest.raises(ModelError, match="do not fit"):
        DriftReference.load(tmp_path / "bad.json")
    with pytest.raises(ModelError):
        DriftReference.load(tmp_path / "none.json")


def test_a_constant_an_empty_and_a_list_column():
    table = pl.DataFrame({"same": [1, 1, 1], "none": pl.Series([None] * 3, dtype=pl.Float64)})
    reference = DriftReference.of(table)
    assert feature_drift(reference, table)["psi"].to_list() == [0.0, 0.0]
    other = pl.DataFrame({"same": [2] * 90, "none": [1.0] * 90})
    assert set(feature_drift(DriftReference.of(pl.concat([table] * 30)), other)["verdict"]) == {"drifted"}
    with pytest.raises(ValueError, match="numbers and of text"):
        DriftReference.of(pl.DataFrame({"tags": [["a"]]}))
    with pytest.raises(ValueError, match="no column 'same'"):
        feature_drift(reference, pl.DataFrame({"x": [1]}))


def counts(random, n, *, start=0):
    """Words by Zipf's law, as captions have them."""
    words, times = np.unique(random.zipf(1.5, n) + start, return_counts=True)
    return dict(zip(map(str, words.tolist()), times.tolist(), strict=True))


def test_unknown_words_beyond_those_of_zipf_are_drift_and_those_of_zipf_are_not():
    random = np.random.default_rng(3)
    known = counts(random, 50_000)
    same = vocabulary_drift(known, counts(random, 5_000))
    assert same.verdict in ("stable", "chance") and same.types > 5 * same.tokens > 0
    assert same.tokens == pytest.approx(same.expected_tokens, rel=0.35)
    mixed = counts(random, 4_000) | {f"baru{i}": 2 for i in range(500)}
    other = vocabulary_drift(known, mixed)
    assert other.verdict == "drifted" and other.tokens > 0.19
    with pytest.raises(ValueError, match="no words"):
        vocabulary_drift(known, {})
