"""How well sentiment is told, at home and in other texts, beside naive Bayes, a linear SVM and a vote of the lexicon.

    python bench/accuracy_sentiment.py
    python bench/accuracy_sentiment.py --format json

All contenders learn from SmSA's training part only. SmSA valid has three classes; IndoLEM dev0 (hotel reviews and
tweets) has two, and a contender says the one of positive and negative that it holds likelier. The own test split is a
tenth of SmSA's training part; for it everything is fitted anew without that tenth. Four versions of the classifier were
scored on it, and corrections of shares were looked at there, so it is not unseen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from scores import Part, Row, package, run
from sentiment_data import INDOLEM, SMSA, Labelled, indolem, own_split, smsa
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import LinearSVC

from textmine.sentiment import SentimentClassifier, load_classifier
from textmine.sentiment.labels import CLASSES
from textmine.sentiment.phrases import PhraseFinder
from textmine.sentiment.scope import leanings
from textmine.sentiment.units import UnitReader

Scores = Callable[[Sequence[str]], np.ndarray]
SKLEARN = package("scikit-learn")
BAYES, SVM, VOTE = f"naive Bayes ({SKLEARN})", f"linear SVM, word and character TF-IDF ({SKLEARN})", "lexicon vote"
WITH_WORDS = "textmine with deciding words"
ANCHORS = (
    "Published macro-F1 on SmSA test (not run here, and harder than valid): IndoBERT-large 92.72, XLM-R-large 92.35, "
    "IndoBERT-base 87.73, mBERT 84.14. On IndoLEM, trained on IndoLEM itself, F1: IndoBERT 84.13, mBERT 76.58."
)


def peers(train: Labelled) -> dict[str, Scores]:
    """Scores of the three classes by each peer, shape (n_texts, 3)."""
    bayes = make_pipeline(CountVectorizer(token_pattern=r"\S+"), MultinomialNB()).fit(*train)
    tfidf = make_union(
        TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
    svm = make_pipeline(tfidf, LinearSVC(C=0.3)).fit(*train)
    return {BAYES: bayes.predict_proba, SVM: svm.decision_function, VOTE: lexicon_vote}


def lexicon_vote(texts: Sequence[str]) -> np.ndarray:
    """The sign of the sum of polarities, with the scopes; neutral at zero."""
    reader = UnitReader()
    stream = reader.read(pl.Series(list(texts)))
    values = leanings(stream, reader, PhraseFinder(reader)).values
    net = np.bincount(stream.rows, weights=values, minlength=len(texts))
    return np.column_stack([-net, np.full(len(net), 1e-9), net])


def macro_f1(scores: np.ndarray, labels: Sequence[str], *, two_classes: bool = False) -> float:
    names = np.array(CLASSES)
    found = np.where(scores[:, 2] > scores[:, 0], "positive", "negative") if two_classes else names[scores.argmax(1)]
    return float(f1_score(labels, found, average="macro"))


def calibration_error(probabilities: np.ndarray, labels: Sequence[str], *, n_bins: int = 15) -> float:
    """Expected calibration error of the likeliest class, bins of equal width."""
    sure = probabilities.max(axis=1)
    right = np.array(CLASSES)[probabilities.argmax(axis=1)] == np.asarray(labels)
    bins = np.minimum((sure * n_bins).astype(int), n_bins - 1)
    gaps = [abs(right[bins == b].mean() - sure[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))


def measure(data: Path) -> Part:
    part = Part(notes=[ANCHORS])
    if not all(part.has(data / SMSA.format(name), "sentiment") for name in ("train", "valid")):
        return part
    train = smsa(data, "train")
    shipped = load_classifier()
    contenders = {"textmine": shipped.predict_proba} | peers(train)
    valid = smsa(data, "valid")
    found = {who: score(valid.texts) for who, score in contenders.items()}
    scored = {who: macro_f1(scores, valid.labels) for who, scores in found.items()}
    part.rows.append(Row("sentiment", "SmSA valid", len(valid.texts), "macro-F1, 3 classes", scored, "at least 0.88"))
    error = {"textmine": calibration_error(found["textmine"], valid.labels)}
    part.rows.append(Row("sentiment", "SmSA valid", len(valid.texts), "calibration error", error, "at most 0.05"))
    if part.has(data / INDOLEM.format("dev0"), "sentiment in other texts"):
        other = indolem(data, "dev0")
        scored = {
            who: macro_f1(score(other.texts), other.labels, two_classes=True) for who, score in contenders.items()
        }
        part.rows.append(
            Row("sentiment", "IndoLEM dev0", len(other.texts), "macro-F1, 2 classes", scored, "at least 0.75")
        )
    kept, held = own_split(train)
    again = {"textmine": SentimentClassifier().fit(*kept).predict_proba} | peers(kept)
    scored = {who: macro_f1(score(held.texts), held.labels) for who, score in again.items()}
    part.rows.append(Row("sentiment", "SmSA, own test split", len(held.texts), "macro-F1, 3 classes", scored))
    part.notes.append(speed(contenders | {WITH_WORDS: shipped.describe}, train.texts))
    return part


def speed(contenders: dict[str, Callable[[Sequence[str]], object]], texts: list[str], *, repetitions: int = 3) -> str:
    """Texts a second by the clock, and a second of processor time, so that a busy machine does not hide the work."""
    lines = []
    for who, many in (("textmine", texts * 6), (WITH_WORDS, texts * 6), (SVM, texts[:4000])):
        contenders[who](many[:100])
        runs = []
        for _ in range(repetitions):
            clock, processor = time.perf_counter(), time.process_time()
            contenders[who](many)
            runs.append((time.perf_counter() - clock, time.process_time() - processor))
        wall, work = (len(many) / np.median([run[index] for run in runs]) for index in (0, 1))
        lines.append(f"{who}: {wall:,.0f} texts a second, {work:,.0f} a second of one core")
    mean = np.mean([len(text) for text in texts])
    return f"Speed on SmSA train ({mean:.0f} characters a text): {'; '.join(lines)}."


if __name__ == "__main__":
    run(measure, __doc__)
