"""What the lexicon says about texts: leanings with the scope of negation, intensifiers and contrast.

*Tidak bagus* leans to the negative, *tidak kotor* a little to the positive; a negation reaches three units far and not
beyond a break or a word of contrast. All texts of a batch are worked on at once, without a loop.

References
----------
Taboada, M., Brooke, J., Tofiloski, M., Voll, K., Stede, M. (2011). Lexicon-based methods for sentiment analysis.
Computational Linguistics 37(2), 267-307.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from textmine.sentiment.phrases import PhraseFinder
from textmine.sentiment.units import (
    BREAK,
    CONTRAST,
    DIMINISHER,
    FACE,
    FLAGS,
    INTENSIFIER,
    NEGATOR,
    OPINION,
    Stream,
    UnitReader,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

REACH: Final = 3
"""How many units a negation reaches."""

_LEANINGS: Final = (
    "positive negative net n_positive n_negative most_positive most_negative balance density n_positive_clauses "
    "n_negative_clauses lowest_clause highest_clause mean_clause n_turned_negative n_turned_positive last_clause "
    "first_clause before_contrast after_contrast ends_negative ends_positive strong_positive strong_negative "
    "n_negators idle_negators n_intensifiers n_diminishers"
).split()
FEATURES: Final = (*_LEANINGS, "n_contrasts", "n_breaks", "n_phrases", "faces", "length", *FLAGS)
"""Names of the columns of :func:`lexicon_features`."""

N_LEANINGS: Final = len(_LEANINGS)
"""The first columns tell positive from negative; the others say whether a text has an opinion at all."""


@dataclass(frozen=True)
class Leanings:
    """What each unit of a stream contributes.

    Parameters
    ----------
    values : shape (n_units,)
        Polarity after negation, intensifiers and diminishers; 0 for most.
    negated : shape (n_units,), bool
        Whether the unit stands in the reach of a negation.
    turned : shape (n_units,), bool
        Whether its polarity was turned by one.
    in_phrase, ends_phrase : shape (n_units,), bool
        Whether the unit is part of a phrase of the lexicon, and the last of one, where the phrase's polarity stands.
    negator_used : shape (n_units,), bool
        Negators that turned something.
    """

    values: Floats
    negated: Bools
    turned: Bools
    in_phrase: Bools
    ends_phrase: Bools
    negator_used: Bools


def reach_of_negation(
    stream: Stream, negator: Bools, breaks: Bools
) -> tuple[Bools, npt.NDArray[np.int64]]:
    """Whether a negator stands within reach before each unit, and where."""
    place = np.arange(len(stream.units))
    starts = np.concatenate([[True], stream.rows[1:] != stream.rows[:-1]]) if len(place) else np.zeros(0, bool)
    last = np.maximum.accumulate(np.where(negator, place, -1)) if len(place) else place
    last = np.concatenate([[-1], last[:-1]]) if len(place) else last  # the negator itself is not in its reach
    wall = np.maximum.accumulate(np.where(breaks, place, np.where(starts, place - 1, -1))) if len(place) else place
    return (last > wall) & (place - last <= REACH), last


def leanings(stream: Stream, reader: UnitReader, finder: PhraseFinder) -> Leanings:
    """Polarity of each unit in its place."""
    values = reader.polarity[stream.units]
    role = reader.role[stream.units]
    phrase_value, in_phrase, ends_phrase = finder.find(stream)
    role = np.where(in_phrase, 0, role)
    values = np.where(in_phrase, phrase_value, values)
    opinion = ((role == OPINION) | ends_phrase) & (values != 0)
    values = values * _strength(stream, role, opinion)
    negated, last = reach_of_negation(stream, role == NEGATOR, (role == BREAK) | (role == CONTRAST))
    turned = negated & opinion & ~ends_phrase
    values = np.where(turned, np.where(values > 0, -np.maximum(1.5, 0.8 * values), -0.3 * values), values)
    used = np.zeros(len(values), bool)
    used[last[negated & opinion]] = True
    return Leanings(values, negated, turned, in_phrase, ends_phrase, used)


def _strength(stream: Stream, role: npt.NDArray[np.int8], opinion: Bools) -> Floats:
    """1.5 for what is intensified by the unit before or after, 0.6 for what is diminished by the unit before."""
    same = stream.rows[1:] == stream.rows[:-1]
    before, after = np.zeros(len(role), np.int8), np.zeros(len(role), np.int8)
    before[1:] = np.where(same, role[:-1], 0)
    after[:-1] = np.where(same, role[1:], 0)
    factor = np.where((before == INTENSIFIER) | (after == INTENSIFIER), 1.5, 1.0) * np.where(
        before == DIMINISHER, 0.6, 1.0
    )
    return np.where(opinion, factor, 1.0)


def lexicon_features(stream: Stream, reader: UnitReader, found: Leanings) -> Floats:
    """Describe each text by what the lexicon found in it.

    Returns
    -------
    numpy.ndarray of float64
        Shape (n_texts, n_features), columns as :data:`FEATURES`.
    """
    rows, n, values = stream.rows, stream.n_texts, found.values
    role = np.where(found.in_phrase, 0, reader.role[stream.units])

    def total(weights: npt.NDArray[np.generic]) -> Floats:
        return np.bincount(rows, weights=weights, minlength=n)

    up, down = np.maximum(values, 0), np.maximum(-values, 0)
    positive, negative, length = total(up), total(down), np.bincount(rows, minlength=n)
    net = positive - negative
    contrast = role == CONTRAST
    after = _after_last(rows, contrast)
    columns = [
        positive,
        negative,
        net,
        total(values > 0),
        total(values < 0),
        _highest(rows, up, n),
        _highest(rows, down, n),
        net / (positive + negative + 1),
        net / np.sqrt(length + 1),
        *_clauses(rows, n, values, (role == BREAK) | contrast),
        total(found.turned & (values < 0)),
        total(found.turned & (values > 0)),
        *_ends_of_clauses(rows, n, values, (role == BREAK) | contrast),
        np.where(total(contrast) > 0, total(np.where(after, 0, values)), 0),
        total(np.where(after, values, 0)),
        *_last_value(rows, n, values),
        total(values >= 2.5),
        total(values <= -2.5),
        total(role == NEGATOR),
        total((role == NEGATOR) & ~found.negator_used),
        total(role == INTENSIFIER),
        total(role == DIMINISHER),
        total(contrast),
        total(role == BREAK),
        total(found.ends_phrase),
        total(np.where(role == FACE, values, 0)),
        np.log1p(length),
        *(total(column) for column in reader.flags[stream.units].T),
    ]
    return np.column_stack(columns)


def _highest(rows: npt.NDArray[np.int64], values: Floats, n: int) -> Floats:
    top = np.zeros(n)
    some = np.flatnonzero(values)
    if len(some):
        starts = np.flatnonzero(np.concatenate([[True], np.diff(rows[some]) > 0]))
        top[rows[some][starts]] = np.maximum.reduceat(values[some], starts)
    return top


def _after_last(rows: npt.NDArray[np.int64], marks: Bools) -> Bools:
    """Units from the last mark of their text on, where it has one."""
    last = np.full(int(rows[-1]) + 1 if len(rows) else 0, len(rows))
    last[rows[marks]] = np.flatnonzero(marks)
    return np.arange(len(rows)) >= last[rows]


def _clause_sums(
    rows: npt.NDArray[np.int64], values: Floats, breaks: Bools
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Sums of the clauses that lean at all, in order, and their texts."""
    starts = np.concatenate([[True], (rows[1:] != rows[:-1]) | breaks[:-1]]) if len(rows) else breaks
    first = np.flatnonzero(starts)
    sums = np.add.reduceat(values, first) if len(first) else np.zeros(0)
    lean = sums != 0
    return sums[lean], rows[first][lean]


