"""Kendall's coefficient of concordance W: how far judges put nominees in the same order.

W is 1 where all ballots are alike and near 0 where they are drawn from a hat. Tied totals get mean ranks, and W is
corrected for them. The p-value is the share of all ways in which each judge could have handed out the same ranks (ties
included) that agree at least as well; it is counted exactly where that can be done, and drawn at random otherwise, with
the error of the draw.

References
----------
Kendall, M. G. and Babington Smith, B. (1939). The Problem of m Rankings. Annals of Mathematical Statistics 10, 275-287.
Kendall, M. G. (1948). Rank Correlation Methods. Griffin, chapter 6 (correction for ties).
Phipson, B. and Smyth, G. K. (2010). Permutation P-values Should Never Be Zero. SAGMB 9, article 39.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import permutations
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from textmine.judging.tally.ballots import Flags, Floats, midranks

Integers = npt.NDArray[np.int64]

_EXACT_SUMS: Final = 1_000_000
"""Sums of ranks that the exact count may sort: a fifth of a second."""

_LAST_SUMS: Final = 30_000_000
"""Sums of ranks that the exact count may look at for the last judge, where nothing is sorted: a fifth of a second."""

_BLOCK: Final = 2_000_000
_HALF_STEP: Final = 0.25  # products are whole: this only takes up what division left

_DRAWN_RANKS: Final = 3_000_000
"""Ranks that may be drawn for a p-value by chance: about a twentieth of a second."""

_MOST_DRAWS, _FEWEST_DRAWS = 99_999, 999


@dataclass(frozen=True)
class Concordance:
    """How far judges agree in the order of nominees.

    Parameters
    ----------
    w
        Corrected for ties; None with fewer than two judges or nominees, or where all ranks are tied.
    p
        Probability of a W as high or higher where judges rank at random; None also where it was not drawn.
    p_method
        Counted exactly or drawn.
    p_error
        Standard error of a drawn p.
    p_chi_square
        The large-sample p, for comparison.
    n_judges, n_nominees
        Of the full grid that W is of: see :func:`full_grid`.
    """

    w: float | None
    p: float | None
    p_method: Literal["exact", "drawn"] | None
    p_error: float | None
    p_chi_square: float | None
    n_judges: int
    n_nominees: int


def full_grid(totals: Floats) -> tuple[Flags, Flags]:
    """Judges and nominees of a grid without gaps: W is defined on full ballots only.

    Either the judges who scored every nominee, or the nominees whom every judge scored, whichever keeps more totals;
    judges and nominees without any total are left out before.
    """
    known = ~np.isnan(totals)
    judges, nominees = np.asarray(known.any(axis=1)), np.asarray(known.any(axis=0))
    complete = judges & np.asarray((known | ~nominees).all(axis=1))
    shared = nominees & np.asarray((known | ~judges[:, None]).all(axis=0))
    if complete.sum() * nominees.sum() > judges.sum() * shared.sum():
        return complete, nominees
    return judges, shared


def kendall_w(totals: Floats, *, seed: int = 0, patient: bool = True) -> Concordance:
    """Kendall's W of totals, shape (n_judges, n_nominees), the higher the better.

    Parameters
    ----------
    totals
        NaN where a judge did not score.
    seed
        Of a drawn p.
    patient
        Whether to take a fifth of a second for the p. Otherwise fewer are counted exactly, a tenth is drawn, and
        nothing for a grid of more than 3,000 totals, where the large-sample p serves as well.

    Examples
    --------
    >>> found = kendall_w(np.array([[3.0, 2.0, 1.0], [9.0, 5.0, 4.0], [8.0, 7.0, 2.0]]))
    >>> found.w, round(found.p, 4), found.p_method
    (1.0, 0.0278, 'exact')
    """
    judges, nominees = full_grid(totals)
    n_judges, n_nominees = int(judges.sum()), int(nominees.sum())
    ranks = midranks(totals[np.ix_(judges, nominees)]) if n_judges and n_nominees else np.empty((0, 0))
    room = _highest(ranks) if n_judges >= 2 and n_nominees >= 2 else 0.0
    if room <= 0:
        return Concordance(None, None, None, None, None, n_judges, n_nominees)
    doubled = np.rint(2 * ranks).astype(np.int64)  # mean ranks are halves: twice them are whole and compare exactly
    observed = int(_squares(doubled.sum(axis=0)))
    w = observed / 4 / n_nominees / room
    chi_square = float(chi2.sf(n_judges * (n_nominees - 1) * w, n_nominees - 1))
    exact = _exact_p(doubled, observed, _EXACT_SUMS if patient else _EXACT_SUMS // 10)
    if exact is not None:
        return Concordance(w, exact, "exact", None, chi_square, n_judges, n_nominees)
    if not patient and ranks.size * _FEWEST_DRAWS > _DRAWN_RANKS:
        return Concordance(w, None, None, None, chi_square, n_judges, n_nominees)
    p, error = _drawn_p(doubled, observed, seed, _DRAWN_RANKS if patient else _DRAWN_RANKS // 10)
    return Concordance(w, p, "drawn", error, chi_square, n_judges, n_nominees)


def _highest(ranks: Floats) -> float:
    """The sum of squares that full agreement would give with these ties."""
    m, n = ranks.shape
    ties = sum(count**3 - count for row in ranks.tolist() for count in Counter(row).values())
    return float(m**2 * (n**3 - n) - m * ties) / 12


def _squares(sums: Integers) -> Integers:
    """Number of nominees times the sum of squared deviations from the mean, whole as long as the sums are."""
    found: Integers = sums.shape[-1] * (sums**2).sum(axis=-1) - sums.sum(axis=-1) ** 2
    return found


def _exact_p(ranks: Integers, observed: int, most: int) -> float | None:
    """Share of all ways to hand out the ranks that agree at least as well; None where there are too many.

    Judge after judge, the sums of ranks that are possible are kept with their probabilities. Sums that differ only in
    the order of nominees are one: what the next judge may do to them is the same.
    """
    n = ranks.shape[1]
    ways = [_orders(row) for row in ranks.tolist()]
    if any(way is None for way in ways):
        return None
    orders = sorted((way for way in ways if way is not None), key=len)
    sums, chance = (
        np.sort(orders.pop()[:1], axis=1),
        np.ones(1, dtype=np.float64),
    )  # the first judge's order only names the nominees
    for order in orders[:-1]:
        most -= len(sums) * len(order)
        if most < 0:
            return None
        grown = (sums[:, None, :] + order[None, :, :]).reshape(-1, n)
        sums, place = _distinct(np.sort(grown, axis=1))
        chance = np.bincount(place, weights=np.repeat(chance / len(order), len(order))).astype(np.float64)
    if len(sums) * len(orders[-1]) > _LAST_SUMS * most / _EXACT_SUMS:
        return None
    return _agreeing(sums, chance, orders[-1], observed)


def _agreeing(sums: Integers, chance: Floats, order: Integers, observed: int) -> float:
    """Probability that sums with one more judge agree at least as well.

    The squares of new sums are the old squares, those of the ranks, and twice the products: one matrix product.
    """
    n = sums.shape[1]
    total = int(sums[0].sum() + order[0].sum())
    least = (observed + total**2) / n  # of the sum of squares
    missing = (least - (sums**2).sum(axis=1) - int((order[0] ** 2).sum())) / 2
    found, rows = 0.0, max(1, _BLOCK // len(order))
    columns = order.T.astype(float)
    for start in range(0, len(sums), rows):
        block = slice(start, start + rows)
        enough = sums[block].astype(float) @ columns >= missing[block, None] - _HALF_STEP
        found += float((enough.mean(axis=1) * chance[block]).sum())
    return found


def _orders(ranks: list[int]) -> Integers | None:
    """All distinct orders of ranks, shape (n_orders, n_nominees); None where there are too many."""
    size = math.factorial(len(ranks))
    if len(ranks) > 8:
        return None
    for count in Counter(ranks).values():
        size //= math.factorial(count)
    every = np.array(list(permutations(range(len(ranks)))), dtype=np.int64)
    found = np.array(ranks, dtype=np.int64)[every]
    return found if size == len(every) else np.unique(found, axis=0)


def _distinct(sums: Integers) -> tuple[Integers, Integers]:
    """Distinct rows, and the place of each row among them."""
    base = int(sums.max()) + 1
    if base ** sums.shape[1] < 2**62:  # rows as numbers sort some ten times as fast as rows
        code = sums @ base ** np.arange(sums.shape[1], dtype=np.int64)
        _, first, place = np.unique(code, return_index=True, return_inverse=True)
        return sums[first], place
    rows, place = np.unique(sums, axis=0, return_inverse=True)
    return rows, place.reshape(-1)


def _drawn_p(ranks: Integers, observed: int, seed: int, most: int) -> tuple[float, float]:
    """The p-value from random orders, the observed one counted in, and its standard error."""
    n_draws = int(np.clip(most // ranks.size, _FEWEST_DRAWS, _MOST_DRAWS))
    random = np.random.default_rng(seed)
    sums = np.zeros((n_draws, ranks.shape[1]), dtype=np.int64)
    for row in ranks:
        sums += random.permuted(np.broadcast_to(row, sums.shape), axis=1)
    p = (1 + int((_squares(sums) >= observed).sum())) / (n_draws + 1)
    return p, math.sqrt(p * (1 - p) / (n_draws + 1))
