"""What the lexicon says about texts: leanings with the scope of negation, intensifiers and contrast.

*Tidak bagus* leans to the negative, *tidak kotor* a little to the positive; a negation reaches three units far and not
beyond a break or a word of contrast. All texts of a batch are worked on at once, without a loop.

References
----------
Taboada, M., Brooke, J., Tofiloski, M., Voll, K., Stede, M. (2011). Lexicon-based methods for sentiment analysis.
Computational Linguistics 37(2), 267-307.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from textmine.sentiment.phrases import PhraseFinder, Phrases
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

STRONG: Final = 2.5
"""Polarity from which on a unit leans strongly."""

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
    turned : shape (n_units,), bool
        Whether its polarity was turned by a negation.
    turned_by : shape (n_units,)
        Where the negation stands, at units that one turned.
    phrases
        The lexicon's phrases.
    idle_negators : shape (n_idle,)
        Where a negator stands that turned nothing.
    """

    values: Floats
    turned: Bools
    turned_by: npt.NDArray[np.int64]
    phrases: Phrases
    idle_negators: npt.NDArray[np.int64]


def reach_of_negation(stream: Stream, negator: Bools, breaks: Bools) -> tuple[Bools, npt.NDArray[np.int64]]:
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
    phrases = finder.find(stream)
    role[phrases.inside], values[phrases.inside] = 0, 0.0
    values[phrases.ends] = phrases.polarity
    negator = role == NEGATOR
    negated, last = reach_of_negation(stream, negator, (role == BREAK) | (role == CONTRAST))
    some = np.flatnonzero(values)
    value = values[some] * _strength(stream, role, some)
    reached = negated[some]
    in_phrase = np.zeros(len(values), bool)
    in_phrase[phrases.inside] = True
    turned = np.zeros(len(values), bool)
    turned[some] = reached & ~in_phrase[some] & (role[some] == OPINION)
    turn = turned[some]
    values[some] = np.where(turn, np.where(value > 0, -np.maximum(1.5, 0.8 * value), -0.3 * value), value)
    negator[last[some[reached]]] = False
    return Leanings(values, turned, last, phrases, np.flatnonzero(negator))


def _strength(stream: Stream, role: npt.NDArray[np.int8], some: npt.NDArray[np.int64]) -> Floats:
    """1.5 for what the unit before or after intensifies, 0.6 for what the unit before diminishes; faces stay."""
    last = len(role) - 1
    before, after = np.maximum(some - 1, 0), np.minimum(some + 1, last)
    role_before = np.where(stream.rows[before] == stream.rows[some], role[before], 0)
    role_after = np.where(stream.rows[after] == stream.rows[some], role[after], 0)
    stronger = np.where((role_before == INTENSIFIER) | (role_after == INTENSIFIER), 1.5, 1.0)
    factor = stronger * np.where(role_before == DIMINISHER, 0.6, 1.0)
    return np.where(role[some] == FACE, 1.0, factor)


def lexicon_features(stream: Stream, reader: UnitReader, found: Leanings) -> Floats:
    """Describe each text by what the lexicon found in it.

    Returns
    -------
    numpy.ndarray of float64
        Shape (n_texts, n_features), columns as :data:`FEATURES`.
    """
    n = stream.n_texts
    role = reader.role[stream.units]
    n_contrasts, n_breaks, n_negators, n_intensifiers, n_diminishers, *flags = stream.sums(reader.counted).T
    columns = [
        *_leaning_columns(stream, role, found),
        n_negators,
        np.bincount(stream.rows[found.idle_negators], minlength=n),
        n_intensifiers,
        n_diminishers,
        n_contrasts,
        n_breaks,
        np.bincount(stream.rows[found.phrases.ends], minlength=n),
        np.bincount(stream.rows, weights=np.where(role == FACE, found.values, 0), minlength=n),
        np.log1p(np.bincount(stream.rows, minlength=n)),
        *flags,
    ]
    return np.column_stack(columns)


