"""Puts lexicon and n-grams together: what was learned besides the n-grams, and how it is used.

References
----------
Frank, E., Kramer, S. (2004). Ensembles of nested dichotomies for multi-class problems. ICML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import expit

from textmine.sentiment.scope import FEATURES, N_LEANINGS

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

POLAR, NEUTRAL = 0, 1
"""Columns of the n-grams' scores: positive against negative, neutral against both."""

OF_NEUTRAL: Final = len(FEATURES)
"""Where the two scores for neutral stand among the columns of :func:`evidence_of`."""

OF_POLAR: Final = OF_NEUTRAL + 2
"""Where the two scores for positive stand."""

OF_LEXICON: Final = OF_NEUTRAL + 4
"""Where the lexicon's leaning stands."""


@dataclass(frozen=True)
class Weights:
    """What is learned besides the n-grams.

    Parameters
    ----------
    centre, spread : shape (2 * n_features,)
        Mean and standard deviation of the lexicon's features, as they are and damped.
    lexicon : shape (n_leanings + 1,)
        Weights of the features that lean, the constant last.
    slope
        Turns the sum of leanings into a logit.
    familiar : shape (n_features + 8 + 1,)
        Weights of what tells positive from negative best in texts like those of the training set, the constant last.
    neutral : shape (n_features + 8 + 1,)
        Weights of what tells neutral from the rest, the constant last.
    """

    centre: Floats
    spread: Floats
    lexicon: Floats
    slope: float
    familiar: Floats
    neutral: Floats


def combine(features: Floats, scores: Floats, trust: Floats, weights: Weights, ngram_weight: float) -> Floats:
    """Probabilities of the classes, shape (n_texts, 3), from the lexicon's features and the n-grams' scores."""
    raw, flat = standardised(features, damped_features(features), weights.centre, weights.spread)
    lexicon = with_constant(raw) @ weights.lexicon
    leaning = lexicon + ngram_weight * scores[:, :, POLAR].sum(axis=1)
    evidence = with_constant(evidence_of(flat, scores, lexicon))
    neutral = expit(evidence @ weights.neutral)
    positive = expit((1 - trust) * weights.slope * leaning + trust * (evidence @ weights.familiar))
    return np.column_stack([(1 - neutral) * (1 - positive), neutral, (1 - neutral) * positive])


def evidence_of(flat: Floats, scores: Floats, lexicon: Floats) -> Floats:
    """What tells a neutral text: the lexicon's features, the n-grams, and how far either leans to any side."""
    polar = scores[:, :, POLAR]
    return np.column_stack([flat, scores[:, :, NEUTRAL], polar, lexicon, np.abs(polar), np.abs(lexicon)])


def damped_features(features: Floats) -> Floats:
    """Features with large ones drawn in."""
    damped: Floats = np.sign(features) * np.log1p(np.abs(features))
    return damped


def standardised(features: Floats, damped: Floats, centre: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """The leanings as they are and all features damped, both standardised."""
    n = len(FEATURES)
    raw = (features[:, :N_LEANINGS] - centre[:N_LEANINGS]) / spread[:N_LEANINGS]
    return raw, (damped - centre[n:]) / spread[n:]


def with_constant(columns: Floats) -> Floats:
    """Columns with a last one of 1."""
    return np.column_stack([columns, np.ones(len(columns))])
