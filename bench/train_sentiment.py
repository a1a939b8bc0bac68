"""Rebuilds the shipped sentiment classifier from SmSA's training part.

    python bench/train_sentiment.py                  # writes models/sentiment
    python bench/train_sentiment.py --output folder

The mistakes in confusion.json, which shares are corrected for, are counted out of fold: ten models, each of which says
what it makes of the tenth that it has not learned from. The project's own test split takes no part in them.

The same data and versions of NumPy, SciPy and scikit-learn give the same n-grams and counted mistakes, and weights that
are equal but for their last digits. SmSA (Apache-2.0) is read from ../shared/data; it is at
https://github.com/IndoNLP/indonlu, dataset/smsa_doc-sentiment-prosa.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from measure import DATA
from sentiment_data import Labelled, own_split, smsa
from sklearn.model_selection import StratifiedKFold

from textmine.sentiment import Confusion, SentimentClassifier, save_classifier

SHIPPED = Path(__file__).resolve().parents[1] / "models" / "sentiment"
SOURCE = "SmSA, training part without textmine's own test split, out of ten folds"


def out_of_fold(texts: Labelled) -> np.ndarray:
    """Probabilities of each text by a model that has not learned from it, shape (n_texts, 3)."""
    column, labels = np.array(texts.texts, dtype=object), np.array(texts.labels)
    found = np.zeros((len(column), 3))
    for train, test in StratifiedKFold(10, shuffle=True, random_state=0).split(column, labels):
        model = SentimentClassifier().fit(column[train].tolist(), labels[train])
        found[test] = model.predict_proba(column[test].tolist())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--output", type=Path, default=SHIPPED)
    options = parser.parse_args()
    train = smsa(options.data, "train")
    kept, _ = own_split(train)
    confusion = Confusion.of(out_of_fold(kept), kept.labels, source=SOURCE)
    save_classifier(SentimentClassifier().fit(*train), options.output, confusion=confusion)
    for file in sorted(options.output.iterdir()):
        print(f"{file.name}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