def _leaning_columns(stream: Stream, role: npt.NDArray[np.int8], found: Leanings) -> Iterator[Floats]:
    """Columns that are worked out from the units that lean, in the order of :data:`FEATURES`."""
    n = stream.n_texts
    some = np.flatnonzero(found.values)  # one unit in five leans; the rest is left out of the sums
    rows, values, turned = stream.rows[some], found.values[some], found.turned[some]

    def total(weights: npt.NDArray[Any]) -> Floats:
        sums: Floats = np.bincount(rows, weights=weights, minlength=n).astype(np.float64)
        return sums

    up, down = np.maximum(values, 0), np.maximum(-values, 0)
    positive, negative = total(up), total(down)
    net = positive - negative
    yield from (positive, negative, net, total(values > 0), total(values < 0))
    yield from (_highest(rows, up, n), _highest(rows, down, n))
    yield net / (positive + negative + 1)
    yield net / np.sqrt(np.bincount(stream.rows, minlength=n) + 1)
    clauses = _Clauses(stream, found.values, (role == BREAK) | (role == CONTRAST))
    yield from clauses.described()
    yield from (total(turned & (values < 0)), total(turned & (values > 0)))
    yield from clauses.last_and_first()
    after = after_last_contrast(stream, role)[some]
    contrasted = np.bincount(stream.rows[role == CONTRAST], minlength=n) > 0
    yield np.where(contrasted, total(np.where(after, 0, values)), 0)
    yield total(np.where(after, values, 0))
    yield from _last_value(rows, values, n)
    yield from (total(values >= STRONG), total(values <= -STRONG))


def after_last_contrast(stream: Stream, role: npt.NDArray[np.int8]) -> Bools:
    """Units from the last word of contrast of their text on, where it has one."""
    place = np.flatnonzero(role == CONTRAST)
    last = np.full(stream.n_texts, len(role))
    last[stream.rows[place]] = place  # of several writes to one place the last stays
    return np.arange(len(role)) >= last[stream.rows]


def _highest(rows: npt.NDArray[np.int64], values: Floats, n: int) -> Floats:
    """Highest value of each text, 0 where it has none; rows ascend."""
    top = np.zeros(n)
    starts = _starts(rows)
    if len(starts):
        top[rows[starts]] = np.maximum.reduceat(values, starts)
    return top


def _starts(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where a new text begins."""
    return np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]])) if len(rows) else np.zeros(0, np.int64)


def _last_value(rows: npt.NDArray[np.int64], values: Floats, n: int) -> tuple[Floats, Floats]:
    """The last unit that leans: how negative and how positive it is."""
    last = np.zeros(n)
    last[rows] = values
    return np.maximum(-last, 0), np.maximum(last, 0)


class _Clauses:
    """The clauses of texts that lean at all, in order; a clause ends with a break or a word of contrast."""

    def __init__(self, stream: Stream, values: Floats, breaks: Bools) -> None:
        self._n = stream.n_texts
        if len(values):
            rows = stream.rows
            first = np.flatnonzero(np.concatenate([[True], (rows[1:] != rows[:-1]) | breaks[:-1]]))
            sums = np.add.reduceat(values, first)
            self._sums, self._texts = sums[sums != 0], rows[first][sums != 0]
        else:
            self._sums, self._texts = np.zeros(0), np.zeros(0, np.int64)

    def described(self) -> tuple[npt.NDArray[Any], ...]:
        """How many lean to each side, the lowest, the highest and the mean."""
        sums, texts, n = self._sums, self._texts, self._n
        count = np.bincount(texts, minlength=n)
        lowest, highest = np.zeros(n), np.zeros(n)
        starts = _starts(texts)
        if len(starts):
            lowest[texts[starts]] = np.minimum.reduceat(sums, starts)
            highest[texts[starts]] = np.maximum.reduceat(sums, starts)
        mean = np.bincount(texts, weights=sums, minlength=n) / np.maximum(count, 1)
        n_positive = np.bincount(texts, weights=sums > 0, minlength=n)
        return n_positive, count - n_positive, lowest, highest, mean

    def last_and_first(self) -> tuple[Floats, Floats]:
        """The last and the first clause."""
        first, last = np.zeros(self._n), np.zeros(self._n)
        last[self._texts] = self._sums  # of several writes to one place the last stays
        first[self._texts[::-1]] = self._sums[::-1]
        return last, first
