"""Krippendorff's alpha: the published worked example, what it must be by its definition, and judges one by one."""

import builtins

import numpy as np
import pytest

from textmine.errors import MissingExtraError, NotEnoughDataError
from textmine.labels.agreement import judge_agreement, krippendorff_alpha

CLASSES = ("tinggi", "sedang", "rendah")

# Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C: four observers, twelve units
PUBLISHED = {
    "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
}


def test_alpha_is_that_of_the_published_example(votes_of):
    said = {judge: [None if cell is None else str(cell) for cell in row] for judge, row in PUBLISHED.items()}
    found = judge_agreement(votes_of(said), ("1", "2", "3", "4", "5"), n_resamples=200)
    alpha = dict(found.overall.select("level", "alpha").iter_rows())
    assert alpha["nominal"] == pytest.approx(0.743, abs=5e-4)
    assert alpha["ordinal"] == pytest.approx(0.815, abs=5e-4)
    assert found.overall["n_posts"].to_list() == [11, 11], "the unit with one value cannot be paired"
    assert found.overall["n_votes"].to_list() == [40, 40]
    for low, point, high in found.overall.select("low", "alpha", "high").iter_rows():
        assert low < point < high


def by_definition(counts, distance):
    """1 minus observed by expected disagreement, pair by pair."""
    counts = counts[counts.sum(axis=1) >= 2]
    totals, n = counts.sum(axis=0), counts.sum()
    observed = sum(
        row[c] * (row[k] - (c == k)) * distance(c, k, totals) / (row.sum() - 1)
        for row in counts
        for c in range(3)
        for k in range(3)
    )
    expected = sum(totals[c] * (totals[k] - (c == k)) * distance(c, k, totals) for c in range(3) for k in range(3))
    return 1 - (n - 1) * observed / expected


def ordinal(c, k, totals):
    low, high = min(c, k), max(c, k)
    return (totals[low : high + 1].sum() - (totals[c] + totals[k]) / 2) ** 2


def test_alpha_is_that_of_its_definition_on_random_votes():
    random = np.random.default_rng(4)
    counts = random.integers(0, 4, (40, 3))
    assert krippendorff_alpha(counts, "nominal") == pytest.approx(by_definition(counts, lambda c, k, _: c != k))
    assert krippendorff_alpha(counts, "ordinal") == pytest.approx(by_definition(counts, ordinal))


def test_a_judge_who_is_harsh_and_one_who_guesses_stand_out(votes_of):
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, 300)
    said = {
        "ani": truth,
        "budi": np.where(random.random(300) < 0.9, truth, random.integers(0, 3, 300)),
        "citra": np.minimum(truth + (random.random(300) < 0.6), 2),
        "dedi": random.integers(0, 3, 300),
    }
    votes = votes_of({judge: [CLASSES[label] for label in labels] for judge, labels in said.items()})
    found = judge_agreement(votes, CLASSES, n_resamples=200)
    judges = {row["judge"]: row for row in found.judges.iter_rows(named=True)}
    assert min(judges, key=lambda name: judges[name]["leaning"]) == "citra" and judges["citra"]["leaning"] < -0.3
    assert max(judges, key=lambda name: judges[name]["ordinal_without"]) == "dedi"
    assert min(judges, key=lambda name: judges[name]["same"]) == "dedi"
    pairs = {(row["judge"], row["other"]): row for row in found.pairs.iter_rows(named=True)}
    assert len(pairs) == 6
    assert pairs["ani", "budi"]["ordinal"] > 0.8 > 0.2 > abs(pairs["ani", "dedi"]["ordinal"])
    assert pairs["ani", "citra"]["ordinal"] > pairs["ani", "citra"]["nominal"], "near misses weigh less"
    by_hand = np.mean(said["ani"] == said["budi"])
    assert pairs["ani", "budi"]["same"] == pytest.approx(by_hand)


def test_the_interval_holds_the_alpha_of_more_posts_of_the_same_judges():
    """Nineteen times in twenty, so 60 draws miss it a few times only."""
    random = np.random.default_rng(1)

    def counts(n):
        truth = random.integers(0, 3, n)
        votes = [np.where(random.random(n) < 0.75, truth, random.integers(0, 3, n)) for _ in range(3)]
        return np.stack([sum(vote == label for vote in votes) for label in range(3)], axis=1)

    from textmine.labels.agreement import _with_interval

    whole = krippendorff_alpha(counts(30_000), "ordinal")
    held = 0
    for _ in range(60):
        draws = random.integers(0, 60, (150, 60))
        _, low, high = _with_interval(counts(60), draws, "ordinal")
        held += low <= whole <= high
    assert held >= 51


def test_the_same_seed_gives_the_same_interval_and_undefined_is_null(votes_of):
    votes = votes_of({"ani": ["tinggi", "rendah", "sedang"], "budi": ["tinggi", "sedang", "sedang"]})
    first, again = (judge_agreement(votes, CLASSES, seed=3) for _ in range(2))
    assert first.overall.equals(again.overall)
    same = judge_agreement(votes_of({"ani": ["tinggi"] * 4, "budi": ["tinggi"] * 4}), CLASSES)
    assert same.overall["alpha"].to_list() == [None, None] and same.pairs["same"].to_list() == [1.0]


def test_votes_that_never_meet_have_no_agreement(votes_of):
    with pytest.raises(NotEnoughDataError, match="no post was judged by two"):
        judge_agreement(votes_of({"ani": ["tinggi", None], "budi": [None, "tinggi"]}), CLASSES)
    with pytest.raises(NotEnoughDataError):
        judge_agreement(votes_of({}), CLASSES)


def test_without_the_package_the_install_line_is_said(votes_of, monkeypatch):
    real = builtins.__import__

    def refusing(name, *rest, **options):
        if name == "krippendorff":
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", refusing)
    with pytest.raises(
        MissingExtraError, match=r'krippendorff is not installed; run: pip install "textmine\[labels\]"'
    ):
        judge_agreement(votes_of({"ani": ["tinggi"] * 2, "budi": ["rendah"] * 2}), CLASSES)
