"""A sentiment classifier that knows how sure it is: a lexicon decides, n-grams refine where a text is familiar.

Two questions are asked one after the other (nested dichotomies). Has the text an opinion at all? Here n-grams weigh
most: neutral posts read like news. If so, which? Here the lexicon weighs most and n-grams a little: the lexicon holds
in texts of any kind, while n-grams learn the topics of the training texts.

References
----------
Frank, E., Kramer, S. (2004). Ensembles of nested dichotomies for multi-class problems. ICML.
Lipton, Z., Elkan, C., Naryanaswamy, B. (2014). Optimal thresholding of classifiers to maximize F1 measure. ECML PKDD.
Platt, J. (1999). Probabilistic outputs for support vector machines. Advances in Large Margin Classifiers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.utils.validation import check_is_fitted

from textmine.batches import BATCH_ROWS, in_order
from textmine.sentiment.combination import (
    POLAR,
    Weights,
    combine,
    damped_features,
    evidence_of,
    standardised,
    with_constant,
)
from textmine.sentiment.labels import CLASSES, DESCRIBED_SCHEMA, N_WORDS
from textmine.sentiment.ngrams import Counts, NgramScorer, count_terms, training_words
from textmine.sentiment.phrases import PhraseFinder
from textmine.sentiment.scope import leanings, lexicon_features
from textmine.sentiment.units import Stream, UnitReader, as_series
from textmine.sentiment.words import Reading, WordWeights

if TYPE_CHECKING:
    import numpy.typing as npt

    from textmine.drift import VocabularyDrift

    Floats = npt.NDArray[np.float64]

_BATCH: Final = 16_384
"""Texts whose units are in memory together; tokens are found of more, since a pattern starts slowly."""
_NO_OPINION: Final = (0.0, 1.0, 0.0)


class SentimentClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Negative, neutral or positive, with calibrated probabilities.

    Positive and negative are taken to be equally likely before a text is read: the shares of a training set are not
    those of other texts.

    Parameters
    ----------
    ngram_weight
        How much n-grams weigh beside the lexicon when positive is told from negative. More is better for texts like
        those of the training set and worse for all others.
    familiar_from, steepness
        From which share of known pairs of stems on a text is taken to be like the training texts, so that the weights
        that fit those best decide, and how sharp the change is.
    neutral_odds
        How many times as likely a neutral text is as in the training set, since posts are neutral more often than
        reviews. A little above 1 also serves the F1 of a rare class (Lipton et al. 2014).
    stem_regularisation, character_regularisation
        Inverse strength of the penalty on the weights of stems and pairs, and of characters.
    min_stem_texts, min_character_texts
        A term of the training set counts if it stands in so many texts.
    n_folds
        Parts that the training set is cut into, so that what is put on top of the n-grams learns from scores of texts
        that they have not seen.
    random_state
        Seed of the cut.

    Attributes
    ----------
    classes_ : numpy.ndarray of str, shape (3,)
        ``negative``, ``neutral``, ``positive``.
    n_texts_ : int
        Size of the training set.
    weights_, constants_, scorer_
        What was learned.

    Examples
    --------
    >>> texts = ["bagus sekali", "kotor dan bau", "rapat hari ini"] * 5
    >>> model = SentimentClassifier(n_folds=3).fit(texts, ["positive", "negative", "neutral"] * 5)
    >>> model.explain("tidak bagus, tapi murah banget")
    [('bagus', -1.6), ('murah', 3.0)]
    """

    def __init__(
        self,
        *,
        ngram_weight: float = 0.25,
        familiar_from: float = 0.35,
        steepness: float = 8.0,
        neutral_odds: float = 1.6,
        stem_regularisation: float = 10.0,
        character_regularisation: float = 3.0,
        min_stem_texts: int = 2,
        min_character_texts: int = 3,
        n_folds: int = 5,
        random_state: int = 0,
    ) -> None:
        self.ngram_weight = ngram_weight
        self.familiar_from = familiar_from
        self.steepness = steepness
        self.neutral_odds = neutral_odds
        self.stem_regularisation = stem_regularisation
        self.character_regularisation = character_regularisation
        self.min_stem_texts = min_stem_texts
        self.min_character_texts = min_character_texts
        self.n_folds = n_folds
        self.random_state = random_state

    def fit(self, texts: Sequence[str] | pl.Series, y: Sequence[str] | npt.NDArray[Any]) -> SentimentClassifier:
        """Learn from labelled texts.

        Parameters
        ----------
        texts
            (n_texts,) strings.
        y
            (n_texts,) labels, each of which occurs at least ``n_folds`` times.

        Raises
        ------
        ValueError
            There are other labels than the three, too few of one, or not as many labels as texts.
        """
        column, labels = as_series(texts), np.asarray(y)
        _check_labels(labels, len(column), self.n_folds)
        self._prepare()
        stream = self._reader.read(column)
        vocabulary, stems, characters = count_terms(
            stream,
            self._reader,
            min_stem_texts=self.min_stem_texts,
            min_character_texts=self.min_character_texts,
        )
        features = lexicon_features(stream, self._reader, leanings(stream, self._reader, self._finder))
        neutral, positive = labels == "neutral", labels == "positive"
        self.weights_ = self._stack(features, (stems, characters), neutral, positive)
        by_stem, by_character = (
            _ngram_weights(counts, neutral, positive, strength)
            for counts, strength in (
                (stems, self.stem_regularisation),
                (characters, self.character_regularisation),
            )
        )
        cut = len(vocabulary.stems)
        self.scorer_ = NgramScorer(
            self._reader,
            vocabulary,
            by_stem[0][:cut],
            by_stem[0][cut:],
            by_character[0],
            training_words(stream, self._reader, min_stem_texts=self.min_stem_texts),
        )
        self.constants_ = np.stack([by_stem[1], by_character[1]])
        self.classes_ = np.array(CLASSES)
        self.n_texts_ = len(column)
        return self

    def predict_proba(self, texts: Sequence[str] | pl.Series) -> Floats:
        """Probabilities of the three classes.

        Parameters
        ----------
        texts
            (n_texts,) strings. A text without words and signs, or a null, is neutral.

        Returns
        -------
        numpy.ndarray of float64
            Shape (n_texts, 3), columns as ``classes_``; rows add up to 1.
        """
        check_is_fitted(self, "weights_")
        parts = [reading.probabilities for reading in self._readings(as_series(texts))]
        return np.concatenate(parts) if parts else np.zeros((0, len(CLASSES)))

    def predict(self, texts: Sequence[str] | pl.Series) -> npt.NDArray[np.str_]:
        """The likeliest class of each text, shape (n_texts,)."""
        labels: npt.NDArray[np.str_] = np.array(CLASSES)[self.predict_proba(texts).argmax(axis=1)]
        return labels

    def explain(self, text: str) -> list[tuple[str, float]]:
        """Words and phrases that lean, in order, with how they lean in this text: after negation and strengthening."""
        check_is_fitted(self, "weights_")
        stream = self._reader.read(as_series([text]))
        found = leanings(stream, self._reader, self._finder)
        names = [self._reader.names[unit] for unit in stream.units]
        for end, which in zip(found.phrases.ends.tolist(), found.phrases.which.tolist(), strict=True):
            names[end] = self._finder.names[which]
        return [(name, round(value, 2)) for name, value in zip(names, found.values.tolist(), strict=True) if value]

    def unseen_words(self, texts: Sequence[str] | pl.Series) -> VocabularyDrift:
        """How many words of some texts the classifier has not learned, and whether that is more than usual."""
        check_is_fitted(self, "weights_")
        return self.scorer_.unseen_words(self._reader.read(as_series(texts)))

    def tokens_of(self, texts: pl.Series) -> pl.Series:
        """Tokens of some texts for :meth:`describe`; a thread may find those of the texts that come next."""
        return self._reader.tokens_of(texts)

    def describe(self, texts: Sequence[str] | pl.Series, *, n_words: int = N_WORDS) -> pl.DataFrame:
        """Label, probabilities and deciding words of each text, all texts at once.

        Parameters
        ----------
        texts
            (n_texts,) strings, or what :meth:`tokens_of` made of them.
        n_words
            Words a text at most.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`~textmine.sentiment.words.DESCRIBED_SCHEMA`, shape (n_texts, 5). A text without words and
            signs has no label. See :mod:`textmine.sentiment.words` for what a word's weight means.
        """
        check_is_fitted(self, "weights_")
        words = self._weigher()
        parts = [words.table(reading, n_words) for reading in self._readings(as_series(texts))]
        return pl.concat(parts) if parts else DESCRIBED_SCHEMA.to_frame()

    def restore(
        self,
        weights: Weights,
        scorer: Callable[[UnitReader], NgramScorer],
        constants: Floats,
        n_texts: int,
    ) -> None:
        """Take over what was learned elsewhere, instead of :meth:`fit`; for reading a saved classifier."""
        self._prepare()
        self.weights_, self.constants_, self.n_texts_ = weights, constants, n_texts
        self.scorer_ = scorer(self._reader)
        self.classes_ = np.array(CLASSES)

    def _prepare(self) -> None:
        self._reader = UnitReader()
        self._finder = PhraseFinder(self._reader)
        self._word_weights: WordWeights | None = None

    def _weigher(self) -> WordWeights:
        if self._word_weights is None:
            parts = (self._reader, self._finder, self.scorer_, self.weights_, self.ngram_weight)
            self._word_weights = WordWeights(*parts)
        return self._word_weights

    def _readings(self, texts: pl.Series) -> Iterator[Reading]:
        """Texts, or their tokens, in batches; while one is worked on, a thread finds the tokens of the next."""
        parts = texts.to_frame().iter_slices(BATCH_ROWS)
        columns = (part.to_series() for part in parts)
        is_read = texts.dtype == self._reader.token_lists
        for tokens in columns if is_read else in_order(self._reader.tokens_of, columns, at_once=1):
            for at in range(0, len(tokens), _BATCH):
                yield self._read(self._reader.units_of(tokens.slice(at, _BATCH)))

    def _read(self, stream: Stream) -> Reading:
        leaning = leanings(stream, self._reader, self._finder)
        features = lexicon_features(stream, self._reader, leaning)
        known = self.scorer_.look_up(stream)
        by_stem, by_character, familiar = self.scorer_.score(stream, known)
        scores = np.stack([by_stem, by_character], axis=1) + self.constants_
        trust = self._trust(familiar)
        found = combine(features, scores, trust, self.weights_, self.ngram_weight)
        empty = np.bincount(stream.rows, minlength=stream.n_texts) == 0
        found[empty] = _NO_OPINION
        return Reading(stream, leaning, known, trust, found, empty)

    def _trust(self, familiar: Floats) -> Floats:
        """How far the weights that fit the training texts best are trusted, 0 to 1."""
        trust: Floats = expit(self.steepness * (familiar - self.familiar_from))
        return trust

    def _stack(
        self,
        features: Floats,
        blocks: tuple[Counts, Counts],
        neutral: npt.NDArray[np.bool_],
        positive: npt.NDArray[np.bool_],
    ) -> Weights:
        """Learn what is put on top of the n-grams, from scores of texts that they have not seen."""
        damped = damped_features(features)
        both = np.column_stack([features, damped])
        centre, spread = both.mean(axis=0), both.std(axis=0)
        spread[spread == 0] = 1
        raw, flat = standardised(features, damped, centre, spread)
        unseen, lexicon = np.zeros((len(features), 2, 2)), np.zeros(len(features))
        folds = StratifiedKFold(self.n_folds, shuffle=True, random_state=self.random_state)
        strengths = (self.stem_regularisation, self.character_regularisation)
        for train, test in folds.split(features, neutral * 2 + positive):
            lexicon[test] = with_constant(raw[test]) @ _leaning_weights(raw[train], neutral[train], positive[train])
            for block, (counts, strength) in enumerate(zip(blocks, strengths, strict=True)):
                part = Counts(counts.matrix[train], counts.scale)
                weights, constants = _ngram_weights(part, neutral[train], positive[train], strength, scaled=False)
                unseen[test, block] = counts.matrix[test] @ weights + constants
        leaning = lexicon + self.ngram_weight * unseen[:, :, POLAR].sum(axis=1)
        slope = LogisticRegression(C=10, fit_intercept=False, class_weight="balanced").fit(
            leaning[~neutral, None], positive[~neutral]
        )
        evidence = evidence_of(flat, unseen, lexicon)
        top = LogisticRegression(C=0.3, max_iter=2000, class_weight={False: 1.0, True: self.neutral_odds}).fit(
            evidence, neutral
        )
        side = LogisticRegression(C=0.3, max_iter=2000).fit(evidence[~neutral], positive[~neutral])
        return Weights(
            centre,
            spread,
            _leaning_weights(raw, neutral, positive),
            float(slope.coef_[0, 0]),
            np.append(side.coef_[0], side.intercept_[0]),
            np.append(top.coef_[0], top.intercept_[0]),
        )


