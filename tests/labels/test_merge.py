"""Merging: the model is that of Dawid and Skene, knows harsh and careless judges, and beats the majority among them."""

import builtins

import numpy as np
import polars as pl
import pytest

from textmine.errors import MissingExtraError, NotEnoughDataError
from textmine.labels.merge import PRIOR_OTHER, PRIOR_RIGHT, class_probabilities, dawid_skene, merge_votes

CLASSES = ("tinggi", "sedang", "rendah")
GOOD = np.array([[0.85, 0.12, 0.03], [0.08, 0.84, 0.08], [0.03, 0.12, 0.85]])
HARSH = np.array([[0.45, 0.50, 0.05], [0.03, 0.47, 0.50], [0.01, 0.04, 0.95]])
CARELESS = np.array([[0.4, 0.3, 0.3], [0.3, 0.4, 0.3], [0.3, 0.3, 0.4]])


def voted(panel, n, seed, *, missing=0.0):
    random = np.random.default_rng(seed)
    truth = random.choice(3, n, p=[0.3, 0.4, 0.3])
    votes = np.array(
        [(random.random(n)[:, None] > np.cumsum(table[truth], axis=1)).sum(axis=1) for table in panel], float
    )
    hidden = random.random(votes.shape) < missing
    hidden[0] &= ~hidden[1:].all(axis=0)
    votes[hidden] = np.nan
    return truth, votes


def by_the_paper(votes, n_classes, rounds=400):
    """Equations 2.3 to 2.5 of Dawid and Skene (1979), with votes cast before as prior."""
    counts = np.stack([(votes == label).sum(axis=0) for label in range(n_classes)], axis=1)
    shares = counts / counts.sum(axis=1, keepdims=True)
    before = PRIOR_OTHER + PRIOR_RIGHT * np.eye(n_classes)
    for _ in range(rounds):
        tables = np.array(
            [[[shares[vote == said, truth].sum() for said in range(n_classes)] for truth in range(n_classes)]
             for vote in votes]
        ) + before  # fmt: skip
        tables /= tables.sum(axis=2, keepdims=True)
        prior = shares.mean(axis=0)
        shares = np.tile(prior, (votes.shape[1], 1))
        for vote, table in zip(votes, tables, strict=True):
            for post in np.flatnonzero(~np.isnan(vote)):
                shares[post] *= table[:, int(vote[post])]
        shares /= shares.sum(axis=1, keepdims=True)
    return tables, prior, shares


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_the_model_is_that_of_the_paper(missing):
    _, votes = voted([GOOD, GOOD, HARSH, CARELESS], 150, 2, missing=missing)
    tables, prior, shares = by_the_paper(votes, 3)
    found_tables, found_prior = dawid_skene(votes, 3)
    assert np.abs(found_tables - tables).max() < 0.01
    assert np.abs(found_prior - prior).max() < 0.01
    assert np.abs(class_probabilities(votes, found_tables, found_prior) - shares).max() < 0.03


# Dawid and Skene (1979), table 1: 45 patients; observer 1 three times, then observers 2 to 5
ANAESTHETIST = """
1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343 1111111 2223212 1211111
1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222 1111111 1111111 1121121
1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
""".split()


def test_the_example_of_the_paper_comes_out_as_published():
    """Shares .40 .42 .11 .07 there, where the three votes of observer 1 share a table; here each has its own."""
    votes = np.array([[int(vote) - 1 for vote in patient] for patient in ANAESTHETIST], float).T
    tables, prior = dawid_skene(votes, 4, prior_other=1e-6, prior_right=0.0)
    assert prior == pytest.approx([0.40, 0.42, 0.11, 0.07], abs=0.03)
    found = class_probabilities(votes, tables, prior).argmax(axis=1) + 1
    first = "1 4 2 2 2 2 1 3 2 2 4 3 1 2 1 1 1 1 2 2 2 2 2 2 1 1 2 1 1 1 1 3 1 2 2 4 2 3 3 1 1 1 2 1 2"
    assert (found != np.array(first.split(), int)).sum() <= 1, "patient 3 is near the border of two classes"
    assert tables[3][2] == pytest.approx([0, 0, 1, 0], abs=0.01), "observer 2 never errs on class 3"