def _clauses(rows: npt.NDArray[np.int64], n: int, values: Floats, breaks: Bools) -> list[Floats]:
    """Positive and negative clauses, the lowest, the highest and the mean clause of each text."""
    sums, texts = _clause_sums(rows, values, breaks)
    count = np.bincount(texts, minlength=n)
    lowest, highest = np.zeros(n), np.zeros(n)
    if len(sums):
        starts = np.flatnonzero(np.concatenate([[True], np.diff(texts) > 0]))
        lowest[texts[starts]] = np.minimum.reduceat(sums, starts)
        highest[texts[starts]] = np.maximum.reduceat(sums, starts)
    mean = np.bincount(texts, weights=sums, minlength=n) / np.maximum(count, 1)
    n_positive = np.bincount(texts, weights=sums > 0, minlength=n)
    return [n_positive, count - n_positive, lowest, highest, mean]


def _ends_of_clauses(rows: npt.NDArray[np.int64], n: int, values: Floats, breaks: Bools) -> tuple[Floats, Floats]:
    """The last and the first clause that leans."""
    sums, texts = _clause_sums(rows, values, breaks)
    first, last = np.zeros(n), np.zeros(n)
    last[texts] = sums  # of several writes to one place the last stays
    first[texts[::-1]] = sums[::-1]
    return last, first


def _last_value(rows: npt.NDArray[np.int64], n: int, values: Floats) -> tuple[Floats, Floats]:
    """The last unit that leans: how negative and how positive it is."""
    some = np.flatnonzero(values)
    last = np.zeros(n)
    last[rows[some]] = values[some]
    return np.maximum(-last, 0), np.maximum(last, 0)
