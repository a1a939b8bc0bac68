"""How near shares of sentiment come to the truth: labels as counted, and three corrections, on resampled mixtures.

    python bench/accuracy_shares.py
    python bench/accuracy_shares.py --format json

500 mixtures of 200 texts, with shares of the classes drawn evenly over all that are possible (Dirichlet), are put
together from labelled texts of each class, with replacement. The measure is the mean absolute error of the three
shares among those 200; beside it stand how often the 90 % interval holds the share that they were drawn by, and how
often the fit to the known mistakes is not doubted.

The default correction was chosen on the first row and on nothing else, though the others were in view: out-of-fold
texts of SmSA's training part without the own test split, one half to count mistakes on, the other to mix. For the own
test split the classifier is fitted anew without it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scores import Part, Row, run
from sentiment_data import INDOLEM, SMSA, indolem, own_split, smsa
from train_sentiment import out_of_fold

from textmine.sentiment import Confusion, SentimentClassifier, estimate_shares, load_classifier, load_confusion
from textmine.sentiment.cells import N_CELLS, cells_of
from textmine.sentiment.labels import CLASSES
from textmine.sentiment.shares import DEFAULT_METHOD, METHODS

N_MIXTURES, N_TEXTS = 500, 200


def mixtures(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares drawn by and shares found, both of shape (n_mixtures, 3), and cells; only of classes with texts."""
    rng = np.random.default_rng(0)
    of_class = {c: cells_of(probabilities[labels == name]) for c, name in enumerate(CLASSES) if (labels == name).any()}
    drawn_by, truth = np.zeros((2, N_MIXTURES, len(CLASSES)))
    counts = np.zeros((N_MIXTURES, N_CELLS))
    for row, shares in enumerate(rng.dirichlet(np.ones(len(of_class)), N_MIXTURES)):
        drawn_by[row, list(of_class)] = shares
        for (c, cells), n in zip(of_class.items(), rng.multinomial(N_TEXTS, shares), strict=True):
            truth[row, c] = n / N_TEXTS
            counts[row] += np.bincount(rng.choice(cells, n), minlength=N_CELLS)
    return drawn_by, truth, counts


def rows(texts: str, probabilities: np.ndarray, labels: np.ndarray, confusion: Confusion, goal: str = "") -> list[Row]:
    drawn_by, truth, counts = mixtures(probabilities, labels)
    found = {method: estimate_shares(counts, confusion, method=method) for method in METHODS}
    error = {own(method): float(np.abs(shares.corrected - truth).mean()) for method, shares in found.items()}
    within = {
        own(method): float(((shares.low <= drawn_by) & (drawn_by <= shares.high)).mean())
        for method, shares in found.items()
    }
    chosen = found[DEFAULT_METHOD]
    fits = {own(DEFAULT_METHOD): float(chosen.fits.mean())}
    error["labels as counted"] = float(np.abs(chosen.raw - truth).mean())
    return [
        Row("shares", texts, len(labels), f"mean absolute error, {N_MIXTURES} mixtures", error, goal),
        Row("shares", texts, len(labels), "90 % intervals that hold the truth", within),
        Row("shares", texts, len(labels), "mixtures whose fit is not doubted", fits),
    ]


def own(method: str) -> str:
    return f"textmine, {method}{' (default)' if method == DEFAULT_METHOD else ''}"


def measure(data: Path) -> Part:
    part = Part()
    if not all(part.has(data / SMSA.format(name), "shares of sentiment") for name in ("train", "valid")):
        return part
    goal = "at most half the error of labels as counted"
    kept, held = own_split(smsa(data, "train"))
    unseen, labels = out_of_fold(kept), np.array(kept.labels)
    half = np.random.default_rng(1).random(len(labels)) < 0.5
    part.rows += rows(
        "SmSA train, out of fold (the choice was made here)",
        unseen[~half],
        labels[~half],
        Confusion.of(unseen[half], labels[half]),
    )
    again = SentimentClassifier().fit(*kept)
    counted = Confusion.of(unseen, labels)
    part.rows += rows("SmSA, own test split", again.predict_proba(held.texts), np.array(held.labels), counted, goal)
    shipped, mistakes = load_classifier(), load_confusion()
    if mistakes is None:
        raise SystemExit("the shipped classifier has no confusion.json: python bench/train_sentiment.py")
    valid = smsa(data, "valid")
    part.rows += rows("SmSA valid", shipped.predict_proba(valid.texts), np.array(valid.labels), mistakes, goal)
    if part.has(data / INDOLEM.format("dev0"), "shares of sentiment in other texts"):
        other = indolem(data, "dev0")
        name = "IndoLEM dev0, other texts, no neutral ones"
        part.rows += rows(name, shipped.predict_proba(other.texts), np.array(other.labels), mistakes)
    return part


if __name__ == "__main__":
    run(measure, __doc__)
