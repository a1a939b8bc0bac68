"""What a quality model must beat: nothing, the size of the audience, engagement alone, the words alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from textmine.quality.columns import FeatureColumns
from textmine.quality.pipeline import Candidate, Pipeline
from textmine.quality.selection import TrainingPosts, without_gaps

Floats = npt.NDArray[np.float64]
Learn = Callable[[TrainingPosts, pl.DataFrame], Floats]

CAPTION = "caption"
"""Column of the labelled posts that the words alone are learned from."""


def baselines(figures: Mapping[str, str], *, text: bool) -> dict[str, Learn]:
    """Learners by name; each takes posts to learn from and to predict, and returns log-probabilities.

    Parameters
    ----------
    figures
        Name of a baseline and the column that it is learned from alone: followers, engagement.
    text
        Whether the posts have captions.
    """
    found: dict[str, Learn] = {"majority": _majority}
    found |= {name: _one_column(column) for name, column in figures.items()}
    if text:
        found["text alone (TF-IDF)"] = _words
    return found


def _majority(posts: TrainingPosts, test: pl.DataFrame) -> Floats:
    shares = posts.labels.sum(axis=0) / posts.labels.sum()
    return np.repeat(np.log(np.maximum(shares, 1e-9))[None, :], len(test), axis=0)


def _one_column(name: str) -> Learn:
    def learn(posts: TrainingPosts, test: pl.DataFrame) -> Floats:
        labels = without_gaps(posts.labels)
        columns = FeatureColumns((name,), (), None)
        alone = Pipeline.fit(posts.labelled, labels, None, columns, Candidate("logistic", 1.0), seed=0)
        return alone.log_probabilities(test)

    return learn


def _words(posts: TrainingPosts, test: pl.DataFrame) -> Floats:
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, max_features=50_000)
    labels = without_gaps(posts.labels)
    place, codes = np.nonzero(labels)
    with threadpool_limits(limits=1):
        try:
            counted = vectorizer.fit_transform(posts.labelled[CAPTION].fill_null("").to_list())
        except ValueError:  # no word stands in two posts
            return _majority(posts, test)
        model = LogisticRegression(C=3.0, max_iter=200, tol=1e-3)
        model.fit(counted[place], codes, sample_weight=labels[place, codes])
        return np.asarray(model.predict_log_proba(vectorizer.transform(test[CAPTION].fill_null("").to_list())))
