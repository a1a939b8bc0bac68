"""Scores of an award for its agencies, their ranks with ties broken, and who is before the cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from textmine.ranking.awards import AtTheCut, Award, AwardDefinition, Category, Direction, Selection
from textmine.ranking.expressions import Measures

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def award_scores(
    definition: AwardDefinition,
    award: Award,
    measures: Mapping[Selection, Measures],
    *,
    competing: Bools,
    eligible: Mapping[str, Bools],
) -> Floats:
    """Scores of the agencies that compete for an award.

    Parameters
    ----------
    definition
        The edition that the award is of; its other categories may be accumulated.
    award
        The award.
    measures
        Figures for each selection of posts, all with the same agencies.
    competing
        Shape (n_agencies,): agencies of the award's clusters.
    eligible
        By category, shape (n_agencies,): agencies that meet its rules.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_agencies,), or (n_draws, n_agencies) where figures have draws. As the category measures, so
        that the lowest may be best. Null for who does not compete, is not eligible or has no score.
    """
    needed = needed_categories(definition, award.category)
    oriented: dict[str, Floats] = {}
    found: dict[str, Floats] = {}
    for category in definition.in_order:
        if category.id in needed:
            found[category.id] = category.measure.evaluate(
                measures[category.selection], eligible=competing & eligible[category.id], scores=oriented
            )
            # An accumulated category counts with the higher the better, whatever it measures.
            oriented[category.id] = found[category.id] * (1 if category.direction == "highest" else -1)
    return found[award.category.id]


def needed_categories(definition: AwardDefinition, category: Category) -> set[str]:
    """Ids of the category and of those whose scores it asks for, directly or through others."""
    needed: set[str] = set()
    waiting = [category.id]
    while waiting:
        id = waiting.pop()
        if id not in needed:
            needed.add(id)
            waiting += definition.category(id).measure.categories
    return needed


def ranks_of(
    scores: Floats, *, direction: Direction = "highest", within: float = 0.0, breakers: Sequence[Floats] = ()
) -> Floats:
    """Ranks from 1; equals share the best of their ranks, and the next is as many further (1, 2, 2, 4).

    Parameters
    ----------
    scores
        Shape (n_agencies,); null has no rank.
    direction
        Which is best.
    within
        Scores no further than this from the best of their group are equal.
    breakers
        Measures that decide between equals, one after the other, the higher the better, null last.

    Returns
    -------
    numpy.ndarray
        float64, shape (n_agencies,); NaN where there is no score.

    Examples
    --------
    >>> ranks_of(np.array([5.0, 3.0, 3.0, np.nan, 1.0]))
    array([ 1.,  2.,  2., nan,  4.])
    """
    oriented = scores if direction == "highest" else -scores
    decided = [np.where(np.isnan(breaker), -np.inf, breaker) for breaker in breakers]
    group = _groups(oriented, within)
    known = np.flatnonzero(~np.isnan(oriented))
    keys = [-breaker[known] for breaker in reversed(decided)]
    order = known[np.lexsort([*keys, group[known]])]
    ranks = np.full(scores.shape, np.nan)
    rank, before = 0, None
    for place, agency in enumerate(order, start=1):
        key = (group[agency], *(breaker[agency] for breaker in decided))
        rank = rank if key == before else place
        ranks[agency], before = rank, key
    return ranks


def _groups(oriented: Floats, within: float) -> npt.NDArray[np.int64]:
    """Number of each score's group of equals, the best first; measured from the best of the group, so none chain."""
    groups = np.zeros(len(oriented), dtype=np.int64)
    number, best = -1, np.nan
    for agency in np.argsort(-oriented, kind="stable"):
        if np.isnan(oriented[agency]):
            break
        if not best - oriented[agency] <= within:  # the first has nothing before it
            number, best = number + 1, oriented[agency]
        groups[agency] = number
    return groups


def before_the_cut(ranks: Floats, n: int, at_the_cut: AtTheCut = "all") -> Bools:
    """Who is among the first ``n``: of those who share the last rank all or none.

    Examples
    --------
    >>> before_the_cut(np.array([1.0, 2.0, 2.0, 4.0]), 2, "none")
    array([ True, False, False, False])
    """
    among = ranks <= n
    if at_the_cut == "none" and np.count_nonzero(among) > n:
        among &= ranks < ranks[among].max()
    return among