def _check_labels(labels: npt.NDArray[Any], n_texts: int, n_folds: int) -> None:
    if labels.shape != (n_texts,):
        raise ValueError(f"there are {n_texts} texts and labels of shape {labels.shape}")
    unknown = sorted(set(labels.tolist()) - set(CLASSES))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no label; the labels are {', '.join(CLASSES)}")
    for label in CLASSES:
        if (count := int((labels == label).sum())) < n_folds:
            raise ValueError(f"{label!r} stands at {count} texts; at least {n_folds} are needed")


def _leaning_weights(raw: Floats, neutral: npt.NDArray[np.bool_], positive: npt.NDArray[np.bool_]) -> Floats:
    model = LogisticRegression(C=1, max_iter=2000, class_weight="balanced").fit(raw[~neutral], positive[~neutral])
    return np.append(model.coef_[0], model.intercept_[0])


def _ngram_weights(
    counts: Counts,
    neutral: npt.NDArray[np.bool_],
    positive: npt.NDArray[np.bool_],
    strength: float,
    *,
    scaled: bool = True,
) -> tuple[Floats, Floats]:
    """Weights of the terms, shape (n_terms, 2), and constants: positive against negative, neutral against both."""
    polar = LogisticRegression(C=strength, max_iter=400, tol=1e-3, class_weight="balanced").fit(
        counts.matrix[~neutral], positive[~neutral]
    )
    apart = LogisticRegression(C=3 * strength, max_iter=500, tol=1e-3).fit(counts.matrix, neutral)
    weights = np.column_stack([polar.coef_[0], apart.coef_[0]])
    constants = np.array([polar.intercept_[0], apart.intercept_[0]])
    return (weights * counts.scale[:, None] if scaled else weights), constants
