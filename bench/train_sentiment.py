"""Rebuilds the shipped sentiment classifier from SmSA's training part.

    python bench/train_sentiment.py                  # writes models/sentiment
    python bench/train_sentiment.py --output folder

The same data and the same versions of NumPy, SciPy and scikit-learn give the same bytes. SmSA (Apache-2.0) is read from
../shared/data; it is at https://github.com/IndoNLP/indonlu, dataset/smsa_doc-sentiment-prosa.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from measure import DATA
from sentiment_data import smsa

from textmine.sentiment import SentimentClassifier, save_classifier

SHIPPED = Path(__file__).resolve().parents[1] / "models" / "sentiment"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--output", type=Path, default=SHIPPED)
    options = parser.parse_args()
    texts, labels = smsa(options.data, "train")
    save_classifier(SentimentClassifier().fit(texts, labels), options.output)
    for file in sorted(options.output.iterdir()):
        print(f"{file.name}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
