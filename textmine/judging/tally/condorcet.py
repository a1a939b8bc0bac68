"""Nominees two by two: who beats whom, the Condorcet winner or the cycle, and Schulze's way out of it.

Judges compare two nominees by their totals; a judge who left out one of the two is silent about the pair. The Smith set
is the smallest set whose members each beat everybody outside; with one member that is the Condorcet winner, with more
there is a cycle (or a tie). Taking the Smith set out and looking again gives ranks in which a cycle shares a place.
Schulze's method ranks within a cycle by the strongest paths, a path being as strong as its weakest defeat, and a defeat
as strong as the number of judges behind it (winning votes).

References
----------
Condorcet (1785). Essai sur l'application de l'analyse à la probabilité des décisions rendues à la pluralité des voix.
Smith, J. H. (1973). Aggregation of Preferences with Variable Electorate. Econometrica 41, 1027-1041.
Schulze, M. (2011). A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner
election method. Social Choice and Welfare 36, 267-303.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from textmine.judging.tally.ballots import Flags, Floats

Integers = npt.NDArray[np.int64]


def preferences(totals: Floats) -> Flags:
    """Whether a judge puts the one nominee above the other, shape (n_judges, n_nominees, n_nominees)."""
    with np.errstate(invalid="ignore"):
        found: Flags = totals[:, :, None] > totals[:, None, :]
    return found


def pairwise(totals: Floats, keep: Flags) -> Integers:
    """Number of judges who put the one above the other, shape (n_choices, n_nominees, n_nominees)."""
    n = totals.shape[1]
    flat = preferences(totals).reshape(len(totals), n * n).astype(np.float32)  # exact: counts stay below 2**24
    found = keep.astype(np.float32) @ flat
    counted: Integers = found.reshape(len(keep), n, n).astype(np.int64)
    return counted


def smith_scores(wins: Integers, present: Flags) -> Floats:
    """How many nominees stand in the same or a lower layer of Smith sets; the higher the better.

    Parameters
    ----------
    wins
        Of :func:`pairwise`, shape (n_choices, n_nominees, n_nominees).
    present
        Who was scored at all, shape (n_choices, n_nominees).

    Returns
    -------
    numpy.ndarray
        Shape (n_choices, n_nominees); NaN where not present. Members of the Smith set have the highest.

    Notes
    -----
    Two nominees share a layer exactly where each reaches the other through nominees that are not beaten; whoever
    reaches more stands higher.
    """
    reached = (wins >= wins.swapaxes(1, 2)) & present[:, :, None] & present[:, None, :]
    for middle in range(wins.shape[1]):
        reached |= reached[:, :, middle, None] & reached[:, None, middle, :]
    return np.where(present, reached.sum(axis=2), np.nan)


def strongest_paths(wins: Integers) -> Integers:
    """Strength of the strongest path from the one nominee to the other, shape of ``wins``."""
    strength = np.where(wins > wins.swapaxes(1, 2), wins, 0)
    for middle in range(wins.shape[1]):
        through = np.minimum(strength[:, :, middle, None], strength[:, None, middle, :])
        np.maximum(strength, through, out=strength)
    strength[:, np.arange(wins.shape[1]), np.arange(wins.shape[1])] = 0
    return strength


def schulze_scores(wins: Integers, present: Flags) -> Floats:
    """How many nominees stand behind by Schulze's method, shape (n_choices, n_nominees); the higher the better.

    The relation is transitive, so that counting whom a nominee beats puts them in its order.
    """
    paths = strongest_paths(wins)
    return np.where(present, (paths > paths.swapaxes(1, 2)).sum(axis=2), np.nan)


def cycle_through(wins: Integers, members: Flags) -> list[int]:
    """A shortest cycle of defeats among the members of a Smith set, as places of nominees; none if there is no cycle.

    Examples
    --------
    >>> cycle_through(np.array([[0, 2, 1], [1, 0, 2], [2, 1, 0]]), np.array([True, True, True]))
    [0, 1, 2]
    """
    beats = (wins > wins.T) & members & members[:, None]
    best: list[int] = []
    for start in np.flatnonzero(members).tolist():
        found = _way_back(beats, start)
        if found and (not best or len(found) < len(best)):
            best = found
    return best


def _way_back(beats: Flags, start: int) -> list[int]:
    """Shortest path of defeats from ``start`` to itself, breadth first."""
    before: dict[int, int] = {}
    queue = [start]
    while queue:
        here = queue.pop(0)
        for there in np.flatnonzero(beats[here]).tolist():
            if there == start:
                path = [here]
                while path[-1] != start:
                    path.append(before[path[-1]])
                return path[::-1]
            if there not in before:
                before[there] = here
                queue.append(there)
    return []