def test_it_beats_the_majority_where_judges_are_harsh_or_careless():
    model, majority, harsh, careless = [], [], [], []
    for seed in range(6):
        truth, votes = voted([GOOD, GOOD, HARSH, CARELESS], 200, seed)
        tables, prior = dawid_skene(votes, 3)
        model.append((class_probabilities(votes, tables, prior).argmax(axis=1) == truth).mean())
        counts = np.stack([(votes == label).sum(axis=0) for label in range(3)], axis=1)
        ties = np.random.default_rng(seed).random(counts.shape) / 9
        majority.append(((counts + ties).argmax(axis=1) == truth).mean())
        harsh.append(np.abs(tables[2] - HARSH).mean())
        careless.append(np.abs(tables[3] - CARELESS).mean())
    assert np.mean(model) > np.mean(majority) + 0.03
    assert np.mean(harsh) < 0.07 and np.mean(careless) < 0.07


def test_tables_of_labels_judges_and_confusions(votes_of):
    truth, votes = voted([GOOD, GOOD, HARSH, CARELESS], 300, 7, missing=0.2)
    names = ("ani", "budi", "citra", "dedi")
    said = {
        name: [None if np.isnan(vote) else CLASSES[int(vote)] for vote in row]
        for name, row in zip(names, votes, strict=True)
    }
    merged = merge_votes(votes_of(said), CLASSES)
    labels = merged.labels
    assert labels.columns == [
        "platform", "post_id", "label", "p_tinggi", "p_sedang", "p_rendah", "n_votes", "majority", "agreed",
    ]  # fmt: skip
    assert labels["n_votes"].to_list() == (~np.isnan(votes)).sum(axis=0).tolist()
    total = labels.select(pl.sum_horizontal("p_tinggi", "p_sedang", "p_rendah")).to_series()
    assert total.to_list() == pytest.approx([1.0] * len(labels), abs=2e-6)
    best = labels.select(pl.concat_list("p_tinggi", "p_sedang", "p_rendah").list.arg_max()).to_series().to_list()
    assert [CLASSES[place] for place in best] == labels["label"].to_list()
    right = np.mean([CLASSES[t] == label for t, label in zip(truth, labels["label"], strict=True)])
    assert right > 0.8
    for row in labels.head(40).iter_rows(named=True):
        cast = [votes[judge, int(row["post_id"])] for judge in range(4)]
        cast = [CLASSES[int(vote)] for vote in cast if not np.isnan(vote)]
        most = max(cast.count(name) for name in CLASSES)
        leading = [name for name in CLASSES if cast.count(name) == most]
        assert row["majority"] == (leading[0] if len(leading) == 1 else None)
        assert row["agreed"] == pytest.approx(cast.count(row["label"]) / len(cast))
    manner = dict(merged.judges.select("judge", "manner").iter_rows())
    assert manner == {"ani": "ordinary", "budi": "ordinary", "citra": "harsh", "dedi": "careless"}
    assert merged.confusions.group_by("judge", "truth").agg(pl.col("probability").sum())["probability"].to_list() == (
        pytest.approx([1.0] * 12, abs=1e-5)
    )
    assert len(merged.confusions) == 4 * 9


def test_the_order_of_votes_changes_nothing(votes_of):
    _, votes = voted([GOOD, HARSH, CARELESS], 80, 3)
    said = {f"j{i}": [CLASSES[int(vote)] for vote in row] for i, row in enumerate(votes)}
    table = votes_of(said)
    first, again = merge_votes(table, CLASSES), merge_votes(table.sample(fraction=1, shuffle=True, seed=1), CLASSES)
    assert first.labels.equals(again.labels) and first.confusions.equals(again.confusions)


def test_one_judge_alone_is_taken_at_their_word_and_no_votes_are_refused(votes_of):
    merged = merge_votes(votes_of({"ani": ["tinggi", "rendah", None, "rendah"]}), CLASSES)
    assert merged.labels["label"].to_list() == ["tinggi", "rendah", "rendah"] == merged.labels["majority"].to_list()
    assert merged.labels["p_rendah"].to_list() == [0.0, 1.0, 1.0]
    with pytest.raises(NotEnoughDataError, match="no votes"):
        merge_votes(votes_of({}), CLASSES)


def test_a_class_that_nobody_named_keeps_its_column(votes_of):
    merged = merge_votes(votes_of({"ani": ["tinggi", "sedang"] * 5, "budi": ["tinggi", "sedang"] * 5}), CLASSES)
    assert merged.labels["p_rendah"].max() < 0.05 and set(merged.labels["label"]) == {"tinggi", "sedang"}


def test_without_the_package_the_install_line_is_said(votes_of, monkeypatch):
    real = builtins.__import__

    def refusing(name, *rest, **options):
        if name.startswith("skactiveml"):
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", refusing)
    with pytest.raises(MissingExtraError, match=r"textmine\[labels\]"):
        merge_votes(votes_of({"ani": ["tinggi"] * 2, "budi": ["rendah"] * 2}), CLASSES)
